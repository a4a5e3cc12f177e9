#include "CDKIM.h"

#include <opendkim/dkim.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static DKIM_LIB *library;

// What a receiver shows or acts on.
static u_char *signed_fields[] = {
    (u_char *)"from", (u_char *)"reply-to", (u_char *)"to", (u_char *)"subject", (u_char *)"date",
    (u_char *)"message-id", (u_char *)"mime-version", (u_char *)"content-type",
    (u_char *)"content-transfer-encoding", (u_char *)"list-id", (u_char *)"list-unsubscribe",
    (u_char *)"list-unsubscribe-post", (u_char *)"auto-submitted", (u_char *)"feedback-id", NULL};
// Named once more than they are there, so that none can be added on the way.
static u_char *closed_fields[] = {
    (u_char *)"from", (u_char *)"reply-to", (u_char *)"to", (u_char *)"subject", (u_char *)"date",
    (u_char *)"list-unsubscribe", (u_char *)"list-unsubscribe-post", NULL};

static void begin(void) {
    library = dkim_init(NULL, NULL);
    if (!library) return;
    u_char **fields = signed_fields, **closed = closed_fields;
    if (dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_SIGNHDRS, fields, sizeof fields) != DKIM_STAT_OK
        || dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS, closed, sizeof closed)
            != DKIM_STAT_OK) {
        dkim_close(library);
        library = NULL;
    }
}

// The library ends lines with LF where it folds, or with CRLF: here they are all CRLF.
static char *with_crlf(const u_char *value, size_t length) {
    static const char name[] = "DKIM-Signature: ";
    char *field = malloc(sizeof name + 2 * length), *end;
    if (!field) return NULL;
    end = stpcpy(field, name);
    for (size_t i = 0; i < length; i++) {
        if (value[i] == '\r') continue;
        if (value[i] == '\n') *end++ = '\r';
        *end++ = (char)value[i];
    }
    *end = '\0';
    return field;
}

char *rapport_dkim_sign(
    const char *key, const char *selector, const char *domain, const uint8_t *message, size_t length,
    char *reason, size_t reason_capacity) {
    pthread_once(&once, begin);
    if (!library) {
        snprintf(reason, reason_capacity, "libopendkim did not begin");
        return NULL;
    }
    DKIM_STAT status;
    DKIM *signing = dkim_sign(
        library, (const u_char *)"rapport", NULL, (dkim_sigkey_t)key, (const u_char *)selector,
        (const u_char *)domain, DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, DKIM_SIGN_RSASHA256, -1, &status);
    if (!signing) {
        snprintf(reason, reason_capacity, "%s", dkim_getresultstr(status));
        return NULL;
    }
    char *field = NULL;
    u_char *value;
    size_t value_length;
    if ((status = dkim_chunk(signing, (u_char *)message, length)) == DKIM_STAT_OK
        && (status = dkim_chunk(signing, NULL, 0)) == DKIM_STAT_OK
        && (status = dkim_eom(signing, NULL)) == DKIM_STAT_OK
        && (status = dkim_getsighdr_d(signing, strlen("DKIM-Signature: "), &value, &value_length))
            == DKIM_STAT_OK) {
        field = with_crlf(value, value_length);
    } else {
        const char *words = dkim_geterror(signing);
        snprintf(reason, reason_capacity, "%s", words ? words : dkim_getresultstr(status));
    }
    dkim_free(signing);
    return field;
}
