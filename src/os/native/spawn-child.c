/*
 * The child between clone(CLONE_VM | CLONE_VFORK) and exec. It shares all memory with the suspended parent: no malloc, no
 * stdio, no locks. Credentials are set by raw system calls, because the C library's functions tell every thread to change too,
 * and the threads it knows are the parent's.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_setgroups32
#define RAW_SETGROUPS SYS_setgroups32
#define RAW_SETGID SYS_setgid32
#define RAW_SETUID SYS_setuid32
#else
#define RAW_SETGROUPS SYS_setgroups
#define RAW_SETGID SYS_setgid
#define RAW_SETUID SYS_setuid
#endif

enum { LAST_SIGNAL = 64, EXIT_NOT_SPAWNED = 127 };

/** Ignored ones stay ignored through exec, so all are set; the C library would refuse the two it keeps for itself. */
static void reset_signals(void) {
    // All zero is SIG_DFL without flags in every architecture's layout of the kernel's struct.
    const unsigned long standard[8] = {0};
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        syscall(SYS_rt_sigaction, number, standard, NULL, LAST_SIGNAL / 8);
    }
}

static int step_setsid(const spawn_request *request) {
    return request->new_session && setsid() == -1 ? -1 : 0;
}

static int step_setpgid(const spawn_request *request) {
    return request->new_group ? setpgid(0, 0) : 0;
}

static int step_terminal(const spawn_request *request) {
    if (request->command != NULL) spawn_child_take_terminal(request->command);
    return 0;
}

static int step_fds(const spawn_request *request) {
    return request->command == NULL ? spawn_child_fds(request) : spawn_child_keep_fds(request->command);
}

static int step_rlimit(const spawn_request *request) {
    for (size_t i = 0; i < request->limit_count; i++) {
        if (setrlimit(request->limits[i].resource, &request->limits[i].value) != 0) return -1;
    }
    return 0;
}

static int step_nice(const spawn_request *request) {
    return request->nice.given ? setpriority(PRIO_PROCESS, 0, (int)request->nice.value) : 0;
}

static int step_oom_score_adj(const spawn_request *request) {
    if (!request->has_oom_score_adj) return 0;
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd == -1) return -1;
    ssize_t written = write(fd, request->oom_score_adj, strlen(request->oom_score_adj));
    int error = errno;
    close(fd);
    errno = error;
    return written == -1 ? -1 : 0;
}

static int step_setgroups(const spawn_request *request) {
    return request->has_groups ? (int)syscall(RAW_SETGROUPS, request->group_count, request->groups) : 0;
}

static int step_setgid(const spawn_request *request) {
    return request->gid.given ? (int)syscall(RAW_SETGID, (gid_t)request->gid.value) : 0;
}

static int step_setuid(const spawn_request *request) {
    return request->uid.given ? (int)syscall(RAW_SETUID, (uid_t)request->uid.value) : 0;
}

static int step_chdir(const spawn_request *request) {
    if (request->cwd != NULL && chdir(request->cwd) != 0) return -1;
    if (request->umask.given) umask((mode_t)request->umask.value);
    return 0;
}

static int step_no_new_privs(const spawn_request *request) {
    return request->no_new_privs ? prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) : 0;
}

/** After setuid, which clears it. */
static int step_pdeathsig(const spawn_request *request) {
    if (!request->pdeathsig.given) return 0;
    if (prctl(PR_SET_PDEATHSIG, request->pdeathsig.value, 0, 0, 0) != 0) return -1;
    // The parent may have died before the call took hold; the signal waits until the mask is emptied.
    if (syscall(SYS_getppid) != request->parent) kill((pid_t)syscall(SYS_getpid), (int)request->pdeathsig.value);
    return 0;
}

static int step_exec(const spawn_request *request) {
    const unsigned long none[LAST_SIGNAL / 8 / sizeof(unsigned long)] = {0};
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, LAST_SIGNAL / 8);
    if (request->command != NULL) return spawn_child_exec_command(request);
    return execve(request->file, request->argv, request->env);
}

static const struct {
    const char *stage;
    int (*run)(const spawn_request *request);
} steps[] = {
    {"setsid", step_setsid},
    {"setpgid", step_setpgid},
    {"terminal", step_terminal},
    {"fds", step_fds},
    {"rlimit", step_rlimit},
    {"nice", step_nice},
    {"oom_score_adj", step_oom_score_adj},
    {"setgroups", step_setgroups},
    {"setgid", step_setgid},
    {"setuid", step_setuid},
    {"chdir", step_chdir},
    {"no_new_privs", step_no_new_privs},
    {"pdeathsig", step_pdeathsig},
    {"exec", step_exec},
};

int spawn_child(void *argument) {
    spawn_request *request = argument;
    reset_signals();
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].run(request) == 0) continue;
        request->error = errno;
        request->failed_stage = steps[i].stage;
        break;
    }
    _exit(EXIT_NOT_SPAWNED);
}
