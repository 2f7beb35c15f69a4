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
TIMEFORMAT='%R %U %S'
lucid=() other=() lucid_cpu=() other_cpu=()
for ((i = 0; i <= rounds; i++)); do
  rm -f "$work/out"
  read -r real user sys < <({ time "$bench" seal "$work/corpus" "$work/out" 2 >/dev/null; } 2>&1)
  rm -f "$work/out"
  read -r real2 user2 sys2 < <({ time { zstd -q -3 -T2 -c "$work/corpus" | age -r "$recipient" >"$work/out"; }; } 2>&1)
  # The first turn warms the page cache.
  if ((i > 0)); then
    lucid+=("$real") other+=("$real2")
    lucid_cpu+=("$(awk "BEGIN {print $user + $sys}")") other_cpu+=("$(awk "BEGIN {print $user2 + $sys2}")")
  fi
done
median() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
l=$(median "${lucid[@]}"); o=$(median "${other[@]}"); lc=$(median "${lucid_cpu[@]}"); oc=$(median "${other_cpu[@]}")
awk -v l="$l" -v o="$o" -v lc="$lc" -v oc="$oc" -v n="$bytes" -v r="$rounds" 'BEGIN {
  printf "median of %d turns over %d MiB, whole processes with start-up and writing\n", r, n / 1048576
  printf "                        %8s  %11s  %8s\n", "time", "throughput", "CPU time"
  printf "lucid seal, 2 workers   %6.3f s  %6.0f MB/s  %6.3f s\n", l, n / l / 1e6, lc
  printf "zstd -3 -T2 | age       %6.3f s  %6.0f MB/s  %6.3f s\n", o, n / o / 1e6, oc
  printf "ratio                   %6.2f x               %6.2f x\n", o / l, oc / lc }'
