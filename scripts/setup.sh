#!/bin/bash
# Installs what is missing, by name, and is quiet when there is nothing to do.
#   scripts/setup.sh run    what building and running need
#   scripts/setup.sh test   that, and what the tests need
#   scripts/setup.sh bench  that, and what the measures need
#   scripts/setup.sh soak   what the tests need, and what the long runs do
set -euo pipefail
cd "$(dirname "$0")/.."

debian=(libsqlite3-dev libpq-dev libicu-dev libsodium-dev libxlsxwriter-dev zlib1g-dev libbrotli-dev
    libgmime-3.0-dev libcurl4-openssl-dev libopendkim-dev tzdata esbuild brotli fonts-inter-variable python3 python3-venv)
python=(pyyaml==6.0.3 fonttools==4.68.0 brotli==1.2.1 lucide==1.1.4 zxcvbn==4.5.0)
if [ "${1:-run}" != run ]; then
    debian+=(postgresql-15 chromium fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji sqlite3 wrk
        strace libfaketime nftables iproute2 e2fsprogs valgrind binutils openssl)
    python+=(pytest==9.0.3 playwright==1.65.2 axe-playwright-python==0.1.8 openapi-spec-validator==0.9.0 pillow==13.0.0
        schemathesis==4.32.5 aiosmtpd==1.4.6 dkimpy==1.1.8)
fi
if [ "${1:-run}" = bench ]; then python+=(duckdb==2.0.0); fi

missing=()
for package in "${debian[@]}"; do
    [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" = 0 ]; then
        run=(env DEBIAN_FRONTEND=noninteractive)
    elif sudo -n true 2>/dev/null || { command -v sudo >/dev/null && [ -t 0 ]; }; then
        run=(sudo env DEBIAN_FRONTEND=noninteractive)
    else
        echo "Rapport needs some Debian packages, and this user may not install them. Ask an administrator to run:" >&2
        echo "  apt-get update && $install" >&2
        exit 1
    fi
    echo "Installing: ${missing[*]}" >&2
    log=$(mktemp)
    # A list of packages that is not there or too old is fetched; one that is fresh enough is used as it is.
    if ! "${run[@]}" $install >"$log" 2>&1; then
        { "${run[@]}" apt-get update && "${run[@]}" $install; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    fi
    rm -f "$log"
fi

# Unpacked and not installed: a server that is installed starts, and answers on this machine's ports.
unpack() {
    local folder=.build/$1 fetched package as_root=()
    shift
    [ "$(cat "$folder/complete" 2>/dev/null)" != "$*" ] || return 0
    echo "Fetching: $*" >&2
    fetched=$(mktemp -d)
    fetch() { (cd "$fetched" && apt-get download "$@"); }
    if ! fetch "$@" >"$fetched/log" 2>&1; then
        [ "$(id -u)" = 0 ] || as_root=(sudo -n)
        { "${as_root[@]}" apt-get update && fetch "$@"; } >"$fetched/log" 2>&1 || { cat "$fetched/log" >&2; exit 1; }
    fi
    rm -rf "$folder" && mkdir -p "$folder"
    for package in "$fetched"/*.deb; do dpkg -x "$package" "$folder"; done
    echo "$*" >"$folder/complete"
    rm -rf "$fetched"
}
if [ "${1:-run}" != run ]; then
    unpack mail-system postfix dovecot-core dovecot-imapd dovecot-lmtpd libexttextcat-2.0-0 liblua5.4-0 libwrap0
fi
if [ "${1:-run}" = soak ]; then
    unpack patroni patroni etcd-server python3-cdiff python3-click python3-colorama python3-dateutil python3-dnspython \
        python3-etcd python3-pkg-resources python3-prettytable python3-psutil python3-psycopg2 python3-six \
        python3-urllib3 python3-wcwidth python3-yaml
fi

[ -x .venv/bin/python ] || python3 -m venv .venv
want=$(printf '%s\n' "${python[@]}")
if ! .venv/bin/python - "${python[@]}" <<'PY'
import sys
from importlib import metadata
for wanted in sys.argv[1:]:
    name, version = wanted.split("==")
    try:
        if metadata.version(name) != version:
            sys.exit(1)
    except metadata.PackageNotFoundError:
        sys.exit(1)
PY
then
    echo "Installing Python packages: ${python[*]}" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check $want
fi
