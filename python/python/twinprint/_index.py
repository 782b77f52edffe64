"""An index of signatures that come and go."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from . import _native
from ._native import Banding, MinHasher, Scheme, Signature


class Hit(NamedTuple):
    """An answer of the index."""

    id: Any
    """The id that was inserted."""
    jaccard: float
    """The estimated similarity."""


class LshIndex:
    """Finds the indexed texts that are similar to a query. Similarities are estimates of the signatures.

    Threads may share an index. Of a forked process, see :class:`twinprint.Deduplicator`.

    >>> index = LshIndex()
    >>> index.insert("a", "The ferry to Skelby was cancelled on Monday because of high winds.")
    >>> index.query("The ferry to Skelby was cancelled on Monday because of high winds!", threshold=0.8)
    [Hit(id='a', jaccard=1.0)]
    """

    def __init__(self, scheme: Scheme | None = None, banding: Banding | None = None) -> None:
        """Makes an empty index. Defaults to :meth:`Scheme.news` and a banding that finds 99 of 100 texts at 0.5."""
        scheme = Scheme.news() if scheme is None else scheme
        banding = Banding.for_threshold(0.5, num_hashes=scheme.num_hashes) if banding is None else banding
        self._hasher = MinHasher(scheme)
        self._native = _native.LshIndex(scheme, banding)

    @property
    def scheme(self) -> Scheme:
        """The scheme of its signatures."""
        return self._native.scheme

    @property
    def banding(self) -> Banding:
        """How its signatures are cut into bands."""
        return self._native.banding

    def _signature(self, text: str | Signature) -> Signature:
        return text if isinstance(text, Signature) else self._hasher.signature(text)

    def insert(self, id: Hashable, text: str | Signature) -> None:
        """Adds a text or its signature.

        :raises KeyError: If the index holds the id already; :meth:`upsert` replaces it.
        """
        self._native.insert(id, self._signature(text))

    def upsert(self, id: Hashable, text: str | Signature) -> bool:
        """Adds a text, in place of the one of this id if there is one. Returns whether there was."""
        return self._native.upsert(id, self._signature(text))

    def remove(self, id: Hashable) -> bool:
        """Removes a text. Returns whether it was there."""
        return self._native.remove(id)

    def query(self, text: str | Signature, threshold: float = 0.5) -> list[Hit]:
        """The texts whose estimated similarity reaches the threshold, the most similar first."""
        return [Hit(*hit) for hit in self._native.query(self._signature(text), threshold)]

    def nearest(self, text: str | Signature, count: int) -> list[Hit]:
        """The most similar texts that share a band with the query, at most this many."""
        return [Hit(*hit) for hit in self._native.nearest(self._signature(text), count)]

    def signature(self, id: Hashable) -> Signature:
        """The signature of a text.

        :raises KeyError: If the index does not hold the id.
        """
        signature = self._native.signature(id)
        if signature is None:
            raise KeyError(id)
        return signature

    def __contains__(self, id: Hashable) -> bool:
        return id in self._native

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._native.ids())

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return f"<twinprint.LshIndex of {len(self)} texts, {self.banding.bands} bands of {self.banding.rows} rows>"

    def __reduce__(self) -> tuple[Any, ...]:
        rows = [(id, self.signature(id)) for id in self]
        return _restored, (self.scheme, self.banding, rows)


def _restored(scheme: Scheme, banding: Banding, rows: list[tuple[Hashable, Signature]]) -> LshIndex:
    index = LshIndex(scheme, banding)
    for id, signature in rows:
        index.insert(id, signature)
    return index
