"""`jihe findings decide`, `history` and `import`: decisions of people outlive runs and lapse when the values change."""

import csv
import sqlite3
from pathlib import Path
from shutil import copytree

import openpyxl
import pytest

from pipelines.batch import run
from tests.faces.conftest import Jihe

WRONG = "云川市某局2023年度项目支出绩效自评报告\n一、资金情况\n预算{budget}万元，支出31.27万元，结余4.73万元。\n"


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of one report and the store that it was read into."""
    folder = tmp_path_factory.mktemp("decisions")
    (folder / "档案").mkdir()
    (folder / "档案/自评.txt").write_text(WRONG.format(budget="35.00"), encoding="utf-8")
    run([folder / "档案"], folder / "存储", jobs=1)
    return folder


@pytest.fixture(name="archive")
def _archive(made: Path) -> Path:
    return made / "档案"


@pytest.fixture(name="store")
def _store(made: Path, tmp_path: Path) -> Path:
    return Path(copytree(made / "存储", tmp_path / "存储"))


def _listed(jihe: Jihe, store: Path) -> list[dict[str, str]]:
    out = jihe("findings", "list", "--store", store, "--check", "A06", "--format", "csv").out
    return list(csv.DictReader(out.lstrip("\ufeff").splitlines()))


def _fingerprint(jihe: Jihe, store: Path) -> str:
    (row,) = _listed(jihe, store)
    return row["fingerprint"]


def test_a_dismissed_finding_stays_in_the_list_and_fails_nothing(jihe: Jihe, store: Path) -> None:
    assert jihe("check", "--store", store).code == 1
    name = _fingerprint(jihe, store)[:8]
    assert jihe("findings", "decide", name, "--store", store, "--status", "误报", "--reason", "含上年结转").code == 0
    result = jihe("check", "--store", store)
    assert result.code == 0
    assert "另有 1 条已核定" in result.err
    assert "〔误报〕含上年结转" in result.out
    assert _listed(jihe, store)[0]["status"] == "误报"


def test_a_decision_survives_a_second_run_and_lapses_with_the_values(jihe: Jihe, archive: Path, store: Path) -> None:
    name = _fingerprint(jihe, store)
    jihe("findings", "decide", name, "--store", store, "--status", "属实", "--by", "张三")
    assert jihe("run", archive, "--store", store).code == 0
    assert _listed(jihe, store)[0]["status"] == "属实"
    (archive / "自评.txt").write_text(WRONG.format(budget="36.50"), encoding="utf-8")
    jihe("run", archive, "--store", store)
    (row,) = _listed(jihe, store)
    assert (row["fingerprint"], row["status"]) == (name, "待核实")


def test_the_history_keeps_every_decision(jihe: Jihe, store: Path) -> None:
    name = _fingerprint(jihe, store)
    jihe("findings", "decide", name, "--store", store, "--status", "核实中", "--by", "张三")
    jihe("findings", "decide", name, "--store", store, "--status", "口径差异", "--by", "李四", "--reason", "两个口径")
    result = jihe("findings", "history", name[:8], "--store", store)
    assert result.out.index("张三") < result.out.index("李四")
    assert "核定 2 次" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--status", "误报"), "要写明 --reason"),
        (("--status", "豁免", "--reason", "已说明"), "要写明 --until"),
    ],
)
def test_dismissing_needs_a_reason(jihe: Jihe, store: Path, arguments: tuple[str, ...], said: str) -> None:
    result = jihe("findings", "decide", _fingerprint(jihe, store), "--store", store, *arguments)
    assert result.code == 2
    assert said in result.err


def test_an_exemption_ends(jihe: Jihe, store: Path) -> None:
    name = _fingerprint(jihe, store)
    decide = ("findings", "decide", name, "--store", store, "--status", "豁免", "--reason", "已说明", "--until")
    jihe(*decide, "2999-12-31")
    assert jihe("check", "--store", store).code == 0
    jihe(*decide, "2020-12-31")
    assert jihe("check", "--store", store).code == 1


def test_an_unknown_name_is_refused(jihe: Jihe, store: Path) -> None:
    result = jihe("findings", "decide", "0000000", "--store", store, "--status", "属实")
    assert result.code == 2
    assert "没有这个编号的疑点" in result.err


def test_what_was_written_into_the_workbook_comes_back(jihe: Jihe, store: Path, tmp_path: Path) -> None:
    book = tmp_path / "底稿.xlsx"
    jihe("export", book, "--store", store)
    assert jihe("findings", "import", book, "--store", store).err.endswith("√ 读回 0 条核定\n")
    opened = openpyxl.load_workbook(book)
    sheet = opened["疑点清单"]
    assert "误报" in sheet.data_validations.dataValidation[0].formula1
    heads = {str(cell.value): cell.column or 0 for cell in sheet[1]}
    sheet.cell(2, heads["状态"], "误报")
    sheet.cell(2, heads["说明"], "含上年结转")
    sheet.cell(2, heads["核定人"], "王五")
    opened.save(book)
    assert "读回 1 条核定" in jihe("findings", "import", book, "--store", store).err
    row = next(
        one for one in csv.DictReader(jihe("findings", "list", "--store", store, "--format", "csv").out.splitlines())
    )
    assert (row["status"], row["note"], row["person"]) == ("误报", "含上年结转", "王五")


def test_a_row_that_is_no_decision_is_told(jihe: Jihe, store: Path, tmp_path: Path) -> None:
    book = tmp_path / "底稿.xlsx"
    jihe("export", book, "--store", store)
    opened = openpyxl.load_workbook(book)
    sheet = opened["疑点清单"]
    heads = {str(cell.value): cell.column or 0 for cell in sheet[1]}
    sheet.cell(2, heads["状态"], "误报")
    opened.save(book)
    result = jihe("findings", "import", book, "--store", store)
    assert "第2行：“误报”没有写说明" in result.err


def test_a_store_of_the_version_before_is_brought_up(jihe: Jihe, store: Path) -> None:
    name = _fingerprint(jihe, store)
    with sqlite3.connect(store / "ledger.sqlite") as database:
        database.executescript("alter table decisions drop column until; pragma user_version = 1;")
    assert _listed(jihe, store)[0]["status"] == "待核实"
    jihe("findings", "decide", name, "--store", store, "--status", "属实")
    assert _listed(jihe, store)[0]["status"] == "属实"
