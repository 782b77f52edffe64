"""Runs datatrove's four stages of MinHash deduplication with the blocks of twinprint.

    python python/examples/datatrove_pipeline.py

Any of the four blocks may be datatrove's own instead: the files between them are the same.
"""

from __future__ import annotations

import tempfile
from typing import Any

from datatrove.data import Document
from datatrove.utils.logging import logger

from twinprint.datatrove import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said, and sails again on Friday."


def documents() -> list[Any]:
    """Returns the documents of the only task; a reader of datatrove does this in a pipeline."""
    texts = {"wire": FERRY, "post": FERRY.upper(), "other": "Councillors voted on Tuesday to close the harbour road this summer."}
    return [Document(text=text, id=id) for id, text in texts.items()]


def main() -> None:
    """Prints the documents to keep."""
    logger.remove()
    config = MinhashConfig()
    with tempfile.TemporaryDirectory() as folder:
        MinhashDedupSignature(f"{folder}/signatures", config=config).run(documents(), 0, 1)
        buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/pairs", config=config)
        for bucket in range(config.num_buckets):
            buckets.run(None, bucket, config.num_buckets)
        MinhashDedupCluster(f"{folder}/pairs", f"{folder}/removals", config=config).run(None, 0, 1)
        kept = MinhashDedupFilter(f"{folder}/removals").run(documents(), 0, 1)
        print("kept:", [document.id for document in kept])


if __name__ == "__main__":
    main()
