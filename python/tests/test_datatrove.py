"""Each stage of datatrove's deduplication can be replaced: its files stay the same, byte for byte."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

datatrove = pytest.importorskip("datatrove")
pytest.importorskip("spacy")

from datatrove.data import Document  # noqa: E402
from datatrove.pipeline.dedup import minhash as theirs  # noqa: E402
from datatrove.utils.hashing import HashConfig  # noqa: E402

import twinprint.datatrove as ours  # noqa: E402

TASKS = 2
WORDS = "ferry harbour storm council budget river bridge market school winter letter museum garden island engine café".split()


def documents(task: int) -> list[Any]:
    source = random.Random(task)
    stems = random.Random(99)
    made = []
    for number in range(40):
        words = stems.choices(WORDS, k=60)
        if number % 3 == 0:
            words[source.randrange(60)] = f"it's {source.randrange(9)}.5 dont"
        else:
            words = source.choices(WORDS, k=60)
        made.append(Document(text=" ".join(words), id=f"{task}-{number}"))
    made.append(Document(text="too short", id=f"{task}-short"))
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run_stages(modules: list[Any], folder: Path, config: Any, **of_buckets: Any) -> list[Any]:
    """Runs the four stages, each from the module that is given for it, and returns the documents that are left."""
    signature, buckets, cluster, filters = modules
    for task in range(TASKS):
        signature.MinhashDedupSignature(str(folder / "signatures"), config=config).run(documents(task), task, TASKS)
    stage = buckets.MinhashDedupBuckets(str(folder / "signatures"), str(folder / "pairs"), config=config, **of_buckets)
    for rank in range(2 * config.num_buckets):
        stage.run(None, rank, 2 * config.num_buckets)
    cluster.MinhashDedupCluster(
        str(folder / "pairs"), str(folder / "removals"), config=config, save_cluster_id=True, save_cluster_size=True
    ).run(None, 0, 1)
    kept = []
    for task in range(TASKS):
        stage = filters.MinhashDedupFilter(str(folder / "removals"), load_cluster_ids=True, load_cluster_sizes=True)
        kept += [(document.id, document.metadata) for document in stage.run(documents(task), task, TASKS)]
    return kept


@pytest.mark.parametrize("hashes", [("xxhash", 64), ("xxhash", 32), ("sha1", 64), ("sha1", 32)])
def test_any_stage_may_be_ours(hashes: tuple[Any, Any], tmp_path: Path) -> None:
    config = theirs.MinhashConfig(num_buckets=5, hashes_per_bucket=4, hash_config=HashConfig(*reversed(hashes)))
    expected = run_stages([theirs] * 4, tmp_path / "theirs", config)
    written = files(tmp_path / "theirs")
    assert 20 < len(expected) < 80 and len(written) > 20
    for place in range(5):
        modules: list[Any] = [ours] * 4 if place == 4 else [ours if stage == place else theirs for stage in range(4)]
        folder = tmp_path / str(place)
        assert run_stages(modules, folder, config) == expected
        assert files(folder) == written


@pytest.mark.parametrize("only_dedup_in_index", [True, False])
def test_an_index_is_read_and_written(only_dedup_in_index: bool, tmp_path: Path) -> None:
    config = theirs.MinhashConfig(num_buckets=5, hashes_per_bucket=4)
    written = []
    for name, module in (("theirs", theirs), ("ours", ours)):
        folder = tmp_path / name
        # The documents of the first task are the index of an earlier corpus.
        module.MinhashDedupSignature(str(folder / "old"), config=config).run(documents(0), 0, 1)
        for bucket in range(config.num_buckets):
            theirs.MinhashBuildIndex(str(folder / "old"), str(folder / "index"), "old", config=config).run(
                None, bucket, config.num_buckets
            )
        of_buckets = {
            "index_folder": str(folder / "index"),
            "create_index_name": "new",
            "only_dedup_in_index": only_dedup_in_index,
        }
        run_stages([module] * 4, folder, config, **of_buckets)
        written.append(files(folder))
    assert written[0] == written[1]
    assert any(name.endswith("new_00.minhash.index") for name in written[0])


def test_an_excluded_document_is_written(tmp_path: Path) -> None:
    config = theirs.MinhashConfig(num_buckets=5, hashes_per_bucket=4)
    run_stages([ours] * 4, tmp_path, config)

    class Writer:
        """Collects documents."""

        def __init__(self) -> None:
            self.written: list[str] = []

        def __enter__(self) -> Writer:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, document: Any, rank: int) -> None:
            self.written.append(document.id)

    excluded = []
    for module in (theirs, ours):
        writer = Writer()
        list(module.MinhashDedupFilter(str(tmp_path / "removals"), exclusion_writer=writer).run(documents(1), 1, TASKS))
        excluded.append(writer.written)
    assert excluded[0] == excluded[1] != []
    with pytest.raises(FileNotFoundError, match="save_cluster_id"):
        (tmp_path / "removals" / "000001.clusters").unlink()
        list(ours.MinhashDedupFilter(str(tmp_path / "removals"), load_cluster_ids=True).run(documents(1), 1, TASKS))
