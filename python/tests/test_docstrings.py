"""The examples in the documentation of the installed module hold."""

import doctest
import importlib
import pkgutil

import pytest

import twinprint

MODULES = [name for _, name, _ in pkgutil.walk_packages(twinprint.__path__, "twinprint.") if "_native" not in name]


@pytest.mark.parametrize("name", ["twinprint", *MODULES])
def test_examples_of(name: str) -> None:
    if name.rpartition(".")[2] in ("polars", "pandas", "datasets", "datatrove"):
        pytest.importorskip(name.rpartition(".")[2])
    if "spark" in name.split("."):
        pytest.importorskip("pyspark")
        pytest.importorskip("pyarrow")
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0


def test_there_are_examples() -> None:
    assert doctest.testmod(twinprint).attempted >= 3
