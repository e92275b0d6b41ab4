// The console in a stream's options.
#include "pump-api.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool get(napi_env env, napi_value object, const char *name, napi_value *out) {
    if (napi_get_named_property(env, object, name, out) == napi_ok) return true;
    napi_throw_type_error(env, NULL, "expected an object");
    return false;
}

static bool is_null(napi_env env, napi_value value) {
    napi_valuetype type;
    return napi_typeof(env, value, &type) == napi_ok && type == napi_null;
}

static bool read_text(napi_env env, napi_value object, const char *name, char **out) {
    napi_value value;
    return get(env, object, name, &value) && native_arg_string(env, value, out);
}

static bool read_form(napi_env env, napi_value object, pump_console_form *out) {
    char *name;
    if (!read_text(env, object, "form", &name)) return false;
    *out = strcmp(name, "json") == 0 ? CONSOLE_JSON : strcmp(name, "prefix") == 0 ? CONSOLE_PREFIX : CONSOLE_RAW;
    free(name);
    return true;
}

// Shared with the program's other stream, if that is named.
static bool read_limit(napi_env env, pump *self, napi_value object, pump_limit **out) {
    int64_t lines;
    napi_value other;
    if (!pump_api_property_int(env, object, "linesASecond", &lines) || !get(env, object, "limitWith", &other)) return false;
    if (lines <= 0) return true;
    if (!is_null(env, other)) {
        pump_stream *stream = pump_api_stream(env, self, other);
        if (stream == NULL) return false;
        *out = stream->console.limit;
    }
    if (*out == NULL) *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        native_throw(env, "malloc", ENOMEM);
        return false;
    }
    (*out)->references++;
    (*out)->most = (uint64_t)lines;
    return true;
}

static bool render_head(napi_env env, pump_console *console) {
    int length = asprintf(&console->head, "{\"ts\":\"%*s\",%s,%s,\"message\":\"", CONSOLE_TS_BYTES, "", console->program,
                          console->channel);
    if (length < 0) {
        console->head = NULL;
        native_throw(env, "malloc", ENOMEM);
        return false;
    }
    console->head_length = (size_t)length;
    return true;
}

static bool read_head(napi_env env, napi_value object, pump_console *console) {
    if (console->form == CONSOLE_JSON) return render_head(env, console);
    if (!read_text(env, object, "prefix", &console->head)) return false;
    console->head_length = strlen(console->head);
    return true;
}

bool pump_api_read_console(napi_env env, pump *self, napi_value options, pump_console *console) {
    napi_value object, sink;
    if (!get(env, options, "console", &object)) return false;
    if (is_null(env, object)) return true;
    if (!get(env, object, "sink", &sink)) return false;
    console->sink = pump_api_sink(env, self, sink);
    return console->sink != NULL && read_form(env, object, &console->form) &&
           read_text(env, object, "program", &console->program) && read_text(env, object, "channel", &console->channel) &&
           read_head(env, object, console) && read_limit(env, self, object, &console->limit);
}
