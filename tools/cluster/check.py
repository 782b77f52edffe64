"""The checks of one engine; check.sh runs it. See there.

python tools/cluster/check.py ENGINE --command TWINPRINT --data FOLDER [--quick] [--texts NUMBER]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import corpora
from engines import Engine, Sail, Spark

SETTINGS: dict[str, Any] = {"threshold": 0.5, "order": "position"}


class Checks:
    """The checks that ran, and whether all held."""

    def __init__(self, engine: str, command: str, folder: Path) -> None:
        """Runs in a folder."""
        self.engine, self.command, self.folder, self.failed = engine, command, folder, False

    def say(self, what: str, holds: bool = True) -> None:
        """Prints the outcome of a check."""
        print(f"{self.engine}: {what if holds else f'FAILED: {what}'}", flush=True)
        self.failed |= not holds

    def corpus(self, name: str, texts: Iterable[corpora.Text], *options: str) -> tuple[Path, corpora.Answer]:
        """Writes a corpus and has one machine answer."""
        folder = self.folder / name
        corpora.write(texts, folder)
        started = time.monotonic()
        answer = corpora.answer(self.command, folder, *options)
        self.say(f"{name}: one machine took {time.monotonic() - started:.1f} s")
        return folder, answer

    def same(self, session: Any, name: str, corpus: tuple[Path, corpora.Answer], **settings: Any) -> None:
        """Deduplicates a corpus, and compares all of the answer with that of one machine."""
        import twinprint as tp
        from twinprint.spark import dedup

        folder, expected = corpus
        frame = session.read.parquet(str(folder / "parquet"))
        work = self.folder / f"work-{name}"
        started = time.monotonic()
        settings = {**SETTINGS, "scheme": tp.Scheme(3), **settings}
        found = dedup(frame, folder=work, **settings)
        seconds = time.monotonic() - started
        kept = [row["id"] for row in rows(work / "kept", "number", "id")]
        removed = {row["id"]: row["duplicate_of"] for row in rows(work / "removed", "number", "id", "duplicate_of")}
        pairs = pairs_of(found, work)
        stats = found.stats
        self.say(f"{name}: same kept texts as one machine, {len(kept)}; {seconds:.1f} s", kept == expected.kept)
        self.say(f"{name}: same removed texts, for the same ones, {len(removed)}", removed == expected.removed)
        self.say(f"{name}: same pairs as one machine, {len(pairs)}", corpora.same_pairs(pairs, expected.pairs))
        names = ("documents", "empty", "verified", "oversized_buckets", "pairs_passed_over")
        wrong = [f"{name} {stats[name]}, not {expected.summary[name]}" for name in names if stats[name] != expected.summary[name]]
        passed_over = f"{stats['oversized_buckets']} oversized buckets, {stats['pairs_passed_over']} pairs passed over"
        self.say(f"{name}: same counts, {', '.join(wrong) or passed_over}", not wrong)


def stage(folder: Path, *columns: str) -> Any:
    """Reads a stage without the engine."""
    import pyarrow.dataset

    return pyarrow.dataset.dataset(folder, format="parquet").to_table(columns=list(columns))


def rows(folder: Path, *columns: str) -> list[dict[str, Any]]:
    """Reads a stage in the order of its first column, without the engine."""
    found: list[dict[str, Any]] = stage(folder, *columns).sort_by(columns[0]).to_pylist()
    return found


def pairs_of(found: Any, work: Path) -> Any:
    """Returns a table of all pairs."""
    found.pairs(1 << 30).write.mode("overwrite").parquet(str(work / "pairs"))
    return stage(work / "pairs", "left", "right", "jaccard")


def whole(checks: Checks, session: Any, arguments: argparse.Namespace) -> None:
    """The whole of two corpora."""
    if arguments.data.is_dir():
        checks.same(session, "data", checks.corpus("data", corpora.shared(arguments.data)))
    else:
        checks.say(f"data: skipped, {arguments.data} is not there")
    texts = arguments.texts or (4_000 if arguments.quick else 1_000_000)
    checks.same(session, "made", checks.corpus("made", corpora.made(texts)))


def giant(checks: Checks, session: Any, arguments: argparse.Namespace) -> None:
    """A bucket that holds nearly all of a corpus."""
    texts, limit = (2_000, 300) if arguments.quick else (50_000, 1_000)
    corpus = checks.corpus("giant", corpora.alike(texts), "--bucket-limit", str(limit))
    checks.same(session, "giant", corpus, bucket_limit=limit)


def rules(checks: Checks, session: Any) -> None:
    """Other rules, clusters by rounds of joins alone, and a second run."""
    from pyspark.sql import functions as F

    import twinprint as tp
    from twinprint.spark import dedup
    from twinprint.spark._numbers import numbered

    corpus = checks.corpus("rules", corpora.made(2_000, words=60), "--keep", "longest")
    checks.same(session, "rules", corpus, keep="longest", local_edges=0)
    texts = list(corpora.made(2_000, words=60))
    frame = session.read.parquet(str(corpus[0] / "parquet"))
    settings: dict[str, Any] = {"scheme": tp.Scheme(3), "threshold": 0.5}
    for more in ({"clustering": "components"}, {"keep": "none"}):
        name = "-".join(more.values())
        work = checks.folder / f"work-{name}"
        expected = tp.dedup([text.text for text in texts], ids=[text.id for text in texts], **settings, **more)
        dedup(frame, folder=work, order="position", local_edges=0, **settings, **more)
        columns = ("id", "duplicate_of", "jaccard", "containment")
        found = [tuple(row[column] for column in columns) for row in rows(work / "removed", "number", *columns)]
        # Missing values are NaN on one machine.
        one = [tuple(None if value != value else value for value in removed) for removed in expected.removed]
        checks.say(f"{name}: same removed texts as one machine, {len(found)}", found == one)

    # More than one piece, which only the largest corpora need.
    numbers = numbered(frame, ["text"], "number", piece_rows=300).orderBy("number").select("number", "text").collect()
    in_order = [(number, text) for number, text in enumerate(sorted(text.text for text in texts))]
    checks.say(f"pieces: same numbers as one sort, {len(numbers)}", [tuple(row) for row in numbers] == in_order)

    work = checks.folder / "work-rules"
    started, made = time.monotonic(), modified(work)
    settings = {**settings, "keep": "longest", "order": "position", "local_edges": 0}
    dedup(frame, folder=work, **settings)
    checks.say(f"a second run only reads, {time.monotonic() - started:.1f} s", modified(work) == made)
    try:
        dedup(frame, folder=work, **{**settings, "threshold": 0.7})
        checks.say("another threshold is refused", False)
    except ValueError as error:
        checks.say(f"another threshold is refused: {error}".replace(str(checks.folder), "work"), "threshold 0.5" in str(error))
    others = {"fewer rows": frame.limit(1_999), "another text": frame.withColumn("text", F.concat("text", F.lit(" again")))}
    for name, other in others.items():
        try:
            dedup(other, folder=work, **settings)
            checks.say(f"{name}: other data are refused", False)
        except ValueError as error:
            checks.say(f"{name}: other data are refused", "the same data" in str(error))


def modified(folder: Path) -> dict[str, int]:
    """When each file of a folder was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}


def killed(checks: Checks, session: Any, engine: Spark, arguments: argparse.Namespace) -> None:
    """A worker and its executor die while texts are hashed, and others while pairs are verified."""
    corpus = checks.corpus("killed", corpora.made(4_000 if arguments.quick else 100_000))
    work = checks.folder / "work-killed"
    deaths: list[int] = []

    def kill() -> None:
        for stage in ("signed", "join/edges"):
            # A stage that is being written has such a folder.
            while not (work / stage / "_temporary").exists():
                if done.wait(0.02):
                    return
            deaths.append(engine.kill_worker())

    done = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        checks.same(session, "killed", corpus)
    finally:
        done.set()
        killer.join()
    checks.say(f"killed: {len(deaths)} workers and their executors died, {sum(deaths)} processes", len(deaths) == 2)


def watched(measure: Callable[[], tuple[int, ...]], work: Callable[[], object]) -> tuple[int, ...]:
    """Runs work, and returns the most of each measure meanwhile."""
    done, most = threading.Event(), measure()

    def watch() -> None:
        nonlocal most
        while not done.wait(1):
            most = tuple(map(max, most, measure()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()
    return most


def main() -> int:
    """Runs the checks of an engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["sail", "spark"])
    parser.add_argument("--command", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--texts", type=int, help="the size of the made corpus")
    arguments = parser.parse_args()
    # What ends the program on purpose ends it in order: the engine is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    kinds: dict[str, type[Engine]] = {"sail": Sail, "spark": Spark}
    with tempfile.TemporaryDirectory(prefix="twinprint-cluster-") as folder:
        checks = Checks(arguments.engine, arguments.command, Path(folder))
        with kinds[arguments.engine](Path(folder) / "engine") as engine:
            session = engine.session(4 if arguments.quick else 64)
            if isinstance(engine, Spark):
                most, python = watched(
                    engine.executor_bytes, lambda: [part(checks, session, arguments) for part in (whole, giant)]
                )
                within = f"executors stayed within the 1 GB of a worker: {most >> 20} MB"
                checks.say(f"{within}, Python workers {python >> 20} MB of it", 0 < most <= 1 << 30)
                killed(checks, session, engine, arguments)
            elif isinstance(engine, Sail):
                whole(checks, session, arguments)
                # Sail holds in memory what tasks hand to each other.
                (most,) = watched(engine.server_bytes, lambda: giant(checks, session, arguments))
                checks.say(f"giant: the server stayed within 4 GB: {most >> 20} MB", 0 < most <= 4 << 30)
            rules(checks, session)
            session.stop()
    return 1 if checks.failed else 0


def leave(status: int) -> None:
    """Ends the program at once. A session whose engine is gone would try to say good-bye for minutes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    try:
        leave(main())
    except SystemExit as ended:
        leave(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:
        traceback.print_exc()
        leave(1)
