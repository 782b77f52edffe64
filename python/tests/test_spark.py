"""The parts of twinprint.spark that need no cluster: batches of Arrow in, batches of Arrow out. tools/cluster runs the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyspark")
pa = pytest.importorskip("pyarrow")

import twinprint as tp  # noqa: E402
from twinprint import _native, spark  # noqa: E402
from twinprint.spark import _stages, _verify, _work  # noqa: E402
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


def test_packed_pairs_have_a_bit_for_each_right_set() -> None:
    rows = _work.pack(np.array([3, 2, 3, 3, 3]), np.array([127, 65, 64, 200, 127])).to_pylist()
    assert rows == [
        {"left": 2, "word": 1, "rights": 2},
        {"left": 3, "word": 1, "rights": 1 - (1 << 63)},
        {"left": 3, "word": 3, "rights": 1 << 8},
    ]
    assert _work.pack(np.empty(0, np.int64), np.empty(0, np.int64)).num_rows == 0


def cell(block: int, sets: dict[int, list[int]], pairs: dict[int, list[int]]) -> Any:
    """The rows of a cell: its sets, then its pairs, given as left numbers with the right ones."""
    lists = pa.list_(pa.int64())
    packed = _work.pack(*np.array([(left, right) for left in pairs for right in pairs[left]], np.int64).reshape(-1, 2).T)
    rows = pa.RecordBatch.from_pydict(
        {
            "number": [*sets, *packed.column("left").to_pylist()],
            "word": [0] * len(sets) + packed.column("word").to_pylist(),
            "rights": [0] * len(sets) + packed.column("rights").to_pylist(),
            "set": pa.array([*sets.values(), *[None] * len(packed)], lists),
        }
    )
    blocks = pa.array([block] * len(rows), pa.int64())
    return rows.add_column(0, "right_block", blocks).add_column(0, "left_block", blocks)


def test_pairs_that_count_stay() -> None:
    sets = signed()["set"]
    near, far = sets[0], sets[5]
    first = cell(0, {0: near, 4: sets[4], 70: far}, {0: [4, 70], 4: [70]})
    second = cell(1, {2000: far, 2001: near, 2063: far}, {2000: [2001, 2063]})
    whole = pa.concat_batches([first, second])
    expected = [
        {"left": 0, "right": 4, "left_size": 5, "right_size": 5, "shared": 4},
        {"left": 2000, "right": 2063, "left_size": 5, "right_size": 5, "shared": 5},
    ]
    # Cells begin and end anywhere in batches, and a batch may be empty.
    for rows in range(1, len(whole) + 1):
        batches = [whole.slice(0, 0), *(whole.slice(start, rows) for start in range(0, len(whole), rows))]
        assert [pair for batch in _verify.verify(batches, RULES) for pair in batch.to_pylist()] == expected


def test_few_pairs_are_verified_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_verify, "SHINGLES_AT_ONCE", 20)
    alike = signed()["set"][0]
    batches = list(_verify.verify([cell(0, dict.fromkeys(range(6), alike), {0: [1, 2, 3, 4, 5]})], RULES))
    assert sum(len(batch) for batch in batches) == 5 and max(len(batch) for batch in batches) == 2


def test_a_pair_before_its_sets_is_an_error() -> None:
    rows = cell(0, {0: [1, 2], 1: [1, 2]}, {0: [1]})
    for order in ([2, 0, 1], [0, 2, 1]):
        with pytest.raises(RuntimeError, match="a pair came before one of its sets"):
            list(_verify.verify([rows.take(pa.array([row])) for row in order], RULES))


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
        rows = [tuple(row.values()) for row in found.to_pylist()]
        assert rows == [(0, 0, 1 << 60), (0, 1, 1 << 70 - 64), (20, 0, 1 << 60)]
    # Many rows are answered in several batches, so that their pairs never fill the memory.
    answers = list(_work.search([pa.concat_batches([batch] * 40)], RULES, 256))
    assert len(answers) > 1 and all(answer.num_rows == 3 for answer in answers)


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


def test_other_data_are_refused_with_another_remedy() -> None:
    with pytest.raises(ValueError, match="work was made with rows 3, and this call has 5; give another folder, or the same data"):
        _stages.refuse_others("work", {"rows": "3"}, {"rows": "5"}, remedy="give another folder, or the same data")


def test_a_batch_whose_texts_are_not_utf8_is_named() -> None:
    texts = pa.array([b"ferry", b"caf\xe9"], pa.binary()).view(pa.string())
    batch = pa.RecordBatch.from_pydict({"id": [70, 71], "text": texts})
    with pytest.raises(ValueError, match="in the batch from the id 70 on: text 1 is not UTF-8"):
        list(_work.sign([batch], RULES, _work.Signing("first", (), "source", False)))


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


def test_numbers_out_of_range_are_named_before_any_work() -> None:
    frame: Any = None
    with pytest.raises(ValueError, match="local_edges is -1; it must be 0 or more"):
        spark.dedup(frame, folder="never-made", local_edges=-1)
    with pytest.raises(ValueError, match="expand is -1; it must be 0 or more"):
        spark.find_pairs(frame, folder="never-made", expand=-1)
