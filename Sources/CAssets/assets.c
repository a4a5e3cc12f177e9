#include "CAssets.h"

#if !__has_include("table.h")
#error "The assets are not built yet: run make, which builds them first."
#else

// The table names every file twice: once to lay its bytes down, once to say where they lie.
#define ASSET(index, path)                                                                          \
    __asm__(".pushsection .rodata\n"                                                                \
            ".balign 16\n"                                                                          \
            "rapport_asset_" #index ":\n"                                                           \
            ".incbin \"files/" path "\"\n"                                                          \
            "rapport_asset_end_" #index ":\n"                                                       \
            ".byte 0\n"                                                                             \
            ".popsection\n");                                                                       \
    extern const uint8_t rapport_asset_##index[], rapport_asset_end_##index[];
#include "table.h"
#undef ASSET

static const struct {
    const char *name;
    const uint8_t *begin, *end;
} assets[] = {
#define ASSET(index, path) {path, rapport_asset_##index, rapport_asset_end_##index},
#include "table.h"
#undef ASSET
};

size_t rapport_asset_count(void) { return sizeof assets / sizeof assets[0]; }

struct rapport_asset rapport_asset_at(size_t index) {
    return (struct rapport_asset){
        assets[index].name, assets[index].begin, (size_t)(assets[index].end - assets[index].begin)};
}
#endif
