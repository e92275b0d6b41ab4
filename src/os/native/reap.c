// Takes the status of every child that ended.
#include "native.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { FIELDS = 4, KIND_CODE = 0, KIND_SIGNAL = 1, KIND_CORE = 2 };

static bool contains(const int32_t *pids, size_t count, pid_t pid) {
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid) return true;
    }
    return false;
}

/** Pid of a child that ended and still holds its status; 0 when there is none, -1 with errno set. */
static pid_t peek(void) {
    siginfo_t found;
    int result;
    do {
        found.si_pid = 0;
        result = waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT);
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

static bool take(pid_t pid, int32_t *row) {
    int status;
    struct rusage usage;
    pid_t taken;
    do {
        taken = wait4(pid, &status, WNOHANG, &usage);
    } while (taken == -1 && errno == EINTR);
    if (taken != pid) return false;
    row[0] = pid;
    row[1] = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    row[2] = !WIFSIGNALED(status) ? KIND_CODE : WCOREDUMP(status) ? KIND_CORE : KIND_SIGNAL;
    row[3] = known_peak(usage.ru_maxrss);
    return true;
}

static bool int32_array(napi_env env, napi_value value, int32_t **data, size_t *length) {
    napi_typedarray_type type;
    void *raw;
    if (napi_get_typedarray_info(env, value, &type, length, &raw, NULL, NULL) != napi_ok || type != napi_int32_array) {
        napi_throw_type_error(env, NULL, "expected an Int32Array");
        return false;
    }
    *data = raw;
    return true;
}

static napi_value call_reap(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int32_t *out, *foreign;
    size_t length, foreign_count;
    if (!native_args(env, info, args, 2) || !int32_array(env, args[0], &out, &length) ||
        !int32_array(env, args[1], &foreign, &foreign_count)) {
        return NULL;
    }
    size_t count = 0;
    while (count < length / FIELDS) {
        pid_t pid = peek();
        if (pid == -1) return native_throw(env, "waitid", errno);
        if (pid == 0) break;
        // The kernel shows the same child until it is taken, so a foreign one hides those behind it.
        if (contains(foreign, foreign_count, pid)) return native_int(env, -1 - (int64_t)count);
        if (!take(pid, out + count * FIELDS)) break;
        count++;
    }
    return native_int(env, (int64_t)count);
}

void register_reap(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"reap", call_reap}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
