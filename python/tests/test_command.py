"""The module finds what the command finds, on real data, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

import twinprint as tp

COMMAND = Path(os.environ.get("TWINPRINT_COMMAND", "no command"))
DATA = Path(os.environ.get("TWINPRINT_DATA", "no data"))

pytestmark = pytest.mark.skipif(
    not (COMMAND.exists() and DATA.exists()), reason="TWINPRINT_COMMAND and TWINPRINT_DATA name no command and data"
)


def documents(corpus: str) -> tuple[list[str], list[str]]:
    with open(DATA / corpus / "docs.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [str(row["id"]) for row in rows], [row["text"] for row in rows]


def command(*arguments: str | Path) -> str:
    return subprocess.run([COMMAND, *arguments], check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.parametrize("corpus", ["peps", "licenses", "rustbook_cjk", "wire"])
def test_pairs_are_those_of_the_command(corpus: str) -> None:
    ids, texts = documents(corpus)
    found = tp.find_pairs(texts, ids=ids, scheme=tp.Scheme(words=3), threshold=0.5)
    printed = command("pairs", DATA / corpus / "docs.jsonl", "--words", "3", "--threshold", "0.5")
    assert len(found) > 20
    assert "".join(f"{pair.left}\t{pair.right}\t{pair.jaccard:.6f}\n" for pair in found) == printed


@pytest.mark.parametrize("corpus", ["peps", "licenses", "rustbook_cjk", "wire"])
def test_kept_documents_are_those_of_the_command(corpus: str, tmp_path: Path) -> None:
    ids, texts = documents(corpus)
    limits = ("--most-of-corpus", "1", "--most-of-source", "1")
    command("dedup", DATA / corpus / "docs.jsonl", "--output", tmp_path / "out", "--threshold", "0.6", *limits)
    with open(tmp_path / "out" / "kept.jsonl", encoding="utf-8") as lines:
        kept = [str(json.loads(line)["id"]) for line in lines]
    assert tp.dedup(texts, ids=ids, scheme=tp.Scheme(words=3), threshold=0.6).kept == kept
