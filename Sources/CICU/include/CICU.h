#pragma once
#include <stdbool.h>
#include <stdint.h>

// ICU as the product needs it. No ICU type shows here, for its headers cannot be imported beside Foundation.
// Text is UTF-16. Functions that write return the length needed: more than `capacity` means that nothing
// useful was written and the call is to be repeated with more room. A negative length is a failure of ICU.

/// Finds words, Chinese ones by dictionary. Costly to open, cheap to use again; for one thread at a time.
typedef struct rapport_word_cutter rapport_word_cutter;

/// NULL where ICU has no data.
rapport_word_cutter *rapport_word_cutter_open(void);
void rapport_word_cutter_close(rapport_word_cutter *cutter);

/// A word in UTF-16 units. `is_number` marks one of digits alone.
typedef struct {
    int32_t start, end;
    bool is_number;
} rapport_word;

/// Words and numbers in order; blanks and punctuation are left out. Returns how many were written; as many as
/// `capacity` may mean that there are more. `text` is read during the call alone.
int32_t rapport_words(
    rapport_word_cutter *cutter, const uint16_t *text, int32_t length, rapport_word *words, int32_t capacity);

/// NFKC with case folded (Unicode NFKC_Casefold): full-width letters become plain, ß becomes ss.
int32_t rapport_fold_case(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity);

/// NFC with the marks of Latin, Greek and Cyrillic letters taken off, and ł, ø, đ, ħ and ŧ without their
/// strokes.
int32_t rapport_fold_accents(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity);

/// Chinese characters of the other script, phrases considered: to Simplified, or to Traditional.
int32_t rapport_simplify(const uint16_t *text, int32_t length, uint16_t *simplified, int32_t capacity);
int32_t rapport_traditionalize(const uint16_t *text, int32_t length, uint16_t *traditional, int32_t capacity);

/// What a language calls itself, by its BCP 47 tag: "ar" is العربية.
int32_t rapport_language_name(const uint16_t *tag, int32_t length, uint16_t *name, int32_t capacity);

/// The CLDR plural category of a number shown with `places` decimals, "few" for example, or NULL.
/// What the tests hold our own rules against.
const char *rapport_plural(const char *language, double number, int32_t places);
