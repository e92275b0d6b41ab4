// Datagrams from local senders, each with the kernel's word on who sent it: sd_notify's side of the receiver.
#include "native.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** More than sd_notify(3) allows, so that a longer one shows. */
enum { MOST_BYTES = 4096 };

/** Length of the address, 0 with errno set. `@name` is in the abstract namespace, as in NOTIFY_SOCKET. */
static socklen_t read_address(const char *text, struct sockaddr_un *address) {
    size_t length = strlen(text);
    bool is_abstract = text[0] == '@';
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (length == 0) errno = EINVAL;
    else if (length >= sizeof address->sun_path) errno = ENAMETOOLONG;
    else {
        memcpy(address->sun_path, text, length);
        if (is_abstract) address->sun_path[0] = '\0';
        // The zero at the end is part of an abstract name, but not of a path.
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (is_abstract ? 0 : 1));
    }
    return 0;
}

static napi_value bind_to(napi_env env, const struct sockaddr_un *address, socklen_t size) {
    int on = 1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd == -1) return native_throw(env, "socket", errno);
    const char *failed = setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0  ? "setsockopt"
                         : bind(fd, (const struct sockaddr *)address, size) != 0 ? "bind"
                                                                                 : NULL;
    if (failed == NULL) return native_int(env, fd);
    int error = errno;
    close(fd);
    return native_throw(env, failed, error);
}

static napi_value call_bind(napi_env env, napi_callback_info info) {
    napi_value args[1];
    char *text;
    struct sockaddr_un address;
    if (!native_args(env, info, args, 1) || !native_arg_string(env, args[0], &text)) return NULL;
    socklen_t size = read_address(text, &address);
    free(text);
    return size == 0 ? native_throw(env, "bind", errno) : bind_to(env, &address, size);
}

static void close_all(const struct cmsghdr *header) {
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
        close(fd);
    }
}

/** Who sent it, pid 0 when the kernel does not say. Descriptors that came along are closed. */
static struct ucred read_control(struct msghdr *message) {
    struct ucred sender = {.pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1};
    // There is room for one header only.
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET) return sender;
    if (header->cmsg_type == SCM_RIGHTS) close_all(header);
    else if (header->cmsg_type == SCM_CREDENTIALS && header->cmsg_len == CMSG_LEN(sizeof sender))
        memcpy(&sender, CMSG_DATA(header), sizeof sender);
    return sender;
}

static napi_value render(napi_env env, const char *bytes, size_t length, const struct ucred *sender) {
    napi_value result, data, truncated;
    napi_create_object(env, &result);
    napi_create_buffer_copy(env, length < MOST_BYTES ? length : MOST_BYTES, bytes, NULL, &data);
    napi_get_boolean(env, length > MOST_BYTES, &truncated);
    napi_set_named_property(env, result, "data", data);
    napi_set_named_property(env, result, "truncated", truncated);
    napi_set_named_property(env, result, "pid", native_int(env, sender->pid));
    napi_set_named_property(env, result, "uid", native_int(env, sender->uid));
    return result;
}

static napi_value call_receive(napi_env env, napi_callback_info info) {
    napi_value arg;
    int64_t fd;
    char bytes[MOST_BYTES];
    // Room for the credentials alone: descriptors that do not fit are closed by the kernel and never become ours.
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    if (!native_args(env, info, &arg, 1) || !native_arg_int_within(env, arg, 0, INT32_MAX, &fd)) return NULL;
    struct iovec vector = {.iov_base = bytes, .iov_len = sizeof bytes};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length;
    // MSG_TRUNC: the true length of one that is longer than the buffer.
    do length = recvmsg((int)fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | MSG_TRUNC);
    while (length < 0 && errno == EINTR);
    if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return native_null(env);
    if (length < 0) return native_throw(env, "recvmsg", errno);
    struct ucred sender = read_control(&message);
    return render(env, bytes, (size_t)length, &sender);
}

void register_receive_datagram(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"bindDatagram", call_bind}, {"receiveDatagram", call_receive}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
