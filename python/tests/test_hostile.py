"""Nothing that Python can hold ends the process, and nothing leaks."""

from __future__ import annotations

import gc
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinprint as tp
from twinprint import _native
from twinprint.compat import Sketcher, spark_values

LEAKS = Path(__file__).parent.parent / "benches" / "leaks.py"

# Also halves of surrogate pairs, which Python holds and UTF-8 does not.
any_text = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Ll", "Zs"]), max_size=12),
    st.just("\ud800"),
    st.just("a " * 2000),
    st.just("字" * 500),
    st.just("\0" * 40),
)
any_item = st.one_of(any_text, st.none(), st.binary(max_size=8), st.integers(), st.floats(), st.lists(st.none(), max_size=1))
any_corpus = st.lists(any_item, max_size=8)

EXPECTED = (ValueError, TypeError, MemoryError)


def is_sound(item: Any) -> bool:
    if not isinstance(item, str):
        return item is None
    try:
        item.encode()
    except UnicodeEncodeError:
        return False
    return True


@given(any_corpus)
@settings(max_examples=150, deadline=None)
def test_any_corpus_has_answers_or_a_named_error(corpus: list[Any]) -> None:
    calls: list[Callable[[], object]] = [
        lambda: tp.signatures(corpus),
        lambda: tp.shingles(corpus),
        lambda: tp.find_pairs(corpus),
        lambda: tp.contained(corpus, scaled=1),
        lambda: tp.dedup(corpus, keep="longest", contained=0.5, drop_blank=True).report(),
        lambda: Sketcher("data-juicer", num_hashes=8).sketch_texts(corpus),
    ]
    for call in calls:
        if all(map(is_sound, corpus)):
            call()
        else:
            with pytest.raises((ValueError, TypeError), match="text [0-9]+ (is|holds)"):
                call()


@given(any_item, any_item)
@settings(max_examples=100, deadline=None)
def test_any_two_items_have_evidence_or_a_named_error(left: Any, right: Any) -> None:
    if isinstance(left, str) and isinstance(right, str) and is_sound(left) and is_sound(right):
        found = tp.evidence(left, right)
        assert 0.0 <= found.jaccard <= 1.0
        for passage in found.passages:
            assert left[passage.left].encode() == left.encode()[passage.left_bytes]
            assert right[passage.right].encode() == right.encode()[passage.right_bytes]
    else:
        with pytest.raises(EXPECTED):
            tp.evidence(left, right)
    for take in (tp.MinHasher().signature, tp.MinHasher().shingles, lambda text: tp.Deduplicator().insert(1, text)):
        try:
            take(left)
        except EXPECTED:
            assert not (isinstance(left, str) and is_sound(left))


numbers = st.one_of(st.floats(), st.integers(), st.none(), st.text(max_size=3), st.just(2**70), st.just(-1))


@given(st.dictionaries(st.sampled_from(["threshold", "recall", "bucket_limit", "threads", "memory"]), numbers, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_setting_is_taken_or_refused_by_name(chosen: dict[str, Any]) -> None:
    if isinstance(chosen.get("threads"), int) and chosen["threads"] > 8:
        chosen["threads"] = 8
    try:
        tp.find_pairs(["one two three four"] * 2, **chosen)
    except EXPECTED:
        pass


@given(st.integers(-3, 2**33), st.integers(-3, 2**33), st.floats(), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_scheme_and_rule_is_taken_or_refused(words: int, hashes: int, threshold: float, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: tp.Scheme(words=words, num_hashes=min(hashes, 4096)),
        lambda: tp.Scheme(tokenization=name, normalization=name),
        lambda: tp.Scheme.from_json(name),
        lambda: tp.Banding(words, hashes),
        lambda: tp.Banding.for_threshold(threshold, num_hashes=min(hashes, 512)),
        lambda: Sketcher(name, num_hashes=min(hashes, 512)),
        lambda: tp.dedup(["a b c"], keep=name),
        lambda: tp.dedup(["a b c"], keep="latest:d", columns={"d": [name]}),
        lambda: tp.dedup(["a b c"], keep="score:d", columns={"d": [name]}),
    ]
    for call in calls:
        try:
            call()
        except EXPECTED:
            pass


TWICE = ["one two three four"] * 2
SIGNATURES = tp.signatures(TWICE)
NATURAL = [-1, 2**40, 2**64, 2**2000]
WIDE = [-1, 2**64, 2**2000]
SHARES = [-0.5, 0.0, 1.5, math.nan, math.inf, -math.inf, 2**2000]


@pytest.mark.parametrize(
    ("name", "call", "values"),
    [
        ("words", lambda value: tp.Scheme(value), NATURAL),
        ("characters", lambda value: tp.Scheme(characters=value), NATURAL),
        ("tokens", lambda value: tp.Scheme(tokenization="words", tokens=value), NATURAL),
        ("spaceless_tokens", lambda value: tp.Scheme(spaceless_tokens=value), NATURAL),
        ("num_hashes", lambda value: tp.Scheme(num_hashes=value), NATURAL),
        ("seed", lambda value: tp.Scheme(seed=value), WIDE),
        ("bands", lambda value: tp.Banding(value, 4), NATURAL),
        ("rows", lambda value: tp.Banding(4, value), NATURAL),
        ("threshold", lambda value: tp.Banding.for_threshold(value), SHARES),
        ("recall", lambda value: tp.Banding.for_threshold(0.5, recall=value), SHARES),
        ("num_hashes", lambda value: tp.Banding.for_threshold(0.5, num_hashes=value), NATURAL),
        ("similarity", lambda value: tp.Banding(4, 4).probability(value), [-0.5, 1.5, math.nan, math.inf, 2**2000]),
        ("threshold", lambda value: tp.find_pairs(TWICE, threshold=value), SHARES),
        ("recall", lambda value: tp.find_pairs(TWICE, recall=value), SHARES),
        ("expand", lambda value: tp.find_pairs(TWICE, expand=value), WIDE),
        ("bucket_limit", lambda value: tp.find_pairs(TWICE, bucket_limit=value), [0, 1, *WIDE]),
        ("threads", lambda value: tp.find_pairs(TWICE, threads=value), [0, *NATURAL]),
        ("memory", lambda value: tp.find_pairs(TWICE, folder="never-made", memory=value), [0, 1, *WIDE]),
        ("contained", lambda value: tp.dedup(TWICE, contained=value), SHARES),
        ("least", lambda value: tp.contained(TWICE, least=value), SHARES),
        ("scaled", lambda value: tp.contained(TWICE, scaled=value), [0, *NATURAL]),
        ("max_document_frequency", lambda value: tp.contained(TWICE, max_document_frequency=value), [0, *NATURAL]),
        ("max_pairs", lambda value: tp.report(TWICE, max_pairs=value), WIDE),
        ("words", lambda value: tp.evidence("a", "b", words=value), NATURAL),
        ("letters", lambda value: tp.evidence("a", "b", letters=value), NATURAL),
        ("gap", lambda value: tp.passages("a", "b", gap=value), NATURAL),
        ("threshold", lambda value: tp.Deduplicator(threshold=value), SHARES),
        ("recall", lambda value: tp.Deduplicator(recall=value), SHARES),
        ("threshold", lambda value: tp.LshIndex().query("a", value), SHARES),
        ("count", lambda value: tp.LshIndex().nearest("a", value), WIDE),
        ("threads", lambda value: tp.signatures(TWICE, threads=value), [0, *NATURAL]),
        ("threads", lambda value: tp.shingles(TWICE, threads=value), [0, *NATURAL]),
        ("threads", lambda value: tp.band_keys(SIGNATURES, tp.Banding(4, 4), threads=value), [0, *NATURAL]),
        ("num_hashes", lambda value: Sketcher("data-juicer", num_hashes=value), [0, *NATURAL]),
        ("seed", lambda value: Sketcher("data-juicer", seed=value), NATURAL),
        ("tables", lambda value: spark_values([1], tables=value), [0, *NATURAL]),
        ("seed", lambda value: spark_values([1], tables=2, seed=value), [2**63, 2**2000]),
        ("an index", lambda value: spark_values([value], tables=2), NATURAL),
        ("threshold", lambda value: _native.JoinRules(None, threshold=value, recall=0.9, bucket_limit=None), SHARES),
        ("recall", lambda value: _native.JoinRules(None, threshold=0.5, recall=value, bucket_limit=None), SHARES),
        ("bucket_limit", lambda value: _native.JoinRules(None, threshold=0.5, recall=0.9, bucket_limit=value), [1, *WIDE]),
    ],
)
def test_a_number_out_of_range_is_a_named_error(name: str, call: Callable[[Any], object], values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ValueError, match=f"^{name} is .*; it must be .*[0-9]"):
            call(value)
    with pytest.raises(TypeError):
        call("many")


def test_a_row_that_no_signatures_have_is_named() -> None:
    for row in (2, -3, 2**40, 2**2000):
        for call in (lambda row: SIGNATURES[row], lambda row: SIGNATURES.jaccard(0, row)):
            with pytest.raises(IndexError, match="there is no row .* among 2"):
                call(row)


def test_a_huge_text_and_many_empty_ones() -> None:
    huge = "wind and rain over the harbour " * 200_000
    assert tp.find_pairs([huge, huge + "!", "", None] + [""] * 1000)[0].jaccard == 1.0
    assert len(tp.find_pairs([])) == 0 and tp.dedup([]).kept == [] and tp.signatures([]).numpy().shape == (0, 256)
    assert len(tp.dedup([None] * 5).kept) == 5
    assert tp.signatures(pa.array([], pa.string())).numpy().shape == (0, 256)
    assert math.isnan(tp.jaccard(tp.shingles([None]), tp.shingles([None]))[0])


def test_slices_of_columns_are_read_where_they_begin() -> None:
    column = pa.array(["a b c d", None, "e f g h", "a b c d"])
    assert np.array_equal(tp.signatures(column[2:]).numpy(), tp.signatures(["e f g h", "a b c d"]).numpy())


class Endless:
    """Says that it is long, and is not."""

    def __init__(self, items: list[Any], length: int) -> None:
        self.items, self.length = items, length

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, place: int) -> Any:
        return self.items[place]


@pytest.mark.parametrize("length", [2**33, 2**40, 2**62])
def test_a_length_is_not_believed(length: int) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_hostile import Endless
import twinprint as tp
from twinprint.compat import Sketcher, spark_values
def long(*items): return Endless(list(items), {length})
print(len(tp.find_pairs(long("a b c", "a b c"))), len(tp.signatures(long("a b c"))), len(tp.shingles(long("a b c"))))
print(len(tp.dedup(["a b", "c d"], ids=long("a", "b"), within=long(1, 2)).kept))
print(len(Sketcher("data-juicer").sketch_all(long([b"a"]))), len(spark_values(long(1), tables=2)))
print(tp.Scheme(normalization=long("marks")) == tp.Scheme(normalization=["marks"]))
for call in (tp.find_pairs, tp.signatures, Sketcher("data-juicer").sketch_all, lambda row: tp.Scheme(normalization=row)):
    try:
        call(range({length}))
    except TypeError as error:
        print("TypeError")
try:
    tp.dedup(["a b", "c d"], ids=range({length}))
except ValueError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    ids = "there are more than 2 ids for 2 texts; give one for each\n"
    assert (run.returncode, run.stdout) == (0, "1 1 1\n2\n1 2\nTrue\n" + 4 * "TypeError\n" + ids), run.stderr


class Read:
    """A column whose capsules are handed over again and again."""

    def __init__(self, column: Any) -> None:
        self.capsules = column.__arrow_c_array__()

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self.capsules


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_a_capsule_that_was_read_is_an_error(kind: Any, capfd: pytest.CaptureFixture[str]) -> None:
    column = Read(pa.array(["a b c"] * 2, kind))
    assert len(tp.find_pairs(column)) == 1
    with pytest.raises(ValueError, match="read before"):
        tp.find_pairs(column)
    sets = Read(tp.shingles(["a b c"]))
    assert tp.jaccard(sets, tp.shingles(["a b c"])) == [1.0]
    with pytest.raises(ValueError, match="read before"):
        tp.jaccard(sets, tp.shingles(["a b c"]))
    assert "panicked" not in capfd.readouterr().err


LATIN = ["the ferry was late today".encode("latin-1"), None, "a café by the harbour of Skelby".encode("latin-1")]


READERS: list[Callable[[Any], object]] = [
    tp.signatures,
    lambda column: tp.shingles(column, threads=1),
    tp.find_pairs,
    lambda column: tp.find_pairs(["a"], against=column),
    lambda column: tp.dedup(column, keep="longest", drop_blank=True).report(),
    Sketcher("data-juicer").sketch_texts,
]


def taken_for_text(kind: Any) -> Any:
    """Bytes in Latin-1 as strings, which pyarrow does not look at."""
    binary = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}[kind]
    return pa.array(LATIN, binary).view(kind)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_a_text_that_is_not_utf8_is_named(kind: Any) -> None:
    bad = taken_for_text(kind)
    sound = pa.array(["a", "b"], kind)
    columns = [
        (bad, 2),
        (bad[1:], 1),
        (pa.chunked_array([sound, bad]), 4),
        (pa.DictionaryArray.from_arrays(pa.array([0, None, 0, 2, 2]), bad), 3),
    ]
    for column, row in columns:
        for call in READERS:
            with pytest.raises(ValueError, match=f"^text {row} is not UTF-8, .*; read the column as binary, .* decode"):
                call(column)


def test_what_no_row_shows_may_be_any_bytes() -> None:
    bad = taken_for_text(pa.string())
    assert len(tp.find_pairs(bad[:2])) == 0
    assert len(tp.find_pairs(pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), bad))) == 1
    masked = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x01"), *bad.buffers()[1:]])
    assert masked.null_count == 2 and tp.signatures(masked)[2] is None
    assert np.array_equal(tp.signatures(masked).numpy()[0], tp.signatures(["the ferry was late today"]).numpy()[0])


def test_offsets_of_a_column_are_not_believed() -> None:
    offsets = pa.py_buffer(np.array([0, 9, 4], np.int32).tobytes())
    with pytest.raises(ValueError, match="the column is damaged: row 0 names bytes that it does not have"):
        tp.find_pairs(pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"abcd")]))


def test_other_columns_that_are_not_utf8_are_named() -> None:
    bad = taken_for_text(pa.string())
    texts = ["a b c"] * 3
    for call in (
        lambda: tp.dedup(texts, ids=bad),
        lambda: tp.find_pairs(texts, within=bad),
        lambda: tp.find_pairs(texts, across=pa.chunked_array([bad])),
        lambda: tp.dedup(texts, keep="latest:day", columns={"day": bad}),
    ):
        with pytest.raises(ValueError, match="row 2 is not UTF-8, .*; read the column as binary"):
            call()


def test_a_column_of_nulls_of_any_library_has_no_texts() -> None:
    for nulls in ([None] * 3, pa.nulls(3), pl.Series([None] * 3), pl.Series([None] * 3, dtype=pl.Null)[:3]):
        assert len(tp.find_pairs(nulls)) == 0 and len(tp.dedup(nulls).kept) == 3
        assert tp.signatures(nulls)[2] is None and len(tp.shingles(nulls)) == 3
    assert len(tp.find_pairs(pl.Series([], dtype=pl.Null))) == 0


HALF = "\ud800"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: tp.find_pairs(TWICE, ids=["a", HALF]).table(), "^ids: row 1 holds half of a surrogate pair, .*replaces it$"),
        (lambda: tp.find_pairs(TWICE, within=["a", HALF]), "^values of within: row 1 holds half"),
        (lambda: tp.find_pairs(TWICE, across=[HALF, "a"]), "^values of across: row 0 holds half"),
        (lambda: tp.dedup(TWICE, ids=["a", HALF]).report(), "^ids: row 1 holds half"),
        (lambda: tp.report(TWICE, title=HALF), "^title holds half"),
        (lambda: tp.dedup(TWICE, keep=HALF), "^keep holds half"),
        (lambda: tp.dedup(TWICE, keep="source:A", columns={"source": ["A", HALF]}), "^values of 'source': row 1 holds half"),
    ],
)
def test_half_of_a_surrogate_pair_is_named(call: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("keep", [None, 3, ["first"]])
def test_a_rule_that_is_no_str_is_a_type_error(keep: Any) -> None:
    with pytest.raises(TypeError, match="^keep is .*, not str"):
        tp.dedup(TWICE, keep=keep)


@pytest.mark.parametrize("in_pool", [False, True])
def test_a_panic_is_an_exception_and_the_process_goes_on(in_pool: bool) -> None:
    code = f"""
import twinprint as tp
from twinprint import _native
try:
    _native.panic_on_purpose({in_pool})
except BaseException as error:
    print(type(error).__name__, error)
print(len(tp.find_pairs(["a b c d"] * 2)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("PanicException on purpose") and run.stdout.endswith("\n1\n")


def test_no_call_of_the_module_is_named_in_vain() -> None:
    assert set(_native.__all__) <= set(dir(_native))


def test_memory_does_not_grow() -> None:
    gc.collect()
    run = subprocess.run([sys.executable, LEAKS, "--calls", "6000"], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr


UNTYPED: Any = tp


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: UNTYPED.find_pairs({"text": "a b c"}), "is no sequence of texts; give its values"),
        (lambda: UNTYPED.dedup(pl.LazyFrame({"text": ["a"]})), r"holds no texts yet; call collect\(\)"),
        (lambda: UNTYPED.find_pairs(["a"], threshold="a"), "threshold: must be real number, not str"),
        (lambda: UNTYPED.find_pairs(["a"], expand="a"), "expand: 'str' object cannot be interpreted as an integer"),
        (lambda: UNTYPED.find_pairs(["a"], progress=5), "progress is int, not a function"),
        (lambda: UNTYPED.signatures(["a"])["a"], "'str' object cannot be interpreted as an integer"),
    ],
)
def test_a_wrong_type_is_named_with_what_to_give(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        call()


def test_a_report_without_a_folder_names_the_path_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "report.html"
    with pytest.raises(FileNotFoundError, match=re.escape(f"{path}: there is no folder")):
        tp.dedup(["a"]).report(path)
