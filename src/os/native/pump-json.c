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
    for (;;) {
        in->at = pump_skip_plain(in->at, in->end);
        if (in->at == in->end || *in->at < 0x20) return false;
        if (take(in, '"')) return true;
        if (take(in, '\\')) {
            if (!take_escape(in)) return false;
            continue;
        }
        const size_t length = pump_character_length(in->at, in->end);
        if (length == 0) return false;
        in->at += length;
    }
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

// The object's own members after those that it lacks.
static bool append_object(pump_text *out, const pump_console *console, const reader *in, const char *line, size_t length) {
    const char *members = (const char *)memchr(line, '{', length) + 1;
    const char *end = (const char *)memrchr(line, '}', length) + 1;
    const size_t own = (size_t)(end - members);
    if (!pump_text_reserve(out, console->head_length + own)) return false;
    pump_text_add(out, "{", 1);
    if (!in->ts) pump_text_add(out, console->head + CONSOLE_TS_MEMBER_AT, CONSOLE_TS_MEMBER_BYTES);
    if (!in->program) {
        pump_text_add(out, console->program, strlen(console->program));
        pump_text_add(out, ",", 1);
    }
    if (!in->stream) {
        pump_text_add(out, console->channel, strlen(console->channel));
        pump_text_add(out, ",", 1);
    }
    // The comma before nothing goes.
    if (!in->any) out->length--;
    pump_text_add(out, members, own);
    return true;
}

bool pump_json_append(pump_text *out, const pump_console *console, const char *line, size_t length) {
    const unsigned char *bytes = (const unsigned char *)line;
    reader in = {.at = bytes, .end = bytes + length};
    if (is_object(&in)) return append_object(out, console, &in, line, length);
    return pump_text_append(out, console->head, console->head_length) && pump_append_escaped(out, line, length) &&
           pump_text_append(out, "\"}", 2);
}
