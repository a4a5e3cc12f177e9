#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CCurlHook.h"

// libcurl as a carrier of mail, and as its reader. Its options are varargs, which cannot be imported.

/// One connection to one relay, for one thread at a time.
typedef struct rapport_smtp rapport_smtp;

typedef struct {
    /// `smtp://host:port/name`, where `name` is what EHLO says.
    const char *url;
    /// NULL where the relay wants none.
    const char *user, *password;
    /// PEM file of authorities; NULL for those of the system.
    const char *ca_file;
    /// Nothing is said before STARTTLS has succeeded, or the URL is `smtps`.
    bool needs_tls;
    int64_t connect_milliseconds, total_milliseconds, slow_seconds;
} rapport_smtp_settings;

/// What became of one message. The texts live until the next call on the connection.
typedef struct {
    /// libcurl's code, 0 for success, and its words.
    int32_t code;
    const char *words;
    /// The reply that counts, 0 where none came to the last command; lines with LF between, the last last.
    int32_t reply_code;
    const char *replies;
    /// The last command that was said, its first four letters; "" before the first one.
    const char *command;
    /// Everything was handed over, so that the final dot may have left.
    bool is_handed_over;
    bool was_connected_before;
} rapport_smtp_outcome;

/// NULL where memory or libcurl failed. Copies what it needs.
rapport_smtp *rapport_smtp_open(rapport_smtp_settings settings);
void rapport_smtp_close(rapport_smtp *smtp);

/// Blocks until the relay has answered or a limit is reached. The connection is kept after success alone.
rapport_smtp_outcome rapport_smtp_send(
    rapport_smtp *smtp, const char *sender, const char *recipient, const uint8_t *message, size_t length);

/// One connection to one mailbox, for one thread at a time.
typedef struct rapport_imap rapport_imap;

typedef struct {
    /// `imap://host:port`, without a path.
    const char *url;
    const char *user, *password;
    /// PEM file of authorities; NULL for those of the system.
    const char *ca_file;
    /// Nothing is said before STARTTLS has succeeded, or the URL is `imaps`.
    bool needs_tls;
    int64_t connect_milliseconds, total_milliseconds;
    /// A longer answer is given up.
    size_t most_bytes;
} rapport_imap_settings;

/// What a server answered. The bytes and the words live until the next call on the connection.
typedef struct {
    /// libcurl's code, 0 for success, and its words.
    int32_t code;
    const char *words;
    const uint8_t *bytes;
    size_t length;
    bool is_cut;
} rapport_imap_outcome;

/// NULL where memory or libcurl failed. Copies what it needs.
rapport_imap *rapport_imap_open(rapport_imap_settings settings);
void rapport_imap_close(rapport_imap *imap);

/// Blocks until the server has answered or a limit is reached. `path` names a mailbox, encoded, or one message
/// of it (`INBOX;UID=7`), which is fetched where `command` is NULL; "" selects none.
rapport_imap_outcome rapport_imap_ask(rapport_imap *imap, const char *path, const char *command);
