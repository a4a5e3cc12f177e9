#include "CGMime.h"
#include "begin.h"

#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void) {
    // GMime keeps its own process-wide tables and is never shut down: it must not begin twice.
    g_mime_init();
}

void rapport_gmime_begin(void) { pthread_once(&once, begin); }

static GMimeObject *text_part(const char *subtype, const char *text) {
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, strlen(text));
    GMimeDataWrapper *content =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

static GMimeMessage *message_of(const rapport_mail *mail) {
    GMimeMessage *message = g_mime_message_new(TRUE);
    GDateTime *date = g_date_time_new_from_unix_utc(mail->date_seconds);
    if (date) {
        g_mime_message_set_date(message, date);
        g_date_time_unref(date);
    }
    g_mime_message_set_message_id(message, mail->message_id);
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    for (size_t i = 0; i < mail->header_count; i++) {
        const rapport_mime_header *header = &mail->headers[i];
        g_mime_header_list_append(list, header->name, "", NULL);
        // GMime would break a long link apart to fold it, and takes what looks encoded for encoded.
        GMimeHeader *appended = g_mime_header_list_get_header_at(
            list, g_mime_header_list_get_count(list) - 1);
        char *raw = g_strconcat(" ", header->value, "\n", NULL);
        g_mime_header_set_raw_value(appended, raw);
        g_free(raw);
    }
    GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
    // No line of quoted-printable can hold "=_", so this never stands in a part.
    g_mime_multipart_set_boundary(both, "=_rapport");
    GMimeObject *text = text_part("plain", mail->text), *html = text_part("html", mail->html);
    g_mime_multipart_add(both, text);
    g_mime_multipart_add(both, html);
    g_object_unref(text);
    g_object_unref(html);
    g_mime_message_set_mime_part(message, GMIME_OBJECT(both));
    g_object_unref(both);
    return message;
}

uint8_t *rapport_mail_bytes(const rapport_mail *mail, size_t *length) {
    rapport_gmime_begin();
    GMimeMessage *message = message_of(mail);
    GMimeFormatOptions *options = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_format_options_set_param_encoding_method(options, GMIME_PARAM_ENCODING_METHOD_RFC2231);
    GMimeStream *stream = g_mime_stream_mem_new();
    uint8_t *bytes = NULL;
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream) >= 0) {
        GByteArray *written = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
        bytes = malloc(written->len ? written->len : 1);
        if (bytes) {
            memcpy(bytes, written->data, written->len);
            *length = written->len;
        }
    }
    g_object_unref(stream);
    g_mime_format_options_free(options);
    g_object_unref(message);
    return bytes;
}

char *rapport_mail_ascii_address(const char *address) {
    rapport_gmime_begin();
    InternetAddress *mailbox = internet_address_mailbox_new(NULL, address);
    const char *idn = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(mailbox));
    char *copy = idn ? strdup(idn) : NULL;
    g_object_unref(mailbox);
    return copy;
}
