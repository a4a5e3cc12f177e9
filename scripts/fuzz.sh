#!/bin/bash
# Feeds made-up bytes to every reader of outside bytes until one traps or breaks its promise.
#   scripts/fuzz.sh [runs] [target...]   200,000 runs of each, unless said otherwise
#   FUZZ_ASAN=1                          with the address sanitizer as well (the long run)
# The seeds are written below and the fuzzer's own seed is fixed, so two runs are alike. An input that fails
# stays in .build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-200000}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(csv json lines form query cookie language contact survey answers)
export SWIFT_BACKTRACE=enable=no
scratch=.build/fuzz
sanitizers=(--sanitize fuzzer)
if [ -n "${FUZZ_ASAN:-}" ]; then
    scratch=.build/fuzz-asan
    sanitizers+=(--sanitize address)
fi
swift build --package-path Tests/Fuzz --scratch-path $scratch -c release "${sanitizers[@]}" --product Fuzz --quiet
fuzz=$PWD/$scratch/release/Fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p .build/fuzz/found

# seed TARGET TEXT...: one file each, escapes as printf knows them.
seed() {
    local target=$1 number=0
    shift
    mkdir -p "$work/$target"
    for text in "$@"; do
        number=$((number + 1))
        printf "$text" >"$work/$target/$number"
    done
}
seed csv '\0score,comment\n9,"late, ""very"""\n3,ok\n' '\1a;b\r\n1;2\r\n' '\0score\t"x\ny"\tz\n' '\5\xff\xfea\0,\0' '\0a,b\n1\n2,3,4\n"' '\3\xef\xbb\xbfa,\xc5\x82\n'
seed json '{"a":[1,2.5e3,-0,"\\u00e9\\ud83d\\ude00",null,true,false]}' '[[[[]]]]' '"\\n"' '{"a":{"b":{}}}' '1e308'
seed lines '\1{"a":1}\n{"b":2}\n\n[3]' '\2 \n"x"\r\nnull'
seed form 'score=9&comment=a+b%%20c%%C5%%82&key=k' 'a&b=&=c&&a=1' 'where%%5Bcity%%5D=Pozna%%C5%%84'
seed query '/s/late?score=9&lang=pl' '/api/v1/scores?survey=srv_0123456789abc&where%%5Btier%%5D=gold&from=2026-01-02&cursor=aGVsbG8' '/%%E4%%BD%%A0?x=2026-11-22T10:00:00.5%%2B01:00'
seed cookie 'rapport_session=0123; rapport_language="pl"' 'a=b;c=%%41;=x; d' 'name=\xc5\x82\r\nSet-Cookie: x=y'
seed language 'pl, en;q=0.8, *;q=0.1' 'zh-TW,zh;q=0.9,en-US;q=0.000' 'br;q=1.0, gzip' 'i-default-x-a-b;q=2;;,'
seed contact 'Anna.Nowak+x@Example.org' '+48 600 100 200' '2026-11-21T10:30:00.5+01:00' '"a b"@[127.0.0.1]' '=1+1' '(0048) 61-5.5'
seed survey '{"name":"A","metric":"nps","scale":"-10..10","method":"weighted","slug":"a-b","languages":["en","pl"],"style":"coloured","texts":{"question":{"en":"How?"}},"questions":[{"key":"q","kind":"choices","text":{"en":"Why"},"options":[{"key":"x","text":{"pl":"X"}}],"required":true}]}' '{"name":"B","metric":"ces"}'
seed answers '{"score":9,"comment":"c","answers":{"choice":"a","choices":["a","b"],"rating":3,"matrix":{"a":1,"b":5},"text":"t","contact":{"name":"N","email":"a@b.pl","phone":"+48600100200"}},"customer":{"external_id":"1","attributes":{"tier":"gold","n":1}},"touchpoint":"shop","channel":"web","agent":"x","language":"pl","occurred_at":"2026-11-01T00:00:00Z"}' '{"score":0}'
seed control 'a=1' 'b=2&c=3'

# Ends with 0 where the target bore all runs.
fuzz_one() {
    local target=$1 runs=$2 most=512
    case $target in survey | answers) most=1024 ;; control) most=32 ;; esac
    FUZZ_TARGET=$target "$fuzz" "$work/$target" -runs="$runs" -seed=1 -max_len=$most -timeout=1 -use_value_profile=1 -rss_limit_mb=1024 \
        -print_final_stats=1 -verbosity=0 -artifact_prefix=".build/fuzz/found/$target-" >"$work/$target.log" 2>&1
}

# The fuzzer must find what was planted, or its silence means nothing.
if fuzz_one control 5000000; then
    echo "fuzz: the planted trap was not found" >&2
    exit 1
fi
grep -q 'Fatal error: found' "$work/control.log" || { cat "$work/control.log" >&2; exit 1; }
rm -f .build/fuzz/found/control-*

at_once=$(nproc)
failed=()
running=()
names=()
collect() {
    if ! wait "${running[0]}"; then failed+=("${names[0]}"); fi
    running=("${running[@]:1}")
    names=("${names[@]:1}")
}
for target in "${targets[@]}"; do
    [ ${#running[@]} -lt "$at_once" ] || collect
    fuzz_one "$target" "$runs" &
    running+=($!)
    names+=("$target")
done
while [ ${#running[@]} -gt 0 ]; do collect; done

for target in "${targets[@]}"; do
    printf '%-10s %s\n' "$target" "$(grep -E 'number_of_executed_units|average_exec_per_sec' "$work/$target.log" | awk '{print $2}' | paste -sd' ' | awk '{print $1 " runs, " $2 " a second"}')"
done
for target in "${failed[@]}"; do
    echo "fuzz: $target failed" >&2
    tail -25 "$work/$target.log" >&2
done
[ ${#failed[@]} -eq 0 ]
