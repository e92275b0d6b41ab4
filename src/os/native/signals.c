// Every signal that can be caught, kept until the main thread asks, which may wait for them outside the event loop.
#include "native.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { LAST_SIGNAL = 64, FIELDS = 3 };

/** How often each came since it was last asked for. */
static struct {
    atomic_int from_processes;
    atomic_int from_kernel;
} arrived[LAST_SIGNAL + 1];

static int wake_up = -1;
static pid_t own_pid;

static bool is_fault(int number) {
    switch (number) {
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGSEGV:
    case SIGSYS:
        return true;
    default:
        return false;
    }
}

static void forget(int number) {
    atomic_store(&arrived[number].from_processes, 0);
    atomic_store(&arrived[number].from_kernel, 0);
}

/** As the kernel does with signals that wait: one to stop and one to go on undo each other. Source: signal(7). */
static void undo_opposite(int number) {
    switch (number) {
    case SIGCONT:
        forget(SIGTSTP);
        forget(SIGTTIN);
        forget(SIGTTOU);
        break;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        forget(SIGCONT);
        break;
    default:
        break;
    }
}

static bool is_from_ourselves(const siginfo_t *info) {
    return (info->si_code == SI_USER || info->si_code == SI_TKILL) && info->si_pid == own_pid;
}

/** Runs in whichever thread the kernel chooses; only async-signal-safe calls. */
static void remember(int number, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    bool is_ours = is_from_ourselves(info);
    if (is_fault(number) && (info->si_code > 0 || is_ours)) {
        // Our own crash: it happens again on the way out of here, and ends this process as it should.
        signal(number, SIG_DFL);
        if (is_ours) raise(number);
    } else if (!is_ours) {
        // Ours is a write to a closed pipe, say, and nobody's request.
        undo_opposite(number);
        bool is_kernels = info->si_code > 0 && number != SIGCHLD;
        atomic_fetch_add(is_kernels ? &arrived[number].from_kernel : &arrived[number].from_processes, 1);
        eventfd_write(wake_up, 1);
    }
    errno = error;
}

static void handle(int number, struct sigaction *before) {
    struct sigaction action = {.sa_sigaction = remember, .sa_flags = SA_SIGINFO | SA_RESTART};
    // One after another, so that a burst does not pile handlers up on the stack.
    sigfillset(&action.sa_mask);
    sigaction(number, &action, before);
}

static bool read_signal(napi_env env, napi_value list, uint32_t index, int64_t *number) {
    napi_value item;
    napi_get_element(env, list, index, &item);
    return native_arg_int_within(env, item, 1, LAST_SIGNAL, number);
}

/** The main thread waits, other threads take this one: else no write to a terminal and no change of its group is ours. */
static void block_terminal_output_signal(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static napi_value call_catch_signals(napi_env env, napi_callback_info info) {
    napi_value list, unhandled;
    uint32_t count, found = 0;
    if (!native_args(env, info, &list, 1)) return NULL;
    if (napi_get_array_length(env, list, &count) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected an array");
        return NULL;
    }
    if (wake_up == -1) wake_up = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_up == -1) return native_throw(env, "eventfd", errno);
    own_pid = getpid();
    napi_create_array(env, &unhandled);
    for (uint32_t i = 0; i < count; i++) {
        int64_t number;
        struct sigaction before = {.sa_handler = SIG_IGN};
        if (!read_signal(env, list, i, &number)) return NULL;
        // Of no effect on the few that the C library keeps for itself.
        handle((int)number, &before);
        if (before.sa_handler == SIG_DFL) napi_set_element(env, unhandled, found++, native_int(env, number));
    }
    block_terminal_output_signal();
    return unhandled;
}

static size_t collect(int32_t *rows, size_t room) {
    size_t count = 0;
    for (int number = 1; number <= LAST_SIGNAL && count < room; number++) {
        int from_processes = atomic_exchange(&arrived[number].from_processes, 0);
        int from_kernel = atomic_exchange(&arrived[number].from_kernel, 0);
        if (from_processes == 0 && from_kernel == 0) continue;
        int32_t *row = rows + count++ * FIELDS;
        row[0] = number;
        row[1] = from_processes;
        row[2] = from_kernel;
    }
    return count;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static napi_value call_wait_signals(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int32_t *rows;
    size_t length, count;
    int64_t timeout_ms;
    if (!native_args(env, info, args, 2) || !native_arg_int32_array(env, args[0], &rows, &length) ||
        !native_arg_int_within(env, args[1], -1, INT32_MAX, &timeout_ms)) {
        return NULL;
    }
    int64_t end = now_ms() + timeout_ms;
    // Counted down first: what comes after that is seen by the next poll, if not by this look.
    for (eventfd_t seen;; eventfd_read(wake_up, &seen)) {
        count = collect(rows, length / FIELDS);
        int64_t left = timeout_ms == -1 ? -1 : end - now_ms();
        if (count > 0 || (timeout_ms != -1 && left <= 0)) break;
        struct pollfd ready = {.fd = wake_up, .events = POLLIN};
        poll(&ready, 1, (int)left);
    }
    return native_int(env, (int64_t)count);
}

/** Of stopping threads any may be the one that takes the signal to go on, and be a moment later than the others. */
static bool wait_for_continue(void) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int patience = 20; patience > 0; patience--) {
        if (atomic_load(&arrived[SIGCONT].from_processes) > 0 || atomic_load(&arrived[SIGCONT].from_kernel) > 0) return true;
        nanosleep(&moment, NULL);
    }
    return false;
}

static napi_value call_stop_self(napi_env env, napi_callback_info info) {
    napi_value args[2];
    int64_t number;
    bool group;
    if (!native_args(env, info, args, 2) || !native_arg_int_within(env, args[0], 1, LAST_SIGNAL, &number) ||
        !native_arg_bool(env, args[1], &group)) {
        return NULL;
    }
    sigset_t set, before;
    signal((int)number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, (int)number);
    pthread_sigmask(SIG_UNBLOCK, &set, &before);
    kill(group ? 0 : own_pid, (int)number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    handle((int)number, NULL);
    return native_bool(env, wait_for_continue());
}

void register_signals(napi_env env, napi_value exports) {
    static const native_method methods[] = {
        {"catchSignals", call_catch_signals},
        {"waitSignals", call_wait_signals},
        {"stopSelf", call_stop_self},
    };
    native_export(env, exports, methods, sizeof methods / sizeof methods[0]);
}
