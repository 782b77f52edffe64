"""What workers do with packed pairs: batches of Arrow in, batches of Arrow out, as in :mod:`twinprint.spark._work`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import _native
from ._work import Rules, one_core, unsigned

RIGHTS = 64
"""Consecutive sets that one number masks, a bit for each."""

SHINGLES_AT_ONCE = 1 << 20
"""Shingles of the sets of pairs that are verified at once, 8 bytes each."""


def pack(lefts: Any, rights: Any) -> pa.RecordBatch:
    """Packs pairs: a row has a left set and, as a mask, the right sets of one block.

    >>> pack(np.array([5, 5, 5]), np.array([66, 64, 7])).to_pylist()
    [{'left': 5, 'right_block': 0, 'rights': 128}, {'left': 5, 'right_block': 1, 'rights': 5}]
    """
    order = np.lexsort((rights, lefts))
    lefts, rights = lefts[order], rights[order]
    blocks, masks = rights // RIGHTS, np.left_shift(np.uint64(1), (rights % RIGHTS).astype(np.uint64))
    firsts = np.flatnonzero(np.append(True, (np.diff(lefts) != 0) | (np.diff(blocks) != 0))[: len(lefts)])
    masks = np.bitwise_or.reduceat(masks, firsts) if len(firsts) else masks
    return pa.RecordBatch.from_pydict({"left": lefts[firsts], "right_block": blocks[firsts], "rights": masks.view(np.int64)})


def verify(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Keeps the candidate pairs that count, with the number of shingles that both sets have.

    The rows of a cell come one after another, in any number of batches: first its right sets, with an empty mask, then its left
    ones, each with a mask of the right ones that it is compared with.
    """
    one_core()
    decisions = rules.decisions()
    held: pa.RecordBatch | None = None
    for batch in batches:
        rows = batch if held is None else pa.concat_batches([held, batch])
        if len(rows):
            yield from _compared(rows, decisions)
            held = _right_sets_of_last_cell(rows)


def _right_sets_of_last_cell(rows: pa.RecordBatch) -> pa.RecordBatch:
    is_held = pc.equal(rows.column("rights"), 0)
    for block in ("left_block", "right_block"):
        column = rows.column(block)
        is_held = pc.and_(is_held, pc.equal(column, column[-1]))
    return rows.filter(is_held)


def _compared(rows: pa.RecordBatch, decisions: _native.JoinRules) -> Iterator[pa.RecordBatch]:
    numbers, blocks, masks = (rows.column(name).to_numpy() for name in ("number", "right_block", "rights"))
    sets = rows.column("set")
    sizes = pc.list_value_length(sets).to_numpy().astype(np.int64)
    bits = np.unpackbits(masks.astype("<i8").view(np.uint8).reshape(-1, RIGHTS // 8), axis=1, bitorder="little")
    lefts, places = np.nonzero(bits)
    rights = _rows_of(blocks[lefts] * RIGHTS + places, numbers, np.flatnonzero(masks == 0))
    parts = np.cumsum(sizes[lefts] + sizes[rights]) // SHINGLES_AT_ONCE
    ends = np.flatnonzero(np.diff(parts, append=-1)) + 1
    for first, end in zip([0, *ends], ends, strict=False):
        left, right = lefts[first:end], rights[first:end]
        shared = decisions.verify(unsigned(sets.take(pa.array(left))), unsigned(sets.take(pa.array(right))))
        columns = {"left": numbers[left], "right": numbers[right], "left_size": sizes[left], "right_size": sizes[right]}
        yield pa.RecordBatch.from_pydict(columns | {"shared": pa.array(shared)}).filter(pa.array(shared >= 0))


def _rows_of(wanted: Any, numbers: Any, rows: Any) -> Any:
    """Returns the rows of the wanted numbers, among some rows."""
    rows = rows[np.argsort(numbers[rows])]
    places = np.searchsorted(numbers[rows], wanted)
    if len(wanted) and (places.max() == len(rows) or not np.array_equal(numbers[rows[places]], wanted)):
        raise RuntimeError("a left set came before a right one of its cell: the engine does not keep the order of a window")
    return rows[places]
