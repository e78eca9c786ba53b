"""`jihe compare`, `failures`, `export` and `doctor`."""

import csv
import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import click
import openpyxl
import pyarrow.parquet as pq
import pytest

from pipelines.faces.cli.doctor import OURS
from pipelines.faces.cli.stores import Years
from pipelines.store import Store

Jihe = Callable[..., Any]


@pytest.mark.parametrize(
    ("written", "years"),
    [
        ("2023", ("2023",)),
        ("2020-2023", ("2020", "2021", "2022", "2023")),
        ("2020—2021", ("2020", "2021")),
        ("2020,2022", ("2020", "2022")),
        ("2020，2022-2023", ("2020", "2022", "2023")),
    ],
)
def test_years(written: str, years: tuple[str, ...]) -> None:
    assert Years().convert(written, None, None) == years


@pytest.mark.parametrize("written", ["", "20", "2023-2020", "去年", "2020-", "2020,"])
def test_years_that_are_none(written: str) -> None:
    with pytest.raises(click.BadParameter):
        Years().convert(written, None, None)


@pytest.fixture
def concept(store: Path) -> str:
    """A concept that several units have in several years."""
    with Store(store) as reader:
        counts = reader.count("comparisons", "concept", "unit_name", "year", role="spent")
    names: list[str] = [row["concept"] for row in counts if row["unit_name"] and row["year"]]
    return max(set(names), key=lambda name: (names.count(name), name))


def test_comparison_in_three_forms(jihe: Jihe, store: Path, concept: str) -> None:
    asked = ("compare", "--store", store, "--concept", concept, "--role", "spent")
    records = json.loads(jihe(*asked, "--format", "json").out)
    assert records
    assert all(row["concept"] == concept and row["role"] == "spent" and row["source"] for row in records)
    rows = list(csv.DictReader(jihe(*asked, "--format", "csv").out.splitlines()))
    assert {row["unit_name"] for row in rows} == {row["unit_name"] or "" for row in records}
    table = jihe(*asked).out
    assert table.startswith(concept)
    assert all(row["unit_name"][:6] in table for row in rows)


def test_comparison_of_some_years_and_units(jihe: Jihe, store: Path) -> None:
    asked = ("compare", "--store", store, "--format", "json")
    some = json.loads(jihe(*asked, "--years", "2021-2022", "--units", "云川市总工会，云川市林业局").out)
    assert {row["year"] for row in some} == {"2021", "2022"}
    assert {row["unit_name"] for row in some} == {"云川市总工会", "云川市林业局"}
    one = json.loads(jihe(*asked, "--unit", "云川市总工会").out)
    assert {row["unit_name"] for row in one} == {"云川市总工会"}


def test_a_long_comparison_is_cut_on_a_screen_only(jihe: Jihe, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.faces.cli.stores.MOST_ROWS", 10)
    result = jihe("compare", "--store", store)
    assert "只列前 10 行" in result.err
    assert len(list(csv.reader(jihe("compare", "--store", store, "--format", "csv").out.splitlines()))) > 11


def test_a_concept_that_is_not_there_is_met_with_others(jihe: Jihe, store: Path, concept: str) -> None:
    result = jihe("compare", "--store", store, "--concept", concept[:-1])
    assert (result.code, result.out) == (0, "")
    assert concept in result.err


def test_failures(jihe: Jihe, store: Path) -> None:
    rows = [json.loads(line) for line in jihe("failures", "--store", store, "--format", "jsonl").out.splitlines()]
    assert sorted(row["outcome"] for row in rows) == ["damaged", "empty"]
    table = jihe("failures", "--store", store)
    assert "已损坏" in table.out
    assert "：2" in table.err


def test_export(jihe: Jihe, store: Path, tmp_path: Path) -> None:
    book = tmp_path / "底稿.xlsx"
    assert jihe("export", book, "--store", store).code == 0
    assert "疑点清单" in openpyxl.load_workbook(book, read_only=True).sheetnames
    assert jihe("export", "--csv", tmp_path / "csv", "--store", store).code == 0
    assert (tmp_path / "csv" / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert jihe("export", "--parquet", tmp_path / "parquet", "--store", store).code == 0
    with Store(store) as reader:
        assert pq.read_table(tmp_path / "parquet" / "figures.parquet").num_rows == reader.count("figures")[0]["n"]


def test_export_does_not_write_over_a_working_paper(jihe: Jihe, store: Path, tmp_path: Path) -> None:
    book = tmp_path / "底稿.xlsx"
    book.write_text("意见", encoding="utf-8")
    refused = jihe("export", book, "--store", store)
    assert refused.code == 73
    assert "--force" in refused.err
    assert book.read_text(encoding="utf-8") == "意见"
    assert jihe("export", book, "--store", store, "--force").code == 0
    assert [path.name for path in tmp_path.iterdir()] == [book.name]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nowhere/底稿.xlsx"], 73), (["--csv", "存储/ledger.sqlite/x"], 73), (["底稿.doc"], 2)]
)
def test_export_to_where_it_cannot_be(jihe: Jihe, store: Path, arguments: list[str], code: int) -> None:
    target = arguments[-1].replace("存储", str(store))
    assert jihe("export", *arguments[:-1], target, "--store", store).code == code


def test_doctor(jihe: Jihe, store: Path) -> None:
    result = jihe("doctor", "--store", store, "--format", "json")
    found = {one["subject"]: one for one in json.loads(result.out)}
    assert result.code == 0
    assert found["Python"]["state"] == found["存储"]["state"] == "ok"
    assert all(found[f"包名 {name}"]["state"] == "ok" for name in OURS)
    assert "检查" in jihe("doctor", "--store", store).out


def test_doctor_looks_for_every_library(jihe: Jihe, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = {"jihe": "0.1", "pypdfium2": "5.0", "python-docx": "1.2"}

    def version(name: str) -> str:
        if name not in installed:
            raise PackageNotFoundError(name)
        return installed[name]

    required = ["pypdfium2>=5.0", "python-docx>=1.2; sys_platform == 'x'", "missing-one[extra]>=3,<4"]
    monkeypatch.setattr("importlib.metadata.version", version)
    monkeypatch.setattr("importlib.metadata.requires", lambda _: required)
    result = jihe("doctor", "--format", "json")
    states = {one["subject"]: one["state"] for one in json.loads(result.out)}
    assert result.code == 70
    assert [states[name] for name in ("pypdfium2", "python-docx", "missing-one")] == ["ok", "ok", "bad"]


def test_doctor_says_what_is_wrong(jihe: Jihe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: {"extract": ["jihe", "other"]})
    result = jihe("doctor", "--store", "/proc/nowhere")
    assert result.code == 70
    assert "other 也有这个包名" in result.out
    assert "/proc 写不进去" in result.out
