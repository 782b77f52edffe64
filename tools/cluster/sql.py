"""The checks of the SQL engines; check.sh runs it. See there.

python tools/cluster/sql.py ENGINE --program PROGRAM --command TWINPRINT --data FOLDER [--quick] [--texts NUMBER]
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import corpora
from check import Checks, rows
from engines import Ballista

Corpus = tuple[Path, corpora.Answer]


def same(checks: Checks, name: str, corpus: Corpus, command: list[str], *options: str) -> str:
    """Deduplicates a corpus, and compares the answer with that of one machine. Returns what the engine printed."""
    folder, expected = corpus
    work = checks.folder / f"work-{name.replace(' ', '-')}"
    started = time.monotonic()
    arguments = [str(folder / "parquet"), "--order", "position", "--words", "3", "--output", str(work), *options]
    ended = subprocess.run([*command, *arguments], capture_output=True, text=True)
    seconds = time.monotonic() - started
    if ended.returncode != 0:
        checks.say(f"{name}: the engine ended with {ended.returncode}: {ended.stderr[-2000:]}", False)
        return ""
    kept = [row["id"] for row in rows(work / "kept.parquet", "number", "id")]
    removed = {row["id"]: row["duplicate_of"] for row in rows(work / "removed.parquet", "number", "id", "duplicate_of")}
    checks.say(f"{name}: same kept texts as one machine, {len(kept)}; {seconds:.1f} s", kept == expected.kept)
    checks.say(f"{name}: same removed texts, for the same ones, {len(removed)}", removed == expected.removed)
    found, all_pairs = pairs(work, expected)
    checks.say(f"{name}: same pairs of distinct sets as one machine, {len(found)}", found == all_pairs)
    return ended.stdout


def pairs(work: Path, expected: corpora.Answer) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The pairs that the engine found and those of one machine, by the numbers of the first texts of their sets."""
    first = {row["hash"]: row["number"] for row in rows(work / "groups.parquet", "number", "hash")}
    documents = rows(work / "documents.parquet", "number", "id", "hash")
    sets: dict[str, int] = {row["id"]: first.get(row["hash"], -1) for row in documents}
    found = {(row["left"], row["right"]) for row in rows(work / "edges.parquet", "left", "right")}
    both = [(sets[row["left"]], sets[row["right"]]) for row in expected.pairs.select(["left", "right"]).to_pylist()]
    return found, {(min(pair), max(pair)) for pair in both if pair[0] != pair[1]}


def made_texts(arguments: argparse.Namespace) -> int:
    """The size of the made corpus."""
    size: int = arguments.texts or (4_000 if arguments.quick else 200_000)
    return size


def giant(checks: Checks, arguments: argparse.Namespace) -> tuple[Corpus, str]:
    """A corpus of which a bucket holds nearly all, and the limit of buckets."""
    texts, limit = (1_000, "50") if arguments.quick else (5_000, "100")
    return checks.corpus("giant", corpora.alike(texts), "--bucket-limit", limit), limit


def datafusion(checks: Checks, arguments: argparse.Namespace) -> None:
    """One process, with one partition and with four, and with less memory than the work takes."""
    command = [str(arguments.program)]
    made = checks.corpus("made", corpora.made(made_texts(arguments)))
    for partitions in ("1", "4"):
        same(checks, f"made, {partitions} partitions", made, command, "--partitions", partitions)
    memory = "40" if arguments.quick else "200"
    printed = same(checks, f"made, {memory} MB", made, command, "--partitions", "2", "--memory", memory)
    spills = re.search(r"(\d+) spills", printed)
    wrote = int(spills[1]) if spills else 0
    checks.say(f"made, {memory} MB: operators wrote to disk {wrote} times", wrote > 0)
    if not arguments.quick:
        data(checks, arguments, command)
    corpus, limit = giant(checks, arguments)
    same(checks, "giant", corpus, command, "--bucket-limit", limit)


def data(checks: Checks, arguments: argparse.Namespace, command: list[str]) -> None:
    """All of the shared data."""
    if arguments.data.is_dir():
        same(checks, "data", checks.corpus("data", corpora.shared(arguments.data)), command)
    else:
        checks.say(f"data: skipped, {arguments.data} is not there")


def ballista(checks: Checks, arguments: argparse.Namespace) -> None:
    """A scheduler and two executors: a run, executors that die, and one that lacks the functions."""
    with Ballista(checks.folder / "engine", arguments.program) as engine:
        engine.session(4)
        made = checks.corpus("made", corpora.made(made_texts(arguments)))
        same(checks, "made", made, engine.client)
        killed(checks, engine, made, arguments)
        corpus, limit = giant(checks, arguments)
        same(checks, "giant", corpus, engine.client, "--bucket-limit", limit)
        if not arguments.quick:
            data(checks, arguments, engine.client)
        refused(checks, engine, made)
        ports = engine.ports
    left = [port for port in ports if is_open(port)]
    checks.say(f"nothing is left running, {len(ports)} ports are free", not left)


def killed(checks: Checks, engine: Ballista, corpus: Corpus, arguments: argparse.Namespace) -> None:
    """An executor dies while texts are hashed, and another while pairs are verified."""
    work = checks.folder / "work-killed"
    deaths: list[str] = []

    def kill() -> None:
        for stage in ("signed", "compared_pairs"):
            # A stage that is being made has such a file.
            while not any(work.glob(f"{stage}.part-*")):
                if done.wait(0.02):
                    return
            time.sleep(0.05 if arguments.quick else 2)
            is_running = any(work.glob(f"{stage}.part-*"))
            engine.kill_executor()
            deaths.append(f"{stage}{'' if is_running else ', just made'}")

    done = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        same(checks, "killed", corpus, engine.client)
    finally:
        done.set()
        killer.join()
    checks.say(f"killed: {len(deaths)} executors died, by kill -9: {'; '.join(deaths)}", len(deaths) == 2)


def refused(checks: Checks, engine: Ballista, corpus: Corpus) -> None:
    """An executor without the functions is refused, and a cluster without any other is named."""
    server, log = engine.executor("--without-functions")
    try:
        status = server.wait(60)
    except subprocess.TimeoutExpired:
        status = 0
    said = log.read_text(errors="replace")
    named = "does not have the functions of twinprint" in said and "twinprint-ballista executor" in said
    line = next((line for line in said.splitlines() if line.startswith("twinprint-ballista:")), "it said nothing")
    checks.say(f"an executor without the functions is refused: {line[:300]}", status != 0 and named)
    engine.kill_executors()
    arguments = [str(corpus[0] / "parquet"), "--order", "position", "--output", str(checks.folder / "work-none")]
    try:
        ended = subprocess.run([*engine.client, *arguments], capture_output=True, text=True, timeout=180)
        said, status = ended.stderr, ended.returncode
    except subprocess.TimeoutExpired:
        said, status = "nothing within three minutes", 0
    line = said.strip().splitlines()[-1] if said.strip() else "nothing"
    checks.say(
        f"a cluster without executors says so: {line[:400]}", status == 2 and "start its scheduler and its executors" in said
    )


def is_open(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def main() -> int:
    """Runs the checks of an engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["ballista", "datafusion"])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--texts", type=int, help="the size of the made corpus")
    arguments = parser.parse_args()
    # What ends the program on purpose ends it in order: the engine is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    with tempfile.TemporaryDirectory(prefix="twinprint-sql-") as folder:
        checks = Checks(arguments.engine, arguments.command, Path(folder))
        {"ballista": ballista, "datafusion": datafusion}[arguments.engine](checks, arguments)
        return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
