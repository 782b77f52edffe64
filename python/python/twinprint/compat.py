"""The sketches of other tools, bit for bit, so that one stage of a running pipeline can be replaced.

>>> from twinprint.compat import Sketcher
>>> Sketcher("datasketch-affine32").sketch(["minhash", "is", "a", "probabilistic", "data", "structure"])[:4]
array([ 208646873,   78957534,  182869272, 1127851903], dtype=uint64)
>>> Sketcher("data-juicer", num_hashes=4).sketch_text("the quick brown fox jumps over the lazy dog")
array([186966786,  59101012, 343111293, 638598101], dtype=uint64)

What is wrong in a tool stays wrong under its preset; the documentation of the crate ``twinprint-compat`` says what that is. For
new data, use :class:`twinprint.Scheme`. Code that uses datasketch itself runs unchanged with :mod:`twinprint.datasketch`, and
pipelines of datatrove with :mod:`twinprint.datatrove`.
"""

from __future__ import annotations

from typing import NamedTuple

from . import _native
from ._native import Sketcher, simplify_text, spark_values

__all__ = ["PRESETS", "Preset", "Sketcher", "simplify_text", "spark_values"]


class Preset(NamedTuple):
    """What a tool does by default."""

    name: str
    """The name, for :class:`Sketcher`."""
    num_hashes: int
    """The number of values of a sketch."""
    seed: int
    """The seed of the permutations."""


PRESETS: dict[str, Preset] = {name: Preset(name, num_hashes, seed) for name, num_hashes, seed in _native.presets()}
"""All presets by their names. Spark hashes indices instead of elements: see :func:`spark_values`."""


def _restored(preset: str, num_hashes: int, seed: int) -> Sketcher:
    return Sketcher(preset, num_hashes=num_hashes, seed=seed)
