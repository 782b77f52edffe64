#!/usr/bin/env bash
# Builds the command and runs it hard: `tools/soak/run.sh` takes an hour or two and some 40 GB of disk,
# `tools/soak/run.sh --quick` two minutes. It prints tables, and stops at the first broken promise. `--built`, as the first
# argument, uses the programs of the last release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" = --built ]; then
  shift
else
  cargo build --release --quiet -p twinprint-cli -p twinprint-soak
fi
target=${CARGO_TARGET_DIR:-target}
exec "$target/release/twinprint-soak" --command "$target/release/twinprint" "$@"
