"""The class ``LeanMinHash``."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from ._schemes import Arithmetic, Name, Values, arithmetic_of, arithmetic_of_code
from .minhash import MinHash


class LeanMinHash(MinHash):
    """A sketch without permutations: smaller, hashable and serializable, but closed to further elements.

    :param minhash: The sketch whose values are copied.
    :param seed: With ``hashvalues``, in place of ``minhash``: the seed of the sketch they come from.
    :param hashvalues: The values of a sketch.
    :param scheme: The scheme of ``hashvalues``.

    >>> sketch = MinHash(num_perm=4, scheme="legacy")
    >>> sketch.update(b"Hello")
    >>> lean = LeanMinHash(sketch)
    >>> buffer = bytearray(lean.bytesize("<"))
    >>> lean.serialize(buffer, "<")
    >>> buffer.hex()
    '010000000000000004000000038ccc2bae3e4439b95e721579696d14'
    >>> LeanMinHash.deserialize(buffer, "<") == lean
    True

    The bytes are a seed of 8 bytes, the number of values in 4, and the values, 4 bytes each (8 under ``affine64``). The affine
    schemes write the number negated, and a byte that names the scheme behind it. ``byteorder`` is a prefix of ``struct``: ``<``,
    ``>``, ``!``, ``=``, or ``@``, the default, which aligns the values as C does.
    """

    __slots__ = ("hashvalues", "scheme", "seed")

    def __init__(
        self,
        minhash: MinHash | None = None,
        seed: int | None = None,
        hashvalues: Iterable[int] | Values | None = None,
        scheme: Name | str | None = None,
    ) -> None:
        """Copies the values of a sketch. Raises ``ValueError`` where they are missing or do not fit the scheme."""
        if minhash is not None:
            if scheme is not None and scheme != minhash.scheme:
                raise ValueError(f"scheme {scheme!r} conflicts with the scheme {minhash.scheme!r} of the given MinHash")
            self._fill(arithmetic_of(minhash.scheme), minhash.seed, minhash.hashvalues)
        elif hashvalues is not None and seed is not None:
            if scheme is None:
                raise ValueError(
                    "scheme must be specified explicitly with hash values, which do not tell it: give the scheme of the MinHash "
                    "they came from, or scheme='legacy' for those of datasketch before 2.0.0"
                )
            self._fill(arithmetic_of(scheme), seed, hashvalues)
        else:
            raise ValueError("give minhash, or both of seed and hashvalues: Init parameters cannot be None")

    def _fill(self, arithmetic: Arithmetic, seed: int, hashvalues: Any) -> None:
        values = arithmetic.values(hashvalues)
        if arithmetic.code is not None and len(values) == 0:
            # A number of 0 could not be told from the legacy format, whose number is not negated.
            raise ValueError("hashvalues must not be empty")
        self.seed = seed
        self.scheme = arithmetic.name
        self.hashvalues = values

    def update(self, b: Any) -> None:
        """Raises ``TypeError``: a lean sketch is closed."""
        raise TypeError("Cannot update a LeanMinHash")

    def update_batch(self, b: Iterable[Any]) -> None:
        """Raises ``TypeError``: a lean sketch is closed."""
        raise TypeError("Cannot update a LeanMinHash")

    def copy(self) -> LeanMinHash:
        """Returns a sketch that changes without this one."""
        return LeanMinHash(self)

    @classmethod
    def union(cls, *lmhs: MinHash) -> LeanMinHash:
        """Returns the sketch of the union of two sets or more. Raises ``ValueError`` for sketches of other settings."""
        hashvalues = cls._united(lmhs)
        return LeanMinHash(seed=lmhs[0].seed, hashvalues=hashvalues, scheme=lmhs[0].scheme)

    def bytesize(self, byteorder: str = "@") -> int:
        """Returns the number of bytes of the serialized sketch."""
        return struct.calcsize(_layout(self._arithmetic, len(self), byteorder))

    def serialize(self, buf: Any, byteorder: str = "@") -> None:
        """Writes the sketch to the beginning of a buffer. Raises ``ValueError`` for a buffer that is too small."""
        if len(buf) < self.bytesize(byteorder):
            raise ValueError("The buffer does not have enough space for holding this MinHash.")
        arithmetic = self._arithmetic
        header = [self.seed, len(self)] if arithmetic.code is None else [self.seed, -len(self), arithmetic.code]
        struct.pack_into(_layout(arithmetic, len(self), byteorder), buf, 0, *header, *self.hashvalues.tolist())

    @classmethod
    def deserialize(cls, buf: Any, byteorder: str = "@") -> LeanMinHash:
        """Reads a sketch from the beginning of a buffer. Bytes behind it are ignored."""
        lean = object.__new__(LeanMinHash)
        lean._fill(*_read(buf, byteorder))
        return lean

    def __getstate__(self) -> bytearray:
        """Returns the serialized sketch."""
        buffer = bytearray(self.bytesize())
        self.serialize(buffer)
        return buffer

    def __setstate__(self, state: Any) -> None:
        """Reads the serialized sketch."""
        self._fill(*_read(state, "@"))

    def __hash__(self) -> int:  # type: ignore[override]
        """Returns a hash of scheme, seed and values."""
        return hash((self.scheme, self.seed, tuple(self.hashvalues.tolist())))


def _layout(arithmetic: Arithmetic, count: int, byteorder: str) -> str:
    scheme = "" if arithmetic.code is None else "B"
    return f"{byteorder}qi{scheme}{count}{arithmetic.letter}"


def _read(buf: Any, byteorder: str) -> tuple[Arithmetic, int, tuple[int, ...]]:
    buf = memoryview(buf)
    seed, count = struct.unpack_from(byteorder + "qi", buf, 0)
    if count >= 0:
        arithmetic = arithmetic_of("legacy")
    else:
        (code,) = struct.unpack_from(byteorder + "B", buf, struct.calcsize(byteorder + "qi"))
        arithmetic = arithmetic_of_code(code)
    count = abs(count)
    # The layout without values ends where they begin, behind the gap that alignment makes.
    start = struct.calcsize(_layout(arithmetic, 0, byteorder))
    return arithmetic, seed, struct.unpack_from(f"{byteorder}{count}{arithmetic.letter}", buf, start)
