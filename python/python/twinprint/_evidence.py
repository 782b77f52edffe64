"""Why two texts are called alike."""

from __future__ import annotations

from typing import NamedTuple

from . import _native
from ._native import Scheme


class Passage(NamedTuple):
    """A passage that both texts have, word for word. ``left[passage.left]`` is its text.

    With ``tokenization="bytes"``, shingles begin and end within characters too. The bytes are those of the shingles then; the
    characters are the whole ones among them.
    """

    left: slice
    """Where it is in the left text, in characters, as Python counts."""
    right: slice
    """Where it is in the right text."""
    left_bytes: slice
    """Where it is in the left text, in bytes of UTF-8, as the command and the library count."""
    right_bytes: slice
    """Where it is in the right text, in bytes."""


class Evidence(NamedTuple):
    """Everything about how two texts are alike."""

    estimate: float
    """The similarity that the signatures estimate."""
    standard_error: float
    """The standard error of the estimate."""
    jaccard: float
    """The exact Jaccard similarity."""
    left_in_right: float
    """The share of the left text's shingles that the right one has."""
    right_in_left: float
    """The share of the right text's shingles that the left one has."""
    shared: int
    """The number of different shingles that both have."""
    passages: list[Passage]
    """The passages that both have, in the order of the left text."""


def evidence(left: str, right: str, *, scheme: Scheme | None = None, words: int = 8, letters: int = 16, gap: int = 2) -> Evidence:
    """Compares two texts in full.

    >>> one = "The ferry to Skelby was cancelled on Monday because of high winds."
    >>> found = evidence(one, "SKELBY — " + one)
    >>> found.left_in_right, one[found.passages[0].left]
    (1.0, 'The ferry to Skelby was cancelled on Monday because of high winds')

    :param words: The least length of a passage, in words.
    :param letters: The least length of a passage in scripts without spaces, in letters.
    :param gap: Passages that at most this many words divide are one.
    """
    (estimate, error), (of_left, of_right, shared), places = _native.evidence(
        left, right, scheme=scheme, words=words, letters=letters, gap=gap
    )
    union = of_left + of_right - shared
    return Evidence(
        estimate=estimate,
        standard_error=error,
        jaccard=shared / union if union else 0.0,
        left_in_right=shared / of_left if of_left else 0.0,
        right_in_left=shared / of_right if of_right else 0.0,
        shared=shared,
        passages=[Passage(slice(a[0], a[1]), slice(b[0], b[1]), slice(a[2], a[3]), slice(b[2], b[3])) for a, b in places],
    )


def passages(
    left: str, right: str, *, scheme: Scheme | None = None, words: int = 8, letters: int = 16, gap: int = 2
) -> list[Passage]:
    """Finds the passages that both texts have, word for word; the parameters are those of :func:`evidence`."""
    return evidence(left, right, scheme=scheme, words=words, letters=letters, gap=gap).passages
