// Shared by the pump's functions for JavaScript.
#ifndef INITVISOR_PUMP_API_H
#define INITVISOR_PUMP_API_H

#include "pump.h"

enum { PUMP_MOST_ARGUMENTS = 3 };

/** The pump and the arguments of a call. Throws and returns NULL when it has not been started. */
pump *pump_api_enter(napi_env env, napi_callback_info info, napi_value *arguments);
/** Throws a TypeError and returns NULL for an unknown id. */
pump_sink *pump_api_sink(napi_env env, pump *self, napi_value id);
pump_stream *pump_api_stream(napi_env env, pump *self, napi_value id);
/** Throws ENOMEM and returns NULL. */
pump_command *pump_api_command(napi_env env, pump_command_kind kind, size_t length);
bool pump_api_property_int(napi_env env, napi_value object, const char *name, int64_t *out);

// pump-api-console.c
/** Reads `console` of a stream's options, null for none; throws and returns false when it is anything else. */
bool pump_api_read_console(napi_env env, pump *self, napi_value options, pump_console *console);

// pump-api-sink.c
napi_value pump_api_sink_open_file(napi_env env, napi_callback_info info);
napi_value pump_api_sink_open_descriptor(napi_env env, napi_callback_info info);
napi_value pump_api_sink_write(napi_env env, napi_callback_info info);
napi_value pump_api_sink_reopen(napi_env env, napi_callback_info info);
napi_value pump_api_sink_clear(napi_env env, napi_callback_info info);
napi_value pump_api_sink_close(napi_env env, napi_callback_info info);

// pump-api-stream.c
napi_value pump_api_stream_open(napi_env env, napi_callback_info info);
napi_value pump_api_stream_tap(napi_env env, napi_callback_info info);
napi_value pump_api_stream_write(napi_env env, napi_callback_info info);
napi_value pump_api_stream_take(napi_env env, napi_callback_info info);
napi_value pump_api_stream_drain(napi_env env, napi_callback_info info);
napi_value pump_api_stream_tail(napi_env env, napi_callback_info info);
napi_value pump_api_stream_forget(napi_env env, napi_callback_info info);

#endif
