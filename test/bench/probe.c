/*
 * What the bench runs under supervision, and its stop watches. Times are CLOCK_MONOTONIC in nanoseconds.
 *   probe run FILE               stamps FILE, then pauses
 *   probe exec FILE COMMAND...   stamps FILE, then becomes COMMAND
 *   probe orphans COUNT FILE     makes orphans that end at once; stamps FILE before and after, then pauses
 *   probe stop PID SECONDS       sends SIGTERM, prints the time until PID is gone
 *   probe watch PID FILE SECONDS counts the children of PID but one until all orphans of FILE are reaped: prints the
 *                                most at any moment, the time of the last (0: not in time) and how many are left
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RECORD 32

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void stamp(const char *path) {
  char record[RECORD + 1];
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  snprintf(record, sizeof record, "%020lld %010d\n", now(), (int)getpid());
  if (fd < 0 || write(fd, record, RECORD) != RECORD) _exit(1);
  close(fd);
}

static void wait_for_ever(void) {
  for (;;) pause();
}

static void make_orphans(int count, const char *path) {
  sleep(1); /* The watch is there by then, and the start is over. */
  stamp(path);
  for (int i = 0; i < count; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      pid_t orphan = fork();
      _exit(orphan < 0);
    }
    if (pid < 0 || waitpid(pid, NULL, 0) != pid) _exit(1);
  }
  stamp(path);
}

static int stop(pid_t pid, int seconds) {
  struct pollfd gone = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
  if (gone.fd < 0) return 1;
  long long begin = now();
  if (kill(pid, SIGTERM) != 0 || poll(&gone, 1, seconds * 1000) != 1) return 1;
  printf("%lld\n", now() - begin);
  return 0;
}

static int count_children(int fd) {
  static char text[1 << 16];
  int count = 0;
  ssize_t length;
  /* The kernel gives a page at a time. */
  for (off_t at = 0; (length = pread(fd, text, sizeof text, at)) > 0; at += length) {
    for (ssize_t i = 0; i < length; i++) count += text[i] == ' ';
  }
  return count;
}

static int watch(const char *pid, const char *path, int seconds) {
  char children[64];
  snprintf(children, sizeof children, "/proc/%s/task/%s/children", pid, pid);
  int fd = open(children, O_RDONLY | O_CLOEXEC), most = 0, left = 0;
  if (fd < 0) return 1;
  long long end = now() + seconds * 1000000000LL, reaped = 0;
  while (reaped == 0 && now() < end) {
    struct stat made;
    int all_made = stat(path, &made) == 0 && made.st_size >= 2 * RECORD;
    left = count_children(fd) - 1;
    if (left > most) most = left;
    if (all_made && left <= 0) reaped = now();
    usleep(100);
  }
  printf("%d %lld %d\n", most, reaped, left);
  return 0;
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "run") == 0 && argc == 3) {
    stamp(argv[2]);
    wait_for_ever();
  }
  if (strcmp(mode, "exec") == 0 && argc > 3) {
    stamp(argv[2]);
    execvp(argv[3], argv + 3);
    return 127;
  }
  if (strcmp(mode, "orphans") == 0 && argc == 4) {
    make_orphans(atoi(argv[2]), argv[3]);
    wait_for_ever();
  }
  if (strcmp(mode, "stop") == 0 && argc == 4) return stop(atoi(argv[2]), atoi(argv[3]));
  if (strcmp(mode, "watch") == 0 && argc == 5) return watch(argv[2], argv[3], atoi(argv[4]));
  return 2;
}
