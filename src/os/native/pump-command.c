// What the calling thread asks of the pump's thread, in order.
#include "pump.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

pump_command *pump_command_new(pump_command_kind kind, size_t length) {
    pump_command *command = calloc(1, sizeof *command + length);
    if (command == NULL) return NULL;
    command->kind = kind;
    command->fd = -1;
    command->length = length;
    return command;
}

void pump_wake(pump *self) {
    const uint64_t one = 1;
    ssize_t written;
    do written = write(self->wake_fd, &one, sizeof one);
    while (written < 0 && errno == EINTR);
}

void pump_post(pump *self, pump_command *command) {
    pthread_mutex_lock(&self->lock);
    bool first = self->first_command == NULL;
    if (first) self->first_command = command;
    else self->last_command->next = command;
    self->last_command = command;
    pthread_mutex_unlock(&self->lock);
    if (!first) return;
    if (self->held > 0) self->wake_owed = true;
    else pump_wake(self);
}

bool pump_has_commands(pump *self) {
    pthread_mutex_lock(&self->lock);
    bool has = self->first_command != NULL;
    pthread_mutex_unlock(&self->lock);
    return has;
}

pump_command *pump_take_commands(pump *self) {
    pthread_mutex_lock(&self->lock);
    pump_command *commands = self->first_command;
    self->first_command = NULL;
    self->last_command = NULL;
    pthread_mutex_unlock(&self->lock);
    return commands;
}

static void replace_file(pump_sink *sink, const pump_command *command) {
    if (atomic_load(&sink->rotation) == command->rotation) {
        pump_file_adopt(sink, command->fd);
        return;
    }
    // A rotation came between: that descriptor may lead to a backup by now.
    close(command->fd);
    int fd = pump_file_open(sink->path, false);
    if (fd >= 0) pump_file_adopt(sink, fd);
    else pump_sink_report(sink, -fd, 0);
}

static void detach_streams(pump *self, const pump_sink *sink) {
    for (pump_stream *stream = self->first_stream; stream != NULL; stream = stream->next) {
        if (stream->sink == sink) pump_stream_detach(stream);
    }
}

static void answer_catch_up(pump *self, unsigned ticket) {
    pthread_mutex_lock(&self->lock);
    self->catch_up_done = ticket;
    pthread_cond_broadcast(&self->answered);
    pthread_mutex_unlock(&self->lock);
}

static void run_command(pump *self, const pump_command *command) {
    switch (command->kind) {
        case COMMAND_SINK_WRITE:
            pump_sink_put(command->sink, command->bytes, command->length);
            pump_sink_unqueue(command->sink, command->length);
            break;
        case COMMAND_SINK_REPLACE:
            replace_file(command->sink, command);
            break;
        case COMMAND_SINK_REFRESH:
            if (!pump_sink_is_blocked(command->sink)) pump_write_inspect(command->sink);
            break;
        case COMMAND_SINK_CLOSE:
            detach_streams(self, command->sink);
            pump_sink_close(command->sink);
            break;
        case COMMAND_STREAM_OPEN:
            pump_stream_begin(command->stream);
            break;
        case COMMAND_STREAM_RESUME:
            if (command->stream->state == STREAM_WAITS_FOR_TAP) pump_stream_resume(command->stream);
            break;
        case COMMAND_STREAM_WRITE:
            pump_stream_put(command->stream, command->bytes, command->length);
            if (command->last) pump_console_finish(command->stream);
            break;
        case COMMAND_STREAM_DRAIN:
            pump_stream_drain(command->stream);
            break;
        case COMMAND_STREAM_TAKE:
            pump_stream_take(command->stream);
            break;
        case COMMAND_STREAM_FORGET:
            pump_stream_forget(command->stream);
            break;
        case COMMAND_FLUSH:
            self->flush_ticket = command->ticket;
            break;
        case COMMAND_CATCH_UP:
            answer_catch_up(self, command->ticket);
            break;
    }
}

void pump_run_commands(pump *self) {
    pump_command *command = pump_take_commands(self);
    while (command != NULL) {
        pump_command *next = command->next;
        run_command(self, command);
        free(command);
        command = next;
    }
}
