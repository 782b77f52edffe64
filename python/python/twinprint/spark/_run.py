"""The stages of deduplication, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from . import _clusters
from ._candidates import candidates
from ._cells import verified
from ._numbers import numbered
from ._stages import Stages, refuse_others
from ._work import Rules, Signing

if TYPE_CHECKING:
    import pyarrow as pa


class Columns(NamedTuple):
    """The columns of the input."""

    text: str
    id: str
    order: tuple[str, ...]


class Settings(NamedTuple):
    """What a run is made with, all of it checked."""

    columns: Columns
    rules: Rules
    signing: Signing
    clustering: str
    bucket_limit: int
    local_edges: int


class Run:
    """A run: each property is a stage, made when it is asked for."""

    def __init__(self, stages: Stages, frame: DataFrame, settings: Settings) -> None:
        """Prepares a run over a frame."""
        self.stages, self._frame, self.settings = stages, frame, settings

    def refuse_other_data(self) -> None:
        """Refuses a frame other than the one that an earlier call signed. That reads the frame once, and hashes its rows.

        :raises ValueError: If the rows differ in anything that the answer follows from.
        """
        if not self.stages.is_made("signed"):
            return
        made = _summary(self.signed.select("fingerprint"))
        asked = _summary(self._frame.select(self._fingerprint()))
        refuse_others(f"{self.stages.folder}/signed", made, asked, remedy="give another folder, or the same data")

    def _fingerprint(self) -> Column:
        """A number for each row, of all that the answer follows from."""
        columns, facts = self.settings.columns, self.settings.signing.facts
        return F.xxhash64(*(F.col(name) for name in (columns.id, *columns.order, *facts, columns.text))).alias("fingerprint")

    @property
    def signed(self) -> DataFrame:
        """The texts as sets and keys of bands: ``row``, ``id``, ``order_0``.., ``fingerprint``, ``hash``, ``size``, ``set``,
        ``band_keys``."""
        return self.stages.stage("signed", self._sign)

    def _sign(self) -> DataFrame:
        columns, rules, signing = self.settings.columns, self.settings.rules, self.settings.signing

        def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            from twinprint.spark import _work

            yield from _work.sign(batches, rules, signing)

        order = [F.col(column).alias(f"order_{number}") for number, column in enumerate(columns.order)]
        facts = [F.col(column) for column in signing.facts]
        # Only tells rows apart; what decides is the order.
        row = F.monotonically_increasing_id().alias("row")
        kept = self._frame.select(row, F.col(columns.id).alias("id"), *order, self._fingerprint())
        types = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in kept.schema.fields)
        made = "hash binary, size long, set array<long>, band_keys array<long>"
        made += "" if signing.keep == "first" else ", preference string"
        made += ", blank boolean" if signing.drop_blank else ""
        text = F.col(columns.text).alias("text")
        texts = self._frame.select(row, F.col(columns.id).alias("id"), *order, self._fingerprint(), *facts, text)
        return texts.mapInArrow(work, f"{types}, {made}")

    @property
    def documents(self) -> DataFrame:
        """The texts in their order: ``number``, ``rank``, ``row``, ``id``, ``hash``, ``size``, ``blank``."""
        order = [f"order_{number}" for number in range(len(self.settings.columns.order))]
        small = self.signed.drop("set", "band_keys", "fingerprint")
        documents = self.stages.stage("documents", lambda: numbered(small, order, "number", tied="is_tied"))
        missing = " or ".join(f"{column} is null" for column in order)
        wrong = documents.where(f"is_tied or {missing}").select("id").limit(1).collect()
        if wrong:
            names = ", ".join(self.settings.columns.order)
            raise ValueError(
                f"the order by {names} is missing or not unique at the text {wrong[0][0]!r}; "
                "give order= columns that no two texts share, such as the file and the line"
            )
        if self._are_ranks_numbers:
            return documents.withColumn("rank", F.col("number"))
        return self.stages.stage("ranks", lambda: numbered(documents, ["preference", "number"], "rank"))

    @property
    def _are_ranks_numbers(self) -> bool:
        return self.settings.signing.keep in ("first", "none")

    @property
    def groups(self) -> DataFrame:
        """The texts with equal sets: ``hash``, ``number`` of the first, ``rank`` of the most preferred, ``members``."""
        of_hash = self.documents.where("hash is not null").groupBy("hash")
        return self.stages.stage(
            "groups",
            lambda: of_hash.agg(F.min("number").alias("number"), F.min("rank").alias("rank"), F.count("*").alias("members")),
        )

    @property
    def sets(self) -> DataFrame:
        """The distinct sets: ``number``, ``rank``, ``content`` (a row of ``signed``), ``size``, ``band_keys``."""
        firsts = self.documents.select("number", F.col("row").alias("content"), "size")
        made = self.groups.select("number", "rank").join(firsts, "number")
        keys = self.signed.select(F.col("row").alias("content"), "band_keys")
        return self.stages.stage("sets", lambda: made.join(keys, "content"))

    @property
    def contents(self) -> DataFrame:
        """The shingles of sets: ``content``, ``set``."""
        return self.signed.select(F.col("row").alias("content"), "set")

    @property
    def pairs(self) -> DataFrame:
        """The verified pairs of distinct sets, by the numbers of their first texts."""
        return self._verify("join", self.sets.drop("rank"))

    def _verify(self, name: str, sets: DataFrame) -> DataFrame:
        found = candidates(self.stages, name, sets, self.contents, self.settings.rules, self.settings.bucket_limit)
        return self.stages.stage(f"{name}/edges", lambda: verified(found.pairs, sets, self.contents, self.settings.rules))

    def passed_over(self) -> int:
        """The most pairs that oversized buckets left uncompared."""
        self.pairs  # noqa: B018
        if not self.stages.is_made("join/passed-over"):
            return 0
        frame = self.stages.stage("join/passed-over", lambda: self.pairs)
        return int(frame.agg(F.sum("passed_over")).collect()[0][0] or 0)

    @property
    def links(self) -> DataFrame:
        """What clusters are made of: the ``later`` nodes that are removed, each with the ``earlier`` one that is kept."""
        edges = self._by_rank(self.pairs, self.sets)
        # Where none is kept, there is nothing to join again.
        has_missed = self.settings.signing.keep != "none" and self.passed_over() > 0
        number = 0
        while True:
            links = self._cluster(f"clusters-{number}", edges)
            if not has_missed:
                return links
            # What oversized buckets passed over may be among the kept texts: they are joined again, until none is missed.
            again = self._crowd_kept(links)
            missed = self._verify(f"join-{number + 1}", again)
            if not missed.limit(1).collect():
                return links
            edges = edges.union(self._by_rank(missed, again))
            number += 1

    def _crowd_kept(self, links: DataFrame) -> DataFrame:
        """The kept sets of oversized buckets, in the order of the texts that are kept of them."""
        crowd = self.stages.stage("join/oversized", lambda: self.sets).select("number").distinct()
        kept = self.sets.join(crowd, "number", "left_semi")
        kept = kept.join(links.select(F.col("later").alias("rank")), "rank", "left_anti").drop("number")
        return kept.join(self.documents.select("number", "rank"), "rank")

    def _by_rank(self, pairs: DataFrame, sets: DataFrame) -> DataFrame:
        """Turns pairs of numbers into edges between ranks."""
        ranks = sets.select("number", "rank")
        for side in ("left", "right"):
            if self._are_ranks_numbers:
                # There may be far more pairs than sets, so a join that changes nothing is dear.
                pairs = pairs.withColumn(f"{side}_rank", F.col(side))
            else:
                pairs = pairs.join(ranks.select(F.col("number").alias(side), F.col("rank").alias(f"{side}_rank")), side)
        is_left_later = F.col("left_rank") > F.col("right_rank")

        def chosen(yes: str, no: str) -> Column:
            return F.when(is_left_later, F.col(yes)).otherwise(F.col(no))

        shared = F.col("shared").cast("double")
        return pairs.select(
            F.greatest("left_rank", "right_rank").alias("later"),
            F.least("left_rank", "right_rank").alias("earlier"),
            (shared / (F.col("left_size") + F.col("right_size") - F.col("shared"))).alias("jaccard"),
            (shared / chosen("left_size", "right_size")).alias("containment"),
            (shared / chosen("right_size", "left_size")).alias("contains"),
        )

    def _cluster(self, name: str, edges: DataFrame) -> DataFrame:
        edges = self.stages.stage(f"{name}/edges", lambda: edges)
        local = self.settings.local_edges
        if self.settings.signing.keep == "none":
            return self.stages.stage(f"{name}/links", lambda: _clusters.nearest(edges))
        if self.settings.clustering == "components":
            links = _clusters.components(self.stages, name, edges, local)
            return self.stages.stage(f"{name}/links", lambda: _clusters.roots(edges, links))
        removed = _clusters.leaders(self.stages, name, edges, local)
        return self.stages.stage(f"{name}/links", lambda: _clusters.nearest_leaders(edges, removed))

    @property
    def removed(self) -> DataFrame:
        """The texts that are not kept: ``number``, ``id``, ``duplicate_of``, ``jaccard``, ``containment``."""
        return self.stages.stage("removed", self._removed)

    def _removed(self) -> DataFrame:
        links = self.links
        groups = self.groups.select("hash", F.col("rank").alias("node"), "members")
        documents = self.documents.select("number", "rank", "id", "hash").join(groups, "hash")
        linked = documents.join(links, documents["node"] == links["later"], "left")
        one = F.lit(1.0)
        if self.settings.signing.keep == "none":
            # A copy is nearer than any other text; that of the first one is the next one.
            ranks = self.documents.select("hash", "rank").join(groups, "hash").where("rank <> node")
            seconds = ranks.groupBy("hash").agg(F.min("rank").alias("second"))
            linked = linked.join(seconds, "hash", "left")
            is_copy = F.col("members") > 1
            copy_of = F.when(F.col("rank") == F.col("node"), F.col("second")).otherwise(F.col("node"))
        else:
            is_copy = F.col("later").isNull() & (F.col("rank") != F.col("node"))
            copy_of = F.col("node")
        kept_rank = F.when(is_copy, copy_of).otherwise(F.col("earlier"))
        rows = linked.select(
            "number",
            "id",
            kept_rank.alias("kept_rank"),
            F.when(is_copy, one).otherwise(F.col("jaccard")).alias("jaccard"),
            F.when(is_copy, one).otherwise(F.col("containment")).alias("containment"),
        ).where("kept_rank is not null")
        names = self.documents.select(F.col("rank").alias("kept_rank"), F.col("id").alias("duplicate_of"))
        return rows.join(names, "kept_rank").select("number", "id", "duplicate_of", "jaccard", "containment")

    @property
    def kept(self) -> DataFrame:
        """The texts to keep: ``number``, ``id``."""
        documents = self.documents.where("not blank") if self.settings.signing.drop_blank else self.documents
        kept = documents.select("number", "id")
        return self.stages.stage("kept", lambda: kept.join(self.removed.select("number"), "number", "left_anti"))

    def all_pairs(self, expand: int) -> DataFrame:
        """The pairs of texts: ``left``, ``right``, ``jaccard``. Groups of up to ``expand`` equal sets are written out."""
        groups = self.groups.select("hash", F.col("number").alias("first"), "members")
        members = self.documents.select("number", "id", "hash").join(groups, "hash").drop("hash")
        shown = members.where((F.col("members") <= expand) | (F.col("number") == F.col("first")))

        def side(name: str, rows: DataFrame) -> DataFrame:
            columns = (F.col(column).alias(f"{name}_{column}") for column in ("number", "id", "first"))
            return rows.select(*columns)

        left, right = side("left", shown), side("right", shown)
        edges = self.pairs.join(left, F.col("left") == F.col("left_first")).join(right, F.col("right") == F.col("right_first"))
        union = F.col("left_size") + F.col("right_size") - F.col("shared")
        edges = edges.withColumn("jaccard", F.col("shared").cast("double") / union)
        small = members.where((F.col("members") > 1) & (F.col("members") <= expand))
        large = members.where(F.col("members") > max(expand, 1))
        copies = side("left", small).join(side("right", small), F.col("left_first") == F.col("right_first"))
        firsts = large.where("number = first")
        stars = side("left", firsts).join(side("right", large), F.col("left_first") == F.col("right_first"))
        columns = ("left_number", "left_id", "right_number", "right_id")
        equal = [
            rows.where("left_number < right_number").select(*columns, F.lit(1.0).alias("jaccard")) for rows in (copies, stars)
        ]
        rows = edges.select(*columns, "jaccard").union(equal[0]).union(equal[1])
        # The texts of two groups may come in any order.
        is_ordered = F.col("left_number") < F.col("right_number")

        def ordered(first: str, second: str, name: str) -> Column:
            return F.when(is_ordered, F.col(first)).otherwise(F.col(second)).alias(name)

        return rows.select(ordered("left_id", "right_id", "left"), ordered("right_id", "left_id", "right"), "jaccard")


def _summary(fingerprints: DataFrame) -> dict[str, str]:
    """Returns what tells the data of two runs apart, whatever the order of the rows."""
    # A sum of 64-bit numbers overflows, which is an error.
    sum_of_all = F.sum(F.col("fingerprint").cast("decimal(20, 0)"))
    rows, total = fingerprints.agg(F.count("*"), sum_of_all).collect()[0]
    return {"rows": str(rows), "sum of the fingerprints of ids, texts and other columns": str(int(total or 0))}


def names_of(order: str | Sequence[str] | None, id: str) -> tuple[str, ...]:
    """Returns the columns of an order: the id by itself, if none is given."""
    if order is None:
        return (id,)
    names = (order,) if isinstance(order, str) else tuple(order)
    if not names:
        raise ValueError("order= names no column; leave it out to take the order of the ids")
    return names
