#pragma once
#include <stddef.h>
#include <stdint.h>

// Counts scores in packed columns. Plain loops over small pieces that stay in the nearest cache, written so
// that the compiler turns them into vector instructions.

/// The codes of one column in one block: `width` bytes each (1 or 2), or `constant` in every row where the
/// width is 0.
typedef struct {
    const void *codes;
    uint32_t width;
    uint32_t constant;
} rapport_column;

/// Lets rows pass whose code is one of `wanted`; `marks` says the same for each of 65,536 codes, 0xFF or 0.
typedef struct {
    rapport_column column;
    const uint8_t *marks;
    const uint16_t *wanted;
    uint32_t wanted_count;
} rapport_filter;

/// What to count in a block. A row that passes stands in the cell
/// `(day - first_day) * day_stride + group * group_stride + score`.
typedef struct {
    uint32_t rows;
    rapport_column score, day, group;
    const rapport_filter *filters;
    uint32_t filter_count;
    /// Rows of other days do not pass.
    uint32_t first_day, days;
    /// 0 where days, or groups, are not told apart.
    uint32_t day_stride, group_stride;
    /// A lane is a table of its own, so that equal neighbours do not wait for each other: `lane_count` (1 or
    /// 4) tables of `cell_count` counts.
    uint32_t lane_count, cell_count;
} rapport_cut;

/// Adds the rows of one block to `counts`. A row whose cell the tables do not have is left out.
void rapport_count(const rapport_cut *cut, uint32_t *counts);

/// 64 bits that change when any byte does; no defence against somebody who wants them equal.
uint64_t rapport_checksum(const void *bytes, size_t length);
