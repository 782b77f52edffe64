"""The namespace ``twinprint`` of polars expressions and series. Importing this module registers it.

>>> import polars as pl
>>> import twinprint.polars
>>> frame = pl.DataFrame({"text": ["the ferry to Skelby was late", "The ferry to Skelby was late!", "harbour road closed"]})
>>> frame.filter(~pl.col("text").twinprint.is_duplicate(threshold=0.8))["text"].to_list()
['the ferry to Skelby was late', 'harbour road closed']

The functions run over whole batches of Arrow data, on all cores, without copying the texts. They do not bind the package to one
version of polars, as a native plugin would. A missing text gives a missing value.
"""

from __future__ import annotations

from typing import Any

try:
    import polars as pl
except ImportError as _error:
    raise ImportError("twinprint.polars needs polars; install it by: pip install polars") from _error

from . import _native
from ._dedup import dedup
from ._native import Banding, Scheme

__all__ = ["Namespace", "jaccard"]


def _news(scheme: Scheme | None) -> Scheme:
    return Scheme.news() if scheme is None else scheme


def _jaccard(columns: Any, scheme: Scheme | None) -> pl.Series:
    # A literal comes as one row.
    rows = max(len(column) for column in columns) if all(len(column) for column in columns) else 0
    left, right = (_native.shingles(column.new_from_index(0, rows) if len(column) == 1 else column, scheme) for column in columns)
    return pl.Series(columns[0].name, _native.jaccard(left, right), dtype=pl.Float64).fill_nan(None)


def jaccard(left: str | pl.Expr, right: str | pl.Expr, *, scheme: Scheme | None = None) -> pl.Expr:
    """The exact Jaccard similarity of two columns of texts, row by row: Float64, 0 to 1."""
    return pl.map_batches([left, right], lambda columns: _jaccard(columns, scheme), return_dtype=pl.Float64, is_elementwise=True)


@pl.api.register_expr_namespace("twinprint")
class Namespace:
    """What ``pl.col("text").twinprint`` offers. ``scheme`` says what of a text counts, and defaults to ``Scheme.news()``."""

    def __init__(self, expression: pl.Expr) -> None:
        """Wraps an expression of texts."""
        self._texts = expression

    def signature(self, scheme: Scheme | None = None) -> pl.Expr:
        """The MinHash signature of each text: Array(UInt32, num_hashes)."""
        scheme = _news(scheme)
        kind = pl.Array(pl.UInt32, scheme.num_hashes)
        return self._texts.map_batches(
            lambda texts: pl.Series(texts.name, _native.signatures(texts, scheme), dtype=kind),
            return_dtype=kind,
            is_elementwise=True,
        )

    def band_keys(self, banding: Banding, scheme: Scheme | None = None) -> pl.Expr:
        """The band keys of each text: List(UInt64). Two texts with a key in common are candidates; explode and join by them."""
        kind = pl.List(pl.UInt64)

        def keys(texts: pl.Series) -> pl.Series:
            return pl.Series(texts.name, _native.band_keys(_native.signatures(texts, scheme), banding), dtype=kind)

        return self._texts.map_batches(keys, return_dtype=kind, is_elementwise=True)

    def shingles(self, scheme: Scheme | None = None) -> pl.Expr:
        """The hashes of the shingles of each text, in ascending order: List(UInt64)."""
        kind = pl.List(pl.UInt64)
        return self._texts.map_batches(
            lambda texts: pl.Series(texts.name, _native.shingles(texts, scheme), dtype=kind),
            return_dtype=kind,
            is_elementwise=True,
        )

    def jaccard(self, other: str | pl.Expr, *, scheme: Scheme | None = None) -> pl.Expr:
        """The exact Jaccard similarity to another column of texts, row by row: Float64, 0 to 1."""
        return jaccard(self._texts, other, scheme=scheme)

    def is_duplicate(self, **settings: Any) -> pl.Expr:
        """Whether each text duplicates another one of the column that is kept: Boolean. The settings are those of
        :func:`twinprint.dedup`. The whole column is one corpus, or each group under ``over``."""

        def removed(texts: pl.Series) -> pl.Series:
            return pl.Series(texts.name, ~dedup(texts, **settings).mask, dtype=pl.Boolean)

        return self._texts.map_batches(removed, return_dtype=pl.Boolean)

    def representative(self, **settings: Any) -> pl.Expr:
        """The row number of the text that is kept in the place of each, which is its own for a kept one: UInt32. Group by it to
        have clusters. With ``keep="none"``, it is the first row of the cluster; a blank text that ``drop_blank`` removes has its
        own row. It is a row number whatever the ids, and is counted within each group under ``over``. The settings are those of
        :func:`twinprint.dedup`."""

        def kept(texts: pl.Series) -> pl.Series:
            return pl.Series(texts.name, dedup(texts, **settings).representatives, dtype=pl.UInt32)

        return self._texts.map_batches(kept, return_dtype=pl.UInt32)
