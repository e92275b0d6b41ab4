// Tells when a process that need not be a child has ended. A thread waits for each, as Node cannot poll a pidfd itself.
#include "native.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

typedef struct {
    napi_env env;
    napi_threadsafe_function notify;
    pthread_t thread;
    int pidfd;
    int cancel;
} watch;

static void *wait_for_end(void *data) {
    watch *self = data;
    struct pollfd fds[] = {{.fd = self->pidfd, .events = POLLIN}, {.fd = self->cancel, .events = POLLIN}};
    while (poll(fds, 2, -1) == -1 && errno == EINTR) {
    }
    if (fds[1].revents == 0) napi_call_threadsafe_function(self->notify, NULL, napi_tsfn_nonblocking);
    return NULL;
}

static void close_descriptors(watch *self) {
    if (self->pidfd != -1) close(self->pidfd);
    if (self->cancel != -1) close(self->cancel);
}

static void dispose(watch *self, napi_threadsafe_function_release_mode mode) {
    // The thread first, as it calls the function.
    eventfd_write(self->cancel, 1);
    pthread_join(self->thread, NULL);
    napi_release_threadsafe_function(self->notify, mode);
    close_descriptors(self);
    free(self);
}

static void dispose_with_environment(void *self) {
    dispose(self, napi_tsfn_abort);
}

static void deliver(napi_env env, napi_value function, void *context, void *data) {
    (void)data;
    watch *self = context;
    if (env == NULL) return;
    napi_value receiver = native_undefined(env);
    napi_remove_env_cleanup_hook(env, dispose_with_environment, self);
    dispose(self, napi_tsfn_release);
    // An exception stays pending: Node raises it as uncaught.
    napi_call_function(env, receiver, function, 0, NULL, NULL);
}

/** Without signals, which are for the main thread. */
static int start_thread(watch *self) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&self->thread, NULL, wait_for_end, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

/** Everything but the thread; on an error `syscall` says whose. */
static int prepare(napi_env env, watch *self, pid_t pid, napi_value callback, const char **syscall_name) {
    *syscall_name = "pidfd_open";
    self->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (self->pidfd == -1) return errno;
    *syscall_name = "eventfd";
    self->cancel = eventfd(0, EFD_CLOEXEC);
    if (self->cancel == -1) return errno;
    *syscall_name = "pthread_create";
    napi_value name = native_string(env, "watchExit");
    napi_status status =
        napi_create_threadsafe_function(env, callback, NULL, name, 0, 1, NULL, NULL, self, deliver, &self->notify);
    return status == napi_ok ? 0 : ENOMEM;
}

static napi_value call_watch_exit(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t pid;
    const char *failed;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], 1, INT32_MAX, &pid)) return NULL;
    watch *self = malloc(sizeof *self);
    if (self == NULL) return native_throw(env, "malloc", ENOMEM);
    *self = (watch){.env = env, .pidfd = -1, .cancel = -1};
    int error = prepare(env, self, (pid_t)pid, args[1], &failed);
    if (error == 0) {
        napi_unref_threadsafe_function(env, self->notify);
        error = start_thread(self);
        if (error != 0) napi_release_threadsafe_function(self->notify, napi_tsfn_abort);
    }
    if (error != 0) {
        close_descriptors(self);
        free(self);
        return native_throw(env, failed, error);
    }
    napi_add_env_cleanup_hook(env, dispose_with_environment, self);
    return native_undefined(env);
}

void register_watch_exit(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"watchExit", call_watch_exit}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
