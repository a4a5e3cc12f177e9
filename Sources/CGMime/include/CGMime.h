#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// GMime as the product needs it: a message becomes bytes, bytes become parts. No GMime type shows here, for
// its casts and varargs cannot be imported. Any thread may call; nothing is shared between two calls.

typedef struct {
    const char *name, *value;
} rapport_mime_header;

/// Texts are UTF-8 with LF between lines.
typedef struct {
    /// Without angle brackets.
    const char *message_id;
    int64_t date_seconds;
    const char *text, *html;
    /// The other fields, written as they are: ASCII, encoded and folded by the caller with LF and a blank.
    const rapport_mime_header *headers;
    size_t header_count;
} rapport_mail;

/// The whole message with CRLF; NULL where memory or GMime failed. For `free`.
uint8_t *rapport_mail_bytes(const rapport_mail *mail, size_t *length);

/// The address with its domain in ASCII (IDNA); NULL where it has no such form. For `free`.
char *rapport_mail_ascii_address(const char *address);

typedef struct {
    /// In lower case: `text/plain`. Of a message within the message, `message/rfc822`: its header fields.
    const char *type;
    /// Transfer encoding undone, text in UTF-8 where its character set is known.
    uint8_t *content;
    size_t length;
    /// Inside a message that this one brings along.
    bool is_embedded;
    bool is_attachment;
} rapport_mime_part;

typedef struct {
    /// Of the outermost message in order, unfolded. What is encoded stays so, for an address that is decoded
    /// first may hold another.
    rapport_mime_header *headers;
    size_t header_count;
    /// Its subject, decoded; "" where it has none.
    char *subject;
    /// Leaves in order.
    rapport_mime_part *parts;
    size_t part_count;
    /// A limit left something out.
    bool is_cut;
} rapport_mime;

typedef struct {
    size_t headers, parts, depth;
    /// Of all contents together.
    size_t bytes;
} rapport_mime_limits;

/// NULL where the bytes are no message at all.
rapport_mime *rapport_mime_read(const uint8_t *bytes, size_t count, rapport_mime_limits limits);
void rapport_mime_free(rapport_mime *mime);

/// A value with its encoded words (RFC 2047) decoded, in UTF-8. For `free`.
char *rapport_mime_decoded(const char *value);
