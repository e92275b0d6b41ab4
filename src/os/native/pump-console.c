// A stream's lines on the container's own stdout or stderr: put together, given their form, limited.
#include "pump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OUT_BYTES = 128 * 1024, MILLISECOND_NS = 1000 * 1000 };

static const int64_t SECOND_NS = INT64_C(1000000000);

static int64_t now(clockid_t clock) {
    struct timespec at;
    clock_gettime(clock, &at);
    return at.tv_sec * SECOND_NS + at.tv_nsec;
}

// Lines of one read have one time.
static void begin_lines(pump_stream *stream) {
    if (stream->console.form != CONSOLE_JSON) return;
    const int64_t at = now(CLOCK_REALTIME);
    const time_t seconds = (time_t)(at / SECOND_NS);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char text[40];
    const size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, sizeof text - length, ".%03dZ", (int)(at % SECOND_NS / MILLISECOND_NS));
    memcpy(stream->console.head + CONSOLE_TS_AT, text, CONSOLE_TS_BYTES);
}

// What has gathered goes out as whole lines: whatever else writes to the sink comes before or after them.
static void send_out(pump_stream *stream) {
    pump_text *out = &stream->pump->console;
    if (out->length > 0) pump_sink_put(stream->console.sink, out->bytes, out->length);
    out->length = 0;
    // One line of escapes can be six times as long as the longest of text.
    if (out->capacity > 2 * OUT_BYTES) pump_text_free(out);
}

static bool append_form(pump_text *out, const pump_console *console, const char *line, size_t length) {
    if (console->form == CONSOLE_JSON) return pump_json_append(out, console, line, length);
    if (!pump_text_reserve(out, console->head_length + length + 1)) return false;
    pump_text_add(out, console->head, console->head_length);
    pump_text_add(out, line, length);
    return true;
}

static void append_line(pump_stream *stream, const char *line, size_t length) {
    pump_text *out = &stream->pump->console;
    const size_t before = out->length;
    const bool done = append_form(out, &stream->console, line, length) && pump_text_append(out, "\n", 1);
    // Out of memory: this line is lost, not half of it written.
    if (!done) out->length = before;
    if (out->length >= OUT_BYTES) send_out(stream);
}

static void say_dropped(pump_stream *stream) {
    pump_limit *limit = stream->console.limit;
    char text[80];
    int length = snprintf(text, sizeof text, "(log_rate_limit: %" PRIu64 " lines dropped)", limit->dropped);
    limit->dropped = 0;
    stream->pump->dropping--;
    append_line(stream, text, (size_t)length);
}

static void begin_second(pump_stream *stream) {
    pump_limit *limit = stream->console.limit;
    const int64_t at = now(CLOCK_MONOTONIC);
    if (limit->since != 0 && at - limit->since < SECOND_NS) return;
    limit->since = at;
    limit->passed = 0;
    if (limit->dropped > 0) say_dropped(stream);
}

static bool passes(pump_stream *stream) {
    pump_limit *limit = stream->console.limit;
    if (limit == NULL) return true;
    if (limit->passed < limit->most) {
        limit->passed++;
        return true;
    }
    if (limit->dropped++ == 0) stream->pump->dropping++;
    return false;
}

static void end_line(pump_stream *stream, const char *bytes, size_t length) {
    pump_text *line = &stream->console.line;
    bool shown = passes(stream);
    if (line->length == 0) {
        if (shown) append_line(stream, bytes, length);
        return;
    }
    // Out of memory: the line's beginning is better than nothing.
    pump_text_append(line, bytes, length);
    if (shown) append_line(stream, line->bytes, line->length);
    line->length = 0;
    if (line->capacity > OUT_BYTES / 8) pump_text_free(line);
}

// Whole lines that need nothing done to them; returns how many bytes they were.
static size_t put_as_they_are(pump_stream *stream, const char *bytes, size_t length) {
    const pump_console *console = &stream->console;
    if (console->form != CONSOLE_RAW || console->limit != NULL || console->line.length > 0) return 0;
    const char *end = memrchr(bytes, '\n', length);
    if (end == NULL) return 0;
    const size_t whole = (size_t)(end - bytes) + 1;
    pump_sink_put(console->sink, bytes, whole);
    return whole;
}

void pump_console_put(pump_stream *stream, const char *bytes, size_t length) {
    pump_text *line = &stream->console.line;
    begin_lines(stream);
    if (stream->console.limit != NULL) begin_second(stream);
    size_t at = put_as_they_are(stream, bytes, length);
    while (at < length) {
        const char *newline = memchr(bytes + at, '\n', length - at);
        size_t part = newline == NULL ? length - at : (size_t)(newline - bytes) - at;
        // An endless line goes out in parts.
        const size_t room = PUMP_LINE_BYTES - line->length;
        const bool cut = part > room;
        if (cut) part = room;
        if (cut || newline != NULL) end_line(stream, bytes + at, part);
        else pump_text_append(line, bytes + at, part);
        at += part + (newline != NULL && !cut ? 1 : 0);
    }
    send_out(stream);
}

void pump_console_finish(pump_stream *stream) {
    if (stream->console.sink == NULL) return;
    begin_lines(stream);
    if (stream->console.line.length > 0) end_line(stream, "", 0);
    if (stream->console.limit != NULL && stream->console.limit->dropped > 0) say_dropped(stream);
    send_out(stream);
    pump_text_free(&stream->console.line);
}

int pump_console_wait(const pump *self) { return self->dropping > 0 ? 1000 : -1; }

void pump_console_say_dropped(pump *self) {
    for (pump_stream *stream = self->first_stream; stream != NULL; stream = stream->next) {
        if (stream->console.limit == NULL || stream->console.limit->dropped == 0) continue;
        begin_lines(stream);
        begin_second(stream);
        send_out(stream);
    }
}

void pump_console_dispose(pump_console *console) {
    free(console->head);
    free(console->program);
    free(console->channel);
    pump_text_free(&console->line);
    if (console->limit != NULL && --console->limit->references == 0) free(console->limit);
    *console = (pump_console){0};
}
