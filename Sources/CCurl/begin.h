#pragma once
#include <stdbool.h>

// True once libcurl can be used in this process.
bool rapport_curl_begin(void);
