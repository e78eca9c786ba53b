import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest.assemble import Builder, Slot
from extract.ingest.labels import label_tables
from extract.lexicon import load
from schemas.document import BlockKind, Document, Table

FUNDS = [["项目", "预算数", "执行数"], ["合计", "100", "98.5"], ["中央资金", "60", "58.5"]]


def slots(rows: list[list[str]], spans: dict[tuple[int, int], tuple[int, int]] | None = None) -> list[Slot]:
    """Cells of a table; `spans` are rows and columns of merged cells, whose other positions hold "<"."""
    spans = spans or {}
    return [
        Slot(row, column, text, *spans.get((row, column), (1, 1)))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text != "<"
    ]


def labelled(*pieces: str | list[Slot]) -> Document:
    builder = Builder()
    for piece in pieces:
        if isinstance(piece, str):
            builder.add("paragraph", piece)
        else:
            builder.add_table(piece)
    return label_tables(builder.document(b"", "报告.docx", "docx"))


def first(*pieces: str | list[Slot]) -> Table:
    return labelled(*pieces).tables[0]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", "万元"),
        ("（单位：元）", "元"),
        ("金额单位：亿元", "亿元"),
        ("单位:人民币万元", "万元"),
        ("单位：人民币（千元）", "千元"),
        ("单位：万元人民币", "万元"),
        ("单 位： 万 元", "万元"),
        ("货币单位：百万美元", "百万美元"),
        ("单位：%、万元", "万元"),
        ("单位为万元", "万元"),
        ("部门：某市财政局　　　　金额单位：万元", "万元"),
        ("表2 资金安排情况表（单位：万元）", "万元"),
        ("表2 资金安排情况表（万元）", "万元"),
        (
            "2023年度，该项目三个分项的预算安排与实际执行情况，以及各分项结转到下一年度继续使用的金额，详见下表（单位：万元）：",
            "万元",
        ),
    ],
)
def test_unit_above(line: str, unit: str) -> None:
    document = labelled("三、资金情况", line, slots(FUNDS))
    table = document.tables[0]
    assert table.unit == unit
    assert table.unit_span is not None
    assert re.sub(r"\s", "", document.text[slice(*table.unit_span)]).startswith(
        ("单位", "金额单位", "货币单位", "（万元")
    )


@pytest.mark.parametrize(
    "line",
    [
        "填报单位：元氏县财政局",
        "单位：人",
        "单位：元/人",
        "单位：万元户",
        "预算单位：某局",
        "本年支出100万元",
        "本表以单位：万元列示，各分项合计与总数之间的细小差异是四舍五入造成的，不再逐项调整，请在使用时注意，特此说明如上。",
        "注：单位：万元",
        "补助标准（万元）",
    ],
)
def test_no_unit_above(line: str) -> None:
    assert first(line, slots(FUNDS)).unit is None


def test_unit_does_not_leak_into_the_next_table() -> None:
    tables = labelled("单位：万元", slots(FUNDS), slots(FUNDS), "人员情况表", slots(FUNDS)).tables
    assert [table.unit for table in tables] == ["万元", None, None]


def test_unit_reaches_over_caption_but_not_over_text() -> None:
    assert first("单位：万元", "表1 资金情况表", slots(FUNDS)).unit == "万元"
    assert first("单位：万元", "该项目本年度共实施三个分项。", slots(FUNDS)).unit is None


def test_running_heads_do_not_stand_between() -> None:
    builder = Builder()
    pieces: list[tuple[BlockKind, str]] = [("paragraph", "单位：万元"), ("header", "某局绩效报告"), ("footer", "第3页")]
    for kind, text in pieces:
        builder.add(kind, text)
    builder.add_table(slots(FUNDS))
    assert label_tables(builder.document(b"", "a.pdf", "pdf")).tables[0].unit == "万元"


def test_unit_in_the_table() -> None:
    rows = [["资金情况表", "<", "<"], ["单位：万元", "<", "<"], *FUNDS]
    document = labelled(slots(rows, {(0, 0): (1, 3), (1, 0): (1, 3)}))
    table = document.tables[0]
    assert (table.unit, table.caption, table.header_rows, table.header_columns) == ("万元", "资金情况表", 3, 1)
    assert table.unit_span is not None
    assert document.text[slice(*table.unit_span)] == "单位：万元"
    # beside something else, in a cell of its own
    assert first(slots([["填报单位：某局", "", "单位：万元"], *FUNDS])).unit == "万元"


@pytest.mark.parametrize("head", ["金额（万元）", "金额（单位：万元）", "预算数\n（单位：万元）"])
def test_unit_of_a_column_is_not_the_table_s(head: str) -> None:
    assert first(slots([["项目", head], ["合计", "100"]])).unit is None


def test_table_unit_is_nearer_than_the_line_above() -> None:
    rows = [["单位：元", "<", "<"], *FUNDS]
    assert first("单位：万元", slots(rows, {(0, 0): (1, 3)})).unit == "元"


@pytest.mark.parametrize(
    ("lines", "caption"),
    [
        (["表1-2 资金使用情况"], "表1-2 资金使用情况"),
        (["收入支出决算总表", "公开01表", "部门：某局"], "收入支出决算总表"),
        (["附表3：项目绩效目标完成情况表（2023年度）"], "附表3：项目绩效目标完成情况表（2023年度）"),
        (["资金明细表 单位：万元"], "资金明细表"),
        (["资金明细表（单位：万元）"], "资金明细表"),
        (["资金情况如下表："], ""),
        (["该局按要求填报了绩效自评表。"], ""),
        (["二、项目概况"], ""),
        (["群众代表"], ""),
    ],
)
def test_caption(lines: list[str], caption: str) -> None:
    assert first(*lines, slots(FUNDS)).caption == caption


def test_header_of_one_row() -> None:
    table = first(slots(FUNDS))
    assert (table.header_rows, table.header_columns) == (1, 1)


def test_header_of_two_rows_with_merged_cells() -> None:
    rows = [["项目", "资金", "<", "备注"], ["<", "预算数", "执行数", "<"], ["合计", "100", "98", "无"]]
    table = first(slots(rows, {(0, 0): (2, 1), (0, 1): (1, 2), (0, 3): (2, 1)}))
    assert (table.header_rows, table.header_columns) == (2, 1)


@pytest.mark.parametrize("row", [["栏次", "1", "2"], ["", "1", "2"], ["1", "2", "3"], ["甲", "1", "2=1-3"]])
def test_row_that_numbers_the_columns(row: list[str]) -> None:
    assert first(slots([FUNDS[0], row, *FUNDS[1:]])).header_rows == 2


@pytest.mark.parametrize("row", [["合计", "1", "2"], ["栏次", "1", "3"], ["栏次", "2", "1"], ["", "", "1"]])
def test_row_that_does_not_number_the_columns(row: list[str]) -> None:
    assert first(slots([FUNDS[0], row, *FUNDS[1:]])).header_rows == 1


def test_years_head_columns() -> None:
    assert first(slots([["项目", "2022年", "2023年"], ["支出", "90", "100"]])).header_rows == 1
    assert first(slots([["项目", "2022", "2023"], ["支出", "90", "100"]])).header_rows == 1


def test_text_in_the_first_data_row() -> None:
    rows = [["项目", "内容", "金额"], ["培训", "", "——"], ["会议", "三次", "5"]]
    table = first(slots(rows))
    assert (table.header_rows, table.header_columns) == (1, 2)


def test_table_of_text_only() -> None:
    table = first(slots([["问题", "原因"], ["进度慢", "招标晚"], ["", "人手少"]]))
    assert (table.header_rows, table.header_columns) == (1, 1)


def test_table_without_header() -> None:
    table = first(slots([["合计", "100"], ["中央", "60"]]))
    assert (table.header_rows, table.header_columns) == (0, 1)


def test_indicator_table() -> None:
    rows = [
        ["一级指标", "二级指标", "三级指标", "指标值", "完成值", "分值"],
        ["产出指标", "数量指标", "培训人次", "≥200人次", "230", "10分"],
        ["<", "质量指标", "合格率", "≥95%", "98%", "10"],
    ]
    table = first(slots(rows, {(1, 0): (2, 1)}))
    assert (table.header_rows, table.header_columns) == (1, 3)


def test_codes_and_row_numbers_are_labels() -> None:
    assert first(slots([["科目编码", "科目名称", "金额"], ["2080506", "缴费", "12.5"]])).header_columns == 2
    assert first(slots([["序号", "项目", "金额"], ["1", "甲", "12.5"]])).header_columns == 2
    assert first(slots([["数量", "项目", "金额"], ["1", "甲", "12.5"]])).header_columns == 0


def test_form_down_to_its_first_figures() -> None:
    rows = [
        ["项目名称", "职业培训", "<", "<"],
        ["项目资金", "", "预算数", "执行数"],
        ["<", "年度资金总额", "100", "98"],
    ]
    table = first(slots(rows, {(0, 1): (1, 3), (1, 0): (2, 1)}))
    assert (table.header_rows, table.header_columns) == (2, 2)


def test_nothing_else_of_the_document_changes() -> None:
    builder = Builder()
    builder.add("paragraph", "单位：万元")
    builder.add_table(slots(FUNDS))
    document = builder.document(b"", "a.docx", "docx")
    assert replace(label_tables(document), tables=document.tables) == document


@given(
    st.lists(
        st.lists(st.sampled_from(["", "项目", "100", "95%", "单位：万元", "1", "2"]), min_size=3, max_size=3),
        min_size=1,
        max_size=5,
    )
)
def test_labels_stay_within_the_table(rows: list[list[str]]) -> None:
    document = labelled(slots(rows))
    table = document.tables[0]
    assert 0 <= table.header_rows <= table.rows
    assert 0 <= table.header_columns <= table.columns
    assert (table.unit is None) == (table.unit_span is None)
    if table.unit_span:
        assert document.text[slice(*table.unit_span)] == "单位：万元"


def test_lexicon() -> None:
    words = load("labels")
    for name in ("statement", "bracketed"):
        assert "{unit}" in words[name]
        assert "unit" in re.compile(words[name].replace("{unit}", words["unit"])).groupindex
    for name in ("caption", "number_only", "tail", "data", "year"):
        re.compile(words[name])
    for name in ("counting_heads", "counting_marks"):
        assert len(set(words[name])) == len(words[name]) > 0
