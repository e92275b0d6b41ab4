// The pump: one thread that moves programs' output from pipes to sinks without waking JavaScript.
//
// Who may touch what: fields under "JavaScript" belong to the calling thread, fields under "thread" to the pump's
// thread, fields under "lock" to whoever holds pump.lock. Objects are created by the calling thread, reach the pump's
// thread by a command, come back by a last "released" notice and are freed by the calling thread.
#ifndef INITVISOR_PUMP_TYPES_H
#define INITVISOR_PUMP_TYPES_H

#include "native.h"
#include "pump-text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum {
    PUMP_READ_BYTES = 128 * 1024,
    /** Lines that grow on their way to the console: a pipe then takes what one read gives, and none of it has to wait. */
    PUMP_GROWING_READ_BYTES = 56 * 1024,
    PUMP_PIPE_BYTES = 1024 * 1024,
    /** Pipes so large at a time: a user without privileges has 64 MiB for all of his (pipe-user-pages-soft). */
    PUMP_LARGE_PIPES = 16,
    PUMP_BACKLOG_BYTES = 256 * 1024,
    PUMP_TAP_BYTES = 256 * 1024,
    /** A line on the console that is longer goes out in parts. */
    PUMP_LINE_BYTES = 64 * 1024,
    PUMP_STACK_BYTES = 128 * 1024,
};

typedef struct pump pump;
typedef struct pump_sink pump_sink;
typedef struct pump_stream pump_stream;

/** First member of whatever epoll watches. */
typedef enum { SOURCE_COMMANDS, SOURCE_SINK, SOURCE_STREAM } pump_source;

/** The newest `limit` bytes; its memory doubles as they come. */
typedef struct {
    char *bytes;
    size_t limit;
    size_t capacity;
    size_t length;
    /** Where the oldest byte is; moves only once capacity == limit. */
    size_t start;
} pump_ring;

/** Bytes a sink has taken and not written yet. */
typedef struct {
    char *bytes;
    size_t capacity;
    size_t start;
    size_t length;
} pump_backlog;

/** How lines look on the console. */
typedef enum { CONSOLE_RAW, CONSOLE_PREFIX, CONSOLE_JSON } pump_console_form;

/** Where a JSON head has its member `ts`, the comma after it included, and in that the time. */
enum { CONSOLE_TS_MEMBER_AT = 1, CONSOLE_TS_MEMBER_BYTES = 32, CONSOLE_TS_AT = 7, CONSOLE_TS_BYTES = 24 };

/** Lines a second that a program may show, all its streams together. */
typedef struct {
    // JavaScript
    unsigned references;
    // Fixed
    uint64_t most;
    // Thread
    int64_t since;
    uint64_t passed;
    uint64_t dropped;
} pump_limit;

/** A stream's way to the container's own stdout or stderr; without a sink there is none. */
typedef struct {
    // Fixed
    pump_sink *sink;
    pump_console_form form;
    /** JSON: members, as `"program":"web"`, for objects that lack them. */
    char *program;
    char *channel;
    pump_limit *limit;
    // Thread
    /** What comes before each line. JSON: an object up to its message's text; only its time changes. */
    char *head;
    size_t head_length;
    /** A line whose end has not come yet. */
    pump_text line;
} pump_console;

/** How a descriptor is written to without blocking. */
typedef enum {
    /** write(2): it never blocks for a reader, or is non-blocking and private. */
    WRITE_PLAIN,
    /** pwritev2(RWF_NOWAIT): pipes since Linux 6.4. */
    WRITE_NOWAIT,
    /** send(MSG_DONTWAIT). */
    WRITE_SEND,
    /** poll(2), then at most PIPE_BUF bytes. */
    WRITE_POLLED,
} pump_write_mode;

struct pump_sink {
    pump_source source;
    pump *pump;
    // Fixed
    char *path;
    int descriptor;
    uint64_t max_bytes;
    unsigned backups;
    // JavaScript
    int id;
    unsigned references;
    bool closed;
    // Thread
    int fd;
    bool owns_fd;
    pump_write_mode mode;
    bool regular;
    bool closing;
    uint64_t rotate_at;
    pump_backlog backlog;
    pump_stream *first_waiting;
    pump_stream *last_waiting;
    int write_error;
    int rotate_error;
    uint64_t lost;
    // Lock
    /** Bytes of writes on their way, bytes in the backlog, and bytes refused because these were too many. */
    size_t queued;
    size_t kept;
    uint64_t overflow;
    /** Odd while a rotation changes names; moves on with each. */
    atomic_uint rotation;
};

typedef enum {
    STREAM_WATCHED,
    /** Its sink has a backlog. */
    STREAM_WAITS_FOR_SINK,
    /** JavaScript has not consumed what it was handed. */
    STREAM_WAITS_FOR_TAP,
    /** Out of epoll for a nap, on pump.first_resting. */
    STREAM_RESTS,
    STREAM_ENDED,
} pump_stream_state;

struct pump_stream {
    pump_source source;
    pump *pump;
    // JavaScript
    int id;
    bool forgotten;
    // Fixed
    /** JavaScript gives back what is to be written. */
    bool transform;
    // Thread
    int fd;
    pump_stream_state state;
    pump_sink *sink;
    pump_console console;
    /** The sink, of these two, that a stream in STREAM_WAITS_FOR_SINK waits for. */
    pump_sink *waits_for;
    bool draining;
    bool enlarged;
    uint8_t full_reads;
    size_t drain_bytes;
    pump_stream *next;
    pump_stream *previous;
    /** Waiting for the sink, or resting: never both. */
    pump_stream *next_waiting;
    // Lock
    pump_ring memory;
    bool tap;
    size_t outstanding;
    bool starved;
};

typedef enum {
    COMMAND_SINK_WRITE,
    COMMAND_SINK_REPLACE,
    COMMAND_SINK_REFRESH,
    COMMAND_SINK_CLOSE,
    COMMAND_STREAM_OPEN,
    COMMAND_STREAM_RESUME,
    COMMAND_STREAM_WRITE,
    COMMAND_STREAM_DRAIN,
    COMMAND_STREAM_TAKE,
    COMMAND_STREAM_FORGET,
    COMMAND_FLUSH,
    COMMAND_CATCH_UP,
} pump_command_kind;

typedef struct pump_command {
    struct pump_command *next;
    pump_command_kind kind;
    pump_sink *sink;
    pump_stream *stream;
    /** REPLACE: the file just opened, and sink.rotation before that. */
    int fd;
    unsigned rotation;
    /** FLUSH, CATCH_UP: which request. */
    unsigned ticket;
    /** STREAM_WRITE: nothing comes after it. */
    bool last;
    size_t length;
    char bytes[];
} pump_command;

typedef enum { NOTICE_DATA, NOTICE_END, NOTICE_REPORT, NOTICE_SINK_RELEASED, NOTICE_STREAM_RELEASED } pump_notice_kind;

typedef struct pump_notice {
    struct pump_notice *next;
    pump_notice_kind kind;
    pump_sink *sink;
    pump_stream *stream;
    int error;
    uint64_t lost;
    size_t length;
    char bytes[];
} pump_notice;

/** How busy the thread is; times in nanoseconds. */
typedef struct {
    /** Bytes read in this turn. */
    size_t moved;
    unsigned turns;
    bool storm;
    int64_t since;
} pump_pace;

/** Ids are index + 1. */
typedef struct {
    void **slots;
    size_t capacity;
} pump_table;

struct pump {
    // JavaScript
    bool started;
    /** While above 0 the thread is not woken for commands; `wake_owed`: it would have been. */
    unsigned held;
    bool wake_owed;
    pthread_t thread;
    napi_ref events;
    pump_table sinks;
    pump_table streams;
    // Fixed once started
    napi_threadsafe_function notify;
    int epoll_fd;
    int wake_fd;
    pump_source wake_source;
    // Thread
    char *buffer;
    pump_stream *first_stream;
    pump_stream *first_resting;
    /** Sinks with a backlog and streams not yet drained: what a flush waits for. */
    unsigned blocked;
    unsigned draining;
    unsigned flush_ticket;
    unsigned large_pipes;
    pump_pace pace;
    /** Lines on their way to the console. */
    pump_text console;
    /** Limits that have dropped lines and not said so. */
    unsigned dropping;
    // Lock
    pthread_mutex_t lock;
    pthread_cond_t answered;
    pump_command *first_command;
    pump_command *last_command;
    pump_notice *first_notice;
    pump_notice *last_notice;
    unsigned flush_asked;
    unsigned flush_done;
    unsigned catch_up_asked;
    unsigned catch_up_done;
    bool stopping;
};

#endif
