"""What runs on the workers: batches of Arrow in, batches of Arrow out.

Nothing here needs Spark. :mod:`twinprint.spark` wraps these functions in small ones that can be sent to workers.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import _native
from .._columns import Facts

HASH_BYTES = 16
"""Bytes of the hash of a set. With 128 bits of BLAKE2b, nobody can make two texts that are mistaken for equal."""


class Rules(NamedTuple):
    """What decides about texts and pairs, as plain values that can be sent to workers."""

    scheme: str
    threshold: float
    recall: float
    bucket_limit: int | None

    def decisions(self) -> _native.JoinRules:
        """Returns the decisions of the library under these settings."""
        return _native.JoinRules(
            _native.Scheme.from_json(self.scheme),
            threshold=self.threshold,
            recall=self.recall,
            bucket_limit=self.bucket_limit,
        )


class Signing(NamedTuple):
    """What is made of texts besides their signatures."""

    keep: str
    facts: tuple[str, ...]
    source: str
    drop_blank: bool


def one_core() -> None:
    """Keeps the library to one core in a worker process of Apache Spark, which runs one task a core."""
    try:
        from pyspark import TaskContext

        in_task = TaskContext.get() is not None
    except Exception:
        in_task = False
    if in_task:
        os.environ.setdefault("RAYON_NUM_THREADS", "1")


def unsigned(column: Any) -> pa.ListArray:
    """Reads a column of lists of signed numbers, which Spark has, as one of unsigned numbers, which hashes are.

    >>> unsigned(pa.array([[1, -1], []])).to_pylist()
    [[1, 18446744073709551615], []]
    """
    return pa.ListArray.from_arrays(column.offsets.cast(pa.int32()), column.values.cast(pa.int64()).view(pa.uint64()))


def signed(column: Any) -> pa.ListArray:
    """Reads a column of lists of unsigned numbers as one of signed numbers. A missing list becomes an empty one."""
    column = pa.array(column)
    return pa.ListArray.from_arrays(column.offsets, column.values.view(pa.int64()))


def set_hashes(sets: pa.ListArray) -> pa.Array:
    """The hash of each set; null for an empty one, which equals no other.

    >>> hashes = set_hashes(pa.array([[1, 2], [], [1, 2]], pa.list_(pa.int64())))
    >>> hashes[0] == hashes[2], hashes[1].is_valid
    (True, False)
    """
    values = memoryview(sets.values.to_numpy(zero_copy_only=True)).cast("B")
    ends = sets.offsets.to_pylist()
    hashes = [
        hashlib.blake2b(values[8 * start : 8 * end], digest_size=HASH_BYTES).digest() if start < end else None
        for start, end in zip(ends, ends[1:], strict=False)
    ]
    return pa.array(hashes, pa.binary())


def sign(batches: Iterable[pa.RecordBatch], rules: Rules, signing: Signing) -> Iterator[pa.RecordBatch]:
    """Turns texts into sets, keys of bands, and what the rules of ``keep`` need; other columns stay as they are."""
    one_core()
    scheme, banding = _native.Scheme.from_json(rules.scheme), rules.decisions().banding
    for batch in batches:
        texts = batch.column("text")
        sets = signed(_shingles(batch, scheme))
        keys = signed(_native.band_keys(_native.signatures(texts, scheme, threads=1), banding, threads=1))
        columns = {name: batch.column(name) for name in batch.schema.names if name not in ("text", *signing.facts)}
        columns |= {"hash": set_hashes(sets), "size": _sizes(sets), "set": sets, "band_keys": keys}
        if signing.keep != "first":
            columns["preference"] = _preferences(batch, texts, signing)
        if signing.drop_blank:
            blank = np.zeros(len(texts), dtype=np.bool_)
            blank[_native.blank(_native.Held(texts))] = True
            columns["blank"] = pa.array(blank)
        yield pa.RecordBatch.from_pydict(columns)


def _shingles(batch: pa.RecordBatch, scheme: _native.Scheme) -> _native.Column:
    try:
        return _native.shingles(batch.column("text"), scheme, threads=1)
    except ValueError as error:
        # The number of a text counts from the first of its batch.
        first = batch.column("id")[0].as_py()
        raise ValueError(f"in the batch from the id {first!r} on: {error}") from error


def _sizes(sets: pa.ListArray) -> pa.Array:
    return pc.list_value_length(sets).cast(pa.int64())


def _preferences(batch: pa.RecordBatch, texts: Any, signing: Signing) -> pa.Array:
    facts = Facts(signing.keep, {name: batch.column(name) for name in signing.facts}, signing.source, len(texts))
    lengths = pc.fill_null(pc.binary_length(texts), 0).to_pylist()
    keys = _native.preference_keys(signing.keep, lengths, facts.scores, facts.dates, facts.sources)
    # As hexadecimal digits, which sort as the bytes do: not every engine orders windows by bytes.
    return pa.array([key.hex() for key in keys], pa.string())


def sketch(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Makes the odd sketches of sets."""
    one_core()
    decisions = rules.decisions()
    for batch in batches:
        sketches = signed(decisions.sketches(unsigned(batch.column("set"))))
        yield pa.RecordBatch.from_pydict({"number": batch.column("number"), "sketch": sketches})


def compare_with_last(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Says of each set of a bucket whether it is similar to the one right before it, as far as their sketches tell."""
    one_core()
    decisions = rules.decisions()
    for batch in batches:
        # The first set of a bucket has none before it, and an empty list is the sketch of nothing.
        last = pc.fill_null(batch.column("last"), pa.scalar([], batch.column("last").type))
        similar = decisions.similar(unsigned(last), unsigned(batch.column("sketch")))
        columns = {name: batch.column(name) for name in ("band_key", "number", "before", "sketch")}
        yield pa.RecordBatch.from_pydict(columns | {"is_similar": pa.array(similar.astype(np.int64))})


def reach(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Says of each set of a bucket with how many of the first ones it is compared."""
    decisions = rules.decisions()
    for batch in batches:
        reaches = decisions.reach(batch.column("before").to_pylist(), batch.column("similar").to_pylist())
        columns = {name: batch.column(name) for name in ("band_key", "number", "before", "sketch")}
        yield pa.RecordBatch.from_pydict(columns | {"reach": pa.array(reaches.astype(np.int64))})


class Block(NamedTuple):
    """Blocks of consecutive sets of buckets, each in the order of its sets."""

    offsets: pa.Array
    numbers: Any
    reaches: Any
    sketches: pa.ListArray

    @classmethod
    def read(cls, column: Any) -> Block:
        """Reads a column of lists of sets, which come in any order."""
        offsets, members = column.offsets.cast(pa.int32()), column.values
        rows = np.repeat(np.arange(len(column)), np.diff(offsets.to_numpy()))
        members = members.slice(offsets[0].as_py(), len(rows))
        order = pa.array(np.lexsort((members.field("before").to_numpy(), rows)))
        numbers, reaches = (members.field(name).take(order).to_numpy() for name in ("number", "reach"))
        sketches = unsigned(members.field("sketch").take(order))
        return cls(pc.subtract(offsets, offsets[0]), numbers, reaches, sketches)


MASKED = 64
"""Consecutive sets that a mask stands for, a bit for each."""


def pack(lefts: Any, rights: Any) -> pa.RecordBatch:
    """Packs pairs: a row has a left set and, as a mask, the right ones of some consecutive sets.

    >>> pack(np.array([5, 5, 5]), np.array([66, 64, 7])).to_pylist()
    [{'left': 5, 'word': 0, 'rights': 128}, {'left': 5, 'word': 1, 'rights': 5}]
    """
    order = np.lexsort((rights, lefts))
    lefts, rights = lefts[order], rights[order]
    words, bits = rights // MASKED, np.left_shift(np.uint64(1), (rights % MASKED).astype(np.uint64))
    is_first = np.ones(len(lefts), np.bool_)
    is_first[1:] = (np.diff(lefts) != 0) | (np.diff(words) != 0)
    firsts = np.flatnonzero(is_first)
    masks = np.bitwise_or.reduceat(bits, firsts) if len(firsts) else bits
    return pa.RecordBatch.from_pydict({"left": lefts[firsts], "word": words[firsts], "rights": masks.view(np.int64)})


BLOCKS_AT_ONCE = 4
"""Pairs of blocks that are searched at once. Versions of one form are nearly all similar, and a pair of blocks of 256 sets then
makes a megabyte of pairs, of which packing them takes several times as much for a moment."""


def search(batches: Iterable[pa.RecordBatch], rules: Rules, block_sets: int) -> Iterator[pa.RecordBatch]:
    """Finds the pairs of two blocks of a bucket whose sketches exclude no similarity, as far as they are in reach. Packs them."""
    one_core()
    decisions = rules.decisions()
    parts = (batch.slice(first, BLOCKS_AT_ONCE) for batch in batches for first in range(0, len(batch), BLOCKS_AT_ONCE))
    for batch in parts:
        pivots, probes = Block.read(batch.column("pivots")), Block.read(batch.column("probes"))
        starts = np.repeat(batch.column("pivot_block").to_numpy() * block_sets, np.diff(probes.offsets.to_numpy()))
        reaches = pa.array(np.clip(probes.reaches - starts, 0, block_sets).astype(np.uint32))
        rows, lefts, rights = decisions.search(
            pa.ListArray.from_arrays(pivots.offsets, pivots.sketches),
            pa.ListArray.from_arrays(probes.offsets, probes.sketches),
            pa.ListArray.from_arrays(probes.offsets, reaches),
        )
        left = pivots.numbers[pivots.offsets.to_numpy()[rows] + lefts]
        right = probes.numbers[probes.offsets.to_numpy()[rows] + rights]
        yield pack(left, right)


def _edges(batches: Iterable[pa.RecordBatch], *names: str) -> list[Any]:
    tables = [[batch.column(name).to_numpy() for name in names] for batch in batches]
    return [np.concatenate(column) if tables else np.empty(0, np.int64) for column in zip(*tables, strict=True)] or [
        np.empty(0, np.int64) for _ in names
    ]


def leaders(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Returns what leader clusters remove, of edges that one task holds: in the order of preference, each that has an edge to one
    that was kept."""
    later, earlier = _edges(batches, "later", "earlier")
    removed: set[int] = set()
    order = np.lexsort((earlier, later))
    for one, other in zip(later[order].tolist(), earlier[order].tolist(), strict=True):
        if other not in removed:
            removed.add(one)
    yield pa.RecordBatch.from_pydict({"later": pa.array(sorted(removed), pa.int64())})


def components(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Returns the root of each node, its least one, of edges that one task holds. Roots themselves are left out."""
    nodes, others = _edges(batches, "node", "other")
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        # Path halving, as in src/result/components.rs.
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents.setdefault(parent, parent)
        return node

    for one, other in zip(nodes.tolist(), others.tolist(), strict=True):
        one, other = root(one), root(other)
        parents[max(one, other)] = min(one, other)
    rows = sorted((node, root(node)) for node in parents)
    rows = [(node, least) for node, least in rows if node != least]
    columns = {"node": [node for node, _ in rows], "root": [least for _, least in rows]}
    yield pa.RecordBatch.from_pydict({name: pa.array(values, pa.int64()) for name, values in columns.items()})
