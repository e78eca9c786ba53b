"""Tables that stand in a text with tabs or blanks between their columns, and text that only looks so."""

import pytest

from extract.ingest import read
from schemas.document import Document

TABBED = (
    "四、项目明细（单位：万元）\n序号\t项目\t2026年预算\t2025年预算\n1\t路灯\t2,612.00\t2,745.50\n"
    "2\t公厕\t1,440.00\t—\n\t小计\t4,052.00\t2,745.50\n"
)
WIDE = "各类得分：\n一级指标　权重　得分\n决策　15　13.20\n过程　20　15.45\n合计　35　28.65\n"
SINGLE = (
    "按科目列示如下（单位：万元）：\n科目名称 年初预算数 决算数\n一、教育支出 1,420.00 1,568.19\n"
    "二、卫生支出 94.60 92.83\n合计 1,514.60 1,661.02\n以上为全部支出。\n"
)


def _read(text: str) -> Document:
    document = read(text.encode(), "报告.txt")
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize(
    ("text", "shape", "unit", "quality"),
    [
        (TABBED + "\n五、其他\n" * 12, (4, 4), "万元", "readable"),
        (WIDE, (4, 3), None, "readable"),
        (SINGLE, (4, 3), "万元", "suspect"),
    ],
)
def test_columns_of_a_text_are_a_table(text: str, shape: tuple[int, int], unit: str | None, quality: str) -> None:
    document = _read(text)
    (table,) = document.tables
    assert ((table.rows, table.columns), table.unit, table.quality) == (shape, unit, quality)
    assert all(document.text[cell.start : cell.end] == cell.text for cell in table.cells)


def test_an_empty_first_field_keeps_the_columns() -> None:
    (table,) = _read(TABBED + "\n五、其他\n" * 12).tables
    assert [cell.text if cell else "" for cell in table.grid()[3]] == ["", "小计", "4,052.00", "2,745.50"]


@pytest.mark.parametrize(
    "text",
    [
        "一、概况　本局　设股室8个\n二、职责　主管　全县水利\n三、人员　编制　21名\n",
        "联系人：张三　电话：0531-1234567　邮编：250001\n负责人：李四　电话：0531-7654321　邮编：250002\n",
        "支出100万元，其中 培训 20万元。\n支出200万元，其中 培训 30万元。\n支出300万元，其中 培训 40万元。\n",
        "项目 预算 执行\n道路 100 90\n",
        "2021 2022 2023\n100 200 300\n400 500 600\n",
        "甲 乙 丙\n\n丁 1 2\n\n戊 3 4\n",
        "姓名\t职务\t分工\n张三\t局长\t全面工作\n李四\t副局长\t财务\n结束。\n" + "正文。\n" * 12,
    ],
)
def test_look_alikes_stay_text(text: str) -> None:
    assert _read(text).tables == ()
