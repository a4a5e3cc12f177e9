#!/bin/bash
# Runs the tests; `make test` calls it after setup. Arguments: swift, browser, faults, soak [PART],
# screenshots [PAGE…], or nothing for all.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
scratch=$(mktemp -d)
chmod 755 "$scratch"

stop() {
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

swift_tests() {
    start_postgres
    swift build --build-tests --enable-code-coverage --quiet
    # Without a line for each request of each test, which would bury the one that fails.
    RAPPORT_STATEMENT_LOG="$scratch/statements" swift test --skip-build --enable-code-coverage --quiet 2>&1 |
        { grep -v '\[Web\] answered$' || true; }
    python3 scripts/check-sql.py .build/debug/rapportPackageTests.xctest \
        .build/debug/codecov/default.profdata "$scratch/statements"
}

swift build --build-tests --enable-code-coverage --quiet
case $what in
swift) swift_tests ;;
browser) .venv/bin/python -m pytest -q Tests/Browser ;;
faults) .venv/bin/python -m pytest -q Tests/Faults ;;
costs) .venv/bin/python -m pytest -q Tests/Costs ;;
soak) .venv/bin/python Tests/Faults/soak.py "${@:2}" ;;
screenshots) .venv/bin/python Tests/Browser/screenshots.py "${@:2}" ;;
all)
    scripts/fuzz.sh
    swift_tests
    .venv/bin/python -m pytest -q Tests/Browser
    .venv/bin/python -m pytest -q Tests/Faults
    .venv/bin/python -m pytest -q Tests/Costs
    ;;
*) echo "scripts/test.sh [swift|browser|faults|costs|soak|screenshots [PAGE…]]" >&2; exit 64 ;;
esac
