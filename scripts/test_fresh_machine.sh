#!/usr/bin/env bash
# Runs scripts/demo.sh and scripts/test.sh on a Debian 12 that has nothing installed, as a new user would: a warmed
# machine hides missing packages. Needs root and debootstrap. The committed state (HEAD) is what is tested.
# usage: scripts/test_fresh_machine.sh [--in DIRECTORY] [--keep] [demo|test ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

parent=${TMPDIR:-/var/tmp}
keep=false
steps=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --in) parent=${2:?--in needs a directory}; shift ;;
    --keep) keep=true ;;
    demo | test) steps+=("$1") ;;
    *) echo "usage: scripts/test_fresh_machine.sh [--in DIRECTORY] [--keep] [demo|test ...]" >&2; exit 2 ;;
  esac
  shift
done
[[ ${#steps[@]} -gt 0 ]] || steps=(demo test)
[[ $(id -u) -eq 0 ]] || { echo "fresh machine: needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "fresh machine: needs debootstrap (apt-get install debootstrap)" >&2; exit 1; }

mkdir -p "$parent"
root=$(mktemp -d "$parent/aimcsim_fresh_XXXXXX")
chmod 755 "$root"  # apt downloads as its own user
clean_up() {
  for mount in proc dev; do umount --lazy "$root/$mount" 2>/dev/null || true; done
  # Never delete through a mount that stayed.
  if ! $keep && ! grep -q " $root/" /proc/mounts; then rm -rf "$root"; fi
  if $keep; then echo "fresh machine: kept $root"; fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The mirror this machine uses itself: the first one its apt sources name.
mirror() {
  cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -nE 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p; s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' | head -n 1
}

# What apt needs to reach its mirrors from inside: sources, their keys, proxies, name resolution.
carry_apt_configuration() {
  rm -f "$root"/etc/apt/sources.list
  local path
  for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/apt/keyrings \
    /etc/apt/preferences.d /usr/share/keyrings /etc/resolv.conf /etc/hosts; do
    if [[ -e "$path" ]]; then
      mkdir -p "$root$(dirname "$path")"
      cp --recursive --dereference "$path" "$root$(dirname "$path")/"
    fi
  done
}

in_chroot() {
  env --ignore-environment HOME=/root TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    chroot "$root" "$@"
}

debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$(mirror)" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
carry_apt_configuration
mount --types proc proc "$root/proc"
mount --rbind --make-rslave /dev "$root/dev"
mkdir -p "$root/root/aimcsim"
git archive HEAD | tar --extract --directory "$root/root/aimcsim"
for step in "${steps[@]}"; do
  echo "fresh machine: scripts/$step.sh"
  in_chroot bash -c "cd /root/aimcsim && scripts/$step.sh"
done
