"""What the tests of `twinprint.datasketch` share."""

from __future__ import annotations

from typing import Any

import pytest

from twinprint.datasketch import MinHash

WORDS = [word.encode() for word in "minhash is a probabilistic data structure".split()]
every_scheme = pytest.mark.parametrize("scheme", ["legacy", "affine32", "affine64"])
every_order = pytest.mark.parametrize("order", ["@", "=", "<", ">", "!"])


def sketch(*elements: Any, num_perm: int = 128, **settings: Any) -> MinHash:
    """Returns the sketch of some elements."""
    made = MinHash(num_perm, **settings)
    made.update_batch(elements)
    return made


def number(element: Any) -> int:
    """Hashes numbers to themselves."""
    return int(element)
