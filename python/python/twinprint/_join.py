"""Pairs and contained texts of a whole corpus."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from os import PathLike, fsdecode
from typing import TYPE_CHECKING, Any

from . import _native
from ._columns import names, unique
from ._pairs import Contained, Pairs

if TYPE_CHECKING:
    from ._native import Scheme
    from ._types import Texts

Progress = Callable[[str, int, int], object]
"""Called with the name of the stage, the steps that are done, and all steps of the stage."""


def join(
    texts: _native.Held,
    against: _native.Held | None,
    *,
    within: Iterable[Any] | None,
    across: Iterable[Any] | None,
    scheme: Scheme | None,
    threshold: float,
    recall: float,
    bucket_limit: int | None,
    folder: str | PathLike[str] | None,
    memory: int | None,
    threads: int | None,
    progress: Progress | None,
    expand: int = 32,
    contained: float | None = None,
    least: float | None = None,
    scaled: int = 4,
    max_document_frequency: int = 1000,
) -> _native.Found:
    if memory is not None and folder is None:
        raise ValueError("memory limits the join in a folder; give folder= too, or leave memory out")
    if folder is not None and not fsdecode(folder):
        raise ValueError("folder is empty; name a folder, such as folder='work', or leave it out to join in memory")
    if against is not None and (within is not None or across is not None):
        raise ValueError("within= and across= do not go with against=; join all texts, and say in across= which are which")
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is {type(progress).__name__}, not a function of the stage, the steps done and all steps")
    return _native.join(
        texts,
        against,
        within=names(within, len(texts), "values of within"),
        across=names(across, len(texts), "values of across"),
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        expand=expand,
        bucket_limit=bucket_limit,
        contained=contained,
        least=least,
        scaled=scaled,
        max_document_frequency=max_document_frequency,
        folder=None if folder is None else fsdecode(folder),
        memory=memory,
        threads=threads,
        progress=progress,
    )


def ids_of(
    texts: _native.Held,
    ids: Iterable[Hashable] | None,
    against: _native.Held | None,
    against_ids: Iterable[Hashable] | None,
) -> Sequence[Any] | None:
    named = unique(ids, len(texts))
    if against is None:
        if against_ids is not None:
            raise ValueError("against_ids belongs to against=, which is missing")
        return named
    others = unique(against_ids, len(against), "against_ids")
    if named is None and others is None:
        return None
    # Texts without ids have their numbers, which go on from one side to the other.
    numbers = range(len(texts), len(texts) + len(against))
    return [*(range(len(texts)) if named is None else named), *(numbers if others is None else others)]


def find_pairs(
    texts: Texts,
    *,
    against: Texts | None = None,
    ids: Iterable[Hashable] | None = None,
    against_ids: Iterable[Hashable] | None = None,
    within: Iterable[Any] | None = None,
    across: Iterable[Any] | None = None,
    threshold: float = 0.5,
    recall: float = 0.99,
    scheme: Scheme | None = None,
    expand: int = 32,
    bucket_limit: int | None = None,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Pairs:
    """Finds all pairs of texts whose Jaccard similarity reaches the threshold.

    :param against: Compare the texts only with these, not with one another. They are numbered after the texts.
    :param ids: What to call the texts, one for each, no two the same; their numbers from 0 otherwise.
    :param within: Compare only texts whose values here are equal: a column with their language, or their day.
    :param across: Compare only texts whose values here differ: a column with their outlet, or with "test" and "training".
    :param threshold: The least exact similarity, above 0 to 1.
    :param recall: The least share of the pairs at the threshold to find, below 1. Pairs above the threshold are missed less.
    :param scheme: What of a text counts. Defaults to :meth:`Scheme.news`, words in threes and, in scripts without spaces, letters
        in fives. The command defaults to ``Scheme(3)``.
    :param expand: A group of more equal texts than this is compared with others once, not text by text.
    :param folder: Join in files in this folder, for a corpus larger than memory; ``memory`` limits the bytes that it takes.
    :param threads: How many threads to use; all cores otherwise.
    :param progress: Called with the stage, the steps that are done, and all of them. What it raises ends the join.
    :raises ValueError: If a setting is outside its range, or two texts have one id; the message names it.
    :raises SchemeMismatch: If the folder was written under another scheme.
    :raises OSError: If a file of the folder cannot be read or written, or the folder belongs to something else. It is a
        :class:`NotADirectoryError`, :class:`PermissionError` or :class:`FileNotFoundError` where that is the reason.
    """
    held, others = _native.Held(texts), None if against is None else _native.Held(against)
    named = ids_of(held, ids, others, against_ids)
    found = join(
        held,
        others,
        within=within,
        across=across,
        scheme=scheme,
        threshold=threshold,
        recall=recall,
        expand=expand,
        bucket_limit=bucket_limit,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
    )
    return Pairs(named, found.pairs())


def contained(
    texts: Texts,
    *,
    against: Texts | None = None,
    ids: Iterable[Hashable] | None = None,
    against_ids: Iterable[Hashable] | None = None,
    within: Iterable[Any] | None = None,
    across: Iterable[Any] | None = None,
    least: float = 0.8,
    scheme: Scheme | None = None,
    expand: int = 32,
    scaled: int = 4,
    max_document_frequency: int = 1000,
    folder: str | PathLike[str] | None = None,
    memory: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Contained:
    """Finds texts that are inside longer ones: teasers in articles, quotations, test questions in training documents.

    :param least: The least share of the inner text's shingles that the outer one must have, above 0 to 1.
    :param scaled: One hash in this many is sampled. 1 finds texts of a few words too; 4 takes a quarter of the memory.
    :param max_document_frequency: A hash that more texts have is boilerplate and makes no candidates.

    The other parameters are those of :func:`find_pairs`.
    """
    held, others = _native.Held(texts), None if against is None else _native.Held(against)
    named = ids_of(held, ids, others, against_ids)
    found = join(
        held,
        others,
        within=within,
        across=across,
        scheme=scheme,
        threshold=1.0,
        recall=0.99,
        bucket_limit=None,
        folder=folder,
        memory=memory,
        threads=threads,
        progress=progress,
        expand=expand,
        least=least,
        scaled=scaled,
        max_document_frequency=max_document_frequency,
    )
    return Contained(named, found.contained())
