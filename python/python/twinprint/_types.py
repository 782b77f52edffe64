"""Types of what the functions take and give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt


class ArrowArray(Protocol):
    """An Arrow array of any library."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Hands the array over."""


class ArrowStream(Protocol):
    """An Arrow column in chunks, of any library."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hands the chunks over."""


Arrow: TypeAlias = ArrowArray | ArrowStream
"""An Arrow column."""

Texts: TypeAlias = Iterable[str | None] | ArrowArray | ArrowStream
"""Texts: a sequence of str, or an Arrow column of strings. None is a missing text."""

Columns: TypeAlias = tuple[
    npt.NDArray[np.uint32],
    npt.NDArray[np.uint32],
    npt.NDArray[np.uint64],
    npt.NDArray[np.uint64],
    npt.NDArray[np.uint64],
]
"""Pairs: numbers of the left and of the right, sizes of the left, the right and the shared set."""

RemovedColumns: TypeAlias = tuple[
    npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.float64], npt.NDArray[np.float64]
]
"""Removed texts: their numbers, those of the kept ones, similarities, shares of their shingles in the kept ones."""
