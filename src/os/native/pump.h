// What each file of the pump gives to the others.
#ifndef INITVISOR_PUMP_H
#define INITVISOR_PUMP_H

#include "pump-types.h"

// pump.c
/** Starts the thread; returns 0 or an errno. */
int pump_start(pump *self);
void pump_stop(pump *self);

// pump-command.c
pump_command *pump_command_new(pump_command_kind kind, size_t length);
void pump_post(pump *self, pump_command *command);
pump_command *pump_take_commands(pump *self);
/** Wakes the thread for what has been posted, whoever holds it back. */
void pump_wake(pump *self);
bool pump_has_commands(pump *self);
void pump_run_commands(pump *self);

// pump-notify.c
bool pump_notify_create(napi_env env, pump *self);
void pump_notify(pump *self, const pump_notice *head, const char *bytes);
/** Tells JavaScript now, in this very call, what waits to be told; false when nothing does. */
bool pump_notify_deliver(napi_env env, pump *self);

// pump-json.c
/** Appends one line as a JSON object with the members `ts`, `program` and `channel`; a line that is one keeps its own. */
bool pump_json_append(pump_text *out, const pump_console *console, const char *line, size_t length);

// pump-console.c
void pump_console_put(pump_stream *stream, const char *bytes, size_t length);
/** Nothing more will come: writes the line that has no end, and what was dropped. */
void pump_console_finish(pump_stream *stream);
/** Milliseconds until it is time to say what was dropped, -1 when nothing was. */
int pump_console_wait(const pump *self);
void pump_console_say_dropped(pump *self);
void pump_console_dispose(pump_console *console);

// pump-pace.c
/** After a turn: naps when small writes come in a storm and nobody waits for the thread. */
void pump_pace_turn(pump_pace *pace, bool may_nap);

// pump-table.c
/** The object's id, 0 when out of memory. */
int pump_table_add(pump_table *table, void *object);
void *pump_table_get(const pump_table *table, int64_t id);
void pump_table_remove(pump_table *table, int id);

// pump-ring.c
void pump_ring_append(pump_ring *ring, const char *bytes, size_t length);
/** Copies the newest `length` bytes or fewer; returns how many. */
size_t pump_ring_tail(const pump_ring *ring, char *out, size_t length);

// pump-backlog.c
bool pump_backlog_append(pump_backlog *backlog, const char *bytes, size_t length);
void pump_backlog_consume(pump_backlog *backlog, size_t length);

// pump-write.c
/** Decides mode and fd of a descriptor of this process. */
void pump_write_inspect(pump_sink *sink);
/** Bytes written, or -errno; -EAGAIN: it would have blocked. */
ssize_t pump_write_some(pump_sink *sink, const char *bytes, size_t length);

// pump-file.c
/** Opens for appending (or empties); never blocks on a FIFO. A descriptor or -errno. */
int pump_file_open(const char *path, bool truncate);
/** Takes `fd` over; the one before is closed. */
void pump_file_adopt(pump_sink *sink, int fd);
void pump_file_rotate_when_due(pump_sink *sink);

// pump-sink.c
bool pump_sink_is_blocked(const pump_sink *sink);
void pump_sink_put(pump_sink *sink, const char *bytes, size_t length);
/** It may be writable again. */
void pump_sink_ready(pump_sink *sink);
void pump_sink_report(pump_sink *sink, int error, uint64_t lost);
void pump_sink_close(pump_sink *sink);
void pump_sink_dispose(pump_sink *sink);
/** `length` bytes of writes arrived; tells JavaScript's side how full the sink is. */
void pump_sink_unqueue(pump_sink *sink, size_t length);
/** Asks epoll when there is room; without that the backlog is lost. */
void pump_sink_watch(pump_sink *sink);
void pump_sink_unwatch(pump_sink *sink);
void pump_sink_waiting_add(pump_sink *sink, pump_stream *stream);
void pump_sink_waiting_remove(pump_sink *sink, pump_stream *stream);

// pump-stream.c
void pump_stream_begin(pump_stream *stream);
/** At most one read, of what is there now. */
void pump_stream_take(pump_stream *stream);
/** It has bytes or has ended: at most one read. */
void pump_stream_ready(pump_stream *stream);
void pump_stream_resume(pump_stream *stream);
/** Every resting stream is watched again. */
void pump_stream_end_rest(pump *self);
void pump_stream_drain(pump_stream *stream);
void pump_stream_detach(pump_stream *stream);
/** Bytes as they are to be written. */
void pump_stream_put(pump_stream *stream, const char *bytes, size_t length);
void pump_stream_forget(pump_stream *stream);
void pump_stream_dispose(pump_stream *stream);

#endif
