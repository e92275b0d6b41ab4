// A buffer that grows.
#include "pump.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

bool pump_text_append(pump_text *text, const char *bytes, size_t length) {
    if (text->length + length > text->capacity) {
        size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
        while (capacity < text->length + length) capacity *= 2;
        char *grown = realloc(text->bytes, capacity);
        if (grown == NULL) return false;
        text->bytes = grown;
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    return true;
}

void pump_text_free(pump_text *text) {
    free(text->bytes);
    *text = (pump_text){0};
}
