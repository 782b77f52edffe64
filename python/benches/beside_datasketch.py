"""Times `twinprint.datasketch` beside the installed datasketch, on one thread.

    python python/benches/beside_datasketch.py [rounds]

Each figure is the median of the rounds, in processor time, so that other programs disturb it little. The modules
take turns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import datasketch

import twinprint.datasketch

SETS = [[b"word %d of set %d" % (word, number if word % 10 == 0 else 0) for word in range(200)] for number in range(300)]


def jobs(module: Any, scheme: str) -> dict[str, Callable[[], object]]:
    """Returns what is timed, by name."""
    sketches = module.MinHash.bulk(SETS, scheme=scheme)
    lean = module.LeanMinHash(sketches[0])
    buffer = bytearray(lean.bytesize())
    filled = module.MinHashLSH(threshold=0.8)
    for key, sketch in enumerate(sketches):
        filled.insert(key, sketch)

    def update_each() -> None:
        sketch = module.MinHash(scheme=scheme)
        for element in SETS[0]:
            sketch.update(element)

    def update_batch() -> None:
        for elements in SETS[:50]:
            module.MinHash(scheme=scheme).update_batch(elements)

    def insert() -> None:
        lsh = module.MinHashLSH(params=(9, 13))
        for key, sketch in enumerate(sketches):
            lsh.insert(key, sketch)

    return {
        "200 elements, update": update_each,
        "50 sets of 200, update_batch": update_batch,
        "300 sets of 200, bulk": lambda: module.MinHash.bulk(SETS, scheme=scheme),
        "300 similarities": lambda: [sketches[0].jaccard(other) for other in sketches],
        "300 lean sketches": lambda: [module.LeanMinHash(sketch) for sketch in sketches],
        "300 serializations": lambda: [lean.serialize(buffer) for _ in range(300)],
        "300 readings": lambda: [module.LeanMinHash.deserialize(buffer) for _ in range(300)],
        "300 insertions": insert,
        "300 queries": lambda: [filled.query(sketch) for sketch in sketches],
    }


def main() -> None:
    """Prints a table for each scheme."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    for scheme in ("affine32", "affine64", "legacy"):
        print(f"\n{scheme:30} {'datasketch':>12} {'twinprint':>12} {'times':>7}")
        theirs, ours = jobs(datasketch, scheme), jobs(twinprint.datasketch, scheme)
        for name in theirs:
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(rounds):
                for taken, job in zip(times, (theirs[name], ours[name]), strict=True):
                    start = process_time()
                    job()
                    taken.append(process_time() - start)
            their, our = map(median, times)
            print(f"{name:30} {their * 1e3:9.2f} ms {our * 1e3:9.2f} ms {their / our:6.1f}x")


if __name__ == "__main__":
    main()
