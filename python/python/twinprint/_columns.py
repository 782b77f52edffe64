"""Columns of facts about texts: ids, scores, dates, sources."""

from __future__ import annotations

import datetime
import math
import reprlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from . import _native


class Columnar(Protocol):
    """Anything with columns by name: a dict of lists, a data frame of pandas or polars, an Arrow table, a dataset."""

    def __getitem__(self, name: str, /) -> Any:
        """Returns the column of this name."""


def listed(values: Iterable[Any] | None, rows: int, what: str) -> list[Any] | None:
    """Reads a column of any library, with one value for each text."""
    if values is None:
        return None
    column: Any = values
    refuse_tables(column, what)
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            listed = _decoded(column, method, what)
            break
    else:
        # What a sequence says of its length may be more than there is memory for.
        listed = list(islice(column, rows + 1))
    if len(listed) != rows:
        found = len(listed) if len(listed) < rows else f"more than {rows}"
        raise ValueError(f"there are {found} {what} for {rows} texts; give one for each")
    return listed


def refuse_tables(column: Any, what: str) -> None:
    """Refuses what has columns by name, which would be read by these names."""
    kind = type(column)
    if isinstance(column, Mapping) or hasattr(kind, "columns") or hasattr(kind, "column_names"):
        raise TypeError(f"{what}: {kind.__name__} is a table where a column is expected; give one of its columns")


def _decoded(column: Any, method: str, what: str) -> list[Any]:
    """Reads a column by one of its methods. Columns of Arrow may hold bytes of any encoding as strings."""
    try:
        values: list[Any] = getattr(column, method)()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{what}: {_first_undecoded(column)} is not UTF-8, though its column is of strings; read the column as binary, and "
            "decode it"
        ) from error
    return values


def _first_undecoded(column: Any) -> str:
    """Names the first row that cannot be read."""
    rows = iter(column)
    for number in range(len(column)):
        try:
            row = next(rows)
            row.as_py() if hasattr(row, "as_py") else row
        except UnicodeDecodeError:
            return f"row {number}"
    return "a row"


def sound(text: Any, what: str) -> str:
    """Returns a str of characters, which halves of surrogate pairs are not."""
    if not isinstance(text, str):
        raise TypeError(f"{what} is {type(text).__name__}, not str")
    try:
        str.encode(text)
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{what} holds half of a surrogate pair, which is no character; text.encode('utf-8', 'replace').decode() replaces it"
        ) from error
    return text


def all_sound(texts: Iterable[str], what: str) -> list[str]:
    """Returns texts of which :func:`sound` refuses none."""
    return [sound(text, f"{what}: row {number}") for number, text in enumerate(texts)]


def unique(ids: Iterable[Any] | None, rows: int, what: str = "ids") -> list[Any] | None:
    """Reads a column of ids, of which no two may be equal: a result could not tell their texts apart."""
    column = listed(ids, rows, what)
    if column is None or len(_set(column, what)) == len(column):
        return column
    first: dict[Any, int] = {}
    for number, id in enumerate(column):
        earlier = first.setdefault(id, number)
        if earlier != number:
            raise ValueError(
                f"{what}: the id {id!r} is that of text {earlier} and of text {number}; make ids unique, or give {what}=None to "
                "number the texts"
            )
    return column


def _set(ids: list[Any], what: str) -> set[Any]:
    try:
        return set(ids)
    except TypeError as error:
        raise TypeError(f"{what}: {error}; give ids that can be hashed, such as str or int") from error


def is_missing(value: Any) -> bool:
    """Whether a value of a column stands for none: None, nan, or what pandas has for these."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        # The NA of pandas is neither equal nor unequal to anything.
        return type(value).__name__ == "NAType"


def names(values: Iterable[Any] | None, rows: int, what: str) -> list[str] | None:
    """Reads a column as names. Missing values share the empty one, as in the command."""
    column = listed(values, rows, what)
    return None if column is None else all_sound(("" if is_missing(value) else str(value) for value in column), what)


def named(ids: Sequence[Any] | None, numbers: npt.NDArray[np.uint32]) -> npt.NDArray[Any] | list[str]:
    """Returns the ids of texts as a column for Arrow: their numbers where they have no ids."""
    if ids is None:
        return numbers
    if all(isinstance(id, str) for id in ids):
        names = all_sound(ids, "ids")
        return [names[number] for number in numbers.tolist()]
    if all(isinstance(id, int | np.integer) and not isinstance(id, bool) for id in ids):
        return _integers([int(id) for id in ids])[numbers]
    raise TypeError("a column of Arrow has one type; give ids that are all str or all int for a table")


def _integers(ids: list[int]) -> npt.NDArray[Any]:
    """Returns integers as signed numbers of 64 bits, or as unsigned ones where they are larger."""
    for kind in (np.int64, np.uint64):
        limits = np.iinfo(kind)
        if all(limits.min <= id <= limits.max for id in ids):
            return np.asarray(ids, dtype=kind)
    raise ValueError(
        "an id does not fit into 64 bits, or some are negative and others from 2^63 on; give ids as str for an Arrow table"
    )


class Facts:
    """What the rules of ``keep`` ask of the texts."""

    def __init__(self, keep: str, table: Columnar | None, source: str, rows: int) -> None:
        """Reads the columns that the rules name."""
        scores, dates, self._named = _native.keep_fields(keep)
        self.scores = [_scores(name, _column(table, name, rows)) for name in scores]
        self.dates = [_native.dates(name, [_date(value) for value in _column(table, name, rows)]) for name in dates]
        sources = _column(table, source, rows) if self._named else None
        self.sources = None if sources is None else [None if is_missing(value) else str(value) for value in sources]
        all_sound((value or "" for value in self.sources or ()), f"values of {source!r}")

    def warn_of_unseen(self, source: str) -> None:
        """Warns of sources that no text has, which a misspelling makes: they would prefer no text, without a word."""
        seen = set(self.sources or ())
        unseen = [name for name in self._named if name not in seen]
        if unseen:
            names = ", ".join(map(repr, unseen))
            warnings.warn(f"no text has the source {names} that keep names; compare its spelling with {source!r}", stacklevel=3)


def _column(table: Columnar | None, name: str, rows: int) -> list[Any]:
    if table is None:
        raise ValueError(f"keep names the column {name!r}; give it in columns=, such as columns={{{name!r}: [...]}}")
    try:
        column = table[name]
    except (KeyError, IndexError) as error:
        raise ValueError(f"keep names the column {name!r}, which columns= does not have") from error
    except Exception as error:
        # Data frames have exceptions of their own for a column that is missing.
        if isinstance(table, Mapping):
            raise
        raise ValueError(f"keep names the column {name!r}, which columns= does not have: {error}") from error
    dtype = getattr(column, "dtype", None)
    # Pandas gives the kind of numpy to columns of Arrow too, whose missing values numpy does not have.
    if getattr(dtype, "kind", None) == "M" and not hasattr(dtype, "pyarrow_dtype"):
        # Columns of pandas with a time zone turn into UTC.
        column = column.to_numpy(dtype="datetime64[s]") if hasattr(column, "to_numpy") else column.astype("datetime64[s]")
    return listed(column, rows, f"values of {name!r}") or []


def _scores(name: str, values: list[Any]) -> list[float | None]:
    return [None if is_missing(value) else _score(name, number, value) for number, value in enumerate(values)]


def _score(name: str, number: int, value: Any) -> float:
    try:
        score = float(value)
        # Text may spell what is no number.
        if not isinstance(value, str) or math.isfinite(score):
            return score
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(
        f"the column {name!r} has {shown(value)} at text {number}, which is no score; give a number, or None for none"
    )


def shown(value: Any) -> str:
    """A value as a message shows it: shortened, and an integer only as far as Python writes it."""
    if isinstance(value, int) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    return reprlib.repr(value)


def _date(value: Any) -> Any:
    # What pandas calls NaT is a date too, and not equal to itself.
    if is_missing(value):
        return None
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[s]")
    value = value.item() if hasattr(value, "item") else value
    return value.isoformat() if isinstance(value, datetime.date) else value
