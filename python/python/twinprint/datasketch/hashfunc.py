"""The hash functions of elements."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

Bytes: TypeAlias = bytes | bytearray | memoryview


def sha1_hash32(data: Bytes) -> int:
    """Returns the first four bytes of the SHA-1 digest as a little-endian number.

    >>> sha1_hash32(b"minhash")
    442221856
    """
    return int.from_bytes(hashlib.sha1(data).digest()[:4], "little")


def sha1_hash64(data: Bytes) -> int:
    """Returns the first eight bytes of the SHA-1 digest as a little-endian number.

    >>> sha1_hash64(b"minhash")
    11329278907223098656
    """
    return int.from_bytes(hashlib.sha1(data).digest()[:8], "little")
