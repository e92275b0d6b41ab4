// Blocking client sockets, for programs that ask one thing and end.
#include "native.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/** Connects within `timeout_ms` (0: without a limit), which then holds for each read and write as well. -1 with errno. */
static int connect_to(int family, const struct sockaddr *address, socklen_t size, int64_t timeout_ms) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) return -1;
    struct timeval limit = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    int connected = setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
                            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0
                        ? -1
                        : connect(fd, address, size);
    if (connected == 0) return fd;
    // What a socket with a limit says when it is over.
    int error = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;
    close(fd);
    errno = error;
    return -1;
}

static napi_value call_connect_unix(napi_env env, napi_callback_info info) {
    napi_value args[2];
    char *path;
    int64_t timeout_ms;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[1], 0, INT32_MAX, &timeout_ms) ||
        !native_arg_string(env, args[0], &path)) {
        return NULL;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length < sizeof address.sun_path) memcpy(address.sun_path, path, length + 1);
    free(path);
    if (length >= sizeof address.sun_path) return native_throw(env, "connect", ENAMETOOLONG);
    int fd = connect_to(AF_UNIX, (const struct sockaddr *)&address, sizeof address, timeout_ms);
    return fd == -1 ? native_throw(env, "connect", errno) : native_int(env, fd);
}

/** The name of the commonest error of getaddrinfo; the rest go by their number. */
static napi_value throw_lookup(napi_env env, int error) {
    if (error == EAI_SYSTEM) return native_throw(env, "getaddrinfo", errno);
    char code[20];
    snprintf(code, sizeof code, "EAI_%d", error);
    return native_throw_code(env, "getaddrinfo", error == EAI_NONAME ? "ENOTFOUND" : code, error, gai_strerror(error));
}

static napi_value call_connect_tcp(napi_env env, napi_callback_info info) {
    napi_value args[3];
    char *host;
    int64_t port, timeout_ms;
    if (!native_args(env, info, args, 3) || !native_arg_int_within(env, args[1], 0, 65535, &port) ||
        !native_arg_int_within(env, args[2], 0, INT32_MAX, &timeout_ms) || !native_arg_string(env, args[0], &host)) {
        return NULL;
    }
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    char service[8];
    snprintf(service, sizeof service, "%d", (int)port);
    int failure = getaddrinfo(host, service, &hints, &found);
    free(host);
    if (failure != 0) return throw_lookup(env, failure);
    int fd = -1;
    for (struct addrinfo *one = found; one != NULL && fd == -1; one = one->ai_next)
        fd = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen, timeout_ms);
    int error = errno;
    freeaddrinfo(found);
    return fd == -1 ? native_throw(env, "connect", error) : native_int(env, fd);
}

static const native_method METHODS[] = {
    {"connectUnix", call_connect_unix},
    {"connectTcp", call_connect_tcp},
};

void register_connect(napi_env env, napi_value exports) {
    native_export(env, exports, METHODS, sizeof METHODS / sizeof *METHODS);
}
