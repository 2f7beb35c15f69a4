#!/usr/bin/env bash
# Times sealing with two workers against `zstd -3 -T2 | age` on the same corpus, in turns, and prints the ratio of the
# medians. Both read from the page cache and write to the same place.
set -euo pipefail
cd "$(dirname "$0")"
rounds=${1:-7}
need() {
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $1"; apt-get install -y -q "$1" >/dev/null
  else
    echo "$1 is missing: apt-get install $1"; exit 1
  fi
}
need age
need zstd
dotnet build -c Release -nodeReuse:false -v q --nologo
bench=bin/Release/net10.0/Lucid.Bench.Evidence
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bench" corpus "$work/corpus"
age-keygen -o "$work/key" 2>/dev/null
recipient=$(age-keygen -y "$work/key")
bytes=$(stat -c %s "$work/corpus")
now() { date +%s.%N; }
lucid=() other=()
for ((i = 0; i <= rounds; i++)); do
  rm -f "$work/out"; a=$(now); "$bench" seal "$work/corpus" "$work/out" 2 >/dev/null; b=$(now)
  rm -f "$work/out"; c=$(now); zstd -q -3 -T2 -c "$work/corpus" | age -r "$recipient" >"$work/out"; d=$(now)
  # The first turn warms the page cache.
  if ((i > 0)); then
    lucid+=("$(echo "$b $a" | awk '{print $1 - $2}')"); other+=("$(echo "$d $c" | awk '{print $1 - $2}')")
  fi
done
median() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
l=$(median "${lucid[@]}"); o=$(median "${other[@]}")
awk -v l="$l" -v o="$o" -v n="$bytes" -v r="$rounds" 'BEGIN {
  printf "median of %d turns over %d MiB, whole processes with start-up and writing\n", r, n / 1048576
  printf "lucid seal, 2 workers   %6.3f s  %6.0f MB/s\n", l, n / l / 1e6
  printf "zstd -3 -T2 | age       %6.3f s  %6.0f MB/s\n", o, n / o / 1e6
  printf "ratio                   %6.2f x\n", o / l }'
