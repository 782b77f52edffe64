"""Adds signatures to a dataset of Hugging Face, and deduplicates it.

python python/examples/hugging_face_datasets.py
"""

from __future__ import annotations

from datasets import Dataset, disable_progress_bars

import twinprint as tp
from twinprint.datasets import Signer, dedup

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."


def main() -> None:
    """Prints the length of the signatures, and the rows to keep."""
    disable_progress_bars()
    corpus = Dataset.from_dict({"id": ["wire", "post", "other"], "text": [FERRY, "SKELBY — " + FERRY, "Council votes."]})
    signed = corpus.map(Signer(tp.Scheme.web()), batched=True)
    print("signature:", len(signed[0]["signature"]), "numbers")
    kept, found = dedup(corpus, id_column="id", threshold=0.5, keep="longest")
    print("kept:", kept.to_dict()["id"])
    print("removed:", [(removed.id, removed.duplicate_of) for removed in found.removed])


if __name__ == "__main__":
    main()
