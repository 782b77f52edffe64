"""Files that are written whole."""

from __future__ import annotations

import os
import secrets
import shutil
from os import PathLike
from pathlib import Path


def write(path: str | PathLike[str], text: str) -> None:
    """Writes a file beside the one of this name, and renames it when it is whole: a fault leaves the earlier file."""
    # A link goes on to lead to the file.
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        # Pipes and devices are written to, not replaced.
        target.write_text(text, encoding="utf-8")
        return
    if not target.parent.is_dir():
        # What is written first has a name that the caller did not give.
        raise FileNotFoundError(f"{path}: there is no folder {target.parent}; make it, or choose another name")
    beside = target.with_name(f".twinprint-{secrets.token_hex(8)}")
    try:
        with beside.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
