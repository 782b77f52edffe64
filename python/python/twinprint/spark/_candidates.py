"""Candidate pairs of distinct sets, bucket by bucket, and which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ._numbers import numbered
from ._stages import Stages
from ._work import Rules

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_SETS = 256
"""Sets of an oversized bucket that are one row when the bucket is searched."""

CELL_SETS = 128
"""Consecutive sets that are one block when candidate pairs are verified. A worker holds the sets of one block."""

PREFERRED = 4
"""Sets of an oversized bucket with which all others are compared where kept texts are joined again."""

POSITION = "band_key long, number long, before long, sketch array<long>"
EDGE = "left long, right long, left_size long, right_size long, shared long"


class Candidates(NamedTuple):
    """Pairs to verify, and what became of oversized buckets."""

    pairs: DataFrame
    """``left`` and ``right``: numbers of sets that share a bucket, the earlier one on the left."""
    passed_over: DataFrame | None
    """For each set of an oversized bucket, the most pairs of it that are not compared. None if no bucket is oversized."""


def candidates(stages: Stages, name: str, sets: DataFrame, contents: DataFrame, rules: Rules, bucket_limit: int) -> Candidates:
    """Finds the candidate pairs of sets.

    :param sets: ``number``, ``content``, ``band_keys``, in the order in which a bucket takes them, and ``rank`` where kept texts
        are joined again.
    :param contents: ``content`` and ``set``.
    """
    keyed = sets.select("number", F.explode("band_keys").alias("band_key"))
    sizes = keyed.groupBy("band_key").agg(F.count("*").alias("sets")).where("sets > 1")
    buckets = stages.stage(f"{name}/buckets", lambda: keyed.join(sizes, "band_key"))
    small = stages.stage(f"{name}/small", lambda: _within(buckets.where(F.col("sets") <= bucket_limit)))
    oversized = stages.stage(
        f"{name}/oversized", lambda: buckets.where(F.col("sets") > bucket_limit).select("band_key", "number")
    )
    if not oversized.limit(1).collect():
        return Candidates(small, None)
    sketches = stages.stage(f"{name}/sketches", lambda: _sketches(oversized, sets, contents, rules))
    reaches = stages.stage(f"{name}/reaches", lambda: _reaches(oversized, sketches, rules))
    crowd = stages.stage(f"{name}/crowd", lambda: _search(reaches, rules))
    pairs = small.union(crowd)
    if "rank" in sets.columns:
        pairs = pairs.union(stages.stage(f"{name}/preferred", lambda: _preferred(oversized, sets)))
    passed = stages.stage(f"{name}/passed-over", lambda: _passed_over(reaches, sets.select("number"), bucket_limit))
    return Candidates(pairs.distinct(), passed)


def _within(buckets: DataFrame) -> DataFrame:
    """All pairs of each bucket, each pair once."""
    left = buckets.select("band_key", F.col("number").alias("left"))
    right = buckets.select("band_key", F.col("number").alias("right"))
    return left.join(right, "band_key").where("left < right").select("left", "right").distinct()


def _sketches(oversized: DataFrame, sets: DataFrame, contents: DataFrame, rules: Rules) -> DataFrame:
    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.sketch(batches, rules)

    numbers = sets.select("number", "content").join(oversized.select("number").distinct(), "number", "left_semi")
    return numbers.join(contents, "content").select("number", "set").mapInArrow(work, "number long, sketch array<long>")


def _reaches(oversized: DataFrame, sketches: DataFrame, rules: Rules) -> DataFrame:
    """For each set of an oversized bucket, its place and its reach: see ``BucketRule`` in src/lsh/bucket_rule.rs."""

    def compare(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.compare_with_last(batches, rules)

    def reach(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.reach(batches, rules)

    in_order = Window.partitionBy("band_key").orderBy("number")
    placed = oversized.join(sketches, "number").select(
        "band_key",
        "number",
        (F.row_number().over(in_order) - 1).cast("long").alias("before"),
        F.lag("sketch").over(in_order).alias("last"),
        "sketch",
    )
    compared = placed.mapInArrow(compare, f"{POSITION}, is_similar long")
    so_far = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    similar = compared.withColumn("similar", F.sum("is_similar").over(so_far))
    return similar.drop("is_similar").mapInArrow(reach, f"{POSITION}, reach long")


def _search(reaches: DataFrame, rules: Rules) -> DataFrame:
    """The pairs in reach that sketches do not exclude. Blocks of some sets are joined, so no row holds a whole bucket."""

    def search(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.search(batches, rules, BLOCK_SETS)

    block = F.floor(F.col("before") / BLOCK_SETS).cast("long")
    blocks = reaches.groupBy("band_key", block.alias("block")).agg(
        F.collect_list(F.struct("before", "number", "reach", "sketch")).alias("members"), F.max("reach").alias("reach")
    )
    last = F.least(F.col("block"), F.floor((F.col("reach") - 1) / BLOCK_SETS).cast("long"))
    probes = blocks.where("reach > 0").select(
        "band_key", F.explode(F.sequence(F.lit(0).cast("long"), last)).alias("pivot_block"), F.col("members").alias("probes")
    )
    pivots = blocks.select("band_key", F.col("block").alias("pivot_block"), F.col("members").alias("pivots"))
    joined = pivots.join(probes, ["band_key", "pivot_block"]).select("pivot_block", "pivots", "probes")
    return joined.mapInArrow(search, "left long, right long").distinct()


def _preferred(oversized: DataFrame, sets: DataFrame) -> DataFrame:
    """The pairs of each set with the most preferred ones of its oversized buckets."""
    by_rank = Window.partitionBy("band_key").orderBy("rank")
    ranked = oversized.join(sets.select("number", "rank"), "number").withColumn("place", F.row_number().over(by_rank))
    preferred = ranked.where(F.col("place") <= PREFERRED).select("band_key", F.col("number").alias("preferred"))
    pairs = oversized.join(preferred, "band_key").where("number <> preferred")
    return pairs.select(F.least("number", "preferred").alias("left"), F.greatest("number", "preferred").alias("right")).distinct()


def _passed_over(reaches: DataFrame, numbers: DataFrame, bucket_limit: int) -> DataFrame:
    """As ``CrowdBuckets::add`` in src/join/candidates/crowd.rs: a pair counts once, however many buckets it shares."""
    beyond = reaches.where(F.col("before") >= bucket_limit)
    of_sets = beyond.groupBy("number").agg(F.sum(F.col("before") - F.col("reach")).alias("out"), F.max("reach").alias("most"))
    places = numbered(numbers, ["number"], "earlier")
    at_most = F.greatest(F.col("earlier") - F.col("most"), F.lit(0).cast("long"))
    return of_sets.join(places, "number").select("number", F.least("out", at_most).alias("passed_over"))


def verified(candidates: DataFrame, sets: DataFrame, contents: DataFrame, rules: Rules) -> DataFrame:
    """The candidate pairs that count.

    A set can be in thousands of candidate pairs, and some engines hold in memory what tasks hand to each other. So sets do not travel
    with each of their pairs. The sets of a corpus are cut into blocks, the pairs of a left block and a right block are a cell, and
    a set travels once to each cell that has pairs of it.
    """

    def verify(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.verify(batches, rules)

    cell = [F.floor(F.col(side) / CELL_SETS).cast("long").alias(f"{side}_block") for side in ("left", "right")]
    pairs = candidates.select(*cell, "left", "right")
    blocks = ("left_block", "right_block")
    lefts = pairs.groupBy(*blocks, F.col("left").alias("number")).agg(F.collect_list("right").alias("rights"))
    none = F.lit(None).cast("array<long>").alias("rights")
    rights = pairs.select(*blocks, F.col("right").alias("number")).distinct().select("*", none)
    members = lefts.withColumn("is_left", F.lit(True)).union(rights.withColumn("is_left", F.lit(False)))
    whole = members.join(sets.select("number", "content"), "number").join(contents, "content").drop("content")
    # An engine may leave out a sort by itself, if nothing asks for it. The order of a window it keeps.
    place = F.row_number().over(Window.partitionBy(*blocks).orderBy("is_left"))
    return whole.withColumn("place", place).mapInArrow(verify, EDGE)
