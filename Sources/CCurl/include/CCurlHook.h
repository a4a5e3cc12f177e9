#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libcurl as a poster of messages to servers that others have named.

enum { RAPPORT_HOOK_ADDRESSES = 8 };

typedef struct {
    /// 4 or 16.
    uint8_t length;
    uint8_t bytes[16];
} rapport_hook_address;

typedef struct {
    const char *url;
    /// `host:port:address,address`; "" where the URL names an address.
    const char *resolve;
    /// Lines with LF between.
    const char *headers;
    /// PEM file of authorities; "" for those of the system.
    const char *ca_file;
    bool allows_http;
    const uint8_t *body;
    size_t length;
    /// No other is connected to, whatever the URL says.
    const rapport_hook_address *addresses;
    size_t address_count;
    int64_t connect_milliseconds, total_milliseconds, body_milliseconds;
} rapport_hook_request;

typedef struct {
    /// Of the final answer, once its head has ended; else 0, and `words` say why.
    int32_t status;
    char words[256];
    char retry_after[64];
    uint8_t body[4096];
    size_t length;
} rapport_hook_answer;

/// Blocks until there is an answer or a limit is reached.
void rapport_hook_post(rapport_hook_request request, rapport_hook_answer *answer);
