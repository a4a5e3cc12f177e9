#include "CICU.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

struct rapport_word_cutter {
    UBreakIterator *breaks;
};

rapport_word_cutter *rapport_word_cutter_open(void) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &status);
    if (U_FAILURE(status)) return NULL;
    rapport_word_cutter *cutter = malloc(sizeof *cutter);
    cutter->breaks = breaks;
    return cutter;
}

void rapport_word_cutter_close(rapport_word_cutter *cutter) {
    ubrk_close(cutter->breaks);
    free(cutter);
}

int32_t rapport_words(
    rapport_word_cutter *cutter, const uint16_t *text, int32_t length, rapport_word *words,
    int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(cutter->breaks, (const UChar *)text, length, &status);
    if (U_FAILURE(status)) return -1;
    int32_t count = 0, start = ubrk_first(cutter->breaks), end;
    while (count < capacity && (end = ubrk_next(cutter->breaks)) != UBRK_DONE) {
        int32_t kind = ubrk_getRuleStatus(cutter->breaks);
        if (kind >= UBRK_WORD_NUMBER)
            words[count++] = (rapport_word){start, end, kind < UBRK_WORD_NUMBER_LIMIT};
        start = end;
    }
    return count;
}

// ICU says "too small" as an error and the length needed as its value: here both are the length.
static int32_t length_or_failure(int32_t length, UErrorCode status) {
    return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR ? length : -1;
}

int32_t rapport_fold_case(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *folding = unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status)) return -1;
    return length_or_failure(
        unorm2_normalize(folding, (const UChar *)text, length, (UChar *)folded, capacity, &status), status);
}

static UChar without_stroke(UChar letter) {
    switch (letter) {
    case 0x142: return 'l';
    case 0x141: return 'L';
    case 0xF8: return 'o';
    case 0xD8: return 'O';
    case 0x111: return 'd';
    case 0x110: return 'D';
    case 0x127: return 'h';
    case 0x126: return 'H';
    case 0x167: return 't';
    case 0x166: return 'T';
    default: return letter;
    }
}

int32_t rapport_fold_accents(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *apart = unorm2_getNFDInstance(&status), *together = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) return -1;
    // No letter falls into more than four units (Unicode, Normalization FAQ: expansion factors).
    UChar *letters = malloc(sizeof(UChar) * 4 * (size_t)(length + 1));
    int32_t room = 4 * (length + 1);
    int32_t count = unorm2_normalize(apart, (const UChar *)text, length, letters, room, &status);
    int32_t kept = 0;
    for (int32_t index = 0; U_SUCCESS(status) && index < count; index++)
        // The combining marks of the alphabets; those of Indic scripts and kana belong to their letters.
        if (letters[index] < 0x300 || letters[index] > 0x36F)
            letters[kept++] = without_stroke(letters[index]);
    int32_t needed = unorm2_normalize(together, letters, kept, (UChar *)folded, capacity, &status);
    free(letters);
    return length_or_failure(needed, status);
}

static UTransliterator *to_simplified, *to_traditional;
// A transliterator keeps state while it works.
static pthread_mutex_t turning = PTHREAD_MUTEX_INITIALIZER;

static int32_t turn(
    UTransliterator **turner, const char *name, const uint16_t *text, int32_t length, uint16_t *turned,
    int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    if (length > capacity) return length;
    pthread_mutex_lock(&turning);
    if (*turner == NULL) {
        UChar id[32];
        u_uastrcpy(id, name);
        *turner = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    }
    int32_t limit = length, written = length;
    memcpy(turned, text, sizeof(uint16_t) * (size_t)length);
    if (U_SUCCESS(status))
        utrans_transUChars(*turner, (UChar *)turned, &written, capacity, 0, &limit, &status);
    pthread_mutex_unlock(&turning);
    return length_or_failure(written, status);
}

int32_t rapport_simplify(const uint16_t *text, int32_t length, uint16_t *simplified, int32_t capacity) {
    return turn(&to_simplified, "Traditional-Simplified", text, length, simplified, capacity);
}

int32_t rapport_traditionalize(
    const uint16_t *text, int32_t length, uint16_t *traditional, int32_t capacity) {
    return turn(&to_traditional, "Simplified-Traditional", text, length, traditional, capacity);
}

int32_t rapport_language_name(const uint16_t *tag, int32_t length, uint16_t *name, int32_t capacity) {
    char plain[ULOC_FULLNAME_CAPACITY], locale[ULOC_FULLNAME_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    if (length >= ULOC_FULLNAME_CAPACITY) return -1;
    u_UCharsToChars((const UChar *)tag, plain, length);
    plain[length] = 0;
    uloc_forLanguageTag(plain, locale, sizeof locale, NULL, &status);
    if (U_FAILURE(status)) return -1;
    return length_or_failure(uloc_getDisplayName(locale, locale, (UChar *)name, capacity, &status), status);
}

static const char *const categories[] = {"zero", "one", "two", "few", "many", "other"};

const char *rapport_plural(const char *language, double number, int32_t places) {
    UErrorCode status = U_ZERO_ERROR;
    UChar skeleton[40];
    char plain[40] = "precision-integer";
    if (places > 0) {
        memset(plain, 0, sizeof plain);
        plain[0] = '.';
        for (int32_t place = 0; place < places && place < 30; place++) plain[1 + place] = '0';
    }
    u_uastrcpy(skeleton, plain);
    UPluralRules *rules = uplrules_open(language, &status);
    UNumberFormatter *formatter = unumf_openForSkeletonAndLocale(skeleton, -1, language, &status);
    UFormattedNumber *shown = unumf_openResult(&status);
    unumf_formatDouble(formatter, number, shown, &status);
    UChar category[16];
    char name[16];
    int32_t length = uplrules_selectFormatted(rules, shown, category, 15, &status);
    category[U_SUCCESS(status) && length < 16 ? length : 0] = 0;
    u_austrcpy(name, category);
    unumf_closeResult(shown);
    unumf_close(formatter);
    uplrules_close(rules);
    for (size_t index = 0; index < sizeof categories / sizeof *categories; index++)
        if (strcmp(name, categories[index]) == 0) return categories[index];
    return NULL;
}
