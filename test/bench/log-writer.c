/*
 * Writes flat out, for log throughput: log-writer TOTAL SIZE FILE
 * A second after its start, TOTAL bytes of numbered lines in writes of SIZE bytes to stdout; then the time it took, in
 * nanoseconds, into FILE. Ends a second later.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  const long long total = atoll(words[1]);
  const size_t size = (size_t)atoll(words[2]);
  sleep(1);
  char *block = malloc(size + 1);
  const size_t line = size < 4096 ? size : 4096;
  const long long begin = now();
  for (long long done = 0, number = 0; done < total; number++) {
    memset(block, 'x', size);
    for (size_t at = line; at <= size; at += line) block[at - 1] = '\n';
    snprintf(block, 21, "%020lld", number);
    block[20] = ' ';
    size_t want = total - done < (long long)size ? (size_t)(total - done) : size;
    for (size_t at = 0; at < want;) {
      ssize_t written = write(1, block + at, want - at);
      if (written < 0 && errno != EINTR) return 1;
      if (written > 0) at += (size_t)written;
    }
    done += (long long)want;
  }
  FILE *file = fopen(words[3], "w");
  fprintf(file, "%lld\n", now() - begin);
  if (fclose(file) != 0) return 1;
  /* Whoever moves the output can be looked at meanwhile. */
  sleep(1);
  return 0;
}
