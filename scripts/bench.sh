#!/bin/bash
# Measures the release build; docs/benchmarks.md says how.
#   scripts/bench.sh                writes docs/benchmarks.md, in about 20 minutes
#   scripts/bench.sh quick          fewer and shorter rounds, printed only
#   scripts/bench.sh only PART …    some parts, printed only
# RAPPORT_BINARIES names a folder with other builds of rapport and rapport-bench.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${RAPPORT_BINARIES:-}" ]; then
    for product in rapport rapport-bench; do swift build -c release --static-swift-stdlib --product $product --quiet; done
fi
binaries=${RAPPORT_BINARIES:-.build/release}
bench=(.venv/bin/python scripts/bench "$binaries/rapport" "$binaries/rapport-bench")
case ${1:-} in
quick) "${bench[@]}" --quick --only answers kill pages growth ;;
only) "${bench[@]}" --only "${@:2}" ;;
"")
    # A part that fails is named on the page; what the others measured is kept.
    page=$(mktemp)
    "${bench[@]}" >"$page" && failed=0 || failed=$?
    if [ -s "$page" ]; then cat "$page" >docs/benchmarks.md; fi
    rm -f "$page"
    cat docs/benchmarks.md
    exit $failed
    ;;
*) echo "scripts/bench.sh [quick | only PART …]" >&2; exit 64 ;;
esac
