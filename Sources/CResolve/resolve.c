#include "CResolve.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>

int32_t rapport_txt(const char *name, uint8_t *answer, size_t capacity) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return RAPPORT_TXT_FAILED;
    state.retrans = 3;
    state.retry = 2;
    int length = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, (int)capacity);
    int reason = state.res_h_errno;
    res_nclose(&state);
    if (length >= 0) return length;
    return reason == HOST_NOT_FOUND || reason == NO_DATA ? RAPPORT_TXT_NONE : RAPPORT_TXT_FAILED;
}
