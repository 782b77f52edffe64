"""What `texts_to_pairs.py` times: ways from a list of texts to pairs of similar ones, or to the texts that are kept.

Those that find pairs compare candidates exactly, by sets of words in fives. The pipelines of datatrove and duplodocus end in
clusters of candidates that nothing compares; they return what they keep. All bandings use 128 values; where one has to be given,
it is 16 bands of 8.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

THRESHOLD = 0.8
WORDS = 5
NUM_PERM = 128
BANDS = 16
ROWS = NUM_PERM // BANDS

Pairs = set[tuple[int, int]]


class Kept(int):
    """How many texts a pipeline keeps that names no pairs."""


Found = Pairs | Kept


def shingles(text: str) -> set[str]:
    """Cuts a text as the READMEs do: lower case, split, windows of words."""
    words = text.lower().split()
    return {" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}


def shingle_hashes(texts: list[str]) -> tuple[Any, Any]:
    """Cuts the same shingles without a string for each: an array of hashes of all texts, and where each text starts and ends."""
    import numpy as np

    words = [text.lower().split() for text in texts]
    lengths = np.array([len(found) for found in words])
    ends = lengths.cumsum()
    hashes = np.fromiter(map(hash, chain.from_iterable(words)), np.int64, count=int(ends[-1])).view(np.uint64)
    windows = len(hashes) - WORDS + 1
    combined = np.zeros(windows, np.uint64)
    for place in range(WORDS):
        combined = combined * np.uint64(0x9E37_79B9_7F4A_7C15) + hashes[place : place + windows]
    of_one_text = np.ones(windows, bool)
    for words_left in range(1, WORDS):
        starts = ends - words_left
        of_one_text[starts[starts < windows]] = False
    offsets = np.zeros(len(texts) + 1, np.uint64)
    offsets[1:] = np.maximum(lengths - WORDS + 1, 0).cumsum()
    return combined[of_one_text], offsets


def verified(sets: Sequence[set[Any]] | Mapping[int, set[Any]], candidates: Pairs) -> Pairs:
    """Keeps the candidates whose sets are similar enough."""

    def jaccard(left: set[Any], right: set[Any]) -> float:
        shared = len(left & right)
        return shared / (len(left) + len(right) - shared)

    return {(left, right) for left, right in candidates if jaccard(sets[left], sets[right]) >= THRESHOLD}


def verified_hashes(hashes: Any, offsets: Any, candidates: Pairs) -> Pairs:
    """Compares candidates by sets of hashes, which are made only for texts that are candidates."""
    needed = {number for pair in candidates for number in pair}
    return verified({number: set(hashes[offsets[number] : offsets[number + 1]].tolist()) for number in needed}, candidates)


def pairs_of_buckets(tables: Iterable[Mapping[Any, list[int]]]) -> Pairs:
    """Returns all pairs that share a bucket of a table."""
    buckets = (bucket for table in tables for bucket in table.values() if len(bucket) > 1)
    return {(left, right) for bucket in buckets for at, left in enumerate(bucket) for right in bucket[at + 1 :]}


def twinprint_pairs(texts: list[str], threads: int) -> Pairs:
    """One call."""
    import twinprint as tp

    found = tp.find_pairs(texts, threshold=THRESHOLD, scheme=tp.Scheme(words=WORDS, num_hashes=NUM_PERM), threads=threads)
    return {(pair.left, pair.right) for pair in found}


def datasketch_update(texts: list[str], threads: int) -> Pairs:
    """MinHash.update for each shingle, and an index, as the README has it."""
    from datasketch import MinHash, MinHashLSH

    index, sets = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM), []
    candidates: Pairs = set()
    for number, text in enumerate(texts):
        sets.append(shingles(text))
        sketch = MinHash(num_perm=NUM_PERM)
        for shingle in sets[-1]:
            sketch.update(shingle.encode("utf8"))
        candidates.update((earlier, number) for earlier in index.query(sketch))
        index.insert(number, sketch)
    return verified(sets, candidates)


def datasketch_bulk(texts: list[str], threads: int) -> Pairs:
    """The fastest way that datasketch has."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM)
    candidates: Pairs = set()
    sets = [shingles(text) for text in texts]
    encoded = ([shingle.encode("utf8") for shingle in found] for found in sets)
    for number, sketch in enumerate(MinHash.bulk(encoded, num_perm=NUM_PERM)):
        candidates.update((earlier, number) for earlier in index.query(sketch))
        index.insert(number, sketch)
    return verified(sets, candidates)


def rensa_pairs(texts: list[str], threads: int) -> Pairs:
    """The full path: R-MinHash of all tokens, and its index. Its sampling pipeline rho does not see whole sets."""
    from rensa import RMinHash, RMinHashLSH

    sets = [shingles(text) for text in texts]
    sketches = RMinHash.from_token_sets([list(found) for found in sets], num_perm=NUM_PERM, seed=42)
    index = RMinHashLSH(THRESHOLD, NUM_PERM, BANDS)
    index.insert_many(sketches)
    answers = index.query_all(sketches)
    candidates = {(earlier, later) for later, found in enumerate(answers) for earlier in found if earlier < later}
    return verified(sets, candidates)


def rensa_hashes(texts: list[str], threads: int) -> Pairs:
    """The full path by its matrix of token hashes. Its index only flags rows of a matrix, so tables find their partners."""
    import numpy as np
    from rensa import RMinHash, RMinHashLSH

    hashes, offsets = shingle_hashes(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, NUM_PERM, 42)
    flagged = np.flatnonzero(RMinHashLSH(THRESHOLD, NUM_PERM, BANDS).query_duplicate_flags_matrix_one_shot(matrix))
    tables: list[dict[bytes, list[int]]] = [{} for _ in range(BANDS)]
    for number, row in zip(flagged.tolist(), np.array(matrix.to_rows(), np.uint32)[flagged], strict=True):
        for band, table in enumerate(tables):
            table.setdefault(row[band * ROWS : (band + 1) * ROWS].tobytes(), []).append(number)
    return verified_hashes(hashes, offsets, pairs_of_buckets(tables))


def fastsketch_pairs(texts: list[str], threads: int) -> Pairs:
    """Sketches of lists of strings and an index, as the README has it."""
    from FastSketchLSH import LSH, FastSimilaritySketch

    sets = [shingles(text) for text in texts]
    sketches = FastSimilaritySketch(size=NUM_PERM, seed=42).batch([list(found) for found in sets], num_threads=threads)
    return verified(sets, fastsketch_candidates(LSH(num_perm=NUM_PERM, num_bands=BANDS, num_threads=threads), sketches))


def fastsketch_hashes(texts: list[str], threads: int) -> Pairs:
    """Sketches of hashes in one array, which its README calls the path of most throughput."""
    from FastSketchLSH import LSH, FastSimilaritySketch

    hashes, offsets = shingle_hashes(texts)
    sketches = FastSimilaritySketch(size=NUM_PERM, seed=42).batch_csr(hashes, offsets, prehashed=True, num_threads=threads)
    index = LSH(num_perm=NUM_PERM, num_bands=BANDS, num_threads=threads)
    return verified_hashes(hashes, offsets, fastsketch_candidates(index, sketches))


def fastsketch_candidates(index: Any, sketches: Any) -> Pairs:
    """Returns the pairs that an index of FastSketchLSH finds."""
    index.insert(sketches)
    return {(earlier, later) for later, found in enumerate(index.query(sketches)) for earlier in found if earlier < later}


def text_dedup_pairs(texts: list[str], threads: int) -> Pairs:
    """The function that text-dedup maps over a dataset, and its tables."""
    import numpy as np
    from text_dedup.minhash import RNG, embed_func, optimal_param, xxh3_32hash

    prime, top = np.uint64((1 << 61) - 1), np.uint64((1 << 32) - 1)
    bands, rows = optimal_param(THRESHOLD, NUM_PERM, false_positive_weight=0.5, false_negative_weight=0.5)
    permutations = (
        RNG.randint(1, prime, size=(NUM_PERM,), dtype=np.uint64),
        RNG.randint(0, prime, size=(NUM_PERM,), dtype=np.uint64),
    )
    tables: list[dict[bytes, list[int]]] = [{} for _ in range(bands)]
    for number, text in enumerate(texts):
        embedded = embed_func(
            text,
            number,
            num_perm=NUM_PERM,
            ngram_size=WORDS,
            min_length=WORDS,
            hashranges=[(band * rows, (band + 1) * rows) for band in range(bands)],
            permutations=permutations,
            hash_func=xxh3_32hash,
            dtype=np.uint64,
            max_hash=top,
            modulo_prime=prime,
        )
        for table, key in zip(tables, embedded["__signatures__"], strict=True):
            table.setdefault(key, []).append(number)
    candidates = pairs_of_buckets(tables)
    needed = {number for pair in candidates for number in pair}
    sets = [shingles(text) if number in needed else set() for number, text in enumerate(texts)]
    return verified(sets, candidates)


def semhash_pairs(texts: list[str], threads: int) -> Pairs:
    """Embeddings of its default model, whose neighbours are compared exactly."""
    from semhash import SemHash

    found = SemHash.from_records(texts).self_deduplicate(threshold=THRESHOLD)
    numbers = {text: number for number, text in reversed(list(enumerate(texts)))}
    candidates = set()
    for removed in found.filtered:
        for other, _ in removed.duplicates:
            pair = sorted((numbers[removed.record], numbers[other]))
            candidates.add((pair[0], pair[1]))
    return verified([shingles(text) for text in texts], candidates)


def write_lines(texts: list[str], folder: Path) -> Path:
    """Writes the texts as JSON lines, which the pipelines of files read."""
    folder.mkdir()
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as lines:
        for number, text in enumerate(texts):
            lines.write(json.dumps({"id": str(number), "text": text}) + "\n")
    return folder


def count_lines(folder: Path) -> Kept:
    """Counts the texts that a pipeline of files kept."""
    return Kept(sum(len(path.read_bytes().splitlines()) for path in folder.rglob("*.jsonl")))


def datatrove_kept(texts: list[str], threads: int) -> Kept:
    """The four stages of its example, by its executor, one worker; words are those of spaCy's English tokenizer."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import minhash
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = minhash.MinhashConfig(n_grams=WORDS, num_buckets=BANDS, hashes_per_bucket=ROWS)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        texts_folder = str(write_lines(texts, folder / "texts"))
        signatures, duplicates, removals, kept = (str(folder / name) for name in ("signatures", "duplicates", "removals", "kept"))
        stages: list[tuple[list[Any], int]] = [
            ([JsonlReader(texts_folder), minhash.MinhashDedupSignature(signatures, config=config)], 1),
            ([minhash.MinhashDedupBuckets(signatures, duplicates, config=config)], BANDS),
            ([minhash.MinhashDedupCluster(duplicates, removals, config=config)], 1),
            ([JsonlReader(texts_folder), minhash.MinhashDedupFilter(removals), JsonlWriter(kept, compression=None)], 1),
        ]
        for number, (stage, tasks) in enumerate(stages):
            LocalPipelineExecutor(stage, tasks=tasks, workers=1, logging_dir=str(folder / f"log-{number}")).run()
        return count_lines(Path(kept))


def duplodocus_kept(texts: list[str], threads: int) -> Kept:
    """Its program for what fits into memory. Its tokens are words and the spaces between them: nine reach over five words."""
    program = shutil.which("duplodocus") or "duplodocus"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        places = {
            "--input-dir": write_lines(texts, folder / "texts"),
            "--storage-dir": folder / "work",
            "--output-dir": folder / "kept",
        }
        options = {"--num-buckets": BANDS, "--bucket-size": ROWS, "--ngram-size": 2 * WORDS - 1, "--tokenizer": "uniseg"}
        settings = [str(word) for option in (places | options | {"--remove-duplicates": "true"}).items() for word in option]
        subprocess.run([program, "minhash-memory", *settings], check=True, stdout=subprocess.DEVNULL)
        return count_lines(folder / "kept")


CONTESTANTS: dict[str, Callable[[list[str], int], Found]] = {
    "twinprint": twinprint_pairs,
    "datasketch, update": datasketch_update,
    "datasketch, bulk": datasketch_bulk,
    "rensa": rensa_pairs,
    "rensa, hashes": rensa_hashes,
    "FastSketchLSH": fastsketch_pairs,
    "FastSketchLSH, hashes": fastsketch_hashes,
    "text-dedup": text_dedup_pairs,
    "semhash": semhash_pairs,
    "datatrove": datatrove_kept,
    "duplodocus": duplodocus_kept,
}
