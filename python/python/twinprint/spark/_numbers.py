"""Consecutive numbers in a given order, for tables of any size and on any engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ._stages import table_of

ROWS_OF_A_PIECE = 2_000_000
"""Rows that one task sorts. Only the columns of the order and a few numbers are sorted, never texts."""

MAX_PIECES = 1_000
"""Pieces of the largest tables: each row is held against every bound. A task spills what it cannot hold."""

SAMPLES_OF_A_PIECE = 64


def numbered(
    frame: DataFrame, order: Sequence[str], name: str, *, tied: str | None = None, piece_rows: int = ROWS_OF_A_PIECE
) -> DataFrame:
    """Adds the place of each row in the order of some columns, counted from 0.

    A window without partitions would sort all rows in one task, and engines differ in what they keep of a sort by range. So rows
    are put into pieces, by bounds taken from a sample, and each piece is numbered by itself.

    :param tied: Also add a column that says whether a row has the same place as another.
    """
    rows = frame.count()
    bounds = _bounds(frame, order, rows, piece_rows)
    piece = reduce(lambda sum, bound: sum + F.when(_is_from(order, bound), 1).otherwise(0), bounds, F.lit(0))
    in_pieces = frame.withColumn("piece", piece.cast("int"))
    counts = {row[0]: row[1] for row in in_pieces.groupBy("piece").count().collect()} if bounds else {}
    pieces = range(len(bounds) + 1)
    starts = accumulate((counts.get(piece, 0) for piece in pieces[:-1]), initial=0)
    within = Window.partitionBy("piece").orderBy(*order)
    ordered = in_pieces.withColumn("place", F.row_number().over(within).cast("long"))
    if tied is not None:
        same = [F.col(column) == F.lag(F.col(column)).over(within) for column in order]
        ordered = ordered.withColumn(tied, F.coalesce(reduce(lambda all, one: all & one, same), F.lit(False)))
    if bounds:
        offsets = table_of(frame.sparkSession, {"piece": list(pieces), "start": list(starts)}, "piece int, start long")
        ordered = ordered.join(F.broadcast(offsets), "piece").withColumn("place", F.col("place") + F.col("start")).drop("start")
    return ordered.withColumn(name, F.col("place") - 1).drop("piece", "place")


def _bounds(frame: DataFrame, order: Sequence[str], rows: int, piece_rows: int) -> list[Any]:
    pieces = min(-(-rows // piece_rows), MAX_PIECES)
    if pieces < 2:
        return []
    share = min(1.0, SAMPLES_OF_A_PIECE * pieces / rows)
    sample = frame.select(*order).sample(share, seed=0).orderBy(*order).collect()
    # Equal bounds would only make empty pieces.
    chosen = [sample[len(sample) * piece // pieces] for piece in range(1, pieces)] if sample else []
    return [bound for at, bound in enumerate(chosen) if at == 0 or bound != chosen[at - 1]]


def _is_from(order: Sequence[str], bound: Any) -> Column:
    """Says whether a row is not before a bound: column by column, as the order is."""
    *first, last = [(F.col(column), F.lit(value)) for column, value in zip(order, bound, strict=True)]
    is_from = last[0] >= last[1]
    for column, value in reversed(first):
        is_from = (column > value) | ((column == value) & is_from)
    return is_from
