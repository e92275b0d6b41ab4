// A buffer that grows.
#include "pump-text.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 4096 };

bool pump_text_grow(pump_text *text, size_t length) {
    size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
    while (capacity < text->length + length) capacity *= 2;
    char *grown = realloc(text->bytes, capacity);
    if (grown == NULL) return false;
    text->bytes = grown;
    text->capacity = capacity;
    return true;
}

void pump_text_free(pump_text *text) {
    free(text->bytes);
    *text = (pump_text){0};
}
