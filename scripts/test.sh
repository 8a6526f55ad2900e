#!/usr/bin/env bash
# Installs what is missing, builds, runs every test. The last lines are CTest's own summary; its exit status is ours.
# Further arguments go to ctest: scripts/test.sh -R Schema
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh --adapt
scripts/build.sh release
exec ctest --preset release --parallel "$(nproc)" "$@"
