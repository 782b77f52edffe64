"""The class ``bBitMinHash``."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from ._schemes import Values, arithmetic_of, arithmetic_of_code

_HEADER = "<qBdi"
#: The widths in which values are packed into blocks of 64 bits.
_SLOTS = (1, 2, 4, 8, 16, 32)


class bBitMinHash:
    """The low bits of a sketch's values (Li and König, 2010): smaller, and less exact.

    :param minhash: The sketch.
    :param b: How many low bits are kept, 0 to 32.
    :param r: The share of the universe that a set has, at most 1. Defaults to 0: unknown.

    Under the affine schemes the lowest bit of a value tells only the lowest bit of its element's hash, so that estimates with a
    small ``b`` vary more between sets than those of the legacy scheme.

    >>> from twinprint.datasketch import MinHash
    >>> one, two = MinHash(), MinHash()
    >>> one.update_batch([b"a", b"b", b"c"])
    >>> two.update_batch([b"b", b"c", b"d"])
    >>> bBitMinHash(one, b=4).jaccard(bBitMinHash(two, b=4))
    0.5083333333333333
    """

    __slots__ = ("b", "hashvalues", "r", "scheme", "seed")

    b: int
    r: float
    seed: int
    scheme: str
    hashvalues: Values

    def __init__(self, minhash: Any, b: int = 1, r: float = 0.0) -> None:
        """Cuts the values of a sketch. Raises ``ValueError`` for a setting outside its range."""
        b, r = int(b), float(r)
        if b > 32 or b < 0:
            raise ValueError("b must be an integer in [0, 32]")
        if r > 1.0:
            raise ValueError("r must be a float in [0.0, 1.0]")
        self.scheme = arithmetic_of(minhash.scheme).name
        self.seed = minhash.seed
        self.hashvalues = np.bitwise_and(minhash.hashvalues, (1 << b) - 1).astype(np.uint32)
        self.b = b
        self.r = r

    def __eq__(self, other: object) -> bool:
        """Returns whether all settings and all kept bits are equal."""
        return (
            type(self) is type(other)
            and isinstance(other, bBitMinHash)
            and (self.scheme, self.seed, self.b, self.r) == (other.scheme, other.seed, other.b, other.r)
            and np.array_equal(self.hashvalues, other.hashvalues)
        )

    __hash__ = None  # type: ignore[assignment]

    def jaccard(self, other: bBitMinHash) -> float:
        """Returns the estimated similarity, corrected for values that agree by chance in few bits. It may lie below 0.

        Raises ``ValueError`` for sketches of other settings.
        """
        if self.b != other.b:
            raise ValueError("Cannot compare two b-bit MinHashes with different b values")
        if self.scheme != other.scheme:
            raise ValueError("Cannot compare two b-bit MinHashes with different permutation schemes")
        if self.seed != other.seed:
            raise ValueError("Cannot compare two b-bit MinHashes with different set of permutations")
        equal = int(np.count_nonzero(self.hashvalues == other.hashvalues)) / self.hashvalues.size
        mine, others = _by_chance(self.r, self.b), _by_chance(other.r, other.b)
        if self.r == 0.0 and other.r == 0.0:
            c1, c2 = mine, others
        else:
            share = 1 / (self.r + other.r)
            c1 = (mine * other.r + others * self.r) * share
            c2 = (mine * self.r + others * other.r) * share
        return float((equal - c1) / (1 - c2))

    def _slot(self) -> tuple[int, int, int]:
        """Returns the bits of a value, the values of a block, and the blocks."""
        # With b = 0 datasketch takes 4 bits, for want of a smaller case.
        width = 4 if self.b == 0 else next(width for width in _SLOTS if width >= self.b)
        per_block = 64 // width
        return width, per_block, -(-self.hashvalues.size // per_block)

    def _header(self) -> bytes:
        code = arithmetic_of(self.scheme).code
        size = self.hashvalues.size
        if code is None:
            return struct.pack(_HEADER, self.seed, self.b, self.r, size)
        return struct.pack(_HEADER + "B", self.seed, self.b, self.r, -size, code)

    def bytesize(self) -> int:
        """Returns the number of bytes that are pickled."""
        return len(self._header()) + 8 * self._slot()[2]

    def __getstate__(self) -> bytearray:
        """Returns a header, and the values packed into blocks from their high bits down."""
        width, per_block, num_blocks = self._slot()
        values = np.zeros(num_blocks * per_block, dtype=np.uint64)
        values[: self.hashvalues.size] = self.hashvalues
        blocks = np.bitwise_or.reduce(values.reshape(num_blocks, per_block) << _shifts(width), axis=1, dtype=np.uint64)
        return bytearray(self._header() + blocks.astype("<u8").tobytes())

    def __setstate__(self, state: Any) -> None:
        """Reads what was pickled."""
        buffer = memoryview(state)
        self.seed, self.b, self.r, size = struct.unpack_from(_HEADER, buffer, 0)
        start = struct.calcsize(_HEADER)
        self.scheme = "legacy"
        if size < 0:
            # A negative size says that the number of a scheme follows.
            self.scheme = arithmetic_of_code(buffer[start]).name
            start += 1
        self.hashvalues = np.zeros(abs(size), dtype=np.uint32)
        width, _, num_blocks = self._slot()
        blocks = np.frombuffer(buffer, dtype="<u8", count=num_blocks, offset=start).astype(np.uint64)
        values = (blocks[:, None] >> _shifts(width)) & np.uint64((1 << width) - 1)
        self.hashvalues = values.ravel()[: abs(size)].astype(np.uint32)


def _shifts(width: int) -> Values:
    return np.arange(64 - width, -1, -width, dtype=np.uint64)


def _by_chance(r: float, b: int) -> float:
    """Returns the probability that two different values agree in their low bits."""
    if r == 0.0:
        return 1.0 / (1 << b)
    # The paper has 2^b in the last exponent; datasketch has 2 * b, and its values depend on it.
    return float(r * (1 - r) ** (2**b - 1) / (1 - (1 - r) ** (2 * b)))
