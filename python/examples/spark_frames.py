"""Deduplicates a data frame of Apache Spark, or of an engine that speaks Spark Connect, such as Sail.

pip install pyspark twinprint pyarrow pandas
python spark_frames.py                      # a session of its own
python spark_frames.py sc://localhost:50051 # an engine that runs: sail spark server --port 50051
"""

from __future__ import annotations

import sys
import tempfile

from pyspark.sql import SparkSession

from twinprint.spark import dedup

builder = SparkSession.builder
session = (builder.remote(sys.argv[1]) if len(sys.argv) > 1 else builder.master("local[2]")).getOrCreate()
texts = [
    (1, "wire", "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
    (2, "post", "SKELBY - The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
    (3, "other", "Councillors voted on Tuesday to close the harbour road for the whole summer."),
]
frame = session.createDataFrame(texts, "line int, id string, text string")
with tempfile.TemporaryDirectory() as folder:
    found = dedup(frame, folder=folder, order="line", threshold=0.5)
    print("kept:", [row["id"] for row in found.rows(frame).orderBy("line").collect()])
    for row in found.removed.collect():
        print(f"{row['id']} duplicates {row['duplicate_of']}  J={row['jaccard']:.3f}")
session.stop()
