// The pump's thread: its life and its loop.
#include "pump.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 64, COMMANDS_A_TURN = 64 };

static void finish_flush(pump *self) {
    if (self->blocked > 0 || self->draining > 0) return;
    pthread_mutex_lock(&self->lock);
    self->flush_done = self->flush_ticket;
    pthread_cond_broadcast(&self->answered);
    pthread_mutex_unlock(&self->lock);
}

static void handle(const struct epoll_event *event) {
    pump_source *source = event->data.ptr;
    switch (*source) {
        case SOURCE_SINK:
            pump_sink_ready((pump_sink *)source);
            break;
        case SOURCE_STREAM:
            pump_stream_ready((pump_stream *)source);
            break;
        case SOURCE_COMMANDS:
            break;
    }
}

static bool is_stopping(pump *self) {
    pthread_mutex_lock(&self->lock);
    bool stopping = self->stopping;
    pthread_mutex_unlock(&self->lock);
    return stopping;
}

// Before commands are taken: one that is posted in between wakes the loop once more, for nothing.
static void clear_wakes(pump *self, const struct epoll_event *events, int count) {
    for (int i = 0; i < count; i++) {
        if (*(pump_source *)events[i].data.ptr != SOURCE_COMMANDS) continue;
        uint64_t wakes;
        ssize_t got = read(self->wake_fd, &wakes, sizeof wakes);
        (void)got;
    }
}

static void *run(void *argument) {
    pump *self = argument;
    struct epoll_event events[EVENTS_A_TURN];
    for (;;) {
        int count = epoll_wait(self->epoll_fd, events, EVENTS_A_TURN, pump_console_wait(self));
        clear_wakes(self, events, count);
        if (is_stopping(self)) return NULL;
        bool commanded = false;
        // Before output, for what the daemon says comes before what programs then say. Only commands free objects, and
        // what is ready is asked for anew: no event can point to a freed one.
        for (int i = 0; i < COMMANDS_A_TURN && pump_has_commands(self); i++) {
            pump_run_commands(self);
            count = epoll_wait(self->epoll_fd, events, EVENTS_A_TURN, 0);
            commanded = true;
        }
        for (int i = 0; i < count; i++) handle(&events[i]);
        if (self->dropping > 0) pump_console_say_dropped(self);
        if (self->flush_ticket != self->flush_done) finish_flush(self);
        pump_pace_turn(&self->pace, !commanded && self->blocked == 0);
        pump_stream_end_rest(self);
    }
}

static int watch_commands(pump *self) {
    self->wake_source = SOURCE_COMMANDS;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &self->wake_source};
    return epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, self->wake_fd, &event) == 0 ? 0 : errno;
}

static int create_thread(pump *self) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, PUMP_STACK_BYTES);
    // A thread inherits its creator's mask: none of the daemon's signals may land in the pump.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&self->thread, &attributes, run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error == 0) pthread_setname_np(self->thread, "pump");
    return error;
}

int pump_start(pump *self) {
    self->buffer = malloc(PUMP_READ_BYTES);
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int error = self->buffer == NULL ? ENOMEM : self->epoll_fd < 0 ? errno : 0;
    self->wake_fd = error == 0 ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
    if (error == 0 && self->wake_fd < 0) error = errno;
    if (error == 0) error = watch_commands(self);
    if (error == 0) error = create_thread(self);
    if (error == 0) {
        self->started = true;
        return 0;
    }
    if (self->wake_fd >= 0) close(self->wake_fd);
    if (self->epoll_fd >= 0) close(self->epoll_fd);
    free(self->buffer);
    return error;
}

void pump_stop(pump *self) {
    if (!self->started) return;
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    pthread_mutex_unlock(&self->lock);
    pump_wake(self);
    pthread_join(self->thread, NULL);
    self->started = false;
    close(self->wake_fd);
    close(self->epoll_fd);
    free(self->buffer);
    pump_text_free(&self->console);
}
