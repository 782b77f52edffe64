"""Stages of a run, each written to a folder as Parquet, with a marker that names the settings it was made with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

MARKER = "settings string, schema string"
FORMAT = "3"
"""The number of what stages hold. An earlier version has other columns under the same names."""


class Stages:
    """The folder of a run. A stage that has its marker is read; any other is made, written, and then marked."""

    def __init__(self, session: SparkSession, folder: str, settings: Mapping[str, str]) -> None:
        """Opens a folder for a run with these settings."""
        self.session, self._folder, self._settings = session, folder.rstrip("/"), {**settings, "stage format": FORMAT}
        self._made: dict[str, DataFrame] = {}

    def stage(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """Returns a stage from its files.

        :raises ValueError: If the files were made with other settings.
        """
        if name not in self._made:
            schema = self._schema(name)
            if schema is None:
                frame = make()
                # An engine may write no file for a table without rows, and the schema would be lost with it.
                schema = frame.schema.json()
                frame.write.mode("overwrite").parquet(self._path(name))
                self._mark(name, schema)
            self._made[name] = self.session.read.schema(_nullable(schema)).parquet(self._path(name))
        return self._made[name]

    @property
    def folder(self) -> str:
        """The folder, without a slash at its end."""
        return self._folder

    def is_made(self, name: str) -> bool:
        """Whether an earlier call, or an earlier run, made a stage."""
        return name in self._made or self._schema(name) is not None

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    def _mark(self, name: str, schema: str) -> None:
        row = {"settings": [json.dumps(self._settings, sort_keys=True)], "schema": [schema]}
        table_of(self.session, row, MARKER).coalesce(1).write.mode("overwrite").parquet(self._path(f"markers/{name}"))

    def _schema(self, name: str) -> str | None:
        marker = self._marker(name)
        if marker is None:
            return None
        settings, schema = marker
        refuse_others(f"{self._folder}/{name}", json.loads(settings), self._settings)
        return schema

    def _marker(self, name: str) -> tuple[str, str] | None:
        try:
            rows = self.session.read.schema(MARKER).parquet(self._path(f"markers/{name}")).collect()
        except Exception as error:
            # The classes of exceptions differ between engines; the name of the condition does not.
            if "PATH_NOT_FOUND" in str(error):
                return None
            raise
        return (rows[0][0], rows[0][1]) if rows else None


def table_of(session: SparkSession, columns: Mapping[str, Any], schema: str) -> DataFrame:
    """Makes a small table. From Arrow, because Spark turns rows of Python into its own by a Python worker on an executor."""
    return session.createDataFrame(pa.Table.from_pydict(dict(columns)), schema)


def refuse_others(
    path: str, made: Mapping[str, Any], asked: Mapping[str, str], remedy: str = "give another folder, or the same settings"
) -> None:
    """Refuses settings other than those that files were made with.

    >>> refuse_others("work/edges", {"threshold": "0.5"}, {"threshold": "0.7"})
    Traceback (most recent call last):
    ValueError: work/edges was made with threshold 0.5, and this call has 0.7; give another folder, or the same settings
    """
    for name in sorted({*made, *asked}):
        if made.get(name) != asked.get(name):
            raise ValueError(f"{path} was made with {name} {made.get(name)}, and this call has {asked.get(name)}; {remedy}")


def _nullable(schema: str) -> StructType:
    return StructType.fromJson(json.loads(schema))
