#!/usr/bin/env bash
# Checks that a run by shards has the bytes of one run: on all shared data, and on a made corpus with a giant bucket.
#
#   tools/cluster/shards.sh [--built] [--quick]
#
# Eight shards run in a shuffled order, two at a time. Some steps are killed and repeated. It prints a line for each check, and exits 0
# only if all hold. --quick takes a small made corpus; --built, as the first argument, takes the programs of the last release build.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1-}" = --built ]; then
  shift
else
  cargo build --release --quiet -p twinprint-cli -p twinprint-generator
fi
megabytes=400 giants=50000
if [ "${1-}" = --quick ]; then
  megabytes=6 giants=3000
fi
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
repository=$PWD
twinprint=$target/release/twinprint
folder=$(mktemp -d "${TMPDIR:-/tmp}/twinprint-shards.XXXXXX")
shards=8
limits=(--memory 256M --most-of-corpus 1)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "shards: $*" >&2
  exit 1
}

# Runs a step quietly.
step() {
  "$twinprint" shard "$@" --quiet
}

# Runs a stage of all shards, in a shuffled order and two at a time.
by_shard() {
  seq "$shards" | shuf | xargs -P 2 -I '{}' "$twinprint" shard "$1" --work work --shard "{}/$shards" --threads 1 --quiet
}

# Starts a stage of a shard, and kills it when its folder is there. It may have ended by then.
killed() {
  step "$1" --work work --shard "$2/$shards" 2> /dev/null &
  local process=$! name
  name=$(printf 'work/%s-%05d' "$1" "$2")
  while kill -0 "$process" 2> /dev/null && [ ! -e "$name/twinprint-work" ]; do :; done
  kill -9 "$process" 2> /dev/null || true
  wait "$process" 2> /dev/null || true
  [ -e "$name/done" ] || echo killed >> kills
}

# Checks that a step is refused, and that the message names something.
refused() {
  local named=$1 message
  shift
  if message=$("$twinprint" shard "$@" 2>&1); then fail "$* was not refused"; fi
  case $message in *"$named"*) ;; *) fail "$* did not name $named: $message" ;; esac
}

# Compares two output folders: all files, and the summaries without their times.
compare() {
  local name
  diff -r --brief --exclude=summary.json --exclude=.twinprint.json "$1" "$2" || fail "$2 differs from $1"
  for name in "$1" "$2"; do
    grep -v '^  "seconds":' "$name/summary.json" > "$name.summary"
  done
  cmp "$1.summary" "$2.summary" || fail "the summary of $2 differs from that of $1"
}

# Runs some inputs in one run and by shards.
check() {
  local name=$1
  shift
  "$twinprint" dedup "$@" "${limits[@]}" --output whole --quiet
  step plan "$@" "${limits[@]}" --work work --shards "$shards"
  : > kills
  killed sign 4
  refused "sign is not done by" group --work work
  by_shard sign
  step group --work work
  killed bands 2
  by_shard bands
  step merge --work work
  killed verify 7
  refused "verify is not done by" clusters --work work --output sharded
  by_shard verify
  step clusters --work work --output sharded
  compare whole sharded
  echo "shards: $name: same bytes as one run, $(wc -l < whole/pairs.tsv) pairs, $(wc -l < kills) steps killed"
}

# Checks in a folder of its own.
in_folder() {
  mkdir -p "$folder/$1"
  cd "$folder/$1"
}

done_with() {
  cd "$repository"
  rm -rf "${folder:?}/$1"
}

data=$repository/../shared/data
for name in peps licenses rustbook_cjk wire; do
  if [ ! -f "$data/$name/docs.jsonl" ]; then
    echo "shards: $name: skipped, there is no ../shared/data/$name/docs.jsonl"
    continue
  fi
  corpus=$(realpath "$data/$name/docs.jsonl")
  in_folder "$name"
  split -n l/11 "$corpus" part-
  check "$name" part-??
  done_with "$name"
done
if [ -d "$data/news" ]; then
  news=$(realpath "$data/news")
  in_folder news
  check news "$news" --preset news
  done_with news
else
  echo "shards: news: skipped, there is no ../shared/data/news"
fi

in_folder made
"$target/release/twinprint-generator" "$megabytes" 7 "$giants" > made.jsonl
split -n l/19 made.jsonl part-
rm made.jsonl
check "made corpus with texts of one form $giants times" part-??
refused "has 8 shards, not 9" plan part-?? "${limits[@]}" --work work --shards 9
refused "--words is 3, not 5" plan part-?? "${limits[@]}" --words 5 --work work --shards 8
refused "has 8 shards" sign --work work --shard 1/9
echo "shards: other plans are refused by name"
sets=work/sign-00003/sets-00000
printf 'x' | dd of="$sets" bs=1 seek=5000 conv=notrunc status=none
rm -r work/verify-*
if message=$(seq "$shards" | xargs -I '{}' "$twinprint" shard verify --work work --shard "{}/$shards" 2>&1); then
  fail "a damaged file was not noticed"
fi
case $message in *"$sets"*) ;; *) fail "a damaged file was not named: $message" ;; esac
rm -r work/sign-00003 sharded
step sign --work work --shard 3/8
step group --work work
by_shard bands
step merge --work work
by_shard verify
step clusters --work work --output sharded
compare whole sharded
echo "shards: a damaged file is named, and its shard was done again"

# The script for Slurm, as a loop and with a stand-in for sbatch that runs each job at once, the last task first.
TWINPRINT=$twinprint "$repository/tools/cluster/slurm.sh" --work by-loop --output looped --shards 3 --local 2 -- part-?? "${limits[@]}" 2> loop.log ||
  fail "slurm.sh as a loop: $(cat loop.log)"
compare whole looped
mkdir bin
cat > bin/sbatch << 'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
array=''
for argument in "$@"; do
  case $argument in --array=1-*) array=${argument#--array=1-} ;; esac
done
wrapped=${!#}
if [ -n "$array" ]; then
  for task in $(seq "$array" -1 1); do SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=1 bash -c "$wrapped" >&2; done
else
  bash -c "$wrapped" >&2
fi
echo "17;cluster"
STAND_IN
chmod +x bin/sbatch
PATH=$PWD/bin:$PATH TWINPRINT=$twinprint "$repository/tools/cluster/slurm.sh" --work by-jobs --output 'by jobs' --shards 3 -- part-?? "${limits[@]}" > jobs.log 2>&1 ||
  fail "slurm.sh with jobs: $(cat jobs.log)"
compare whole 'by jobs'
echo "shards: slurm.sh gives the same bytes, as a loop and as jobs"
done_with made
