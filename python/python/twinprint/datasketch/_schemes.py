"""The arithmetic of the three schemes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from .hashfunc import sha1_hash32, sha1_hash64

Name: TypeAlias = Literal["affine32", "affine64", "legacy"]
Values: TypeAlias = npt.NDArray[Any]

_MERSENNE_61 = np.uint64((1 << 61) - 1)
_LOW_HALF = np.uint64((1 << 32) - 1)


class Arithmetic(ABC):
    """What one scheme hashes with, how it permutes, and how its values are stored."""

    name: Name
    #: The type of the values.
    dtype: type[np.uint32] | type[np.uint64]
    #: The value of a set without elements.
    largest: int
    #: The hash function that is used where none is given.
    hashfunc: Callable[[Any], int]
    #: The number of the scheme in serialized sketches; ``legacy`` is older than these numbers.
    code: int | None
    #: The character of ``struct`` for a serialized value.
    letter: Literal["I", "Q"]

    @abstractmethod
    def draw(self, random: np.random.RandomState, num_perm: int) -> Values:
        """Draws multipliers and addends as an array of two rows."""

    @abstractmethod
    def permuted(self, hashes: list[Any], a: Values, b: Values) -> Values:
        """Returns a row of permuted values for each hash."""

    def checked(self, values: Any, what: str) -> Values:
        """Returns the values in the type of the scheme, a copy; refuses what does not fit."""
        out_of_range = f"{what} are out of range for scheme {self.name!r}"
        if isinstance(values, np.ndarray):
            is_integer = values.dtype.kind in "iu" and values.size > 0
            if is_integer and (int(values.max()) > self.largest or int(values.min()) < 0):
                raise ValueError(out_of_range)
            return values.astype(self.dtype)
        try:
            # The type is given, because NumPy would choose float64 for numbers above 2^63 among smaller ones.
            return np.array(values, dtype=self.dtype)
        except OverflowError as error:
            raise ValueError(f"{out_of_range}: {error}") from error

    def values(self, hashvalues: Any) -> Values:
        """Returns the values of a sketch that are given from outside, as a copy."""
        return self.checked(hashvalues, "hash values")

    def permutations(self, permutations: Any) -> Any:
        """Returns the permutations that are given from outside."""
        is_ready = isinstance(permutations, np.ndarray) and permutations.dtype == self.dtype and permutations.ndim == 2
        if is_ready and permutations.shape[0] == 2:
            # Sketches share their permutations.
            both: Values = permutations
        else:
            what = "permutation parameters"
            both = np.array([self.checked(permutations[0], what), self.checked(permutations[1], what)])
        if np.any(both[0] & self.dtype(1) == 0):
            raise ValueError(f"all multipliers of scheme {self.name!r} must be odd: an even one merges values")
        return np.ascontiguousarray(both)


class _Affine(Arithmetic):
    """A bijection: the finalizer of MurmurHash3, then ``a * h + b`` with an odd ``a``."""

    shifts: tuple[int, int, int]
    multipliers: tuple[int, int]

    def draw(self, random: np.random.RandomState, num_perm: int) -> Values:
        # All multipliers come before all addends, so that the addends depend on how many there are.
        a = random.randint(0, (self.largest + 1) // 2, num_perm, dtype=self.dtype) * self.dtype(2) + self.dtype(1)
        return np.array([a, random.randint(0, self.largest + 1, num_perm, dtype=self.dtype)])

    def permuted(self, hashes: list[Any], a: Values, b: Values) -> Values:
        try:
            mixed: Values = np.array(hashes, dtype=self.dtype).reshape(-1, 1)
        except OverflowError as error:
            raise ValueError(
                f"hashfunc returned a value out of range for scheme {self.name!r}: {error}. Use a hash function of the width "
                "of the scheme, or scheme='affine64' for 64 bits."
            ) from error
        for shift, multiplier in zip(self.shifts, (*self.multipliers, 1), strict=True):
            mixed = (mixed ^ (mixed >> self.dtype(shift))) * self.dtype(multiplier)
        product: Values = mixed * a + b
        return product


class _Affine32(_Affine):
    name = "affine32"
    dtype = np.uint32
    largest = (1 << 32) - 1
    hashfunc = staticmethod(sha1_hash32)
    code = 1
    letter = "I"
    shifts = (16, 13, 16)
    multipliers = (0x85EBCA6B, 0xC2B2AE35)


class _Affine64(_Affine):
    name = "affine64"
    dtype = np.uint64
    largest = (1 << 64) - 1
    hashfunc = staticmethod(sha1_hash64)
    code = 2
    letter = "Q"
    shifts = (33, 33, 33)
    multipliers = (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)


class _Legacy(Arithmetic):
    """The scheme before datasketch 2.0: ``a * h + b`` wraps at 64 bits before the prime is applied, then loses its upper half."""

    name = "legacy"
    dtype = np.uint64
    largest = (1 << 32) - 1
    hashfunc = staticmethod(sha1_hash32)
    code = None
    letter = "I"

    def draw(self, random: np.random.RandomState, num_perm: int) -> Values:
        # Multipliers and addends take turns, so that fewer permutations are the beginning of more.
        pairs = [
            (random.randint(1, int(_MERSENNE_61), dtype=np.uint64), random.randint(0, int(_MERSENNE_61), dtype=np.uint64))
            for _ in range(num_perm)
        ]
        return np.array(pairs, dtype=np.uint64).T

    def permuted(self, hashes: list[Any], a: Values, b: Values) -> Values:
        wrapped = np.array(hashes, dtype=np.uint64).reshape(-1, 1) * a + b
        folded: Values = np.bitwise_and(wrapped % _MERSENNE_61, _LOW_HALF)
        return folded

    def values(self, hashvalues: Any) -> Values:
        values: Values = np.array(hashvalues, dtype=np.uint64)
        return values

    def permutations(self, permutations: Any) -> Any:
        # datasketch keeps them as they are; rows in one piece let the kernel read them.
        return np.ascontiguousarray(permutations) if isinstance(permutations, np.ndarray) else permutations


_ALL: dict[str, Arithmetic] = {arithmetic.name: arithmetic for arithmetic in (_Affine32(), _Affine64(), _Legacy())}
_BY_CODE = {arithmetic.code: arithmetic for arithmetic in _ALL.values() if arithmetic.code is not None}


def arithmetic_of(scheme: object) -> Arithmetic:
    """Returns the arithmetic of a scheme."""
    found = _ALL.get(scheme) if isinstance(scheme, str) else None
    if found is None:
        raise ValueError(f"scheme must be one of {', '.join(_ALL)}, got {scheme!r}")
    return found


def arithmetic_of_code(code: int) -> Arithmetic:
    """Returns the arithmetic of a number in serialized sketches."""
    found = _BY_CODE.get(code)
    if found is None:
        raise ValueError(f"Unknown permutation scheme code: {code}")
    return found


@lru_cache(maxsize=64)
def _drawn_once(scheme: Name, seed: int, num_perm: int) -> Values:
    drawn = np.ascontiguousarray(_ALL[scheme].draw(np.random.RandomState(seed), num_perm))
    # All sketches of one seed share this array.
    drawn.setflags(write=False)
    return drawn


def draw(arithmetic: Arithmetic, seed: int, num_perm: int) -> Values:
    """Returns the permutations of a seed, which are drawn once."""
    if isinstance(seed, int):
        return _drawn_once(arithmetic.name, seed, num_perm)
    return np.ascontiguousarray(arithmetic.draw(np.random.RandomState(seed), num_perm))


def same_scheme(known: str | None, sketch: object) -> str | None:
    """Returns the scheme that an index remembers; refuses a sketch of another one. Weighted sketches have none."""
    scheme = getattr(sketch, "scheme", None)
    if scheme is None:
        return known
    if known is not None and scheme != known:
        raise ValueError(
            f"MinHash scheme {scheme!r} does not match scheme {known!r} of the MinHash previously given to this index"
        )
    return str(scheme)
