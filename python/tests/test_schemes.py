"""Schemes by the names of their parts."""

from __future__ import annotations

import pickle

import pytest

import twinprint as tp


@pytest.mark.parametrize("name", ["words-and-signs", "words", "code", "white-space", "characters", "graphemes", "bytes"])
def test_tokenizations_have_names(name: str) -> None:
    scheme = tp.Scheme(tokenization=name, tokens=2, spaceless_tokens=4, short_text="skip")
    assert (scheme.tokenization, scheme.tokens, scheme.spaceless_tokens, scheme.short_text) == (name, 2, 4, "skip")
    assert pickle.loads(pickle.dumps(scheme)) == scheme


def test_code_tells_signs_apart() -> None:
    hasher = tp.MinHasher(tp.Scheme.code())
    written = "if (a > b) {\n    total += a * b;\n}"
    assert hasher.signature(written) == hasher.signature("if (a>b) { total += a*b; }")
    assert hasher.signature(written) != hasher.signature("if (a < b) { total += a * b; }")
    assert tp.Scheme.code().tokenization == "code" and tp.Scheme.code().id == "6e6dd8f7b234a0f0"


@pytest.mark.parametrize(
    ("rules", "left", "right"),
    [
        ("marks", "café menu", "cafe menu"),
        (["marks", "strokes"], "Łódź déjà", "Lodz deja"),
        ("mask-digits", "flight 1995", "flight 2026"),
        (["digits"], "gate ٣", "gate 3"),
        ("vietnamese", "Đà Nẵng", "Da Nang"),
        ({"form": "nfkc"}, "m²", "m2"),
        ({"digits": "zero"}, "flight 1995", "flight 2026"),
    ],
)
def test_differences_of_writing_have_names(rules: str | list[str] | dict[str, bool | str], left: str, right: str) -> None:
    loose, strict = tp.Scheme(words=1, normalization=rules), tp.Scheme(words=1)
    assert tp.MinHasher(loose).signature(left) == tp.MinHasher(loose).signature(right)
    assert tp.MinHasher(strict).signature(left) != tp.MinHasher(strict).signature(right)


def test_fields_of_normalization_are_read_and_set() -> None:
    scheme = tp.Scheme(words=1, normalization={"fold_case": False})
    assert scheme.normalization is not None and scheme.normalization["fold_case"] is False
    assert tp.MinHasher(scheme).signature("A") != tp.MinHasher(scheme).signature("a")
    assert tp.Scheme(words=1, normalization=[]) == tp.Scheme(words=1)
    characters = tp.Scheme(characters=4, normalization="marks").normalization
    assert characters is not None and characters["collapse_white_space"] is True


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"tokenization": "word"}, ValueError, "white-space"),
        ({"normalization": "accents"}, ValueError, "mask-digits"),
        ({"normalization": {"folding": True}}, ValueError, "fold_case"),
        ({"normalization": {"digits": "none"}}, ValueError, "ascii"),
        ({"normalization": 3}, TypeError, "list of names"),
        ({"short_text": "drop"}, ValueError, "whole"),
        ({"algorithm": "best"}, ValueError, "permutations"),
        ({"words": 3, "tokens": 2}, ValueError, "belongs to tokenization"),
    ],
)
def test_unknown_names_are_refused_with_those_that_there_are(
    settings: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        tp.Scheme(**settings)  # type: ignore[arg-type]


def test_a_description_names_every_field() -> None:
    scheme = tp.Scheme.news()
    assert "num_hashes=256" in scheme.description and scheme.algorithm == "permutations" and scheme.filter == "all"
