#!/usr/bin/env bash
# Runs the tests that depend on the processor on emulated machines: aarch64 (the NEON kernels), s390x (big-endian) and
# i686 (32-bit). A machine whose packages cannot be installed is skipped aloud.
#
#   tools/machines/run.sh [aarch64] [s390x] [i686]
#
# On Debian, as root, it installs what is missing. It builds the standard library from Debian's sources (`rust-web-src`,
# `-Zbuild-std`) with Debian's compiler (`rustc-web`), so rustup need not know the target. Each machine takes five minutes
# to build and about as long to run on one core.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${CARGO_TARGET_DIR:-$PWD/target}
folder=$target/machines
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

# The corpus, and what this machine makes of it: pairs, and a folder of the join on disk.
native() {
  mkdir -p "$folder"
  cargo run --quiet --package twinprint-generator -- 2 > "$folder/corpus.jsonl"
  rm -rf "$folder/native"
  cargo run --quiet --example find_pairs -- "$folder/corpus.jsonl" --threads 1 --work "$folder/native" \
    > "$folder/native.tsv"
}

# The other machine finds the same pairs, writes the same files byte for byte, and reads those of this machine.
exchange() {
  local name=$1 find_pairs=$2
  rm -rf "$folder/$name.written" "$folder/$name.read"
  $find_pairs "$folder/corpus.jsonl" --threads 1 --work "$folder/$name.written" > "$folder/$name.tsv" || return 1
  cmp "$folder/native.tsv" "$folder/$name.tsv" || return 1
  diff -r "$folder/native" "$folder/$name.written" || return 1
  cp -r "$folder/native" "$folder/$name.read"
  $find_pairs "$folder/corpus.jsonl" --threads 1 --threshold 0.7 --work "$folder/$name.read" > "$folder/$name.tsv" || return 1
  $find_pairs "$folder/corpus.jsonl" --threads 1 --threshold 0.7 --work "$folder/$name.written" \
    > "$folder/$name.own.tsv" || return 1
  cmp "$folder/$name.own.tsv" "$folder/$name.tsv" && echo "files of the join on disk: the same bytes, read by both"
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
native
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
