"""Near-duplicates in SQL: two functions of this package in duckdb. `pip install duckdb pyarrow twinprint`."""

from __future__ import annotations

import duckdb
import pyarrow as pa

import twinprint as tp

SCHEME, BANDING = tp.Scheme.news(), tp.Banding.for_threshold(0.5, num_hashes=tp.Scheme.news().num_hashes)


def band_keys(texts: pa.ChunkedArray) -> pa.Array:
    """The band keys of each text: texts with one in common are candidates."""
    return pa.array(tp.band_keys(tp.signatures(texts, SCHEME), BANDING))


def similarity(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.Array:
    """The exact Jaccard similarity, row by row."""
    return pa.array(tp.jaccard(tp.shingles(left, SCHEME), tp.shingles(right, SCHEME)))


database = duckdb.connect()
database.create_function("band_keys", band_keys, ["VARCHAR"], "UBIGINT[]", type="arrow")
database.create_function("similarity", similarity, ["VARCHAR", "VARCHAR"], "DOUBLE", type="arrow")
database.execute("""
    create table news as select * from (values
        ('wire', 'The ferry to Skelby was cancelled on Monday because of high winds, the operator said.'),
        ('post', 'SKELBY - The ferry to Skelby was cancelled on Monday because of high winds, the operator said.'),
        ('other', 'Councillors voted on Tuesday to close the harbour road for the whole summer.')
    ) as texts(id, text)
""")
pairs = database.execute("""
    with keys as (select id, unnest(band_keys(text)) as key from news),
    candidates as (
        select distinct a.id as a, b.id as b from keys a join keys b on a.key = b.key and a.id > b.id
    )
    select a, b, similarity(one.text, other.text) as jaccard
    from candidates join news one on one.id = a join news other on other.id = b
    where jaccard >= 0.5
""").fetchall()
for a, b, jaccard in pairs:
    print(f"{a} ~ {b}  J={jaccard:.3f}")
