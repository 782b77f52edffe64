"""The indexes of `twinprint.datasketch` do what those of datasketch do."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from typing import Any

import pytest
from sketches import WORDS, every_scheme, sketch

from twinprint.datasketch import (
    LeanMinHash,
    MinHash,
    MinHashLSH,
    MinHashLSHEnsemble,
    MinHashLSHForest,
    WeightedMinHash,
    WeightedMinHashGenerator,
)

# MinHashLSH


def filled(**settings: Any) -> tuple[MinHashLSH, MinHash, MinHash]:
    one, two = sketch(b"a", num_perm=16), sketch(b"b", num_perm=16)
    lsh = MinHashLSH(threshold=0.5, num_perm=16, **settings)
    lsh.insert("a", one)
    lsh.insert("b", two)
    return lsh, one, two


def test_bands_and_rows() -> None:
    lsh = MinHashLSH(threshold=0.8)
    assert (lsh.h, lsh.b, lsh.r) == (128, 9, 13)
    assert lsh.is_empty()
    lsh = MinHashLSH(threshold=0.8, weights=(0.2, 0.8))
    assert lsh.b * lsh.r <= 128
    lsh = MinHashLSH(num_perm=1024, params=(1024, 1))
    assert (lsh.b, lsh.r, len(lsh.hashtables)) == (1024, 1, 1024)
    for weights, expected in {(0.5, 0.5): (25, 5), (0.4, 0.6): (25, 5)}.items():
        lsh = MinHashLSH(threshold=0.5, weights=weights)
        assert (lsh.b, lsh.r) == expected


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": 1.1},
        {"threshold": -0.1},
        {"num_perm": 1},
        {"weights": (0.5, 0.6)},
        {"weights": (1.5, -0.5)},
        {"params": (20, 10)},
        {"params": (1, 10)},
        {"threshold": 1.0},
        {"storage_config": {"type": "redis"}},
    ],
)
def test_wrong_settings_of_an_index_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        MinHashLSH(**settings)


def test_an_index_holds_its_tables_open() -> None:
    lsh, one, _ = filled()
    for table in lsh.hashtables:
        assert 1 <= len(table) <= 2
        keys = [key for band in table for key in table[band]]
        assert sorted(keys) == ["a", "b"]
        assert len({len(band) for band in table}) == 1
    for place, band in enumerate(lsh.keys["a"]):
        assert "a" in lsh.hashtables[place][band]
        start, end = lsh.hashranges[place]
        assert band == b"".join(struct.pack(">I", value) for value in one.hashvalues[start:end])


def test_inserting_and_querying() -> None:
    lsh, one, two = filled()
    assert "a" in lsh
    assert "c" not in lsh
    assert not lsh.is_empty()
    assert lsh.query(one) == ["a"]
    assert "b" in lsh.query(two)
    for wrong in (MinHash(18), MinHash(16, scheme="legacy")):
        with pytest.raises(ValueError):
            lsh.insert("c", wrong)
        with pytest.raises(ValueError):
            lsh.query(wrong)
    with pytest.raises(ValueError, match="already exists"):
        lsh.insert("a", one)
    lsh.insert("a", one, check_duplication=False)
    assert lsh.query(LeanMinHash(one)) == ["a"]


def test_the_first_bands_are_queried() -> None:
    lsh, one, _ = filled()
    assert lsh._query_b(one, 1) == {"a"}
    with pytest.raises(ValueError):
        lsh._query_b(one, lsh.b + 1)


def test_buffered_queries_are_intersected() -> None:
    lsh, one, two = filled()
    lsh.insert("both", MinHash.union(one, two))
    assert lsh.collect_query_buffer() == []
    lsh.add_to_query_buffer(one)
    assert sorted(lsh.collect_query_buffer()) == sorted(lsh.query(one))
    lsh.add_to_query_buffer(one)
    lsh.add_to_query_buffer(two)
    assert set(lsh.collect_query_buffer()) == set(lsh.query(one)) & set(lsh.query(two))
    assert lsh.collect_query_buffer() == []
    with pytest.raises(ValueError):
        lsh.add_to_query_buffer(MinHash(18))


def test_removing() -> None:
    lsh, one, _ = filled()
    lsh.remove("a")
    assert "a" not in lsh
    assert lsh.query(one) == []
    # Buckets without keys are gone too.
    assert all(len(table) == 1 and all(table[band] for band in table) for table in lsh.hashtables)
    with pytest.raises(ValueError, match="does not exist"):
        lsh.remove("c")
    lsh.remove("b")
    assert lsh.is_empty()


def test_sessions() -> None:
    lsh = MinHashLSH(threshold=0.5, num_perm=16)
    with lsh.insertion_session(buffer_size=7) as session:
        session.insert("a", sketch(b"a", num_perm=16))
        session.insert("b", sketch(b"b", num_perm=16))
    assert lsh.buffer_size == 7
    assert "a" in lsh and "b" in lsh
    with lsh.deletion_session() as deletion:
        deletion.remove("a")
    assert "a" not in lsh


def test_counts() -> None:
    lsh, _, _ = filled()
    counts = lsh.get_counts()
    assert len(counts) == lsh.b
    assert all(sum(count.values()) == 2 for count in counts)
    assert all(sum(count.values()) == 1 for count in lsh.get_subset_counts("a"))
    assert lsh.get_subset_counts("a", "b", "a") == counts
    assert lsh.get_subset_counts("unknown") == [{}] * lsh.b


def test_merging_indexes() -> None:
    one, first, _ = filled()
    two = MinHashLSH(threshold=0.5, num_perm=16)
    two.insert("c", sketch(b"c", num_perm=16))
    one.merge(two, check_overlap=True)
    assert "c" in one and "c" in one.query(sketch(b"c", num_perm=16))
    assert "a" not in two
    with pytest.raises(ValueError, match="overlapping"):
        one.merge(two, check_overlap=True)
    one.merge(two)
    assert all(sum(count.values()) == 3 for count in one.get_counts())
    with pytest.raises(ValueError, match="initialization"):
        one.merge(MinHashLSH(num_perm=16, params=(16, 1)))
    with pytest.raises(ValueError, match="type"):
        one.merge(object())  # type: ignore[arg-type]
    old = MinHashLSH(threshold=0.5, num_perm=16)
    old.insert("d", MinHash(16, scheme="legacy"))
    with pytest.raises(ValueError, match="scheme"):
        one.merge(old)
    assert one.query(first)


def short(band: bytes) -> bytes:
    return band[:2]


@pytest.mark.parametrize("settings", [{}, {"hashfunc": short}, {"prepickle": True}, {"hashfunc": short, "prepickle": True}])
def test_an_index_is_pickled(settings: dict[str, Any]) -> None:
    lsh, one, _ = filled(**settings)
    again = pickle.loads(pickle.dumps(lsh))
    assert set(again.query(one)) == set(lsh.query(one))
    assert "a" in again.query(one)
    assert [dict(table.itemcounts()) for table in again.hashtables] == lsh.get_counts()
    again.insert("c", one)
    assert sorted(again.query(one)) == sorted([*lsh.query(one), "c"])
    again.remove("c")
    assert again.get_subset_counts("a") == lsh.get_subset_counts("a")


# MinHashLSHForest


def forest(count: int = 30, **settings: Any) -> tuple[MinHashLSHForest, dict[int, MinHash]]:
    sketches = {number: sketch(*(b"%d" % element for element in range(number, number + 20))) for number in range(count)}
    made = MinHashLSHForest(**settings)
    for number, each in sketches.items():
        made.add(number, each)
    made.index()
    return made, sketches


def test_a_forest_finds_the_nearest() -> None:
    made, sketches = forest()
    assert not made.is_empty()
    for number, each in sketches.items():
        assert number in made
        nearest = made.query(each, 5)
        assert len(nearest) == len(set(nearest)) == 5
        assert number in made.query(each, 10)
        assert all(abs(number - other) < 10 for other in nearest)
    assert sorted(made.query(sketches[0], 1000))[:3] == [0, 1, 2]
    assert -1 not in made


def test_a_forest_holds_its_tables_open() -> None:
    made, sketches = forest(l=8)
    assert (made.l, made.k, len(made.hashtables), made.hashranges[1]) == (8, 16, 8, (16, 32))
    for number in sketches:
        for place, path in enumerate(made.keys[number]):
            assert number in made.hashtables[place][path]


@every_scheme
def test_a_forest_gives_values_back(scheme: str) -> None:
    made = MinHashLSHForest(num_perm=128, l=6)
    each = sketch(*WORDS, scheme=scheme)
    made.add("key", each)
    values = made.get_minhash_hashvalues("key")
    assert values.tolist() == each.hashvalues[: 6 * 21].tolist()
    assert values.dtype == each.hashvalues.dtype
    with pytest.raises(KeyError):
        made.get_minhash_hashvalues("other")
    made.keys["key"][0] += b"x"
    with pytest.raises(ValueError):
        made.get_minhash_hashvalues("key")


def test_wrong_calls_of_a_forest_are_refused() -> None:
    for settings in ({"num_perm": 0}, {"l": 0}, {"num_perm": 4, "l": 5}):
        with pytest.raises(ValueError):
            MinHashLSHForest(**settings)
    made, sketches = forest()
    wrong: list[Callable[[], Any]] = [
        lambda: made.add(0, sketches[0]),
        lambda: made.add("short", MinHash(16)),
        lambda: made.add("legacy", MinHash(scheme="legacy")),
        lambda: made.query(sketches[0], 0),
        lambda: made.query(MinHash(16), 1),
        lambda: made.query(MinHash(scheme="legacy"), 1),
        lambda: list(made._query(sketches[0], 17, 8)),
        lambda: list(made._query(sketches[0], 16, 9)),
    ]
    for call in wrong:
        with pytest.raises(ValueError):
            call()
    assert MinHashLSHForest().is_empty()


def test_a_forest_is_pickled() -> None:
    made, sketches = forest()
    again = pickle.loads(pickle.dumps(made))
    assert again.hashtables == made.hashtables
    assert again.sorted_hashtables == made.sorted_hashtables
    assert sorted(again.query(sketches[3], 9)) == sorted(made.query(sketches[3], 9))


def test_weighted_sketches_are_indexed() -> None:
    generator = WeightedMinHashGenerator(5, sample_size=16)
    vectors = {"one": [1, 2, 0, 0, 1], "two": [0, 0, 5, 1, 0]}
    sketches = {key: generator.minhash(vector) for key, vector in vectors.items()}
    lsh, forest = MinHashLSH(threshold=0.5, num_perm=16), MinHashLSHForest(num_perm=16)
    for key, each in sketches.items():
        lsh.insert(key, each)
        forest.add(key, each)
    forest.index()
    for key, each in sketches.items():
        assert isinstance(each, WeightedMinHash)
        assert key in lsh.query(each)
        assert forest.query(each, 1) == [key]
        assert len({len(band) for band in lsh.keys[key]}) == 1


# MinHashLSHEnsemble


def test_containing_sets_are_found() -> None:
    sets = {number: [b"%d" % element for element in range(number)] for number in range(1, 80, 3)}
    sketches = {number: sketch(*elements) for number, elements in sets.items()}
    ensemble = MinHashLSHEnsemble(threshold=0.8, num_part=4)
    assert ensemble.is_empty()
    ensemble.index((number, each, number) for number, each in sketches.items())
    assert not ensemble.is_empty()
    assert all(number in ensemble for number in sets) and -1 not in ensemble
    found = set(ensemble.query(sketches[40], 40))
    assert {number for number in sets if number >= 55} <= found
    assert found.isdisjoint(range(15))
    assert ensemble.lowers[0] == 1 and ensemble.uppers[-1] == 79
    again = pickle.loads(pickle.dumps(ensemble))
    assert set(again.query(sketches[40], 40)) == found
    with pytest.raises(ValueError, match="non-empty"):
        ensemble.index([(100, sketches[40], 40)])


def test_wrong_calls_of_an_ensemble_are_refused() -> None:
    wrong: list[dict[str, Any]] = [
        {"threshold": 1.5},
        {"num_perm": 1},
        {"num_part": 0},
        {"m": 1},
        {"m": 200},
        {"weights": (0.5, 0.6)},
        {"weights": (1.5, -0.5)},
        {"storage_config": {"type": "redis"}},
    ]
    for settings in wrong:
        with pytest.raises(ValueError):
            MinHashLSHEnsemble(**settings)
    for entries in ([], [("a", MinHash(), 0)]):
        with pytest.raises(ValueError):
            MinHashLSHEnsemble(num_part=1).index(entries)
