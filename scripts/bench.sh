#!/bin/bash
# Measures the release build against this machine's own disk; see scripts/bench.py for the method.
#   scripts/bench.sh          writes docs/benchmarks.md
#   scripts/bench.sh quick    fewer and shorter rounds, printed only
# RAPPORT_BINARY names another build to measure.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${RAPPORT_BINARY:-}" ]; then swift build -c release --product rapport --quiet; fi
binary=${RAPPORT_BINARY:-.build/release/rapport}
if [ "${1:-}" = quick ]; then
    exec .venv/bin/python scripts/bench.py "$binary" --rounds 2 --seconds 2 --rows 200000
fi
.venv/bin/python scripts/bench.py "$binary" --rounds 5 --seconds 5 --rows 1000000 | tee docs/benchmarks.md
