#!/usr/bin/env bash
# Runs the tests that depend on the processor on emulated machines: aarch64 (the NEON kernels), s390x (big-endian) and
# i686 (32-bit). A machine whose packages cannot be installed is skipped aloud.
#
#   tools/machines/run.sh [aarch64] [s390x] [i686]
#
# On Debian, as root, it installs what is missing. It builds the standard library from Debian's sources (`rust-web-src`,
# `-Zbuild-std`) with Debian's compiler (`rustc-web`), so rustup need not know the target. Each machine takes five minutes
# to build and ten to run on one core.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-$PWD/target}
folder=$target/machines
corpus=$folder/corpus.jsonl
native=$folder/native
failed=()

# Prints what is missing for a machine, after an attempt to install it.
missing() {
  local package packages=(rustc-web rust-web-src qemu-user "$@") absent=()
  for package in "${packages[@]}"; do
    dpkg -s "$package" > /dev/null 2>&1 || absent+=("$package")
  done
  if [ ${#absent[@]} -gt 0 ] && command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
    { apt-get update && apt-get install -y --no-install-recommends "${absent[@]}"; } > /dev/null 2>&1 || true
  fi
  for package in "${packages[@]}"; do
    dpkg -s "$package" > /dev/null 2>&1 || printf '%s ' "$package"
  done
}

# Runs the example `find_pairs` (the words of the first argument) on the corpus with a folder for its files.
pairs() {
  $1 "$corpus" --threads 1 --work "$2" --threshold "$3"
}

# Makes the corpus, and finds its pairs on this machine: at 0.7 in memory, at 0.5 with files.
prepare() {
  rm -rf "$native"
  mkdir -p "$native"
  cargo run --quiet --package twinprint-generator -- 2 > "$corpus"
  cargo build --quiet --example find_pairs
  pairs "$target/debug/examples/find_pairs" "$native/work" 0.5 > "$native/0.5.tsv"
  "$target/debug/examples/find_pairs" "$corpus" --threshold 0.7 > "$native/0.7.tsv"
}

# The other machine finds the same pairs as this one, alone and from files that this one wrote. Files may differ in where
# frames end: batches are measured in bytes of memory, and pointers are smaller on 32 bits.
exchange() {
  local name=$1 find_pairs=$2 folder=$folder/files-$1
  rm -rf "$folder"
  mkdir "$folder"
  pairs "$find_pairs" "$folder/own" 0.5 > "$folder/own.tsv" && cmp "$native/0.5.tsv" "$folder/own.tsv" || return 1
  cp -r "$native/work" "$folder/read"
  pairs "$find_pairs" "$folder/read" 0.7 > "$folder/read.tsv" && cmp "$native/0.7.tsv" "$folder/read.tsv" || return 1
  echo "work files: the same pairs, also from files of this machine"
  diff -rq "$native/work" "$folder/own" || true
}

machine() {
  local name=$1 linker=$2 runner=$3 target=$1-unknown-linux-gnu
  printf '\n== %s\n' "$name"
  local absent
  absent=$(missing "${@:4}")
  if [ -n "$absent" ]; then
    echo "skipped: cannot install $absent"
    return
  fi
  local variable
  variable=$(tr 'a-z-' 'A-Z_' <<< "$target")
  local cross=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$folder" CARGO_PROFILE_TEST_OPT_LEVEL=1
    "CARGO_TARGET_${variable}_LINKER=$linker" "CARGO_TARGET_${variable}_RUNNER=$runner"
    cargo)
  local std=(--target "$target" -Zbuild-std=std,panic_abort,test,proc_macro)
  "${cross[@]}" test "${std[@]}" --lib --test golden --test statistics --no-fail-fast || failed+=("$name")
  "${cross[@]}" build "${std[@]}" --profile test --example find_pairs
  exchange "$name" "$runner $folder/$target/debug/examples/find_pairs" || failed+=("$name: files")
}

[ $# -gt 0 ] || set -- aarch64 s390x i686
prepare
for name in "$@"; do
  case $name in
    aarch64) machine aarch64 aarch64-linux-gnu-gcc "qemu-aarch64 -L /usr/aarch64-linux-gnu" \
      gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
    s390x) machine s390x s390x-linux-gnu-gcc "qemu-s390x -L /usr/s390x-linux-gnu" \
      gcc-s390x-linux-gnu libc6-dev-s390x-cross ;;
    i686) machine i686 i686-linux-gnu-gcc "qemu-i386 -L /usr/i686-linux-gnu" \
      gcc-i686-linux-gnu libc6-dev-i386-cross ;;
    *) echo "run.sh: no machine $name; see the comment at its top" >&2; exit 2 ;;
  esac
done
if [ ${#failed[@]} -gt 0 ]; then
  printf '\nfailed: %s\n' "${failed[*]}" >&2
  exit 1
fi
