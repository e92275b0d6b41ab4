// Pipes, listening sockets and this process's own limits.
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool arg_fd(napi_env env, napi_value value, int *out) {
    int64_t fd;
    if (!native_arg_int_within(env, value, 0, INT32_MAX, &fd)) return false;
    *out = (int)fd;
    return true;
}

static int set_non_blocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static napi_value pair(napi_env env, int64_t first, int64_t second) {
    napi_value result;
    napi_create_array_with_length(env, 2, &result);
    napi_set_element(env, result, 0, native_int(env, first));
    napi_set_element(env, result, 1, native_int(env, second));
    return result;
}

static napi_value call_pipe(napi_env env, napi_callback_info info) {
    napi_value args[2];
    bool read_flag, write_flag;
    int ends[2];
    if (!native_args(env, info, args, 2) || !native_arg_bool(env, args[0], &read_flag) ||
        !native_arg_bool(env, args[1], &write_flag)) {
        return NULL;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) return native_throw(env, "pipe2", errno);
    // A program that runs as another user opens /dev/stdout by name, which checks the pipe's own permissions; whoever gets as
    // far as that name could use the descriptor anyway. Best effort: without it only that one thing fails.
    (void)fchmod(ends[0], 0666);
    if ((read_flag && set_non_blocking(ends[0]) != 0) || (write_flag && set_non_blocking(ends[1]) != 0)) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return native_throw(env, "fcntl", error);
    }
    return pair(env, ends[0], ends[1]);
}

static napi_value call_close(napi_env env, napi_callback_info info) {
    napi_value arg;
    int fd;
    if (!native_args(env, info, &arg, 1) || !arg_fd(env, arg, &fd)) return NULL;
    // On Linux the descriptor is gone after EINTR too.
    if (close(fd) != 0 && errno != EINTR) return native_throw(env, "close", errno);
    return native_undefined(env);
}

static napi_value call_dup2(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int from, to;
    if (!native_args(env, info, args, 2) || !arg_fd(env, args[0], &from) || !arg_fd(env, args[1], &to)) return NULL;
    if (dup2(from, to) == -1) return native_throw(env, "dup2", errno);
    return native_undefined(env);
}

/** Binds, listens and answers the descriptor, or closes it and throws. */
static napi_value serve(napi_env env, int fd, const struct sockaddr *address, socklen_t size, int backlog) {
    const char *failed = bind(fd, address, size) != 0 ? "bind" : listen(fd, backlog) != 0 ? "listen" : NULL;
    if (failed == NULL) return native_int(env, fd);
    int error = errno;
    close(fd);
    return native_throw(env, failed, error);
}

static napi_value listen_unix(napi_env env, const char *path, int backlog) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0) return native_throw(env, "bind", EINVAL);
    if (length >= sizeof address.sun_path) return native_throw(env, "bind", ENAMETOOLONG);
    memcpy(address.sun_path, path, length + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) return native_throw(env, "socket", errno);
    return serve(env, fd, (const struct sockaddr *)&address, sizeof address, backlog);
}

static napi_value call_listen_unix(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t backlog;
    char *path;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[1], 0, INT32_MAX, &backlog) ||
        !native_arg_string(env, args[0], &path)) {
        return NULL;
    }
    napi_value result = listen_unix(env, path, (int)backlog);
    free(path);
    return result;
}

static const char *resolver_error_name(int error) {
    switch (error) {
        case EAI_AGAIN: return "EAI_AGAIN";
        case EAI_FAIL: return "EAI_FAIL";
        case EAI_FAMILY: return "EAI_FAMILY";
        case EAI_MEMORY: return "EAI_MEMORY";
        case EAI_NONAME: return "EAI_NONAME";
        case EAI_SERVICE: return "EAI_SERVICE";
#ifdef EAI_NODATA
        case EAI_NODATA: return "EAI_NODATA";
#endif
        default: return "EAI_ERROR";
    }
}

static napi_value listen_tcp(napi_env env, const char *host, int port, int backlog) {
    // Upstream knows IPv4 only, so a name stays that; only what is an IPv6 address by itself is taken as one.
    struct addrinfo hints = {.ai_family = strchr(host, ':') == NULL ? AF_INET : AF_INET6,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    char service[8];
    snprintf(service, sizeof service, "%d", port);
    int error = getaddrinfo(host[0] == '\0' ? NULL : host, service, &hints, &found);
    if (error == EAI_SYSTEM) return native_throw(env, "getaddrinfo", errno);
    if (error != 0) {
        return native_throw_code(env, "getaddrinfo", resolver_error_name(error), error, gai_strerror(error));
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int reuse = 1;
    napi_value result;
    if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) != 0) {
        result = native_throw(env, "socket", errno);
        if (fd != -1) close(fd);
    } else {
        result = serve(env, fd, found->ai_addr, found->ai_addrlen, backlog);
    }
    freeaddrinfo(found);
    return result;
}

static napi_value call_listen_tcp(napi_env env, napi_callback_info info) {
    napi_value args[3];
    int64_t port, backlog;
    char *host;
    if (!native_args(env, info, args, 3) || !native_arg_int_within(env, args[1], 0, 65535, &port) ||
        !native_arg_int_within(env, args[2], 0, INT32_MAX, &backlog) || !native_arg_string(env, args[0], &host)) {
        return NULL;
    }
    napi_value result = listen_tcp(env, host, (int)port, (int)backlog);
    free(host);
    return result;
}

static int64_t from_rlim(rlim_t value) {
    return value == RLIM_INFINITY ? -1 : value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static napi_value call_get_rlimit(napi_env env, napi_callback_info info) {
    napi_value arg;
    int64_t resource;
    struct rlimit limit;
    if (!native_args(env, info, &arg, 1) || !native_arg_int_within(env, arg, 0, INT32_MAX, &resource)) return NULL;
    if (getrlimit((int)resource, &limit) != 0) return native_throw(env, "getrlimit", errno);
    return pair(env, from_rlim(limit.rlim_cur), from_rlim(limit.rlim_max));
}

static napi_value call_set_rlimit(napi_env env, napi_callback_info info) {
    napi_value args[3];
    int64_t resource, soft, hard;
    if (!native_args(env, info, args, 3) || !native_arg_int_within(env, args[0], 0, INT32_MAX, &resource) ||
        !native_arg_int_within(env, args[1], -1, INT64_MAX, &soft) ||
        !native_arg_int_within(env, args[2], -1, INT64_MAX, &hard)) {
        return NULL;
    }
    struct rlimit limit = {.rlim_cur = soft == -1 ? RLIM_INFINITY : (rlim_t)soft,
                           .rlim_max = hard == -1 ? RLIM_INFINITY : (rlim_t)hard};
    if (setrlimit((int)resource, &limit) != 0) return native_throw(env, "setrlimit", errno);
    return native_undefined(env);
}

void register_descriptors(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"pipe", call_pipe},
        {"close", call_close},
        {"dup2", call_dup2},
        {"listenUnix", call_listen_unix},
        {"listenTcp", call_listen_tcp},
        {"getRlimit", call_get_rlimit},
        {"setRlimit", call_set_rlimit},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
