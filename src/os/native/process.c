// Signals and the process's own standing: kill, subreaper, session.
#include "native.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static napi_value call_kill(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t pid, number;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], INT32_MIN, INT32_MAX, &pid) ||
        !native_arg_int_within(env, args[1], 0, _NSIG, &number)) {
        return NULL;
    }
    return native_string(env, kill((pid_t)pid, (int)number) == 0 ? "" : native_errno_name(errno));
}

static napi_value call_set_child_subreaper(napi_env env, napi_callback_info info) {
    (void)info;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return native_throw(env, "prctl", errno);
    return native_undefined(env);
}

static napi_value call_set_pdeathsig(napi_env env, napi_callback_info info) {
    napi_value argument;
    int64_t number;
    if (!native_args(env, info, &argument, 1) || !native_arg_int_within(env, argument, 1, _NSIG, &number)) return NULL;
    if (prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0) return native_throw(env, "prctl", errno);
    return native_undefined(env);
}

/** _exit(2): Node's own way out takes milliseconds to free what the kernel frees anyway. */
static napi_value call_exit_now(napi_env env, napi_callback_info info) {
    napi_value argument;
    int64_t status;
    if (!native_args(env, info, &argument, 1) || !native_arg_int(env, argument, &status)) return NULL;
    _exit((int)status);
}

static napi_value call_setsid(napi_env env, napi_callback_info info) {
    (void)info;
    if (setsid() == -1) return native_throw(env, "setsid", errno);
    return native_undefined(env);
}

/**
 * A full collection after which V8 also gives pages back. Node-API has no call for it, but V8 runs one as soon as memory
 * that it does not manage seems to have grown beyond half of its largest heap.
 */
static napi_value call_give_memory_back(napi_env env, napi_callback_info info) {
    (void)info;
    const int64_t beyond_any_heap = (int64_t)1 << 45;
    int64_t total;
    napi_adjust_external_memory(env, beyond_any_heap, &total);
    napi_adjust_external_memory(env, -beyond_any_heap, &total);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    return native_undefined(env);
}

void register_process(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"kill", call_kill},
        {"setChildSubreaper", call_set_child_subreaper},
        {"setPdeathsig", call_set_pdeathsig},
        {"setsid", call_setsid},
        {"exitNow", call_exit_now},
        {"giveMemoryBack", call_give_memory_back},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
