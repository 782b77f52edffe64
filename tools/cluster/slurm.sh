#!/usr/bin/env bash
# Runs `twinprint dedup` by shards: as jobs of Slurm where `sbatch` is there, else as processes of this machine.
#
#   tools/cluster/slurm.sh --work DIR --output DIR --shards N [--local TASKS] -- INPUT... [options of twinprint shard plan]
#
# --local TASKS runs on this machine, TASKS at a time. Under Slurm, the plan is made here and now, and six jobs are submitted, each of
# which waits for the one before: sign, bands and verify as arrays of N tasks. Run the same command again when tasks have failed: what is
# done is recognised.
#
#   TWINPRINT   the command; defaults to twinprint. All machines find it under this name.
#   SBATCH_*    as sbatch reads them, such as SBATCH_PARTITION, SBATCH_ACCOUNT and SBATCH_TIMELIMIT.
#   ARRAY_OPTIONS, SINGLE_OPTIONS
#               options of sbatch for the jobs of shards, and for group, merge and clusters: --cpus-per-task=8 --mem=10G
set -euo pipefail

twinprint=${TWINPRINT:-twinprint}
work='' output='' shards='' local=''

usage() {
  echo "usage: $0 --work DIR --output DIR --shards N [--local TASKS] -- INPUT... [options of twinprint shard plan]" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --work) work=${2-} ;;
    --output) output=${2-} ;;
    --shards) shards=${2-} ;;
    --local) local=${2-} ;;
    --) shift; break ;;
    *) usage ;;
  esac
  [ $# -ge 2 ] || usage
  shift 2
done
[ -n "$work" ] && [ -n "$output" ] && [ -n "$shards" ] && [ $# -gt 0 ] || usage

# Quotes words for the shell of a job.
quoted() {
  printf '%q ' "$@"
}

# Runs a stage on this machine: of all shards if it is by shard.
run_here() {
  case $1 in
    sign | bands | verify) seq "$shards" | xargs -P "$local" -I '{}' "$twinprint" shard "$1" --work "$work" --shard "{}/$shards" ;;
    clusters) "$twinprint" shard clusters --work "$work" --output "$output" ;;
    *) "$twinprint" shard "$1" --work "$work" ;;
  esac
}

# Submits a stage as a job that waits for another one, and prints its number.
submit() {
  local stage=$1 after=$2 step options=()
  step="$(quoted "$twinprint" shard "$stage" --work "$work") \${SLURM_CPUS_PER_TASK:+--threads \$SLURM_CPUS_PER_TASK}"
  case $stage in
    sign | bands | verify)
      read -ra options <<< "${ARRAY_OPTIONS-}"
      options+=("--array=1-$shards")
      step+=" --shard \$SLURM_ARRAY_TASK_ID/$shards"
      ;;
    *) read -ra options <<< "${SINGLE_OPTIONS-}" ;;
  esac
  [ "$stage" = clusters ] && step+=" $(quoted --output "$output")"
  [ -n "$after" ] && options+=("--dependency=afterok:$after" --kill-on-invalid-dep=yes)
  # Numbers of clusters come behind a semicolon.
  sbatch --parsable --job-name="twinprint-$stage" ${options[@]+"${options[@]}"} --wrap "$step" | cut -d ';' -f 1
}

stages=(sign group bands merge verify clusters)
"$twinprint" shard plan --work "$work" --shards "$shards" "$@"
if [ -z "$local" ] && command -v sbatch > /dev/null; then
  job=''
  for stage in "${stages[@]}"; do
    job=$(submit "$stage" "$job")
    echo "$stage: job $job"
  done
else
  local=${local:-1}
  for stage in "${stages[@]}"; do
    run_here "$stage"
  done
fi
