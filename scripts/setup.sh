#!/usr/bin/env bash
# Installs the Debian packages the project needs: those of scripts/packages.txt, of scripts/packages_adapt.txt with --adapt
# (libtorch, for 'aimcsim adapt' alone) and of scripts/packages_check.txt with --check. Installs only what is missing, and
# says what and how much before it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

lists=(packages.txt)
for argument in "$@"; do
  case "$argument" in
    --adapt) lists+=(packages_adapt.txt) ;;
    --check) lists+=(packages_check.txt) ;;
    *) echo "usage: scripts/setup.sh [--adapt] [--check]" >&2; exit 2 ;;
  esac
done
mapfile -t packages < <(cat "${lists[@]}")
apt_line="apt-get install --no-install-recommends ${packages[*]}"

# A subshell, because os-release sets a dozen variables.
if ! (. /etc/os-release 2>/dev/null && [[ "${ID:-}" == debian && "${VERSION_ID:-}" == 12 ]]); then
  echo "setup: this machine is not Debian 12, where the packages are known to fit. On Debian 12 it would run" >&2
  echo "  $apt_line" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ "$status" == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: missing: ${missing[*]}" >&2
    echo "setup: installing them needs root, and there is no sudo here. As root, run" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

export LC_ALL=C  # the size line below is parsed
echo "setup: missing: ${missing[*]}"
"${as_root[@]}" apt-get -qq update
# --assume-no lists what would happen and stops, with exit status 1.
plan=$("${as_root[@]}" apt-get install --no-install-recommends --assume-no "${missing[@]}" 2>&1 || true)
grep -E '^(Need to get|After this operation|E:)' <<<"$plan" | sed 's/^/setup: /' || true
# Errors still reach the terminal: they go to stderr.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --yes --no-install-recommends \
  "${missing[@]}" >/dev/null
echo "setup: installed ${#missing[@]} packages and what they depend on"
