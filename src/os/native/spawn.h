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
    pid_t parent;
    /** Written by the child through the shared memory; NULL when exec succeeded. */
    const char *volatile failed_stage;
    volatile int error;
} spawn_request;

/** Runs in the child on a stack of its own and in the parent's memory. Never returns. */
int spawn_child(void *request);

/** The descriptors' step: 0, or -1 with errno set. */
int spawn_child_fds(const spawn_request *request);

#endif
