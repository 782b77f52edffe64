"""Times texts to verified pairs: twinprint beside datasketch, rensa, text-dedup and semhash, on one and two threads.

    python python/benches/texts_to_pairs.py [--documents 8000] [--rounds 5] [--crate target/release/examples/crate_join]
    python python/benches/texts_to_pairs.py --only-ours --documents 40000 --rounds 11 --crate target/release/examples/crate_join

Every contestant gets the same list of str and returns the pairs whose exact Jaccard similarity, by sets of words in fives, is at
least 0.8. The code of the others is that of their README, and Python compares their candidates exactly, set by set. Each run is a
process of its own; contestants take turns in every round. Times are processor time of the work alone, without starting and
importing, because the machine may be shared; elapsed time stands beside it. Figures are medians, ratios are medians of the ratios
within a round. Memory is the peak of the process above what it had before the work.

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
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

THRESHOLD = 0.8
WORDS = 5
NUM_PERM = 128
PEERS = ("datasketch, update", "datasketch, bulk", "rensa", "text-dedup", "semhash")
MODULES = {"datasketch, update": "datasketch", "datasketch, bulk": "datasketch", "text-dedup": "text_dedup"}

Pairs = set[tuple[int, int]]


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


def shingles(text: str) -> set[str]:
    """Cuts a text as the READMEs do: lower case, split, windows of words."""
    words = text.lower().split()
    return {" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}


def verified(sets: list[set[str]], candidates: Pairs) -> Pairs:
    """Keeps the candidates whose sets are similar enough."""

    def jaccard(left: set[str], right: set[str]) -> float:
        shared = len(left & right)
        return shared / (len(left) + len(right) - shared)

    return {(left, right) for left, right in candidates if jaccard(sets[left], sets[right]) >= THRESHOLD}


def twinprint_pairs(texts: list[str], threads: int) -> Pairs:
    """One call."""
    import twinprint as tp

    found = tp.find_pairs(texts, threshold=THRESHOLD, scheme=tp.Scheme(words=WORDS, num_hashes=NUM_PERM), threads=threads)
    return {(pair.left, pair.right) for pair in found}


def datasketch_update(texts: list[str], threads: int) -> Pairs:
    """MinHash.update for each shingle, and an index, as the README has it."""
    from datasketch import MinHash, MinHashLSH

    index, sets = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM), []
    candidates: Pairs = set()
    for number, text in enumerate(texts):
        sets.append(shingles(text))
        sketch = MinHash(num_perm=NUM_PERM)
        for shingle in sets[-1]:
            sketch.update(shingle.encode("utf8"))
        candidates.update((earlier, number) for earlier in index.query(sketch))
        index.insert(number, sketch)
    return verified(sets, candidates)


def datasketch_bulk(texts: list[str], threads: int) -> Pairs:
    """The fastest way that datasketch has."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM)
    candidates: Pairs = set()
    sets = [shingles(text) for text in texts]
    encoded = ([shingle.encode("utf8") for shingle in found] for found in sets)
    for number, sketch in enumerate(MinHash.bulk(encoded, num_perm=NUM_PERM)):
        candidates.update((earlier, number) for earlier in index.query(sketch))
        index.insert(number, sketch)
    return verified(sets, candidates)


def rensa_pairs(texts: list[str], threads: int) -> Pairs:
    """The full path: R-MinHash of all tokens, and its index. Its sampling pipeline rho does not see whole sets."""
    from rensa import RMinHash, RMinHashLSH

    sets = [shingles(text) for text in texts]
    sketches = RMinHash.from_token_sets([list(found) for found in sets], num_perm=NUM_PERM, seed=42)
    index = RMinHashLSH(THRESHOLD, NUM_PERM, 16)
    index.insert_many(sketches)
    answers = index.query_all(sketches)
    candidates = {(earlier, later) for later, found in enumerate(answers) for earlier in found if earlier < later}
    return verified(sets, candidates)


def text_dedup_pairs(texts: list[str], threads: int) -> Pairs:
    """The function that text-dedup maps over a dataset, and its tables."""
    import numpy as np
    from text_dedup.minhash import RNG, embed_func, optimal_param, xxh3_32hash

    prime, top = np.uint64((1 << 61) - 1), np.uint64((1 << 32) - 1)
    bands, rows = optimal_param(THRESHOLD, NUM_PERM, false_positive_weight=0.5, false_negative_weight=0.5)
    permutations = (
        RNG.randint(1, prime, size=(NUM_PERM,), dtype=np.uint64),
        RNG.randint(0, prime, size=(NUM_PERM,), dtype=np.uint64),
    )
    tables: list[dict[bytes, list[int]]] = [{} for _ in range(bands)]
    for number, text in enumerate(texts):
        embedded = embed_func(
            text,
            number,
            num_perm=NUM_PERM,
            ngram_size=WORDS,
            min_length=WORDS,
            hashranges=[(band * rows, (band + 1) * rows) for band in range(bands)],
            permutations=permutations,
            hash_func=xxh3_32hash,
            dtype=np.uint64,
            max_hash=top,
            modulo_prime=prime,
        )
        for table, key in zip(tables, embedded["__signatures__"], strict=True):
            table.setdefault(key, []).append(number)
    buckets = (bucket for table in tables for bucket in table.values() if len(bucket) > 1)
    candidates = {(left, right) for bucket in buckets for at, left in enumerate(bucket) for right in bucket[at + 1 :]}
    needed = {number for pair in candidates for number in pair}
    sets = [shingles(text) if number in needed else set() for number, text in enumerate(texts)]
    return verified(sets, candidates)


def semhash_pairs(texts: list[str], threads: int) -> Pairs:
    """Embeddings of its default model, whose neighbours are compared exactly."""
    from semhash import SemHash

    found = SemHash.from_records(texts).self_deduplicate(threshold=THRESHOLD)
    numbers = {text: number for number, text in reversed(list(enumerate(texts)))}
    candidates = set()
    for removed in found.filtered:
        for other, _ in removed.duplicates:
            pair = sorted((numbers[removed.record], numbers[other]))
            candidates.add((pair[0], pair[1]))
    return verified([shingles(text) for text in texts], candidates)


CONTESTANTS: dict[str, Callable[[list[str], int], Pairs]] = {
    "twinprint": twinprint_pairs,
    "datasketch, update": datasketch_update,
    "datasketch, bulk": datasketch_bulk,
    "rensa": rensa_pairs,
    "text-dedup": text_dedup_pairs,
    "semhash": semhash_pairs,
}


def peak() -> int:
    """Returns the most kilobytes that the process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def work(name: str, threads: int, path: str) -> None:
    """Runs one contestant in this process, and prints what it took."""
    texts = Path(path).read_text(encoding="utf-8").splitlines()
    contestant = CONTESTANTS[name]
    # Imports, and whatever a library makes once.
    contestant(texts[:20], threads)
    before, elapsed, processor = peak(), time.perf_counter(), time.process_time()
    pairs = contestant(texts, threads)
    processor, elapsed = time.process_time() - processor, time.perf_counter() - elapsed
    print(json.dumps({"cpu": processor, "elapsed": elapsed, "memory": peak() - before, "pairs": len(pairs)}))


Taken = dict[str, float]


def run_once(command: list[str], threads: int) -> Taken | str:
    """Runs a contestant in a process of its own; returns why it could not run otherwise."""
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(threads)}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    if run.returncode != 0:
        return (run.stderr.strip().splitlines() or ["it failed"])[-1]
    taken: Taken = json.loads(run.stdout.strip().splitlines()[-1])
    return taken


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

    commands = {name: [sys.executable, __file__, "--work", name] for name in CONTESTANTS}
    for name in PEERS:
        module = MODULES.get(name, name)
        if arguments.only_ours:
            del commands[name]
        elif importlib.util.find_spec(module) is None:
            print(f"skipped: {name}, which is not installed", file=sys.stderr)
            del commands[name]
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
    print(f"\n| threads: {threads} | processor s | elapsed s | processor time / twinprint | MB | pairs |")
    print("|---|---|---|---|---|---|")
    ours = [once["cpu"] for once in taken["twinprint"]]
    for name, runs in taken.items():
        if name in failed:
            continue
        ratio = median(once["cpu"] / our for once, our in zip(runs, ours, strict=True))
        cpu, elapsed, memory = (median(once[field] for once in runs) for field in ("cpu", "elapsed", "memory"))
        print(f"| {name} | {cpu:.2f} | {elapsed:.2f} | {ratio:.2f}× | {memory / 1000:.0f} | {runs[0]['pairs']:.0f} |", flush=True)
    for name, why in failed.items():
        print(f"\nskipped: {name}: {why}", flush=True)


if __name__ == "__main__":
    main()
