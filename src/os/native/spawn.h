// What a spawn carries from JavaScript's values to the child, which must not allocate.
#ifndef INITVISOR_SPAWN_H
#define INITVISOR_SPAWN_H

#include "native.h"

#include <sys/resource.h>
#include <sys/types.h>

typedef struct {
    bool given;
    int64_t value;
} optional_int;

typedef struct {
    int resource;
    struct rlimit value;
} spawn_limit;

typedef struct {
    /** Tried one after another. */
    char **paths;
    /** What /bin/sh is started with for a script without `#!`, whose path is still to be put at 1. */
    char **shell_argv;
    /** Its own descriptors beside 0, 1 and 2, whose numbers they keep; then no other list is read. */
    int *kept_fds;
    size_t kept_fd_count;
    /** Descriptor of the terminal that its process group gets. */
    optional_int terminal;
    /** Room for LISTEN_PID=, which names the process that it is for; NULL where there is none. */
    char *listen_pid;
} spawn_command;

typedef struct {
    char *file;
    char *cwd;
    /** Ended by NULL, as execve wants them. */
    char **argv;
    char **env;
    /** -1 is /dev/null. */
    int *fds;
    size_t fd_count;
    bool new_group;
    bool new_session;
    bool has_groups;
    gid_t *groups;
    size_t group_count;
    spawn_limit *limits;
    size_t limit_count;
    optional_int gid, uid, umask, nice, pdeathsig;
    bool has_oom_score_adj;
    char oom_score_adj[16];
    bool no_new_privs;
    /** NULL unless it is started as a shell would start it. */
    const spawn_command *command;
    pid_t parent;
    /** Written by the child through the shared memory; NULL when exec succeeded. */
    const char *volatile failed_stage;
    volatile int error;
} spawn_request;

/** Pid of the child, or -1 with errno set; what the child could not do stands in the request. */
pid_t spawn_clone(spawn_request *request);

/** A SpawnResult. */
napi_value spawn_render(napi_env env, pid_t pid, const spawn_request *request);

/** Steps of a command: 0, or -1 with errno set. */
int spawn_child_keep_fds(const spawn_command *command);
void spawn_child_take_terminal(const spawn_command *command);
int spawn_child_exec_command(const spawn_request *request);

/** Runs in the child on a stack of its own and in the parent's memory. Never returns. */
int spawn_child(void *request);

/** The descriptors' step: 0, or -1 with errno set. */
int spawn_child_fds(const spawn_request *request);

#endif
