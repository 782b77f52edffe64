"""Clusters by rounds of joins, which need no memory of the driver.

Nodes are distinct sets, named by their ranks: the node of the least rank is preferred. An edge has the later and the earlier
node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ._stages import Stages

if TYPE_CHECKING:
    import pyarrow as pa

LOCAL_EDGES = 1_000_000
"""Edges that one task takes into its memory, of 16 bytes each, once rounds have left no more of them."""


def leaders(stages: Stages, name: str, edges: DataFrame, local_edges: int) -> DataFrame:
    """Returns ``later``: the nodes that leader clusters remove. In the order of preference, each node is kept, unless it has an
    edge to one that was kept before.

    A node's fate is known when that of all its earlier neighbours is. So in each round the nodes without an undecided earlier
    neighbour are kept, and their later neighbours are removed: the lexicographically first maximal independent set (G. Blelloch,
    J. Fineman, J. Shun, "Greedy sequential maximal independent set and matching are parallel on average", 2012).
    """

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.leaders(batches)

    removed: list[DataFrame] = []
    undecided = edges.select("later", "earlier")
    round = 0
    while (count := undecided.count()) > local_edges:
        before, label = undecided, f"{name}/round-{round:04}"
        now = stages.stage(f"{label}/removed", lambda before=before: _removed_now(before))  # type: ignore[misc]
        undecided = stages.stage(f"{label}/undecided", lambda before=before, now=now: _without(before, now))  # type: ignore[misc]
        removed.append(now)
        round += 1
    if count:
        rest = undecided
        removed.append(stages.stage(f"{name}/rest", lambda: rest.coalesce(1).mapInArrow(work, "later long")))
    if not removed:
        return edges.select("later").limit(0)
    whole = removed[0]
    for part in removed[1:]:
        whole = whole.union(part)
    return whole


def _removed_now(undecided: DataFrame) -> DataFrame:
    laters = undecided.select(F.col("later").alias("earlier")).distinct()
    return undecided.join(laters, "earlier", "left_anti").select("later").distinct()


def _without(undecided: DataFrame, removed: DataFrame) -> DataFrame:
    kept = undecided.join(removed, "later", "left_anti")
    return kept.join(removed.select(F.col("later").alias("earlier")), "earlier", "left_anti").select("later", "earlier")


def components(stages: Stages, name: str, edges: DataFrame, local_edges: int) -> DataFrame:
    """Returns ``node`` and ``root``, the least node that chains of edges connect it with. Roots themselves are left out.

    By large-star and small-star in turns (R. Kiveris, S. Lattanzi, V. Mirrokni, V. Rastogi, S. Vassilvitskii, "Connected
    components in MapReduce and beyond", 2014), until every node points to its root.
    """

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from twinprint.spark import _work

        yield from _work.components(batches)

    links = edges.select(F.col("later").alias("node"), F.col("earlier").alias("other"))
    if links.count() <= local_edges:
        return stages.stage(f"{name}/rest", lambda: links.coalesce(1).mapInArrow(work, "node long, root long"))
    round = 0
    while True:
        before, label = links, f"{name}/round-{round:04}"
        large = stages.stage(f"{label}/large", lambda before=before: _large_star(before))  # type: ignore[misc]
        links = stages.stage(f"{label}/small", lambda large=large: _small_star(large))  # type: ignore[misc]
        if _are_stars(links):
            return links.select("node", F.col("other").alias("root"))
        round += 1


def _large_star(links: DataFrame) -> DataFrame:
    """Links the greater neighbours of each node to the least one."""
    swapped = links.select(F.col("other").alias("node"), F.col("node").alias("other"))
    both = links.union(swapped)
    least = both.groupBy("node").agg(F.min("other").alias("least")).select("node", F.least("node", "least").alias("least"))
    greater = both.where("other > node").join(least, "node")
    return greater.select(F.col("other").alias("node"), F.col("least").alias("other")).distinct()


def _small_star(links: DataFrame) -> DataFrame:
    """Links each node and its lesser neighbours to the least one of them. The lesser node of each link is on the right."""
    least = links.groupBy("node").agg(F.min("other").alias("least"))
    others = links.join(least, "node").where("other <> least").select(F.col("other").alias("node"), F.col("least").alias("other"))
    return others.union(least.select("node", F.col("least").alias("other"))).distinct()


def _are_stars(links: DataFrame) -> bool:
    """Says whether each node has one link, and links lead to nodes without one."""
    if links.groupBy("node").count().where("count > 1").limit(1).collect():
        return False
    nodes = links.select(F.col("node").alias("other"))
    return not links.join(nodes, "other", "left_semi").limit(1).collect()


def nearest_leaders(edges: DataFrame, removed: DataFrame) -> DataFrame:
    """Links each removed node to the kept one that is most similar, of equally similar ones the most preferred:
    ``later``, ``earlier``, ``jaccard``, ``containment``."""
    of_removed = edges.join(removed, "later", "left_semi")
    to_kept = of_removed.join(removed.select(F.col("later").alias("earlier")), "earlier", "left_anti")
    return _best(to_kept)


def roots(edges: DataFrame, links: DataFrame) -> DataFrame:
    """Adds what each node shares with its root, if they have an edge; missing values where only a chain leads there."""
    named = links.select(F.col("node").alias("later"), F.col("root").alias("earlier"))
    return named.join(edges, ["later", "earlier"], "left").select("later", "earlier", "jaccard", "containment")


def nearest(edges: DataFrame) -> DataFrame:
    """Links each node to the one that is most similar, earlier or later; of equally similar ones the first."""
    swapped = edges.select(
        F.col("earlier").alias("later"),
        F.col("later").alias("earlier"),
        "jaccard",
        F.col("contains").alias("containment"),
        F.col("containment").alias("contains"),
    )
    return _best(edges.select(*swapped.columns).union(swapped))


def _best(edges: DataFrame) -> DataFrame:
    key = F.struct((-F.col("jaccard")).alias("less"), F.col("earlier"), F.col("containment"))
    best = edges.groupBy("later").agg(F.min(key).alias("best"))
    return best.select(
        "later",
        F.col("best.earlier").alias("earlier"),
        (-F.col("best.less")).alias("jaccard"),
        F.col("best.containment").alias("containment"),
    )
