"""Near-duplicates in Daft: two functions of this package over its series. `pip install daft pyarrow twinprint`."""

from __future__ import annotations

import daft
import pyarrow as pa
from daft import DataType, Series, col

import twinprint as tp

SCHEME, BANDING = tp.Scheme.news(), tp.Banding.for_threshold(0.5, num_hashes=tp.Scheme.news().num_hashes)


@daft.func.batch(return_dtype=DataType.list(DataType.uint64()))
def band_keys(texts: Series) -> pa.Array:
    """The band keys of each text: texts with one in common are candidates."""
    return pa.array(tp.band_keys(tp.signatures(texts.to_arrow(), SCHEME), BANDING))


@daft.func.batch(return_dtype=DataType.float64())
def similarity(left: Series, right: Series) -> pa.Array:
    """The exact Jaccard similarity, row by row."""
    return pa.array(tp.jaccard(tp.shingles(left.to_arrow(), SCHEME), tp.shingles(right.to_arrow(), SCHEME)))


texts = {
    "id": ["wire", "post", "other"],
    "text": [
        "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
        "SKELBY - The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
        "Councillors voted on Tuesday to close the harbour road for the whole summer.",
    ],
}
news = daft.from_pydict(texts)
keys = news.select(col("id"), band_keys(col("text")).alias("key")).explode("key")
others = keys.select(col("id").alias("other"), col("key"))
candidates = keys.join(others, on="key").where(col("id") > col("other")).select("id", "other").distinct()
both = candidates.join(news, on="id").join(news.select(col("id").alias("other"), col("text").alias("other_text")), on="other")
pairs = both.select("id", "other", similarity(col("text"), col("other_text")).alias("jaccard")).where(col("jaccard") >= 0.5)
for row in pairs.to_pylist():
    print(f"{row['id']} ~ {row['other']}  J={row['jaccard']:.3f}")
