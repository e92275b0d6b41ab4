// Descriptors of a child between clone and exec: only async-signal-safe calls.
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/** Number at `text`, -1 when it is none (`.` and `..`). */
static int parse_fd(const char *text) {
    int value = 0;
    if (*text == '\0') return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return -1;
        value = value * 10 + (*text - '0');
    }
    return value;
}

/** False when /proc is not there. The kernel walks by number, so closing on the way skips none. */
static bool close_listed(int first) {
    int listing = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (listing == -1) return false;
    char buffer[2048] __attribute__((aligned(8)));
    long size;
    while ((size = syscall(SYS_getdents64, listing, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            const struct directory_entry *entry = (const struct directory_entry *)(buffer + at);
            int fd = parse_fd(entry->name);
            if (fd >= first && fd != listing) close(fd);
            at += entry->length;
        }
    }
    close(listing);
    return size == 0;
}

static void close_from(int first) {
    // Any error means that the call is missing: old sandboxes answer EPERM instead of ENOSYS.
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
    if (close_listed(first)) return;
    struct rlimit limit;
    int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1 << 20 ? (int)limit.rlim_cur : 1 << 20;
    for (int fd = first; fd < end; fd++) close(fd);
}

/** A close-on-exec copy of the source that no target overwrites. */
static int lift(int source, int above) {
    if (source != -1) return fcntl(source, F_DUPFD_CLOEXEC, above);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null == -1 || null >= above) return null;
    int lifted = fcntl(null, F_DUPFD_CLOEXEC, above);
    close(null);
    return lifted;
}

int spawn_child_fds(const spawn_request *request) {
    int count = (int)request->fd_count;
    // The child shares the parent's memory, so the list is restored by nobody: the parent frees it after.
    int *fds = request->fds;
    for (int i = 0; i < count; i++) {
        if (fds[i] >= count) continue;
        fds[i] = lift(fds[i], count);
        if (fds[i] == -1) return -1;
    }
    for (int i = 0; i < count; i++) {
        if (dup2(fds[i], i) == -1) return -1;
    }
    close_from(count);
    return 0;
}
