#include "CCurl.h"
#include "begin.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct rapport_smtp {
    CURL *curl;
    char error[CURL_ERROR_SIZE];
    char replies[2048];
    size_t replies_length;
    char command[5];
    int32_t reply_code;
    const uint8_t *message;
    size_t length, sent;
    bool is_handed_over, is_leaving, is_kept;
    long total_seconds;
};

static size_t hand_over(char *buffer, size_t size, size_t count, void *context) {
    rapport_smtp *smtp = context;
    size_t rest = smtp->length - smtp->sent, piece = size * count < rest ? size * count : rest;
    memcpy(buffer, smtp->message + smtp->sent, piece);
    smtp->sent += piece;
    if (piece == 0) {
        // libcurl says the dot now; no reply has come to it yet.
        smtp->is_handed_over = true;
        smtp->reply_code = 0;
    }
    return piece;
}

static void note_reply(rapport_smtp *smtp, const char *line, size_t length) {
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
    // Whatever a relay says, the last lines are kept: an old half is given up for them.
    if (length > sizeof smtp->replies / 2 - 2) length = sizeof smtp->replies / 2 - 2;
    if (smtp->replies_length + length + 2 > sizeof smtp->replies) {
        size_t half = sizeof smtp->replies / 2;
        memmove(smtp->replies, smtp->replies + half, smtp->replies_length - half);
        smtp->replies_length -= half;
    }
    if (smtp->replies_length > 0) smtp->replies[smtp->replies_length++] = '\n';
    memcpy(smtp->replies + smtp->replies_length, line, length);
    smtp->replies_length += length;
    smtp->replies[smtp->replies_length] = '\0';
    if (length < 3) return;
    int32_t code = 0;
    for (int i = 0; i < 3; i++) {
        if (line[i] < '0' || line[i] > '9') return;
        code = code * 10 + (line[i] - '0');
    }
    smtp->reply_code = code;
}

static int overhear(CURL *curl, curl_infotype kind, char *bytes, size_t length, void *context) {
    rapport_smtp *smtp = context;
    if (kind == CURLINFO_HEADER_OUT && length >= 4 && memcmp(bytes, "QUIT", 4) == 0) {
        // A goodbye and its answer tell nothing of the message.
        smtp->is_leaving = true;
        // Else a relay that hangs would hold us here for two minutes: the total limit does not count for QUIT.
        curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
    } else if (smtp->is_leaving) {
        return 0;
    } else if (kind == CURLINFO_HEADER_IN) {
        note_reply(smtp, bytes, length);
    } else if (kind == CURLINFO_HEADER_OUT && length >= 4) {
        // The rest of an AUTH line is a password: four letters are all that is kept. What is said in the
        // middle of AUTH is no command.
        static const char *commands[] = {"EHLO", "HELO", "STAR", "AUTH", "MAIL", "RCPT", "DATA"};
        smtp->reply_code = 0;
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            if (memcmp(bytes, commands[i], 4) == 0) memcpy(smtp->command, commands[i], 5);
    }
    return 0;
}

static size_t swallow(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

rapport_smtp *rapport_smtp_open(rapport_smtp_settings settings) {
    rapport_smtp *smtp = rapport_curl_begin() ? calloc(1, sizeof *smtp) : NULL;
    if (!smtp) return NULL;
    smtp->total_seconds = (long)(settings.total_milliseconds / 1000 + 1);
    CURL *curl = smtp->curl = curl_easy_init();
    if (!curl) {
        free(smtp);
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_URL, settings.url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // The environment's proxy is for the web.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, settings.needs_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (settings.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file);
    if (settings.user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, settings.password);
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings.connect_milliseconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings.total_milliseconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 10L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)settings.slow_seconds);
    // The size is not told: libcurl would hold what it wrote, stuffed dots included, against it, and would ask
    // for no more before the end. Without it the last question comes when all else is on the wire.
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, hand_over);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->error);
    return smtp;
}

// libcurl says QUIT and waits for the answer, with limits of its own: a relay that hangs would hold us.
static void hear_no_more(CURL *curl) {
    curl_socket_t wire = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &wire) == CURLE_OK && wire != CURL_SOCKET_BAD)
        shutdown(wire, SHUT_RD);
}

void rapport_smtp_close(rapport_smtp *smtp) {
    hear_no_more(smtp->curl);
    curl_easy_cleanup(smtp->curl);
    free(smtp);
}

// After a failure nobody knows which reply a kept connection would bring next, so it is not kept.
static void forget_connection(rapport_smtp *smtp) {
    CURL *fresh = curl_easy_duphandle(smtp->curl);
    if (!fresh) return;
    hear_no_more(smtp->curl);
    curl_easy_setopt(smtp->curl, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(smtp->curl, CURLOPT_VERBOSE, 0L);
    curl_easy_cleanup(smtp->curl);
    smtp->curl = fresh;
}

rapport_smtp_outcome rapport_smtp_send(
    rapport_smtp *smtp, const char *sender, const char *recipient, const uint8_t *message, size_t length) {
    CURL *curl = smtp->curl;
    struct curl_slist *recipients = curl_slist_append(NULL, recipient);
    smtp->error[0] = smtp->replies[0] = smtp->command[0] = '\0';
    smtp->replies_length = smtp->sent = 0;
    smtp->reply_code = 0;
    smtp->is_handed_over = smtp->is_leaving = false;
    smtp->message = message;
    smtp->length = length;
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, smtp->total_seconds);
    CURLcode code = recipients ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
    long connects = 1;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    smtp->message = NULL;
    bool was_kept = smtp->is_kept;
    smtp->is_kept = code == CURLE_OK;
    if (!smtp->is_kept) forget_connection(smtp);
    return (rapport_smtp_outcome){
        .code = (int32_t)code,
        .words = smtp->error[0] ? smtp->error : curl_easy_strerror(code),
        .reply_code = smtp->reply_code,
        .replies = smtp->replies,
        .command = smtp->command,
        .is_handed_over = smtp->is_handed_over,
        .was_connected_before = was_kept && connects == 0,
    };
}
