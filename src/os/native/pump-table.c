// Small numbers for objects, reused once free.
#include "pump.h"

#include <stdlib.h>
#include <string.h>

int pump_table_add(pump_table *table, void *object) {
    size_t index = 0;
    while (index < table->capacity && table->slots[index] != NULL) index++;
    if (index == table->capacity) {
        size_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
        void **slots = realloc(table->slots, capacity * sizeof *slots);
        if (slots == NULL) return 0;
        memset(slots + table->capacity, 0, (capacity - table->capacity) * sizeof *slots);
        table->slots = slots;
        table->capacity = capacity;
    }
    table->slots[index] = object;
    return (int)index + 1;
}

void *pump_table_get(const pump_table *table, int64_t id) {
    if (id < 1 || (uint64_t)id > table->capacity) return NULL;
    return table->slots[id - 1];
}

void pump_table_remove(pump_table *table, int id) { table->slots[id - 1] = NULL; }
