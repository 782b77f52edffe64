"""How workers verify packed pairs: batches of Arrow in, batches of Arrow out, as in :mod:`twinprint.spark._work`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import _native
from ._work import MASKED, Rules, one_core, unsigned

SHINGLES_AT_ONCE = 1 << 17
"""Shingles of the sets of pairs that are verified at once: a megabyte, which stays in the cache of a core."""

TOO_EARLY = "a pair came before one of its sets: the engine does not keep the order of a window"


def verify(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Keeps the candidate pairs that count, with the number of shingles that both sets have.

    The rows of a cell come one after another, in any number of batches: first its sets, with an empty mask, and then its packed
    pairs.
    """
    one_core()
    decisions = rules.decisions()
    held = Held.none()
    for batch in batches:
        is_set = pc.equal(batch.column("rights"), 0)
        if pc.any(is_set).as_py():
            held = held.of_first_cell(batch).and_of(batch.filter(is_set))
        yield from _counting(batch.filter(pc.invert(is_set)), held, decisions)


class Held(NamedTuple):
    """The sets of the cells of a batch. They are the most that a worker holds, so they are copied only to add to them."""

    cells: Any
    numbers: Any
    sets: Any
    order: Any
    """Rows by their numbers."""

    @classmethod
    def of(cls, cells: Any, numbers: Any, sets: Any) -> Held:
        """Holds sets in any order."""
        return cls(cells, numbers, sets, np.argsort(numbers))

    @classmethod
    def none(cls) -> Held:
        """Holds nothing."""
        return cls.of(np.empty((0, 2), np.int64), np.empty(0, np.int64), pa.array([], pa.list_(pa.int64())))

    def of_first_cell(self, rows: pa.RecordBatch) -> Held:
        """Holds no sets but those of the cell that the first row belongs to: the cells before it are done."""
        is_same = (self.cells == _cells(rows.slice(0, 1))).all(axis=1)
        if is_same.all():
            return self
        if not is_same.any():
            return Held.none()
        return Held.of(self.cells[is_same], self.numbers[is_same], self.sets.filter(pa.array(is_same)))

    def and_of(self, rows: pa.RecordBatch) -> Held:
        """Holds more sets."""
        cells = np.concatenate([self.cells, _cells(rows)])
        numbers = np.concatenate([self.numbers, rows.column("number").to_numpy()])
        return Held.of(cells, numbers, pa.concat_arrays([self.sets, rows.column("set").cast(self.sets.type)]))

    def rows_of(self, numbers: Any) -> Any:
        """Returns where the sets of some numbers are."""
        places = np.searchsorted(self.numbers, numbers, sorter=self.order)
        if len(places) and places.max() == len(self.order):
            raise RuntimeError(TOO_EARLY)
        rows = self.order[places]
        if not np.array_equal(self.numbers[rows], numbers):
            raise RuntimeError(TOO_EARLY)
        return rows


def _cells(rows: pa.RecordBatch) -> Any:
    return np.column_stack([rows.column(name).to_numpy() for name in ("left_block", "right_block")])


def _counting(pairs: pa.RecordBatch, held: Held, decisions: _native.JoinRules) -> Iterator[pa.RecordBatch]:
    numbers, words, masks = (pairs.column(name).to_numpy() for name in ("number", "word", "rights"))
    bits = np.unpackbits(masks.astype("<i8").view(np.uint8).reshape(-1, MASKED // 8), axis=1, bitorder="little")
    rows, places = np.nonzero(bits)
    lefts, rights = held.rows_of(numbers[rows]), held.rows_of(words[rows] * MASKED + places)
    sizes = pc.list_value_length(held.sets).to_numpy().astype(np.int64)
    parts = np.cumsum(sizes[lefts] + sizes[rights]) // SHINGLES_AT_ONCE
    ends = np.flatnonzero(np.diff(parts, append=-1)) + 1
    for first, end in zip([0, *ends], ends, strict=False):
        left, right = lefts[first:end], rights[first:end]
        shared = decisions.verify(unsigned(held.sets.take(pa.array(left))), unsigned(held.sets.take(pa.array(right))))
        counted = np.flatnonzero(shared >= 0)
        left, right = left[counted], right[counted]
        columns = {"left": held.numbers[left], "right": held.numbers[right], "left_size": sizes[left], "right_size": sizes[right]}
        yield pa.RecordBatch.from_pydict(columns | {"shared": shared[counted]})
