// Starts a program: the request's values are copied first, then the child is cloned without copying this process's memory.
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024, LAST_SIGNAL = 64, MAX_ITEMS = 1 << 20 };

/** False with nothing thrown when the property is undefined, or with an exception pending. */
static bool property(napi_env env, napi_value object, const char *name, napi_value *out) {
    napi_valuetype type;
    if (napi_get_named_property(env, object, name, out) != napi_ok || napi_typeof(env, *out, &type) != napi_ok) {
        bool pending = false;
        if (napi_is_exception_pending(env, &pending) == napi_ok && !pending) {
            napi_throw_type_error(env, NULL, "expected an object");
        }
        return false;
    }
    return type != napi_undefined;
}

static bool thrown(napi_env env) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    return pending;
}

static bool missing(napi_env env, const char *name) {
    char text[80];
    if (thrown(env)) return false;
    snprintf(text, sizeof text, "expected a value for \"%s\"", name);
    napi_throw_type_error(env, NULL, text);
    return false;
}

/** A zeroed array with one element more than the JavaScript array has. */
static void *array_of(napi_env env, napi_value value, size_t element_bytes, size_t *count) {
    uint32_t length;
    if (napi_get_array_length(env, value, &length) != napi_ok || length > MAX_ITEMS) {
        napi_throw_type_error(env, NULL, "expected an array");
        return NULL;
    }
    void *items = calloc((size_t)length + 1, element_bytes);
    if (items == NULL) native_throw(env, "malloc", ENOMEM);
    *count = length;
    return items;
}

static bool read_int_at(napi_env env, napi_value array, size_t index, int64_t min, int64_t max, int64_t *out) {
    napi_value item;
    napi_get_element(env, array, (uint32_t)index, &item);
    return native_arg_int_within(env, item, min, max, out);
}

static bool read_strings(napi_env env, napi_value object, const char *name, char ***out) {
    napi_value array;
    size_t count;
    if (!property(env, object, name, &array)) return missing(env, name);
    *out = array_of(env, array, sizeof(char *), &count);
    if (*out == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        napi_handle_scope scope;
        napi_value item;
        napi_open_handle_scope(env, &scope);
        napi_get_element(env, array, (uint32_t)i, &item);
        bool ok = native_arg_string(env, item, &(*out)[i]);
        napi_close_handle_scope(env, scope);
        if (!ok) return false;
    }
    return true;
}

static bool read_optional_int(napi_env env, napi_value object, const char *name, int64_t min, int64_t max,
                              optional_int *out) {
    napi_value value;
    if (!property(env, object, name, &value)) return !thrown(env);
    out->given = true;
    return native_arg_int_within(env, value, min, max, &out->value);
}

static bool read_fds(napi_env env, napi_value object, spawn_request *request) {
    napi_value array;
    if (!property(env, object, "fds", &array)) return missing(env, "fds");
    request->fds = array_of(env, array, sizeof(int), &request->fd_count);
    if (request->fds == NULL) return false;
    for (size_t i = 0; i < request->fd_count; i++) {
        int64_t fd;
        if (!read_int_at(env, array, i, -1, INT32_MAX, &fd)) return false;
        request->fds[i] = (int)fd;
    }
    return true;
}

static bool read_groups(napi_env env, napi_value object, spawn_request *request) {
    napi_value array;
    if (!property(env, object, "groups", &array)) return !thrown(env);
    request->has_groups = true;
    request->groups = array_of(env, array, sizeof(gid_t), &request->group_count);
    if (request->groups == NULL) return false;
    for (size_t i = 0; i < request->group_count; i++) {
        int64_t gid;
        if (!read_int_at(env, array, i, 0, UINT32_MAX - 1, &gid)) return false;
        request->groups[i] = (gid_t)gid;
    }
    return true;
}

static bool read_limits(napi_env env, napi_value object, spawn_request *request) {
    napi_value array;
    if (!property(env, object, "rlimits", &array)) return !thrown(env);
    request->limits = array_of(env, array, sizeof(spawn_limit), &request->limit_count);
    if (request->limits == NULL) return false;
    for (size_t i = 0; i < request->limit_count; i++) {
        napi_value row;
        int64_t resource, soft, hard;
        napi_get_element(env, array, (uint32_t)i, &row);
        if (!read_int_at(env, row, 0, 0, INT32_MAX, &resource) || !read_int_at(env, row, 1, -1, INT64_MAX, &soft) ||
            !read_int_at(env, row, 2, -1, INT64_MAX, &hard)) {
            return false;
        }
        request->limits[i].resource = (int)resource;
        request->limits[i].value.rlim_cur = soft == -1 ? RLIM_INFINITY : (rlim_t)soft;
        request->limits[i].value.rlim_max = hard == -1 ? RLIM_INFINITY : (rlim_t)hard;
    }
    return true;
}

static bool read_isolate(napi_env env, napi_value object, spawn_request *request) {
    napi_value value;
    char *word;
    if (!property(env, object, "isolate", &value)) return missing(env, "isolate");
    if (!native_arg_string(env, value, &word)) return false;
    request->new_group = strcmp(word, "group") == 0;
    request->new_session = strcmp(word, "session") == 0;
    bool known = request->new_group || request->new_session || strcmp(word, "none") == 0;
    free(word);
    if (!known) napi_throw_type_error(env, NULL, "expected \"none\", \"group\" or \"session\" for \"isolate\"");
    return known;
}

static bool read_attributes(napi_env env, napi_value object, spawn_request *request) {
    napi_value value;
    optional_int oom = {0};
    if (!read_optional_int(env, object, "gid", 0, UINT32_MAX - 1, &request->gid) ||
        !read_optional_int(env, object, "uid", 0, UINT32_MAX - 1, &request->uid) ||
        !read_optional_int(env, object, "umask", 0, 07777, &request->umask) ||
        !read_optional_int(env, object, "nice", -20, 19, &request->nice) ||
        !read_optional_int(env, object, "pdeathsig", 1, LAST_SIGNAL, &request->pdeathsig) ||
        !read_optional_int(env, object, "oomScoreAdj", -1000, 1000, &oom)) {
        return false;
    }
    request->has_oom_score_adj = oom.given;
    snprintf(request->oom_score_adj, sizeof request->oom_score_adj, "%d", (int)oom.value);
    if (property(env, object, "noNewPrivs", &value)) return native_arg_bool(env, value, &request->no_new_privs);
    return !thrown(env);
}

static bool read_request(napi_env env, napi_value object, spawn_request *request) {
    napi_value value;
    if (!property(env, object, "file", &value)) return missing(env, "file");
    if (!native_arg_string(env, value, &request->file)) return false;
    if (property(env, object, "cwd", &value) && !native_arg_string(env, value, &request->cwd)) return false;
    return !thrown(env) && read_strings(env, object, "argv", &request->argv) &&
           read_strings(env, object, "env", &request->env) && read_fds(env, object, request) &&
           read_isolate(env, object, request) && read_groups(env, object, request) &&
           read_limits(env, object, request) && read_attributes(env, object, request);
}

static void free_strings(char **strings) {
    if (strings == NULL) return;
    for (char **at = strings; *at != NULL; at++) free(*at);
    free(strings);
}

static void free_request(spawn_request *request) {
    free(request->file);
    free(request->cwd);
    free_strings(request->argv);
    free_strings(request->env);
    free(request->fds);
    free(request->groups);
    free(request->limits);
}

/**
 * Every signal is blocked meanwhile: a handler run by the child would write to
 * the parent's memory, Node's own among it. A child that changes its user makes the shared memory, and so this process,
 * undumpable, which closes our /proc to everybody: to root in a container too, and with it `echo > /proc/1/fd/1`.
 */
pid_t spawn_clone(spawn_request *request) {
    unsigned long all[LAST_SIGNAL / 8 / sizeof(unsigned long)], before[LAST_SIGNAL / 8 / sizeof(unsigned long)];
    char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -1;
    memset(all, 0xff, sizeof all);
    request->parent = getpid();
    int dumpable = prctl(PR_GET_DUMPABLE);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, before, LAST_SIGNAL / 8);
    pid_t pid = clone(spawn_child, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, request);
    int error = errno;
    if (dumpable == 1) prctl(PR_SET_DUMPABLE, 1);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, LAST_SIGNAL / 8);
    munmap(stack, STACK_BYTES);
    errno = error;
    return pid;
}

napi_value spawn_render(napi_env env, pid_t pid, const spawn_request *request) {
    napi_value result, failure;
    napi_create_object(env, &result);
    napi_set_named_property(env, result, "pid", native_int(env, pid));
    if (request->failed_stage == NULL) return result;
    napi_create_object(env, &failure);
    napi_set_named_property(env, failure, "stage", native_string(env, request->failed_stage));
    napi_set_named_property(env, failure, "errno", native_string(env, native_errno_name(request->error)));
    napi_set_named_property(env, result, "failure", failure);
    return result;
}

static napi_value call_spawn(napi_env env, napi_callback_info info) {
    napi_value object, result = NULL;
    spawn_request request = {0};
    if (!native_args(env, info, &object, 1)) return NULL;
    if (read_request(env, object, &request)) {
        pid_t pid = spawn_clone(&request);
        result = pid == -1 ? native_throw(env, "fork", errno) : spawn_render(env, pid, &request);
    }
    free_request(&request);
    return result;
}

/** Node makes its own stdin, stdout and stderr close-on-exec, too. */
static void keep_standard_descriptors(void) {
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags != -1) fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
    }
}

/** Returns only when it fails. Other descriptors of ours are close-on-exec, and a lone PID 1 stays PID 1. */
static napi_value call_replace_process(napi_env env, napi_callback_info info) {
    napi_value object, result = NULL;
    spawn_request request = {0};
    if (!native_args(env, info, &object, 1)) return NULL;
    if (read_request(env, object, &request)) {
        keep_standard_descriptors();
        execve(request.file, request.argv, request.env);
        result = native_throw(env, "execve", errno);
    }
    free_request(&request);
    return result;
}

void register_spawn(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"spawn", call_spawn}, {"replaceProcess", call_replace_process}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
