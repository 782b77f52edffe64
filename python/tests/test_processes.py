"""Forked children, threads and interruptions: each finds the module in working order."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import twinprint as tp

# A child that hangs is ended by its alarm, which the parent sees in the status.
FORKED = """
import os, signal, threading
import twinprint as tp
from twinprint.compat import Sketcher

TEXTS = [f"alpha{number} beta{number} gamma{number % 7} delta" for number in range(600)] * 2

def in_child(work):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(type(error).__name__, error, flush=True)
            os._exit(1)
    return os.waitpid(child, 0)[1]
"""


def run(code: str) -> str:
    """Runs code in a process of its own, and returns what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


forks = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")


@forks
@pytest.mark.parametrize(
    "call",
    [
        "len(tp.find_pairs(TEXTS))",
        "len(tp.find_pairs(TEXTS, threads=2))",
        "tp.dedup(TEXTS, keep='longest').kept",
        "len(tp.dedup(TEXTS).report())",
        "tp.signatures(TEXTS).numpy().sum()",
        "tp.shingles(TEXTS).values().sum()",
        "Sketcher('data-juicer').sketch_texts(TEXTS).sum()",
        "tp.jaccard(tp.shingles(TEXTS), tp.shingles(TEXTS)).sum()",
    ],
)
def test_a_forked_child_works_after_its_parent_has(call: str) -> None:
    code = f"""
answer = {call}
def work():
    assert {call} == answer
    assert {call} == answer
print([in_child(work), in_child(lambda: in_child(work) and os.abort())], {call} == answer)
"""
    assert run(FORKED + code) == "[0, 0] True\n"


@forks
def test_a_forked_child_works_while_a_thread_of_its_parent_does() -> None:
    code = """
answer = len(tp.find_pairs(TEXTS))
is_over = threading.Event()
def go_on():
    while not is_over.is_set():
        tp.find_pairs(TEXTS)
        tp.signatures(TEXTS)
threads = [threading.Thread(target=go_on) for _ in range(3)]
for thread in threads: thread.start()
def work():
    assert len(tp.find_pairs(TEXTS)) == answer
print({in_child(work) for _ in range(20)})
is_over.set()
for thread in threads: thread.join()
"""
    assert run(FORKED + code) == "{0}\n"


def test_no_array_is_made_before_numpy_is_known() -> None:
    """What Ctrl-C interrupts may be the import of numpy's functions, if they are imported late."""
    code = """
import builtins
import twinprint as tp
def interrupted(*_): raise KeyboardInterrupt
imports, builtins.__import__ = builtins.__import__, interrupted
signature = tp.MinHasher().signature("a b c")
again = tp.Signature(signature.scheme, signature.numpy())
builtins.__import__ = imports
print(again == signature)
"""
    assert run(code) == "True\n"


# Work that would take many minutes. The signal comes after half a second of it, and the alarm ends what does not hear it.
INTERRUPTED = """
import os, signal
import twinprint as tp
from twinprint.compat import Sketcher

LONG = " ".join(f"word{number}" for number in range(40_000))
CORPUS = [LONG] * 2_000_000
signal.signal(signal.SIGVTALRM, signal.default_int_handler)
signal.alarm(60)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
try:
    CALL
except KeyboardInterrupt:
    print("interrupted", flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timers of a process")
@pytest.mark.parametrize(
    "call",
    [
        "tp.signatures(CORPUS)",
        "tp.signatures(CORPUS, threads=1)",
        "tp.shingles(CORPUS)",
        "Sketcher('data-juicer').sketch_texts(CORPUS)",
        "tp.find_pairs(CORPUS)",
        "tp.find_pairs(CORPUS, threads=2)",
        "tp.find_pairs(CORPUS, folder=FOLDER)",
        "tp.contained(CORPUS)",
        "tp.evidence(LONG * 1000, LONG * 1000)",
    ],
)
def test_ctrl_c_ends_a_call(call: str, tmp_path: Path) -> None:
    code = INTERRUPTED.replace("CALL", call).replace("FOLDER", repr(str(tmp_path / "work")))
    assert run(code) == "interrupted\n"


def test_a_callback_is_called_on_the_thread_that_waits() -> None:
    texts = [f"alpha{number} beta{number} gamma{number}" for number in range(200)] * 2
    threads: set[int] = set()

    def nested(stage: str, done: int, total: int) -> None:
        threads.add(threading.get_ident())
        assert len(tp.find_pairs(texts)) == 200

    for count in (None, 1, 2):
        assert len(tp.find_pairs(texts, threads=count, progress=nested)) == 200
    assert threads == {threading.get_ident()}
