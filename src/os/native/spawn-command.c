// Starts a command as a shell would: this process's environment, descriptors and user, and the search of execvp(3).
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

extern char **environ;

enum { MAX_ITEMS = 1 << 20, MAX_FDS = 4096, LISTEN_PID_ROOM = 32, FIRST_OTHER_FD = 3 };

static const char listen_pid_name[] = "LISTEN_PID=";

/** Even where the terminal is given up meanwhile: the command can do without. All signals are blocked, TTOU too. */
void spawn_child_take_terminal(const spawn_command *command) {
    if (!command->terminal.given) return;
    pid_t group = (pid_t)syscall(SYS_getpid);
    ioctl((int)command->terminal.value, TIOCSPGRP, &group);
}

int spawn_child_keep_fds(const spawn_command *command) {
    // Node marks all that it was started with; what it opened itself goes with exec.
    for (int fd = 0; fd < FIRST_OTHER_FD; fd++) fcntl(fd, F_SETFD, 0);
    for (size_t i = 0; i < command->kept_fd_count; i++) {
        if (fcntl(command->kept_fds[i], F_SETFD, 0) == -1) return -1;
    }
    return 0;
}

/** Writes a pid without stdio. */
static void write_number(char *out, pid_t number) {
    char digits[16];
    size_t count = 0;
    for (; number > 0; number /= 10) digits[count++] = (char)('0' + number % 10);
    while (count > 0) *out++ = digits[--count];
    *out = '\0';
}

/** Source: execvp(3): which errors mean that the search goes on, and what it ends with. */
int spawn_child_exec_command(const spawn_request *request) {
    const spawn_command *command = request->command;
    bool denied = false;
    if (command->listen_pid != NULL) {
        write_number(command->listen_pid + sizeof listen_pid_name - 1, (pid_t)syscall(SYS_getpid));
    }
    for (char **path = command->paths; *path != NULL; path++) {
        execve(*path, request->argv, request->env);
        if (errno == ENOEXEC) {
            command->shell_argv[1] = *path;
            return execve(command->shell_argv[0], command->shell_argv, request->env);
        }
        if (errno == EACCES) denied = true;
        else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ENODEV && errno != ETIMEDOUT) return -1;
    }
    if (denied) errno = EACCES;
    return -1;
}

/** A NULL-ended copy, with an element more than that. */
static bool copy_words(napi_env env, napi_value list, char ***out) {
    uint32_t count;
    if (napi_get_array_length(env, list, &count) != napi_ok || count == 0 || count > MAX_ITEMS) {
        napi_throw_type_error(env, NULL, "expected an array with words");
        return false;
    }
    *out = calloc((size_t)count + 2, sizeof(char *));
    if (*out == NULL) {
        native_throw(env, "malloc", ENOMEM);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value item;
        napi_get_element(env, list, i, &item);
        if (!native_arg_bytes(env, item, &(*out)[i])) return false;
    }
    return true;
}

static void free_words(char **words) {
    if (words == NULL) return;
    for (char **at = words; *at != NULL; at++) free(*at);
    free(words);
}

/** `/bin/sh`, room for the script's path, then the command's arguments, which stay the command's. */
static char **shell_argv(char **argv) {
    static char shell[] = "/bin/sh", nothing[] = "";
    size_t count = 0;
    while (argv[count] != NULL) count++;
    char **result = calloc(count + 2, sizeof(char *));
    if (result == NULL) return NULL;
    result[0] = shell;
    result[1] = nothing;
    memcpy(result + 2, argv + 1, count * sizeof(char *));
    return result;
}

/** Node's own end of a pipe: the other one is here, too. */
static bool has_both_ends(const struct stat *file, const struct stat *files, size_t count) {
    size_t same = 0;
    for (size_t i = 0; i < count; i++) {
        if (files[i].st_ino == file->st_ino && files[i].st_dev == file->st_dev && S_ISFIFO(files[i].st_mode)) same++;
    }
    return same > 1;
}

/**
 * What Node opens for itself is close-on-exec, but it marks what it was started with so, too, up to the first number
 * beyond 15 that is free. Its own are epoll and event descriptors, pipes to itself, and /dev/null for reading.
 */
static bool is_inherited(int fd, const struct stat *file, const struct stat *files, size_t count) {
    if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) return true;
    if ((file->st_mode & S_IFMT) == 0) return false;
    if (S_ISFIFO(file->st_mode)) return !has_both_ends(file, files, count);
    bool is_null = S_ISCHR(file->st_mode) && file->st_rdev == makedev(1, 3);
    return !is_null || (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

/** Every descriptor from 3 on, as far as there is room; without /proc none. */
static size_t list_fds(int *fds, struct stat *files, size_t room) {
    size_t count = 0;
    DIR *listing = opendir("/proc/self/fd");
    if (listing == NULL) return 0;
    for (struct dirent *entry; count < room && (entry = readdir(listing)) != NULL;) {
        int fd = atoi(entry->d_name);
        if (fd < FIRST_OTHER_FD || fd == dirfd(listing) || fstat(fd, &files[count]) != 0) continue;
        fds[count++] = fd;
    }
    closedir(listing);
    return count;
}

static bool find_kept_fds(spawn_command *command) {
    size_t room = MAX_FDS;
    int *fds = malloc(room * sizeof *fds);
    struct stat *files = malloc(room * sizeof *files);
    bool ok = fds != NULL && files != NULL;
    size_t count = ok ? list_fds(fds, files, room) : 0;
    for (size_t i = 0; i < count; i++) {
        if (is_inherited(fds[i], &files[i], files, count)) fds[command->kept_fd_count++] = fds[i];
    }
    free(files);
    command->kept_fds = fds;
    return ok;
}

/** environ, but a LISTEN_PID that names this process is going to name the child. Source: sd_listen_fds(3). */
static char **child_environment(spawn_command *command) {
    char own[LISTEN_PID_ROOM];
    size_t count = 0, found = SIZE_MAX;
    snprintf(own, sizeof own, "%s%d", listen_pid_name, (int)getpid());
    for (; environ[count] != NULL; count++) {
        if (strcmp(environ[count], own) == 0) found = count;
    }
    char **copy = malloc((count + 1) * sizeof *copy);
    if (copy == NULL) return NULL;
    memcpy(copy, environ, (count + 1) * sizeof *copy);
    if (found == SIZE_MAX) return copy;
    command->listen_pid = calloc(1, LISTEN_PID_ROOM);
    if (command->listen_pid == NULL) return copy;
    memcpy(command->listen_pid, own, sizeof own);
    copy[found] = command->listen_pid;
    return copy;
}

static napi_value run(napi_env env, spawn_request *request, spawn_command *command) {
    command->shell_argv = shell_argv(request->argv);
    request->env = child_environment(command);
    if (command->shell_argv == NULL || request->env == NULL || !find_kept_fds(command)) {
        return native_throw(env, "malloc", ENOMEM);
    }
    pid_t pid = spawn_clone(request);
    return pid == -1 ? native_throw(env, "fork", errno) : spawn_render(env, pid, request);
}

static napi_value call_spawn_command(napi_env env, napi_callback_info info) {
    napi_value args[4], result = NULL;
    int64_t terminal;
    spawn_command command = {0};
    spawn_request request = {.command = &command};
    if (!native_args(env, info, args, 4) || !native_arg_bool(env, args[2], &request.new_group) ||
        !native_arg_int_within(env, args[3], -1, INT32_MAX, &terminal)) {
        return NULL;
    }
    command.terminal = (optional_int){.given = terminal != -1, .value = terminal};
    if (copy_words(env, args[0], &command.paths) && copy_words(env, args[1], &request.argv)) {
        result = run(env, &request, &command);
    }
    free_words(command.paths);
    free_words(request.argv);
    free(request.env);
    free(command.shell_argv);
    free(command.listen_pid);
    free(command.kept_fds);
    return result;
}

void register_spawn_command(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"spawnCommand", call_spawn_command}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
