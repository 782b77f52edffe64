"""Pairs, contained texts and duplicates of a whole corpus."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt

from . import _native

if TYPE_CHECKING:
    from ._native import Scheme, Texts

Progress = Callable[[str, int, int], object]
"""Called with the name of the stage, the steps that are done, and all steps of the stage."""


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


class Removed(NamedTuple):
    """A text that is not kept, and why."""

    id: Any
    """The text."""
    duplicate_of: Any
    """The text that is kept in its place."""
    jaccard: float
    """Their exact similarity; nan if only a chain of pairs connects them, in components."""


Row = TypeVar("Row")


class _Rows(Sequence[Row], Generic[Row]):
    """Rows over columns of numbers. They are made when they are asked for."""

    def __init__(self, ids: Sequence[Any] | None, columns: _native.Columns) -> None:
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


class Deduplicated:
    """What deduplication keeps, what it removes, and why."""

    def __init__(self, ids: Sequence[Any] | None, documents: int, found: _native.Found, keep: str, clustering: str) -> None:
        """Wraps what a join found."""
        self._ids, self._documents, self._found = ids, documents, found
        self._removed, self._representatives, self._jaccard = found.removed(clustering, keep)

    def _id(self, number: int) -> Any:
        return number if self._ids is None else self._ids[number]

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """True for each text that is kept, in the order of the texts: ``table.filter(mask)``."""
        mask = np.ones(self._documents, dtype=np.bool_)
        mask[self._removed] = False
        return mask

    @property
    def kept(self) -> list[Any]:
        """The ids of the texts to keep, in their order."""
        return [self._id(int(number)) for number in np.flatnonzero(self.mask)]

    @property
    def removed(self) -> list[Removed]:
        """The texts that are not kept, in their order, each with the text that is kept in its place."""
        rows = zip(self._removed.tolist(), self._representatives.tolist(), self._jaccard.tolist(), strict=True)
        return [Removed(self._id(text), self._id(kept), jaccard) for text, kept, jaccard in rows]

    @property
    def clusters(self) -> list[list[Any]]:
        """The clusters of two or more texts: the kept text first, then the others in their order."""
        clusters: dict[int, list[Any]] = {}
        for text, kept in zip(self._removed.tolist(), self._representatives.tolist(), strict=True):
            clusters.setdefault(kept, [self._id(kept)]).append(self._id(text))
        return list(clusters.values())

    @property
    def pairs(self) -> Pairs:
        """The verified pairs that the clusters were made of."""
        return Pairs(self._ids, self._found.pairs(32))

    @property
    def stats(self) -> dict[str, int]:
        """What the join did, in numbers."""
        stats: dict[str, int] = json.loads(self._found.stats())
        return stats

    def __repr__(self) -> str:
        return f"<twinprint.Deduplicated: {self._documents - len(self._removed)} of {self._documents} texts kept>"


def _named(ids: Sequence[Hashable] | None, documents: int) -> Sequence[Any] | None:
    if ids is None:
        return None
    named = ids.tolist() if hasattr(ids, "tolist") else ids.to_pylist() if hasattr(ids, "to_pylist") else list(ids)
    if len(named) != documents:
        raise ValueError(f"there are {len(named)} ids for {documents} texts; give one for each")
    return named


def _join(
    texts: _native.Held,
    against: _native.Held | None,
    *,
    scheme: Scheme | None,
    threshold: float,
    recall: float,
    bucket_limit: int | None,
    folder: str | PathLike[str] | None,
    memory: int | None,
    threads: int | None,
    progress: Progress | None,
    contained: float | None = None,
    scaled: int = 8,
    max_document_frequency: int = 1000,
) -> _native.Found:
    if memory is not None and folder is None:
        raise ValueError("memory limits the join in a folder; give folder= too, or leave memory out")
    return _native.join(
        texts,
        against,
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
        contained=contained,
        scaled=scaled,
        max_document_frequency=max_document_frequency,
        folder=None if folder is None else fspath(folder),
        memory=memory,
        threads=threads,
        progress=progress,
    )


def _ids(
    texts: _native.Held,
    ids: Sequence[Hashable] | None,
    against: _native.Held | None,
    against_ids: Sequence[Hashable] | None,
) -> Sequence[Any] | None:
    named = _named(ids, len(texts))
    if against is None:
        if against_ids is not None:
            raise ValueError("against_ids belongs to against=, which is missing")
        return named
    others = _named(against_ids, len(against))
    if named is None and others is None:
        return None
    return [*(named or range(len(texts))), *(others or range(len(against)))]


def find_pairs(
    texts: Texts,
    *,
    against: Texts | None = None,
    ids: Sequence[Hashable] | None = None,
    against_ids: Sequence[Hashable] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    expand: int = 32,
    bucket_limit: int | None = None,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Pairs:
    """Finds all pairs of texts whose Jaccard similarity reaches the threshold.

    :param against: Compare the texts only with these, not with one another. They are numbered after the texts.
    :param ids: What to call the texts, one for each; their numbers from 0 otherwise.
    :param threshold: The least exact similarity, above 0 to 1.
    :param recall: The least share of the pairs at the threshold to find, below 1. Pairs above the threshold are missed less.
    :param scheme: What of a text counts. Defaults to :meth:`Scheme.news`, words in threes.
    :param expand: A group of more equal texts than this is compared with others once, not text by text.
    :param folder: Join in files in this folder, for a corpus larger than memory; ``memory`` limits the bytes that it takes.
    :param threads: How many threads to use; all cores otherwise.
    :param progress: Called with the stage, the steps that are done, and all of them. What it raises ends the join.
    :raises ValueError: If a setting is outside its range; the message names it.
    :raises OSError: If a file of the folder cannot be read or written, or the folder belongs to something else.
    """
    held, others = _native.Held(texts), None if against is None else _native.Held(against)
    found = _join(
        held,
        others,
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
    )
    return Pairs(_ids(held, ids, others, against_ids), found.pairs(expand))


def contained(
    texts: Texts,
    *,
    against: Texts | None = None,
    ids: Sequence[Hashable] | None = None,
    against_ids: Sequence[Hashable] | None = None,
    least: float = 0.9,
    scheme: Scheme | None = None,
    expand: int = 32,
    scaled: int = 8,
    max_document_frequency: int = 1000,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Contained:
    """Finds texts that are inside longer ones: teasers in articles, quotations, test questions in training documents.

    :param least: The least share of the inner text's shingles that the outer one must have.
    :param scaled: One hash in this many is sampled. 1 finds texts of a few words; 8 takes an eighth of the memory.
    :param max_document_frequency: A hash that more texts have is boilerplate and makes no candidates.

    The other parameters are those of :func:`find_pairs`.
    """
    held, others = _native.Held(texts), None if against is None else _native.Held(against)
    found = _join(
        held,
        others,
        scheme=scheme,
        threshold=1.0,
        recall=0.99,
        bucket_limit=None,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
        contained=least,
        scaled=scaled,
        max_document_frequency=max_document_frequency,
    )
    return Contained(_ids(held, ids, others, against_ids), found.contained(expand))


def dedup(
    texts: Texts,
    *,
    ids: Sequence[Hashable] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    keep: str = "first",
    clustering: str = "leader",
    bucket_limit: int | None = None,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Deduplicated:
    """Decides which texts to keep, so that no two of them are duplicates.

    :param keep: Which text of a cluster is kept: ``"first"`` or ``"longest"``.
    :param clustering: ``"leader"``: each removed text has a verified pair with the kept one. ``"components"``: chains of pairs
        connect the texts of a cluster; do not remove by it.

    The other parameters are those of :func:`find_pairs`.
    """
    held = _native.Held(texts)
    found = _join(
        held,
        None,
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
    )
    return Deduplicated(_ids(held, ids, None, None), len(held), found, keep, clustering)
