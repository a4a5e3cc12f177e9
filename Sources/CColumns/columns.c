#include "CColumns.h"

#include <stdbool.h>
#include <string.h>

enum { piece = 2048, few = 4 };

static inline const uint8_t *bytes(rapport_column column, uint32_t first) {
    return (const uint8_t *)column.codes + first;
}

static inline const uint16_t *words(rapport_column column, uint32_t first) {
    return (const uint16_t *)column.codes + first;
}

/// A few wanted codes are compared, which the compiler makes vectors of; more are looked up.
static void narrow(const rapport_filter *filter, uint32_t first, uint32_t rows, uint8_t *keep) {
    uint8_t pass[piece];
    if (filter->column.width == 1) {
        const uint8_t *codes = bytes(filter->column, first);
        if (filter->wanted_count > few) {
            for (uint32_t i = 0; i < rows; i++) keep[i] &= filter->marks[codes[i]];
            return;
        }
        memset(pass, 0, rows);
        for (uint32_t w = 0; w < filter->wanted_count; w++) {
            uint8_t wanted = (uint8_t)filter->wanted[w];
            // A code of a later block, which one byte cannot hold.
            if (filter->wanted[w] > 0xFF) continue;
            for (uint32_t i = 0; i < rows; i++) pass[i] |= codes[i] == wanted ? 0xFF : 0;
        }
    } else {
        const uint16_t *codes = words(filter->column, first);
        if (filter->wanted_count > few) {
            for (uint32_t i = 0; i < rows; i++) keep[i] &= filter->marks[codes[i]];
            return;
        }
        memset(pass, 0, rows);
        for (uint32_t w = 0; w < filter->wanted_count; w++) {
            uint16_t wanted = filter->wanted[w];
            for (uint32_t i = 0; i < rows; i++) pass[i] |= codes[i] == wanted ? 0xFF : 0;
        }
    }
    for (uint32_t i = 0; i < rows; i++) keep[i] &= pass[i];
}

static void narrow_days(const rapport_cut *cut, uint32_t first, uint32_t rows, uint8_t *keep) {
    const uint16_t *days = words(cut->day, first);
    uint16_t from = (uint16_t)cut->first_day, last = (uint16_t)(cut->days - 1);
    for (uint32_t i = 0; i < rows; i++) keep[i] &= (uint16_t)(days[i] - from) <= last ? 0xFF : 0;
}

/// Adds `(code - base) * stride` of each row to its cell.
static void place(rapport_column column, uint32_t base, uint32_t stride, uint32_t first, uint32_t rows,
                  uint32_t *cells) {
    if (column.width == 0) {
        uint32_t step = (column.constant - base) * stride;
        for (uint32_t i = 0; i < rows; i++) cells[i] += step;
    } else if (column.width == 1) {
        const uint8_t *codes = bytes(column, first);
        for (uint32_t i = 0; i < rows; i++) cells[i] += (codes[i] - base) * stride;
    } else {
        const uint16_t *codes = words(column, first);
        for (uint32_t i = 0; i < rows; i++) cells[i] += (codes[i] - base) * stride;
    }
}

static void add_scores(const rapport_cut *cut, uint32_t first, uint32_t rows, const uint8_t *keep,
                       uint32_t lanes[4][256]) {
    const uint8_t *scores = bytes(cut->score, first);
    uint8_t folded[piece];
    for (uint32_t i = 0; i < rows; i++) folded[i] = scores[i] | (uint8_t)~keep[i];
    uint32_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        lanes[0][folded[i]]++;
        lanes[1][folded[i + 1]]++;
        lanes[2][folded[i + 2]]++;
        lanes[3][folded[i + 3]]++;
    }
    for (; i < rows; i++) lanes[0][folded[i]]++;
}

static void add_cells(const rapport_cut *cut, uint32_t first, uint32_t rows, const uint8_t *keep,
                      uint32_t *counts) {
    uint32_t cells[piece] = {0};
    place(cut->score, 0, 1, first, rows, cells);
    if (cut->group_stride) place(cut->group, 0, cut->group_stride, first, rows, cells);
    if (cut->day_stride) place(cut->day, cut->first_day, cut->day_stride, first, rows, cells);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows; i++) {
        cells[kept] = cells[i];
        // The second half costs nothing beside the first, and keeps a wrong code inside the table.
        kept += (keep[i] & 1) & (cells[i] < cut->cell_count);
    }
    uint32_t *lane[4] = {counts, counts, counts, counts};
    if (cut->lane_count == 4)
        for (int l = 1; l < 4; l++) lane[l] = counts + (size_t)l * cut->cell_count;
    uint32_t i = 0;
    for (; i + 4 <= kept; i += 4) {
        lane[0][cells[i]]++;
        lane[1][cells[i + 1]]++;
        lane[2][cells[i + 2]]++;
        lane[3][cells[i + 3]]++;
    }
    for (; i < kept; i++) lane[0][cells[i]]++;
}

/// True where no row of the block passes, or none needs to be looked at for this filter.
static bool decided(const rapport_filter *filter, bool *passes) {
    if (filter->column.width != 0) return false;
    *passes = filter->marks[filter->column.constant] != 0;
    return true;
}

void rapport_count(const rapport_cut *cut, uint32_t *counts) {
    for (uint32_t f = 0; f < cut->filter_count; f++) {
        bool passes = true;
        if (decided(&cut->filters[f], &passes) && !passes) return;
    }
    bool has_day_filter = cut->day.width != 0;
    if (!has_day_filter && cut->day.constant - cut->first_day >= cut->days) return;
    bool is_plain = cut->score.width == 1 && !cut->group_stride && !cut->day_stride;
    uint32_t lanes[4][256];
    if (is_plain) memset(lanes, 0, sizeof lanes);
    for (uint32_t first = 0; first < cut->rows; first += piece) {
        uint32_t rows = cut->rows - first < piece ? cut->rows - first : piece;
        uint8_t keep[piece];
        memset(keep, 0xFF, rows);
        for (uint32_t f = 0; f < cut->filter_count; f++)
            if (cut->filters[f].column.width != 0) narrow(&cut->filters[f], first, rows, keep);
        if (has_day_filter) narrow_days(cut, first, rows, keep);
        if (is_plain)
            add_scores(cut, first, rows, keep, lanes);
        else
            add_cells(cut, first, rows, keep, counts);
    }
    if (!is_plain) return;
    for (uint32_t cell = 0; cell < cut->cell_count && cell < 255; cell++)
        counts[cell] += lanes[0][cell] + lanes[1][cell] + lanes[2][cell] + lanes[3][cell];
}

uint64_t rapport_checksum(const void *start, size_t length) {
    const uint8_t *bytes = start;
    const uint64_t prime = 0x9E3779B97F4A7C15;
    uint64_t lane[4] = {1, 2, 3, 4};
    size_t i = 0;
    for (; i + 32 <= length; i += 32) {
        for (int l = 0; l < 4; l++) {
            uint64_t word;
            memcpy(&word, bytes + i + 8 * l, 8);
            lane[l] = (lane[l] ^ word) * prime;
            lane[l] ^= lane[l] >> 29;
        }
    }
    uint64_t sum = length;
    for (int l = 0; l < 4; l++) sum = (sum ^ lane[l]) * prime + (sum >> 31);
    for (; i < length; i++) sum = (sum ^ bytes[i]) * prime + (sum >> 29);
    return sum ^ (sum >> 32);
}
