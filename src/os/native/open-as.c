// Opens a file of /proc that only its owner may read.
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

/**
 * Root without CAP_SYS_PTRACE, as in a container, may not look into processes of other users; their own user may.
 * The ids are this thread's alone, whatever the other threads do meanwhile.
 */
static int open_as(const char *path, uid_t uid, gid_t gid) {
    // The kernel takes both away from a process whose ids change: its children could not use its /proc/PID/fd any more.
    int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    int death_signal = 0;
    prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
    int own_gid = setfsgid(gid);
    int own_uid = setfsuid(uid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = errno;
    setfsuid((uid_t)own_uid);
    setfsgid((gid_t)own_gid);
    prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0);
    // 2 may be had but not be set.
    if (dumpable == 1) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    errno = error;
    return fd;
}

static napi_value call_open_as(napi_env env, napi_callback_info info) {
    napi_value args[3];
    char *path;
    int64_t uid, gid;
    if (!native_args(env, info, args, 3) || !native_arg_int_within(env, args[1], 0, UINT32_MAX, &uid) ||
        !native_arg_int_within(env, args[2], 0, UINT32_MAX, &gid) || !native_arg_string(env, args[0], &path)) {
        return NULL;
    }
    int fd = open_as(path, (uid_t)uid, (gid_t)gid);
    int error = errno;
    free(path);
    if (fd == -1) return native_throw(env, "open", error);
    return native_int(env, fd);
}

void register_open_as(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"openAs", call_open_as}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
