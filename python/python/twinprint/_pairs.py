"""Verified pairs of texts, as rows and as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt

from ._columns import named
from ._native import Table
from ._types import Columns


class Pair(NamedTuple):
    """Two texts whose similarity reaches the threshold. The similarity is exact."""

    left: Any
    """The text that came first: its id, or its number from 0."""
    right: Any
    """The text that came later."""
    jaccard: float
    """The Jaccard similarity of the two sets of shingles, 0 to 1."""


class ContainedPair(NamedTuple):
    """Two texts of which one is inside the other."""

    inner: Any
    """The shorter text."""
    outer: Any
    """The text that holds it."""
    containment: float
    """The share of the inner text's shingles that the outer one has, 0 to 1. It is exact."""


Row = TypeVar("Row")

_BATCH = 1 << 16
"""Rows that are made at once."""


def _share(part: npt.NDArray[np.uint64], whole: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Divides counts; of nothing, the share is 0."""
    share: npt.NDArray[np.float64] = part / np.maximum(whole, 1)
    return share


class _Rows(Sequence[Row], Generic[Row]):
    """Rows over columns of numbers. They are made when they are asked for."""

    def __init__(self, ids: Sequence[Any] | None, columns: Columns) -> None:
        self._ids = ids
        self._left, self._right, self.left_sizes, self.right_sizes, self.shared = columns

    def __len__(self) -> int:
        return len(self._left)

    def _rows(self, rows: slice) -> Iterator[Row]:
        raise NotImplementedError

    def _names(self, numbers: npt.NDArray[np.uint32]) -> list[Any]:
        listed: list[Any] = numbers.tolist()
        return listed if self._ids is None else [self._ids[number] for number in listed]

    @overload
    def __getitem__(self, row: int) -> Row: ...
    @overload
    def __getitem__(self, row: slice) -> list[Row]: ...
    def __getitem__(self, row: int | slice) -> Row | list[Row]:
        if isinstance(row, slice):
            return list(self._rows(row))
        if not -len(self) <= row < len(self):
            raise IndexError(f"there is no row {row} among {len(self)}")
        place = row % len(self)
        return next(self._rows(slice(place, place + 1)))

    def __iter__(self) -> Iterator[Row]:
        # One row at a time would take numbers out of numpy one by one, which is slow; all at once would take memory.
        for start in range(0, len(self), _BATCH):
            yield from self._rows(slice(start, start + _BATCH))

    def __repr__(self) -> str:
        shown = [repr(row) for row in self[:8]]
        if len(self) > 8:
            shown.append(f".. {len(self)} in all")
        return f"[{', '.join(shown)}]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))


class Pairs(_Rows[Pair]):
    """Verified pairs: a sequence of :class:`Pair`, and numpy columns.

    ``left`` and ``right`` are the numbers of the texts, ``left_sizes``, ``right_sizes`` and ``shared`` the numbers of different
    shingles that each has and that both have, and ``jaccard`` follows from these.
    """

    @property
    def left(self) -> npt.NDArray[np.uint32]:
        """The numbers of the texts that came first."""
        return self._left

    @property
    def right(self) -> npt.NDArray[np.uint32]:
        """The numbers of the texts that came later."""
        return self._right

    @property
    def jaccard(self) -> npt.NDArray[np.float64]:
        """The exact similarities."""
        return _share(self.shared, self.left_sizes + self.right_sizes - self.shared)

    def table(self) -> Table:
        """Returns the pairs as an Arrow table with the columns of :class:`Pair`: ``polars.DataFrame(pairs.table())``.

        :raises TypeError: If the ids are neither all str nor all int.
        """
        return Table([("left", named(self._ids, self.left)), ("right", named(self._ids, self.right)), ("jaccard", self.jaccard)])

    def _rows(self, rows: slice) -> Iterator[Pair]:
        similarities = _share(self.shared[rows], self.left_sizes[rows] + self.right_sizes[rows] - self.shared[rows])
        return map(Pair, self._names(self._left[rows]), self._names(self._right[rows]), similarities.tolist())


class Contained(_Rows[ContainedPair]):
    """Contained texts: a sequence of :class:`ContainedPair`, and numpy columns."""

    @property
    def inner(self) -> npt.NDArray[np.uint32]:
        """The numbers of the inner texts."""
        return self._left

    @property
    def outer(self) -> npt.NDArray[np.uint32]:
        """The numbers of the texts that hold them."""
        return self._right

    @property
    def containment(self) -> npt.NDArray[np.float64]:
        """The shares of the inner texts' shingles that the outer ones have."""
        return _share(self.shared, self.left_sizes)

    def table(self) -> Table:
        """Returns the rows as an Arrow table with the columns of :class:`ContainedPair`.

        :raises TypeError: If the ids are neither all str nor all int.
        """
        columns = (("inner", self.inner), ("outer", self.outer))
        return Table([*((name, named(self._ids, numbers)) for name, numbers in columns), ("containment", self.containment)])

    def _rows(self, rows: slice) -> Iterator[ContainedPair]:
        shares = _share(self.shared[rows], self.left_sizes[rows])
        return map(ContainedPair, self._names(self._left[rows]), self._names(self._right[rows]), shares.tolist())
