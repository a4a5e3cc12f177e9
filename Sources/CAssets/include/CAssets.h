#pragma once
#include <stddef.h>
#include <stdint.h>

/// A file that the binary carries inside. `bytes` lives as long as the process.
struct rapport_asset {
    const char *name;
    const uint8_t *bytes;
    size_t length;
};

size_t rapport_asset_count(void);

/// The asset at `index`, in the order of the names' bytes; `index` is below the count.
struct rapport_asset rapport_asset_at(size_t index);
