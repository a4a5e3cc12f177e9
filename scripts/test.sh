#!/bin/bash
# Runs the tests; `make test` calls it after setup. Arguments: swift, browser, faults, soak [PART],
# screenshots [PAGE…], or nothing for all.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
# What runs beside this script: process to name.
declare -A beside=()
failed=()
scratch=$(mktemp -d)
chmod 755 "$scratch"

stop() {
    local pid
    for pid in "${!beside[@]}"; do kill -INT -- "-$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    if [ -d "$scratch/postgres" ]; then as_postgres "$pg/pg_ctl -D $scratch/postgres -m immediate stop" >/dev/null 2>&1 || true; fi
    rm -rf "$scratch"
}
trap stop EXIT

pg=/usr/lib/postgresql/15/bin
as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/bash -c "$1"; else bash -c "$1"; fi; }

# A PostgreSQL of our own, on a free port of the loopback: nothing else on this machine is touched.
start_postgres() {
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    [ "$(id -u)" = 0 ] && chown postgres "$scratch"
    as_postgres "$pg/initdb -D $scratch/postgres -A trust -E UTF8 --locale=C.UTF-8 --lc-collate=C -U postgres" >/dev/null
    as_postgres "$pg/pg_ctl -D $scratch/postgres -w start -l $scratch/postgres.log \
        -o \"-p $port -k $scratch -c listen_addresses=127.0.0.1 -c max_connections=2000 -c fsync=off -c full_page_writes=off\"" >/dev/null
    as_postgres "$pg/psql -q -h 127.0.0.1 -p $port -U postgres -d postgres -c \
        \"CREATE DATABASE rapport_test TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'\""
    export TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/rapport_test"
}

build() { swift build --build-tests --enable-code-coverage --quiet; }

swift_tests() {
    start_postgres
    # Without a line for each request of each test, which would bury the one that fails.
    RAPPORT_STATEMENT_LOG="$scratch/statements" swift test --skip-build --enable-code-coverage --quiet 2>&1 |
        { grep -v '\[Web\] answered$' || true; }
    python3 scripts/check-sql.py .build/debug/rapportPackageTests.xctest \
        .build/debug/codecov/default.profdata "$scratch/statements"
}

# A server's own coverage is nobody's to read.
checks() { LLVM_PROFILE_FILE=/dev/null .venv/bin/python -m pytest -q "Tests/$1"; }

# begin NAME COMMAND...: beside what follows, in a group of processes that `stop` can end.
begin() {
    set -m
    "${@:2}" >"$scratch/$1.log" 2>&1 </dev/null &
    set +m
    beside[$!]=$1
}

# await NAME: what it said, whole, once it has ended.
await() {
    local pid status=0
    for pid in "${!beside[@]}"; do
        [ "${beside[$pid]}" = "$1" ] || continue
        wait "$pid" || status=$?
        unset "beside[$pid]"
    done
    echo "== $1"
    cat "$scratch/$1.log"
    [ $status = 0 ] || failed+=("$1")
}

case $what in
swift)
    build
    swift_tests
    ;;
browser)
    build
    checks Browser
    ;;
faults)
    build
    checks Faults
    ;;
costs)
    build
    checks Costs
    ;;
soak)
    build
    case "${*:2}" in "" | *steady*) swift build -c release --static-swift-stdlib --product rapport --quiet ;; esac
    .venv/bin/python Tests/Faults/soak.py "${@:2}"
    ;;
screenshots)
    build
    .venv/bin/python Tests/Browser/screenshots.py "${@:2}"
    ;;
all)
    # The fuzzer needs no dependency and takes what time the others leave; the browser and the faults wait more
    # than they work. The Swift tests and the costs run alone, for some of them look at a clock.
    begin fuzz nice -n 19 scripts/fuzz.sh
    build
    begin browser checks Browser
    FAULT_SLACK=2 begin faults checks Faults
    for name in fuzz browser faults; do await $name; done
    begin swift swift_tests
    await swift
    begin costs checks Costs
    await costs
    [ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
    ;;
*) echo "scripts/test.sh [swift|browser|faults|costs|soak|screenshots [PAGE…]]" >&2; exit 64 ;;
esac
