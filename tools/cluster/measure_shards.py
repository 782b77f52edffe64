"""Measures what each step of `twinprint shard` costs: time, processor time, bytes read and written.

python tools/cluster/measure_shards.py --command TWINPRINT [--texts 500000] [--shards 8] [--csv FILE]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import corpora

STEPS = [("sign", True), ("group", False), ("bands", True), ("merge", False), ("verify", True), ("clusters", False)]


class Cost(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float
    read: int
    written: int


def cost(command: list[str]) -> Cost:
    """Runs a command to its end. Bytes are those of its calls, whether the disk or its cache answers."""
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        # The process has ended, but its counters can still be read.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        seconds = time.monotonic() - started
        lines = (Path("/proc") / str(process.pid) / "io").read_text().splitlines()
        counters = {name: int(value) for name, value in (line.split(": ") for line in lines)}
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {process.returncode}")
    return Cost(seconds, used.ru_utime + used.ru_stime, counters["rchar"], counters["wchar"])


def write(texts: int, folder: Path, files: int) -> int:
    """Writes a corpus to files of JSON lines, and returns their bytes."""
    folder.mkdir()
    outputs = [(folder / f"{number:03}.jsonl").open("w", encoding="utf-8") for number in range(files)]
    for number, text in enumerate(corpora.made(texts)):
        outputs[number * files // texts].write(json.dumps(text._asdict()) + "\n")
    for output in outputs:
        output.close()
    return sum(path.stat().st_size for path in folder.iterdir())


def main() -> int:
    """Measures one run in steps, and one run as a whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", required=True)
    parser.add_argument("--texts", type=int, default=500_000)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--csv", type=Path, help="a file for the rows of the table")
    arguments = parser.parse_args()
    shards = arguments.shards
    with tempfile.TemporaryDirectory(prefix="twinprint-shards-") as name:
        folder = Path(name)
        work, corpus, command = str(folder / "work"), folder / "corpus", arguments.command
        size = write(arguments.texts, corpus, 2 * shards)
        print(f"{arguments.texts} texts, {size / 1e6:.0f} MB", flush=True)
        inputs = [str(path) for path in sorted(corpus.iterdir())]
        quiet = ["--quiet", "--most-of-corpus", "1"]
        one = cost([command, "dedup", *inputs, "--memory", "1G", "--output", str(folder / "one"), *quiet])
        table = [["step", "calls", "seconds", "longest", "processor", "read", "written"]]
        table.append(row("one run of dedup", [one], size))
        plan = [command, "shard", "plan", *inputs, "--memory", "1G", "--work", work, "--shards", str(shards)]
        table.append(row("plan", [cost([*plan, *quiet[1:]])], size))
        for step, by_shard in STEPS:
            call = [command, "shard", step, "--work", work]
            if step == "clusters":
                call += ["--output", str(folder / "out")]
            options = [["--shard", f"{shard}/{shards}"] for shard in range(1, shards + 1)] if by_shard else [[]]
            table.append(row(step, [cost([*call, *option]) for option in options], size))
            print(table[-1], flush=True)
        same = all(
            (folder / "one" / file).read_bytes() == (folder / "out" / file).read_bytes()
            for file in ("kept.jsonl", "removed.jsonl")
        )
        print("same bytes as one run" if same else "OTHER bytes than one run")
        held = sum(path.stat().st_size for path in Path(work).rglob("*") if path.is_file())
        print(f"work folder: {held / 1e6:.0f} MB")
        with arguments.csv.open("w", newline="") if arguments.csv else sys.stdout as output:
            csv.writer(output, lineterminator="\n").writerows(table)
    return 0 if same else 1


def row(step: str, costs: list[Cost], size: int) -> list[str]:
    """Returns a row of the table: sums of all calls, bytes as shares of the corpus."""
    seconds = sum(one.seconds for one in costs)
    return [
        step,
        str(len(costs)),
        f"{seconds:.1f}",
        f"{max(one.seconds for one in costs):.1f}",
        f"{sum(one.processor for one in costs):.1f}",
        f"{sum(one.read for one in costs) / size:.2f}",
        f"{sum(one.written for one in costs) / size:.2f}",
    ]


if __name__ == "__main__":
    sys.exit(main())
