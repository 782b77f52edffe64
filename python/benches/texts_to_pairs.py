"""Times texts to verified pairs: twinprint beside the libraries of `contestants.py`, on one and two threads.

    python -m pip install -r python/benches/requirements.txt
    python python/benches/texts_to_pairs.py [--documents 8000] [--rounds 5] [--crate target/release/examples/crate_join]
    python python/benches/texts_to_pairs.py --only-ours --documents 40000 --rounds 11 --crate target/release/examples/crate_join

Every contestant gets the same list of str and returns the pairs whose exact Jaccard similarity, by sets of words in fives, is at
least 0.8. The code of the others is that of their README, and Python compares their candidates exactly, set by set. Those that
return no pairs, but what is left without duplicates, say "clusters"; "kept" compares them with the rest: one text of each group
that the pairs connect. What is not installed is skipped aloud; the program `duplodocus` is looked for on the path.

Each run is a process of its own; contestants take turns in every round. Times are processor time of the work alone and of the
processes that it starts, without starting and importing, because the machine may be shared; elapsed time stands beside it.
Figures are medians, ratios are medians of the ratios within a round. Memory is the peak of the process, and of one that it forks,
above what a run on 20 texts needed. A program counts with its start; its memory is not known, because its peak begins with that
of Python.

`--crate` names the program `crate_join` (cargo build --release --example crate_join), which does the same in Rust: what the wheel
costs on top of the crate.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from contestants import CONTESTANTS, Found, Kept

OURS = "twinprint"
MODULES = {"text-dedup": "text_dedup"}
PROGRAMS = {"duplodocus"}

Taken = dict[str, float]


def corpus(documents: int) -> list[str]:
    """Makes texts of 100 to 300 words; every tenth is an earlier one with a few words changed."""
    source = random.Random(7)
    vocabulary = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 11))) for _ in range(30_000)]
    weights = [1 / (rank + 5) for rank in range(len(vocabulary))]
    texts: list[str] = []
    for number in range(documents):
        if number % 10 == 9:
            words = texts[source.randrange(len(texts))].split()
            for _ in range(source.randint(0, 3)):
                words[source.randrange(len(words))] = source.choice(vocabulary)
        else:
            words = source.choices(vocabulary, weights, k=source.randint(100, 300))
        texts.append(" ".join(words))
    return texts


def kept(found: Found, documents: int) -> int:
    """Counts the texts that stay when one of each connected group is kept."""
    if isinstance(found, Kept):
        return found
    parents = list(range(documents))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for left, right in found:
        parents[root(left)] = root(right)
    return sum(parent == number for number, parent in enumerate(parents))


def peak() -> int:
    """Returns the most kilobytes that the process had, and the largest of those that it started."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def processor_time() -> float:
    """Returns the seconds that the process took, and those that it started and that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def work(name: str, threads: int, path: str) -> None:
    """Runs one contestant in this process, and prints what it took."""
    texts = Path(path).read_text(encoding="utf-8").splitlines()
    contestant = CONTESTANTS[name]
    # Imports, and whatever a library makes once.
    contestant(texts[:20], threads)
    before, elapsed, processor = peak(), time.perf_counter(), processor_time()
    found = contestant(texts, threads)
    processor, elapsed = processor_time() - processor, time.perf_counter() - elapsed
    taken: Taken = {"cpu": processor, "elapsed": elapsed, "memory": peak() - before, "kept": kept(found, len(texts))}
    if not isinstance(found, Kept):
        taken["pairs"] = len(found)
    print(json.dumps(taken))


def run_once(command: list[str], threads: int) -> Taken | str:
    """Runs a contestant in a process of its own; returns why it could not run otherwise."""
    # The seed of Python's hashes is fixed, because some contestants take them for shingles.
    of_run = {"RAYON_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env={**os.environ, **of_run})
    if run.returncode != 0:
        return (run.stderr.strip().splitlines() or ["it failed"])[-1]
    taken: Taken = json.loads(run.stdout.strip().splitlines()[-1])
    return taken


def is_installed(name: str) -> bool:
    """Looks for the module, or the program, of a contestant."""
    library = name.partition(",")[0]
    found = shutil.which(library) if library in PROGRAMS else importlib.util.find_spec(MODULES.get(library, library))
    return found is not None


def main() -> None:
    """Prints a Markdown table for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--crate", help="the program crate_join")
    parser.add_argument("--only-ours", action="store_true", help="leave out the peers, for a larger corpus")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        name, threads, path = arguments.work
        return work(name, int(threads), path)

    wanted = [OURS] if arguments.only_ours else list(CONTESTANTS)
    commands = {name: [sys.executable, __file__, "--work", name] for name in wanted if is_installed(name)}
    for name in wanted:
        if name not in commands:
            print(f"skipped: {name}, which is not installed", file=sys.stderr)
    if arguments.crate:
        commands["the crate itself"] = [arguments.crate]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.txt"
        texts = corpus(arguments.documents)
        path.write_text("\n".join(texts), encoding="utf-8")
        print(f"{len(texts)} texts, {path.stat().st_size / 1e6:.1f} MB; {arguments.rounds} rounds", flush=True)
        for threads in (1, 2):
            report(threads, *measure(commands, threads, str(path), arguments.rounds))


def measure(
    commands: dict[str, list[str]], threads: int, path: str, rounds: int
) -> tuple[dict[str, list[Taken]], dict[str, str]]:
    """Runs all contestants in turns."""
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            if name not in failed:
                once = run_once([*command, str(threads), path], threads)
                if isinstance(once, str):
                    failed[name] = once
                else:
                    taken[name].append(once)
    return taken, failed


def report(threads: int, taken: dict[str, list[Taken]], failed: dict[str, str]) -> None:
    """Prints the table of a number of threads."""
    print(f"\n| threads: {threads} | processor s | elapsed s | processor time / twinprint | MB | pairs | kept |")
    print("|---|---|---|---|---|---|---|")
    ours = [once["cpu"] for once in taken[OURS]]
    for name, runs in taken.items():
        if name in failed:
            continue
        ratio = median(once["cpu"] / our for once, our in zip(runs, ours, strict=True))
        cpu, elapsed, memory = (median(once[field] for once in runs) for field in ("cpu", "elapsed", "memory"))
        pairs, left = runs[0].get("pairs", "clusters"), runs[0].get("kept", "")
        megabytes = "–" if name in PROGRAMS else f"{memory / 1000:.0f}"
        print(f"| {name} | {cpu:.2f} | {elapsed:.2f} | {ratio:.2f}× | {megabytes} | {pairs} | {left} |", flush=True)
    for name, why in failed.items():
        print(f"\nskipped: {name}: {why}", flush=True)


if __name__ == "__main__":
    main()
