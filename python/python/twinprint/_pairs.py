"""Verified pairs of texts, as rows and as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt

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


class _Rows(Sequence[Row], Generic[Row]):
    """Rows over columns of numbers. They are made when they are asked for."""

    def __init__(self, ids: Sequence[Any] | None, columns: Columns) -> None:
        self._ids = ids
        self._left, self._right, self.left_sizes, self.right_sizes, self.shared = columns

    def __len__(self) -> int:
        return len(self._left)

    def _id(self, number: int) -> Any:
        return number if self._ids is None else self._ids[number]

    def _row(self, row: int) -> Row:
        raise NotImplementedError

    @overload
    def __getitem__(self, row: int) -> Row: ...
    @overload
    def __getitem__(self, row: slice) -> list[Row]: ...
    def __getitem__(self, row: int | slice) -> Row | list[Row]:
        if isinstance(row, slice):
            return [self._row(number) for number in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(f"there is no row {row} among {len(self)}")
        return self._row(row % len(self))

    def __iter__(self) -> Iterator[Row]:
        return (self._row(row) for row in range(len(self)))

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
        union = np.maximum(self.left_sizes + self.right_sizes - self.shared, 1)
        jaccard: npt.NDArray[np.float64] = self.shared / union
        return jaccard

    def _row(self, row: int) -> Pair:
        shared, union = int(self.shared[row]), int(self.left_sizes[row] + self.right_sizes[row] - self.shared[row])
        return Pair(self._id(int(self._left[row])), self._id(int(self._right[row])), shared / union if union else 0.0)


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
        containment: npt.NDArray[np.float64] = self.shared / np.maximum(self.left_sizes, 1)
        return containment

    def _row(self, row: int) -> ContainedPair:
        share = int(self.shared[row]) / max(int(self.left_sizes[row]), 1)
        return ContainedPair(self._id(int(self._left[row])), self._id(int(self._right[row])), share)
