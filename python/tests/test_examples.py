"""The examples run, and print what they should."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

PRINTED = {
    "polars_frames": "kept: ['wire', 'other']\npost ~ wire  J=0.929\n",
    "pandas_frames": "kept: ['b', 'c']\na duplicates b  J=0.929\n",
    "hugging_face_datasets": "signature: 128 numbers\nkept: ['post', 'other']\nremoved: [('wire', 'post')]\n",
    "datatrove_pipeline": "kept: ['wire', 'other']\n",
    "duckdb_functions": "wire ~ post  J=0.929\n",
    "daft_functions": "wire ~ post  J=0.929\n",
    "spark_frames": "kept: ['wire', 'other']\npost duplicates wire  J=0.929\n",
}

NEEDED = {
    "polars_frames": "polars",
    "pandas_frames": "pandas",
    "hugging_face_datasets": "datasets",
    "datatrove_pipeline": "datatrove",
    "duckdb_functions": "duckdb",
    "daft_functions": "daft",
    "spark_frames": "pyspark",
}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_an_example_prints_what_it_should(name: str) -> None:
    pytest.importorskip(NEEDED[name])
    if name == "spark_frames" and not (shutil.which("java") and importlib.util.find_spec("py4j")):
        pytest.skip("Apache Spark needs Java; tools/cluster runs the same functions on Sail")
    run = subprocess.run([sys.executable, EXAMPLES / f"{name}.py"], capture_output=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stdout) == (0, PRINTED[name]), run.stderr


def test_every_example_is_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(PRINTED)


def test_the_notebook_runs() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("polars")
    notebook = nbformat.read(EXAMPLES / "tour.ipynb", as_version=4)
    expected = [outputs(cell) for cell in notebook.cells]
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert [outputs(cell) for cell in notebook.cells] == expected


def outputs(cell: object) -> list[str]:
    """What a cell shows as text."""
    return [str(output.get("text") or output["data"]["text/plain"]) for output in getattr(cell, "outputs", [])]
