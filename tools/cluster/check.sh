#!/usr/bin/env bash
# Checks that engines of several workers, and DataFusion in one process, give the answer of one machine:
#
#   tools/cluster/check.sh [--quick] [spark|sail|datafusion|ballista|shards]
#
# It starts what it needs on loopback with free ports, prints a line for each check, and stops everything, also when it is
# interrupted. It exits with 0 only if all checks hold. What cannot run here is skipped aloud. `--quick` takes some thousand texts
# instead of a million.
#
# TWINPRINT_COMMAND, TWINPRINT_WHEEL, TWINPRINT_SQL and TWINPRINT_BALLISTA name a command, a wheel and the programs of the SQL engines
# that were built before; otherwise they are built. Ballista takes a quarter of an hour to build.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
# Other folders are entered below.
case ${CARGO_TARGET_DIR:=target} in /*) ;; *) CARGO_TARGET_DIR=$root/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR

quick=()
engines=()
for argument in "$@"; do
  case $argument in
    --quick) quick=(--quick) ;;
    spark | sail | datafusion | ballista | shards) engines+=("$argument") ;;
    *)
      echo "usage: tools/cluster/check.sh [--quick] [spark|sail|datafusion|ballista|shards]" >&2
      exit 2
      ;;
  esac
done
[ ${#engines[@]} -gt 0 ] || engines=(spark sail datafusion ballista shards)

# Each step runs in the background, so that a signal reaches this script, and in a group of its own, so that it can be stopped
# with all that it started.
set -m
child=
stop() {
  trap - INT TERM
  [ -z "$child" ] || { kill -TERM -- "-$child" 2>/dev/null && wait "$child"; }
  exit 130
}
trap stop INT TERM
run() {
  "$@" &
  child=$!
  wait "$child"
  local status=$?
  child=
  return $status
}

command=${TWINPRINT_COMMAND-}
# Builds the command, if no other is named.
build_command() {
  [ -n "$command" ] && return
  run cargo build --quiet -p twinprint-cli || return 1
  command=$CARGO_TARGET_DIR/debug/twinprint
}

# environment NAME PACKAGE...: makes an environment with the packages; says why there is none otherwise.
environment() {
  local name=$1
  python=$CARGO_TARGET_DIR/cluster/$name/bin/python
  shift
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$name: skipped, there is no Python 3.11 or later"
    return 1
  fi
  if ! [ -x "$python" ] && ! python3 -m venv "$CARGO_TARGET_DIR/cluster/$name"; then
    echo "$name: skipped, python3 cannot make an environment; on Debian, install python3-venv"
    return 1
  fi
  pip=("$python" -m pip install --quiet --disable-pip-version-check)
  if ! run "${pip[@]}" "$@"; then
    echo "$name: skipped, pip cannot install $*"
    return 1
  fi
}

# module NAME PACKAGE...: makes an environment with the packages and the module.
module() {
  environment "$@" "maturin>=1.14,<2" numpy pyarrow pandas || return 1
  # The module is built where its own tests build it, so that one build serves both.
  local module=(--no-build-isolation --force-reinstall --no-deps "${TWINPRINT_WHEEL:-$root/python}")
  PATH=$(dirname "$python"):$PATH CARGO_TARGET_DIR=$CARGO_TARGET_DIR/python run "${pip[@]}" "${module[@]}" || return 2
}

failed=0
# check ENGINE PACKAGE...: runs the checks of an engine.
check() {
  local engine=$1
  module "$@"
  case $? in
    0) ;;
    1) return 0 ;;
    *)
      echo "$engine: the module cannot be built"
      failed=1
      return
      ;;
  esac
  build_command || { echo "$engine: the command cannot be built"; failed=1; return; }
  run "$python" tools/cluster/check.py "$engine" --command "$command" --data "$root/../shared/data" "${quick[@]}" || failed=1
}

# check_sql ENGINE FOLDER BINARY PROGRAM: builds the program of an SQL engine, if no PROGRAM is named, and runs the checks.
check_sql() {
  local engine=$1 folder=$2 program=${4:-$CARGO_TARGET_DIR/$(basename "$2")/debug/$3}
  if [ -z "$4" ]; then
    local version
    version=$(rustc --version 2>/dev/null | cut -d. -f2)
    if [ "${version:-0}" -lt 94 ]; then
      echo "$engine: skipped, there is no Rust 1.94 or later"
      return
    fi
    local build=(cargo build --quiet --manifest-path "$folder/Cargo.toml")
    CARGO_TARGET_DIR=$CARGO_TARGET_DIR/$(basename "$folder") run "${build[@]}" || { echo "$engine: it cannot be built"; failed=1; return; }
  fi
  environment sql pyarrow || return 0
  build_command || { echo "$engine: the command cannot be built"; failed=1; return; }
  local arguments=("$engine" --program "$program" --command "$command" --data "$root/../shared/data")
  run "$python" tools/cluster/sql.py "${arguments[@]}" "${quick[@]}" || failed=1
}

for engine in "${engines[@]}"; do
  case $engine in
    spark)
      if java -version 2>&1 | grep -Eq 'version "(17|21|25)'; then
        check spark pyspark==4.3.0
      else
        echo "spark: skipped, there is no Java 17, 21 or 25"
      fi
      ;;
    sail) check sail pysail==0.7.2 pyspark-client==4.2.0 ;;
    datafusion) check_sql datafusion engines twinprint-sql "${TWINPRINT_SQL-}" ;;
    ballista) check_sql ballista engines/ballista twinprint-ballista "${TWINPRINT_BALLISTA-}" ;;
    shards)
      if [ -x tools/cluster/shards.sh ]; then
        run tools/cluster/shards.sh "${quick[@]}" || failed=1
      else
        echo "shards: skipped, tools/cluster/shards.sh is not there"
      fi
      ;;
  esac
done
exit $failed
