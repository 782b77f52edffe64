"""The presets of other tools give their values."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from twinprint.compat import PRESETS, Sketcher, simplify_text, spark_values

TOKENS = "minhash is a probabilistic data structure".split()
FOX = "the quick brown fox jumps over the lazy dog"


def test_every_preset_has_a_sketcher() -> None:
    assert len(PRESETS) == 18
    for name, preset in PRESETS.items():
        sketcher = Sketcher(name)
        assert (sketcher.preset, sketcher.num_hashes, sketcher.seed) == preset
        sketch = sketcher.sketch(TOKENS)
        assert sketch.dtype == np.uint64 and sketch.shape == (preset.num_hashes,)
        again = pickle.loads(pickle.dumps(sketcher))
        assert again == sketcher and hash(again) == hash(sketcher) and (again.sketch(TOKENS) == sketch).all()
        assert (sketcher.sketch([]) == sketcher.empty_value).all()
        assert (sketcher.sketch_hashes(sketcher.hashes(TOKENS)) == sketch).all()
        assert (sketcher.sketch_all([TOKENS, []])[0] == sketch).all()


def test_values_are_those_of_the_tools() -> None:
    assert Sketcher("datasketch-legacy").sketch(TOKENS)[:4].tolist() == [297616339, 339931219, 113505080, 311917730]
    assert Sketcher("datasketch-affine64", seed=42).sketch(TOKENS)[0] == 372832765148051700
    daft = Sketcher("daft-murmur3", num_hashes=4).sketch_text(FOX)
    assert daft is not None and daft.tolist() == [169963456, 170055958, 883624793, 221172847]
    assert spark_values([0, 1, 2], tables=3, seed=12345).tolist() == [617966841, 1866029325, 1371902766]
    assert simplify_text("It's 3.14 o'clock, café!") == "it s 0 o clock cafe"


@pytest.mark.parametrize(("preset", "scheme"), [("legacy", "legacy"), ("affine32", "affine32"), ("affine64", "affine64")])
def test_datasketch_itself_agrees(preset: str, scheme: str) -> None:
    datasketch = pytest.importorskip("datasketch")
    theirs = datasketch.MinHash(num_perm=64, seed=7, scheme=scheme)
    theirs.update_batch([token.encode() for token in TOKENS])
    assert Sketcher(f"datasketch-{preset}", num_hashes=64, seed=7).sketch(TOKENS).tolist() == theirs.hashvalues.tolist()


def test_texts_are_cut_as_the_tool_cuts_them() -> None:
    sketcher = Sketcher("text-dedup-64-xxh3")
    rows = sketcher.sketch_texts([FOX, None, "too short"])
    one = sketcher.sketch_text(FOX)
    assert one is not None and (rows[0] == one).all() and (rows[1:] == sketcher.empty_value).all()
    assert sketcher.sketch_text("too short") is None


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: Sketcher("minhash"), ValueError, "datatrove-64-xxhash"),
        (lambda: Sketcher("bigcode", num_hashes=0), ValueError, "1 to"),
        (lambda: Sketcher("datatrove-64-sha1").sketch_text("a text"), ValueError, "elements"),
        (lambda: Sketcher("bigcode").sketch("one"), TypeError, "into a list"),
        (lambda: Sketcher("bigcode").sketch([1]), TypeError, "str or bytes"),  # type: ignore[list-item]
    ],
)
def test_errors_say_what_to_do(call: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()  # type: ignore[operator]
