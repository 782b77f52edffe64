"""The class ``MinHash``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable
from typing import Any, Literal, TypeAlias

import numpy as np

from .. import _native
from ._schemes import Arithmetic, Name, Values, arithmetic_of, draw

GpuMode: TypeAlias = Literal["disable", "detect", "always"]

_MOST_PERMUTATIONS = 1 << 32


class MinHash:
    """A sketch from which the Jaccard similarity of sets is estimated.

    :param num_perm: The number of permutations and of values. Ignored if ``hashvalues`` is given.
    :param seed: The seed of the permutations, 0 to 2^32 - 1.
    :param gpu_mode: Accepted for compatibility. There is no GPU kernel: ``"always"`` raises ``RuntimeError`` in ``update_batch``.
    :param hashfunc: Turns an element into a number of 32 bits (``affine64``: 64). Defaults to SHA-1 of bytes, which runs in Rust.
    :param hashobj: Deprecated and ignored.
    :param hashvalues: The values of another sketch; give its ``scheme`` too.
    :param permutations: The permutations of another sketch; give its ``scheme`` too.
    :param scheme: ``"affine32"`` (the default), ``"affine64"`` for sets of 100 million elements and more, or ``"legacy"`` for
        sketches that datasketch made before 2.0.

    >>> sketch = MinHash(num_perm=4, scheme="legacy")
    >>> sketch.update(b"Hello")
    >>> sketch.hashvalues.tolist()
    [734825475, 960773806, 359816889, 342714745]

    ``hashvalues`` is an array of ``num_perm`` numbers, ``uint32`` under ``affine32`` and ``uint64`` otherwise; ``permutations``
    is an array of two rows. Sketches of one seed share it, so it is read-only where it was drawn.
    """

    seed: int
    scheme: str
    hashvalues: Values
    num_perm: int
    hashfunc: Callable[[Any], int]
    permutations: Any
    _gpu_mode: GpuMode

    def __init__(
        self,
        num_perm: int = 128,
        seed: int = 1,
        gpu_mode: GpuMode = "disable",
        hashfunc: Callable[[Any], int] | None = None,
        hashobj: object | None = None,
        hashvalues: Iterable[int] | Values | None = None,
        permutations: Any | None = None,
        scheme: Name | str | None = None,
    ) -> None:
        """Builds the sketch of an empty set. Raises ``ValueError`` for a setting outside its range."""
        if scheme is None:
            if hashvalues is not None or permutations is not None:
                raise ValueError(
                    "scheme must be specified explicitly with hash values or permutations, which do not tell it: give the scheme "
                    "of the MinHash they came from, or scheme='legacy' for those of datasketch before 2.0.0"
                )
            scheme = "affine32"
        arithmetic = arithmetic_of(scheme)
        values = None if hashvalues is None else arithmetic.values(hashvalues)
        count = num_perm if values is None else len(values)
        if count < 1:
            raise ValueError("num_perm must be positive")
        if count > _MOST_PERMUTATIONS:
            raise ValueError(f"Cannot have more than {_MOST_PERMUTATIONS} number of permutation functions")
        if hashfunc is not None and not callable(hashfunc):
            raise ValueError("The hashfunc must be a callable.")
        if hashobj is not None:
            warnings.warn("hashobj is deprecated, use hashfunc instead.", DeprecationWarning, stacklevel=2)
        self.scheme = arithmetic.name
        self.seed = seed
        self.num_perm = count
        self.hashfunc = arithmetic.hashfunc if hashfunc is None else hashfunc
        self.hashvalues = np.full(count, arithmetic.largest, dtype=arithmetic.dtype) if values is None else values
        self.permutations = draw(arithmetic, seed, count) if permutations is None else arithmetic.permutations(permutations)
        if len(self.permutations[0]) != count:
            raise ValueError("Numbers of hash values and permutations mismatch")
        self._gpu_mode = gpu_mode
        self._a_gpu = None
        self._b_gpu = None

    @property
    def _arithmetic(self) -> Arithmetic:
        return arithmetic_of(self.scheme)

    def _with(self, hashvalues: Values) -> MinHash:
        """Returns another sketch of the same settings."""
        other = object.__new__(MinHash)
        other.__dict__ = {
            "scheme": self.scheme,
            "seed": self.seed,
            "num_perm": len(hashvalues),
            "hashfunc": self.hashfunc,
            "hashvalues": hashvalues,
            "permutations": self.permutations,
            "_gpu_mode": self._gpu_mode,
            "_a_gpu": None,
            "_b_gpu": None,
        }
        return other

    def update(self, b: Any) -> None:
        """Adds one element: bytes, or what ``hashfunc`` takes."""
        self._add([b])

    def update_batch(self, b: Iterable[Any]) -> None:
        """Adds elements, faster than one by one. No element changes nothing."""
        elements = list(b)
        if not elements:
            return
        if self._gpu_mode == "always":
            raise RuntimeError("GPU mode 'always' requested but there is no GPU kernel; use 'detect' or 'disable'")
        self._add(elements)

    def _add(self, elements: list[Any]) -> None:
        arithmetic = self._arithmetic
        lowered = None
        if self.hashfunc is arithmetic.hashfunc:
            lowered = _native.datasketch_lowered(self.scheme, self.hashvalues, self.permutations, elements)
        if lowered is None:
            # Another hash function, or something else than bytes, which the hash function may refuse.
            a, b = self.permutations
            permuted = arithmetic.permuted([self.hashfunc(element) for element in elements], a, b)
            lowered = np.minimum(self.hashvalues, permuted.min(axis=0))
        self.hashvalues = lowered

    def _check_comparable(self, other: MinHash, doing: str) -> None:
        if getattr(other, "scheme", None) != self.scheme:
            raise ValueError(f"Cannot {doing} MinHash with different permutation schemes")
        if other.seed != self.seed:
            raise ValueError(f"Cannot {doing} MinHash with different seeds")
        if len(self) != len(other):
            raise ValueError(f"Cannot {doing} MinHash with different numbers of permutation functions")

    def jaccard(self, other: MinHash) -> float:
        """Returns the estimated similarity, the share of equal values. Raises ``ValueError`` for sketches of other settings."""
        self._check_comparable(other, "compute Jaccard given")
        return int(np.count_nonzero(self.hashvalues == other.hashvalues)) / len(self)

    def count(self) -> float:
        """Returns the estimated number of elements."""
        shares = self.hashvalues / float(self._arithmetic.largest)
        estimate: float = len(self) / np.sum(shares) - 1.0
        return estimate

    def merge(self, other: MinHash) -> None:
        """Becomes the sketch of both sets. Raises ``ValueError`` for sketches of other settings."""
        self._check_comparable(other, "merge")
        self.hashvalues = np.minimum(other.hashvalues, self.hashvalues)

    def digest(self) -> Values:
        """Returns a copy of the values."""
        return self.hashvalues.copy()

    def is_empty(self) -> bool:
        """Returns whether no element was added."""
        return not np.any(self.hashvalues != self._arithmetic.largest)

    def clear(self) -> None:
        """Forgets all elements."""
        arithmetic = self._arithmetic
        self.hashvalues = np.full(len(self), arithmetic.largest, dtype=arithmetic.dtype)

    def copy(self) -> MinHash:
        """Returns a sketch that changes without this one."""
        return self._with(self.digest())

    def __len__(self) -> int:
        """Returns the number of values."""
        return len(self.hashvalues)

    def __eq__(self, other: object) -> bool:
        """Returns whether class, scheme, seed and all values are equal."""
        return (
            type(self) is type(other)
            and isinstance(other, MinHash)
            and self.scheme == other.scheme
            and self.seed == other.seed
            and np.array_equal(self.hashvalues, other.hashvalues)
        )

    __hash__ = None  # type: ignore[assignment]

    @staticmethod
    def _united(sketches: tuple[MinHash, ...]) -> Values:
        """Returns the values of a union."""
        if len(sketches) < 2:
            raise ValueError("Cannot union less than 2 MinHash")
        first = sketches[0]
        settings = (first.seed, len(first), first.scheme)
        if any((sketch.seed, len(sketch), sketch.scheme) != settings for sketch in sketches):
            raise ValueError("The unioning MinHash must have the same seed, number of permutation functions and scheme")
        united: Values = np.minimum.reduce([sketch.hashvalues for sketch in sketches])
        return united

    @classmethod
    def union(cls, *mhs: MinHash) -> MinHash:
        """Returns the sketch of the union of two sets or more. Raises ``ValueError`` for sketches of other settings."""
        hashvalues = cls._united(mhs)
        first = mhs[0]
        return cls(
            seed=first.seed,
            gpu_mode=first._gpu_mode,
            hashfunc=first.hashfunc,
            hashvalues=hashvalues,
            permutations=first.permutations,
            scheme=first.scheme,
        )

    @classmethod
    def bulk(cls, b: Iterable[Iterable[Any]], **minhash_kwargs: Any) -> list[MinHash]:
        """Returns a sketch for each set of elements, faster than one by one.

        >>> one, two = MinHash.bulk([[b"a", b"b"], [b"b", b"c"]], num_perm=64)
        >>> one.jaccard(two) > 0
        True
        """
        first = cls(**minhash_kwargs)
        if type(first) is not MinHash or first._gpu_mode == "always" or first.hashfunc is not first._arithmetic.hashfunc:
            return list(_generated(first, b))
        sets = [list(elements) for elements in b]
        sketches = _native.datasketch_bulk(first.scheme, first.hashvalues, first.permutations, sets)
        if sketches is None:
            return list(_generated(first, sets))
        return [first._with(hashvalues) for hashvalues in sketches]

    @classmethod
    def generator(cls, b: Iterable[Iterable[Any]], **minhash_kwargs: Any) -> Generator[MinHash, None, None]:
        """Yields a sketch for each set of elements, as the sets arrive."""
        return _generated(cls(**minhash_kwargs), b)

    def __getstate__(self) -> Any:
        """Returns what is pickled, under the names of datasketch."""
        return dict(self.__dict__)

    def __setstate__(self, state: Any) -> None:
        """Reads what was pickled. Sketches without a scheme are of datasketch before 2.0, and so of the legacy scheme."""
        self.__dict__.update({"scheme": "legacy", "_gpu_mode": "disable", "_a_gpu": None, "_b_gpu": None} | state)
        self.permutations = self._arithmetic.permutations(self.permutations)


def _generated(first: MinHash, sets: Iterable[Iterable[Any]]) -> Generator[MinHash, None, None]:
    for elements in sets:
        sketch = first.copy()
        sketch.update_batch(elements)
        yield sketch
