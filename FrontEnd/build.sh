#!/bin/bash
# Builds what browsers load into .build/assets: app.css, app.js, answer.js, public.css, icons.svg, inter.woff2, favicon.svg.
# Each lies there as NAME-HASH.EXT beside its .gz and .br twin; `manifest` maps NAME.EXT to that name, one a line.
# Debian: esbuild brotli fonts-inter-variable python3-venv. Python, in .venv: lucide fonttools brotli.
set -euo pipefail
cd "$(dirname "$0")"
out=../.build/assets
python=../.venv/bin/python
font=/usr/share/fonts/truetype/inter-vf/Inter-roman.var.ttf

stamp=$(cat build.sh sprite.py icons.txt mark.svg styles/*.css scripts/*.ts | sha256sum | cut -c1-16)
[ -s "$out/manifest" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ] && exit 0

[ -x ../.venv/bin/pyftsubset ] && "$python" -c 'import lucide, brotli' 2>/dev/null || {
    python3 -m venv ../.venv
    "$python" -m pip install --quiet --disable-pip-version-check lucide==1.1.4 fonttools==4.68.0 brotli==1.2.1
}

mkdir -p "$out" ../.build/front
work=$(cd ../.build/front && pwd)

# The font takes seconds and never changes: it is kept between builds.
subset="$work/inter-$(sha256sum "$font" | cut -c1-8).woff2"
[ -s "$subset" ] || ../.venv/bin/pyftsubset "$font" --flavor=woff2 --layout-features='kern,liga,calt,tnum,ccmp,locl,mark,mkmk,case,cv05,ss03' \
    --unicodes='U+20-7E,U+A0-17F,U+192,U+218-21B,U+2BB-2C7,U+2D8-2DD,U+2009-200B,U+2010-2027,U+202F-2030,U+2032-203A,U+2044,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265,U+25B2,U+25BC,U+25CF' \
    --output-file="$subset"

entries="$work/entries"
rm -rf "$entries" && mkdir -p "$entries"
cp "$subset" "$entries/inter.woff2"
cp mark.svg "$entries/favicon.svg"
"$python" sprite.py icons.txt "$entries/icons.svg"
esbuild styles/app.css styles/public.css --bundle --minify --external:'/assets/*' --log-level=warning --outdir="$entries"
esbuild scripts/answer.ts --bundle --minify --format=esm --target=es2020 --log-level=warning --outfile="$entries/answer.js"
esbuild scripts/app.ts --bundle --minify --format=esm --target=es2020 --log-level=warning --outfile="$entries/app.js"

fingerprint() { # NAME.EXT: files it under its hash and tells the manifest
    local hash name=$1
    hash=$(sha256sum "$entries/$name" | cut -c1-10)
    local filed="${name%.*}-$hash.${name##*.}"
    cp "$entries/$name" "$fresh/$filed"
    echo "$name $filed" >>"$fresh/manifest"
    case $name in
    *.woff2) ;;
    *) gzip -9nk "$fresh/$filed" && brotli -q 11 -k "$fresh/$filed" ;;
    esac
}

fresh="$work/fresh"
rm -rf "$fresh" && mkdir -p "$fresh"
fingerprint inter.woff2
sed -i "s|/assets/inter.woff2|/assets/$(awk '$1 == "inter.woff2" { print $2 }' "$fresh/manifest")|" "$entries/app.css"
for name in app.css app.js answer.js public.css icons.svg favicon.svg; do fingerprint "$name"; done
sort -o "$fresh/manifest" "$fresh/manifest"
echo "$stamp" >"$fresh/stamp"

find "$out" -maxdepth 1 -type f -delete
mv "$fresh"/* "$out"/
