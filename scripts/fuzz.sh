#!/bin/bash
# Feeds made-up bytes to every reader of outside bytes until one traps or breaks its promise.
#   scripts/fuzz.sh [runs] [target...]   200,000 runs of each, unless said otherwise
#   FUZZ_ASAN=1                          with the address sanitizer as well (the long run)
#   FUZZ_TIMEOUT=60                      seconds that one input may take where the machine has other work, else 5
# The seeds are written below and the fuzzer's own seed is fixed, so two runs are alike. An input that fails
# stays in .build/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-200000}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(mime meaning robot letter survey delivery csv answers json lines form query cookie language contact reply header imap hook signature records)
export SWIFT_BACKTRACE=enable=no
scratch=.build/fuzz
sanitizers=(--sanitize fuzzer)
if [ -n "${FUZZ_ASAN:-}" ]; then
    scratch=.build/fuzz-asan
    sanitizers+=(--sanitize address)
    # Where memory was allocated costs up to nine tenths of a run to note, and an input that fails is kept: run it
    # again without this to know. What one input frees is far less than what is held back here.
    export ASAN_OPTIONS=malloc_context_size=0:quarantine_size_mb=16:allocator_release_to_os_interval_ms=-1
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
seed contact 'Anna.Nowak+x@Example.org' '+48 600 100 200' '2026-11-21T10:30:00.5+01:00' '"a b"@[127.0.0.1]' '=1+1' '(0048) 61-5.5' 'P1W3DT2H30M5S' 'https://www.example.org:443/a?b=c#d'
seed survey '{"name":"A","metric":"nps","scale":"-10..10","method":"weighted","slug":"a-b","languages":["en","pl"],"style":"coloured","texts":{"question":{"en":"How?"}},"questions":[{"key":"q","kind":"choices","text":{"en":"Why"},"options":[{"key":"x","text":{"pl":"X"}}],"required":true}]}' '{"name":"B","metric":"ces"}'
seed answers '{"score":9,"comment":"c","answers":{"choice":"a","choices":["a","b"],"rating":3,"matrix":{"a":1,"b":5},"text":"t","contact":{"name":"N","email":"a@b.pl","phone":"+48600100200"}},"customer":{"external_id":"1","attributes":{"tier":"gold","n":1}},"touchpoint":"shop","channel":"web","agent":"x","language":"pl","occurred_at":"2026-11-01T00:00:00Z"}' '{"score":0}'
seed mime 'From: a@b.example\nTo: reply+abc@example.org\nIn-Reply-To: <x@example.org>\nSubject: =?utf-8?b?xYI=?=\n\nhello\n\nOn 4 May 2026 X <a@b.c> wrote:\n> x\n' 'From: MAILER-DAEMON@b.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nA: b\n\nFinal-Recipient: rfc822; a@b.c\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <x@y.z>\nReturn-Path: <bounce+q@example.org>\n\nx\n--b--\n' 'Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <bounce+q@example.org>\n--b--\n' 'From: a@b.c\nTo: reply+a@example.org\nContent-Type: text/html; charset=gb18030\nContent-Transfer-Encoding: base64\n\nPHA+zu/B9zxicj48L3A+\n' 'Return-Path: <>\nSubject: failure notice\nX-Failed-Recipients: a@b.c\n\n550 5.1.1 no\n' 'From: a@b.c\nTo: reply+a@example.org\nSubject: unsubscribe\n\nx\n'
seed delivery 'Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; <a@b.c>\nAction: failed\nStatus: 5.1.1 (x)\nDiagnostic-Code: smtp; 550\n 5.1.1 user unknown\n\nAction: delayed\nStatus: 4.2.2\n' '<a@b.c>: 550 5.7.1 no. 1.2.3.4' '\xe7\x94\xa8\xe6\x88\xb7\xe4\xb8\x8d\xe5\xad\x98\xe5\x9c\xa8'
seed reply 'Good\n\nOn 4 May 2026, X <a@b.c> wrote:\n> q\nmore\n-- \nAnna' 'W dniu 4.05 o 10:12, X pisze:\n> q' 'ok\nFrom: a\nSent: b\nTo: c\n' '\xe5\x9c\xa8 2026 <a@b.c> \xe5\x86\x99\xe9\x81\x93\xef\xbc\x9a\n> q' '<p>a&amp;b</p><!-- x --><blockquote>q</blockquote>' 'x\n-----Original Message-----\n' 'Sent from my x'
seed header 'Hello' 'a\r\nBcc: x' '\xc5\x82\xf0\x9f\x98\x80' '=?utf-8?q?x?=' '"a", b <c@d.e>' '<https://a.b/c>, <mailto:d@e.f>'
seed letter 'Sklep\xffAnna\xffa@b.example\xffHow?\xfftext\n.\n\xff<p>x</p>\xff<a.b>' '\xc5\x82\r\nx: y\xff"a"\xffb@xn--a.c\xff=?utf-8?q?x?=\xff--=_rapport\n\xff\xff<c>'
seed robot 'A score of 3\xffCold <!channel>\n# x\n- y\xff@all &lt;\xff[a](b)' '\xc5\x82\xff**b** `c` ~d~\xff\xe6\x89\x80\xe6\x9c\x89\xe4\xba\xba\xff\xe2\x80\xae'
seed hook 'https://example.org:443/a?b=c' 'http://127.0.0.1:9000/' 'https://[2001:db8::1]:443/' 'https://0x7f.1/' 'https://user:pw@[::ffff:1.2.3.4]:80' '10.0.0.0/8' '::ffff:10.0.0.1' 'fe80::/10' '127.1'
seed signature 'v1,AQID v1a,+vv8/Q==' 'Sun, 06 Nov 1994 08:49:37 GMT' 'Sunday, 06-Nov-94 08:49:37 GMT' 'Sun Nov  6 08:49:37 1994' '120' 'AQID'
seed records '\x00\x07\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x01a\x00\x00\x10\x00\x01\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x07\x06v=spf1' '\x00\x07\x81\x80\x00\x00\x00\x02\x00\x00\x00\x00\x01a\x00\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c\x01a\x00\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x06\x01a\x03p=x'
seed imap '* STATUS "INBOX" (UIDVALIDITY 3 UIDNEXT 8)\r\n' '* SEARCH 4 9 12\r\n* SEARCH 7\r\n'
cp -r "$work/mime" "$work/meaning"
seed control 'a=1' 'b=2&c=3'

# Ends with 0 where the target bore all runs.
fuzz_one() {
    local target=$1 runs=$2 most=512
    case $target in survey | answers | mime | meaning) most=1024 ;; control) most=32 ;; esac
    FUZZ_TARGET=$target "$fuzz" "$work/$target" -runs="$runs" -seed=1 -max_len=$most -timeout="${FUZZ_TIMEOUT:-5}" -use_value_profile=1 -rss_limit_mb=1024 \
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
