// Shared by every file of the addon: registration, arguments, errors.
#ifndef INITVISOR_NATIVE_H
#define INITVISOR_NATIVE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define NAPI_VERSION 8

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    napi_callback call;
} native_method;

/** Defines `count` functions on `exports`. */
void native_export(napi_env env, napi_value exports, const native_method *methods, size_t count);

/** Name of an errno (`ENOENT`), "E123" for one that has none. Valid until the calling thread asks again. */
const char *native_errno_name(int error);

/** Throws an Error with `code` (errno's name), `errno` (negative) and `syscall`, as Node's own do. Returns NULL. */
napi_value native_throw(napi_env env, const char *syscall, int error);

/** The same for an error that is no errno. */
napi_value native_throw_code(napi_env env, const char *syscall, const char *code, int number, const char *reason);

/** Reads exactly `count` arguments; throws a TypeError and returns false when there are fewer. */
bool native_args(napi_env env, napi_callback_info info, napi_value *args, size_t count);

// Arguments. Each throws a TypeError and returns false when the value has another type.
bool native_arg_int(napi_env env, napi_value value, int64_t *out);
/** Throws a RangeError outside of `min` and `max`. */
bool native_arg_int_within(napi_env env, napi_value value, int64_t min, int64_t max, int64_t *out);
bool native_arg_bool(napi_env env, napi_value value, bool *out);
/** A malloc'd NUL-terminated copy; the caller frees it. A string with a NUL inside is a TypeError. */
bool native_arg_string(napi_env env, napi_value value, char **out);
/** The same for a string that holds one byte a character, none of them NUL. */
bool native_arg_bytes(napi_env env, napi_value value, char **out);
bool native_arg_int32_array(napi_env env, napi_value value, int32_t **data, size_t *length);

napi_value native_int(napi_env env, int64_t value);
napi_value native_bool(napi_env env, bool value);
napi_value native_string(napi_env env, const char *text);
napi_value native_undefined(napi_env env);
napi_value native_null(napi_env env);

// One function per file that exports something.
void register_spawn(napi_env env, napi_value exports);
void register_spawn_command(napi_env env, napi_value exports);
void register_reap(napi_env env, napi_value exports);
void register_children(napi_env env, napi_value exports);
void register_process(napi_env env, napi_value exports);
void register_signals(napi_env env, napi_value exports);
void register_terminal(napi_env env, napi_value exports);
void register_descriptors(napi_env env, napi_value exports);
void register_connect(napi_env env, napi_value exports);
void register_datagram(napi_env env, napi_value exports);
void register_receive_datagram(napi_env env, napi_value exports);
void register_watch_readable(napi_env env, napi_value exports);
void register_open_as(napi_env env, napi_value exports);
void register_users(napi_env env, napi_value exports);
void register_watch_exit(napi_env env, napi_value exports);
void register_pump(napi_env env, napi_value exports);

#endif
