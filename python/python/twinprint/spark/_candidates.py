"""Candidate pairs of distinct sets, bucket by bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ._cells import PACKED, merged, packed
from ._numbers import numbered
from ._stages import Stages
from ._work import Rules

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_SETS = 256
"""Sets of an oversized bucket that are one row when the bucket is searched."""

PREFERRED = 4
"""Sets of an oversized bucket with which all others are compared where kept texts are joined again."""

POSITION = "band_key long, number long, before long, sketch array<long>"


class Candidates(NamedTuple):
    """Pairs to verify, and what became of oversized buckets."""

    pairs: DataFrame
    """Pairs of sets that share a bucket, the earlier one on the left, as :func:`packed` has them."""
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
    parts = small.union(crowd)
    if "rank" in sets.columns:
        parts = parts.union(stages.stage(f"{name}/preferred", lambda: _preferred(oversized, sets)))
    passed = stages.stage(f"{name}/passed-over", lambda: _passed_over(reaches, sets.select("number"), bucket_limit))
    return Candidates(stages.stage(f"{name}/candidates", lambda: merged(parts)), passed)


def _within(buckets: DataFrame) -> DataFrame:
    """All pairs of each bucket, each pair once."""
    left = buckets.select("band_key", F.col("number").alias("left"))
    right = buckets.select("band_key", F.col("number").alias("right"))
    return packed(left.join(right, "band_key").where("left < right"))


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
    return merged(joined.mapInArrow(search, PACKED))


def _preferred(oversized: DataFrame, sets: DataFrame) -> DataFrame:
    """The pairs of each set with the most preferred ones of its oversized buckets."""
    by_rank = Window.partitionBy("band_key").orderBy("rank")
    ranked = oversized.join(sets.select("number", "rank"), "number").withColumn("place", F.row_number().over(by_rank))
    preferred = ranked.where(F.col("place") <= PREFERRED).select("band_key", F.col("number").alias("preferred"))
    pairs = oversized.join(preferred, "band_key").where("number <> preferred")
    return packed(pairs.select(F.least("number", "preferred").alias("left"), F.greatest("number", "preferred").alias("right")))


def _passed_over(reaches: DataFrame, numbers: DataFrame, bucket_limit: int) -> DataFrame:
    """As ``CrowdBuckets::add`` in src/join/candidates/crowd.rs: a pair counts once, however many buckets it shares."""
    beyond = reaches.where(F.col("before") >= bucket_limit)
    of_sets = beyond.groupBy("number").agg(F.sum(F.col("before") - F.col("reach")).alias("out"), F.max("reach").alias("most"))
    places = numbered(numbers, ["number"], "earlier")
    at_most = F.greatest(F.col("earlier") - F.col("most"), F.lit(0).cast("long"))
    return of_sets.join(places, "number").select("number", F.least("out", at_most).alias("passed_over"))
