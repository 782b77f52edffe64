"""Finds near-duplicate texts: MinHash signatures, banded LSH, exact verification, clusters, evidence.

>>> import twinprint as tp
>>> texts = [
...     "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
...     "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
...     "Councillors voted on Tuesday to close the harbour road for the whole summer.",
... ]
>>> tp.find_pairs(texts, threshold=0.5)
[Pair(left=0, right=1, jaccard=0.9285714285714286)]
>>> tp.dedup(texts, threshold=0.5).kept
[0, 2]

Every pair is verified: the two shingle sets were compared exactly. The same texts under the same :class:`Scheme` give the same
answers on every machine, with any number of threads, from Rust, from the command and from here.

Texts are a sequence of ``str`` (``None`` is a missing text, which matches nothing), or an Arrow column of any library: pyarrow,
polars, pandas, duckdb, arro3. Nothing is copied, other Python threads go on during the work, and Ctrl-C ends it.
"""

from ._dedup import Deduplicated, Removed, dedup, report
from ._deduplicator import Deduplicator, Inserted
from ._evidence import Evidence, Passage, evidence, passages
from ._index import Hit, LshIndex
from ._join import contained, find_pairs
from ._native import (
    Banding,
    Column,
    MinHasher,
    Scheme,
    SchemeMismatch,
    Signature,
    Signatures,
    Table,
    __version__,
    band_keys,
    jaccard,
    shingles,
    signatures,
)
from ._pairs import Contained, ContainedPair, Pair, Pairs

__all__ = [
    "Banding",
    "Column",
    "Contained",
    "ContainedPair",
    "Deduplicated",
    "Deduplicator",
    "Evidence",
    "Hit",
    "Inserted",
    "LshIndex",
    "MinHasher",
    "Pair",
    "Pairs",
    "Passage",
    "Removed",
    "Scheme",
    "SchemeMismatch",
    "Signature",
    "Signatures",
    "Table",
    "__version__",
    "band_keys",
    "contained",
    "dedup",
    "evidence",
    "find_pairs",
    "jaccard",
    "passages",
    "report",
    "shingles",
    "signatures",
]
