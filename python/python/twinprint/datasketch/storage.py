"""The tables of an index in memory, with the methods that the storages of datasketch have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, KeysView, Mapping
from typing import Any

Config = Mapping[str, Any]


class DictListStorage:
    """A list of values for each key, in the order of their arrival."""

    _dict: defaultdict[Any, Any]

    def __init__(self, config: Config) -> None:
        """Builds an empty table."""
        self._dict = defaultdict(list)

    def keys(self) -> KeysView[Any]:
        """Returns the keys."""
        return self._dict.keys()

    def get(self, key: Hashable) -> Any:
        """Returns the values of a key; none where the key is unknown."""
        return self._dict.get(key, [])

    def getmany(self, *keys: Hashable) -> list[Any]:
        """Returns the values of each key."""
        return [self.get(key) for key in keys]

    def insert(self, key: Hashable, *vals: Any, **kwargs: Any) -> None:
        """Adds values to a key."""
        self._dict[key].extend(vals)

    def remove(self, *keys: Hashable, **kwargs: Any) -> None:
        """Removes keys. Raises ``KeyError`` for an unknown one."""
        for key in keys:
            del self._dict[key]

    def remove_val(self, key: Hashable, val: Any, **kwargs: Any) -> None:
        """Removes one value of a key."""
        self._dict[key].remove(val)

    def size(self) -> int:
        """Returns the number of keys."""
        return len(self._dict)

    def itemcounts(self, **kwargs: Any) -> dict[Any, int]:
        """Returns the number of values of each key."""
        return {key: len(values) for key, values in self._dict.items()}

    def has_key(self, key: Hashable) -> bool:
        """Returns whether the key is known."""
        return key in self._dict

    @property
    def buffer_size(self) -> int:
        """The size of the buffer that a database would have. Memory has none."""
        return int(getattr(self, "_buffer_size", 50000))

    @buffer_size.setter
    def buffer_size(self, value: int) -> None:
        self._buffer_size = value

    def status(self) -> dict[str, int]:
        """Returns the number of keys, by the name that databases give it."""
        return {"keyspace_size": len(self)}

    def empty_buffer(self) -> None:
        """Does nothing, because nothing is held back."""

    def add_to_select_buffer(self, keys: list[Any]) -> None:
        """Looks keys up, and keeps the answers for :meth:`collect_select_buffer`."""
        if not hasattr(self, "_select_buffer"):
            self._select_buffer: list[Any] = []
        self._select_buffer.extend(self.getmany(*keys))

    def collect_select_buffer(self) -> list[Any]:
        """Returns the kept answers and forgets them."""
        answers = list(getattr(self, "_select_buffer", ()))
        if answers:
            self._select_buffer.clear()
        return answers

    def __getitem__(self, key: Hashable) -> Any:
        """Returns the values of a key."""
        return self.get(key)

    def __delitem__(self, key: Hashable) -> None:
        """Removes a key."""
        self.remove(key)

    def __len__(self) -> int:
        """Returns the number of keys."""
        return self.size()

    def __iter__(self) -> Iterator[Any]:
        """Yields the keys."""
        return iter(self.keys())

    def __contains__(self, item: Hashable) -> bool:
        """Returns whether the key is known."""
        return self.has_key(item)


class DictSetStorage(DictListStorage):
    """A set of values for each key."""

    def __init__(self, config: Config) -> None:
        """Builds an empty table."""
        self._dict = defaultdict(set)

    def get(self, key: Hashable) -> Any:
        """Returns the values of a key; none where the key is unknown."""
        return self._dict.get(key, set())

    def insert(self, key: Hashable, *vals: Any, **kwargs: Any) -> None:
        """Adds values to a key."""
        self._dict[key].update(vals)


OrderedStorage = DictListStorage
UnorderedStorage = DictSetStorage


def _check_in_memory(config: Config) -> None:
    if config["type"] != "dict":
        raise ValueError(
            f"storage type {config['type']!r} is not supported: this index keeps its tables in memory; "
            "leave storage_config out, or give {'type': 'dict'}"
        )


def ordered_storage(config: Config, name: bytes | None = None) -> DictListStorage:
    """Returns a table of lists. Raises ``ValueError`` for a storage other than memory."""
    _check_in_memory(config)
    return DictListStorage(config)


def unordered_storage(config: Config, name: bytes | None = None) -> DictSetStorage:
    """Returns a table of sets. Raises ``ValueError`` for a storage other than memory."""
    _check_in_memory(config)
    return DictSetStorage(config)
