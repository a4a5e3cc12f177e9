#include "begin.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode begun;

static void begin(void) {
    begun = curl_global_init(CURL_GLOBAL_DEFAULT);
    // A peer that is gone must not end the process: with NOSIGNAL libcurl leaves this to its caller.
    struct sigaction before;
    if (sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

bool rapport_curl_begin(void) {
    pthread_once(&once, begin);
    return begun == CURLE_OK;
}
