"""Measures what a second thread gains, beside what the machine has to give: two runs with one thread each at the same time.

python tools/comparison/threads.py --command TWINPRINT [--seconds 60] FILE...
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def seconds(command: str, threads: int, *inputs: Path) -> float:
    """Runs one process for each input at the same time, and returns how long all of them take."""
    started = time.monotonic()
    arguments = [command, "pairs", "--threshold", "0.8", "--threads", str(threads), "--quiet"]
    running = [subprocess.Popen([*arguments, str(path), "--output", f"{path}.pairs"]) for path in inputs]
    if any(process.wait() for process in running):
        raise SystemExit("a run failed")
    return time.monotonic() - started


def main() -> None:
    """Measures each file, one kind of run after the other in turn, and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", required=True)
    parser.add_argument("--seconds", type=float, default=60, help="how long each file is measured")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for file in arguments.files:
            # Two runs read copies of their own, so that they share no more than the machine.
            copies = [shutil.copy(file, Path(name) / f"{number}-{file.name}") for number in range(2)]
            rounds = []
            end = time.monotonic() + arguments.seconds
            while time.monotonic() < end:
                kinds = ((1, copies[:1]), (2, copies[:1]), (1, copies))
                rounds.append([seconds(arguments.command, threads, *inputs) for threads, inputs in kinds])
            one, two, both = (statistics.median(kind) for kind in zip(*rounds, strict=True))
            print(
                f"{file.name}: one thread {one:.3f} s, two threads {two:.3f} s ({one / two:.2f} times as fast), "
                f"two runs at once {both:.3f} s ({2 * one / both:.2f} times the work); {len(rounds)} rounds",
                flush=True,
            )


if __name__ == "__main__":
    main()
