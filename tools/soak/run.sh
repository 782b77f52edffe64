#!/usr/bin/env bash
# Builds the command and runs it hard: `tools/soak/run.sh` takes an hour or two and some 40 GB of disk,
# `tools/soak/run.sh --quick` two minutes. Tables go to standard output; a promise that is not kept ends the run.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo build --release --quiet -p twinprint-cli -p twinprint-soak
target=${CARGO_TARGET_DIR:-target}
exec "$target/release/twinprint-soak" --command "$target/release/twinprint" "$@"
