"""The classes of `twinprint.datasketch` beside the installed datasketch, on random data."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinprint.datasketch as ours

theirs: Any = pytest.importorskip("datasketch")
if theirs.__version__.split(".")[0] != "2":
    pytest.skip("the schemes are those of datasketch 2", allow_module_level=True)

schemes = st.sampled_from(["legacy", "affine32", "affine64"])
seeds = st.one_of(st.integers(0, 3), st.integers(0, 2**32 - 1))
widths = st.one_of(st.sampled_from([1, 4, 16, 128]), st.integers(1, 200))
elements = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"a", b"b", b"c", b"d"])), max_size=12)


def both(num_perm: int, seed: int, scheme: str, added: list[Any], **more: Any) -> tuple[Any, ours.MinHash]:
    pair = (
        theirs.MinHash(num_perm, seed, scheme=scheme, **more),
        ours.MinHash(num_perm, seed, scheme=scheme, **more),
    )
    for made in pair:
        made.update_batch(added)
    return pair


def check_same(their: Any, our: ours.MinHash) -> None:
    assert their.hashvalues.dtype == our.hashvalues.dtype
    assert their.hashvalues.tolist() == our.hashvalues.tolist()
    assert (their.scheme, their.seed, len(their)) == (our.scheme, our.seed, len(our))


def number(element: int) -> int:
    return element


@given(schemes, seeds, widths, elements, elements)
@settings(deadline=None)
def test_sketches(scheme: str, seed: int, width: int, left: list[bytes], right: list[bytes]) -> None:
    their, our = both(width, seed, scheme, left)
    check_same(their, our)
    assert np.array_equal(their.permutations, our.permutations)
    assert their.is_empty() == our.is_empty()
    assert their.count() == our.count()
    their_other, our_other = both(width, seed, scheme, right)
    assert their.jaccard(their_other) == our.jaccard(our_other) == our.jaccard(their_other)
    check_same(theirs.MinHash.union(their, their_other), ours.MinHash.union(our, our_other))
    for element in right:
        their.update(element)
        our.update(element)
    check_same(their, our)
    their.merge(their_other)
    our.merge(our_other)
    check_same(their, our)
    settings_of = {"num_perm": width, "seed": seed, "scheme": scheme}
    for each_of_theirs, each_of_ours in zip(
        theirs.MinHash.bulk([left, right], **settings_of), ours.MinHash.bulk([left, right], **settings_of), strict=True
    ):
        check_same(each_of_theirs, each_of_ours)


@given(schemes, st.lists(st.integers(-2, 2**65), max_size=5))
@settings(deadline=None)
def test_other_hash_functions(scheme: str, hashes: list[int]) -> None:
    outcomes: list[Any] = []
    for module in (theirs, ours):
        made = module.MinHash(16, scheme=scheme, hashfunc=number)
        try:
            made.update_batch(hashes)
            outcomes.append(made.hashvalues.tolist())
        except (ValueError, OverflowError) as error:
            outcomes.append(type(error))
    assert outcomes[0] == outcomes[1]


@given(schemes, seeds, widths, elements, st.sampled_from("@=<>!"))
@settings(deadline=None)
def test_lean_sketches(scheme: str, seed: int, width: int, added: list[bytes], order: str) -> None:
    their, our = map(lambda module, made: module.LeanMinHash(made), (theirs, ours), both(width, seed, scheme, added))
    buffers = []
    for lean in (their, our):
        buffers.append(bytearray(lean.bytesize(order)))
        lean.serialize(buffers[-1], order)
    assert buffers[0] == buffers[1]
    assert ours.LeanMinHash.deserialize(buffers[0], order) == our
    assert theirs.LeanMinHash.deserialize(buffers[1], order) == their
    assert hash(their) == hash(our)
    assert ours.loads(pickle.dumps(their)) == our


@given(schemes, widths, elements, elements, st.integers(0, 32), st.sampled_from([0.0, 0.0, 0.01, 0.5, 1.0]))
@settings(deadline=None)
def test_low_bits(scheme: str, width: int, left: list[bytes], right: list[bytes], b: int, r: float) -> None:
    outcomes: list[Any] = []
    for module, one, two in zip((theirs, ours), both(width, 1, scheme, left), both(width, 1, scheme, right), strict=True):
        low, other = module.bBitMinHash(one, b, r), module.bBitMinHash(two, b, r)
        try:
            similarity = low.jaccard(other)
        except ZeroDivisionError:
            similarity = "division by zero"
        outcomes.append((low.__getstate__(), low.bytesize(), similarity))
        if module is theirs:
            assert ours.loads(pickle.dumps(low)) == ours.bBitMinHash(both(width, 1, scheme, left)[1], b, r)
    assert outcomes[0] == outcomes[1]


@given(schemes, elements)
@settings(deadline=None, max_examples=25)
def test_pickles_are_read(scheme: str, added: list[bytes]) -> None:
    their, our = both(16, 5, scheme, added)
    again = ours.loads(pickle.dumps(their))
    assert type(again) is ours.MinHash
    assert again == our
    again.update(b"more")
    our.update(b"more")
    assert again == our


@given(st.floats(0.05, 0.95), st.integers(4, 130), st.sampled_from([0.5, 0.4, 0.1, 0.9]))
@settings(deadline=None, max_examples=30)
def test_bands_and_rows(threshold: float, num_perm: int, weight: float) -> None:
    outcomes: list[Any] = []
    for module in (theirs, ours):
        try:
            lsh = module.MinHashLSH(threshold, num_perm, (weight, 1.0 - weight))
            outcomes.append((lsh.b, lsh.r))
        except ValueError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


actions = st.lists(
    st.tuples(st.sampled_from(["insert", "insert", "insert", "again", "remove", "query", "buffer"]), st.integers(0, 7)),
    max_size=30,
)


@given(actions, st.sampled_from([None, hash]), st.booleans(), schemes)
@settings(deadline=None)
def test_indexes(steps: list[tuple[str, int]], hashfunc: Any, prepickle: bool, scheme: str) -> None:
    pair = [module.MinHashLSH(num_perm=16, params=(8, 2), hashfunc=hashfunc, prepickle=prepickle) for module in (theirs, ours)]
    for action, key in steps:
        added = [b"%d" % element for element in range(key, key + 6)]
        sketches = both(16, 1, scheme, added)
        outcomes: list[Any] = []
        for lsh, sketch in zip(pair, sketches, strict=True):
            try:
                if action == "insert":
                    outcomes.append(lsh.insert(key, sketch))
                elif action == "again":
                    outcomes.append(lsh.insert(key, sketch, check_duplication=False))
                elif action == "remove":
                    outcomes.append(lsh.remove(key))
                elif action == "buffer":
                    outcomes.append(lsh.add_to_query_buffer(sketch))
                else:
                    outcomes.append((set(lsh.query(sketch)), set(lsh.collect_query_buffer()), key in lsh))
            except ValueError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]
        assert pair[0].get_counts() == pair[1].get_counts()
        assert pair[0].is_empty() == pair[1].is_empty()
        assert pair[0].get_subset_counts(key) == pair[1].get_subset_counts(key)
    if hashfunc is None:
        again = ours.loads(pickle.dumps(pair[0]))
        assert type(again) is ours.MinHashLSH
        assert again.get_counts() == pair[1].get_counts()
        query = both(16, 1, scheme, [b"1", b"2"])[1]
        assert set(again.query(query)) == set(pair[1].query(query))


@given(schemes, st.integers(1, 8), st.lists(st.integers(0, 30), max_size=20), st.integers(1, 10))
@settings(deadline=None, max_examples=40)
def test_forests(scheme: str, trees: int, keys: list[int], count: int) -> None:
    pair = [module.MinHashLSHForest(num_perm=16, l=trees) for module in (theirs, ours)]
    for key in dict.fromkeys(keys):
        for made, sketch in zip(pair, both(16, 1, scheme, [b"%d" % element for element in range(key, key + 6)]), strict=True):
            made.add(key, sketch)
    for made in pair:
        made.index()
    assert pair[0].hashtables == pair[1].hashtables
    assert pair[0].sorted_hashtables == pair[1].sorted_hashtables
    queries = both(16, 1, scheme, [b"3", b"4", b"5", b"6"])
    found = [set(made.query(query, count)) for made, query in zip(pair, queries, strict=True)]
    assert found[0] == found[1]
    assert ours.loads(pickle.dumps(pair[0])).hashtables == pair[1].hashtables


weights = st.one_of(st.just(0.0), st.integers(0, 50).map(float), st.floats(0.0009765625, 2.0**20, width=32))


rows_of_weights = st.integers(1, 8).flatmap(
    lambda dim: st.lists(st.lists(weights, min_size=dim, max_size=dim), min_size=1, max_size=5)
)


@given(rows_of_weights, seeds)
@settings(deadline=None, max_examples=50)
def test_weighted_sketches(rows: list[list[float]], seed: int) -> None:
    from scipy.sparse import csr_matrix

    pair = [module.WeightedMinHashGenerator(len(rows[0]), 32, seed) for module in (theirs, ours)]
    for row in rows:
        if any(row):
            their, our = (generator.minhash(row) for generator in pair)
            assert their.hashvalues.tolist() == our.hashvalues.tolist()
            assert their.hashvalues.dtype == our.hashvalues.dtype
            assert ours.loads(pickle.dumps(their)) == our
    if not np.any(rows):
        # With scipy 1.17, datasketch fails on a matrix of zeros.
        assert pair[1].minhash_many(np.array(rows)) == [None] * len(rows)
        return
    for matrix in (np.array(rows), csr_matrix(np.array(rows))):
        for their, our in zip(*(generator.minhash_many(matrix) for generator in pair), strict=True):
            assert (their is None) == (our is None)
            assert their is None or their.hashvalues.tolist() == our.hashvalues.tolist()


sizes_of_sets = st.lists(st.integers(1, 60), min_size=1, max_size=25)


@given(st.floats(0.05, 0.95), st.integers(2, 8), st.integers(1, 6), sizes_of_sets, st.integers(1, 40), schemes)
@settings(deadline=None, max_examples=15)
def test_ensembles(threshold: float, m: int, num_part: int, sizes: list[int], query: int, scheme: str) -> None:
    outcomes: list[Any] = []
    for module, side in ((theirs, 0), (ours, 1)):
        sketches = [both(32, 1, scheme, [b"%d" % element for element in range(size)])[side] for size in sizes]
        try:
            ensemble = module.MinHashLSHEnsemble(threshold, num_perm=32, num_part=num_part, m=m)
        except ValueError as error:
            outcomes.append(str(error))
            continue
        ensemble.index(list(zip(range(len(sizes)), sketches, sizes, strict=True)))
        asked = both(32, 1, scheme, [b"%d" % element for element in range(query)])[side]
        found = sorted(ensemble.query(asked, query))
        outcomes.append((ensemble.params.tolist(), ensemble.lowers, ensemble.uppers, found, 0 in ensemble))
        again = ours.loads(pickle.dumps(ensemble))
        assert type(again) is ours.MinHashLSHEnsemble
        assert sorted(again.query(both(32, 1, scheme, [b"%d" % element for element in range(query)])[1], query)) == found
    assert outcomes[0] == outcomes[1]
