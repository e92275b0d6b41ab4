// Log files: opening, replacing, rotating.
#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int pump_file_open(const char *path, bool truncate) {
    // Non-blocking from the start: opening a FIFO or a terminal line could hang otherwise.
    const int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (truncate ? O_TRUNC : 0);
    int fd = open(path, flags | O_WRONLY, 0666);
    // A FIFO without a reader: being its reader as well keeps it open until one comes.
    if (fd < 0 && errno == ENXIO) fd = open(path, flags | O_RDWR, 0666);
    return fd >= 0 ? fd : -errno;
}

void pump_file_adopt(pump_sink *sink, int fd) {
    struct stat facts;
    bool known = fstat(fd, &facts) == 0;
    if (sink->owns_fd) {
        bool blocked = pump_sink_is_blocked(sink);
        // epoll follows the description, not the number: ask the new one whether it can take the backlog.
        if (blocked) pump_sink_unwatch(sink);
        close(sink->fd);
        sink->fd = fd;
        if (blocked) pump_sink_watch(sink);
    }
    sink->fd = fd;
    sink->owns_fd = true;
    sink->mode = WRITE_PLAIN;
    sink->regular = known && S_ISREG(facts.st_mode);
    sink->rotate_at = sink->max_bytes;
}

static int rename_if_there(const char *from, const char *to) {
    return rename(from, to) == 0 || errno == ENOENT ? 0 : errno;
}

static int shift_backups(const pump_sink *sink) {
    char from[PATH_MAX + 16], to[PATH_MAX + 16];
    for (unsigned i = sink->backups - 1; i > 0; i--) {
        snprintf(from, sizeof from, "%s.%u", sink->path, i);
        snprintf(to, sizeof to, "%s.%u", sink->path, i + 1);
        int error = rename_if_there(from, to);
        // Going on would move a newer backup over this one.
        if (error != 0) return error;
    }
    snprintf(to, sizeof to, "%s.1", sink->path);
    return rename_if_there(sink->path, to);
}

static int rotate(pump_sink *sink) {
    int error = sink->backups > 0 ? shift_backups(sink) : 0;
    if (error != 0) return error;
    int fd = pump_file_open(sink->path, true);
    // The old file stays open: under another name, but nothing is lost.
    if (fd < 0) return -fd;
    pump_file_adopt(sink, fd);
    return 0;
}

void pump_file_rotate_when_due(pump_sink *sink) {
    if (!sink->regular || sink->max_bytes == 0) return;
    // The position, not a count of our own: others may have truncated the file or appended to it.
    off_t position = lseek(sink->fd, 0, SEEK_CUR);
    if (position < 0 || (uint64_t)position < sink->rotate_at) return;
    atomic_fetch_add(&sink->rotation, 1);
    int error = rotate(sink);
    atomic_fetch_add(&sink->rotation, 1);
    // Tried again after as much more, not at every write.
    if (error != 0) sink->rotate_at = (uint64_t)position + sink->max_bytes;
    if ((error != 0) != (sink->rotate_error != 0)) pump_sink_report(sink, error, 0);
    sink->rotate_error = error;
}
