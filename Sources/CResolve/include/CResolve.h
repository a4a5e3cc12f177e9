#pragma once
#include <stddef.h>
#include <stdint.h>

// The resolver of the C library. Its names are macros, which cannot be imported.

/// What `rapport_txt` answers where it has no records.
#define RAPPORT_TXT_NONE (-1)
#define RAPPORT_TXT_FAILED (-2)

/// Asks for the TXT records of a name as this machine resolves names, without a search list. Blocks until
/// somebody has answered, at most about ten seconds. The length of the answer, which may be longer than what
/// there was room for.
int32_t rapport_txt(const char *name, uint8_t *answer, size_t capacity);
