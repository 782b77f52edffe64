"""Which texts to keep, and why the others are not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _native
from ._columns import Columnar, Facts, all_sound, named, sound, unique
from ._join import Progress, join
from ._native import Table
from ._pairs import Pairs
from ._write import write

if TYPE_CHECKING:
    from ._native import Scheme
    from ._types import Columns, RemovedColumns, Texts


class Removed(NamedTuple):
    """A text that is not kept, and why."""

    id: Any
    """The text."""
    duplicate_of: Any
    """The text that is kept in its place; with ``keep="none"``, the most similar other text."""
    jaccard: float
    """Their exact similarity; nan if only a chain of pairs connects them, in components."""
    containment: float
    """The share of its shingles that the other text has: 1.0 for a teaser inside its article. nan as above."""


class Rules(NamedTuple):
    """How clusters are made, and which text of each is kept."""

    keep: str
    clustering: str
    facts: Facts

    def removed(self, found: _native.Found, texts: _native.Held) -> RemovedColumns:
        """Applies the rules."""
        facts = self.facts
        return found.removed(
            texts, clustering=self.clustering, keep=self.keep, scores=facts.scores, dates=facts.dates, sources=facts.sources
        )


class Past(NamedTuple):
    """What a pickled result has of its join."""

    columns: Columns
    numbers: str

    def pairs(self) -> Columns:
        """The verified pairs."""
        return self.columns

    def stats(self) -> str:
        """What the join did, as JSON."""
        return self.numbers


class Deduplicated:
    """What deduplication keeps, what it removes, and why.

    It can be pickled, as joblib and multiprocessing need. The texts stay behind, so a pickled result makes no report.
    """

    def __init__(
        self,
        texts: _native.Held,
        ids: Sequence[Any] | None,
        found: _native.Found,
        rules: Rules,
        settings: dict[str, Any],
        scheme: Scheme | None,
        blank: list[int],
    ) -> None:
        """Wraps what a join found."""
        self._texts: _native.Held | range = texts
        self._found: _native.Found | Past = found
        self._ids, self._rules = ids, rules
        self._groups: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]] | None = None
        self._settings, self._scheme, self._blank = settings, scheme, blank
        self._removed, self._representatives, self._jaccard, self._containment = rules.removed(found, texts)

    def _id(self, number: int) -> Any:
        return number if self._ids is None else self._ids[number]

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """True for each text that is kept, in the order of the texts: ``table.filter(mask)``."""
        mask = np.ones(len(self._texts), dtype=np.bool_)
        mask[self._removed] = False
        mask[self._blank] = False
        return mask

    @property
    def kept(self) -> list[Any]:
        """The ids of the texts to keep, in their order."""
        return [self._id(int(number)) for number in np.flatnonzero(self.mask)]

    @property
    def removed(self) -> list[Removed]:
        """The texts that duplicate others and are not kept, in their order, each with the text that is kept in its place."""
        columns = (self._removed, self._representatives, self._jaccard, self._containment)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [Removed(self._id(text), self._id(kept), jaccard, share) for text, kept, jaccard, share in rows]

    @property
    def representatives(self) -> npt.NDArray[np.uint32]:
        """For each text, the number of the text that is kept in its place; its own number if it is kept. As a column, it groups
        the texts of a cluster: ``frame["cluster"] = result.representatives``. With ``keep="none"``, it is the number of the first
        text of the cluster. A blank text that ``drop_blank`` removed is alone: it has its own number. ``mask`` tells what is
        kept."""
        numbers = np.arange(len(self._texts), dtype=np.uint32)
        texts, firsts = self._grouped()
        numbers[texts] = firsts
        return numbers

    def _grouped(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Returns the texts of clusters, and the one that stands for the cluster of each, which is not among them itself."""
        if self._rules.keep != "none":
            return self._removed, self._representatives
        if self._groups is None:
            # The most similar text, which a removed one names here, differs within a cluster.
            rules = self._rules._replace(keep="first", clustering="components")
            texts, firsts, *_ = rules.removed(*self._join("groups"))
            self._groups = texts, firsts
        return self._groups

    def _join(self, what: str) -> tuple[_native.Found, _native.Held]:
        """Returns the join and its texts."""
        if isinstance(self._texts, range) or isinstance(self._found, Past):
            raise ValueError(f"a result that was pickled has no texts for {what}; make it before it is pickled")
        return self._found, self._texts

    def __getstate__(self) -> dict[str, Any]:
        past = Past(self._found.pairs(), self._found.stats())
        self._grouped()
        return {**self.__dict__, "_texts": range(len(self._texts)), "_found": past}

    def __copy__(self) -> Deduplicated:
        # Nothing of it changes.
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Deduplicated:
        return self

    def table(self) -> Table:
        """Returns the removed texts as an Arrow table with the columns of :class:`Removed`; a similarity that is nan is null.

        >>> result = dedup(["The ferry to Skelby was cancelled on Monday."] * 2, ids=["wire", "post"])
        >>> result.table()
        <twinprint.Table id, duplicate_of, jaccard, containment, 1 rows>
        """
        return Table(
            [
                ("id", named(self._ids, self._removed)),
                ("duplicate_of", named(self._ids, self._representatives)),
                ("jaccard", self._jaccard),
                ("containment", self._containment),
            ]
        )

    @property
    def blank(self) -> list[Any]:
        """The ids of the blank texts that ``drop_blank`` removed, in their order."""
        return [self._id(number) for number in self._blank]

    @property
    def clusters(self) -> list[list[Any]]:
        """The clusters of two or more texts: the kept text first, then the others in their order. With ``keep="none"``, the texts
        that chains of pairs connect, all of which are removed."""
        texts, firsts = self._grouped()
        clusters: dict[int, list[Any]] = {}
        for text, kept in zip(texts.tolist(), firsts.tolist(), strict=True):
            clusters.setdefault(kept, [self._id(kept)]).append(self._id(text))
        return list(clusters.values())

    @property
    def pairs(self) -> Pairs:
        """The verified pairs that the clusters were made of."""
        return Pairs(self._ids, self._found.pairs())

    @property
    def stats(self) -> dict[str, int]:
        """What the join did, in numbers."""
        stats: dict[str, int] = json.loads(self._found.stats())
        return stats

    def report(
        self,
        path: str | PathLike[str] | None = None,
        *,
        title: str = "Near-duplicate texts",
        max_pairs: int = 5000,
        format: str | None = None,
    ) -> str:
        """Makes the report of the command: pairs with their texts side by side, clusters, reasons.

        :param path: Also write it to this file, as JSON if the name ends in ``.json``. A name that promises another format is
            refused.
        :param title: The heading of the page.
        :param max_pairs: The most pairs that are shown with their texts.
        :param format: ``"html"``, a page that opens from a file and needs no network, or ``"json"``. Follows from the path
            otherwise.
        :returns: The page, or the JSON.
        :raises ValueError: If the name of the file, and the format, say different things, or the result was pickled.
        """
        format = _format_of(path, format)
        rules, facts = self._rules, self._rules.facts
        found, texts = self._join("a report")
        report = _native.report(
            texts,
            found,
            ids=_names(self._ids, len(texts)),
            scheme=self._scheme,
            title=sound(title, "title"),
            settings=[(name, str(value)) for name, value in self._settings.items() if value is not None],
            max_pairs=max_pairs,
            clustering=rules.clustering,
            keep=rules.keep,
            scores=facts.scores,
            dates=facts.dates,
            sources=facts.sources,
            json=format == "json",
        )
        if path is not None:
            write(path, report)
        return report

    def __repr__(self) -> str:
        return f"<twinprint.Deduplicated: {int(self.mask.sum())} of {len(self._texts)} texts kept>"


_ENDINGS = {"": "html", ".html": "html", ".htm": "html", ".xhtml": "html", ".json": "json"}
"""Endings of the names of reports, as in the command, and the formats that they promise."""


def _format_of(path: str | PathLike[str] | None, format: str | None) -> str:
    """Returns the format of a report, which its path and its name must not contradict."""
    if format not in (None, "html", "json"):
        raise ValueError(f"format is {format!r}; it must be 'html' or 'json'")
    if path is None:
        return format or "html"
    ending = Path(path).suffix.lower()
    promised = _ENDINGS.get(ending)
    if promised is None:
        raise ValueError(
            f"{path}: a report is written as HTML, or as JSON if the name ends in .json, and not as {ending}; choose such a name"
        )
    if ending and format not in (None, promised):
        raise ValueError(
            f"{path}: the name promises {promised}, and format is {format!r}; change one of them, or leave format out"
        )
    return format or promised


def _names(ids: Sequence[Any] | None, documents: int) -> list[str]:
    """Returns a different name for each text, as the report needs."""
    names = all_sound((str(id) for id in (range(documents) if ids is None else ids)), "ids")
    count = Counter(names)
    return [name if count[name] == 1 else f"{name} (text {number})" for number, name in enumerate(names)]


def dedup(
    texts: Texts,
    *,
    ids: Iterable[Hashable] | None = None,
    within: Iterable[Any] | None = None,
    across: Iterable[Any] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    keep: str = "first",
    columns: Columnar | None = None,
    source: str = "source",
    contained: float | None = None,
    scaled: int = 4,
    max_document_frequency: int = 1000,
    clustering: str | None = None,
    drop_blank: bool = False,
    bucket_limit: int | None = None,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Deduplicated:
    """Decides which texts to keep, so that no two of them are duplicates.

    >>> texts = ["The ferry to Skelby was cancelled on Monday."] * 2 + ["The harbour road is closed all summer."]
    >>> dedup(texts, keep="latest:date", columns={"date": ["2026-11-25", "2026-11-27", None]}).kept
    [1, 2]

    :param keep: Which text of a cluster is kept. ``"first"``, ``"longest"``, ``"shortest"``; ``"score:NAME"``, the highest value
        of this column (``"score:NAME:asc"``, the lowest); ``"latest:NAME"`` or ``"earliest:NAME"``, by a column of dates;
        ``"source:A,B"``, by the order of these sources. Several rules, such as ``"score:quality,longest"``, count in their
        order; of equally good texts the first is kept, and a missing value comes last. ``"none"`` removes every text that has a
        duplicate.
    :param columns: The columns that ``keep`` names: a dict of lists, or a data frame. Dates are datetimes, text as in RFC 3339,
        or seconds or milliseconds since 1970. They count to the second: those within one second are equal.
    :param source: The column of the sources. A source that ``keep`` names and no text has is a warning.
    :param contained: Also remove texts that are inside a kept one: those of whose shingles the longer one has at least this
        share, above 0 to 1. ``scaled`` and ``max_document_frequency`` are those of :func:`twinprint.contained`.
    :param clustering: ``"leader"``, the default: each removed text has a verified pair with the kept one. ``"containers"``, the
        default with ``contained``: or is inside it. ``"components"``: chains of pairs connect the texts of a cluster; do not
        remove by it.
    :param drop_blank: Also remove texts that show nothing, such as white space, which match no other.

    The other parameters are those of :func:`twinprint.find_pairs`.

    :raises ValueError: If a setting is outside its range, ``keep`` names a column that is missing, or two texts have one id.
    """
    keep = sound(keep, "keep").strip()
    if keep == "none" and contained is not None:
        raise ValueError('keep="none" removes every text that has a duplicate, so contained= has no meaning with it')
    if clustering == "containers" and contained is None:
        raise ValueError('clustering="containers" needs contained=, the least share of a contained text')
    clustering = clustering or ("leader" if contained is None else "containers")
    _native.check_clustering(clustering)
    held = _native.Held(texts)
    ids = unique(ids, len(held))
    facts = Facts(keep, columns, source, len(held))
    facts.warn_of_unseen(source)
    rules = Rules(keep, clustering, facts)
    found = join(
        held,
        None,
        within=within,
        across=across,
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
        contained=contained,
        scaled=scaled,
        max_document_frequency=max_document_frequency,
    )
    settings = {"threshold": threshold, "recall": recall, "keep": keep, "contained": contained, "clustering": rules.clustering}
    blank = _native.blank(held) if drop_blank else []
    return Deduplicated(held, ids, found, rules, settings, scheme, blank)


def report(
    texts: Texts,
    path: str | PathLike[str] | None = None,
    *,
    title: str = "Near-duplicate texts",
    max_pairs: int = 5000,
    format: str | None = None,
    **settings: Any,
) -> str:
    """Deduplicates texts and makes the report of the command; the settings are those of :func:`dedup`.

    >>> texts = ["The ferry to Skelby was cancelled on Monday."] * 2
    >>> report(texts, ids=["wire", "post"])[:15]
    '<!DOCTYPE html>'

    :returns: The page or the JSON, as :meth:`Deduplicated.report` does.
    """
    format = _format_of(path, format)
    _native.check_report(max_pairs)
    return dedup(texts, **settings).report(path, title=title, max_pairs=max_pairs, format=format)
