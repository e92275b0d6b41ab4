// What the pump's thread tells JavaScript.
#include "pump.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void call(napi_env env, pump *self, const char *method, size_t count, const napi_value *values) {
    napi_value events, function;
    napi_get_reference_value(env, self->events, &events);
    napi_get_named_property(env, events, method, &function);
    if (napi_call_function(env, events, function, count, values, NULL) != napi_pending_exception) return;
    // Raised as uncaught here, as the next notice must be told all the same.
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
}

static void consumed(pump_stream *stream, size_t length) {
    bool resume = false;
    pthread_mutex_lock(&stream->pump->lock);
    stream->outstanding -= length;
    if (stream->starved && stream->outstanding <= PUMP_TAP_BYTES / 2) {
        stream->starved = false;
        resume = true;
    }
    pthread_mutex_unlock(&stream->pump->lock);
    if (!resume || stream->forgotten) return;
    pump_command *command = pump_command_new(COMMAND_STREAM_RESUME, 0);
    if (command == NULL) return;
    command->stream = stream;
    pump_post(stream->pump, command);
}

static void deliver_data(napi_env env, const pump_notice *notice) {
    pump_stream *stream = notice->stream;
    napi_value values[2];
    bool made = !stream->forgotten && napi_create_buffer_copy(env, notice->length, notice->bytes, NULL, &values[1]) == napi_ok;
    if (made) {
        values[0] = native_int(env, stream->id);
        call(env, stream->pump, "onData", 2, values);
    }
    consumed(stream, notice->length);
}

static void deliver_end(napi_env env, const pump_notice *notice) {
    if (notice->stream->forgotten) return;
    napi_value id = native_int(env, notice->stream->id);
    call(env, notice->stream->pump, "onEnd", 1, &id);
}

static void deliver_report(napi_env env, const pump_notice *notice) {
    if (notice->sink->closed) return;
    napi_value report, error;
    napi_create_object(env, &report);
    if (notice->error == 0) napi_get_null(env, &error);
    else error = native_string(env, native_errno_name(notice->error));
    napi_set_named_property(env, report, "sink", native_int(env, notice->sink->id));
    napi_set_named_property(env, report, "errno", error);
    napi_set_named_property(env, report, "lostBytes", native_int(env, (int64_t)notice->lost));
    call(env, notice->sink->pump, "onSinkReport", 1, &report);
}

static void deliver_one(napi_env env, const pump_notice *notice) {
    switch (notice->kind) {
        case NOTICE_DATA:
            deliver_data(env, notice);
            break;
        case NOTICE_END:
            deliver_end(env, notice);
            break;
        case NOTICE_REPORT:
            deliver_report(env, notice);
            break;
        case NOTICE_SINK_RELEASED:
            pump_sink_dispose(notice->sink);
            break;
        case NOTICE_STREAM_RELEASED:
            pump_stream_dispose(notice->stream);
            break;
    }
}

static pump_notice *take_notices(pump *self) {
    pthread_mutex_lock(&self->lock);
    pump_notice *notices = self->first_notice;
    self->first_notice = NULL;
    self->last_notice = NULL;
    pthread_mutex_unlock(&self->lock);
    return notices;
}

bool pump_notify_deliver(napi_env env, pump *self) {
    pump_notice *notice = take_notices(self);
    const bool any = notice != NULL;
    while (notice != NULL) {
        pump_notice *next = notice->next;
        deliver_one(env, notice);
        free(notice);
        notice = next;
    }
    return any;
}

static void deliver(napi_env env, napi_value function, void *context, void *data) {
    (void)function;
    (void)context;
    // Without an environment the pump's objects are gone already.
    if (env != NULL) pump_notify_deliver(env, data);
}

static void dispose_all(pump *self) {
    for (size_t i = 0; i < self->streams.capacity; i++) {
        if (self->streams.slots[i] != NULL) pump_stream_dispose(self->streams.slots[i]);
    }
    for (size_t i = 0; i < self->sinks.capacity; i++) {
        if (self->sinks.slots[i] != NULL) pump_sink_dispose(self->sinks.slots[i]);
    }
    pump_command *command = pump_take_commands(self);
    while (command != NULL) {
        pump_command *next = command->next;
        if (command->fd >= 0) close(command->fd);
        free(command);
        command = next;
    }
    pump_notice *notice = take_notices(self);
    while (notice != NULL) {
        pump_notice *next = notice->next;
        free(notice);
        notice = next;
    }
}

static void finalize(napi_env env, void *data, void *hint) {
    (void)env;
    (void)hint;
    pump *self = data;
    dispose_all(self);
    free(self->streams.slots);
    free(self->sinks.slots);
    free(self);
}

bool pump_notify_create(napi_env env, pump *self) {
    napi_value name = native_string(env, "pump");
    napi_status status =
        napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, self, finalize, NULL, deliver, &self->notify);
    return status == napi_ok && napi_unref_threadsafe_function(env, self->notify) == napi_ok;
}

void pump_notify(pump *self, const pump_notice *head, const char *bytes) {
    pump_notice *notice = malloc(sizeof *notice + head->length);
    if (notice == NULL) return;
    memcpy(notice, head, sizeof *notice);
    if (head->length > 0) memcpy(notice->bytes, bytes, head->length);
    notice->next = NULL;
    pthread_mutex_lock(&self->lock);
    const bool first = self->first_notice == NULL;
    if (first) self->first_notice = notice;
    else self->last_notice->next = notice;
    self->last_notice = notice;
    pthread_mutex_unlock(&self->lock);
    // One call tells all that has gathered by then.
    if (first) napi_call_threadsafe_function(self->notify, self, napi_tsfn_nonblocking);
}
