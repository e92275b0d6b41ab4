// Bytes being put together, and what of them JSON and UTF-8 have to look at.
#ifndef INITVISOR_PUMP_TEXT_H
#define INITVISOR_PUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct {
    char *bytes;
    size_t length;
    size_t capacity;
} pump_text;

// pump-text.c
bool pump_text_grow(pump_text *text, size_t length);
void pump_text_free(pump_text *text);

/** Room for `length` more bytes. */
static inline bool pump_text_reserve(pump_text *text, size_t length) {
    return text->capacity - text->length >= length || pump_text_grow(text, length);
}

/** Into room that is reserved. */
static inline void pump_text_add(pump_text *text, const char *bytes, size_t length) {
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static inline bool pump_text_append(pump_text *text, const char *bytes, size_t length) {
    if (!pump_text_reserve(text, length)) return false;
    // An empty text may have no bytes at all.
    if (length > 0) pump_text_add(text, bytes, length);
    return true;
}

/** Printable ASCII that stands for itself in a JSON string. */
static inline bool pump_is_plain(unsigned char byte) {
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

#ifdef __SSE2__

enum { PUMP_PLAIN_STEP = 16 };

/** Of the next PUMP_PLAIN_STEP bytes, how many are plain before the first that is not. */
static inline size_t pump_count_plain(const unsigned char *at) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    // Compared as signed numbers: bytes above ASCII are below a space.
    __m128i special = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    const int mask = _mm_movemask_epi8(special);
    return mask == 0 ? PUMP_PLAIN_STEP : (size_t)__builtin_ctz((unsigned)mask);
}

#else

enum { PUMP_PLAIN_STEP = 8 };

#define PUMP_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/** Of the next PUMP_PLAIN_STEP bytes, how many are plain before the first that is not. */
static inline size_t pump_count_plain(const unsigned char *at) {
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    // A difference below 0 sets a high bit: it may spread to bytes that are plain, but never comes of plain bytes alone.
    const uint64_t special = bytes | (bytes - PUMP_EACH_BYTE(0x20)) |
                             ((bytes ^ PUMP_EACH_BYTE(0x7f)) - PUMP_EACH_BYTE(1)) |
                             ((bytes ^ PUMP_EACH_BYTE('"')) - PUMP_EACH_BYTE(1)) |
                             ((bytes ^ PUMP_EACH_BYTE('\\')) - PUMP_EACH_BYTE(1));
    if ((special & PUMP_EACH_BYTE(0x80)) == 0) return PUMP_PLAIN_STEP;
    size_t count = 0;
    while (pump_is_plain(at[count])) count++;
    return count;
}

#endif

// pump-characters.c
/** The first byte that is not plain. */
const unsigned char *pump_skip_plain(const unsigned char *at, const unsigned char *end);
/** Length of the UTF-8 character at `at`, 0 when it is none. */
size_t pump_character_length(const unsigned char *at, const unsigned char *end);
/** Appends the inside of a JSON string; a byte that is no part of a character becomes U+FFFD, as decoders do it. */
bool pump_append_escaped(pump_text *out, const char *bytes, size_t length);

#endif
