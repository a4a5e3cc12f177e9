#include "CGMime.h"
#include "begin.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    rapport_mime *mime;
    rapport_mime_limits limits;
    size_t bytes;
} reading;

static void add_part(
    reading *r, const char *type, const uint8_t *content, size_t length, bool is_embedded, bool is_attachment) {
    rapport_mime *mime = r->mime;
    if (mime->part_count == r->limits.parts) {
        mime->is_cut = true;
        return;
    }
    size_t room = r->limits.bytes - r->bytes;
    if (length > room) {
        mime->is_cut = true;
        length = room;
    }
    r->bytes += length;
    uint8_t *copy = malloc(length ? length : 1);
    if (!copy) {
        mime->is_cut = true;
        return;
    }
    if (length) memcpy(copy, content, length);
    mime->parts[mime->part_count++] = (rapport_mime_part){
        g_ascii_strdown(type, -1), copy, length, is_embedded, is_attachment};
}

static void add_leaf(reading *r, GMimePart *part, bool is_embedded) {
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return;
    GMimeStream *memory = g_mime_stream_mem_new(), *stream = g_object_ref(memory);
    const char *charset = g_mime_content_type_get_parameter(type, "charset");
    if (charset && g_mime_content_type_is_type(type, "text", "*")
        && g_ascii_strcasecmp(charset, "utf-8") != 0) {
        GMimeFilter *filter = g_mime_filter_charset_new(charset, "utf-8");
        if (filter) {
            g_object_unref(stream);
            stream = g_mime_stream_filter_new(memory);
            g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
            g_object_unref(filter);
        }
    }
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_mime_stream_flush(stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    char *name = g_mime_content_type_get_mime_type(type);
    add_part(
        r, name ? name : "text/plain", bytes->data, bytes->len, is_embedded, g_mime_part_is_attachment(part));
    g_free(name);
    g_object_unref(stream);
    g_object_unref(memory);
}

static void walk(reading *r, GMimeObject *object, size_t depth, bool is_embedded) {
    if (!object) return;
    if (depth > r->limits.depth || r->mime->part_count == r->limits.parts) {
        r->mime->is_cut = true;
    } else if (GMIME_IS_MULTIPART(object)) {
        int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
        for (int i = 0; i < count && !(r->mime->is_cut && r->mime->part_count == r->limits.parts); i++)
            walk(r, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1, is_embedded);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (!message) return;
        char *fields = g_mime_object_get_headers(GMIME_OBJECT(message), NULL);
        if (fields)
            add_part(r, "message/rfc822", (const uint8_t *)fields, strlen(fields), true, false);
        g_free(fields);
        walk(r, g_mime_message_get_mime_part(message), depth + 1, true);
    } else if (GMIME_IS_PART(object)) {
        add_leaf(r, GMIME_PART(object), is_embedded);
    }
}

static char *unfolded(const char *raw) {
    char *value = g_strdup(raw), *end = value;
    for (const char *at = value; *at; at++)
        if (*at != '\r' && *at != '\n') *end++ = *at;
    *end = '\0';
    return g_strstrip(value);
}

typedef struct {
    const char *charset, *text, *end;
    int charset_length, text_length;
} base64_word;

static bool read_word(const char *at, base64_word *word) {
    if (at[0] != '=' || at[1] != '?') return false;
    word->charset = at + 2;
    word->charset_length = (int)strcspn(word->charset, "? \t");
    const char *mark = word->charset + word->charset_length;
    if (mark[0] != '?' || (mark[1] != 'B' && mark[1] != 'b') || mark[2] != '?') return false;
    word->text = mark + 3;
    word->text_length = (int)strcspn(word->text, "? \t");
    word->end = word->text + word->text_length + 2;
    return word->text[word->text_length] == '?' && word->text[word->text_length + 1] == '=';
}

static void append_bytes(GByteArray *bytes, const base64_word *word) {
    char *text = g_strndup(word->text, (size_t)word->text_length);
    gsize length;
    guchar *decoded = g_base64_decode(text, &length);
    g_byte_array_append(bytes, decoded, (guint)length);
    g_free(decoded);
    g_free(text);
}

// GMime 3.2 stops reading after a padded word that another follows, and most writers pad each one: such a row
// of words becomes a single one.
static char *with_rows_joined(const char *value) {
    GString *joined = g_string_new(NULL);
    while (*value) {
        base64_word word, next;
        if (!read_word(value, &word)) {
            g_string_append_c(joined, *value++);
            continue;
        }
        GByteArray *bytes = g_byte_array_new();
        append_bytes(bytes, &word);
        value = word.end;
        for (;;) {
            const char *after = value + strspn(value, " \t");
            if (after == value || !read_word(after, &next) || next.charset_length != word.charset_length
                || g_ascii_strncasecmp(next.charset, word.charset, (gsize)word.charset_length) != 0)
                break;
            append_bytes(bytes, &next);
            value = next.end;
        }
        char *text = g_base64_encode(bytes->data, bytes->len);
        g_string_append_printf(joined, "=?%.*s?B?%s?=", word.charset_length, word.charset, text);
        g_free(text);
        g_byte_array_free(bytes, TRUE);
    }
    return g_string_free(joined, FALSE);
}

char *rapport_mime_decoded(const char *value) {
    rapport_gmime_begin();
    char *joined = with_rows_joined(value);
    char *decoded = g_mime_utils_header_decode_text(NULL, joined);
    g_free(joined);
    return decoded;
}

static void add_headers(reading *r, GMimeMessage *message) {
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    int count = g_mime_header_list_get_count(list);
    for (int i = 0; i < count; i++) {
        if (r->mime->header_count == r->limits.headers) {
            r->mime->is_cut = true;
            return;
        }
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        const char *name = g_mime_header_get_name(header), *raw = g_mime_header_get_raw_value(header);
        if (!name || !raw) continue;
        char *value = unfolded(raw);
        if (!r->mime->subject && g_ascii_strcasecmp(name, "subject") == 0)
            r->mime->subject = rapport_mime_decoded(value);
        r->mime->headers[r->mime->header_count++] = (rapport_mime_header){g_strdup(name), value};
    }
}

rapport_mime *rapport_mime_read(const uint8_t *bytes, size_t count, rapport_mime_limits limits) {
    rapport_gmime_begin();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    if (!message) return NULL;
    rapport_mime *mime = calloc(1, sizeof *mime);
    if (mime) {
        mime->headers = calloc(limits.headers + 1, sizeof *mime->headers);
        mime->parts = calloc(limits.parts + 1, sizeof *mime->parts);
        if (mime->headers && mime->parts) {
            reading r = {mime, limits, 0};
            add_headers(&r, message);
            walk(&r, g_mime_message_get_mime_part(message), 0, false);
        }
    }
    g_object_unref(message);
    return mime;
}

void rapport_mime_free(rapport_mime *mime) {
    for (size_t i = 0; i < mime->header_count; i++) {
        g_free((char *)mime->headers[i].name);
        g_free((char *)mime->headers[i].value);
    }
    for (size_t i = 0; i < mime->part_count; i++) {
        g_free((char *)mime->parts[i].type);
        free(mime->parts[i].content);
    }
    g_free(mime->subject);
    free(mime->headers);
    free(mime->parts);
    free(mime);
}
