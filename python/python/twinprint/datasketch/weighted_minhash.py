"""The classes ``WeightedMinHash`` and ``WeightedMinHashGenerator``."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

import numpy as np

from ._schemes import Values


class WeightedMinHash:
    """A sketch of a vector of weights, made by :class:`WeightedMinHashGenerator`.

    :param seed: The seed of the generator.
    :param hashvalues: An array of ``sample_size`` rows and 2 columns: a dimension, and a step of its weight.

    :class:`MinHashLSH` and :class:`MinHashLSHForest` take it like any sketch.
    """

    def __init__(self, seed: int, hashvalues: Values) -> None:
        """Keeps the values, without a copy."""
        self.seed = seed
        self.hashvalues = hashvalues

    def jaccard(self, other: WeightedMinHash) -> float:
        """Returns the estimated weighted similarity. Raises ``ValueError`` for sketches of other settings."""
        if other.seed != self.seed:
            raise ValueError("Cannot compute Jaccard given WeightedMinHash objects with different seeds")
        if len(self) != len(other):
            raise ValueError("Cannot compute Jaccard given WeightedMinHash objects with different numbers of hash values")
        return int(np.count_nonzero((self.hashvalues == other.hashvalues).all(axis=1))) / len(self)

    def digest(self) -> Values:
        """Returns a copy of the values."""
        return self.hashvalues.copy()

    def copy(self) -> WeightedMinHash:
        """Returns a copy of the sketch."""
        return WeightedMinHash(self.seed, self.digest())

    def __len__(self) -> int:
        """Returns the number of samples."""
        return len(self.hashvalues)

    def __eq__(self, other: object) -> bool:
        """Returns whether seed and values are equal."""
        return (
            type(self) is type(other)
            and isinstance(other, WeightedMinHash)
            and self.seed == other.seed
            and np.array_equal(self.hashvalues, other.hashvalues)
        )

    __hash__ = None  # type: ignore[assignment]


class WeightedMinHashGenerator:
    """Makes sketches of vectors of weights (Ioffe, 2010).

    :param dim: The length of the vectors.
    :param sample_size: The number of samples of a sketch.
    :param seed: The seed, 0 to 2^32 - 1.

    >>> generator = WeightedMinHashGenerator(3, sample_size=64)
    >>> one, two = generator.minhash([1, 3, 4]), generator.minhash([1, 3, 4.5])
    >>> 0.7 < one.jaccard(two) <= 1
    True
    """

    def __init__(self, dim: int, sample_size: int = 128, seed: int = 1) -> None:
        """Draws the samples."""
        self.dim = dim
        self.sample_size = sample_size
        self.seed = seed
        random, shape = np.random.RandomState(seed), (sample_size, dim)
        self.rs: Values = random.gamma(2, 1, shape).astype(np.float32)
        self.ln_cs: Values = np.log(random.gamma(2, 1, shape)).astype(np.float32)
        self.betas: Values = random.uniform(0, 1, shape).astype(np.float32)

    def minhash(self, v: Any) -> WeightedMinHash:
        """Returns the sketch of one vector. A weight that is negative or nan counts as 0, as in datasketch.

        :raises ValueError: For another length, and where no weight is above 0.
        :raises OverflowError: For an infinite weight.
        """
        if not isinstance(v, Sized):
            raise TypeError("Input vector must be sized")
        if len(v) != self.dim:
            raise ValueError(f"Input dimension mismatch, expecting {self.dim}")
        weights: Values = np.array(v, dtype=np.float32)
        dimensions = np.flatnonzero(weights)
        if dimensions.size == 0:
            raise ValueError("Input is all zeros")
        _check_finite(weights)
        rs, betas = self.rs[:, dimensions], self.betas[:, dimensions]
        steps = np.floor(np.log(weights[dimensions]) / rs + betas)
        # The order of these operations decides the last bit, and sometimes the winner: minhash_many has another.
        return self._sampled(dimensions, steps, self.ln_cs[:, dimensions] - (steps - betas) * rs - rs)

    def minhash_many(self, X: Any) -> list[WeightedMinHash | None]:
        """Returns the sketch of each row of a matrix, dense or of ``scipy.sparse``; ``None`` for a row of zeros.

        The values may differ from those of :meth:`minhash`, because they are rounded elsewhere, as in datasketch.

        :raises ValueError: For another length, and for a weight that is negative or nan, of which datasketch makes a sketch of no
            meaning.
        :raises OverflowError: For an infinite weight.
        """
        if not isinstance(X, np.ndarray) and not hasattr(X, "tocsr"):
            raise TypeError("Input X must be a sparse matrix or numpy matrix")
        if X.ndim != 2:
            raise ValueError("Input must have two dimensions")
        if X.shape[1] != self.dim:
            raise ValueError(f"Input dimension mismatch, expecting {self.dim}")
        sketches: list[WeightedMinHash | None] = []
        for number, (dimensions, weights) in enumerate(_rows(X)):
            if dimensions.size == 0:
                sketches.append(None)
                continue
            _check_finite(weights)
            if not (weights > 0).all():
                raise ValueError(f"row {number} has a weight that is negative or nan; give 0 for what does not count")
            rs, betas = self.rs[:, dimensions], self.betas[:, dimensions]
            steps = np.floor(np.log(weights) / rs + betas)
            sketches.append(self._sampled(dimensions, steps, self.ln_cs[:, dimensions] - (steps - betas + 1) * rs))
        return sketches

    def _sampled(self, dimensions: Values, steps: Values, heights: Values) -> WeightedMinHash:
        """Takes the lowest dimension of each sample."""
        lowest = np.nanargmin(heights, axis=1)
        taken = steps[np.arange(self.sample_size), lowest]
        return WeightedMinHash(self.seed, np.stack([dimensions[lowest], taken.astype(int)], axis=1))


def _check_finite(weights: Values) -> None:
    if np.isposinf(weights).any():
        raise OverflowError("cannot convert float infinity to integer")


def _rows(matrix: Any) -> Iterator[tuple[Values, Values]]:
    """Yields the dimensions and the weights of each row, without zeros, in the order of the dimensions."""
    if isinstance(matrix, np.ndarray):
        for row in np.asarray(matrix, dtype=np.float32):
            dimensions = np.flatnonzero(row)
            yield dimensions, row[dimensions]
        return
    sparse = matrix.tocsr(copy=True)
    sparse.sum_duplicates()
    for start, end in zip(sparse.indptr[:-1], sparse.indptr[1:], strict=True):
        weights = sparse.data[start:end].astype(np.float32)
        is_there = weights != 0
        yield sparse.indices[start:end][is_there].astype(int), weights[is_there]
