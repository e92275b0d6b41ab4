// The pump for JavaScript: start, flush, and what its other functions share.
#include "pump-api.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/** Of one pumpFlush: the bytes that were drained, their way through JavaScript, and one more for good measure. */
enum { MOST_FLUSHES = 4 };

pump *pump_api_enter(napi_env env, napi_callback_info info, napi_value *arguments) {
    size_t count = PUMP_MOST_ARGUMENTS;
    void *data;
    napi_get_cb_info(env, info, &count, arguments, NULL, &data);
    pump *self = data;
    if (self->started) return self;
    napi_throw_error(env, NULL, "internal error: the pump has not been started");
    return NULL;
}

static void *find(napi_env env, const pump_table *table, napi_value value) {
    int64_t id;
    if (!native_arg_int(env, value, &id)) return NULL;
    void *object = pump_table_get(table, id);
    if (object == NULL) napi_throw_type_error(env, NULL, "internal error: no such sink or stream");
    return object;
}

pump_sink *pump_api_sink(napi_env env, pump *self, napi_value id) {
    pump_sink *sink = find(env, &self->sinks, id);
    if (sink == NULL || sink->references > 0) return sink;
    napi_throw_type_error(env, NULL, "internal error: the sink is closed");
    return NULL;
}

pump_stream *pump_api_stream(napi_env env, pump *self, napi_value id) { return find(env, &self->streams, id); }

pump_command *pump_api_command(napi_env env, pump_command_kind kind, size_t length) {
    pump_command *command = pump_command_new(kind, length);
    if (command == NULL) native_throw(env, "malloc", ENOMEM);
    return command;
}

bool pump_api_property_int(napi_env env, napi_value object, const char *name, int64_t *out) {
    napi_value value;
    if (napi_get_named_property(env, object, name, &value) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected an object");
        return false;
    }
    return native_arg_int(env, value, out);
}

static void stop(void *data) { pump_stop(data); }

static napi_value start(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value events;
    void *data;
    napi_get_cb_info(env, info, &count, &events, NULL, &data);
    pump *self = data;
    if (self->started) return native_throw(env, "pumpStart", EALREADY);
    if (self->notify == NULL && !pump_notify_create(env, self)) return native_throw(env, "pumpStart", ENOMEM);
    napi_create_reference(env, events, 1, &self->events);
    int error = pump_start(self);
    if (error != 0) return native_throw(env, "pumpStart", error);
    // Hooks run in reverse: the thread stops before the function it calls goes.
    napi_add_env_cleanup_hook(env, stop, self);
    return native_undefined(env);
}

static napi_value hold(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    bool holds;
    if (self == NULL || !native_arg_bool(env, arguments[0], &holds)) return NULL;
    if (holds) self->held++;
    else if (self->held > 0 && --self->held == 0 && self->wake_owed) {
        self->wake_owed = false;
        pump_wake(self);
    }
    return native_undefined(env);
}

static struct timespec in_milliseconds(int64_t wait) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait / 1000;
    at.tv_nsec += (wait % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

// True when the thread has answered.
static bool ask(pump *self, pump_command *command, const unsigned *answer, const struct timespec *deadline) {
    const unsigned ticket = command->ticket;
    pump_post(self, command);
    if (self->held > 0) pump_wake(self);
    int error = 0;
    pthread_mutex_lock(&self->lock);
    while (*answer != ticket && error == 0) error = pthread_cond_timedwait(&self->answered, &self->lock, deadline);
    bool done = *answer == ticket;
    pthread_mutex_unlock(&self->lock);
    return done;
}

static napi_value flush(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    int64_t wait;
    if (self == NULL || !native_arg_int(env, arguments[0], &wait)) return NULL;
    const struct timespec deadline = in_milliseconds(wait < 0 ? 0 : wait);
    bool done;
    // What JavaScript transforms comes back to be written too; a tapped program may bring more and more of it.
    for (unsigned round = 0; round < MOST_FLUSHES; round++) {
        pump_command *command = pump_api_command(env, COMMAND_FLUSH, 0);
        if (command == NULL) return NULL;
        command->ticket = ++self->flush_asked;
        done = ask(self, command, &self->flush_done, &deadline);
        if (!pump_notify_deliver(env, self) || !done) break;
    }
    return native_bool(env, done);
}

// Whether the thread owes an answer from before: its disk does not answer either, say.
static bool lags(pump *self) {
    pthread_mutex_lock(&self->lock);
    bool behind = self->catch_up_done != self->catch_up_asked;
    pthread_mutex_unlock(&self->lock);
    return behind;
}

static napi_value catch_up(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    int64_t wait;
    if (self == NULL || !native_arg_int(env, arguments[0], &wait)) return NULL;
    if (lags(self)) return native_undefined(env);
    pump_command *command = pump_api_command(env, COMMAND_CATCH_UP, 0);
    if (command == NULL) return NULL;
    const struct timespec deadline = in_milliseconds(wait < 0 ? 0 : wait);
    command->ticket = ++self->catch_up_asked;
    ask(self, command, &self->catch_up_done, &deadline);
    pump_notify_deliver(env, self);
    return native_undefined(env);
}

static pump *create(void) {
    pump *self = calloc(1, sizeof *self);
    if (self == NULL) return NULL;
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->answered, &attributes);
    pthread_condattr_destroy(&attributes);
    return self;
}

void register_pump(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"pumpStart", start},
        {"pumpHold", hold},
        {"pumpFlush", flush},
        {"pumpCatchUp", catch_up},
        {"sinkOpenFile", pump_api_sink_open_file},
        {"sinkOpenDescriptor", pump_api_sink_open_descriptor},
        {"sinkWrite", pump_api_sink_write},
        {"sinkReopen", pump_api_sink_reopen},
        {"sinkClear", pump_api_sink_clear},
        {"sinkClose", pump_api_sink_close},
        {"streamOpen", pump_api_stream_open},
        {"streamTap", pump_api_stream_tap},
        {"streamWrite", pump_api_stream_write},
        {"streamTake", pump_api_stream_take},
        {"streamDrain", pump_api_stream_drain},
        {"streamTail", pump_api_stream_tail},
        {"streamForget", pump_api_stream_forget},
    };
    // One an environment: it goes to each function as its data and lives as long.
    pump *self = create();
    if (self == NULL) return;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        napi_value function;
        napi_create_function(env, methods[i].name, NAPI_AUTO_LENGTH, methods[i].call, self, &function);
        napi_set_named_property(env, exports, methods[i].name, function);
    }
}
