// The functions for JavaScript about sinks.
#include "pump-api.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pump_sink *create(napi_env env, pump *self) {
    pump_sink *sink = calloc(1, sizeof *sink);
    int id = sink == NULL ? 0 : pump_table_add(&self->sinks, sink);
    if (id == 0) {
        free(sink);
        native_throw(env, "malloc", ENOMEM);
        return NULL;
    }
    sink->source = SOURCE_SINK;
    sink->pump = self;
    sink->id = id;
    sink->references = 1;
    sink->descriptor = -1;
    return sink;
}

static bool read_file_options(napi_env env, napi_value options, char **path, int64_t *max_bytes, int64_t *backups) {
    napi_value value;
    if (!pump_api_property_int(env, options, "maxBytes", max_bytes)) return false;
    if (!pump_api_property_int(env, options, "backups", backups)) return false;
    napi_get_named_property(env, options, "path", &value);
    return native_arg_string(env, value, path);
}

napi_value pump_api_sink_open_file(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    char *path;
    int64_t max_bytes, backups;
    if (self == NULL || !read_file_options(env, arguments[0], &path, &max_bytes, &backups)) return NULL;
    int fd = pump_file_open(path, false);
    pump_sink *sink = fd < 0 ? NULL : create(env, self);
    if (sink == NULL) {
        free(path);
        if (fd < 0) return native_throw(env, "open", -fd);
        close(fd);
        return NULL;
    }
    sink->path = path;
    sink->max_bytes = max_bytes > 0 ? (uint64_t)max_bytes : 0;
    sink->backups = backups > 0 ? (unsigned)backups : 0;
    pump_file_adopt(sink, fd);
    return native_int(env, sink->id);
}

static pump_sink *find_descriptor(const pump *self, int fd) {
    for (size_t i = 0; i < self->sinks.capacity; i++) {
        pump_sink *sink = self->sinks.slots[i];
        if (sink != NULL && sink->path == NULL && sink->descriptor == fd) return sink;
    }
    return NULL;
}

static napi_value post_for_sink(napi_env env, pump_sink *sink, pump_command_kind kind) {
    pump_command *command = pump_api_command(env, kind, 0);
    if (command == NULL) return NULL;
    command->sink = sink;
    pump_post(sink->pump, command);
    return native_undefined(env);
}

napi_value pump_api_sink_open_descriptor(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    int64_t fd;
    if (self == NULL || !native_arg_int(env, arguments[0], &fd)) return NULL;
    if (fcntl((int)fd, F_GETFD) < 0) return native_throw(env, "fcntl", errno);
    pump_sink *sink = find_descriptor(self, (int)fd);
    if (sink != NULL) {
        // Closed meanwhile, the number may lead elsewhere now.
        if (sink->references++ == 0 && post_for_sink(env, sink, COMMAND_SINK_REFRESH) == NULL) return NULL;
        return native_int(env, sink->id);
    }
    sink = create(env, self);
    if (sink == NULL) return NULL;
    sink->descriptor = (int)fd;
    pump_write_inspect(sink);
    return native_int(env, sink->id);
}

// How much of a write the sink can take: all of it, or the whole lines that fit. One write alone fits always: half a
// message to a program's stdin would be worse than none.
static size_t accept(pump_sink *sink, const char *bytes, size_t length) {
    pthread_mutex_lock(&sink->pump->lock);
    const size_t used = sink->queued + sink->kept;
    const size_t room = used < PUMP_BACKLOG_BYTES ? PUMP_BACKLOG_BYTES - used : 0;
    size_t taken = length;
    if (used > 0 && length > room) {
        const char *newline = memrchr(bytes, '\n', room);
        taken = newline == NULL ? 0 : (size_t)(newline - bytes) + 1;
    }
    sink->queued += taken;
    sink->overflow += length - taken;
    pthread_mutex_unlock(&sink->pump->lock);
    return taken;
}

napi_value pump_api_sink_write(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_sink *sink = self == NULL ? NULL : pump_api_sink(env, self, arguments[0]);
    size_t length;
    if (sink == NULL) return NULL;
    if (napi_get_value_string_utf8(env, arguments[1], NULL, 0, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a string");
        return NULL;
    }
    // One more for the terminator that N-API insists on.
    pump_command *command = pump_api_command(env, COMMAND_SINK_WRITE, length + 1);
    if (command == NULL) return NULL;
    napi_get_value_string_utf8(env, arguments[1], command->bytes, length + 1, NULL);
    command->sink = sink;
    command->length = accept(sink, command->bytes, length);
    if (command->length > 0) pump_post(self, command);
    else free(command);
    return native_undefined(env);
}

// Opened here, so that the caller learns of an error, and put in place by the thread, in order with the writes.
static napi_value replace(napi_env env, pump_sink *sink) {
    const unsigned rotation = atomic_load(&sink->rotation);
    int fd = pump_file_open(sink->path, false);
    if (fd < 0) return native_throw(env, "open", -fd);
    pump_command *command = pump_api_command(env, COMMAND_SINK_REPLACE, 0);
    if (command == NULL) {
        close(fd);
        return NULL;
    }
    command->sink = sink;
    command->fd = fd;
    command->rotation = rotation;
    pump_post(sink->pump, command);
    return native_undefined(env);
}

napi_value pump_api_sink_reopen(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_sink *sink = self == NULL ? NULL : pump_api_sink(env, self, arguments[0]);
    if (sink == NULL) return NULL;
    return sink->path == NULL ? native_undefined(env) : replace(env, sink);
}

napi_value pump_api_sink_clear(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_sink *sink = self == NULL ? NULL : pump_api_sink(env, self, arguments[0]);
    if (sink == NULL) return NULL;
    if (sink->path == NULL) return native_undefined(env);
    struct stat facts;
    // A FIFO or a device is somebody else's: deleting it would break more than a log.
    bool ours = stat(sink->path, &facts) != 0 || S_ISREG(facts.st_mode);
    if (ours && unlink(sink->path) != 0 && errno != ENOENT) return native_throw(env, "unlink", errno);
    return replace(env, sink);
}

napi_value pump_api_sink_close(napi_env env, napi_callback_info info) {
    napi_value arguments[PUMP_MOST_ARGUMENTS];
    pump *self = pump_api_enter(env, info, arguments);
    pump_sink *sink = self == NULL ? NULL : pump_api_sink(env, self, arguments[0]);
    if (sink == NULL) return NULL;
    if (--sink->references > 0) return native_undefined(env);
    if (sink->path != NULL) {
        sink->closed = true;
        pump_table_remove(&self->sinks, sink->id);
    }
    return post_for_sink(env, sink, COMMAND_SINK_CLOSE);
}
