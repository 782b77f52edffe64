"""The class ``MinHashLSHEnsemble``."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import numpy as np

from ._banding import best_banding_of_containment
from ._schemes import Values
from .lsh import MinHashLSH
from .storage import Config


class MinHashLSHEnsemble:
    """An index that finds the sets that contain a query (Zhu and others, 2016), by sketches and the sizes of the sets.

    :param threshold: The containment, 0 to 1: how much of the query a set holds.
    :param num_perm: The number of values of the sketches.
    :param num_part: The number of ranges of sizes, each with indexes of its own. More are more exact and slower.
    :param m: The maximum number of rows of a band. More are more exact and take more memory.
    :param weights: What a false positive and a false negative cost; their sum is 1.
    :param storage_config: Only memory, ``{"type": "dict"}``.
    :param prepickle: Pickles keys, so that they are stored as bytes. Defaults to ``False``.

    >>> from twinprint.datasketch import MinHash
    >>> sets = {"short": [b"a", b"b"], "long": [b"a", b"b", b"c", b"d"], "other": [b"x", b"y", b"z"]}
    >>> sketches = {key: MinHash.bulk([elements])[0] for key, elements in sets.items()}
    >>> ensemble = MinHashLSHEnsemble(threshold=0.8, num_part=2)
    >>> ensemble.index([(key, sketches[key], len(elements)) for key, elements in sets.items()])
    >>> sorted(ensemble.query(sketches["short"], 2))
    ['long', 'short']

    :func:`twinprint.contained` finds which texts are contained in which, exactly.
    """

    def __init__(
        self,
        threshold: float = 0.9,
        num_perm: int = 128,
        num_part: int = 16,
        m: int = 8,
        weights: tuple[float, float] = (0.5, 0.5),
        storage_config: Config | None = None,
        prepickle: bool | None = None,
    ) -> None:
        """Builds an empty index. Raises ``ValueError`` for a setting outside its range."""
        if threshold > 1.0 or threshold < 0.0:
            raise ValueError("threshold must be in [0.0, 1.0]")
        if num_perm < 2:
            raise ValueError("Too few permutation functions")
        if num_part < 1:
            raise ValueError("num_part must be at least 1")
        if m < 2 or m > num_perm:
            raise ValueError("m must be in the range of [2, num_perm]")
        if any(weight < 0.0 or weight > 1.0 for weight in weights):
            raise ValueError("Weight must be in [0.0, 1.0]")
        if sum(weights) != 1.0:
            raise ValueError("Weights must sum to 1.0")
        self.threshold = threshold
        self.h = num_perm
        self.m = m
        # Bandings are planned for ten ratios of the sizes of set and query.
        self.xqs: Values = np.exp(np.linspace(-5, 5, 10))
        plans = [best_banding_of_containment(float(threshold), num_perm, m, float(ratio), *weights) for ratio in self.xqs]
        self.params: Values = np.array(plans, dtype=int)
        all_rows = {rows for _, rows in plans}
        self.indexes = [
            {
                rows: MinHashLSH(0.9, num_perm, (0.5, 0.5), (num_perm // rows, rows), storage_config, prepickle)
                for rows in all_rows
            }
            for _ in range(num_part)
        ]
        self.lowers: list[Any] = [None] * num_part
        self.uppers: list[Any] = [None] * num_part

    def index(self, entries: Iterable[tuple[Hashable, Any, int]]) -> None:
        """Adds all sets, each as key, sketch and number of elements. It can be called once.

        Raises ``ValueError`` on an index that is not empty, for no entries, and for a size that is not positive.
        """
        if not self.is_empty():
            raise ValueError("Cannot call index again on a non-empty index")
        by_size = sorted(entries, key=lambda entry: entry[2])
        if not by_size:
            raise ValueError("entries is empty")
        if by_size[0][2] <= 0:
            raise ValueError("Set size must be positive")
        counts = Counter(size for _, _, size in by_size)
        sizes = sorted(counts)
        bounds = _partitions(np.array(sizes), np.array([counts[size] for size in sizes]), len(self.indexes))
        for part, (lower, upper) in enumerate(bounds):
            self.lowers[part], self.uppers[part] = lower, upper
        part = 0
        for key, minhash, size in by_size:
            while size > self.uppers[part]:
                part += 1
            for lsh in self.indexes[part].values():
                lsh.insert(key, minhash)

    def query(self, minhash: Any, size: int) -> Iterator[Any]:
        """Yields the keys of sets that may contain the query, a sketch and its number of elements."""
        for upper, index in zip(self.uppers, self.indexes, strict=True):
            if upper is None:
                continue
            plan = min(bisect_left(self.xqs.tolist(), float(upper) / float(size)), len(self.params) - 1)
            bands, rows = self.params[plan].tolist()
            yield from index[rows]._query_b(minhash, bands)

    def __contains__(self, key: Hashable) -> bool:
        """Returns whether a set was added under the key."""
        return any(key in lsh for index in self.indexes for lsh in index.values())

    def is_empty(self) -> bool:
        """Returns whether there is no set."""
        return all(lsh.is_empty() for index in self.indexes for lsh in index.values())


def _partitions(sizes: Values, counts: Values, num_part: int) -> list[tuple[Any, Any]]:
    """Returns the lowest and highest size of each range, for the fewest false positives.

    A range treats its sets as if they all had its highest size, and each set adds the share by which it is smaller.
    """
    if num_part < 2:
        return [(sizes[0], sizes[-1])]
    if num_part >= len(sizes):
        return [(size, size) for size in sizes]
    last = len(sizes)
    # costs[first, end] is what a range from one size to another adds.
    costs = np.zeros((last, last))
    for end in range(last):
        highest = float(sizes[end])
        shares = (highest - sizes[: end + 1]) / highest * counts[: end + 1]
        for first in range(end + 1):
            costs[first, end] = np.sum(shares[first:])
    # best[p][end] is the least cost of the sizes up to there in p ranges, and 0 where there are too few sizes.
    best = {1: costs[0]}
    for placed in range(2, num_part):
        best[placed] = np.zeros(last)
        for end in range(placed - 1, last):
            best[placed][end] = np.min(best[placed - 1][placed - 2 : end] + costs[placed - 1 : end + 1, end])
    # The first of equals is taken. From the second step on, datasketch adds the cost of one range too many, so that its ranges
    # are not always the best; answers depend on them.
    bounds, end = [], last - 1
    for placed in range(num_part, 1, -1):
        added = num_part - 1 if placed == num_part else placed
        first = placed - 2
        before = first + int(np.argmin(best[added][first:end] + costs[first + 1 : end + 1, end]))
        bounds.append((sizes[before + 1], sizes[end]))
        end = before
    bounds.append((sizes[0], sizes[end]))
    return bounds[::-1]
