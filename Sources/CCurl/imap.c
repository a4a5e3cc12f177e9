#include "CCurl.h"
#include "begin.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rapport_imap {
    CURL *curl;
    char error[CURL_ERROR_SIZE];
    char *url;
    uint8_t *bytes;
    size_t length, capacity, most;
    bool is_cut;
};

static size_t gather(char *piece, size_t size, size_t count, void *context) {
    rapport_imap *imap = context;
    size_t more = size * count;
    if (more > imap->most - imap->length) {
        imap->is_cut = true;
        return 0;
    }
    if (imap->length + more > imap->capacity) {
        size_t wanted = (imap->length + more) * 2;
        uint8_t *grown = realloc(imap->bytes, wanted);
        if (!grown) return 0;
        imap->bytes = grown;
        imap->capacity = wanted;
    }
    memcpy(imap->bytes + imap->length, piece, more);
    imap->length += more;
    return more;
}

rapport_imap *rapport_imap_open(rapport_imap_settings settings) {
    rapport_imap *imap = rapport_curl_begin() ? calloc(1, sizeof *imap) : NULL;
    if (!imap) return NULL;
    imap->url = strdup(settings.url);
    imap->most = settings.most_bytes;
    CURL *curl = imap->curl = curl_easy_init();
    if (!curl || !imap->url) {
        rapport_imap_close(imap);
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
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
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(settings.total_milliseconds / 1000 + 1));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, gather);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, imap);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, imap->error);
    return imap;
}

void rapport_imap_close(rapport_imap *imap) {
    if (imap->curl) curl_easy_cleanup(imap->curl);
    free(imap->url);
    free(imap->bytes);
    free(imap);
}

rapport_imap_outcome rapport_imap_ask(rapport_imap *imap, const char *path, const char *command) {
    imap->error[0] = '\0';
    imap->length = 0;
    imap->is_cut = false;
    size_t room = strlen(imap->url) + strlen(path) + 2;
    char *url = malloc(room);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (url) {
        snprintf(url, room, "%s/%s", imap->url, path);
        curl_easy_setopt(imap->curl, CURLOPT_URL, url);
        curl_easy_setopt(imap->curl, CURLOPT_CUSTOMREQUEST, command);
        code = curl_easy_perform(imap->curl);
        free(url);
    }
    return (rapport_imap_outcome){
        .code = (int32_t)code,
        .words = imap->error[0] ? imap->error : curl_easy_strerror(code),
        .bytes = imap->bytes,
        .length = imap->length,
        .is_cut = imap->is_cut,
    };
}
