"""Deduplication on a cluster by Spark's API: Apache Spark, or an engine that speaks it, such as Sail.

>>> from pyspark.sql import SparkSession
>>> from twinprint.spark import dedup
>>> session = SparkSession.builder.getOrCreate()  # doctest: +SKIP
>>> frame = session.read.parquet("corpus").select("id", "text")  # doctest: +SKIP
>>> found = dedup(frame, folder="work", threshold=0.8)  # doctest: +SKIP
>>> found.rows(frame).write.parquet("unique")  # doctest: +SKIP

The answer is that of :func:`twinprint.dedup` and of the command. Texts are hashed where they are, by ``mapInArrow``; tables of
numbers are joined by the engine; sets meet only where they have candidate pairs, many pairs at a time; and no step needs the
memory of the driver. Each stage is written to ``folder`` as Parquet. A second call with the same folder, data and settings goes
on after the last finished stage. It reads the frame once to see that the data are the same, and refuses others.

**The order.** Which text of a cluster is kept depends on the order of the texts. The command takes them as its files have them; a
data frame has no order. So ``order=`` names the columns that give it, such as ``["file", "line"]``; the id gives it by itself. No
two texts may share a place.

The workers need this package, pyarrow and numpy. Batches hold whole sets, so keep them small where texts are long:
``spark.sql.execution.arrow.maxRecordsPerBatch=1000``.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

try:
    from pyspark.sql import DataFrame
except ImportError as _error:
    raise ImportError("twinprint.spark needs pyspark, or pyspark-client; install it by: pip install pyspark") from _error

from pyspark.sql import functions as F

from .. import _native
from ._clusters import LOCAL_EDGES
from ._run import Columns, Run, Settings, names_of
from ._stages import Stages
from ._work import Rules, Signing

if TYPE_CHECKING:
    from .._native import Scheme

__all__ = ["Deduplicated", "dedup", "find_pairs"]


class Deduplicated:
    """What deduplication keeps, what it removes, and why. Each property is a data frame that is read from the folder."""

    def __init__(self, run: Run) -> None:
        """Wraps a finished run."""
        self._run = run

    @property
    def kept(self) -> DataFrame:
        """The texts to keep: ``number``, their place in the order, and ``id``."""
        return self._run.kept

    @property
    def removed(self) -> DataFrame:
        """The texts that are not kept: ``number``, ``id``, ``duplicate_of``, ``jaccard`` and ``containment``, as in
        :class:`twinprint.Removed`."""
        return self._run.removed

    @property
    def blank(self) -> DataFrame:
        """The blank texts that ``drop_blank`` removed: ``number`` and ``id``."""
        documents = self._run.documents
        is_blank = F.col("blank") if self._run.settings.signing.drop_blank else F.lit(False)
        return documents.where(is_blank).select("number", "id")

    def pairs(self, expand: int = 32) -> DataFrame:
        """The verified pairs of texts: ``left``, ``right``, ``jaccard``. More than ``expand`` equal texts are represented by the
        first one."""
        return self._run.all_pairs(expand)

    def rows(self, frame: DataFrame) -> DataFrame:
        """The rows of a frame whose ids are kept, with all their columns. The ids must be unique."""
        column = self._run.settings.columns.id
        removed = self.removed.select("id").union(self.blank.select("id"))
        return frame.join(removed.select(F.col("id").alias(column)), column, "left_anti")

    @property
    def stats(self) -> dict[str, int]:
        """What the join did, in numbers that :attr:`twinprint.Deduplicated.stats` has too."""
        run = self._run
        documents, groups, pairs = run.documents, run.groups, run.pairs
        texts, sets = documents.count(), groups.count()
        empty = documents.where("hash is null").count()
        oversized = run.stages.stage("join/oversized", lambda: pairs)
        return {
            "documents": texts,
            "empty": empty,
            "equal_sets": texts - empty - sets,
            "verified": pairs.count(),
            "oversized_buckets": oversized.select("band_key").distinct().count(),
            "pairs_passed_over": run.passed_over(),
        }


def _run(
    frame: DataFrame,
    folder: str | PathLike[str],
    columns: Columns,
    signing: Signing,
    *,
    scheme: Scheme | None,
    threshold: float,
    recall: float,
    bucket_limit: int | None,
    clustering: str = "leader",
    local_edges: int = LOCAL_EDGES,
) -> Run:
    decided = _native.JoinRules(scheme, threshold=threshold, recall=recall, bucket_limit=bucket_limit)
    scheme = _native.Scheme.news() if scheme is None else scheme
    for column in (columns.text, columns.id, *columns.order, *signing.facts):
        if column not in frame.columns:
            raise ValueError(f"the frame has no column {column!r}, only {', '.join(frame.columns)}")
    rules = Rules(scheme.to_json(), float(threshold), float(recall), decided.bucket_limit)
    settings = {
        "text": columns.text,
        "id": columns.id,
        "order": ", ".join(columns.order),
        "scheme": scheme.description.replace("\n", ", "),
        "threshold": repr(rules.threshold),
        "recall": repr(rules.recall),
        "bucket_limit": str(rules.bucket_limit),
        "keep": signing.keep,
        "source": signing.source if signing.facts else "",
        "clustering": clustering,
        "drop_blank": str(signing.drop_blank),
    }
    stages = Stages(frame.sparkSession, fspath(folder), settings)
    run = Run(stages, frame, Settings(columns, rules, signing, clustering, decided.bucket_limit, local_edges))
    run.refuse_other_data()
    return run


def dedup(
    frame: DataFrame,
    *,
    folder: str | PathLike[str],
    text: str = "text",
    id: str = "id",
    order: str | Sequence[str] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    keep: str = "first",
    source: str = "source",
    clustering: str = "leader",
    drop_blank: bool = False,
    bucket_limit: int | None = None,
    local_edges: int = LOCAL_EDGES,
) -> Deduplicated:
    """Decides which texts of a data frame to keep, so that no two of them are duplicates.

    :param frame: A row for each text. It must give the same rows whenever it is read.
    :param folder: Where stages are written: a path or an address that all workers reach. It belongs to one input and one choice
        of settings, and may be deleted when the result was written elsewhere. The folders ``kept`` and ``removed`` in it are the
        result.
    :param text: The column of the texts. A missing text matches nothing.
    :param id: The column of the ids, of any type.
    :param order: The columns by which texts come in their order, such as ``["file", "line"]``. The id by itself, if it is not
        given.
    :param keep: Which text of a cluster is kept, by the rules of :func:`twinprint.dedup`. They name columns of the frame.
    :param source: The column of the sources.
    :param clustering: ``"leader"``, the default: each removed text has a verified pair with the kept one. ``"components"``:
        chains of pairs connect the texts of a cluster; do not remove by it.
    :param bucket_limit: The most distinct texts of a bucket that are all compared with one another. A larger bucket is searched
        by sketches, as on one machine, and ``stats`` counts what that passes over at most.
    :param local_edges: The most edges of a graph that one worker takes into its memory, about 100 bytes each, to finish clusters.
        Larger graphs go through rounds of joins first. The answer does not depend on it.

    The other parameters are those of :func:`twinprint.dedup`.

    :raises ValueError: If a setting is outside its range, a column is missing, two texts share a place in the order, or the
        folder was made with other settings or of other data; the message names it.
    """
    keep = keep.strip()
    scores, dates, sources = _native.keep_fields(keep)
    if clustering not in ("leader", "components"):
        raise ValueError(f"clustering is {clustering!r}; it must be 'leader' or 'components'")
    if local_edges < 0:
        raise ValueError(f"local_edges is {local_edges}; it must be 0 or more")
    facts = tuple(dict.fromkeys([*scores, *dates, *([source] if sources else [])]))
    run = _run(
        frame,
        folder,
        Columns(text, id, names_of(order, id)),
        Signing(keep, facts, source, drop_blank),
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
        clustering=clustering,
        local_edges=local_edges,
    )
    run.kept  # noqa: B018
    return Deduplicated(run)


def find_pairs(
    frame: DataFrame,
    *,
    folder: str | PathLike[str],
    text: str = "text",
    id: str = "id",
    order: str | Sequence[str] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    expand: int = 32,
    bucket_limit: int | None = None,
) -> DataFrame:
    """Finds all pairs of similar texts: ``left``, ``right``, ``jaccard``, the text that comes first on the left.

    :param expand: More equal texts than this are represented by the first one, so that the answer is linear in the texts.

    The other parameters are those of :func:`dedup`. A folder that :func:`dedup` made with the same settings has the pairs
    already.
    """
    if expand < 0:
        raise ValueError(f"expand is {expand}; it must be 0 or more")
    run = _run(
        frame,
        folder,
        Columns(text, id, names_of(order, id)),
        Signing("first", (), "source", False),
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        bucket_limit=bucket_limit,
    )
    return run.all_pairs(expand)
