// A sink's life in the pump's thread: taking bytes, waiting for room, losing them, closing.
#include "pump.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

bool pump_sink_is_blocked(const pump_sink *sink) { return sink->backlog.length > 0; }

void pump_sink_report(pump_sink *sink, int error, uint64_t lost) {
    pump_notice notice = {.kind = NOTICE_REPORT, .sink = sink, .error = error, .lost = lost};
    pump_notify(sink->pump, &notice, NULL);
}

// One report for the first failure of a series and one when it is over, whatever happens in between.
static void lose(pump_sink *sink, size_t length, int error) {
    sink->lost += length;
    if (sink->write_error != 0) return;
    sink->write_error = error;
    pump_sink_report(sink, error, sink->lost);
    sink->lost = 0;
}

static void recover(pump_sink *sink) {
    if (sink->write_error == 0) return;
    sink->write_error = 0;
    pump_sink_report(sink, 0, sink->lost);
    sink->lost = 0;
}

// Writes what can be written now; returns the rest, which only a blocked sink leaves.
static size_t write_out(pump_sink *sink, const char *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t written = pump_write_some(sink, bytes + done, length - done);
        if (written == -EAGAIN) return length - done;
        if (written < 0) {
            lose(sink, length - done, (int)-written);
            return 0;
        }
        done += (size_t)written;
    }
    recover(sink);
    return 0;
}

static void resume_waiting(pump_sink *sink) {
    // A stream that drains can block the sink again: the others keep their turn.
    while (sink->first_waiting != NULL && !pump_sink_is_blocked(sink)) {
        pump_stream *stream = sink->first_waiting;
        pump_sink_waiting_remove(sink, stream);
        pump_stream_resume(stream);
    }
}

void pump_sink_watch(pump_sink *sink) {
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = sink};
    if (epoll_ctl(sink->pump->epoll_fd, EPOLL_CTL_ADD, sink->fd, &event) == 0) return;
    // Nothing will ever tell when there is room.
    int error = errno;
    size_t length = sink->backlog.length;
    pump_backlog_consume(&sink->backlog, length);
    sink->pump->blocked--;
    lose(sink, length, error);
    resume_waiting(sink);
}

void pump_sink_unwatch(pump_sink *sink) { epoll_ctl(sink->pump->epoll_fd, EPOLL_CTL_DEL, sink->fd, NULL); }

static void keep(pump_sink *sink, const char *bytes, size_t length) {
    bool was_blocked = pump_sink_is_blocked(sink);
    if (!pump_backlog_append(&sink->backlog, bytes, length)) {
        lose(sink, length, ENOMEM);
        return;
    }
    if (!was_blocked) {
        sink->pump->blocked++;
        pump_sink_watch(sink);
    }
    pump_sink_unqueue(sink, 0);
}

void pump_sink_put(pump_sink *sink, const char *bytes, size_t length) {
    size_t rest = pump_sink_is_blocked(sink) ? length : write_out(sink, bytes, length);
    if (rest > 0) keep(sink, bytes + length - rest, rest);
    else pump_file_rotate_when_due(sink);
}

static void release(pump_sink *sink) {
    if (sink->owns_fd) close(sink->fd);
    sink->owns_fd = false;
    pump_notice notice = {.kind = NOTICE_SINK_RELEASED, .sink = sink};
    pump_notify(sink->pump, &notice, NULL);
}

void pump_sink_ready(pump_sink *sink) {
    // Replacing the file, earlier in this turn, may have emptied it.
    if (!pump_sink_is_blocked(sink)) return;
    size_t length = sink->backlog.length;
    size_t rest = write_out(sink, sink->backlog.bytes + sink->backlog.start, length);
    pump_backlog_consume(&sink->backlog, length - rest);
    pump_sink_unqueue(sink, 0);
    if (rest > 0) return;
    pump_sink_unwatch(sink);
    sink->pump->blocked--;
    if (sink->closing) release(sink);
    else resume_waiting(sink);
}

void pump_sink_unqueue(pump_sink *sink, size_t length) {
    uint64_t overflow = 0;
    pthread_mutex_lock(&sink->pump->lock);
    sink->queued -= length;
    sink->kept = sink->backlog.length;
    if (sink->kept == 0) {
        overflow = sink->overflow;
        sink->overflow = 0;
    }
    pthread_mutex_unlock(&sink->pump->lock);
    if (overflow > 0) pump_sink_report(sink, 0, overflow);
}

void pump_sink_close(pump_sink *sink) {
    // A descriptor's sink stays, with its queue: it may be opened again before that is written.
    if (sink->path == NULL) return;
    sink->closing = true;
    if (!pump_sink_is_blocked(sink)) release(sink);
}

void pump_sink_dispose(pump_sink *sink) {
    if (sink->owns_fd) close(sink->fd);
    free(sink->backlog.bytes);
    free(sink->path);
    free(sink);
}

void pump_sink_waiting_add(pump_sink *sink, pump_stream *stream) {
    stream->next_waiting = NULL;
    if (sink->first_waiting == NULL) sink->first_waiting = stream;
    else sink->last_waiting->next_waiting = stream;
    sink->last_waiting = stream;
}

void pump_sink_waiting_remove(pump_sink *sink, pump_stream *stream) {
    pump_stream *before = NULL;
    pump_stream *at = sink->first_waiting;
    while (at != NULL && at != stream) {
        before = at;
        at = at->next_waiting;
    }
    if (at == NULL) return;
    if (before == NULL) sink->first_waiting = stream->next_waiting;
    else before->next_waiting = stream->next_waiting;
    if (sink->last_waiting == stream) sink->last_waiting = before;
}
