"""The Python part of the comparison: datasketch and rensa on the same file, by the same rules, in one process.

Reads JSON lines and the truth that `twinprint-comparison --write-truth` wrote, and prints a Markdown table. Words are
split at ASCII white space and punctuation after lower-casing, as for gaoya; shingles are five words. One thread.

datasketch: `MinHash.bulk` with its default hash function (SHA-1), `MinHashLSH` with a banding of the wanted recall,
then `MinHash.jaccard`. rensa: its full R-MinHash (`RMinHash.from_token_sets`; not the rho pipeline, which samples
tokens), `RMinHashLSH`, whose bands take all positions, then `RMinHash.jaccard`. Both read in batches.
"""

import argparse
import csv
import json
import math
import os
import platform
import re
import statistics
import time
from importlib.metadata import version

os.environ["RAYON_NUM_THREADS"] = "1"  # rensa reads it when it starts

from datasketch import MinHash, MinHashLSH  # noqa: E402
from rensa import RMinHash, RMinHashLSH  # noqa: E402

POSITIONS = 128
WORDS = 5
BATCH = 1000
WORD = re.compile(r"[^\t\n\x0c\r !-/:-@\[-`{-~]+")


def shingles(text):
    """Returns the word 5-grams of a text; a shorter text is one shingle."""
    words = WORD.findall(text.lower())
    size = min(WORDS, len(words))
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)} if words else set()


def batches(path):
    """Yields lists of (number, shingle set) of the documents that have words."""
    batch = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(line for line in lines if not line.isspace()):
            found = shingles(json.loads(line)["text"])
            if found:
                batch.append((number, found))
            if len(batch) == BATCH:
                yield batch
                batch = []
    yield batch


class Stopwatch:
    """Measures the time of an iterator without that of its user."""

    def __init__(self):
        self.seconds = 0.0

    def over(self, items):
        items = iter(items)
        while True:
            started = time.perf_counter()
            item = next(items, None)
            self.seconds += time.perf_counter() - started
            if item is None:
                return
            yield item


def full_rows(threshold, recall):
    """Returns the rows of the smallest number of bands that use all positions and reach the recall."""
    for bands in (1, 2, 4, 8, 16, 32, 64, 128):
        rows = POSITIONS // bands
        if 1 - (1 - threshold**rows) ** bands >= recall:
            return rows
    return 1


def datasketch_pairs(read, threshold, rows, bands):
    """Queries for each document before inserting it, and keeps pairs whose estimate reaches the threshold."""
    index = MinHashLSH(num_perm=POSITIONS, params=(bands, rows))
    sketches, pairs = {}, set()
    for batch in read:
        numbers = [number for number, _ in batch]
        encoded = ([shingle.encode() for shingle in found] for _, found in batch)
        for number, sketch in zip(numbers, MinHash.bulk(encoded, num_perm=POSITIONS)):
            for earlier in index.query(sketch):
                if sketch.jaccard(sketches[earlier]) >= threshold:
                    pairs.add((earlier, number))
            index.insert(number, sketch, check_duplication=False)
            sketches[number] = sketch
    return pairs


def rensa_pairs(read, threshold, rows, _bands):
    """Inserts all, queries for all, and keeps pairs whose estimate reaches the threshold."""
    numbers, sketches = [], []
    for batch in read:
        numbers += [number for number, _ in batch]
        sketches += RMinHash.from_token_sets([list(found) for _, found in batch], POSITIONS, 42)
    index = RMinHashLSH(threshold, POSITIONS, POSITIONS // rows)
    index.insert_many(sketches)
    pairs = set()
    for start in range(0, len(sketches), BATCH):
        for later, earlier_ones in enumerate(index.query_all(sketches[start : start + BATCH]), start):
            for earlier in earlier_ones:
                if earlier < later and sketches[later].jaccard(sketches[earlier]) >= threshold:
                    pairs.add((numbers[earlier], numbers[later]))
    return pairs


def read_truths(path):
    """Returns the pairs that are true by twinprint's shingles, and those that are true by these shingles."""
    truths = (set(), set())
    with open(path, encoding="ascii") as lines:
        for line in lines:
            left, right, *values = line.rstrip("\n").split("\t")
            for truth, value in zip(truths, values):
                if value != "-":
                    truth.add((int(left), int(right)))
    return truths


def score(found, truth):
    """Returns recall and precision."""
    hits = len(found & truth)
    return hits / len(truth) if truth else 1.0, hits / len(found) if found else 1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", help="JSON lines")
    parser.add_argument("truth", help="what --write-truth wrote")
    parser.add_argument("--name", default="made news", help="what the corpus is called")
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--recall", type=float, default=0.99)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--date")
    parser.add_argument("--machine", default=platform.machine(), help="the machine, for the comments of the CSV file")
    parser.add_argument("--csv", help="a CSV file to write, in the form of benches/record")
    arguments = parser.parse_args()

    rows = full_rows(arguments.threshold, arguments.recall)
    bands = math.ceil(math.log(1 - arguments.recall) / math.log(1 - arguments.threshold**rows))
    contestants = {
        f"datasketch `MinHashLSH`, {bands} bands of {rows}": datasketch_pairs,
        f"rensa `RMinHashLSH`, {POSITIONS // rows} bands of {rows}": rensa_pairs,
    }
    times = {name: [] for name in contestants}
    found = {}
    for _ in range(arguments.repeats):
        for name, run in contestants.items():
            reading = Stopwatch()
            started = time.perf_counter()
            found[name] = run(reading.over(batches(arguments.corpus)), arguments.threshold, rows, bands)
            times[name].append((time.perf_counter() - started, reading.seconds))

    scheme, own = read_truths(arguments.truth)
    megabytes = os.path.getsize(arguments.corpus) / 1e6
    parts = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in ("datasketch", "rensa"))]
    print(f"## JSON lines to pairs in Python: {arguments.name}\n")
    print("; ".join(parts + ([arguments.date] if arguments.date else [])) + "; the machine as above.\n")
    print(
        f"The same task, one thread, medians of {arguments.repeats} rounds. Python reads, splits and shingles, so the time "
        f"without these steps is given too. {arguments.name}: {megabytes:.1f} MB of JSON lines.\n"
    )
    shares = ["recall", "precision", "own recall", "own precision"]
    rows = [["path", "s", "MB/s", "s without reading and shingles", "pairs", *shares]]
    for name in contestants:
        seconds = statistics.median(total for total, _ in times[name])
        rest = statistics.median(total - reading for total, reading in times[name])
        shares = [f"{share:.4f}" for truth in (scheme, own) for share in score(found[name], truth)]
        rows.append([name, f"{seconds:.2f}", f"{megabytes / seconds:.1f}", f"{rest:.2f}", str(len(found[name])), *shares])
    rows.insert(1, ["---"] * len(rows[0]))
    print("\n".join(f"| {' | '.join(cells)} |" for cells in rows), end="\n\n")
    if arguments.csv:
        comments = {
            "date": arguments.date or "unknown",
            "machine": arguments.machine,
            "command": "tools/comparison/run.sh",
            "input": f"{arguments.name}: {megabytes:.1f} MB of JSON lines",
            "versions": ", ".join(parts),
        }
        with open(arguments.csv, "w", encoding="utf-8", newline="") as out:
            out.writelines(f"# {key}: {value}\n" for key, value in comments.items())
            csv.writer(out, lineterminator="\n").writerows([rows[0], *rows[2:]])


if __name__ == "__main__":
    main()
