"""Measures what a million made texts cost: seconds of one machine and of an engine, stage by stage, and bytes that move.

python tools/cluster/measure.py ENGINE --command TWINPRINT [--texts 1000000]
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import corpora
from check import SETTINGS, rows
from engines import Engine, Sail, Spark


def size(folder: Path) -> int:
    """Returns the bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def shuffled(events: Path) -> dict[str, int]:
    """Sums what tasks of Apache Spark wrote for others to read, and what they spilled, by the log of events."""
    sums = {"shuffled": 0, "spilled": 0}
    for log in events.iterdir():
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    metrics = event["Task Metrics"]
                    sums["shuffled"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                    sums["spilled"] += metrics["Disk Bytes Spilled"]
    return sums


def stages(work: Path, started: float) -> list[tuple[str, float]]:
    """Returns the seconds of each stage, by the times of their markers."""
    ends = sorted((path.stat().st_mtime, path) for path in (work / "markers").rglob("*.parquet"))
    found, last = [], started
    for end, path in ends:
        found.append((str(path.parent.relative_to(work / "markers")), end - last))
        last = end
    return found


def main() -> int:
    """Measures one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["sail", "spark"])
    parser.add_argument("--command", required=True)
    parser.add_argument("--texts", type=int, default=1_000_000)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    import twinprint as tp
    from twinprint.spark import dedup

    kinds: dict[str, type[Engine]] = {"sail": Sail, "spark": Spark}
    with tempfile.TemporaryDirectory(prefix="twinprint-cluster-") as name:
        folder = Path(name)
        corpora.write(corpora.made(arguments.texts), folder / "corpus", pieces=8)
        print(f"texts: {arguments.texts}, {(folder / 'corpus/corpus.jsonl').stat().st_size >> 20} MB of JSON lines", flush=True)
        started = time.monotonic()
        expected = corpora.answer(arguments.command, folder / "corpus")
        print(f"one machine: {time.monotonic() - started:.0f} s, {len(expected.kept)} kept", flush=True)
        with kinds[arguments.engine](folder / "engine") as engine:
            if isinstance(engine, Spark):
                engine.events = folder / "events"
            session: Any = engine.session(32)
            frame = session.read.parquet(str(folder / "corpus/parquet"))
            clock, started = time.monotonic(), time.time()
            dedup(frame, folder=folder / "work", scheme=tp.Scheme(3), **SETTINGS)
            seconds = time.monotonic() - clock
            kept = [row["id"] for row in rows(folder / "work/kept", "number", "id")]
            same = kept == expected.kept
            print(f"{arguments.engine}: {seconds:.0f} s, {len(kept)} kept, {'the same' if same else 'OTHERS'}")
            for stage, took in stages(folder / "work", started):
                print(f"  {stage}: {took:.1f} s, {size(folder / 'work' / stage) >> 20} MB")
            session.stop()
            if isinstance(engine, Spark) and engine.events is not None:
                for what, count in shuffled(engine.events).items():
                    print(f"{what}: {count >> 20} MB")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
