"""The class ``MinHashLSHForest``."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterator
from itertools import takewhile
from typing import Any

import numpy as np

from ._schemes import Values, same_scheme


class MinHashLSHForest:
    """An index that finds the most similar sketches of a query, without a threshold (Bawa, Condie and Ganesan, 2005).

    :param num_perm: The number of values of the sketches.
    :param l: The number of prefix trees; each takes ``num_perm // l`` values.

    >>> from twinprint.datasketch import MinHash
    >>> forest = MinHashLSHForest(num_perm=128)
    >>> for key in ("minhash", "simhash"):
    ...     sketch = MinHash()
    ...     sketch.update(key.encode())
    ...     forest.add(key, sketch)
    >>> forest.index()
    >>> forest.query(sketch, 1)
    ['simhash']
    """

    def __init__(self, num_perm: int = 128, l: int = 8) -> None:  # noqa: E741
        """Builds an empty index. Raises ``ValueError`` for a number that is not positive."""
        if l <= 0 or num_perm <= 0:
            raise ValueError("num_perm and l must be positive")
        if l > num_perm:
            raise ValueError("l cannot be greater than num_perm")
        self.l = l
        self.k = num_perm // l
        self.hashtables: list[defaultdict[bytes, list[Any]]] = [defaultdict(list) for _ in range(l)]
        self.hashranges = [(tree * self.k, (tree + 1) * self.k) for tree in range(l)]
        self.keys: dict[Any, list[bytes]] = {}
        self.sorted_hashtables: list[list[bytes]] = [[] for _ in range(l)]
        self._minhash_scheme: str | None = None

    def _H(self, hs: Values) -> bytes:
        return hs.byteswap().tobytes()

    def _check_length(self, minhash: Any) -> None:
        if len(minhash) < self.k * self.l:
            raise ValueError("The num_perm of MinHash out of range")

    def add(self, key: Hashable, minhash: Any) -> None:
        """Adds a sketch under a key. :meth:`index` makes it findable.

        Raises ``ValueError`` for a sketch that is too short or of another scheme, and for a key that is there already.
        """
        self._check_length(minhash)
        scheme = same_scheme(getattr(self, "_minhash_scheme", None), minhash)
        if key in self.keys:
            raise ValueError("The given key has already been added")
        self._minhash_scheme = scheme
        self.keys[key] = [self._H(minhash.hashvalues[start:end]) for start, end in self.hashranges]
        for path, table in zip(self.keys[key], self.hashtables, strict=True):
            table[path].append(key)

    def index(self) -> None:
        """Makes all added sketches findable."""
        self.sorted_hashtables = [sorted(table) for table in self.hashtables]

    def _query(self, minhash: Any, r: int, b: int) -> Iterator[Any]:
        """Yields the keys that agree with the query in the first ``r`` values of one of the first ``b`` trees."""
        if r > self.k or r <= 0 or b > self.l or b <= 0:
            raise ValueError("parameter outside range")
        for (start, _), paths, table in zip(self.hashranges, self.sorted_hashtables, self.hashtables, strict=True):
            prefix = self._H(minhash.hashvalues[start : start + r])
            # The bytes sort as their prefixes do, so what begins with the prefix lies together.
            first = bisect_left(paths, prefix)
            beginning = (paths[place] for place in range(first, len(paths)))
            for path in takewhile(lambda path, prefix=prefix: path.startswith(prefix), beginning):  # type: ignore[misc]
                yield from table[path]

    def query(self, minhash: Any, k: int) -> list[Any]:
        """Returns at most ``k`` keys, of the sketches that agree in the longest prefixes, in no order."""
        if k <= 0:
            raise ValueError("k must be positive")
        self._check_length(minhash)
        same_scheme(getattr(self, "_minhash_scheme", None), minhash)
        found: set[Any] = set()
        for depth in range(self.k, 0, -1):
            for key in self._query(minhash, depth, self.l):
                found.add(key)
                if len(found) >= k:
                    return list(found)
        return list(found)

    def get_minhash_hashvalues(self, key: Hashable) -> Values:
        """Returns the values of a sketch, as far as the trees hold them. Raises ``KeyError`` for an unknown key."""
        paths = self.keys.get(key)
        if paths is None:
            raise KeyError(f"The provided key does not exist in the LSHForest: {key}")
        size = len(paths[0])
        if size not in (4 * self.k, 8 * self.k):
            raise ValueError(f"Stored hash segment of {size} bytes is not {self.k} values of a supported width (4 or 8 bytes)")
        if any(len(path) != size for path in paths):
            raise ValueError("Stored hash segments have inconsistent sizes")
        dtype = np.dtype(np.uint32 if size == 4 * self.k else np.uint64)
        return np.frombuffer(b"".join(paths), dtype=dtype).byteswap()

    def is_empty(self) -> bool:
        """Returns whether no sketch is findable."""
        return any(len(paths) == 0 for paths in self.sorted_hashtables)

    def __contains__(self, key: Hashable) -> bool:
        """Returns whether a sketch was added under the key."""
        return key in self.keys
