// Who a process has started, by the kernel's own lists (CONFIG_PROC_CHILDREN): one for each thread.
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 80,
    CHUNK_BYTES = 4096,
    /** A directory's links, itself and its parent's: that of one thread has a third. */
    LINKS_OF_ONE_THREAD = 3,
};

typedef struct {
    napi_env env;
    napi_value array;
    uint32_t length;
} pid_list;

static void add(pid_list *list, int64_t pid) {
    napi_set_element(list->env, list->array, list->length++, native_int(list->env, pid));
}

static int add_from(pid_list *list, int fd) {
    char chunk[CHUNK_BYTES];
    int64_t pid = 0;
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return 0;
        for (ssize_t i = 0; i < got; i++) {
            if (chunk[i] >= '0' && chunk[i] <= '9') pid = pid * 10 + (chunk[i] - '0');
            else if (pid > 0) {
                add(list, pid);
                pid = 0;
            }
        }
    }
}

static int add_of_thread(pid_list *list, int64_t pid, const char *thread) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%lld/task/%.20s/children", (long long)pid, thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = add_from(list, fd);
    close(fd);
    return error;
}

static int add_of_all_threads(pid_list *list, int64_t pid, const char *tasks) {
    DIR *folder = opendir(tasks);
    if (folder == NULL) return errno;
    int error = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && error == 0; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') error = add_of_thread(list, pid, entry->d_name);
        // A thread may end meanwhile.
        if (error == ENOENT || error == ESRCH) error = 0;
    }
    closedir(folder);
    return error;
}

static int add_children(pid_list *list, int64_t pid, bool first_thread_only) {
    char tasks[PATH_BYTES], first[PATH_BYTES];
    struct stat found;
    snprintf(tasks, sizeof tasks, "/proc/%lld/task", (long long)pid);
    snprintf(first, sizeof first, "%lld", (long long)pid);
    if (first_thread_only) return add_of_thread(list, pid, first);
    if (stat(tasks, &found) != 0) return errno;
    if (found.st_nlink == LINKS_OF_ONE_THREAD) return add_of_thread(list, pid, first);
    return add_of_all_threads(list, pid, tasks);
}

static napi_value call_list_children(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t pid;
    bool first_thread_only;
    pid_list list = {.env = env};
    if (!native_args(env, info, args, 2) || !native_arg_int(env, args[0], &pid) ||
        !native_arg_bool(env, args[1], &first_thread_only)) {
        return NULL;
    }
    napi_create_array(env, &list.array);
    int error = add_children(&list, pid, first_thread_only);
    return error == 0 ? list.array : native_throw(env, "open", error);
}

void register_children(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"listChildren", call_list_children}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
