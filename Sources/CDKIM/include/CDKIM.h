#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One call of libopendkim: a message in, its signature field out. Any thread may call.

/// `DKIM-Signature: …` without an end of line, folded with CRLF; rsa-sha256, relaxed/relaxed. `message` is
/// whole and has CRLF; `key` is PEM. NULL where it could not be signed, with a reason in `reason`. For `free`.
char *rapport_dkim_sign(
    const char *key, const char *selector, const char *domain, const uint8_t *message, size_t length,
    char *reason, size_t reason_capacity);
