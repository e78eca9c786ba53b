"""`jihe check` and `jihe findings list`."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pipelines.audit import CHECKS
from pipelines.faces.cli.sarif import LEVELS
from schemas.finding import SEVERITIES

Jihe = Callable[..., Any]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A report whose parts do not make its total."""
    path = tmp_path / "错 误.txt"
    path.write_text(
        "自评报告\n全年共培训职工2588人次，其中焊工1351人次、电工768人次、护工505人次。\n", encoding="utf-8"
    )
    return path


def _lines(result: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.out.splitlines()]


def test_files_are_checked_where_they_lie(jihe: Jihe, wrong: Path, report: Path) -> None:
    result = jihe("check", wrong, report)
    assert result.code == 1
    assert "1351 + 768 + 505 = 2624人次" in result.out
    assert "第2段" in result.out
    assert "\n疑点：错误 1" in result.err
    assert "复算 2 处（相符 1，尾差 0，不符 1，" in result.err


def test_findings_as_json_hold_their_evidence(jihe: Jihe, wrong: Path) -> None:
    found = _lines(jihe("check", wrong, "--format", "jsonl"))
    text = wrong.read_text(encoding="utf-8")
    assert found[0]["check"] == "A01"
    assert all(text[one["start"] : one["end"]] == one["text"] for one in found[0]["evidence"])


def test_sarif_is_what_its_readers_expect(jihe: Jihe, wrong: Path) -> None:
    log = json.loads(jihe("check", wrong, "--format", "sarif").out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == [check.id for check in CHECKS]
    (result,) = [one for one in run["results"] if one["ruleId"] == "A01"]
    assert result["level"] == "error"
    assert "2624" in result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert " " not in place["artifactLocation"]["uri"]
    assert unquote(place["artifactLocation"]["uri"]).endswith("错 误.txt")
    region = place["region"]
    text = wrong.read_text(encoding="utf-8")
    assert text[region["charOffset"] :][: region["charLength"]] == region["snippet"]["text"]
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
    assert len(result["relatedLocations"]) == 3


def test_sarif_of_no_findings_is_whole(jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "好.txt"
    path.write_text("自评报告\n慰问困难职工66名。\n", encoding="utf-8")
    result = jihe("check", path, "--format", "sarif")
    assert result.code == 0
    assert json.loads(result.out)["runs"][0]["results"] == []


def test_levels_cover_every_severity() -> None:
    assert set(LEVELS) == set(SEVERITIES)
    assert set(LEVELS.values()) <= {"error", "warning", "note", "none"}


def test_without_files_the_store_is_listed_from_grave_to_light(jihe: Jihe, store: Path) -> None:
    result = jihe("check", "--store", store, "--format", "jsonl")
    assert result.code == 1
    ranks = [SEVERITIES.index(row["severity"]) for row in _lines(result)]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


def test_store_and_files_say_the_same(jihe: Jihe, store: Path, archive: Path) -> None:
    path = archive / "云川市总工会" / "2021-项目支出绩效自评报告.txt"
    of_file = _lines(jihe("check", path, "--format", "jsonl"))
    of_store = _lines(jihe("findings", "list", "--store", store, "--file", path.name, "--format", "jsonl"))
    kept = ("check", "severity", "statement", "recomputation", "fingerprint")
    mine = [row for row in of_store if "云川市总工会" in row["source"]]
    assert [[row[name] for name in kept] for row in of_file] == [[row[name] for name in kept] for row in mine]


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (["--severity", "error"], lambda row: row["severity"] == "error"),
        (["--severity", "error", "--severity", "info"], lambda row: row["severity"] in {"error", "info"}),
        (["--check", "A01"], lambda row: row["check"] == "A01"),
        (["--year", "2021"], lambda row: "/2021-" in row["source"]),
        (["--unit", "云川市总工会"], lambda row: "云川市总工会" in row["source"]),
        (["--file", ".docx"], lambda row: row["source"].endswith(".docx")),
    ],
)
def test_filters(jihe: Jihe, store: Path, conditions: list[str], holds: Callable[[Any], bool]) -> None:
    everything = _lines(jihe("findings", "list", "--store", store, "--format", "jsonl"))
    found = _lines(jihe("findings", "list", "--store", store, "--format", "jsonl", *conditions))
    assert found == [row for row in everything if holds(row)]
    assert 0 < len(found) < len(everything)


def test_a_filter_that_fits_nothing_finds_nothing(jihe: Jihe, store: Path) -> None:
    result = jihe("findings", "list", "--store", store, "--unit", "没有这个单位")
    assert (result.code, result.out) == (0, "")
    assert "疑点：无" in result.err


def test_findings_as_csv(jihe: Jihe, store: Path) -> None:
    rows = list(csv.DictReader(jihe("findings", "list", "--store", store, "--format", "csv").out.splitlines()))
    assert rows
    assert all(row["statement"] and row["place"] and row["source"] for row in rows)
