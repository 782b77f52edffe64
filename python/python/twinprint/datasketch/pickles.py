"""Pickles that datasketch wrote."""

from __future__ import annotations

import io
import pickle
from typing import Any, BinaryIO


class _Unpickler(pickle.Unpickler):
    """Finds the classes of datasketch here."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Returns the class of a name."""
        package, dot, rest = module_name.partition(".")
        if package == "datasketch":
            module_name = __package__ + dot + rest
        return super().find_class(module_name, global_name)


def load(file: BinaryIO) -> Any:
    """Reads one pickle of sketches or indexes, of datasketch or of this module, from an open file.

    As with every pickle: read only what you trust.
    """
    return _Unpickler(file).load()


def loads(data: bytes | bytearray | memoryview) -> Any:
    """Reads a pickle of sketches or indexes, of datasketch or of this module.

    >>> import pickle
    >>> from twinprint.datasketch import MinHash
    >>> sketch = MinHash(num_perm=4)
    >>> loads(pickle.dumps(sketch)) == sketch
    True
    """
    return load(io.BytesIO(data))
