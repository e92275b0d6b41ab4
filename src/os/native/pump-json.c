// Lines as JSON: recognizing those that are an object already, and making one of any other.
#include "pump.h"

#include <string.h>

enum { DEPTH = 64 };

typedef struct {
    const unsigned char *at;
    const unsigned char *end;
    /** Members of the outermost object that the line brings itself. */
    bool ts;
    bool program;
    bool stream;
    bool any;
} reader;

static void skip_space(reader *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r')) in->at++;
}

static bool take(reader *in, unsigned char wanted) {
    if (in->at == in->end || *in->at != wanted) return false;
    in->at++;
    return true;
}

// Length of the UTF-8 character at `at`, 0 when it is none.
static size_t character(const unsigned char *at, const unsigned char *end) {
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

static bool is_hex(unsigned char digit) {
    return (digit >= '0' && digit <= '9') || ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f');
}

static bool take_escape(reader *in) {
    if (in->at == in->end) return false;
    const unsigned char kind = *in->at++;
    if (kind != 'u') return kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL;
    for (int i = 0; i < 4; i++) {
        if (in->at == in->end || !is_hex(*in->at++)) return false;
    }
    return true;
}

static bool take_string(reader *in) {
    if (!take(in, '"')) return false;
    while (in->at < in->end) {
        if (*in->at == '"') return take(in, '"');
        if (*in->at < 0x20) return false;
        if (*in->at == '\\') {
            in->at++;
            if (!take_escape(in)) return false;
            continue;
        }
        const size_t length = character(in->at, in->end);
        if (length == 0) return false;
        in->at += length;
    }
    return false;
}

static bool take_digits(reader *in) {
    const unsigned char *from = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') in->at++;
    return in->at > from;
}

static bool take_number(reader *in) {
    take(in, '-');
    if (!take(in, '0') && !take_digits(in)) return false;
    if (take(in, '.') && !take_digits(in)) return false;
    if (!take(in, 'e') && !take(in, 'E')) return true;
    if (!take(in, '+')) take(in, '-');
    return take_digits(in);
}

static bool take_word(reader *in, const char *word) {
    const size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0) return false;
    in->at += length;
    return true;
}

static bool take_value(reader *in, int depth);

static void note_name(reader *in, const unsigned char *from) {
    const size_t length = (size_t)(in->at - from);
    in->ts |= length == 4 && memcmp(from, "\"ts\"", length) == 0;
    in->program |= length == 9 && memcmp(from, "\"program\"", length) == 0;
    in->stream |= length == 8 && memcmp(from, "\"stream\"", length) == 0;
    in->any = true;
}

static bool take_member(reader *in, int depth) {
    skip_space(in);
    const unsigned char *name = in->at;
    if (!take_string(in)) return false;
    if (depth == 1) note_name(in, name);
    skip_space(in);
    return take(in, ':') && take_value(in, depth);
}

// The members of an object or the elements of an array, up to the closing mark.
static bool take_list(reader *in, unsigned char close, int depth) {
    if (depth > DEPTH) return false;
    skip_space(in);
    if (take(in, close)) return true;
    do {
        if (!(close == '}' ? take_member(in, depth) : take_value(in, depth))) return false;
        skip_space(in);
    } while (take(in, ','));
    return take(in, close);
}

static bool take_value(reader *in, int depth) {
    skip_space(in);
    if (in->at == in->end) return false;
    switch (*in->at) {
        case '{':
            in->at++;
            return take_list(in, '}', depth + 1);
        case '[':
            in->at++;
            return take_list(in, ']', depth + 1);
        case '"':
            return take_string(in);
        case 't':
            return take_word(in, "true");
        case 'f':
            return take_word(in, "false");
        case 'n':
            return take_word(in, "null");
        default:
            return take_number(in);
    }
}

// The line as an object: `in` then tells what it brings itself.
static bool is_object(reader *in) {
    skip_space(in);
    if (in->at == in->end || *in->at != '{' || !take_value(in, 0)) return false;
    skip_space(in);
    return in->at == in->end;
}

static bool append_escape(pump_text *out, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    const char code[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    switch (byte) {
        case '"':
            return pump_text_append(out, "\\\"", 2);
        case '\\':
            return pump_text_append(out, "\\\\", 2);
        case '\t':
            return pump_text_append(out, "\\t", 2);
        case '\r':
            return pump_text_append(out, "\\r", 2);
        default:
            return pump_text_append(out, code, sizeof code);
    }
}

// A byte that is no part of a character becomes U+FFFD, as decoders do it.
static bool append_string(pump_text *out, const unsigned char *at, const unsigned char *end) {
    const unsigned char *plain = at;
    bool done = pump_text_append(out, "\"", 1);
    while (at < end) {
        if (*at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\') {
            at++;
            continue;
        }
        const size_t length = character(at, end);
        if (length > 1) {
            at += length;
            continue;
        }
        done &= pump_text_append(out, (const char *)plain, (size_t)(at - plain));
        done &= length == 1 ? append_escape(out, *at) : pump_text_append(out, "\xef\xbf\xbd", 3);
        plain = ++at;
    }
    done &= pump_text_append(out, (const char *)plain, (size_t)(end - plain));
    return done && pump_text_append(out, "\"", 1);
}

static bool append(pump_text *out, const char *text) { return pump_text_append(out, text, strlen(text)); }

bool pump_json_append(pump_text *out, const pump_console *console, const char *ts, const char *line, size_t length) {
    const unsigned char *bytes = (const unsigned char *)line;
    reader in = {.at = bytes, .end = bytes + length};
    const bool object = is_object(&in);
    if (!object) in.ts = in.program = in.stream = in.any = false;
    bool done = append(out, "{");
    if (!in.ts) done &= append(out, "\"ts\":\"") && append(out, ts) && append(out, "\",");
    if (!in.program) done &= append(out, console->program) && append(out, ",");
    if (!in.stream) done &= append(out, console->channel) && append(out, ",");
    if (!object) return done && append(out, "\"message\":") && append_string(out, bytes, bytes + length) && append(out, "}");
    // The comma before nothing goes.
    if (!in.any) out->length--;
    const char *members = memchr(line, '{', length);
    const unsigned char *end = bytes + length;
    while (end[-1] != '}') end--;
    return done && pump_text_append(out, members + 1, (size_t)(end - (const unsigned char *)members - 1));
}
