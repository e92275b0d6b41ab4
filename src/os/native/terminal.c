// The controlling terminal: which process group has it.
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static napi_value call_open_terminal(napi_env env, napi_callback_info info) {
    (void)info;
    // A descriptor of a terminal that is not the controlling one is none to us: ENOTTY.
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (tcgetpgrp(fd) != -1) return native_int(env, fd);
    }
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    // ENXIO: there is none.
    return native_int(env, fd);
}

static napi_value call_foreground_group(napi_env env, napi_callback_info info) {
    napi_value argument;
    int64_t fd;
    if (!native_args(env, info, &argument, 1) || !native_arg_int_within(env, argument, 0, INT32_MAX, &fd)) return NULL;
    return native_int(env, tcgetpgrp((int)fd));
}

static napi_value call_set_foreground_group(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t fd, group;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], 0, INT32_MAX, &fd) ||
        !native_arg_int_within(env, args[1], 0, INT32_MAX, &group)) {
        return NULL;
    }
    return native_string(env, tcsetpgrp((int)fd, (pid_t)group) == 0 ? "" : native_errno_name(errno));
}

static napi_value call_own_groups(napi_env env, napi_callback_info info) {
    (void)info;
    napi_value result;
    napi_create_array_with_length(env, 2, &result);
    napi_set_element(env, result, 0, native_int(env, getpgrp()));
    napi_set_element(env, result, 1, native_int(env, getsid(0)));
    return result;
}

/** At most what a pipe takes in one piece, so that poll tells the truth about it. */
enum { MAX_TOLD = 4096 };

static napi_value call_tell(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t fd;
    char *text;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], 0, INT32_MAX, &fd) ||
        !native_arg_string(env, args[1], &text)) {
        return NULL;
    }
    struct pollfd ready = {.fd = (int)fd, .events = POLLOUT};
    size_t length = strlen(text);
    bool told = poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0 &&
                write((int)fd, text, length > MAX_TOLD ? MAX_TOLD : length) != -1;
    free(text);
    return native_bool(env, told);
}

void register_terminal(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"openTerminal", call_open_terminal},
        {"foregroundGroup", call_foreground_group},
        {"setForegroundGroup", call_set_foreground_group},
        {"ownGroups", call_own_groups},
        {"tell", call_tell},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
