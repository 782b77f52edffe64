"""Results as Arrow tables, and joins that compare only some texts."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import twinprint as tp
from twinprint._native import Table

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds."
COUNCIL = "The council of Tarn voted to close the old harbour road all summer."
TEXTS = [FERRY, COUNCIL, FERRY + " It sails on Tuesday.", COUNCIL, FERRY]


@pytest.mark.parametrize("ids", [None, ["a", "b", "ć", "d", ""], [10, -3, 2**62, 0, 7]])
def test_a_table_holds_the_rows(ids: list[Any] | None) -> None:
    pairs = tp.find_pairs(TEXTS, ids=ids, threshold=0.5)
    table = pa.table(pairs.table())
    assert [tuple(row.values()) for row in table.to_pylist()] == [tuple(pair) for pair in pairs]
    assert table.column_names == ["left", "right", "jaccard"] == pairs.table().column_names
    assert pl.DataFrame(pairs.table()).rows() == [tuple(pair) for pair in pairs]
    assert len(pairs.table()) == len(pairs) > 3


def test_contained_and_removed_texts_are_tables_too() -> None:
    found = tp.contained([FERRY + " " + COUNCIL, COUNCIL], ids=["both", "one"], scaled=1)
    assert pa.table(found.table()).to_pylist() == [{"inner": "one", "outer": "both", "containment": 1.0}]
    result = tp.dedup(TEXTS, ids=list("abcde"))
    assert [tuple(row.values()) for row in pa.table(result.table()).to_pylist()] == [tuple(row) for row in result.removed]
    assert pa.table(tp.find_pairs([]).table()).num_rows == 0


def test_a_similarity_that_nobody_measured_is_null() -> None:
    words = [f"word{number}" for number in range(40)]
    chain = [" ".join(words[start : start + 20]) for start in (0, 3, 6, 9, 12)]
    result = tp.dedup(chain, threshold=0.6, clustering="components", scheme=tp.Scheme(words=1))
    assert any(math.isnan(row.jaccard) for row in result.removed)
    assert pa.table(result.table())["jaccard"].null_count == sum(math.isnan(row.jaccard) for row in result.removed)


def test_a_representative_groups_each_text() -> None:
    result = tp.dedup(TEXTS, threshold=0.5)
    assert result.representatives.dtype == np.uint32
    assert result.representatives.tolist() == [0, 1, 0, 1, 0]


def test_texts_without_a_kept_one_are_grouped_too() -> None:
    # Each text of the chain is most similar to the next or the last one, and not to the first.
    words = [f"word{number}" for number in range(60)]
    chain = [" ".join(words[start : start + 20]) for start in (0, 5, 9, 12, 14)]
    texts = ["alone", chain[0], " ", *chain[1:], None]
    result = tp.dedup(texts, threshold=0.5, keep="none", drop_blank=True, scheme=tp.Scheme(words=1))
    assert len({row.duplicate_of for row in result.removed}) > 1
    assert result.representatives.tolist() == [0, 1, 2, 1, 1, 1, 1, 7]
    assert result.clusters == [[1, 3, 4, 5, 6]] and result.blank == [2, 7] and result.kept == [0]


@pytest.mark.parametrize("ids", [["a", 1, "c", "d", "e"], [True, False, 2, 3, 4], [(1,), (2,), (3,), (4,), (5,)]])
def test_a_table_needs_ids_of_one_type(ids: list[Any]) -> None:
    pairs = tp.find_pairs(TEXTS, ids=ids)
    with pytest.raises(TypeError, match="all str or all int"):
        pairs.table()


def test_an_id_beyond_64_bits_is_named() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        tp.find_pairs(TEXTS, ids=[1 << 70, 1, 2, 3, 4]).table()


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (np.array([2**64 - 1, 1, 2**63, 3, 4], np.uint64), pa.uint64()),
        (pl.Series([2**64 - 1, 1, 2, 3, 4], dtype=pl.UInt64), pa.uint64()),
        ([np.int64(-5), np.int64(1), 2, np.uint8(3), 4], pa.int64()),
    ],
)
def test_integers_of_numpy_and_unsigned_ones_are_ids(ids: Any, kind: Any) -> None:
    table = pa.table(tp.find_pairs(TEXTS, ids=ids).table())
    assert table.schema.types[:2] == [kind, kind]
    assert table["left"].to_pylist()[0] == int(ids[0])
    with pytest.raises(ValueError, match="from 2\\^63 on; give ids as str"):
        tp.find_pairs(TEXTS, ids=[-1, 2**63, 2, 3, 4]).table()


@pytest.mark.parametrize(
    "table",
    [
        {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5},
        pa.table({n: [0] * 5 for n in "abcde"}),
        pl.DataFrame({n: [0] * 5 for n in "abcde"}),
    ],
)
def test_a_table_in_the_place_of_a_column_is_refused(table: Any) -> None:
    for name in ("ids", "within", "across"):
        with pytest.raises(TypeError, match=f"{name}: .* is a table where a column is expected; give one of its columns"):
            tp.find_pairs(TEXTS, **{name: table})


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64(), pa.timestamp("ns", "UTC"), pa.timestamp("us")])
def test_dates_of_pandas_in_arrow_may_be_missing(kind: Any) -> None:
    pd = pytest.importorskip("pandas")
    day = datetime.datetime(2026, 1, 1)
    dates = pd.Series([day, day + datetime.timedelta(1), None], dtype=pd.ArrowDtype(kind))
    assert tp.dedup([FERRY] * 3, keep="latest:day", columns=pd.DataFrame({"day": dates})).kept == [1]
    assert tp.dedup([FERRY] * 3, keep="earliest:day", columns=pd.DataFrame({"day": dates[::-1]})).kept == [2]


def test_columns_of_other_lengths_and_types_are_errors() -> None:
    with pytest.raises(ValueError, match="length"):
        Table([("a", ["x"]), ("b", ["x", "y"])])
    with pytest.raises(TypeError, match="numpy array"):
        Table([("a", [1.5])])  # type: ignore[list-item]


def pairs_of(**settings: Any) -> list[tuple[int, int]]:
    return [(pair.left, pair.right) for pair in tp.find_pairs(TEXTS, threshold=0.5, **settings)]


def test_within_compares_equal_values_only() -> None:
    assert pairs_of() == [(0, 2), (0, 4), (1, 3), (2, 4)]
    assert pairs_of(within=["mon", "mon", "tue", "tue", "mon"]) == [(0, 4)]
    assert pairs_of(within=pl.Series([1, 1, 2, 1, 2])) == [(1, 3), (2, 4)]
    assert pairs_of(within=[None, "x", None, None, math.nan]) == [(0, 2), (0, 4), (2, 4)]


def test_across_compares_different_values_only() -> None:
    assert pairs_of(across=["wire", "wire", "wire", "post", "post"]) == [(0, 4), (1, 3), (2, 4)]
    assert pairs_of(across=["a", "a", "a", "b", "b"], within=["x", "y", "x", "y", "z"]) == [(1, 3)]


def test_dedup_and_contained_obey_within_and_across() -> None:
    assert tp.dedup(TEXTS, within=["mon", "mon", "tue", "tue", "mon"]).kept == [0, 1, 2, 3]
    assert tp.dedup(TEXTS, across=["a", "a", "a", "b", "a"]).kept == [0, 1, 2, 4]
    assert len(tp.contained([FERRY + " " + COUNCIL, COUNCIL], scaled=1, across=["a", "a"])) == 0
    assert len(tp.contained([FERRY + " " + COUNCIL, COUNCIL], scaled=1, within=["a", "a"])) == 1


def test_a_folder_obeys_them_too(tmp_path: Any) -> None:
    days = ["mon", "mon", "tue", "tue", "mon"]
    assert pairs_of(within=days, folder=tmp_path / "a") == [(0, 4)]
    assert pairs_of(across=days, folder=tmp_path / "b") == pairs_of(across=days)


def test_they_name_what_is_wrong_with_them() -> None:
    with pytest.raises(ValueError, match="1 values of within for 5 texts"):
        pairs_of(within=["a"])
    with pytest.raises(ValueError, match="against"):
        pairs_of(across=["a"] * 5, against=[FERRY])
