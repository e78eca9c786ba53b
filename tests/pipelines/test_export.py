"""Exports: what a person opens is what the store holds, and nothing in it comes alive."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import openpyxl
import pytest
import toy
from pyarrow import parquet

from pipelines.compare import COLUMNS
from pipelines.export import excel
from pipelines.export.cells import csv_text, fitting, is_exact, number_format, printable
from pipelines.export.excel import CONTENTS, NOTES, REST, export_xlsx
from pipelines.export.labels import label, word
from pipelines.export.tables import VIEWS, export_csv, export_parquet
from pipelines.store import TABLES, Entry, SourceRow, Store, Versions, pack, pack_checks, writing
from pipelines.store.values import hints
from schemas.errors import Outcome

A, B = "a" * 64, "b" * 64
PAYLOADS = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x","点")',
    "＝1+1", "-3.5%", "{=1+1}", "http://example.com", "\x1b]0;x\x07=1",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = toy.extraction(A, "一、概况\n2023年支出1234.50万元，预算12345678901234567.89万元，0人")
    figures = found.figures
    hostile = tuple(replace(figures[0], text=text, note="长" * 40000) for text in PAYLOADS)
    found = replace(found, figures=figures + hostile)
    with writing(tmp_path / "store", Versions("1", "1")) as writer:
        tables = pack(found) | pack_checks(A, *toy.checks(found))
        sources = [
            SourceRow(b"/a", "=档案/甲.docx", A, None, "", 1),
            SourceRow(b"/b", "档案/乙.docx", B, None, "", 1),
        ]
        writer.commit(1, [Entry(A, "ok", tables=tables), Entry(B, "timeout", "超过 120 秒未读完")], sources)
    with Store(tmp_path / "store") as store:
        yield store


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_holds_every_row_and_value(store: Store, tmp_path: Path) -> None:
    export_csv(store, tmp_path / "csv")
    assert (tmp_path / "csv" / "figures.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_csv(tmp_path / "csv" / "figures.csv")
    assert list(rows[0]) == store.columns("figures")
    assert [row["value"] for row in rows[:2]] == ["1234.50", "12345678901234567.89"]
    assert rows[0]["section"] == '["一、概况"]'
    assert read_csv(tmp_path / "csv" / "failures.csv")[0]["outcome"] == "timeout"
    for view in VIEWS:
        assert len(read_csv(tmp_path / "csv" / f"{view}.csv")) == store.count(view)[0]["n"]


def test_csv_texts_are_no_formulas(store: Store, tmp_path: Path) -> None:
    export_csv(store, tmp_path)
    rows = read_csv(tmp_path / "figures.csv")
    assert len(rows) == 2 + len(PAYLOADS)
    for row in rows:
        for column, value in row.items():
            if column not in {"value", "low", "high", "step"}:
                assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
            assert "\x1b" not in value
    assert rows[2]["text"] == f"'{PAYLOADS[0]}"
    assert {row["source"] for row in rows} == {"'=档案/甲.docx"}


def test_negative_numbers_stay_numbers_in_csv() -> None:
    assert csv_text(Decimal("-3.50")) == "-3.50"
    assert csv_text("-3.50") == "'-3.50"
    assert (csv_text(None), csv_text(False), csv_text(7)) == ("", "false", "7")


def test_parquet_holds_decimals(store: Store, tmp_path: Path) -> None:
    export_parquet(store, tmp_path)
    table = parquet.read_table(tmp_path / "figures.parquet")
    assert str(table.schema.field("value").type) == "decimal128(38, 10)"
    assert table.column("value").to_pylist()[1] == Decimal("12345678901234567.89")
    for view in VIEWS:
        assert parquet.read_table(tmp_path / f"{view}.parquet").num_rows == store.count(view)[0]["n"]


@pytest.fixture
def book(store: Store, tmp_path: Path) -> Any:
    return openpyxl.load_workbook(export_xlsx(store, tmp_path / "底稿.xlsx"))


def values(book: Any, sheet: str) -> list[dict[str, Any]]:
    head, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_workbook_has_every_sheet(book: Any) -> None:
    names = ["说明", "疑点清单", "复算", "数据清单", "指标", "评价表", "对比", "未读文件", "未解释数字"]
    assert book.sheetnames == names
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"


def test_numbers_are_numbers_shown_as_printed(book: Any) -> None:
    sheet = book["数据清单"]
    column = [cell.value for cell in sheet[1]].index("数值") + 1
    cell = sheet.cell(2, column)
    assert (cell.data_type, cell.value, cell.number_format) == ("n", 1234.5, "#,##0.00")
    assert sheet.cell(3, column).value == "12345678901234567.89"  # more digits than Excel knows


def test_rows_are_in_chinese(book: Any) -> None:
    assert values(book, "疑点清单")[0]["等级"] == "错误"
    assert values(book, "疑点清单")[0]["证据"] == "第1页：1234.50"
    assert values(book, "复算")[0]["结论"] == "不符"
    assert values(book, "复算")[0]["参与数"] == "分项 1234.50；合计 12345678901234567.89"
    assert values(book, "数据清单")[0]["表格"] == "合计／预算/年初"
    assert values(book, "未读文件") == [
        {"文件": "档案/乙.docx", "结果": "超时", "情况": "超过 120 秒未读完", "位置": None}
    ]
    assert values(book, "未解释数字")[0]["原因"] == "不成数"
    assert values(book, "对比")[0]["2023"] == "1234.50；12345678901234567.89"
    assert values(book, "说明")[0] == {"名称": "文档", "内容": "已读 1，超时 1"}


def test_no_text_comes_alive(book: Any) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    texts = [row["原文"] for row in values(book, "数据清单")]
    assert PAYLOADS[0] in texts
    assert "]0;x=1" in texts


def test_long_texts_are_cut_with_a_mark(book: Any) -> None:
    note = values(book, "数据清单")[2]["说明"]
    assert len(note) == 32767
    assert note.endswith("已截断）")


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 6)
    book = openpyxl.load_workbook(export_xlsx(store, tmp_path / "x.xlsx"))
    sheets = [name for name in book.sheetnames if name.startswith("数据清单")]
    assert sheets == ["数据清单", "数据清单2", "数据清单3"]
    assert sum(len(values(book, name)) for name in sheets) == store.count("figures")[0]["n"]


def test_an_empty_store_makes_a_workbook(tmp_path: Path) -> None:
    with writing(tmp_path / "empty", Versions("1", "1")):
        pass
    with Store(tmp_path / "empty") as store:
        export_csv(store, tmp_path / "csv")
        assert len(openpyxl.load_workbook(export_xlsx(store, tmp_path / "x.xlsx")).sheetnames) == 9


def test_every_column_and_every_word_has_a_label() -> None:
    for table in TABLES:
        for name, hint in hints(table.record).items():
            assert label(name) != name
            words = [
                value for part in (hint, *get_args(hint)) if get_origin(part) is Literal for value in get_args(part)
            ]
            assert [value for value in words if value.isascii() and word(name, value) == value] == []
    shown = [column for sheet in (NOTES, *CONTENTS, *REST) for column, _ in sheet.columns] + list(COLUMNS)
    assert [column for column in shown if label(column) == column and column.isascii()] == []
    assert [outcome for outcome in get_args(Outcome) if word("outcome", outcome) == outcome] == []


@pytest.mark.parametrize(
    ("value", "shape", "whole"),
    [
        ("1234.50", "#,##0.00", True),
        ("8", "#,##0", True),
        ("1E+3", "#,##0", True),
        ("0.0000001", "#,##0.0000000", True),
        ("12345678901234.567", "#,##0.000", False),
        ("NaN", "#,##0", False),
    ],
)
def test_number_formats(value: str, shape: str, *, whole: bool) -> None:
    assert (number_format(Decimal(value)), is_exact(Decimal(value))) == (shape, whole)


def test_cells_hold_no_control_characters_and_count_as_excel_counts() -> None:
    assert printable("甲\x00\x1b[31m乙\n丙\t丁\x85\uffff") == "甲[31m乙\n丙\t丁"
    assert fitting("😀" * 16383) == "😀" * 16383
    cut = fitting("😀" * 20000)
    assert len(cut.encode("utf-16-le")) // 2 <= 32767
    assert cut.endswith("已截断）")
