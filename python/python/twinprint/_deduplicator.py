"""Texts that arrive one by one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from . import _native
from ._native import Scheme


class Inserted(NamedTuple):
    """What a text is to those before it."""

    kind: str
    """One of ``"new"``, ``"empty"`` (it has no shingles), ``"copy"`` (an earlier text is the same after normalization),
    ``"same-shingles"`` (an earlier text has the same shingles, but is another text) and ``"similar"``."""
    of: Any
    """The id of the earlier text; None for a new one."""
    jaccard: float | None
    """Their exact similarity; None for a new one."""

    @property
    def is_duplicate(self) -> bool:
        """Whether the text duplicates an earlier one."""
        return self.kind in ("copy", "same-shingles", "similar")


class Deduplicator:
    """Tells of each text at once whether it duplicates an earlier one.

    Threads may share a stream. A forked child has a copy of it, which raises :class:`RuntimeError` if another thread of
    the parent was using the stream at the fork.

    >>> stream = Deduplicator(threshold=0.4)
    >>> stream.insert("morning", "The mayor of Orvane resigned on Friday after the council rejected her budget.").kind
    'new'
    >>> stream.insert("evening", "The mayor of Orvane resigned on Friday after the council rejected her budget twice.").of
    'morning'
    """

    def __init__(self, *, scheme: Scheme | None = None, threshold: float = 0.5, recall: float = 0.99) -> None:
        """Starts a stream; the parameters are those of :func:`twinprint.find_pairs`."""
        self._native = _native.Deduplicator(scheme, threshold, recall)

    def insert(self, id: Hashable, text: str) -> Inserted:
        """Adds a text. Ids may repeat: they are only returned."""
        return Inserted(*self._native.insert(id, text))

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return f"<twinprint.Deduplicator of {len(self)} texts>"
