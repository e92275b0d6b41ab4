// How to write to a descriptor that others share, without blocking and without touching its flags.
#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

// Neither poll(2) nor RWF_NOWAIT keeps a write to a terminal from blocking: a private description can.
static int open_terminal(int fd) {
    unsigned number;
    // The master side opened again would be a new terminal.
    if (!isatty(fd) || ioctl(fd, TIOCGPTN, &number) == 0) return -1;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void pump_write_inspect(pump_sink *sink) {
    if (sink->owns_fd) close(sink->fd);
    sink->owns_fd = false;
    sink->fd = sink->descriptor;
    sink->mode = WRITE_PLAIN;
    struct stat facts;
    if (fstat(sink->fd, &facts) != 0) return;
    if (S_ISFIFO(facts.st_mode)) sink->mode = WRITE_NOWAIT;
    if (S_ISSOCK(facts.st_mode)) sink->mode = WRITE_SEND;
    if (!S_ISCHR(facts.st_mode) || !isatty(sink->fd)) return;
    int terminal = open_terminal(sink->fd);
    sink->owns_fd = terminal >= 0;
    if (sink->owns_fd) sink->fd = terminal;
    else sink->mode = WRITE_POLLED;
}

static ssize_t write_polled(int fd, const char *bytes, size_t length) {
    struct pollfd state = {.fd = fd, .events = POLLOUT};
    if (poll(&state, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(fd, bytes, length < PIPE_BUF ? length : PIPE_BUF);
}

static ssize_t write_by_mode(pump_sink *sink, const char *bytes, size_t length) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    switch (sink->mode) {
        case WRITE_PLAIN:
            return write(sink->fd, bytes, length);
        case WRITE_NOWAIT:
            return syscall(SYS_pwritev2, sink->fd, &part, 1UL, -1L, -1L, RWF_NOWAIT);
        case WRITE_SEND:
            return send(sink->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        case WRITE_POLLED:
            return write_polled(sink->fd, bytes, length);
    }
    errno = EINVAL;
    return -1;
}

ssize_t pump_write_some(pump_sink *sink, const char *bytes, size_t length) {
    for (;;) {
        ssize_t written = write_by_mode(sink, bytes, length);
        if (written > 0) return written;
        // Not seen in the wild; taken as an error so that no loop can spin on it.
        if (written == 0) return -EIO;
        if (errno == EINTR) continue;
        bool unsupported = errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL;
        if (sink->mode != WRITE_NOWAIT || !unsupported) return -errno;
        sink->mode = WRITE_POLLED;
    }
}
