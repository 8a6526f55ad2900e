#!/usr/bin/env bash
# What a change must pass besides the tests: format, clang-tidy, and the tests under the address and undefined-behaviour
# sanitizers. usage: scripts/check.sh [--all] [format|tidy|asan ...]
#   --all   run clang-tidy over every file, not only over those changed since main
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=false
steps=()
for argument in "$@"; do
  case "$argument" in
    --all) all=true ;;
    format | tidy | asan) steps+=("$argument") ;;
    *) echo "usage: scripts/check.sh [--all] [format|tidy|asan ...]" >&2; exit 2 ;;
  esac
done
[[ ${#steps[@]} -gt 0 ]] || steps=(format tidy asan)

sources() { git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp' | xargs -r ls 2>/dev/null; }

# Sources changed since the branch left main, committed or not.
changed_sources() {
  local base
  base=$(git merge-base HEAD main 2>/dev/null || echo HEAD)
  { git diff --name-only --diff-filter=d "$base" -- '*.h' '*.cpp'; git ls-files --others --exclude-standard -- '*.h' '*.cpp'; } | sort -u
}

check_format() {
  sources | xargs clang-format-19 --dry-run -Werror
  local long
  long=$(sources | xargs wc -l | awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines, more than 500"}')
  if [[ -n "$long" ]]; then
    echo "$long" >&2
    return 1
  fi
  echo "check: format is clean"
}

# clang-tidy reads the compile commands of GCC, without the flags that clang does not know. Headers are looked at
# through the files that include them.
check_tidy() {
  cmake --preset release >/dev/null
  cmake --build --preset release --target aimc_base >/dev/null  # the precompiled headers' sources must exist
  # clang's own omp.h comes in a package that replaces other versions' libraries; to read the code GCC's serves, but
  # for an attribute with an argument that only GCC knows.
  mkdir -p build/tidy/include
  rm -f build/tidy/include/omp.h
  sed -E 's/__malloc__ \(omp_free\)/__malloc__/' "$(g++ -print-file-name=include/omp.h)" >build/tidy/include/omp.h
  sed -E 's/ -fpch-preprocess//g; s/ -Winvalid-pch//g' build/release/compile_commands.json >build/tidy/compile_commands.json
  local files
  if $all; then files=$(sources); else files=$(changed_sources); fi
  files=$(grep '\.cpp$' <<<"$files" || true)
  if [[ -z "$files" ]]; then
    echo "check: no changed source file for clang-tidy"
    return
  fi
  # shellcheck disable=SC2046
  run-clang-tidy-19 -quiet -p build/tidy -j "$(nproc)" -extra-arg="-isystem$PWD/build/tidy/include" \
    -header-filter "$PWD/(base|workloads|tiles|interconnect|sim|cli|serve|tests|bench)/" \
    $(sed -E 's/[.+]/\\&/g; s/^/\//; s/$/$/' <<<"$files") >build/tidy/output.txt 2>build/tidy/errors.txt ||
    { grep -E -A4 'warning:|error:' build/tidy/output.txt || cat build/tidy/output.txt build/tidy/errors.txt; return 1; }
  echo "check: clang-tidy is clean on $(wc -l <<<"$files") files"
}

check_asan() {
  scripts/build.sh asan
  ctest --preset asan --parallel "$(nproc)"
}

scripts/setup.sh --adapt --check
for step in "${steps[@]}"; do "check_$step"; done
