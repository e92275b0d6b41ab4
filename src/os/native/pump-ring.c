// The newest bytes of a stream.
#include "pump.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

static void grow(pump_ring *ring, size_t wanted) {
    size_t capacity = ring->capacity == 0 ? FIRST_CAPACITY : ring->capacity;
    while (capacity < wanted && capacity < ring->limit) capacity *= 2;
    if (capacity > ring->limit) capacity = ring->limit;
    if (capacity == ring->capacity) return;
    char *bytes = realloc(ring->bytes, capacity);
    if (bytes == NULL) {
        // Out of memory: what is there becomes the limit, and the newest bytes still fit.
        ring->limit = ring->capacity;
        return;
    }
    ring->bytes = bytes;
    ring->capacity = capacity;
}

void pump_ring_append(pump_ring *ring, const char *bytes, size_t length) {
    if (ring->length + length > ring->capacity) grow(ring, ring->length + length);
    if (ring->capacity == 0) return;
    if (length >= ring->capacity) {
        memcpy(ring->bytes, bytes + length - ring->capacity, ring->capacity);
        ring->start = 0;
        ring->length = ring->capacity;
        return;
    }
    size_t end = (ring->start + ring->length) % ring->capacity;
    size_t first = ring->capacity - end < length ? ring->capacity - end : length;
    memcpy(ring->bytes + end, bytes, first);
    memcpy(ring->bytes, bytes + first, length - first);
    ring->length += length;
    if (ring->length <= ring->capacity) return;
    ring->start = (ring->start + ring->length - ring->capacity) % ring->capacity;
    ring->length = ring->capacity;
}

size_t pump_ring_tail(const pump_ring *ring, char *out, size_t length) {
    if (length > ring->length) length = ring->length;
    if (length == 0) return 0;
    size_t from = (ring->start + ring->length - length) % ring->capacity;
    size_t first = ring->capacity - from < length ? ring->capacity - from : length;
    memcpy(out, ring->bytes + from, first);
    memcpy(out + first, ring->bytes, length - first);
    return length;
}
