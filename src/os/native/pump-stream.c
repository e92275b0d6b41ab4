// A stream's life in the pump's thread: reading, waiting, draining, ending.
#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FULL_READS_BEFORE_ENLARGING = 4, FULL_READ_BYTES = 32 * 1024 };

// While it waits, a stream leaves epoll altogether: a hang-up is reported even for a mask of 0 and would spin.
static void unwatch(pump_stream *stream) {
    if (stream->state == STREAM_WATCHED) epoll_ctl(stream->pump->epoll_fd, EPOLL_CTL_DEL, stream->fd, NULL);
}

static void end(pump_stream *stream) {
    // Explicitly, for between vfork and exec a child holds a copy of the descriptor, which keeps epoll's entry alive.
    unwatch(stream);
    if (stream->waits_for != NULL) pump_sink_waiting_remove(stream->waits_for, stream);
    stream->waits_for = NULL;
    if (stream->draining) stream->pump->draining--;
    if (stream->enlarged) stream->pump->large_pipes--;
    stream->state = STREAM_ENDED;
    stream->draining = false;
    // One that is transformed has its last bytes still to come back.
    if (!stream->transform) {
        stream->sink = NULL;
        pump_console_finish(stream);
    }
    close(stream->fd);
    stream->fd = -1;
    pump_notice notice = {.kind = NOTICE_END, .stream = stream};
    pump_notify(stream->pump, &notice, NULL);
}

static void watch(pump_stream *stream) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    stream->state = STREAM_WATCHED;
    if (epoll_ctl(stream->pump->epoll_fd, EPOLL_CTL_ADD, stream->fd, &event) != 0) end(stream);
}

// True when it has to wait for its sink or for the console.
static bool wait_for_sink(pump_stream *stream) {
    pump_sink *const sinks[] = {stream->sink, stream->console.sink};
    for (int i = 0; i < 2; i++) {
        if (sinks[i] == NULL || !pump_sink_is_blocked(sinks[i])) continue;
        unwatch(stream);
        stream->state = STREAM_WAITS_FOR_SINK;
        stream->waits_for = sinks[i];
        pump_sink_waiting_add(sinks[i], stream);
        return true;
    }
    return false;
}

// True when JavaScript wants these bytes too.
static bool remember(pump_stream *stream, const char *bytes, size_t length) {
    pthread_mutex_lock(&stream->pump->lock);
    if (stream->memory.limit > 0) pump_ring_append(&stream->memory, bytes, length);
    bool tap = stream->tap || stream->transform;
    if (tap) stream->outstanding += length;
    pthread_mutex_unlock(&stream->pump->lock);
    return tap;
}

static void enlarge_when_busy(pump_stream *stream, size_t length) {
    if (stream->enlarged || length < FULL_READ_BYTES) return;
    if (stream->full_reads < FULL_READS_BEFORE_ENLARGING) {
        stream->full_reads++;
        return;
    }
    if (stream->pump->large_pipes == PUMP_LARGE_PIPES) return;
    // Refused to a user over the limit: then it stays as it is.
    stream->enlarged = true;
    stream->pump->large_pipes++;
    fcntl(stream->fd, F_SETPIPE_SZ, PUMP_PIPE_BYTES);
}

// One read and what follows from it; returns the bytes read, 0 when there are none now or no more ever.
static size_t transfer(pump_stream *stream, size_t most) {
    char *buffer = stream->pump->buffer;
    ssize_t got;
    do got = read(stream->fd, buffer, most);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) {
        end(stream);
        return 0;
    }
    size_t length = (size_t)got;
    stream->pump->pace.moved += length;
    bool tap = remember(stream, buffer, length);
    if (!stream->transform) pump_stream_put(stream, buffer, length);
    if (tap) {
        pump_notice notice = {.kind = NOTICE_DATA, .stream = stream, .length = length};
        pump_notify(stream->pump, &notice, buffer);
    }
    enlarge_when_busy(stream, length);
    return length;
}

static void continue_drain(pump_stream *stream) {
    while (stream->drain_bytes > 0) {
        if (wait_for_sink(stream)) return;
        size_t most = stream->drain_bytes < PUMP_READ_BYTES ? stream->drain_bytes : PUMP_READ_BYTES;
        size_t got = transfer(stream, most);
        if (stream->state == STREAM_ENDED) return;
        if (got == 0) break;
        stream->drain_bytes -= got;
    }
    end(stream);
}

static bool is_starved(pump_stream *stream) {
    pthread_mutex_lock(&stream->pump->lock);
    stream->starved = (stream->tap || stream->transform) && stream->outstanding >= PUMP_TAP_BYTES;
    bool starved = stream->starved;
    pthread_mutex_unlock(&stream->pump->lock);
    return starved;
}

// Each write to a watched pipe makes the writer run epoll's callback, even while the thread naps.
static void rest(pump_stream *stream) {
    unwatch(stream);
    stream->state = STREAM_RESTS;
    stream->next_waiting = stream->pump->first_resting;
    stream->pump->first_resting = stream;
}

void pump_stream_begin(pump_stream *stream) {
    stream->next = stream->pump->first_stream;
    if (stream->next != NULL) stream->next->previous = stream;
    stream->pump->first_stream = stream;
    watch(stream);
}

static void take(pump_stream *stream, size_t most) {
    if (stream->state != STREAM_WATCHED) return;
    // Only now, not when its own write blocked: streams of a slow sink so queue up in turn.
    if (wait_for_sink(stream)) return;
    if (is_starved(stream)) {
        unwatch(stream);
        stream->state = STREAM_WAITS_FOR_TAP;
        return;
    }
    transfer(stream, most);
}

void pump_stream_take(pump_stream *stream) { take(stream, PUMP_READ_BYTES); }

void pump_stream_ready(pump_stream *stream) {
    const bool grows = stream->console.sink != NULL && stream->console.form != CONSOLE_RAW;
    take(stream, grows ? PUMP_GROWING_READ_BYTES : PUMP_READ_BYTES);
    if (stream->pump->pace.storm && stream->state == STREAM_WATCHED) rest(stream);
}

void pump_stream_end_rest(pump *self) {
    while (self->first_resting != NULL) {
        pump_stream *stream = self->first_resting;
        self->first_resting = stream->next_waiting;
        watch(stream);
    }
}

void pump_stream_resume(pump_stream *stream) {
    stream->waits_for = NULL;
    if (stream->draining) continue_drain(stream);
    else watch(stream);
}

void pump_stream_drain(pump_stream *stream) {
    if (stream->state == STREAM_ENDED || stream->draining) return;
    // What is there now and no more: a surviving grandchild could write for ever.
    int available = 0;
    ioctl(stream->fd, FIONREAD, &available);
    stream->drain_bytes = available > 0 ? (size_t)available : 0;
    stream->draining = true;
    stream->pump->draining++;
    if (stream->state != STREAM_WAITS_FOR_SINK) continue_drain(stream);
}

void pump_stream_detach(pump_stream *stream) {
    pump_sink *sink = stream->sink;
    stream->sink = NULL;
    if (stream->waits_for != sink) return;
    pump_sink_waiting_remove(sink, stream);
    pump_stream_resume(stream);
}

void pump_stream_put(pump_stream *stream, const char *bytes, size_t length) {
    if (stream->sink != NULL) pump_sink_put(stream->sink, bytes, length);
    if (stream->console.sink != NULL) pump_console_put(stream, bytes, length);
}

void pump_stream_forget(pump_stream *stream) {
    if (stream->state != STREAM_ENDED) end(stream);
    pump_console_finish(stream);
    if (stream->previous != NULL) stream->previous->next = stream->next;
    else stream->pump->first_stream = stream->next;
    if (stream->next != NULL) stream->next->previous = stream->previous;
    pump_notice notice = {.kind = NOTICE_STREAM_RELEASED, .stream = stream};
    pump_notify(stream->pump, &notice, NULL);
}

void pump_stream_dispose(pump_stream *stream) {
    if (stream->fd >= 0) close(stream->fd);
    free(stream->memory.bytes);
    pump_console_dispose(&stream->console);
    free(stream);
}
