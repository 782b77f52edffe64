"""The rules of what is kept are those of the command, and reports are its reports."""

from __future__ import annotations

import datetime
import json
import math
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import twinprint as tp

COMMAND = Path(os.environ.get("TWINPRINT_COMMAND", "no command"))

FERRY = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."
ARTICLE = (
    FERRY + " Passengers were brought to the mainland by bus over the old bridge at Tarrow, and the next one sails on Friday."
)
TEXTS = [FERRY, "SKELBY — " + FERRY, FERRY + " More follows soon.", "Councillors voted to close the harbour road."]
COLUMNS: dict[str, list[Any]] = {
    "quality": [0.5, None, 0.9, 1.0],
    "date": ["2026-11-25", "2026-11-27T08:00:00+02:00", None, "2020"],
    "source": ["blog", "wire", None, "post"],
}


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("first", [0, 3]),
        ("longest", [2, 3]),
        ("shortest", [0, 3]),
        ("score:quality", [2, 3]),
        ("score:quality:asc", [0, 3]),
        ("latest:date", [1, 3]),
        ("earliest:date", [0, 3]),
        ("source:wire,blog", [1, 3]),
        ("source:post,longest", [2, 3]),
        ("none", [3]),
    ],
)
def test_the_preferred_text_is_kept(keep: str, kept: list[int]) -> None:
    assert tp.dedup(TEXTS, keep=keep, columns=COLUMNS).kept == kept


def test_a_source_that_no_text_has_is_told() -> None:
    with pytest.warns(UserWarning, match="no text has the source 'wier' that keep names; .* 'source'") as told:
        assert tp.dedup(TEXTS, keep="longest,source:wier,blog", columns=COLUMNS).kept == [2, 3]
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tp.dedup(TEXTS, keep="source:post,wire", columns=COLUMNS)


def test_columns_may_be_of_any_library() -> None:
    dates = [datetime.datetime(2026, 11, 25), datetime.datetime(2026, 11, 27, 8), None, datetime.datetime(2020, 1, 1)]
    tables: list[Any] = [
        {"date": dates},
        {"date": np.array(dates, dtype="datetime64[ns]")},
        pl.DataFrame({"date": dates}),
        pd.DataFrame({"date": dates}),
        pa.table({"date": dates}),
        {"date": [0 if date is None else int(date.timestamp()) for date in dates]},
        {"date": [None if date is None else date.date() for date in dates]},
    ]
    for table in tables:
        assert tp.dedup(TEXTS, keep="latest:date", columns=table).kept == [1, 3], type(table)
    scores = [0.5, float("nan"), 0.9, 1.0]
    for table in ({"q": np.array(scores)}, pl.DataFrame({"q": scores}), pd.DataFrame({"q": scores}), pa.table({"q": scores})):
        assert tp.dedup(TEXTS, keep="score:q", columns=table).kept == [2, 3], type(table)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"keep": "best"}, "score:FIELD"),
        ({"keep": "score:quality"}, "columns="),
        ({"keep": "score:worth", "columns": COLUMNS}, "'worth'"),
        ({"keep": "score:worth", "columns": pl.DataFrame(COLUMNS)}, "'worth'"),
        ({"keep": "score:quality", "columns": {"quality": [1.0]}}, "1 values of 'quality' for 4 texts"),
        ({"keep": "none", "contained": 0.8}, "no meaning"),
        ({"clustering": "containers"}, "contained="),
        ({"clustering": "chains"}, "leader, containers or components"),
        ({"contained": 2.0}, "contained is 2; "),
    ],
)
def test_errors_of_rules_say_what_to_do(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        tp.dedup(TEXTS, **settings)


@pytest.mark.parametrize("value", ["yesterday", "", "20261341", 20261341, 2**70, 2**2000, math.inf, 2026.5])
def test_what_is_no_date_is_refused(value: object) -> None:
    says = "the column 'd' has .* at text 2, which is no date; .* or seconds or milliseconds since 1970, or None for none"
    with pytest.raises(ValueError, match=says):
        tp.dedup(TEXTS, keep="latest:d", columns={"d": ["2026-11-25", None, value, math.nan]})


@pytest.mark.parametrize("value", ["good", "", "nan", "inf", [1], 2**2000])
def test_what_is_no_score_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="the column 's' has .* at text 2, which is no score; give a number, or None for none"):
        tp.dedup(TEXTS, keep="score:s", columns={"s": [1, None, value, math.nan]})
    assert tp.dedup(TEXTS, keep="score:s", columns={"s": ["0.5", None, "0.75", math.nan]}).kept == [2, 3]


def test_fractions_of_a_second_are_read_and_do_not_count() -> None:
    for dates, kept in (
        ([1767225600.5, 1767225601.5], [1]),
        ([1767225600.1, 1767225600.9], [0]),
        ([1767225600100.5, 1767225601100.5], [1]),
        ([-0.5, 0.5], [1]),
        (["2026-11-25T08:00:00.1Z", "2026-11-25T08:00:00.9Z"], [0]),
    ):
        assert tp.dedup([FERRY, FERRY], keep="latest:d", columns={"d": dates}).kept == kept


def test_missing_values_of_pandas_are_missing() -> None:
    frame = pd.DataFrame({"s": pd.array([1, None, 3, 4], "Int64"), "d": pd.array(["2026", None, "2027", "2028"], "string")})
    frame["t"] = pd.to_datetime(["2026-01-01", None, "2027-01-01", "2028-01-01"])
    assert tp.dedup(TEXTS, keep="score:s", columns=frame).kept == [2, 3]
    assert tp.dedup(TEXTS, keep="latest:d", columns=frame).kept == [2, 3]
    assert tp.dedup(TEXTS, keep="latest:t", columns=frame).kept == [2, 3]
    assert tp.dedup(TEXTS, keep="source:2027", columns=frame, source="d").kept == [2, 3]
    assert len(tp.find_pairs(TEXTS, within=pd.Series(["a", None, "a", None], dtype="string"))) == 1


def test_dates_of_numpy_and_of_time_zones_are_dates() -> None:
    """The second text is the later one only in UTC."""
    stamps = ["2026-11-24T10:00:00+05:00", "2026-11-24T06:00:00+00:00"]
    dates = [np.datetime64("2026-11-24"), np.datetime64("2026-11-25")]
    zoned = pd.Series(pd.to_datetime(stamps, utc=True)).dt.tz_convert("Asia/Karachi")
    days = [date.astype("datetime64[ns]") for date in dates]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for column in (stamps, dates, days, np.array(dates), pd.Series(dates), zoned, pd.Index(zoned)):
            assert tp.dedup([FERRY] * 2, keep="latest:date", columns={"date": column}).kept == [1]
            assert tp.dedup([FERRY] * 2, keep="earliest:date", columns={"date": column}).kept == [0]


def test_a_date_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="give datetime"):
        tp.dedup(TEXTS, keep="latest:date", columns={"date": [object()] * 4})


def test_a_contained_text_goes_and_the_longer_one_stays() -> None:
    texts = [FERRY, ARTICLE, "Councillors voted to close the harbour road."]
    assert tp.dedup(texts, threshold=0.9).kept == [0, 1, 2]
    found = tp.dedup(texts, threshold=0.9, contained=0.9, scaled=1)
    assert found.kept == [1, 2]
    (removed,) = found.removed
    assert (removed.id, removed.duplicate_of, removed.containment) == (0, 1, 1.0) and removed.jaccard < 0.9


def test_none_removes_all_that_have_a_duplicate_and_names_the_most_similar() -> None:
    found = tp.dedup(TEXTS, keep="none")
    assert [removed.id for removed in found.removed] == [0, 1, 2]
    assert found.removed[1].duplicate_of == 0 and found.clusters == [[0, 1, 2]]
    assert not found.mask[:3].any()


def test_blank_texts_are_dropped_if_asked_to() -> None:
    found = tp.dedup(["***", " \n", "***", "", None], drop_blank=True)
    assert (found.kept, found.blank) == ([0], [1, 3, 4])
    assert tp.dedup(["***", " \n", "***", "", None]).kept == [0, 1, 3, 4]


def test_a_report_is_a_page_or_json(tmp_path: Path) -> None:
    found = tp.dedup(TEXTS, ids=[1, "1", "b", "c"])
    page = found.report(tmp_path / "report.html", title="Ferries & roads")
    assert page.startswith("<!DOCTYPE html>") and (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert "Ferries &amp; roads" in page
    report = json.loads(found.report(tmp_path / "report.JSON"))
    assert json.loads((tmp_path / "report.JSON").read_text(encoding="utf-8")) == report
    assert {pair["left"] for pair in report["pairs"]} | {pair["right"] for pair in report["pairs"]} == {
        "1 (text 0)",
        "1 (text 1)",
        "b",
    }
    assert len(report["pairs"]) == 3 and len(json.loads(found.report(format="json", max_pairs=1))["pairs"]) == 1
    assert tp.report(TEXTS, title="T") == tp.dedup(TEXTS).report(title="T")
    with pytest.raises(ValueError, match="'html' or 'json'"):
        found.report(format="pdf")


@pytest.mark.parametrize(
    ("name", "format", "says"),
    [
        ("report.pdf", None, "not as .pdf; choose such a name"),
        ("report.txt", "html", "not as .txt"),
        ("report.json", "html", "promises json, and format is 'html'"),
        ("report.HTM", "json", "promises html, and format is 'json'"),
    ],
)
def test_the_name_of_a_report_says_what_is_written(name: str, format: str | None, says: str, tmp_path: Path) -> None:
    found = tp.dedup(TEXTS)
    with pytest.raises(ValueError, match=says):
        found.report(tmp_path / name, format=format)
    # It is said before any work.
    with pytest.raises(ValueError, match=says):
        tp.report(None, tmp_path / name, format=format)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_report_without_an_ending_is_of_any_format(tmp_path: Path) -> None:
    found = tp.dedup(TEXTS)
    assert found.report(tmp_path / "page").startswith("<!DOCTYPE html>")
    assert json.loads(found.report(str(tmp_path / "data"), format="json")) == json.loads(found.report(format="json"))


def test_a_report_that_cannot_be_written_leaves_the_earlier_one(tmp_path: Path) -> None:
    path, link = tmp_path / "report.html", tmp_path / "link.html"
    path.write_text("the earlier one")
    path.chmod(0o640)
    link.symlink_to(path)
    code = """
import resource, signal, sys
import twinprint as tp
found = tp.dedup(["The ferry to Skelby was cancelled %d" % (number // 2) for number in range(400)], threshold=0.3)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    found.report(sys.argv[1])
except OSError as error:
    print("refused")
"""
    command = [sys.executable, "-c", code, str(path)]
    assert subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout == "refused\n"
    assert path.read_text() == "the earlier one" and sorted(tmp_path.iterdir()) == [link, path]
    page = tp.report(TEXTS, link)
    assert link.is_symlink() and path.read_text(encoding="utf-8") == page and path.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [link, path]


def test_a_folder_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "work"):
        with pytest.raises(NotADirectoryError, match="file.*; a file is where a folder is needed: choose another folder"):
            tp.find_pairs(TEXTS, folder=folder)
    with pytest.raises(ValueError, match="folder is empty; name a folder"):
        tp.dedup(TEXTS, folder="")
    with pytest.raises(FileNotFoundError, match="/proc/twinprint"):
        tp.find_pairs(TEXTS, folder="/proc/twinprint")
    assert len(tp.find_pairs(TEXTS, folder=os.fsencode(tmp_path / "new" / "work"))) == 3  # type: ignore[arg-type]


@pytest.mark.skipif(not COMMAND.exists(), reason="TWINPRINT_COMMAND names no command")
@pytest.mark.parametrize(
    "keep", ["first", "longest", "shortest", "score:quality,longest", "latest:date", "earliest:date", "source:wire,blog", "none"]
)
@pytest.mark.parametrize("contained", [None, 0.7])
def test_the_command_keeps_the_same(keep: str, contained: float | None, tmp_path: Path) -> None:
    if keep == "none" and contained is not None:
        return
    texts = [*TEXTS, ARTICLE, ARTICLE + " Tickets remain valid.", FERRY.upper()]
    columns = {name: [*values, *values[:3]] for name, values in COLUMNS.items()}
    rows = [
        {"id": str(number), "text": text, **{name: values[number] for name, values in columns.items()}}
        for number, text in enumerate(texts)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ["--keep", keep, "--source", "source", "--threshold", "0.6"]
    arguments += [] if contained is None else ["--contained", str(contained), "--contained-one-in", "1"]
    subprocess.run([COMMAND, "dedup", "in.jsonl", "-o", "out", *arguments], cwd=tmp_path, check=True, capture_output=True)
    kept = [json.loads(line)["id"] for line in (tmp_path / "out" / "kept.jsonl").read_text().splitlines()]
    scheme = tp.Scheme(words=3)
    ids = [row["id"] for row in rows]
    found = tp.dedup(texts, ids=ids, keep=keep, columns=columns, threshold=0.6, scheme=scheme, contained=contained, scaled=1)
    assert found.kept == kept


def test_what_is_wrong_is_refused_before_the_join(tmp_path: Path) -> None:
    work = tmp_path / "work"
    wrong: list[dict[str, Any]] = [
        {"max_pairs": -1},
        {"format": "pdf"},
        {"clustering": "chains"},
        {"clustering": "containers"},
        {"keep": "oldest"},
        {"keep": "score:none"},
        {"threshold": 2.0},
        {"contained": 0.0},
    ]
    for options in wrong:
        with pytest.raises(ValueError, match="|".join(options)):
            tp.report(TEXTS, folder=work, **options)
        assert not work.exists(), options
    tp.report(TEXTS, folder=work)
    assert work.exists()


def test_a_folder_of_another_scheme_is_a_mismatch(tmp_path: Path) -> None:
    tp.find_pairs(TEXTS, folder=tmp_path / "work")
    with pytest.raises(tp.SchemeMismatch, match="written under another scheme; use that one, or another folder"):
        tp.find_pairs(TEXTS, folder=tmp_path / "work", scheme=tp.Scheme(3))
