"""Finds duplicates in a polars frame, and joins candidates by their band keys.

python python/examples/polars_frames.py
"""

from __future__ import annotations

import polars as pl

import twinprint as tp
import twinprint.polars

TEXTS = [
    "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
    "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.",
    "Councillors voted on Tuesday to close the harbour road for the whole summer.",
]


def main() -> None:
    """Prints the texts to keep, and the verified pairs of a join by band keys."""
    frame = pl.DataFrame({"id": ["wire", "post", "other"], "text": TEXTS})
    texts = twinprint.polars.Namespace(pl.col("text"))

    kept = frame.filter(~texts.is_duplicate(threshold=0.5))
    print("kept:", kept["id"].to_list())

    # The same by hand, as an engine would do it: explode the keys, join by them, verify the candidates exactly.
    banding = tp.Banding.for_threshold(0.5, num_hashes=256)
    keyed = frame.with_columns(key=texts.band_keys(banding)).explode("key")
    candidates = keyed.join(keyed, on="key", suffix="_other").filter(pl.col("id") < pl.col("id_other"))
    pairs = candidates.unique(["id", "id_other"]).with_columns(jaccard=twinprint.polars.jaccard("text", "text_other"))
    for left, right, jaccard in pairs.filter(pl.col("jaccard") >= 0.5).select("id", "id_other", "jaccard").iter_rows():
        print(f"{left} ~ {right}  J={jaccard:.3f}")


if __name__ == "__main__":
    main()
