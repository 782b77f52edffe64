"""The answers are those of the library, whatever the texts are kept in."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinprint as tp

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."
TEXTS = [FERRY, "SKELBY — " + FERRY, None, "", FERRY.upper(), "Councillors voted to close the harbour road."]

words = st.lists(st.sampled_from("a b c d e".split()), max_size=12).map(" ".join)
texts = st.lists(st.one_of(st.none(), words, st.text(max_size=40)), max_size=16)


def by_hand(corpus: list[str | None], scheme: tp.Scheme, threshold: float) -> list[tuple[int, int, float]]:
    """All pairs, by sets of Python."""
    hasher = tp.MinHasher(scheme)
    sets = [set(hasher.shingles(text or "").tolist()) for text in corpus]
    found = []
    for left in range(len(sets)):
        for right in range(left + 1, len(sets)):
            union = len(sets[left] | sets[right])
            jaccard = len(sets[left] & sets[right]) / union if union else 0.0
            if jaccard >= threshold:
                found.append((left, right, jaccard))
    return found


@given(texts)
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_brute_force(corpus: list[str | None]) -> None:
    corpus = [None if text is None else text.encode("utf-8", "replace").decode() for text in corpus]
    scheme = tp.Scheme(words=1, num_hashes=256)
    found = tp.find_pairs(corpus, scheme=scheme, threshold=0.9, recall=0.999999)
    assert [tuple(pair) for pair in found] == by_hand(corpus, scheme, 0.9)
    assert found.jaccard.tolist() == [pair.jaccard for pair in found]


@given(texts)
@settings(max_examples=40, deadline=None)
def test_every_kind_of_column_gives_the_same_signatures(corpus: list[str | None]) -> None:
    corpus = [None if text is None else text.encode("utf-8", "replace").decode() for text in corpus]
    expected = tp.signatures(corpus).numpy()
    cut = len(corpus) // 2
    columns = [
        pa.array(corpus, pa.string()),
        pa.array(corpus, pa.large_string()),
        pa.array(corpus, pa.string_view()),
        pa.chunked_array([corpus[:cut], corpus[cut:]], pa.string()),
        pl.Series("text", corpus, dtype=pl.String),
        tuple(corpus),
        iter(corpus),
    ]
    for column in columns:
        signatures = tp.signatures(column, threads=1)
        assert np.array_equal(signatures.numpy(), expected)
        assert [signatures[row] is None for row in range(len(corpus))] == [text is None for text in corpus]


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_string_has_a_signature_or_a_named_error(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        with pytest.raises(ValueError, match="surrogate"):
            tp.signatures([text])
        return
    assert tp.signatures([text])[0] == tp.MinHasher().signature(text)
    found = tp.evidence(text, text)
    assert found.jaccard in (0.0, 1.0)
    for passage in found.passages:
        assert text[passage.left] == text.encode()[passage.left_bytes].decode()


def test_dedup_says_what_is_kept_and_why() -> None:
    found = tp.dedup(TEXTS, ids=list("abcdef"))
    assert found.kept == ["a", "c", "d", "f"]
    assert found.mask.tolist() == [True, False, True, True, False, True]
    assert found.removed == [tp.Removed("b", "a", 13 / 14, 13 / 14), tp.Removed("e", "a", 1.0, 1.0)]
    assert found.clusters == [["a", "b", "e"]]
    assert found.stats["documents"] == 6
    assert repr(found) == "<twinprint.Deduplicated: 4 of 6 texts kept>"
    assert tp.dedup(TEXTS, keep="longest").kept == [1, 2, 3, 5]


def test_a_folder_and_any_number_of_threads_give_the_same(tmp_path: Path) -> None:
    corpus = [f"{FERRY} {number % 7} {number % 3}" for number in range(300)]
    expected = list(tp.find_pairs(corpus, threshold=0.7))
    assert len(expected) > 1000
    for threads in (1, 2, 5):
        assert list(tp.find_pairs(corpus, threshold=0.7, threads=threads)) == expected
    assert list(tp.find_pairs(corpus, threshold=0.7, folder=tmp_path / "work", memory=1 << 28)) == expected


def test_against_compares_only_with_the_others() -> None:
    found = tp.find_pairs(TEXTS[:2], against=[FERRY, "other words altogether"], threshold=0.5)
    assert [(pair.left, pair.right) for pair in found] == [(0, 2), (1, 2)]
    named = tp.find_pairs(TEXTS[:2], against=[FERRY], ids=["x", "y"], against_ids=["z"], threshold=0.5)
    assert [(pair.left, pair.right) for pair in named] == [("x", "z"), ("y", "z")]
    with pytest.raises(ValueError, match="against_ids belongs"):
        tp.find_pairs(TEXTS, against_ids=[1])


@pytest.mark.parametrize(
    "call",
    [
        lambda ids: tp.find_pairs(TEXTS, ids=ids),
        lambda ids: tp.contained(TEXTS, ids=ids),
        lambda ids: tp.dedup(TEXTS, ids=ids),
        lambda ids: tp.report(TEXTS, ids=ids),
        lambda ids: tp.find_pairs([FERRY], against=TEXTS, against_ids=ids),
        lambda ids: tp.contained([FERRY], against=TEXTS, against_ids=ids),
    ],
)
def test_an_id_of_two_texts_is_refused(call: Callable[[list[object]], object]) -> None:
    with pytest.raises(ValueError, match="ids: the id 'b' is that of text 1 and of text 4; make ids unique, or give .*ids=None"):
        call(["a", "b", "c", "a ", "b", "c"])
    with pytest.raises(TypeError, match="ids: .*list"):
        call([[1], [2], [3], [4], [5], [6]])
    call(["a", "b", 1, "1", None, ("a", "b")])


def test_numbers_of_both_sides_go_on_where_only_one_has_ids() -> None:
    found = tp.find_pairs([FERRY], against=["other words altogether", FERRY], ids=[1])
    assert [(pair.left, pair.right) for pair in found] == [(1, 2)]
    found = tp.find_pairs([FERRY], against=[FERRY], against_ids=["z"])
    assert [(pair.left, pair.right) for pair in found] == [(0, "z")]


def test_contained_texts_are_found_with_their_exact_share() -> None:
    teaser = "The ferry to Skelby was cancelled on Monday"
    found = tp.contained([teaser, FERRY], ids=["teaser", "article"], scaled=1)
    assert list(found) == [tp.ContainedPair("teaser", "article", 1.0)]
    assert found.containment.tolist() == [1.0]


def test_band_keys_meet_where_texts_are_alike() -> None:
    scheme, banding = tp.Scheme(words=2), tp.Banding.for_threshold(0.6)
    signatures = tp.signatures(TEXTS, scheme)
    keys = pa.array(tp.band_keys(signatures, banding)).to_pylist()
    assert keys[2] is None and keys[3] == [] and len(keys[0]) == banding.bands
    assert set(keys[0]) & set(keys[1]) and not set(keys[0]) & set(keys[5])
    signed = pa.array(tp.band_keys(signatures, banding, signed=True))
    assert signed.type == pa.list_(pa.int64())
    unsigned = tp.band_keys(signatures, banding).values()
    assert np.array_equal(signed.values.to_numpy().view(np.uint64), unsigned)


def test_shingle_sets_verify_pairs() -> None:
    sets = tp.shingles(TEXTS, tp.Scheme.news())
    column = pa.array(sets)
    other = column.take([1, 1, 1, 1, 1, 1])
    similarities = tp.jaccard(sets, other)
    assert similarities[:2].tolist() == [13 / 14, 1.0] and math.isnan(similarities[2])
    assert sets.offsets().tolist()[:2] == [0, 13]


def test_shingle_sets_of_two_schemes_are_refused() -> None:
    threes, fives = tp.shingles(TEXTS, tp.Scheme(words=3)), tp.shingles(TEXTS, tp.Scheme(words=5))
    with pytest.raises(tp.SchemeMismatch, match="features.tokens: 3 on the left, 5 on the right"):
        tp.jaccard(threes, fives)
    # How sets become signatures does not change the sets.
    others = tp.shingles(TEXTS, tp.Scheme(words=3, num_hashes=64, seed=7))
    assert np.array_equal(tp.jaccard(threes, others), tp.jaccard(threes, threes), equal_nan=True)
    keys = tp.band_keys(tp.signatures(TEXTS), tp.Banding(16, 4))
    for sets in (threes, keys):
        with pytest.raises(TypeError, match="holds no shingle sets; give what twinprint.shingles returns"):
            tp.jaccard(sets, keys)
    # Of another library's column, the scheme is not known.
    assert tp.jaccard(pa.array(threes), pa.array(fives))[0] == 0.0


def test_a_stream_tells_at_once() -> None:
    stream = tp.Deduplicator(threshold=0.5)
    assert stream.insert("a", FERRY) == tp.Inserted("new", None, None)
    assert stream.insert("b", "SKELBY — " + FERRY) == tp.Inserted("similar", "a", 13 / 14)
    assert stream.insert("c", FERRY).kind == "copy" and stream.insert("d", "").kind == "empty"
    same_shingles = stream.insert("e", FERRY + "!")
    assert same_shingles == tp.Inserted("same-shingles", "a", 1.0) and same_shingles.is_duplicate
    assert len(stream) == 5 and tp.Inserted("copy", 1, 1.0).is_duplicate


def test_an_index_is_changed_and_pickled() -> None:
    index = tp.LshIndex()
    index.insert("a", FERRY)
    with pytest.raises(KeyError, match="upsert"):
        index.insert("a", FERRY)
    assert index.upsert(("any", 1), FERRY) is False and index.upsert("a", FERRY) is True
    copy = pickle.loads(pickle.dumps(index))
    for one in (index, copy):
        assert sorted(one, key=str) == [("any", 1), "a"]
        assert {hit.id for hit in one.query(FERRY)} == {"a", ("any", 1)}
        assert len(one.nearest(FERRY, 1)) == 1
    assert index.remove("a") and not index.remove("a") and "a" not in index and len(index) == 1


def test_values_are_pickled_compared_and_hashed() -> None:
    for value in (tp.Scheme.web(), tp.Scheme(characters=5), tp.Banding(16, 4), tp.MinHasher().signature(FERRY)):
        again = pickle.loads(pickle.dumps(value))
        assert again == value and hash(again) == hash(value) and again != object()
    assert tp.Scheme.from_json(tp.Scheme.news().to_json()) == tp.Scheme.news() != tp.Scheme.web()


def test_signatures_merge_and_refuse_other_schemes() -> None:
    hasher = tp.MinHasher(tp.Scheme(words=1))
    union = hasher.signature("a b").merge(hasher.signature("c"))
    assert union == hasher.signature("a b c") and hasher.empty().merge(union) == union
    assert hasher.signature_of(hasher.shingles("a b c")) == union
    with pytest.raises(tp.SchemeMismatch, match="num_hashes"):
        union.jaccard(tp.MinHasher(tp.Scheme(words=1, num_hashes=64)).signature("a"))


def test_columns_of_a_dictionary_are_read() -> None:
    column, expected = pa.array(["junk", *TEXTS, "junk"]).dictionary_encode(), list(tp.find_pairs(TEXTS))
    without = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), pa.array([], pa.string()))
    missing = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array([FERRY, None, FERRY]))
    same = [column[1:-1], pa.chunked_array([column[1:3], column[3:-1]]), pl.Series(TEXTS).cast(pl.Categorical)]
    for texts in (*same, pd.Series(TEXTS, dtype="category")):
        assert list(tp.find_pairs(texts)) == expected
        assert np.array_equal(tp.signatures(texts).numpy(), tp.signatures(TEXTS).numpy())
    assert len(tp.find_pairs(without)) == 0 and list(tp.find_pairs(missing)) == [(0, 2, 1.0)]
    with pytest.raises(TypeError, match="Utf8"):
        tp.find_pairs(pa.array([1, 2]).dictionary_encode())


def test_a_table_is_told_from_its_columns() -> None:
    for table in (pa.table({"text": TEXTS, "n": range(6)}), pl.DataFrame({"text": TEXTS, "n": range(6)})):
        with pytest.raises(TypeError, match=r"^a table was given .*; give one of its columns: text, n\b"):
            tp.find_pairs(table)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: tp.find_pairs("one text"), TypeError, "put it into a list"),
        (lambda: tp.find_pairs([1]), TypeError, "text 0"),  # type: ignore[list-item]
        (lambda: tp.find_pairs([b"bytes"]), TypeError, "text 0"),  # type: ignore[list-item]
        (lambda: tp.find_pairs(pa.array([1])), TypeError, "Utf8"),
        (lambda: tp.find_pairs(TEXTS, threshold=1.5), ValueError, "threshold"),
        (lambda: tp.find_pairs(TEXTS, threads=0), ValueError, "threads"),
        (lambda: tp.find_pairs(TEXTS, memory=1 << 30), ValueError, "folder"),
        (lambda: tp.find_pairs(TEXTS, ids=[1]), ValueError, "1 ids for 6 texts"),
        (lambda: tp.dedup(TEXTS, keep="best"), ValueError, "first, longest, shortest"),
        (lambda: tp.Scheme(words=3, characters=5), ValueError, "one of"),
        (lambda: tp.Scheme.from_json("{}"), ValueError, "no scheme"),
        (lambda: tp.signatures(TEXTS)[6], IndexError, "row 6"),
    ],
)
def test_errors_say_what_to_do(call: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()  # type: ignore[operator]


def test_what_a_callback_raises_ends_the_join() -> None:
    def stop(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt(stage)

    with pytest.raises(KeyboardInterrupt, match="^(Grouping|Partitioning|Candidates)$"):
        tp.find_pairs(TEXTS, progress=stop)


def test_other_threads_go_on_while_texts_are_hashed() -> None:
    corpus = [f"{FERRY} {number}" for number in range(20_000)]
    turns = []
    work = threading.Thread(target=lambda: turns.append(len(tp.signatures(corpus, threads=1))))
    work.start()
    while work.is_alive():
        turns.append(-1)
    work.join()
    assert turns[-1] in (-1, 20_000) and turns.count(-1) > 100


def test_a_text_is_neither_kept_alive_nor_leaked() -> None:
    text = "".join(["a text that nobody else holds ", str(id(object()))])
    before = sys.getrefcount(text)
    for _ in range(100):
        tp.find_pairs([text, text])
    assert sys.getrefcount(text) == before


@given(st.text(alphabet="aé漢𝄞ß ", max_size=24), st.text(alphabet="aéè漢漣𝄞𝄟", max_size=4), st.integers(0, 24), st.integers(1, 4))
def test_passages_of_bytes_are_of_whole_characters(left: str, other: str, place: int, least: int) -> None:
    right = left[:place] + other + left[place + 1 :]
    scheme = tp.Scheme(tokenization="bytes", tokens=least, normalization={"fold_case": False})
    for passage in tp.passages(left, right, scheme=scheme, words=least, letters=least, gap=0):
        # Runs that overlap are one passage, whose sides need not be equal.
        if left.encode()[passage.left_bytes] == right.encode()[passage.right_bytes]:
            assert left[passage.left] == right[passage.right]
        for text, characters, bytes_ in ((left, passage.left, passage.left_bytes), (right, passage.right, passage.right_bytes)):
            # Only parts of a character at either end are left out.
            assert text[characters] == text.encode()[bytes_].decode(errors="ignore")


@pytest.mark.parametrize(
    ("options", "scheme"), [(["--preset", "news", "--relation=false", "--threshold", "0.5"], None), ([], tp.Scheme(3))]
)
def test_the_command_has_another_default_scheme(options: list[str], scheme: tp.Scheme | None, tmp_path: Path) -> None:
    """In scripts without spaces, shingles have five letters in one and three in the other, so similarities differ."""
    long = "渡轮公司周一表示，由于大风，前往斯凯尔比的渡轮已被取消，乘客改乘公共汽车经旧桥返回大陆。"
    texts = [long, long.replace("大陆", "市区")]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"id": str(id), "text": text}) + "\n" for id, text in enumerate(texts)))
    arguments = [sys.executable, "-m", "twinprint", "pairs", "--quiet", "--json", *options, str(corpus)]
    printed = subprocess.run(arguments, check=True, capture_output=True, encoding="utf-8").stdout
    similarities = [json.loads(line)["jaccard"] for line in printed.splitlines()]
    assert similarities == [round(pair.jaccard, 6) for pair in tp.find_pairs(texts, scheme=scheme)] != []
    other = tp.Scheme(3) if scheme is None else None
    assert similarities != [round(pair.jaccard, 6) for pair in tp.find_pairs(texts, scheme=other)]
