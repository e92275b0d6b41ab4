// Bytes that a sink has taken while nobody reads what it writes to.
#include "pump.h"

#include <stdlib.h>
#include <string.h>

bool pump_backlog_append(pump_backlog *backlog, const char *bytes, size_t length) {
    if (backlog->start > 0 && backlog->start + backlog->length + length > backlog->capacity) {
        memmove(backlog->bytes, backlog->bytes + backlog->start, backlog->length);
        backlog->start = 0;
    }
    size_t wanted = backlog->start + backlog->length + length;
    if (wanted > backlog->capacity) {
        char *grown = realloc(backlog->bytes, wanted);
        if (grown == NULL) return false;
        backlog->bytes = grown;
        backlog->capacity = wanted;
    }
    memcpy(backlog->bytes + backlog->start + backlog->length, bytes, length);
    backlog->length += length;
    return true;
}

void pump_backlog_consume(pump_backlog *backlog, size_t length) {
    backlog->start += length;
    backlog->length -= length;
    if (backlog->length > 0) return;
    free(backlog->bytes);
    *backlog = (pump_backlog){0};
}
