"""The accessor ``twinprint`` of pandas series. Importing this module registers it.

>>> import pandas as pd
>>> import twinprint.pandas
>>> frame = pd.DataFrame({"text": ["the ferry was cancelled today", "The ferry was cancelled today.", "harbour road closed"]})
>>> frame[~frame["text"].twinprint.is_duplicate(threshold=0.8)]["text"].tolist()
['the ferry was cancelled today', 'harbour road closed']
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

try:
    import pandas as pd
except ImportError as _error:
    raise ImportError("twinprint.pandas needs pandas; install it by: pip install pandas") from _error

from . import _native
from ._dedup import Deduplicated, dedup
from ._native import Scheme

__all__ = ["Accessor"]


def _texts(series: pd.Series[Any]) -> list[str | None]:
    # Columns of objects hold None and nan for what is missing.
    return [None if text is None or text is pd.NA or text != text else text for text in series.tolist()]


@pd.api.extensions.register_series_accessor("twinprint")
class Accessor:
    """What ``frame["text"].twinprint`` offers. Results have the index of the series."""

    def __init__(self, series: pd.Series[Any]) -> None:
        """Wraps a series of texts."""
        self._series = series

    def signatures(self, scheme: Scheme | None = None) -> npt.NDArray[np.uint32]:
        """The signatures, a row of uint32 for each text."""
        return _native.signatures(_texts(self._series), scheme).numpy()

    def dedup(self, **settings: Any) -> Deduplicated:
        """Deduplicates the texts; the settings are those of :func:`twinprint.dedup`, and ids default to the index.

        :raises ValueError: As :func:`twinprint.dedup` does, and if the index repeats a label; the message names it.
        """
        index = self._series.index
        if "ids" not in settings and not index.is_unique:
            label = index[index.duplicated()][0]
            raise ValueError(f"the index repeats the label {label!r}; call reset_index(drop=True), or give ids=None for numbers")
        settings.setdefault("ids", index.tolist())
        return dedup(_texts(self._series), **settings)

    def is_duplicate(self, **settings: Any) -> pd.Series[bool]:
        """Whether each text duplicates one that is kept."""
        settings.setdefault("ids", None)
        return pd.Series(~self.dedup(**settings).mask, index=self._series.index, name=self._series.name)

    def jaccard(self, other: pd.Series[Any], scheme: Scheme | None = None) -> pd.Series[float]:
        """The exact Jaccard similarity to another series, row by row; nan where a text is missing."""
        left, right = (_native.shingles(_texts(series), scheme) for series in (self._series, other))
        return pd.Series(_native.jaccard(left, right), index=self._series.index)
