"""The stages of datatrove's MinHash deduplication, each of which replaces one of a running pipeline.

The blocks take the settings of datatrove's own, and read and write the same files, byte for byte: signatures, duplicate pairs,
index, removals, clusters and sizes. So any stage of a pipeline may be one of these, and the others datatrove's.

    from datatrove.pipeline.dedup import MinhashConfig
    from twinprint.datatrove import MinhashDedupSignature   # was: from datatrove.pipeline.dedup import MinhashDedupSignature

Texts are simplified and cut into words by datatrove itself. Hashes, permutations and minima are computed in Rust; the other
stages read whole files into memory instead of merging them record by record.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    from datatrove.pipeline.dedup import minhash
    from datatrove.pipeline.dedup.minhash import SENTINEL, MinhashConfig
    from datatrove.utils.text import ngrams, simplify_text
    from datatrove.utils.typeshelper import StatHints
except ImportError as _error:
    raise ImportError("twinprint.datatrove needs datatrove; install it by: pip install 'datatrove[processing]'") from _error

from . import _native
from ._native import Sketcher

__all__ = ["MinhashConfig", "MinhashDedupBuckets", "MinhashDedupCluster", "MinhashDedupFilter", "MinhashDedupSignature"]


def _sketcher(config: Any) -> Sketcher:
    hashes = config.hash_config
    preset = f"datatrove-{hashes.precision}-{hashes.hash_fc}"
    return Sketcher(preset, num_hashes=config.num_buckets * config.hashes_per_bucket, seed=config.seed)


def _record(config: Any, *, of_index: bool = False) -> np.dtype[Any]:
    value = f"<u{config.hash_config.precision // 8}"
    fields: list[Any] = [(f"hash{number}", value) for number in range(config.hashes_per_bucket)]
    return np.dtype(fields if of_index else [*fields, ("document", "<u4")])


class MinhashDedupSignature(minhash.MinhashDedupSignature):
    """The first stage: writes the signatures of documents, sorted, a file for each bucket and task."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Takes the settings of datatrove's block."""
        super().__init__(*args, **settings)
        self._sketcher = _sketcher(self.config)

    def get_shingles(self, text: str) -> npt.NDArray[np.uint64]:
        """Returns the hashes of the shingles of a text, an array of shape (shingles, 1)."""
        words = self.word_tokenizer.word_tokenize(simplify_text(text, self.config.norm_config))
        return self._sketcher.hashes([" ".join(shingle) for shingle in ngrams(words, self.config.n_grams)]).reshape(-1, 1)

    def get_signature(self, shingles: npt.NDArray[np.uint64]) -> list[list[int]]:
        """Returns the values of a signature, a list for each bucket."""
        values = self._sketcher.sketch_hashes(np.ascontiguousarray(shingles, dtype=np.uint64).reshape(-1))
        rows: list[list[int]] = values.reshape(self.config.num_buckets, -1).tolist()
        return rows


class MinhashDedupBuckets(minhash.MinhashDedupBuckets):
    """The second stage: writes the pairs of documents that share a bucket, and the index of an earlier corpus."""

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> None:
        """Finds the pairs of one bucket, or of one range of its hashes."""
        if data is not None:
            raise ValueError("MinhashDedupBuckets reads files; do not use an input block before it")
        if world_size % self.config.num_buckets:
            raise ValueError(f"the number of tasks is {world_size}; it must be a multiple of {self.config.num_buckets} buckets")
        bucket, worker = divmod(rank, world_size // self.config.num_buckets)
        with self.track_time():
            files = self.input_folder.list_files(subdirectory=f"bucket_{bucket:03d}")
            bounds = self.get_worker_hash_range(files, rank, world_size)
            index = self._index_files(bucket)
            hashes, origins = self._read(files, index, bounds)
            pairs, is_new = _matches(hashes, origins, is_only_index=bool(index) and self.only_dedup_in_index)
            self._count(pairs)
            with self.output_folder.open(f"{bucket:05d}_{worker:02d}.dups", mode="wb") as out:
                out.write(pairs.astype("<u4").tobytes())
            if self.index_folder and self.create_index_name:
                name = f"bucket_{bucket:03d}/{self.create_index_name}_{worker:02d}.minhash.index"
                with self.index_folder.open(name, mode="wb") as out:
                    out.write(hashes[is_new].tobytes())

    def _index_files(self, bucket: int) -> list[str]:
        if not self.index_folder:
            return []
        files = self.index_folder.list_files(subdirectory=f"bucket_{bucket:03d}")
        # What this run has written is not part of the index that it reads.
        own = re.compile(rf"bucket_{bucket:03d}/{self.create_index_name}_\d{{2}}.minhash.index")
        return [name for name in files if not (self.create_index_name and own.fullmatch(name))]

    def _read(
        self, files: list[str], index: list[str], bounds: tuple[int, int]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint32]]:
        """Returns all hashes in datatrove's order, and the (file, document) of each; both are the sentinel for the index."""
        hashes, origins, places = [], [], []
        for number, name in enumerate([*index, *files]):
            of_index = number < len(index)
            with (self.index_folder if of_index else self.input_folder).open(name, mode="rb") as file:
                records = np.frombuffer(file.read(), dtype=_record(self.config, of_index=of_index))
            first = records[records.dtype.names[0]] if records.dtype.names else records
            records = records[(first >= bounds[0]) & (first < bounds[1])]
            origin = np.full((len(records), 2), SENTINEL, dtype=np.uint32)
            if not of_index:
                origin[:, 0], origin[:, 1] = int(Path(name).name.removesuffix(".minhash.sig")), records["document"]
            hashes.append(_hashes(records, _record(self.config, of_index=True)))
            origins.append(origin)
            places.append(np.full(len(records), number, dtype=np.uint32))
        if not hashes:
            return np.empty((0, self.config.hashes_per_bucket), dtype=np.uint64), np.empty((0, 2), dtype=np.uint32)
        values, origin = np.concatenate(hashes), np.concatenate(origins)
        keys = (origin[:, 1], np.concatenate(places), *(values[:, column] for column in reversed(range(values.shape[1]))))
        order = np.lexsort(keys)
        return values[order], origin[order]

    def _count(self, pairs: npt.NDArray[np.uint32]) -> None:
        of_index = int((pairs[:, 0] == SENTINEL).sum())
        if of_index:
            self.stat_update("index_match", value=of_index)
        if len(pairs):
            self.stat_update("total_matches", value=len(pairs))


def _hashes(records: npt.NDArray[Any], kind: np.dtype[Any]) -> npt.NDArray[Any]:
    width = np.dtype(kind[0])
    columns = [records[name] for name in kind.names or ()]
    return np.stack(columns, axis=1).astype(width) if len(records) else np.empty((0, len(columns)), dtype=width)


def _matches(
    hashes: npt.NDArray[Any], origins: npt.NDArray[np.uint32], *, is_only_index: bool
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.bool_]]:
    """Pairs each document with the record before it, if that has the same hashes. Also tells which ones an index needs."""
    repeats = np.zeros(len(hashes), dtype=np.bool_)
    repeats[1:] = (hashes[1:] == hashes[:-1]).all(axis=1)
    is_document = origins[:, 0] != SENTINEL
    later = np.flatnonzero(repeats & is_document)
    if is_only_index:
        later = later[~is_document[later - 1]]
    pairs = np.concatenate([origins[later - 1], origins[later]], axis=1)
    return pairs.astype(np.uint32), ~repeats & is_document


class MinhashDedupCluster(minhash.MinhashDedupCluster):
    """The third stage: writes the documents to remove, and their clusters and sizes if asked to."""

    def run(self, data: Any = None, _: int = 0, world_size: int = 1) -> None:
        """Clusters the pairs of all buckets. There must be one task."""
        files = self.input_folder.list_files(glob_pattern="*.dups")
        if len(files) % self.config.num_buckets:
            raise ValueError(f"there are {len(files)} files of pairs; the number must be a multiple of the number of buckets")
        if world_size != 1:
            raise ValueError(f"the number of tasks is {world_size}; clustering must be one task")
        with self.track_time():
            tables = []
            for name in files:
                with self.input_folder.open(name, "rb") as file:
                    tables.append(np.frombuffer(file.read(), dtype="<u4").reshape(-1, 4))
            pairs = np.concatenate(tables) if tables else np.empty((0, 4), dtype=np.uint32)
            pairs = np.ascontiguousarray(pairs, dtype=np.uint32)
            self._write(*_native.datatrove_clusters(pairs, ignore_index=self.ignore_index_matches))

    def _write(
        self,
        nodes: npt.NDArray[np.uint32],
        is_removed: npt.NDArray[np.bool_],
        clusters: npt.NDArray[np.uint32],
        sizes: npt.NDArray[np.uint32],
    ) -> None:
        begins = np.ones(len(nodes), dtype=np.bool_)
        begins[1:] = nodes[1:, 0] != nodes[:-1, 0]
        starts = np.flatnonzero(begins).tolist()
        with self.output_folder.get_output_file_manager(mode="wb") as out:
            for start, end in zip(starts, [*starts[1:], len(nodes)], strict=True):
                rows = slice(start, end)
                name, documents, removed = f"{int(nodes[start, 0]):06d}", nodes[rows, 1], is_removed[rows]
                if removed.any():
                    out.write(f"{name}.remove", documents[removed].astype("<u4").tobytes())
                for is_wanted, ending, values in (
                    (self.save_cluster_id, "clusters", clusters),
                    (self.save_cluster_size, "sizes", sizes),
                ):
                    if is_wanted:
                        out.write(f"{name}.{ending}", np.stack([documents, values[rows]], axis=1).astype("<u4").tobytes())
        self._count(is_removed, clusters, sizes)

    def _count(self, is_removed: npt.NDArray[np.bool_], clusters: npt.NDArray[np.uint32], sizes: npt.NDArray[np.uint32]) -> None:
        if not len(is_removed):
            return
        self.stat_update("duplicates", value=len(is_removed))
        self.stat_update("to_remove", value=int(is_removed.sum()))
        if self.save_cluster_id:
            self.stat_update("clusters", value=int(clusters.max()) + 1)
        for size in sizes[~is_removed].tolist():
            self.stat_update("cluster_size", value=size, unit="cluster")


class MinhashDedupFilter(minhash.MinhashDedupFilter):
    """The fourth stage: passes on the documents to keep."""

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Generator[Any, None, None]:
        """Filters the documents of one task."""
        if not self.data_folder.isfile(f"{rank:06d}.remove"):
            for document in data:
                self.stat_update(StatHints.total, StatHints.forwarded)
                yield document
            return
        removed = set(self._numbers(f"{rank:06d}.remove"))
        clusters = self._table(f"{rank:06d}.clusters") if self.load_cluster_ids else None
        sizes = self._table(f"{rank:06d}.sizes") if self.load_cluster_sizes else None
        with self.exclusion_writer if self.exclusion_writer else contextlib.nullcontext() as writer:
            for number, document in enumerate(data):
                with self.track_time():
                    if clusters is not None:
                        document.metadata["minhash_cluster_id"] = clusters.get(number, -1)
                    if sizes is not None:
                        document.metadata["minhash_cluster_size"] = sizes.get(number, 1)
                    is_removed = number in removed
                    self.stat_update(StatHints.total, StatHints.dropped if is_removed else StatHints.forwarded)
                    if is_removed and writer is not None:
                        writer.write(document, rank)
                if not is_removed:
                    yield document

    def _numbers(self, name: str) -> list[int]:
        with self.data_folder.open(name, "rb") as file:
            numbers: list[int] = np.frombuffer(file.read(), dtype="<u4").tolist()
        return numbers

    def _table(self, name: str) -> dict[int, int]:
        if not self.data_folder.exists(name):
            raise FileNotFoundError(
                f"{name}: the cluster stage did not write it; run that with save_cluster_id or save_cluster_size"
            )
        numbers: Iterator[int] = iter(self._numbers(name))
        return dict(zip(numbers, numbers, strict=True))
