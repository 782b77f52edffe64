"""Corpora for the checks, and the answer that one machine gives for each."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

WORDS = [f"{head}{middle}{tail}" for head in "bcdfgklmnprst" for middle in ("a", "e", "io", "ou") for tail in range(400)]


class Text(NamedTuple):
    """A text of a corpus."""

    id: str
    text: str


class Answer(NamedTuple):
    """What one machine finds."""

    kept: list[str]
    removed: dict[str, str]
    #: A table of the columns left, right and jaccard.
    pairs: Any
    summary: dict[str, Any]


def shared(data: Path) -> Iterator[Text]:
    """All documents of the shared data."""
    for path in sorted(data.glob("*/docs.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                document = json.loads(line)
                yield Text(f"{path.parent.name}/{document['id']}", document["text"])
    for path in sorted(data.glob("*/*.txt")):
        yield Text(f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8"))


def made(texts: int, words: int = 100) -> Iterator[Text]:
    """Texts of made words, of which every tenth is a version of an earlier one, or a copy."""
    chance = random.Random(16)
    earlier: list[list[str]] = []
    for number in range(texts):
        if earlier and number % 10 == 9:
            text = list(chance.choice(earlier))
            for _ in range(chance.randrange(8)):
                text[chance.randrange(len(text))] = chance.choice(WORDS)
        else:
            text = chance.choices(WORDS, k=chance.randrange(words // 2, words + words // 2))
            if len(earlier) < 20_000:
                earlier.append(text)
            else:
                earlier[chance.randrange(len(earlier))] = text
        yield Text(f"made-{number}", " ".join(text))


def alike(texts: int) -> Iterator[Text]:
    """Versions of one form: they share nearly all band keys, so that buckets hold all of them."""
    chance = random.Random(50)
    form = chance.choices(WORDS, k=80)
    for number in range(texts):
        text = list(form)
        for _ in range(2):
            text[chance.randrange(len(text))] = chance.choice(WORDS)
        yield Text(f"form-{number}", " ".join(text))


def write(texts: Iterable[Text], folder: Path, pieces: int = 4) -> int:
    """Writes a corpus as JSON lines for the command, and as Parquet for engines. Returns the number of texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "parquet").mkdir(parents=True, exist_ok=True)
    schema = pa.schema([("position", pa.int64()), ("id", pa.string()), ("text", pa.string())])
    files = [pq.ParquetWriter(folder / "parquet" / f"{piece}.parquet", schema) for piece in range(pieces)]
    count, batch = 0, []
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as lines:
        for count, text in enumerate(texts, 1):
            lines.write(json.dumps(text._asdict(), ensure_ascii=False) + "\n")
            batch.append({"position": count - 1, **text._asdict()})
            if len(batch) == 5_000:
                files[count // 5_000 % pieces].write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        files[0].write_table(pa.Table.from_pylist(batch, schema))
    for file in files:
        file.close()
    return count


def answer(command: str, folder: Path, *options: str) -> Answer:
    """Runs the command over a corpus that :func:`write` wrote."""
    output = folder / "one-machine"
    # Nothing is too much to remove here.
    arguments = ["dedup", str(folder / "corpus.jsonl"), "--output", str(output), "--expand", "--quiet", "--most-of-corpus", "1"]
    subprocess.run([command, *arguments, *options], check=True)
    with (output / "kept.jsonl").open(encoding="utf-8") as lines:
        kept = [json.loads(line)["id"] for line in lines]
    with (output / "removed.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    return Answer(kept, {row["id"]: row["duplicate_of"] for row in rows}, read_pairs(output / "pairs.tsv"), summary)


def read_pairs(path: Path) -> Any:
    """Reads the pairs that the command wrote. There may be tens of millions, too many for objects of Python."""
    import pyarrow as pa
    from pyarrow import csv

    names = ["left", "right", "jaccard"]
    if path.stat().st_size == 0:
        return pa.table(
            {"left": pa.array([], pa.string()), "right": pa.array([], pa.string()), "jaccard": pa.array([], pa.float64())}
        )
    table = csv.read_csv(
        path,
        read_options=csv.ReadOptions(autogenerate_column_names=True),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(
            include_columns=["f0", "f1", "f2"], column_types={"f0": pa.string(), "f1": pa.string(), "f2": pa.float64()}
        ),
    )
    return table.rename_columns(names)


def same_pairs(found: Any, expected: Any) -> bool:
    """Compares two tables of pairs in any order. The command writes a similarity with six digits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = pc.unique(pa.chunked_array([*expected["left"].chunks, *expected["right"].chunks], pa.string()))

    def keyed(pairs: Any) -> Any:
        left, right = (pc.cast(pc.index_in(pairs[side], ids), pa.int64()) for side in ("left", "right"))
        key = pc.add(pc.multiply(left, len(ids)), right)
        return pa.table({"key": key, "jaccard": pairs["jaccard"]}).sort_by("key")

    found, expected = keyed(found), keyed(expected)
    if not found["key"].equals(expected["key"]):
        return False
    apart = pc.max(pc.abs(pc.subtract(found["jaccard"], expected["jaccard"]))).as_py()
    return apart is None or apart < 0.500001e-6
