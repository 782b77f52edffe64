"""polars, pandas and datasets have columns of the library's own values."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import twinprint as tp

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."
TEXTS = [FERRY, "SKELBY — " + FERRY, None, FERRY.upper(), "Councillors voted to close the harbour road.", ""]
IS_DUPLICATE = [False, True, False, True, False, False]


class TestPolars:
    """The namespace, eager, lazy and grouped."""

    pl = pytest.importorskip("polars")

    def test_columns_are_those_of_the_module(self) -> None:
        import polars as pl

        import twinprint.polars

        assert twinprint.polars.__doc__
        scheme, banding = tp.Scheme.web(), tp.Banding(16, 8)
        text = pl.col("text").twinprint  # type: ignore[attr-defined]
        frame = pl.DataFrame({"text": TEXTS}).lazy()
        frame = frame.with_columns(
            signature=text.signature(scheme), keys=text.band_keys(banding, scheme), shingles=text.shingles(scheme)
        )
        expected = {
            "text": pl.String,
            "signature": pl.Array(pl.UInt32, 128),
            "keys": pl.List(pl.UInt64),
            "shingles": pl.List(pl.UInt64),
        }
        assert frame.collect_schema() == expected
        found = frame.collect()
        assert found.schema == expected and found["signature"].null_count() == 1 and found["shingles"].null_count() == 1
        values = tp.signatures(TEXTS, scheme).numpy()
        assert found["signature"][0].to_list() == values[0].tolist()
        assert found["keys"].to_list() == pl.Series(tp.band_keys(tp.signatures(TEXTS, scheme), banding)).to_list()
        assert found["shingles"].to_list() == pl.Series(tp.shingles(TEXTS, scheme)).to_list()

    def test_similarities_are_exact(self) -> None:
        import polars as pl

        import twinprint.polars

        frame = pl.DataFrame({"a": TEXTS, "b": [FERRY] * 6})
        found = frame.select(
            one=pl.col("a").twinprint.jaccard("b"),  # type: ignore[attr-defined]
            two=twinprint.polars.jaccard("b", "a"),
            three=pl.col("a").twinprint.jaccard(pl.lit(FERRY)),  # type: ignore[attr-defined]
        )
        assert found["one"].to_list() == found["two"].to_list() == [1.0, 13 / 14, None, 1.0, 0.0, 0.0]
        assert found["three"].to_list() == found["one"].to_list()
        lists = frame.select(pl.col("a", "b").twinprint.shingles())  # type: ignore[attr-defined]
        assert np.nan_to_num(tp.jaccard(lists["a"], lists["b"]), nan=-1).tolist() == [1.0, 13 / 14, -1, 1.0, 0.0, 0.0]

    def test_duplicates_are_found_in_the_whole_column_or_in_groups(self) -> None:
        import polars as pl

        import twinprint.polars

        assert twinprint.polars.__doc__
        text = pl.col("text").twinprint  # type: ignore[attr-defined]
        frame = pl.DataFrame({"text": TEXTS, "site": ["a", "a", "a", "b", "b", "b"]})
        found = frame.select(
            whole=text.is_duplicate(threshold=0.8),
            longest=text.is_duplicate(threshold=0.8, keep="longest"),
            kept=text.representative(threshold=0.8),
            grouped=text.is_duplicate(threshold=0.8).over("site"),
        )
        assert found["whole"].to_list() == IS_DUPLICATE
        assert found["longest"].to_list() == [True, False, False, True, False, False]
        assert found["kept"].to_list() == [0, 0, 2, 0, 4, 5]
        assert found["grouped"].to_list() == [False, True, False, False, False, False]
        assert frame.clear().select(text.is_duplicate())["text"].to_list() == []

    def test_representatives_are_row_numbers_whatever_the_ids(self) -> None:
        import polars as pl

        import twinprint.polars

        assert twinprint.polars.__doc__
        text, frame = pl.col("text").twinprint, pl.DataFrame({"text": TEXTS})  # type: ignore[attr-defined]
        for ids in ([5, 4, 3, 2, 1, 0], range(100, 106), list("abcdef")):
            found = frame.select(text.representative(threshold=0.8, ids=ids))
            assert found["text"].to_list() == [0, 0, 2, 0, 4, 5]

    def test_a_column_of_nulls_has_no_texts(self) -> None:
        import polars as pl

        import twinprint.polars

        assert twinprint.polars.__doc__
        text, frame = pl.col("text").twinprint, pl.DataFrame({"text": [None, None]})  # type: ignore[attr-defined]
        found = frame.select(
            signature=text.signature(),
            shingles=text.shingles(),
            jaccard=text.jaccard(pl.lit(FERRY)),
            duplicate=text.is_duplicate(),
        )
        assert found.select("signature", "shingles", "jaccard").null_count().row(0) == (2, 2, 2)
        assert found["duplicate"].to_list() == [False, False]

    def test_a_column_that_is_no_text_is_refused(self) -> None:
        import polars as pl

        import twinprint.polars

        assert twinprint.polars.__doc__
        with pytest.raises((pl.exceptions.ComputeError, TypeError), match="Int64"):
            pl.DataFrame({"text": [1]}).select(pl.col("text").twinprint.signature())  # type: ignore[attr-defined]


def test_the_accessor_of_pandas_keeps_the_index() -> None:
    pd = pytest.importorskip("pandas")
    import twinprint.pandas

    assert twinprint.pandas.__doc__
    for kind in ("str", object):
        series = pd.Series(TEXTS, index=list("abcdef"), dtype=kind, name="text")
        found = series.twinprint.is_duplicate(threshold=0.8)
        assert found.tolist() == IS_DUPLICATE and list(found.index) == list("abcdef") and found.name == "text"
        assert [removed.id for removed in series.twinprint.dedup(threshold=0.8).removed] == ["b", "d"]
        assert np.array_equal(series.twinprint.signatures(), tp.signatures(TEXTS).numpy())
        similarities = series.twinprint.jaccard(pd.Series([FERRY] * 6))
        assert similarities["b"] == 13 / 14 and np.isnan(similarities["c"])
    repeated = pd.Series(TEXTS, index=[0, 1, 2, 2, 1, 5])
    assert repeated.twinprint.is_duplicate(threshold=0.8).tolist() == IS_DUPLICATE
    assert repeated.twinprint.dedup(threshold=0.8, ids=None).kept == [0, 2, 4, 5]
    with pytest.raises(ValueError, match="repeats the label .*2.*; call reset_index"):
        repeated.twinprint.dedup(threshold=0.8)
    frame = pd.DataFrame({"text": TEXTS[:2], "q": [1, 2]})
    assert frame["text"].twinprint.is_duplicate(keep="score:q", columns=frame).tolist() == [True, False]


@pytest.mark.parametrize("form", [None, "numpy", "arrow"])
def test_datasets_are_mapped(form: str | None) -> None:
    datasets = pytest.importorskip("datasets")
    from twinprint.datasets import BandKeys, Signer

    datasets.disable_progress_bars()
    corpus = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(6))}).with_format(form)
    scheme, banding = tp.Scheme.web(), tp.Banding(16, 8)
    signed = corpus.map(Signer(scheme), batched=True, batch_size=4)
    keyed = signed.map(BandKeys(banding, scheme), batched=True, batch_size=4).with_format(None)
    assert np.array_equal(np.array(keyed["signature"], dtype=np.uint32), tp.signatures(TEXTS, scheme).numpy())
    keys = tp.band_keys(tp.signatures(TEXTS, scheme), banding, signed=True)
    assert sum(keyed["band_keys"], []) == keys.values().tolist()
    assert keyed.column_names == ["text", "n", "signature", "band_keys"]


@pytest.mark.parametrize("form", [None, "numpy", "arrow", "pandas", "polars"])
def test_datasets_that_are_mapped_again_have_each_column_once(form: str | None) -> None:
    datasets = pytest.importorskip("datasets")
    from twinprint.datasets import BandKeys, Signer

    datasets.disable_progress_bars()
    banding, names = tp.Banding(16, 8), ["text", "n", "signature", "band_keys"]
    corpus = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(6))}).with_format(form)
    for scheme in (tp.Scheme.web(), tp.Scheme(words=2)):
        corpus = corpus.map(Signer(scheme), batched=True, batch_size=4).map(BandKeys(banding, scheme), batched=True, batch_size=4)
        plain = corpus.with_format(None)
        assert plain.column_names == names and plain["n"][:] == list(range(6))
        signatures = tp.signatures(TEXTS, scheme)
        assert np.array_equal(np.array(plain["signature"], dtype=np.uint32), signatures.numpy())
        assert sum(plain["band_keys"], []) == tp.band_keys(signatures, banding, signed=True).values().tolist()
    overwritten = corpus.map(Signer(scheme, output="text"), batched=True).with_format(None)
    assert overwritten.column_names == names and len(overwritten[0]["text"]) == 128


def test_datasets_are_deduplicated() -> None:
    datasets = pytest.importorskip("datasets")
    from twinprint.datasets import Signer, dedup

    corpus = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(6))})
    kept, found = dedup(corpus, threshold=0.8, keep="score:n")
    assert kept.to_dict()["n"] == [2, 3, 4, 5] and [removed.duplicate_of for removed in found.removed] == [3, 3]
    kept, found = dedup(corpus.rename_column("text", "body"), column="body", id_column="n", threshold=0.8)
    assert kept.to_dict()["n"] == [0, 2, 4, 5] and found.kept == [0, 2, 4, 5]
    with pytest.raises(ValueError, match="no column 'body'"):
        dedup(corpus, column="body")
    signer = Signer(tp.Scheme(words=2), column="text")
    assert pickle.loads(pickle.dumps(signer)).scheme == signer.scheme


def test_datasets_are_deduplicated_as_they_are_stored() -> None:
    datasets = pytest.importorskip("datasets")
    from twinprint.datasets import dedup

    corpus = datasets.Dataset.from_dict({"text": TEXTS, "n": list(range(6)), "id": list("abcdef")})

    def same(batch: dict[str, list[object]]) -> dict[str, list[str]]:
        return {name: ["the same text for every row of it"] * len(values) for name, values in batch.items()}

    plain = dedup(corpus, threshold=0.8, id_column="id", keep="score:n").found
    for shown in (corpus.with_transform(same), corpus.with_format("numpy", columns=["n"]), corpus.with_format("polars")):
        kept, found = dedup(shown, threshold=0.8, id_column="id", keep="score:n")
        assert found.kept == plain.kept == ["c", "d", "e", "f"] and found.removed == plain.removed
        assert kept.format["type"] == shown.format["type"]
    for settings in ({"id_column": "url"}, {"keep": "score:url"}):
        with pytest.raises(ValueError, match="'url'"):
            dedup(corpus, **settings)


def test_datasets_of_another_kind_and_single_rows_are_refused_with_the_remedy() -> None:
    datasets = pytest.importorskip("datasets")
    from twinprint.datasets import BandKeys, Signer, dedup

    datasets.disable_progress_bars()
    corpus = datasets.Dataset.from_dict({"text": TEXTS})
    for other in (corpus.to_iterable_dataset(), datasets.DatasetDict({"train": corpus})):
        with pytest.raises(TypeError, match=f"dataset is {type(other).__name__}, not Dataset; .*streaming"):
            dedup(other)
    for function in (Signer(), BandKeys(tp.Banding(16, 8))):
        for rows in (corpus, corpus.select([2])):
            with pytest.raises(TypeError, match="call map with batched=True"):
                rows.map(function)
