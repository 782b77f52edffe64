"""The sketches of `twinprint.datasketch` do what those of datasketch do."""

from __future__ import annotations

import math
import pickle
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from sketches import WORDS, every_order, every_scheme, number, sketch

from twinprint.datasketch import (
    LeanMinHash,
    MinHash,
    WeightedMinHashGenerator,
    bBitMinHash,
    loads,
    sha1_hash32,
)

# MinHash


def test_values_are_those_of_datasketch() -> None:
    assert sketch(b"Hello", num_perm=4, scheme="legacy").digest().tolist() == [734825475, 960773806, 359816889, 342714745]
    assert sketch(*WORDS, scheme="legacy").digest()[:4].tolist() == [297616339, 339931219, 113505080, 311917730]
    assert sketch(*WORDS).digest()[:4].tolist() == [208646873, 78957534, 182869272, 1127851903]
    assert sketch(*WORDS, scheme="affine64").digest()[0] == 1910626457972390075
    assert sketch(*WORDS, seed=42, scheme="affine64").digest()[127] == 1656951101542010426


@every_scheme
def test_a_new_sketch_is_empty(scheme: str) -> None:
    made = MinHash(4, scheme=scheme)
    assert (len(made), made.num_perm, made.seed, made.scheme) == (4, 4, 1, scheme)
    assert made.is_empty()
    width = 64 if scheme == "affine64" else 32
    assert made.hashvalues.tolist() == [2**width - 1] * 4
    assert made.hashvalues.dtype == (np.uint32 if scheme == "affine32" else np.uint64)
    assert len(made.permutations) == 2
    assert len(made.permutations[0]) == len(made.permutations[1]) == 4
    made.update(b"a")
    assert not made.is_empty()


@every_scheme
def test_one_by_one_in_batches_and_in_bulk_are_the_same(scheme: str) -> None:
    one_by_one = MinHash(scheme=scheme)
    for word in WORDS:
        one_by_one.update(word)
    assert one_by_one == sketch(*WORDS, scheme=scheme)
    sets = [WORDS, [], WORDS[:2], [b"a"] * 500]
    expected = [sketch(*elements, scheme=scheme) for elements in sets]
    assert MinHash.bulk(sets, scheme=scheme) == expected
    assert list(MinHash.generator((iter(elements) for elements in sets), scheme=scheme)) == expected
    assert MinHash.bulk([], scheme=scheme) == []


@every_scheme
def test_the_kernel_and_numpy_agree(scheme: str) -> None:
    # A bytearray is hashed as bytes are, but not by the kernel.
    many = [f"{element}".encode() for element in range(3000)]
    for num_perm in (1, 7, 16, 33, 128):
        fast = sketch(*many, num_perm=num_perm, scheme=scheme)
        slow = sketch(*map(bytearray, many), num_perm=num_perm, scheme=scheme)
        assert fast.hashvalues.tolist() == slow.hashvalues.tolist()
        assert fast.hashvalues.dtype == slow.hashvalues.dtype


@every_scheme
def test_other_hash_functions_take_other_elements(scheme: str) -> None:
    made = MinHash(16, hashfunc=number, scheme=scheme)
    made.update(12)
    made.update_batch(np.array([12, 13]))
    assert made == sketch(12, 13, num_perm=16, hashfunc=number, scheme=scheme)
    assert MinHash.bulk([[12, 13], [14]], num_perm=16, hashfunc=number, scheme=scheme)[0] == made
    with pytest.raises(TypeError):
        MinHash(scheme=scheme).update("text")
    with pytest.raises(ValueError, match="callable"):
        MinHash(hashfunc=3)  # type: ignore[arg-type]
    with pytest.raises((ValueError, OverflowError)):
        made.update(2**64)


def test_a_hash_too_wide_is_refused() -> None:
    with pytest.raises(ValueError, match="affine64"):
        sketch(2**32, hashfunc=number)
    sketch(2**32, hashfunc=number, scheme="affine64")


@every_scheme
def test_nothing_that_was_handed_out_changes(scheme: str) -> None:
    made = sketch(b"a", scheme=scheme)
    before, digest, copied = made.hashvalues, made.digest(), made.copy()
    kept = before.tolist()
    made.update(b"b")
    assert before.tolist() == digest.tolist() == kept
    assert copied == sketch(b"a", scheme=scheme)
    assert copied.permutations is made.permutations
    copied.hashvalues[0] = 0
    assert made == sketch(b"a", b"b", scheme=scheme)


@every_scheme
def test_jaccard_merge_and_union(scheme: str) -> None:
    one, two = sketch(b"a", b"b", scheme=scheme), sketch(b"b", b"c", scheme=scheme)
    assert one.jaccard(one) == 1.0
    assert 0.0 < one.jaccard(two) < 1.0
    both = sketch(b"a", b"b", b"c", scheme=scheme)
    united = MinHash.union(one, two)
    assert united == both
    assert united.hashfunc is one.hashfunc
    assert united._gpu_mode == one._gpu_mode
    one.merge(two)
    assert one == both
    assert abs(both.count() - 3) < 1.5
    both.clear()
    assert both.is_empty()
    with pytest.raises(ValueError, match="less than 2"):
        MinHash.union(one)


def test_sketches_of_other_settings_are_refused() -> None:
    made = MinHash(4)
    for other in (MinHash(8), MinHash(4, seed=2), MinHash(4, scheme="legacy")):
        for doing in (made.jaccard, made.merge, lambda other: MinHash.union(made, other)):
            with pytest.raises(ValueError, match="num|seed|scheme"):
                doing(other)


@pytest.mark.parametrize(
    "settings",
    [
        {"num_perm": 0},
        {"num_perm": 2**32 + 1},
        {"scheme": "affine16"},
        {"hashvalues": [1, 2]},
        {"permutations": MinHash(4).permutations},
        {"hashvalues": [1, 2], "permutations": MinHash(4).permutations, "scheme": "affine32"},
        {"hashvalues": [2**32], "scheme": "affine32"},
        {"hashvalues": np.array([-1]), "scheme": "affine32"},
        {"hashvalues": [], "scheme": "affine32"},
        {"num_perm": 1, "permutations": ([2], [1]), "scheme": "affine32"},
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        MinHash(**settings)


@every_scheme
def test_values_and_permutations_come_from_another_sketch(scheme: str) -> None:
    made = sketch(*WORDS, num_perm=8, scheme=scheme)
    again = MinHash(hashvalues=made.hashvalues.tolist(), permutations=made.permutations, scheme=scheme)
    assert again == made
    again.update(b"more")
    made.update(b"more")
    assert again == made
    # Rows that are not in one piece, and lists where the scheme takes them.
    other: Any = np.asfortranarray(made.permutations) if scheme == "legacy" else made.permutations.tolist()
    lists = MinHash(num_perm=8, permutations=other, scheme=scheme)
    lists.update_batch([*WORDS, b"more"])
    assert lists == made


def test_equality_asks_for_everything() -> None:
    made = sketch(b"a", num_perm=8)
    assert made == sketch(b"a", num_perm=8)
    for other in (sketch(b"b", num_perm=8), sketch(b"a", num_perm=8, seed=2), LeanMinHash(made), None, "made"):
        assert made != other
    with pytest.raises(TypeError):
        hash(made)


@every_scheme
def test_a_sketch_is_pickled(scheme: str) -> None:
    made = sketch(*WORDS, scheme=scheme)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(made, protocol))
        assert again == made
        again.update(b"more")
        assert again == sketch(*WORDS, b"more", scheme=scheme)


def test_a_state_without_a_scheme_is_legacy() -> None:
    state = sketch(b"Hello", num_perm=4, scheme="legacy").__getstate__()
    for later in ("scheme", "_gpu_mode", "_a_gpu", "_b_gpu"):
        del state[later]
    old = MinHash.__new__(MinHash)
    old.__setstate__(state)
    assert old == sketch(b"Hello", num_perm=4, scheme="legacy")
    old.update(b"more")


def test_deprecated_and_absent_features_say_so() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        MinHash(4, hashobj=object())
    assert [warning.category for warning in caught] == [DeprecationWarning]
    detected = MinHash(4, gpu_mode="detect")
    detected.update_batch([b"a"])
    always = MinHash(4, gpu_mode="always")
    always.update_batch([])
    with pytest.raises(RuntimeError, match="GPU"):
        always.update_batch([b"a"])


# bBitMinHash


@every_scheme
@pytest.mark.parametrize("b", [1, 2, 3, 4, 5, 8, 9, 16, 17, 31, 32])
def test_low_bits(scheme: str, b: int) -> None:
    one, two = sketch(*WORDS, scheme=scheme), sketch(*WORDS[:5], scheme=scheme)
    low = bBitMinHash(one, b)
    assert (low.hashvalues == one.hashvalues.astype(np.uint64) % 2**b).all()
    assert low.jaccard(low) == 1.0
    assert abs(low.jaccard(bBitMinHash(two, b)) - one.jaccard(two)) < 0.3
    assert pickle.loads(pickle.dumps(low)) == low
    assert low.bytesize() == len(low.__getstate__())
    assert low != bBitMinHash(sketch(*(b"%d" % element for element in range(50)), scheme=scheme), b)
    assert bBitMinHash(one, b, 0.5) != low


def test_low_bits_of_other_settings_are_refused() -> None:
    made = bBitMinHash(sketch(b"a"), 4)
    others = [sketch(b"a", scheme="legacy"), sketch(b"a", seed=2)]
    for other in (bBitMinHash(sketch(b"a"), 5), *(bBitMinHash(other, 4) for other in others)):
        with pytest.raises(ValueError, match="Cannot compare"):
            made.jaccard(other)
    for b, r in ((33, 0.0), (-1, 0.0), (1, 1.1)):
        with pytest.raises(ValueError):
            bBitMinHash(sketch(b"a"), b, r)


# LeanMinHash


@every_scheme
def test_a_lean_sketch_keeps_the_values(scheme: str) -> None:
    made = sketch(*WORDS, scheme=scheme)
    lean = LeanMinHash(made)
    assert (lean.seed, lean.scheme, len(lean)) == (made.seed, scheme, 128)
    assert lean.hashvalues.tolist() == made.hashvalues.tolist()
    assert lean == LeanMinHash(seed=made.seed, hashvalues=made.hashvalues, scheme=scheme)
    assert lean.jaccard(made) == made.jaccard(lean) == 1.0
    assert lean.count() == made.count()
    assert not lean.is_empty()
    made.update(b"more")
    assert lean == LeanMinHash(sketch(*WORDS, scheme=scheme))
    copied = lean.copy()
    copied.hashvalues[0] = 0
    assert copied != lean
    with pytest.raises(TypeError):
        lean.update(b"a")
    with pytest.raises(TypeError):
        lean.update_batch([b"a"])


def test_a_lean_sketch_wants_values_and_seed_and_scheme() -> None:
    values = MinHash(4).hashvalues
    wrong: list[dict[str, Any]] = [
        {},
        {"seed": 1},
        {"hashvalues": values, "scheme": "affine32"},
        {"seed": 1, "hashvalues": values},
        {"minhash": MinHash(4), "scheme": "legacy"},
        {"seed": 1, "hashvalues": [], "scheme": "affine32"},
        {"seed": 1, "hashvalues": values, "scheme": "other"},
    ]
    for settings in wrong:
        with pytest.raises(ValueError):
            LeanMinHash(**settings)


@every_scheme
@every_order
def test_a_lean_sketch_is_serialized(scheme: str, order: str) -> None:
    leans = [LeanMinHash(sketch(*WORDS[:count], num_perm=16, scheme=scheme)) for count in (1, 3)]
    size = leans[0].bytesize(order)
    gap = 3 if order == "@" else 0
    assert size == {"legacy": 12 + 64, "affine32": 13 + gap + 64, "affine64": 13 + gap + 128}[scheme]
    buffer = bytearray(2 * size)
    for place, lean in enumerate(leans):
        lean.serialize(memoryview(buffer)[place * size :], order)
    assert LeanMinHash.deserialize(buffer, order) == leans[0]
    assert LeanMinHash.deserialize(bytes(buffer), order) == leans[0]
    assert LeanMinHash.deserialize(memoryview(buffer)[size:], order) == leans[1]
    with pytest.raises(ValueError, match="enough space"):
        leans[0].serialize(bytearray(size - 1), order)
    with pytest.raises(struct.error):
        LeanMinHash.deserialize(buffer[: size - 1], order)


def test_the_bytes_of_a_lean_sketch_are_those_of_datasketch() -> None:
    for scheme, expected in {
        "legacy": "010000000000000004000000d343bd1153f0421438f3c306a27c9712",
        "affine32": "0100000000000000fcffffff012363cd6ccc959f1f5692b80afefe5e37",
        "affine64": "0100000000000000fcffffff02dfdc89fe62e14b20aacb66dba6b79b2dfc728c3a19e0323df9f7fcc493a5470d",
    }.items():
        lean = LeanMinHash(sketch(*WORDS, num_perm=4, scheme=scheme))
        buffer = bytearray(lean.bytesize("<"))
        lean.serialize(buffer, "<")
        assert buffer.hex() == expected
    unknown = bytearray.fromhex("0100000000000000ffffffff0900000000")
    with pytest.raises(ValueError, match="scheme code: 9"):
        LeanMinHash.deserialize(unknown, "<")


@every_scheme
def test_lean_sketches_are_united_pickled_and_hashed(scheme: str) -> None:
    one, two = (LeanMinHash(sketch(*elements, scheme=scheme)) for elements in ((b"a", b"b"), (b"b", b"c")))
    united = LeanMinHash.union(one, two)
    assert type(united) is LeanMinHash
    assert united == LeanMinHash(sketch(b"a", b"b", b"c", scheme=scheme))
    assert pickle.loads(pickle.dumps(one)) == one
    assert hash(one) == hash(LeanMinHash(sketch(b"a", b"b", scheme=scheme)))
    assert len({one, two, united, one.copy()}) == 3
    with pytest.raises(ValueError):
        LeanMinHash.union(one)
    with pytest.raises(ValueError):
        LeanMinHash.union(one, LeanMinHash(MinHash(4, scheme=scheme)))


def test_other_pickles_are_read_as_they_are() -> None:
    assert loads(pickle.dumps({"a": [1, 2.5], "b": sha1_hash32})) == {"a": [1, 2.5], "b": sha1_hash32}


# WeightedMinHash


def test_weighted_sketches() -> None:
    generator = WeightedMinHashGenerator(4, sample_size=128, seed=3)
    vector = np.array([1.0, 0.0, 3.0, 0.5])
    made = generator.minhash(vector)
    assert vector.tolist() == [1.0, 0.0, 3.0, 0.5]
    assert (len(made), made.hashvalues.shape, made.seed) == (128, (128, 2), 3)
    assert set(made.hashvalues[:, 0]) <= {0, 2, 3}
    assert made == generator.minhash([1, 0, 3, 0.5]) == made.copy() == pickle.loads(pickle.dumps(made))
    assert made.jaccard(made) == 1.0
    assert generator.minhash([0, 1, 0, 0]).jaccard(made) == 0.0
    assert 0.5 < made.jaccard(generator.minhash([1, 0, 3, 1])) < 1.0
    made.digest()[0] = 0
    assert made == generator.minhash(vector)


@pytest.mark.parametrize("weights", [[1, math.inf, 2], [math.inf] * 3, [math.inf, math.nan, -1], [1e39, 1, 1]])
def test_an_infinite_weight_is_refused(weights: list[float]) -> None:
    generator = WeightedMinHashGenerator(3)
    with pytest.raises(OverflowError, match="cannot convert float infinity to integer"):
        generator.minhash(weights)
    with pytest.raises(OverflowError, match="cannot convert float infinity to integer"):
        generator.minhash_many(np.array([[1, 2, 3], weights]))


@pytest.mark.parametrize("weight", [-1, math.nan, -math.inf])
def test_a_weight_of_a_matrix_that_is_none_is_refused(weight: float) -> None:
    generator = WeightedMinHashGenerator(3)
    with pytest.raises(ValueError, match="row 1 has a weight that is negative or nan"):
        generator.minhash_many(np.array([[1, 2, 3], [0, weight, 2]]))


def test_weighted_sketches_of_matrices() -> None:
    generator = WeightedMinHashGenerator(3)
    matrix = np.array([[1, 2, 3], [0, 0, 0], [1, 2, 3]])
    one, none, same = generator.minhash_many(matrix)
    assert none is None and one == same and one is not None
    assert matrix.tolist() == [[1, 2, 3], [0, 0, 0], [1, 2, 3]]


def test_wrong_weights_are_refused() -> None:
    generator = WeightedMinHashGenerator(3)
    for wrong in ([1, 2], [0, 0, 0]):
        with pytest.raises(ValueError):
            generator.minhash(wrong)
    with pytest.raises(TypeError):
        generator.minhash(7)
    with pytest.raises(TypeError):
        generator.minhash_many([[1, 2, 3]])
    for shape in ((3,), (2, 4)):
        with pytest.raises(ValueError):
            generator.minhash_many(np.ones(shape))
    made = generator.minhash([1, 2, 3])
    for other in (WeightedMinHashGenerator(3, seed=2), WeightedMinHashGenerator(3, 64)):
        with pytest.raises(ValueError):
            made.jaccard(other.minhash([1, 2, 3]))
