#!/usr/bin/env bash
# Wall time of what a user waits for, against the project's targets: clean build, tests, demo, timing of Llama-3.2-1B.
# Prints one table; asserts nothing, because machines differ. usage: bench/whole_program.sh [build directory]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build=${1:-$work/build}

seconds() {  # label, target, command...
  local label=$1 target=$2 start end
  shift 2
  start=$(date +%s.%N)
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  end=$(date +%s.%N)
  printf '%-44s %8.1f s   target %s\n' "$label" "$(awk "BEGIN { print $end - $start }")" "$target"
}

cmake -S . -B "$build" -G Ninja -DAIMC_CCACHE=OFF >/dev/null
seconds "clean Release build ($(nproc) cores)" "360 s on 2 cores" cmake --build "$build"
seconds "all tests" "300 s on 2 cores" ctest --test-dir "$build" --parallel "$(nproc)"
run="$build/bin/aimcsim run"
seconds "demo, 10 seeds" "45 s on 2 cores" $run configs/experiments/demo.yaml --out "$work/demo"
seconds "Llama-3.2-1B in time, 128 + 32 tokens" "10 s" $run configs/experiments/llama-3.2-1b.yaml --out "$work/llama"
seconds "Phi-3-mini in time, 128 + 32 tokens" "-" $run configs/experiments/phi-3-mini.yaml --out "$work/phi"
