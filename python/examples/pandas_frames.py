"""Finds duplicates in a pandas frame, and keeps the best of each cluster.

python python/examples/pandas_frames.py
"""

from __future__ import annotations

import pandas as pd

import twinprint.pandas

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."


def main() -> None:
    """Prints the rows to keep, and why the others are not."""
    frame = pd.DataFrame(
        {"text": [FERRY, "SKELBY — " + FERRY, "Council votes."], "quality": [0.4, 0.9, 0.5]}, index=["a", "b", "c"]
    )
    found = twinprint.pandas.Accessor(frame["text"]).dedup(threshold=0.5, keep="score:quality", columns=frame)
    print("kept:", frame[found.mask].index.tolist())
    for removed in found.removed:
        print(f"{removed.id} duplicates {removed.duplicate_of}  J={removed.jaccard:.3f}")


if __name__ == "__main__":
    main()
