"""The class ``MinHashLSH``."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Any

from ._banding import best_banding
from ._schemes import Values, same_scheme
from .storage import Config, DictListStorage, DictSetStorage, ordered_storage, unordered_storage


class MinHashLSH:
    """An index that finds sketches similar to a query, by bands of their values.

    :param threshold: The similarity, 0 to 1, for which bands and rows are chosen.
    :param num_perm: The number of values of the sketches.
    :param weights: What a false positive and a false negative cost; their sum is 1.
    :param params: Bands and rows, in place of ``threshold`` and ``weights``.
    :param storage_config: Only memory, ``{"type": "dict"}``.
    :param prepickle: Pickles keys, so that they are stored as bytes. Defaults to ``False``.
    :param hashfunc: Shortens the bytes of a band; two bands of one short key make more candidates.

    >>> lsh = MinHashLSH(threshold=0.8, num_perm=128)
    >>> lsh.b, lsh.r
    (9, 13)

    Answers are candidates: compare them with :meth:`MinHash.jaccard`. :class:`twinprint.LshIndex` is the index to use in new
    code: it is in Rust, and gives the similarity of every answer.
    """

    def __init__(
        self,
        threshold: float = 0.9,
        num_perm: int = 128,
        weights: tuple[float, float] = (0.5, 0.5),
        params: tuple[int, int] | None = None,
        storage_config: Config | None = None,
        prepickle: bool | None = None,
        hashfunc: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """Builds an empty index. Raises ``ValueError`` for a setting outside its range."""
        if threshold > 1.0 or threshold < 0.0:
            raise ValueError("threshold must be in [0.0, 1.0]")
        if num_perm < 2:
            raise ValueError("Too few permutation functions")
        if any(weight < 0.0 or weight > 1.0 for weight in weights):
            raise ValueError("Weight must be in [0.0, 1.0]")
        if sum(weights) != 1.0:
            raise ValueError("Weights must sum to 1.0")
        self._buffer_size = 50000
        self.h = num_perm
        self.b, self.r = best_banding(float(threshold), num_perm, *weights) if params is None else params
        if self.b * self.r > num_perm:
            raise ValueError(
                f"params ask for {self.b} * {self.r} = {self.b * self.r} values, more than num_perm {num_perm}. "
                "Did you forget to specify num_perm?"
            )
        if self.b < 2:
            raise ValueError("The number of bands are too small (b < 2)")
        storage: Config = storage_config or {"type": "dict"}
        self.hashtables: list[DictSetStorage] = [unordered_storage(storage) for _ in range(self.b)]
        self.keys: DictListStorage = ordered_storage(storage)
        self.hashranges = [(band * self.r, (band + 1) * self.r) for band in range(self.b)]
        self.prepickle = bool(prepickle)
        self._require_bytes_keys = False
        self.hashfunc = hashfunc
        self._H = self._byteswap if hashfunc is None else self._hashed_byteswap
        self._minhash_scheme: str | None = None

    def _byteswap(self, hs: Values) -> bytes:
        """Returns the bytes of values in the other byte order, which sorts as the values do on little-endian machines."""
        return hs.byteswap().tobytes()

    def _hashed_byteswap(self, hs: Values) -> bytes:
        if self.hashfunc is None:
            raise RuntimeError("Hash function not configured.")
        return self.hashfunc(self._byteswap(hs))

    def _band_keys(self, minhash: Any) -> list[bytes]:
        """Returns the key of each band, after the checks that every sketch passes."""
        if len(minhash) != self.h:
            raise ValueError(f"Expecting minhash with length {self.h}, got {len(minhash)}")
        same_scheme(self._known_scheme(), minhash)
        # One swap for all bands: the keys are slices of its bytes.
        swapped = self._byteswap(minhash.hashvalues[: self.b * self.r])
        width = len(swapped) // self.b
        keys = [swapped[start : start + width] for start in range(0, width * self.b, width)] if width else [b""] * self.b
        return keys if self.hashfunc is None else [self.hashfunc(key) for key in keys]

    def _known_scheme(self) -> str | None:
        # Indexes that datasketch pickled before 2.0 have no such field.
        known: str | None = getattr(self, "_minhash_scheme", None)
        return known

    def _stored(self, key: Hashable) -> Any:
        return pickle.dumps(key) if self.prepickle else key

    def _returned(self, keys: set[Any]) -> list[Any]:
        return [pickle.loads(key) for key in keys] if self.prepickle else list(keys)

    @property
    def buffer_size(self) -> int:
        """The size of the buffer that a database would have."""
        return self._buffer_size

    @buffer_size.setter
    def buffer_size(self, value: int) -> None:
        for table in (self.keys, *self.hashtables):
            table.buffer_size = value
        self._buffer_size = value

    def insert(self, key: Hashable, minhash: Any, check_duplication: bool = True) -> None:
        """Adds a sketch under a key.

        Raises ``ValueError`` for a sketch of another length or scheme, and for a key that is there already, unless
        ``check_duplication`` is false.
        """
        self._insert(key, minhash, check_duplication=check_duplication)

    def _insert(self, key: Hashable, minhash: Any, check_duplication: bool = True, buffer: bool = False) -> None:
        band_keys = self._band_keys(minhash)
        stored = self._stored(key)
        if check_duplication and stored in self.keys:
            raise ValueError("The given key already exists")
        self._minhash_scheme = same_scheme(self._known_scheme(), minhash)
        self.keys.insert(stored, *band_keys, buffer=buffer)
        for band_key, table in zip(band_keys, self.hashtables, strict=True):
            table.insert(band_key, stored, buffer=buffer)

    def insertion_session(self, buffer_size: int = 50000) -> MinHashLSHInsertionSession:
        """Returns a context in which sketches are inserted."""
        return MinHashLSHInsertionSession(self, buffer_size=buffer_size)

    def deletion_session(self, buffer_size: int = 50000) -> MinHashLSHDeletionSession:
        """Returns a context in which keys are removed."""
        return MinHashLSHDeletionSession(self, buffer_size=buffer_size)

    def merge(self, other: MinHashLSH, check_overlap: bool = False) -> None:
        """Adds all sketches of another index.

        Raises ``ValueError`` for an index of other lengths, bands, rows or scheme, and with ``check_overlap`` for a key in both.
        """
        self._merge(other, check_overlap=check_overlap)

    def _merge(self, other: MinHashLSH, check_overlap: bool = False, buffer: bool = False) -> None:
        if type(self) is not type(other):
            raise ValueError(f"Cannot merge type MinHashLSH and type {type(other).__name__}.")
        if (self.h, self.b, self.r) != (other.h, other.b, other.r):
            raise ValueError("Cannot merge MinHashLSH with different initialization parameters.")
        known, added = self._known_scheme(), other._known_scheme()
        if known is not None and added is not None and known != added:
            raise ValueError(
                f"Cannot merge MinHashLSH indexed with MinHash scheme {added!r} into one indexed with scheme {known!r}"
            )
        if check_overlap and not set(self.keys).isdisjoint(other.keys):
            raise ValueError("The keys are overlapping, duplicate key exists.")
        self._minhash_scheme = added if known is None else known
        for key in list(other.keys):
            band_keys = list(other.keys.get(key))
            self.keys.insert(key, *band_keys, buffer=buffer)
            for band_key, table in zip(band_keys, self.hashtables):  # noqa: B905 (a key inserted twice has more)
                table.insert(band_key, key, buffer=buffer)

    def query(self, minhash: Any) -> list[Any]:
        """Returns the keys of all sketches that share a band with the query, each once, in no order."""
        candidates: set[Any] = set()
        for band_key, table in zip(self._band_keys(minhash), self.hashtables, strict=True):
            candidates.update(table.get(band_key))
        return self._returned(candidates)

    def _query_b(self, minhash: Any, b: int) -> set[Any]:
        """Returns the keys that share one of the first bands."""
        if b > len(self.hashtables):
            raise ValueError("b must be less or equal to the number of hash tables")
        candidates: set[Any] = set()
        for band_key, table in zip(self._band_keys(minhash)[:b], self.hashtables[:b], strict=True):
            candidates.update(table.get(band_key))
        return set(self._returned(candidates))

    def add_to_query_buffer(self, minhash: Any) -> None:
        """Adds a query to those that :meth:`collect_query_buffer` answers."""
        for band_key, table in zip(self._band_keys(minhash), self.hashtables, strict=True):
            table.add_to_select_buffer([band_key])

    def collect_query_buffer(self) -> list[Any]:
        """Returns the keys that answer all buffered queries, and forgets the queries."""
        by_band = [table.collect_select_buffer() for table in self.hashtables]
        by_query = [set().union(*buckets) for buckets in zip(*by_band, strict=True)]
        return self._returned(set.intersection(*by_query)) if by_query else []

    def __contains__(self, key: Hashable) -> bool:
        """Returns whether a sketch is there under the key."""
        return self._stored(key) in self.keys

    def remove(self, key: Hashable) -> None:
        """Removes a key. Raises ``ValueError`` for an unknown one."""
        self._remove(key)

    def _remove(self, key: Hashable, buffer: bool = False) -> None:
        stored = self._stored(key)
        if stored not in self.keys:
            raise ValueError("The given key does not exist")
        for band_key, table in zip(self.keys[stored], self.hashtables):  # noqa: B905 (a key inserted twice has more)
            table.remove_val(band_key, stored, buffer=buffer)
            if not table.get(band_key):
                table.remove(band_key, buffer=buffer)
        self.keys.remove(stored, buffer=buffer)

    def is_empty(self) -> bool:
        """Returns whether there is no sketch."""
        return any(table.size() == 0 for table in self.hashtables)

    def get_counts(self) -> list[dict[bytes, int]]:
        """Returns for each band the number of keys in each of its buckets."""
        return [table.itemcounts() for table in self.hashtables]

    def get_subset_counts(self, *keys: Hashable) -> list[dict[bytes, int]]:
        """Returns for each band how many of the given keys are in each of its buckets."""
        tables = [DictSetStorage({"type": "dict"}) for _ in range(self.b)]
        for key in {self._stored(key) for key in keys}:
            for band_key, table in zip(self.keys.get(key), tables):  # noqa: B905 (an unknown key has none)
                table.insert(band_key, key)
        return [table.itemcounts() for table in tables]


class _Session:
    """A context of an index. A database would hold changes back until its end."""

    def __init__(self, lsh: MinHashLSH, buffer_size: int) -> None:
        self.lsh = lsh
        self.lsh.buffer_size = buffer_size

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session."""
        self.lsh.keys.empty_buffer()
        for table in self.lsh.hashtables:
            table.empty_buffer()


class MinHashLSHInsertionSession(_Session):
    """A context in which sketches are inserted."""

    def __enter__(self) -> MinHashLSHInsertionSession:
        """Returns the session."""
        return self

    def insert(self, key: Hashable, minhash: Any, check_duplication: bool = True) -> None:
        """Adds a sketch under a key."""
        self.lsh._insert(key, minhash, check_duplication=check_duplication, buffer=True)


class MinHashLSHDeletionSession(_Session):
    """A context in which keys are removed."""

    def __enter__(self) -> MinHashLSHDeletionSession:
        """Returns the session."""
        return self

    def remove(self, key: Hashable) -> None:
        """Removes a key. Raises ``ValueError`` for an unknown one."""
        self.lsh._remove(key, buffer=True)
