// Tells when a descriptor can be read, for kinds that Node's own streams do not know: one entry in Node's epoll, no thread.
#include "native.h"
#include "uv-poll.h"

#include <errno.h>
#include <stdlib.h>

typedef struct {
    napi_env env;
    napi_ref callback;
    napi_async_context context;
    napi_async_cleanup_hook_handle cleanup;
    uv_handle *handle;
    bool stopped;
    /** The function that stops it may outlive the handle, and the other way round. */
    int references;
} watch;

static void release(watch *self) {
    if (--self->references > 0) return;
    free(self->handle);
    free(self);
}

static void closed(uv_handle *handle) {
    watch *self = uv_handle_get_data(handle);
    // Only now may the environment go on with its end.
    napi_remove_async_cleanup_hook(self->cleanup);
    release(self);
}

static void stop(watch *self) {
    if (self->stopped) return;
    self->stopped = true;
    napi_delete_reference(self->env, self->callback);
    napi_async_destroy(self->env, self->context);
    uv_close(self->handle, closed);
}

static void stop_with_environment(napi_async_cleanup_hook_handle hook, void *data) {
    (void)hook;
    stop(data);
}

static void call(watch *self) {
    napi_env env = self->env;
    napi_value function, global, error;
    napi_get_reference_value(env, self->callback, &function);
    napi_get_global(env, &global);
    if (napi_make_callback(env, self->context, global, function, 0, NULL, NULL) != napi_pending_exception) return;
    // Raised as uncaught: nobody above could catch it.
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
}

/** An error is for whoever reads to find. */
static void ready(uv_handle *handle, int status, int events) {
    (void)status;
    (void)events;
    watch *self = uv_handle_get_data(handle);
    napi_handle_scope scope;
    if (napi_open_handle_scope(self->env, &scope) != napi_ok) return;
    napi_env env = self->env;
    call(self);
    napi_close_handle_scope(env, scope);
}

static napi_value call_stop(napi_env env, napi_callback_info info) {
    void *self;
    napi_get_cb_info(env, info, NULL, NULL, NULL, &self);
    stop(self);
    return native_undefined(env);
}

static void finalize(napi_env env, void *self, void *hint) {
    (void)env;
    (void)hint;
    release(self);
}

static bool expect_function(napi_env env, napi_value value) {
    napi_valuetype type;
    if (napi_typeof(env, value, &type) == napi_ok && type == napi_function) return true;
    napi_throw_type_error(env, NULL, "expected a function");
    return false;
}

static watch *create(napi_env env) {
    watch *self = calloc(1, sizeof *self);
    uv_handle *handle = malloc(uv_handle_size(UV_HANDLE_POLL));
    if (self == NULL || handle == NULL) {
        free(self);
        free(handle);
        native_throw(env, "malloc", ENOMEM);
        return NULL;
    }
    self->env = env;
    self->handle = handle;
    return self;
}

static napi_value begin(napi_env env, watch *self, napi_value callback) {
    napi_value stopper;
    napi_create_reference(env, callback, 1, &self->callback);
    napi_async_init(env, NULL, native_string(env, "watchReadable"), &self->context);
    napi_add_async_cleanup_hook(env, stop_with_environment, self, &self->cleanup);
    napi_create_function(env, "stop", NAPI_AUTO_LENGTH, call_stop, self, &stopper);
    self->references = 2;
    napi_add_finalizer(env, stopper, self, finalize, NULL, NULL);
    uv_handle_set_data(self->handle, self);
    uv_unref(self->handle);
    uv_poll_start(self->handle, UV_EVENT_READABLE, ready);
    return stopper;
}

static napi_value call_watch_readable(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t fd;
    struct uv_loop_s *loop;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], 0, INT32_MAX, &fd) ||
        !expect_function(env, args[1])) {
        return NULL;
    }
    if (napi_get_uv_event_loop(env, &loop) != napi_ok) return native_throw(env, "uv_poll_init", ENOSYS);
    watch *self = create(env);
    if (self == NULL) return NULL;
    int error = uv_poll_init(loop, self->handle, (int)fd);
    if (error == 0) return begin(env, self, args[1]);
    free(self->handle);
    free(self);
    return native_throw(env, "uv_poll_init", -error);
}

void register_watch_readable(napi_env env, napi_value exports) {
    static const native_method methods[] = {{"watchReadable", call_watch_readable}};
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
