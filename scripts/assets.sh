#!/bin/bash
# Collects what the binary carries inside: catalogs, templates, common passwords, and what FrontEnd/build.sh
# made.
# Writes Sources/CAssets/generated; says and writes nothing when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C
out=Sources/CAssets/generated

if [ -f FrontEnd/build.sh ]; then bash FrontEnd/build.sh; fi

# The API's description is kept as YAML, with comments and few brackets, and served as JSON.
description=docs/api/openapi.yaml
if [ ! -s .build/assets/openapi.json ] || [ $description -nt .build/assets/openapi.json ]; then
    .venv/bin/python -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)' \
        <$description >.build/assets/openapi.json
fi

# Passwords that many people have, from the package that the field takes them from.
passwords=.build/words/common-passwords.txt
if [ ! -s $passwords ]; then
    mkdir -p .build/words
    if ! .venv/bin/python -c 'from zxcvbn.frequency_lists import FREQUENCY_LISTS as known
print(*known["passwords"], sep="\n")' >$passwords 2>/dev/null; then
        rm -f $passwords
        echo "assets: the list of common passwords is missing; scripts/setup.sh installs what makes it" >&2
    fi
fi

# One line for each asset: its name, a tab, its file.
list() {
    find Sources/Language/Catalogs -name '*.json' |
        sed -E 's#^(Sources/Language/Catalogs/(.*))$#catalogs/\2\t\1#'
    find Sources -path '*/Templates/*.mustache' | sed -E 's#^(.*/([^/]*))$#templates/\2\t\1#'
    if [ -s $passwords ]; then printf 'words/common-passwords.txt\t%s\n' $passwords; fi
    if [ -d .build/assets ]; then
        find .build/assets -type f | sed -E 's#^(\.build/(assets/.*))$#\2\t\1#'
    fi
}
assets=$(list | sort)
twice=$(cut -f1 <<<"$assets" | uniq -d)
if [ -n "$twice" ]; then
    echo "assets: two files have one name: $twice" >&2
    exit 1
fi

hash=$( (cat scripts/assets.sh; echo "$assets"; cut -f2 <<<"$assets" | xargs -d '\n' sha256sum) | sha256sum)
hash=${hash%% *}
if [ "$(head -n 1 $out/table.h 2>/dev/null || true)" = "// $hash" ]; then exit 0; fi

rm -rf $out
mkdir -p $out/files
table="// $hash"
index=0
while IFS=$'\t' read -r name file; do
    mkdir -p "$out/files/${name%/*}"
    cp "$file" "$out/files/$name"
    table+=$'\n'"ASSET($index, \"$name\")"
    index=$((index + 1))
done <<<"$assets"
# Last, so that a run that was cut short starts anew.
echo "$table" > $out/table.h
