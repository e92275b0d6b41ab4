// Takes the status of every child that ended.
#include "native.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { FIELDS = 4, KIND_CODE = 0, KIND_SIGNAL = 1, KIND_CORE = 2, KIND_STOPPED = 3 };

static bool contains(const int32_t *pids, size_t count, pid_t pid) {
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid) return true;
    }
    return false;
}

/** Pid of a child that ended, or has stopped, and still holds its status; 0 when there is none, -1 with errno set. */
static pid_t peek(int what) {
    siginfo_t found;
    int result;
    do {
        found.si_pid = 0;
        result = waitid(P_ALL, 0, &found, what | WNOHANG | WNOWAIT);
    } while (result != 0 && errno == EINTR);
    if (result == 0) return found.si_pid;
    return errno == ECHILD ? 0 : -1;
}

/**
 * A child begins in this process's memory, whose size the kernel counts as its peak when it execs. So a peak that is not
 * above ours says nothing, and is told as 0.
 */
static int32_t known_peak(long child_kib) {
    struct rusage own;
    if (getrusage(RUSAGE_SELF, &own) == 0 && child_kib <= own.ru_maxrss) return 0;
    return child_kib > INT32_MAX ? INT32_MAX : (int32_t)child_kib;
}

static bool take(pid_t pid, int options, int32_t *row) {
    int status;
    struct rusage usage;
    pid_t taken;
    do {
        taken = wait4(pid, &status, WNOHANG | options, &usage);
    } while (taken == -1 && errno == EINTR);
    if (taken != pid) return false;
    row[0] = pid;
    row[1] = WIFSIGNALED(status) ? WTERMSIG(status) : WIFSTOPPED(status) ? WSTOPSIG(status) : WEXITSTATUS(status);
    row[2] = WIFSTOPPED(status)     ? KIND_STOPPED
             : !WIFSIGNALED(status) ? KIND_CODE
             : WCOREDUMP(status)    ? KIND_CORE
                                    : KIND_SIGNAL;
    row[3] = known_peak(usage.ru_maxrss);
    return true;
}

static napi_value call_reap(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int32_t *out, *foreign;
    size_t length, foreign_count;
    if (!native_args(env, info, args, 2) || !native_arg_int32_array(env, args[0], &out, &length) ||
        !native_arg_int32_array(env, args[1], &foreign, &foreign_count)) {
        return NULL;
    }
    size_t count = 0;
    while (count < length / FIELDS) {
        pid_t pid = peek(WEXITED);
        if (pid == -1) return native_throw(env, "waitid", errno);
        if (pid == 0) break;
        // The kernel shows the same child until it is taken, so a foreign one hides those behind it.
        if (contains(foreign, foreign_count, pid)) return native_int(env, -1 - (int64_t)count);
        if (!take(pid, 0, out + count * FIELDS)) break;
        count++;
    }
    return native_int(env, (int64_t)count);
}

static napi_value call_reap_or_stopped(napi_env env, napi_callback_info info) {
    napi_value argument;
    int32_t *out;
    size_t length, count = 0;
    if (!native_args(env, info, &argument, 1) || !native_arg_int32_array(env, argument, &out, &length)) return NULL;
    while (count < length / FIELDS) {
        pid_t pid = peek(WEXITED | WSTOPPED);
        if (pid == -1) return native_throw(env, "waitid", errno);
        if (pid == 0 || !take(pid, WUNTRACED, out + count * FIELDS)) break;
        count++;
    }
    return native_int(env, (int64_t)count);
}

static napi_value call_has_children(napi_env env, napi_callback_info info) {
    (void)info;
    siginfo_t found;
    return native_bool(env, waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT) == 0);
}

void register_reap(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"reap", call_reap},
        {"reapOrStopped", call_reap_or_stopped},
        {"hasChildren", call_has_children},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
