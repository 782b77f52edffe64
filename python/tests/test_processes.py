"""Forked children, threads and interruptions: each finds the module in working order."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import twinprint as tp

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds."
SUMMER = "The harbour road is closed all summer."

# A child that hangs is ended by its alarm, which the parent sees in the status.
FORKED = """
import os, signal, threading
import twinprint as tp
from twinprint.compat import Sketcher

TEXTS = [f"alpha{number} beta{number} gamma{number % 7} delta" for number in range(600)] * 2
index = tp.LshIndex()
stream = tp.Deduplicator()

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


@forks
def test_a_forked_child_waits_for_no_lock_of_its_parent() -> None:
    code = """
is_over = threading.Event()
def go_on():
    number = 0
    while not is_over.is_set():
        number += 1
        index.upsert(number % 50, TEXTS[number % 600])
        index.query(TEXTS[number % 600], 0.5)
        stream.insert(number, TEXTS[number % 600])
threads = [threading.Thread(target=go_on) for _ in range(3)]
for thread in threads: thread.start()
def work():
    for use in (lambda: index.upsert("of the child", TEXTS[0]), lambda: stream.insert("of the child", TEXTS[0])):
        try:
            use()
        except RuntimeError as error:
            assert "forked while another thread" in str(error)
print({in_child(work) for _ in range(40)})
is_over.set()
for thread in threads: thread.join()
"""
    assert run(FORKED + code) == "{0}\n"


def test_an_upsert_that_is_refused_changes_nothing() -> None:
    index = tp.LshIndex()
    index.insert("a", FERRY)
    before = index.query(FERRY)
    for id in ("a", "b"):
        with pytest.raises(tp.SchemeMismatch):
            index.upsert(id, tp.MinHasher(tp.Scheme.web()).signature("another text of some words"))
    assert list(index) == ["a"] and index.query(FERRY) == before and "b" not in index
    index.insert("b", FERRY)
    assert index.upsert("a", SUMMER) and list(index) == ["b", "a"]
    assert [hit.id for hit in index.query(FERRY)] == ["b"]


def in_threads(work: Callable[[int], object]) -> list[BaseException]:
    """Runs work in eight threads that take turns often, and returns what they raised."""
    raised: list[BaseException] = []

    def caught(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            raised.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=caught, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)
    return raised


def test_threads_share_an_index() -> None:
    index = tp.LshIndex()

    def text(of: int, number: int) -> str:
        return f"text {of} {number} of words alpha{of} beta{number}"

    def use(of: int) -> None:
        for number in range(200):
            index.insert((of, number), text(of, number))
            assert (of, number) in {hit.id for hit in index.query(text(of, number), 1.0)}
            index.upsert(number % 5, text(of, number))
            index.remove((of + 1) % 5)

    assert in_threads(use) == []
    kept = {(of, number) for of in range(8) for number in range(200)}
    assert set(index) - set(range(5)) == kept and len(index) == len(set(index))
    assert all(id in {hit.id for hit in index.query(text(*id), 1.0)} for id in kept)


@contextmanager
def after(native: str, act: Callable[[], object]) -> Iterator[None]:
    """Acts once, where a native method has returned and Python may turn to another thread, or look for Ctrl-C."""

    def turn(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_return" and called.__name__ == native:
            sys.setprofile(None)
            act()

    sys.setprofile(turn)
    yield
    assert sys.getprofile() is None


def in_another_thread(work: Callable[[], object]) -> Callable[[], None]:
    def act() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    return act


def test_threads_that_take_turns_in_a_stream_keep_their_ids() -> None:
    stream = tp.Deduplicator()
    with after("insert", in_another_thread(lambda: stream.insert("second", SUMMER))):
        stream.insert("first", FERRY)
    assert stream.insert("again", FERRY).of == "first" and stream.insert("again", SUMMER).of == "second"


def test_of_threads_that_insert_one_id_one_succeeds() -> None:
    index = tp.LshIndex()
    with after("signature", in_another_thread(lambda: index.insert("a", SUMMER))), pytest.raises(KeyError, match="upsert"):
        index.insert("a", FERRY)
    with after("signature", in_another_thread(lambda: index.insert("b", SUMMER))):
        index.insert("c", FERRY)
    assert list(index) == ["a", "b", "c"] and index.query(FERRY) == [("c", 1.0)]


def ctrl_c() -> None:
    raise KeyboardInterrupt


def test_ctrl_c_in_an_insert_into_a_stream_moves_no_id() -> None:
    stream = tp.Deduplicator()
    with pytest.raises(KeyboardInterrupt), after("insert", ctrl_c):
        stream.insert("interrupted", FERRY)
    stream.insert("next", SUMMER)
    assert stream.insert("again", SUMMER).of == "next"
    assert stream.insert("again", FERRY).of == "interrupted"


def test_ctrl_c_in_an_insert_into_an_index_leaves_it_whole() -> None:
    index = tp.LshIndex()
    with pytest.raises(KeyboardInterrupt), after("insert", ctrl_c):
        index.insert("interrupted", FERRY)
    index.insert("next", FERRY)
    assert {hit.id for hit in index.query(FERRY)} == set(index) == {"interrupted", "next"}
    with pytest.raises(KeyboardInterrupt), after("remove", ctrl_c):
        index.remove("next")
    assert [hit.id for hit in index.query(FERRY)] == list(index) == ["interrupted"]


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
