"""Functions for ``datasets`` of Hugging Face: columns by ``Dataset.map``, and deduplication.

>>> from datasets import Dataset
>>> from twinprint.datasets import Signer, dedup
>>> corpus = Dataset.from_dict({"text": ["the ferry was late today", "The ferry was late today.", "harbour road closed"]})
>>> signed = corpus.map(Signer(), batched=True)
>>> len(signed[0]["signature"])
256
>>> dedup(corpus, threshold=0.8).kept.to_dict()["text"]
['the ferry was late today', 'harbour road closed']

"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

try:
    from datasets import Dataset
except ImportError as _error:
    raise ImportError("twinprint.datasets needs datasets of Hugging Face; install it by: pip install datasets") from _error

from . import _native
from ._dedup import Deduplicated
from ._dedup import dedup as dedup_texts
from ._native import Banding, Scheme

__all__ = ["BandKeys", "Deduplication", "Signer", "dedup"]


def _texts(batch: Mapping[str, Any], column: str) -> Any:
    try:
        texts = batch[column]
    except KeyError:
        raise _no_column(column) from None
    if texts is None or isinstance(texts, str):
        raise TypeError("one row was given where a batch of rows is expected; call map with batched=True")
    return texts


def _no_column(column: str) -> ValueError:
    return ValueError(f"the dataset has no column {column!r}; give its name by column=")


class Signer:
    """A function for ``Dataset.map(..., batched=True)`` that adds a column of signatures.

    Give the dataset the format ``"arrow"`` to save the copy of the texts; all formats give the same columns. A column that is
    there is replaced. It can be pickled, as ``num_proc`` needs.
    """

    def __init__(self, scheme: Scheme | None = None, *, column: str = "text", output: str = "signature") -> None:
        """Signs the texts of ``column`` into the column ``output``."""
        self.scheme, self.column, self.output = Scheme.news() if scheme is None else scheme, column, output

    def __call__(self, batch: Mapping[str, Any]) -> Any:
        """Signs a batch. A missing text has the signature of an empty one."""
        values = _native.signatures(_texts(batch, self.column), self.scheme).numpy()
        return _added(batch, {self.output: values})


class BandKeys:
    """A function for ``Dataset.map(..., batched=True)`` that adds a column of band keys, as signed numbers."""

    def __init__(
        self, banding: Banding, scheme: Scheme | None = None, *, column: str = "text", output: str = "band_keys"
    ) -> None:
        """Adds the keys of the texts of ``column`` as the column ``output``."""
        self.banding, self.column, self.output = banding, column, output
        self.scheme = Scheme.news() if scheme is None else scheme

    def __call__(self, batch: Mapping[str, Any]) -> Any:
        """Adds the keys of a batch. An empty or missing text has none."""
        keys = _native.band_keys(_native.signatures(_texts(batch, self.column), self.scheme), self.banding, signed=True)
        values, offsets = keys.values(), keys.offsets()
        return _added(batch, {self.output: [values[start:end] for start, end in zip(offsets, offsets[1:], strict=False)]})


def _added(batch: Any, columns: dict[str, Any]) -> Any:
    """Adds columns to a batch, or replaces those of these names. ``Dataset.map`` adds a dict to what is there by itself, but
    takes a table or a frame for all that there is."""
    if hasattr(batch, "append_column"):
        return _added_to_arrow(batch, columns)
    if hasattr(batch, "with_columns"):
        import polars

        return batch.with_columns([polars.Series(name, _arrow(values)) for name, values in columns.items()])
    if hasattr(batch, "assign"):
        return batch.assign(**{name: list(values) for name, values in columns.items()})
    return columns


def _added_to_arrow(table: Any, columns: dict[str, Any]) -> Any:
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.append_column(name, _arrow(values)) if place < 0 else table.set_column(place, name, _arrow(values))
    return table


def _arrow(values: Sequence[npt.NDArray[Any]] | npt.NDArray[Any]) -> Any:
    import pyarrow

    if isinstance(values, np.ndarray):
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.reshape(-1)), values.shape[1])
    return pyarrow.array([list(row) for row in values], pyarrow.list_(pyarrow.int64()))


class Deduplication(NamedTuple):
    """A dataset without duplicates, and why."""

    kept: Dataset
    """The rows to keep, in their order, with all their columns."""
    found: Deduplicated
    """What was removed, and for what reason."""


class _Stored:
    """The columns of a dataset as they are stored, whatever its format or transform makes of its rows."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset.with_format("arrow")

    def __getitem__(self, name: str, /) -> Any:
        if name not in self._dataset.column_names:
            raise KeyError(name)
        return self._dataset.select_columns([name])[:][name]


def dedup(dataset: Dataset, *, column: str = "text", id_column: str | None = None, **settings: Any) -> Deduplication:
    """Deduplicates a dataset by a column of texts.

    Rules of ``keep`` name columns of the dataset: ``keep="score:quality"``. Texts, ids and these columns are taken as they are
    stored: what ``set_transform`` makes of a row, such as tokens for training, is not read. To deduplicate by what a function
    makes of the texts, call ``map`` with it first. The rows that are kept have the format and the transform of the dataset.

    :param id_column: The column of the ids; rows are called by their numbers otherwise.
    :param settings: The other settings of :func:`twinprint.dedup`.
    :raises TypeError: If it is no ``Dataset`` but one that is streamed, or a dict of splits.
    """
    if not isinstance(dataset, Dataset):
        raise TypeError(
            f"dataset is {type(dataset).__name__}, not Dataset; choose one split, such as dataset['train'], and load it without "
            "streaming=True, or by Dataset.from_generator"
        )
    stored = _Stored(dataset)
    if column not in dataset.column_names:
        raise _no_column(column)
    if id_column is not None and id_column not in dataset.column_names:
        raise ValueError(f"the dataset has no column {id_column!r}; give the name of the ids by id_column=")
    ids = None if id_column is None else stored[id_column]
    settings.setdefault("columns", stored)
    found = dedup_texts(stored[column], ids=ids, **settings)
    return Deduplication(dataset.select(np.flatnonzero(found.mask)), found)
