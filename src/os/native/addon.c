#include "native.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void native_export(napi_env env, napi_value exports, const native_method *methods, size_t count) {
    for (size_t i = 0; i < count; i++) {
        napi_value function;
        napi_create_function(env, methods[i].name, NAPI_AUTO_LENGTH, methods[i].call, NULL, &function);
        napi_set_named_property(env, exports, methods[i].name, function);
    }
}

napi_value native_throw_code(napi_env env, const char *syscall, const char *code, int number, const char *reason) {
    char text[200];
    snprintf(text, sizeof text, "%s: %s", syscall, reason);
    napi_value exception;
    napi_create_error(env, native_string(env, code), native_string(env, text), &exception);
    napi_set_named_property(env, exception, "errno", native_int(env, number));
    napi_set_named_property(env, exception, "syscall", native_string(env, syscall));
    napi_throw(env, exception);
    return NULL;
}

napi_value native_throw(napi_env env, const char *syscall, int error) {
    return native_throw_code(env, syscall, native_errno_name(error), -error, strerror(error));
}

bool native_args(napi_env env, napi_callback_info info, napi_value *args, size_t count) {
    size_t given = count;
    napi_get_cb_info(env, info, &given, args, NULL, NULL);
    if (given >= count) return true;
    napi_throw_type_error(env, NULL, "expected more arguments");
    return false;
}

bool native_arg_int(napi_env env, napi_value value, int64_t *out) {
    if (napi_get_value_int64(env, value, out) == napi_ok) return true;
    napi_throw_type_error(env, NULL, "expected a number");
    return false;
}

bool native_arg_int_within(napi_env env, napi_value value, int64_t min, int64_t max, int64_t *out) {
    if (!native_arg_int(env, value, out)) return false;
    if (*out >= min && *out <= max) return true;
    char text[120];
    snprintf(text, sizeof text, "expected a number from %lld to %lld, got %lld", (long long)min, (long long)max,
             (long long)*out);
    napi_throw_range_error(env, NULL, text);
    return false;
}

bool native_arg_bool(napi_env env, napi_value value, bool *out) {
    if (napi_get_value_bool(env, value, out) == napi_ok) return true;
    napi_throw_type_error(env, NULL, "expected a boolean");
    return false;
}

bool native_arg_string(napi_env env, napi_value value, char **out) {
    size_t length;
    if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a string");
        return false;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        native_throw(env, "malloc", ENOMEM);
        return false;
    }
    napi_get_value_string_utf8(env, value, copy, length + 1, NULL);
    if (memchr(copy, '\0', length) != NULL) {
        free(copy);
        napi_throw_type_error(env, NULL, "expected a string without null bytes");
        return false;
    }
    *out = copy;
    return true;
}

bool native_arg_bytes(napi_env env, napi_value value, char **out) {
    size_t length;
    if (napi_get_value_string_latin1(env, value, NULL, 0, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a string");
        return false;
    }
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        native_throw(env, "malloc", ENOMEM);
        return false;
    }
    napi_get_value_string_latin1(env, value, copy, length + 1, NULL);
    *out = copy;
    return true;
}

bool native_arg_int32_array(napi_env env, napi_value value, int32_t **data, size_t *length) {
    napi_typedarray_type type;
    void *raw;
    if (napi_get_typedarray_info(env, value, &type, length, &raw, NULL, NULL) != napi_ok || type != napi_int32_array) {
        napi_throw_type_error(env, NULL, "expected an Int32Array");
        return false;
    }
    *data = raw;
    return true;
}

napi_value native_int(napi_env env, int64_t value) {
    napi_value result;
    napi_create_int64(env, value, &result);
    return result;
}

napi_value native_bool(napi_env env, bool value) {
    napi_value result;
    napi_get_boolean(env, value, &result);
    return result;
}

napi_value native_string(napi_env env, const char *text) {
    napi_value result;
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
    return result;
}

napi_value native_undefined(napi_env env) {
    napi_value result;
    napi_get_undefined(env, &result);
    return result;
}

napi_value native_null(napi_env env) {
    napi_value result;
    napi_get_null(env, &result);
    return result;
}

// Lets the addon link without the pump's files; the pump's own definition wins over a weak one.
__attribute__((weak)) void register_pump(napi_env env, napi_value exports) {
    (void)env;
    (void)exports;
}

NAPI_MODULE_INIT() {
    register_spawn(env, exports);
    register_spawn_command(env, exports);
    register_reap(env, exports);
    register_children(env, exports);
    register_process(env, exports);
    register_signals(env, exports);
    register_terminal(env, exports);
    register_descriptors(env, exports);
    register_connect(env, exports);
    register_datagram(env, exports);
    register_receive_datagram(env, exports);
    register_watch_readable(env, exports);
    register_open_as(env, exports);
    register_users(env, exports);
    register_watch_exit(env, exports);
    register_pump(env, exports);
    return exports;
}
