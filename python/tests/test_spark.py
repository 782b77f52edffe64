"""The parts of twinprint.spark that need no cluster: batches of Arrow in, batches of Arrow out. tools/cluster runs the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyspark")
pa = pytest.importorskip("pyarrow")

import twinprint as tp  # noqa: E402
from twinprint import _native  # noqa: E402
from twinprint.spark import _stages, _work  # noqa: E402
from twinprint.spark._run import names_of  # noqa: E402

SCHEME = tp.Scheme(1)
RULES = _work.Rules(SCHEME.to_json(), 0.6, 0.99, 1000)
TEXTS = ["one two three four five", None, "", "one two three four five", "one two three four six", "red green blue grey pink"]


def signed(keep: str = "first", facts: dict[str, Any] | None = None, drop_blank: bool = False) -> dict[str, list[Any]]:
    facts = facts or {}
    batch = pa.RecordBatch.from_pydict({"id": list(range(len(TEXTS))), "text": pa.array(TEXTS, pa.string()), **facts})
    signing = _work.Signing(keep, tuple(facts), "source", drop_blank)
    [made] = _work.sign([batch], RULES, signing)
    columns: dict[str, list[Any]] = made.to_pydict()
    return columns


def test_sets_and_keys_are_those_of_the_wheel() -> None:
    made = signed()
    texts = [text or "" for text in TEXTS]
    sets = tp.shingles(texts, SCHEME)
    expected = np.split(sets.values().view(np.int64), sets.offsets()[1:-1])
    assert made["set"] == [rows.tolist() for rows in expected]
    assert made["size"] == [len(rows) for rows in expected]
    banding = tp.Banding.for_threshold(0.6)
    assert [len(keys) for keys in made["band_keys"]] == [banding.bands if text else 0 for text in texts]
    assert "text" not in made and made["id"] == list(range(len(TEXTS)))


def test_equal_sets_have_equal_hashes_and_empty_ones_none() -> None:
    hashes = signed()["hash"]
    assert hashes[0] == hashes[3] and len(set(hashes)) == 4
    assert hashes[1] is None and hashes[2] is None


def test_preferences_sort_as_the_rules_do() -> None:
    keys = signed("score:quality,longest", {"quality": [0.5, None, 0.1, 0.5, 0.9, 0.5]})["preference"]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    # The highest score, then the longest text.
    assert order == [4, 5, 0, 3, 2, 1]


def test_blank_texts_are_told() -> None:
    assert signed(drop_blank=True)["blank"] == [False, True, True, False, False, False]


def test_pairs_that_count_stay() -> None:
    sets = signed()["set"]
    list_of_longs = pa.list_(pa.int64())
    batch = pa.RecordBatch.from_pydict(
        {
            "left": [0, 0],
            "right": [4, 5],
            "left_size": [5, 5],
            "right_size": [5, 5],
            "left_set": pa.array([sets[0], sets[0]], list_of_longs),
            "right_set": pa.array([sets[4], sets[5]], list_of_longs),
        }
    )
    [made] = _work.verify([batch], RULES)
    assert made.to_pylist() == [{"left": 0, "right": 4, "left_size": 5, "right_size": 5, "shared": 4}]


def sketches(sets: list[list[int]]) -> list[list[int]]:
    batch = pa.RecordBatch.from_pydict({"number": list(range(len(sets))), "set": pa.array(sets, pa.list_(pa.int64()))})
    [made] = _work.sketch([batch], RULES)
    column: list[list[int]] = made.column("sketch").to_pylist()
    return column


def test_reaches_follow_from_sketches() -> None:
    many = sketches([list(range(40)), list(range(1, 41)), list(range(500, 540))])
    lists = pa.list_(pa.int64())
    batch = pa.RecordBatch.from_pydict(
        {
            "band_key": [1, 1, 1],
            "number": [3, 5, 9],
            "before": [0, 1, 2],
            "last": pa.array([None, *many[:2]], lists),
            "sketch": pa.array(many, lists),
        }
    )
    [compared] = _work.compare_with_last([batch], RULES)
    assert compared.column("is_similar").to_pylist() == [0, 1, 0]
    placed = pa.RecordBatch.from_pydict(
        {
            **{name: compared.column(name) for name in ("band_key", "number", "sketch")},
            "before": pa.array([0, 500, 50_000]),
            "similar": pa.array([0, 1, 50_000]),
        }
    )
    [reached] = _work.reach([placed], RULES)
    assert reached.column("reach").to_pylist() == [0, 500, 31]


def test_blocks_are_searched_in_reach_whatever_the_order_of_their_sets() -> None:
    near, far = sketches([list(range(40)), list(range(500, 540))])

    def member(before: int, reach: int, sketch: list[int]) -> dict[str, Any]:
        return {"before": before, "number": before * 10, "reach": reach, "sketch": sketch}

    pivots = [member(2, 2, near), member(0, 0, near), member(1, 1, far)]
    probes = [member(7, 2, near), member(6, 3, near)]
    fields = [("before", pa.int64()), ("number", pa.int64()), ("reach", pa.int64()), ("sketch", pa.list_(pa.int64()))]
    members = pa.list_(pa.struct(fields))
    batch = pa.RecordBatch.from_pydict(
        {"pivot_block": [0], "pivots": pa.array([pivots], members), "probes": pa.array([probes], members)}
    )
    # The second row of a slice has offsets that do not begin at 0.
    for whole in (batch, pa.concat_batches([batch, batch]).slice(1)):
        [found] = _work.search([whole], RULES, 256)
        assert sorted(map(tuple, (row.values() for row in found.to_pylist()))) == [(0, 60), (0, 70), (20, 60)]
    # Many rows are answered in several batches, so that their pairs never fill the memory.
    answers = list(_work.search([pa.concat_batches([batch] * 40)], RULES, 256))
    assert len(answers) > 1 and sum(answer.num_rows for answer in answers) == 3 * 40


def edges(*pairs: tuple[int, int], names: tuple[str, str]) -> list[Any]:
    rows = [{names[0]: one, names[1]: other} for one, other in pairs]
    return [pa.RecordBatch.from_pylist([row]) for row in rows]


def test_leaders_of_a_chain_are_every_other_one() -> None:
    batches = edges((4, 3), (1, 0), (3, 2), (2, 1), names=("later", "earlier"))
    [removed] = _work.leaders(batches)
    assert removed.column("later").to_pylist() == [1, 3]
    [nothing] = _work.leaders([])
    assert nothing.num_rows == 0 and nothing.schema.names == ["later"]


def test_components_have_their_least_node_as_root() -> None:
    batches = edges((4, 3), (9, 8), (3, 7), (7, 1), names=("node", "other"))
    [found] = _work.components(batches)
    assert [tuple(row.values()) for row in found.to_pylist()] == [(3, 1), (4, 1), (7, 1), (9, 8)]
    [nothing] = _work.components([])
    assert nothing.num_rows == 0 and nothing.schema.names == ["node", "root"]


def test_other_settings_are_refused_by_name() -> None:
    _stages.refuse_others("work", {"threshold": "0.5"}, {"threshold": "0.5"})
    with pytest.raises(ValueError, match="work was made with keep first, and this call has longest"):
        _stages.refuse_others("work", {"keep": "first"}, {"keep": "longest"})


def test_an_order_is_the_id_or_some_columns() -> None:
    assert names_of(None, "url") == ("url",)
    assert names_of("line", "url") == ("line",)
    assert names_of(["file", "line"], "url") == ("file", "line")
    with pytest.raises(ValueError, match="order="):
        names_of([], "url")


def test_settings_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match="bucket_limit"):
        _native.JoinRules(None, threshold=0.5, recall=0.99, bucket_limit=1)
    with pytest.raises(ValueError, match="threshold"):
        _native.JoinRules(None, threshold=0.0, recall=0.99, bucket_limit=None)
    assert _native.JoinRules(None, threshold=0.5, recall=0.99, bucket_limit=None).bucket_limit == 1000
