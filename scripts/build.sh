#!/usr/bin/env bash
# Configures and builds into build/<preset>. usage: scripts/build.sh [preset, by default release] [target ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
cmake --preset "$preset"
exec cmake --build --preset "$preset" ${2:+--target "${@:2}"}
