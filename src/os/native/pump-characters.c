// Text as the inside of a JSON string, by runs of what stands for itself.
#include "pump-text.h"

enum {
    /** So much at a time, for which there is room whatever it is. */
    BLOCK_BYTES = 4096,
    /** `\u001b` */
    MOST_OF_A_BYTE = 6,
};

const unsigned char *pump_skip_plain(const unsigned char *at, const unsigned char *end) {
    while (end - at >= PUMP_PLAIN_STEP) {
        const size_t count = pump_count_plain(at);
        at += count;
        if (count < PUMP_PLAIN_STEP) return at;
    }
    while (at < end && pump_is_plain(*at)) at++;
    return at;
}

size_t pump_character_length(const unsigned char *at, const unsigned char *end) {
    const size_t left = (size_t)(end - at);
    if (at[0] < 0x80) return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf) return left >= 2 && (at[1] & 0xc0) == 0x80 ? 2 : 0;
    if ((at[0] & 0xf0) == 0xe0) {
        if (left < 3 || (at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80) return 0;
        // No overlong forms and no halves of surrogate pairs.
        if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f)) return 0;
        return 3;
    }
    if (at[0] < 0xf0 || at[0] > 0xf4 || left < 4) return 0;
    if ((at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80 || (at[3] & 0xc0) != 0x80) return 0;
    if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) return 0;
    return 4;
}

typedef struct {
    const unsigned char *at;
    const unsigned char *end;
    char *to;
} escaper;

// Up to `until`. Each step is copied whole before it is looked at: the room for escapes covers what that is too much.
static void copy_plain(escaper *self, const unsigned char *until) {
    while (until - self->at >= PUMP_PLAIN_STEP) {
        memcpy(self->to, self->at, PUMP_PLAIN_STEP);
        const size_t count = pump_count_plain(self->at);
        self->at += count;
        self->to += count;
        if (count < PUMP_PLAIN_STEP) return;
    }
    while (self->at < until && pump_is_plain(*self->at)) *self->to++ = (char)*self->at++;
}

static void put(escaper *self, const char *bytes, size_t length) {
    memcpy(self->to, bytes, length);
    self->to += length;
}

static void escape_ascii(escaper *self, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    const char code[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    switch (byte) {
        case '"':
        case '\\':
            put(self, (const char[]){'\\', (char)byte}, 2);
            return;
        case '\t':
            put(self, "\\t", 2);
            return;
        case '\r':
            put(self, "\\r", 2);
            return;
        default:
            put(self, code, sizeof code);
    }
}

static void escape_one(escaper *self) {
    const size_t length = pump_character_length(self->at, self->end);
    if (length > 1) put(self, (const char *)self->at, length);
    else if (length == 1) escape_ascii(self, *self->at);
    else put(self, "\xef\xbf\xbd", 3);
    self->at += length > 1 ? length : 1;
}

bool pump_append_escaped(pump_text *out, const char *bytes, size_t length) {
    escaper self = {.at = (const unsigned char *)bytes, .end = (const unsigned char *)bytes + length};
    while (self.at < self.end) {
        const size_t left = (size_t)(self.end - self.at);
        const unsigned char *until = self.at + (left < BLOCK_BYTES ? left : BLOCK_BYTES);
        if (!pump_text_reserve(out, (size_t)(until - self.at) * MOST_OF_A_BYTE)) return false;
        self.to = out->bytes + out->length;
        while (self.at < until) {
            copy_plain(&self, until);
            while (self.at < until && !pump_is_plain(*self.at)) escape_one(&self);
        }
        out->length = (size_t)(self.to - out->bytes);
    }
    return true;
}
