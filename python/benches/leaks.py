"""Calls every function many times, and fails if the memory of the process grows.

    python python/benches/leaks.py [--calls 1000000]

Memory is read after a tenth of the calls, when caches are warm, and at the end. Errors are calls too. A leak of one object of 64
bytes a call would show as 57 MB over a million calls; the limit is 16 bytes a call and two megabytes.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

import twinprint as tp
from twinprint.compat import Sketcher
from twinprint.datasketch import MinHash

TEXTS = ["the ferry was cancelled on monday", "The ferry was cancelled on Monday!", None, "harbour road closed"]
COLUMN = pa.array(TEXTS)
SCHEME = tp.Scheme(words=2, num_hashes=16)
HASHER = tp.MinHasher(SCHEME)
BANDING = tp.Banding(4, 4)
INDEX = tp.LshIndex(SCHEME, BANDING)
SKETCHER = Sketcher("datatrove-64-xxhash", num_hashes=16)


def refused() -> None:
    """Calls what raises."""
    with contextlib.suppress(TypeError):
        tp.signatures([1])  # type: ignore[list-item]
    with contextlib.suppress(ValueError):
        tp.find_pairs(TEXTS, threshold=2)


def changed_index() -> None:
    """Adds a text to an index, finds it, and removes it."""
    INDEX.upsert("a", "the ferry was cancelled")
    INDEX.query("the ferry was cancelled", 0.5)
    INDEX.remove("a")


CALLS: list[Callable[[], object]] = [
    lambda: tp.signatures(TEXTS, SCHEME).numpy(),
    lambda: tp.signatures(COLUMN, SCHEME)[0],
    lambda: pa.array(tp.band_keys(tp.signatures(TEXTS, SCHEME), BANDING)),
    lambda: tp.jaccard(tp.shingles(TEXTS, SCHEME), tp.shingles(COLUMN, SCHEME)),
    lambda: list(tp.find_pairs(TEXTS, scheme=SCHEME, progress=lambda *_: None)),
    lambda: tp.dedup(COLUMN, scheme=SCHEME, keep="score:q", columns={"q": [1, 2, None, 3]}).removed,
    lambda: tp.evidence(TEXTS[0] or "", TEXTS[1] or ""),
    lambda: HASHER.signature("the ferry").merge(HASHER.empty()).jaccard(HASHER.signature("the")),
    lambda: pickle.loads(pickle.dumps(HASHER.signature("the ferry was late"))),
    lambda: tp.Scheme.from_json(SCHEME.to_json()),
    lambda: SKETCHER.sketch(["the ferry was", b"ferry was cancelled"]),
    lambda: MinHash(num_perm=16).update_batch([b"a", b"b"]),
    changed_index,
    refused,
]


def resident() -> int:
    """Returns the bytes of memory that the process has."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def main() -> int:
    """Prints how memory grew, and returns 1 if it grew too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000)
    calls: int = parser.parse_args().calls
    if not Path("/proc/self/statm").exists():
        print("skipped: this system does not tell a process its memory in /proc")
        return 0
    start, warm = time.monotonic(), 0
    for call in range(calls):
        if call == calls // 10:
            warm = resident()
        CALLS[call % len(CALLS)]()
    grown = resident() - warm
    print(f"{calls} calls in {time.monotonic() - start:.0f} s: memory grew by {grown / 1e3:.0f} kB; numpy {np.__version__}")
    return int(grown > 16 * calls + 2_000_000)


if __name__ == "__main__":
    sys.exit(main())
