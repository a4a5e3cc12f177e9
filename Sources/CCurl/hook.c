#define _GNU_SOURCE
#include "CCurl.h"
#include "begin.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

// All heads of one answer, those of 1xx included.
enum { LONGEST_HEAD = 65536 };

typedef struct {
    CURL *curl;
    const rapport_hook_request *request;
    rapport_hook_answer *answer;
    size_t head_length;
    long status;
    int64_t head_ended;
    bool is_stray;
} exchange;

static int64_t now_milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// The last gate: what was not checked is not connected to, even if libcurl had found it elsewhere.
static curl_socket_t open_checked(void *context, curlsocktype purpose, struct curl_sockaddr *place) {
    exchange *it = context;
    const uint8_t *bytes = NULL;
    size_t length = 0;
    if (place->family == AF_INET) {
        bytes = (const uint8_t *)&((struct sockaddr_in *)&place->addr)->sin_addr;
        length = 4;
    } else if (place->family == AF_INET6) {
        bytes = (const uint8_t *)&((struct sockaddr_in6 *)&place->addr)->sin6_addr;
        length = 16;
    }
    for (size_t i = 0; purpose == CURLSOCKTYPE_IPCXN && bytes && i < it->request->address_count; i++) {
        const rapport_hook_address *checked = &it->request->addresses[i];
        if (checked->length == length && memcmp(checked->bytes, bytes, length) == 0)
            return socket(place->family, place->socktype | SOCK_CLOEXEC, place->protocol);
    }
    it->is_stray = true;
    return CURL_SOCKET_BAD;
}

static size_t hear_head(char *line, size_t size, size_t count, void *context) {
    static const char field[] = "Retry-After:";
    exchange *it = context;
    size_t length = size * count;
    it->head_length += length;
    if (it->head_length > LONGEST_HEAD) return 0;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        it->answer->retry_after[0] = '\0';
    } else if (length > sizeof field - 1 && strncasecmp(line, field, sizeof field - 1) == 0) {
        const char *from = line + sizeof field - 1, *end = line + length;
        while (from < end && (*from == ' ' || *from == '\t')) from++;
        while (end > from && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
        size_t kept = (size_t)(end - from);
        // One that is too long says nothing.
        if (kept >= sizeof it->answer->retry_after) kept = 0;
        memcpy(it->answer->retry_after, from, kept);
        it->answer->retry_after[kept] = '\0';
    } else if (length <= 2 && (line[0] == '\r' || line[0] == '\n')) {
        long status = 0;
        curl_easy_getinfo(it->curl, CURLINFO_RESPONSE_CODE, &status);
        if (status >= 200 && status <= 999) {
            it->status = status;
            it->head_ended = now_milliseconds();
        }
    }
    return length;
}

static size_t hear_body(char *bytes, size_t size, size_t count, void *context) {
    rapport_hook_answer *answer = ((exchange *)context)->answer;
    size_t length = size * count, room = sizeof answer->body - answer->length;
    size_t kept = length < room ? length : room;
    memcpy(answer->body + answer->length, bytes, kept);
    answer->length += kept;
    // Less than it handed over ends the transfer: nobody reads the rest.
    return kept;
}

static int look_at_clock(
    void *context, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t uploaded) {
    (void)total, (void)now, (void)upload_total, (void)uploaded;
    exchange *it = context;
    return it->status > 0 && now_milliseconds() - it->head_ended > it->request->body_milliseconds;
}

static struct curl_slist *header_lines(const char *text) {
    // Without this libcurl asks before it sends more than 1 MB, and waits.
    struct curl_slist *lines = curl_slist_append(NULL, "Expect:");
    char *copy = strdup(text), *rest = copy, *line;
    while (lines && copy && (line = strsep(&rest, "\n")))
        if (*line) lines = curl_slist_append(lines, line);
    free(copy);
    return lines;
}

static void prepare(exchange *it, char *error) {
    CURL *curl = it->curl;
    const rapport_hook_request *request = it->request;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, request->allows_http ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    // The environment's proxy would connect for us, to what it finds itself.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_checked);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, it);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (request->ca_file[0]) curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_milliseconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->total_milliseconds);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_at_clock);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, it);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Rapport");
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->length ? (const char *)request->body : "");
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, it);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, it);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
}

void rapport_hook_post(rapport_hook_request request, rapport_hook_answer *answer) {
    memset(answer, 0, sizeof *answer);
    char error[CURL_ERROR_SIZE] = "";
    exchange it = {.request = &request, .answer = answer};
    CURLcode code = CURLE_OUT_OF_MEMORY;
    struct curl_slist *headers = NULL, *pinned = NULL;
    it.curl = rapport_curl_begin() ? curl_easy_init() : NULL;
    if (it.curl) {
        prepare(&it, error);
        headers = header_lines(request.headers);
        curl_easy_setopt(it.curl, CURLOPT_HTTPHEADER, headers);
        if (request.resolve[0]) pinned = curl_slist_append(NULL, request.resolve);
        curl_easy_setopt(it.curl, CURLOPT_RESOLVE, pinned);
        if (headers && (pinned || !request.resolve[0])) code = curl_easy_perform(it.curl);
        curl_easy_cleanup(it.curl);
    }
    curl_slist_free_all(headers);
    curl_slist_free_all(pinned);
    // The head has said it; how the rest went changes nothing.
    answer->status = (int32_t)it.status;
    const char *words = it.is_stray ? "an address that was not checked" : *error ? error : curl_easy_strerror(code);
    snprintf(answer->words, sizeof answer->words, "%s", words);
}
