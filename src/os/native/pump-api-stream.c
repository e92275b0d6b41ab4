// The functions for JavaScript about streams.
#include "pump-api.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

static napi_value post_for_stream(napi_env env, pump_stream *stream, pump_command_kind kind) {
    pump_command *command = pump_api_command(env, kind, 0);
    if (command == NULL) return NULL;
    command->stream = stream;
    pump_post(stream->pump, command);
    return native_undefined(env);
}

// Null is a valid sink: the memory only.
static bool read_sink(napi_env env, pump *self, napi_value options, pump_sink **out) {
    napi_value value;
    napi_valuetype type;
    *out = NULL;
    if (napi_get_named_property(env, options, "sink", &value) != napi_ok) return false;
    napi_typeof(env, value, &type);
    if (type == napi_null) return true;
    *out = pump_api_sink(env, self, value);
    return *out != NULL;
}

static pump_stream *create(napi_env env, pump *self) {
    pump_stream *stream = calloc(1, sizeof *stream);
    int id = stream == NULL ? 0 : pump_table_add(&self->streams, stream);
    if (id == 0) {
        free(stream);
        native_throw(env, "malloc", ENOMEM);
        return NULL;
    }
    stream->source = SOURCE_STREAM;
    stream->pump = self;
    stream->id = id;
    stream->fd = -1;
    return stream;
}

static void discard(pump *self, pump_stream *stream) {
    pump_table_remove(&self->streams, stream->id);
    pump_console_dispose(&stream->console);
    free(stream);
}

static bool read_bool(napi_env env, napi_value options, const char *name, bool *out) {
    napi_value value;
    return napi_get_named_property(env, options, name, &value) == napi_ok && native_arg_bool(env, value, out);
}

static bool read_options(napi_env env, pump *self, napi_value options, pump_stream *stream) {
    int64_t fd, memory_bytes;
    if (!pump_api_property_int(env, options, "fd", &fd)) return false;
    if (!pump_api_property_int(env, options, "memoryBytes", &memory_bytes)) return false;
    if (!read_bool(env, options, "tap", &stream->tap)) return false;
    if (!read_bool(env, options, "transform", &stream->transform)) return false;
    if (!read_sink(env, self, options, &stream->sink)) return false;
    stream->memory.limit = memory_bytes > 0 ? (size_t)memory_bytes : 0;
    stream->fd = (int)fd;
    return pump_api_read_console(env, self, options, &stream->console);
}

napi_value pump_api_stream_open(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : create(env, self);
    if (stream == NULL) return NULL;
    if (!read_options(env, self, arguments[0], stream)) {
        discard(self, stream);
        return NULL;
    }
    int flags = fcntl(stream->fd, F_GETFL);
    if (flags < 0 || fcntl(stream->fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        int error = errno;
        discard(self, stream);
        return native_throw(env, "fcntl", error);
    }
    if (post_for_stream(env, stream, COMMAND_STREAM_OPEN) == NULL) {
        discard(self, stream);
        return NULL;
    }
    return native_int(env, stream->id);
}

napi_value pump_api_stream_write(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : pump_api_stream(env, self, arguments[0]);
    void *bytes;
    size_t length;
    bool last;
    if (stream == NULL || !native_arg_bool(env, arguments[2], &last)) return NULL;
    if (napi_get_buffer_info(env, arguments[1], &bytes, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a buffer");
        return NULL;
    }
    pump_command *command = pump_api_command(env, COMMAND_STREAM_WRITE, length);
    if (command == NULL) return NULL;
    if (length > 0) memcpy(command->bytes, bytes, length);
    command->stream = stream;
    command->last = last;
    pump_post(self, command);
    return native_undefined(env);
}

napi_value pump_api_stream_tap(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : pump_api_stream(env, self, arguments[0]);
    bool tap;
    if (stream == NULL || !native_arg_bool(env, arguments[1], &tap)) return NULL;
    pthread_mutex_lock(&self->lock);
    stream->tap = tap;
    pthread_mutex_unlock(&self->lock);
    return native_undefined(env);
}

static napi_value post_for_argument(napi_env env, napi_callback_info info, pump_command_kind kind) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : pump_api_stream(env, self, arguments[0]);
    return stream == NULL ? NULL : post_for_stream(env, stream, kind);
}

napi_value pump_api_stream_take(napi_env env, napi_callback_info info) {
    return post_for_argument(env, info, COMMAND_STREAM_TAKE);
}

napi_value pump_api_stream_drain(napi_env env, napi_callback_info info) {
    return post_for_argument(env, info, COMMAND_STREAM_DRAIN);
}

napi_value pump_api_stream_tail(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : pump_api_stream(env, self, arguments[0]);
    int64_t wanted;
    if (stream == NULL || !native_arg_int(env, arguments[1], &wanted)) return NULL;
    pthread_mutex_lock(&self->lock);
    size_t length = wanted < 0 ? 0 : MIN((size_t)wanted, stream->memory.length);
    char *bytes = malloc(length + 1);
    if (bytes != NULL) pump_ring_tail(&stream->memory, bytes, length);
    pthread_mutex_unlock(&self->lock);
    if (bytes == NULL) return native_throw(env, "malloc", ENOMEM);
    napi_value result;
    napi_create_buffer_copy(env, length, bytes, NULL, &result);
    free(bytes);
    return result;
}

napi_value pump_api_stream_forget(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_stream *stream = self == NULL ? NULL : pump_api_stream(env, self, arguments[0]);
    if (stream == NULL) return NULL;
    stream->forgotten = true;
    pump_table_remove(&self->streams, stream->id);
    return post_for_stream(env, stream, COMMAND_STREAM_FORGET);
}
