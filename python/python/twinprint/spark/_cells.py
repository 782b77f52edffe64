"""Candidate pairs in cells, and which of them count.

A set can be in thousands of candidate pairs, and some engines hold in memory what tasks hand to each other. So pairs are packed,
and sets do not travel with each of their pairs: a cell has the pairs of a block of left sets and a block of right sets, and a set
travels once to each cell that has pairs of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ._work import MASKED, Rules

if TYPE_CHECKING:
    import pyarrow as pa

CELL_SETS = 768
"""Consecutive sets of a block, a multiple of those of a mask. A worker holds the sets of one cell, at most two blocks."""

PACKED = "left long, word long, rights long"
EDGE = "left long, right long, left_size long, right_size long, shared long"


def packed(pairs: DataFrame) -> DataFrame:
    """Packs pairs of ``left`` and ``right``: a row has a left set and, as a mask, the right ones of some consecutive sets."""
    word = F.floor(F.col("right") / MASKED).cast("long").alias("word")
    mask = F.expr(f"shiftleft(1L, cast(right % {MASKED} as int))").alias("rights")
    return merged(pairs.select("left", word, mask))


def merged(pairs: DataFrame) -> DataFrame:
    """Merges packed pairs: each counts once, however many buckets have it."""
    return pairs.groupBy("left", "word").agg(F.bit_or("rights").alias("rights"))


def verified(pairs: DataFrame, sets: DataFrame, contents: DataFrame, rules: Rules) -> DataFrame:
    """The packed pairs that count."""

    def verify(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _verify

        yield from _verify.verify(batches, rules)

    cell = ("left_block", "right_block")
    left_block = F.floor(F.col("left") / CELL_SETS).cast("long").alias("left_block")
    right_block = F.floor(F.col("word") / (CELL_SETS // MASKED)).cast("long").alias("right_block")
    masks = pairs.select(left_block, right_block, F.col("left").alias("number"), "word", "rights")
    members = _members(masks).join(sets.select("number", "content"), "number").join(contents, "content")
    none = F.lit(None).cast("array<long>").alias("set")
    rows = members.select(*cell, "number", "word", "rights", "set").union(masks.select("*", none))
    # An engine may leave out a sort by itself, if nothing asks for it. The order of a window it keeps.
    place = F.row_number().over(Window.partitionBy(*cell).orderBy(F.col("rights") != 0))
    return rows.withColumn("place", place).mapInArrow(verify, EDGE)


def _members(masks: DataFrame) -> DataFrame:
    """The sets of each cell, with an empty mask."""
    cell = ("left_block", "right_block")
    words = masks.groupBy(*cell, "word").agg(F.bit_or("rights").alias("mask"))
    bits = words.withColumn("bit", F.explode(F.sequence(F.lit(0), F.lit(MASKED - 1)))).where("(shiftright(mask, bit) & 1L) = 1L")
    rights = bits.select(*cell, (F.col("word") * MASKED + F.col("bit")).cast("long").alias("number"))
    none = F.lit(0).cast("long")
    return masks.select(*cell, "number").distinct().union(rights).select("*", none.alias("word"), none.alias("rights"))
