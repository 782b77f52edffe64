#!/usr/bin/env bash
# Prints every table of the comparison as one Markdown document: the Rust part, then the Python part if there is a
# python3 that can make virtual environments and install packages. All files are written below the target folder, except
# the CSV files of `--csv`, which `cargo xtask record` turns into the tables of BENCHMARKS.md.
#
#   tools/comparison/run.sh [--quick] [--date DATE] [--csv FOLDER] [--peps FILE] [--built] > tables.md
#
# With --built it uses the program of the last release build.
set -euo pipefail

quick=false
built=false
date=()
csv=
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
peps="$root/../shared/data/peps/docs.jsonl"
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=true ;;
        --built) built=true ;;
        --date) date=(--date "${2:?--date wants a date}"); shift ;;
        --csv) csv=$(realpath -- "${2:?--csv wants a folder}"); shift ;;
        --peps) peps=$(realpath -- "${2:?--peps wants a file}"); shift ;;
        *) echo "run.sh: unknown argument $1; see the comment at its top" >&2; exit 2 ;;
    esac
    shift
done

# A quick run shows that everything works; its numbers mean little.
if $quick; then
    size=(--corpus-mb 2 --repeats 2 --milliseconds 5 --documents 20000)
    python_repeats=1
    peps=none
else
    size=()
    python_repeats=3
fi

cd "$root"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
$built || cargo build --release --quiet --manifest-path tools/comparison/Cargo.toml
target=$CARGO_TARGET_DIR
folder=$target/comparison
comparison=$target/release/twinprint-comparison
mkdir -p "$folder"
"$comparison" "${size[@]}" ${date[@]+"${date[@]}"} ${csv:+--csv "$csv"} --peps "$peps" --folder "$folder" \
    --write-truth "$folder/truth.tsv"

venv=$folder/venv
if ! command -v python3 > /dev/null; then
    echo "run.sh: no python3: the Python part is skipped" >&2
    exit 0
fi
if ! python3 -m venv "$venv" >&2; then
    echo "run.sh: python3 cannot make a virtual environment: the Python part is skipped" >&2
    exit 0
fi
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/python/requirements.txt" >&2; then
    echo "run.sh: datasketch and rensa cannot be installed: the Python part is skipped" >&2
    exit 0
fi

# python_part CORPUS TRUTH NAME FILE
python_part() {
    local record=()
    if [ -n "$csv" ]; then
        # The Rust part has described the machine.
        record=(--csv "$csv/python_pairs_$4.csv" --machine "$(sed -n 's/^# machine: //p' "$csv/pairs_made_news.csv")")
    fi
    "$venv/bin/python" "$here/python/peers.py" "$1" "$2" --name "$3" --repeats "$python_repeats" \
        ${date[@]+"${date[@]}"} ${record[@]+"${record[@]}"}
}
python_part "$folder/corpus.jsonl" "$folder/truth.tsv" "made news" made_news
if [ -f "$peps" ]; then
    "$comparison" --only truth --corpus "$peps" --folder "$folder" --write-truth "$folder/truth-peps.tsv"
    python_part "$peps" "$folder/truth-peps.tsv" "long documents (PEPs in their revisions)" long_documents
fi
