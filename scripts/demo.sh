#!/usr/bin/env bash
# From a fresh Debian 12 to the first result: installs what is missing, builds, runs the demo experiment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
scripts/build.sh release aimcsim
exec build/release/bin/aimcsim run configs/experiments/demo.yaml "$@"
