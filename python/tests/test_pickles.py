"""What is pickled comes back as it was, under every protocol, or is refused when it is pickled."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import twinprint as tp
from twinprint import _native

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."
TEXTS = [FERRY, "SKELBY — " + FERRY, None, " ", FERRY]
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def back(value: Any, protocol: int) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_hasher_comes_back(protocol: int) -> None:
    hasher = tp.MinHasher(tp.Scheme.web())
    assert back(hasher, protocol).signature(FERRY) == hasher.signature(FERRY)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_columns_come_back(protocol: int) -> None:
    for texts in (TEXTS, [FERRY], []):
        signatures = tp.signatures(texts)
        again = back(signatures, protocol)
        assert again.scheme == signatures.scheme and pa.array(again).equals(pa.array(signatures))
        sets = tp.shingles(texts)
        keys = tp.band_keys(signatures, tp.Banding(16, 8))
        signed = tp.band_keys(signatures, tp.Banding(16, 8), signed=True)
        for column in (sets, keys, signed):
            assert pa.array(back(column, protocol)).equals(pa.array(column))
        # What knows of its scheme knows of it again.
        with pytest.raises(tp.SchemeMismatch):
            tp.jaccard(back(sets, protocol), tp.shingles(texts, tp.Scheme(words=2)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("ids", [None, list("abcde"), [-1, 2, 3, 4, 5], [2**64 - 1, 2, 3, 4, 5]])
def test_tables_come_back(ids: Any, protocol: int) -> None:
    for table in (tp.find_pairs(TEXTS, ids=ids).table(), tp.dedup(TEXTS, ids=ids, clustering="components").table()):
        assert pa.table(back(table, protocol)).equals(pa.table(table))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("keep", ["first", "longest", "none"])
def test_a_result_comes_back_without_its_texts(keep: str, protocol: int) -> None:
    result = tp.dedup(TEXTS, ids=list("abcde"), keep=keep, drop_blank=True)
    # A result that was pickled can be pickled again.
    again = back(back(result, protocol), protocol)
    for name in ("kept", "removed", "blank", "clusters", "pairs", "stats"):
        assert getattr(again, name) == getattr(result, name), name
    for name in ("mask", "representatives"):
        assert np.array_equal(getattr(again, name), getattr(result, name)), name
    assert pa.table(again.table()).equals(pa.table(result.table())) and repr(again) == repr(result)
    with pytest.raises(ValueError, match="was pickled has no texts for a report; make it before it is pickled"):
        again.report()
    assert copy.copy(result).report() == copy.deepcopy(result).report() == result.report()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_stream_is_refused_when_it_is_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(tp.Deduplicator(), protocol)


def test_what_a_pickle_cannot_hold_is_an_error() -> None:
    scheme, none = tp.Scheme.web(), np.zeros(1, np.bool_)
    with pytest.raises(ValueError, match="the pickle is damaged: the values are not a row"):
        _native.restored_signatures(scheme, np.zeros(3, np.uint32), none)
    values = np.zeros(3, np.uint64)
    for offsets in ([], [2, 1], [-1, 1], [0, 4], [0, 1, 2]):
        with pytest.raises(ValueError, match="the pickle is damaged"):
            _native.restored_column(values, np.array(offsets, np.int32), none, None)
