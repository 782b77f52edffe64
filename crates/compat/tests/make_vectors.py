"""Makes `vectors.json` with the real tools: values that the presets must reproduce.

    pip install datasketch==2.0.0 datatrove==0.10.1 "xxhash<4" regex tokenizers daft==0.7.26
    python crates/compat/tests/make_vectors.py

A tool that is not installed is left out with a note, and its vectors of an earlier run are kept.
"""

import json
import random
from importlib import metadata
from pathlib import Path

FILE = Path(__file__).with_name("vectors.json")
SENTENCE = "minhash is a probabilistic data structure".split()


def element_sets():
    """Yields sets of elements: the usual sentence, one element, many, and other scripts."""
    yield SENTENCE
    yield ["Hello"]
    letters = random.Random(7)
    yield ["".join(letters.choices("abcdefghij ", k=letters.randrange(1, 30))) for _ in range(30)]
    yield ["naïve", "東京", "🦀", "", "a\n"]


def vector(preset, seed, elements, values):
    """Returns one vector. The sum shows a difference anywhere in the values."""
    values = [int(value) for value in values]
    return {
        "preset": preset,
        "seed": seed,
        "num_hashes": len(values),
        "elements": elements,
        "first": [str(value) for value in values[:4]],
        "sum": str(sum(values) % 2**64),
    }


def datasketch():
    """Makes the vectors of datasketch."""
    from datasketch import MinHash

    for scheme in ("legacy", "affine32", "affine64"):
        for seed, num_perm in ((1, 128), (42, 128), (4294967295, 7)):
            for elements in element_sets():
                sketch = MinHash(num_perm=num_perm, seed=seed, scheme=scheme)
                sketch.update_batch([element.encode() for element in elements])
                yield vector(f"datasketch-{scheme}", seed, elements, sketch.hashvalues)


def datatrove():
    """Makes the vectors of datatrove."""
    import numpy as np
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.hashing import HashConfig, create_hash_func

    for precision in (64, 32):
        for name in ("xxhash", "sha1"):
            for seed, num_buckets in ((1, 14), (5, 20)):
                hashing = HashConfig(precision=precision, hash_fc=name)
                config = MinhashConfig(num_buckets=num_buckets, hashes_per_bucket=8, seed=seed, hash_config=hashing)
                # The tokenizer of the block is a large package that its arithmetic does not need.
                block = object.__new__(MinhashDedupSignature)
                block.config, block.num_hashes, block._parameters = config, num_buckets * 8, None
                hashed = create_hash_func(hashing)
                for elements in element_sets():
                    shingles = np.array([hashed(element) for element in elements], dtype=np.uint64).reshape(-1, 1)
                    values = sum(block.get_signature(shingles), [])
                    yield vector(f"datatrove-{precision}-{name}", seed, elements, values)


def daft():
    """Makes the vectors of Daft, whose elements are the words of a text."""
    import daft as package

    names = {"murmurhash3": "murmur3", "xxhash64": "xxh64", "xxhash": "xxh3", "sha1": "sha1"}
    for function, name in names.items():
        for seed in (1, 42):
            for elements in (SENTENCE, ["Hello"], ["naïve", "東京", "🦀"]):
                frame = package.from_pydict({"text": [" ".join(elements)]})
                column = package.col("text").minhash(num_hashes=16, ngram_size=1, seed=seed, hash_function=function)
                values = frame.select(column.alias("sketch")).to_pydict()["sketch"][0]
                yield vector(f"daft-{name}", seed, elements, values)


def main():
    """Writes the vectors of the tools that are installed."""
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    for make in (datasketch, datatrove, daft):
        name = make.__name__
        try:
            kept[name] = {"version": metadata.version(name), "vectors": list(make())}
            print(f"{name}: {len(kept[name]['vectors'])} vectors")
        except ImportError as error:
            print(f"{name} is left out: {error}")
    FILE.write_text(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).replace('{"preset"', '\n{"preset"') + "\n")


main()
