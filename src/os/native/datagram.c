// Datagrams to a local socket, for syslog.
#include "native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static napi_value call_connect(napi_env env, napi_callback_info info) {
    napi_value args[1];
    char *path;
    if (!native_args(env, info, args, 1) || !native_arg_string(env, args[0], &path)) return NULL;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const size_t length = strlen(path);
    if (length < sizeof address.sun_path) memcpy(address.sun_path, path, length + 1);
    free(path);
    if (length >= sizeof address.sun_path) return native_throw(env, "connect", ENAMETOOLONG);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd == -1) return native_throw(env, "socket", errno);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) return native_int(env, fd);
    int error = errno;
    close(fd);
    return native_throw(env, "connect", error);
}

static napi_value call_send(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t fd;
    void *bytes;
    size_t length;
    if (!native_args(env, info, args, 2) || !native_arg_int(env, args[0], &fd)) return NULL;
    if (napi_get_buffer_info(env, args[1], &bytes, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a buffer");
        return NULL;
    }
    ssize_t sent;
    do sent = send((int)fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return native_string(env, sent < 0 ? native_errno_name(errno) : "");
}

static napi_value call_is_terminal(napi_env env, napi_callback_info info) {
    napi_value args[1];
    int64_t fd;
    if (!native_args(env, info, args, 1) || !native_arg_int(env, args[0], &fd)) return NULL;
    return native_bool(env, isatty((int)fd) == 1);
}

static const native_method METHODS[] = {
    {"connectDatagram", call_connect},
    {"sendDatagram", call_send},
    {"isTerminal", call_is_terminal},
};

void register_datagram(napi_env env, napi_value exports) {
    native_export(env, exports, METHODS, sizeof METHODS / sizeof *METHODS);
}
