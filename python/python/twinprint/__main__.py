"""Runs the command: ``python -m twinprint dedup corpus.jsonl --output unique``."""

from __future__ import annotations

import sys

from ._native import command


def main() -> int:
    """Runs the command ``twinprint`` with the arguments of this process, and returns its exit status."""
    return command(["twinprint", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
