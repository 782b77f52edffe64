"""Candidate pairs in cells, and which of them count.

A set can be in thousands of candidate pairs, and some engines hold in memory what tasks hand to each other. So pairs are packed, and
sets do not travel with each of their pairs: a cell has the pairs of a block of left sets and a block of right sets, and a set travels
once to each cell that has pairs of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ._pairs import RIGHTS
from ._work import Rules

if TYPE_CHECKING:
    import pyarrow as pa

LEFTS = 256
"""Left sets of a cell. More would spare little, as each of them travels with up to as many right ones as a mask has bits."""

PACKED = "left long, right_block long, rights long"
EDGE = "left long, right long, left_size long, right_size long, shared long"


def packed(pairs: DataFrame) -> DataFrame:
    """Packs pairs of ``left`` and ``right``: a row has a left set and, as a mask, the right sets of one block."""
    block = F.floor(F.col("right") / RIGHTS).cast("long").alias("right_block")
    mask = F.expr(f"shiftleft(1L, cast(right % {RIGHTS} as int))").alias("rights")
    return merged(pairs.select("left", block, mask))


def merged(pairs: DataFrame) -> DataFrame:
    """Merges packed pairs: each counts once, however many buckets have it."""
    return pairs.groupBy("left", "right_block").agg(F.bit_or("rights").alias("rights"))


def verified(pairs: DataFrame, sets: DataFrame, contents: DataFrame, rules: Rules) -> DataFrame:
    """The packed pairs that count."""

    def verify(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _pairs

        yield from _pairs.verify(batches, rules)

    cell = ("left_block", "right_block")
    lefts = pairs.withColumn("left_block", F.floor(F.col("left") / LEFTS).cast("long"))
    members = lefts.select(*cell, F.col("left").alias("number"), "rights").union(_right_sets(lefts))
    whole = members.join(sets.select("number", "content"), "number").join(contents, "content").drop("content")
    # An engine may leave out a sort by itself, if nothing asks for it. The order of a window it keeps.
    place = F.row_number().over(Window.partitionBy(*cell).orderBy(F.col("rights") != 0))
    return whole.withColumn("place", place).mapInArrow(verify, EDGE)


def _right_sets(lefts: DataFrame) -> DataFrame:
    """The right sets of each cell, which are compared with none to their right."""
    masks = lefts.groupBy("left_block", "right_block").agg(F.bit_or("rights").alias("mask"))
    bits = masks.withColumn("bit", F.explode(F.sequence(F.lit(0), F.lit(RIGHTS - 1)))).where("(shiftright(mask, bit) & 1L) = 1L")
    number = (F.col("right_block") * RIGHTS + F.col("bit")).cast("long").alias("number")
    return bits.select("left_block", "right_block", number, F.lit(0).cast("long").alias("rights"))
