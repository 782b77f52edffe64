"""The command that comes with the wheel does what the binary does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest

import twinprint as tp

COMMAND = Path(os.environ.get("TWINPRINT_COMMAND", "no command"))
SCRIPT = Path(sysconfig.get_path("scripts")) / "twinprint"

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."
TEXTS = [FERRY, "SKELBY — " + FERRY, "Councillors voted to close the harbour road.", FERRY.upper(), "", "***"]

if not SCRIPT.exists():
    pytest.skip(f"{SCRIPT} is not there: the package is not installed by pip or maturin", allow_module_level=True)

WAYS = {"console script": [str(SCRIPT)], "python -m": [sys.executable, "-m", "twinprint"]}


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest) -> list[str]:
    return WAYS[request.param]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return corpus_of(tmp_path, TEXTS)


def corpus_of(folder: Path, texts: list[str]) -> Path:
    path = folder / "corpus.jsonl"
    rows = (json.dumps({"id": f"d{number}", "text": text}) + "\n" for number, text in enumerate(texts))
    path.write_text("".join(rows), encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, Any]:
    """What a run wrote. Two runs take different times, and each has ids of its own."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = str(path.relative_to(folder))
        found[name] = path.read_bytes()
        if name.endswith((".twinprint.json", "summary.json")):
            own = ("seconds", "id", "run", "inputs")
            found[name] = {key: value for key, value in json.loads(path.read_text()).items() if key not in own}
            # The summary has the seconds, of which one run may have more digits.
            found[name].get("sizes", {}).pop("summary.json", None)
    return found


@pytest.mark.skipif(not COMMAND.exists(), reason="TWINPRINT_COMMAND names no command")
def test_it_writes_the_files_of_the_binary(way: list[str], corpus: Path, tmp_path: Path) -> None:
    arguments = ["dedup", str(corpus), "--keep", "longest", "--threads", "2", "--report", "report.html"]
    written = []
    for name, program in (("binary", [str(COMMAND)]), ("module", way)):
        folder = tmp_path / name
        folder.mkdir()
        run = subprocess.run(
            [*program, *arguments, "--output", "out"], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        assert run.returncode == 0, run.stderr
        written.append((files(folder), run.stdout, re.sub(r"[0-9.]+ m?s\b", "", run.stderr)))
    assert written[0] == written[1]
    assert {"out/kept.jsonl", "out/removed.jsonl", "out/summary.json", "report.html"} <= set(written[0][0])


@pytest.mark.skipif(not COMMAND.exists(), reason="TWINPRINT_COMMAND names no command")
@pytest.mark.parametrize(
    "arguments", ["--help", "dedup --help", "pairs", "pairs nothing.jsonl", "plan --words 0 x", "--color=always no", "--version"]
)
def test_it_prints_and_exits_as_the_binary_does(way: list[str], arguments: str, tmp_path: Path) -> None:
    runs = [
        subprocess.run([*program, *arguments.split()], cwd=tmp_path, capture_output=True, check=False)
        for program in ([str(COMMAND)], way)
    ]
    if arguments == "--version":
        # The binary may be of another commit.
        assert runs[1].stdout.startswith(f"twinprint {tp.__version__} (".encode()) and runs[1].returncode == 0
        return
    assert [(run.returncode, run.stdout, run.stderr) for run in runs[:1]] == [
        (run.returncode, run.stdout, run.stderr) for run in runs[1:]
    ]


def test_a_run_that_would_remove_too_much_has_a_status_of_its_own(way: list[str], tmp_path: Path) -> None:
    corpus_of(tmp_path, [FERRY] * 200)
    run = subprocess.run([*way, "dedup", "corpus.jsonl", "-o", "out"], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 1 and b"--most-of-corpus" in run.stderr


def test_a_closed_pipe_is_no_error(way: list[str], tmp_path: Path) -> None:
    corpus_of(tmp_path, [FERRY] * 700)
    command = [*way, "pairs", "corpus.jsonl", "--expand"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")


def test_what_is_printed_without_a_line_end_arrives(way: list[str]) -> None:
    run = subprocess.run([*way, "completions", "bash"], capture_output=True, check=True)
    assert run.stdout.startswith(b"_twinprint()") and run.stdout.rstrip().endswith(b"fi")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing_unfinished(way: list[str], sent: signal.Signals, tmp_path: Path) -> None:
    pipe = tmp_path / "corpus.jsonl"
    os.mkfifo(pipe)
    command = [*way, "dedup", "corpus.jsonl", "--format", "jsonl", "--output", "out"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # The command waits for the pipe, so it runs when the pipe is opened.
        with open(pipe, "w", encoding="utf-8") as out:
            out.write(json.dumps({"id": "a", "text": FERRY}) + "\n")
            out.flush()
            time.sleep(0.3)
            process.send_signal(sent)
            assert process.stderr is not None
            said = process.stderr.read()
            process.wait(timeout=20)
    assert process.returncode == 128 + sent, said
    assert b"twinprint: " in said
    assert not (tmp_path / "out" / "kept.jsonl").exists()
