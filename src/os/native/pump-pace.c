// Whether to let bytes gather before the next turn. A program that writes a line at a time would wake the thread for
// each line and pay for that itself: during a storm a nap of a fraction of a millisecond makes one turn of many.
#include "pump.h"

#include <time.h>

enum {
    NAP_NS = 200 * 1000,
    /** So many small turns within STORM_NS are a storm; a turn that came later than CALM_NS after the last ends it. */
    STORM_TURNS = 8,
    STORM_NS = 1000 * 1000,
    CALM_NS = 500 * 1000,
    SMALL_TURN_BYTES = 32 * 1024,
};

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static void nap(pump_pace *pace) {
    const struct timespec length = {.tv_nsec = NAP_NS};
    nanosleep(&length, NULL);
    pace->since = now();
}

void pump_pace_turn(pump_pace *pace, bool may_nap) {
    const size_t moved = pace->moved;
    pace->moved = 0;
    if (moved == 0 || moved >= SMALL_TURN_BYTES || !may_nap) return;
    if (pace->storm) {
        pace->storm = now() - pace->since < CALM_NS;
        if (pace->storm) nap(pace);
        else pace->turns = 0;
        return;
    }
    if (pace->turns++ == 0) pace->since = now();
    if (pace->turns < STORM_TURNS) return;
    pace->turns = 0;
    pace->storm = now() - pace->since < STORM_NS;
    if (pace->storm) nap(pace);
}
