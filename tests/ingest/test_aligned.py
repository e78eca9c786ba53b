"""Tables without ruling lines, or with some only: read where they are plain, left as lines where they are not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.known import Cell
from benchmarks.unruled import Case, Draw, Look, grid, paragraphs, pdf, score, table, text, title
from benchmarks.unruled_cases import cases
from extract.ingest import read
from extract.ingest.labels import label_tables
from schemas.document import Document, Table

CASES = {case.name: case for case in cases()}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.truth])
def test_tables_come_back(name: str) -> None:
    right, total, missed, false, notes = score(CASES[name])
    assert (right, missed, false) == (total, 0, 0), notes


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.truth])
def test_look_alikes_stay_lines(name: str) -> None:
    assert document(CASES[name]).tables == ()


def document(case: Case) -> Document:
    found = read(pdf(case), "x.pdf")
    assert isinstance(found, Document)
    return found


def page(*draws: Draw) -> Document:
    return document(Case("page", (draws,)))


def rows(found: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in found.grid()]


LOOK = Look((150, 100, 100))
PLAIN = grid(
    "事项 | 预算数 | 执行数",
    "河道巡护 | 310.00 | 298.60",
    "堤岸维修 | 120.50 | 118.00",
    "水质监测 | 45.00 | 44.20",
)


def only(found: Document) -> Table:
    assert len(found.tables) == 1
    return found.tables[0]


def test_what_is_plain_is_readable_and_has_its_caption_and_unit() -> None:
    found = label_tables(page(title("经费执行情况表", 100), text("@420 单位：万元", top=130), table(PLAIN, LOOK, 140)))
    plain = only(found)
    assert (plain.quality, plain.caption, plain.unit, plain.header_rows) == ("readable", "经费执行情况表", "万元", 1)
    assert not found.warnings


def test_every_character_stays_once_in_order() -> None:
    found = page(paragraphs(1), table(PLAIN, LOOK), paragraphs(1, 400, start=5))
    words = "".join(cell[4] for cell in PLAIN)
    assert "".join(found.text.split()).count(words) == 1
    assert [block.kind for block in found.blocks] == ["paragraph", "table", "paragraph"]
    for cell in only(found).cells:
        assert found.text[cell.start : cell.end] == cell.text


def test_boxes_of_cells_hold_their_text() -> None:
    found = page(table(PLAIN, LOOK))
    for cell in only(found).cells:
        _, boxes = found.locate(cell.start, cell.end)
        place = cell.place.box
        assert place
        assert place.top - 1 <= boxes[0].top
        assert boxes[0].bottom <= place.bottom + 1


def wrapped_at(lines: Sequence[tuple[float, str, str]]) -> Document:
    """A head and lines (step from the line before, name, amount)."""
    draws = [text("@93 事项\t@250 预算数\t@350 执行数", top=100)]
    top = 120.0
    for step, name, amount in lines:
        top += step
        draws.append(text("\t".join([name, *([f"@250 {amount}", f"@350 {amount}"] if amount else [])]), top=top))
    return page(*draws)


def test_line_whose_row_cannot_be_told_stays_a_row_and_makes_the_table_suspect() -> None:
    found = wrapped_at(
        [(0, "内河清淤工程", "12.50"), (14, "与护岸维修的", ""), (14, "内河巡护工程", "8.00"), (14, "泵站", "7.50")]
    )
    assert rows(only(found))[1:] == [
        ["内河清淤工程", "12.50", "12.50"],
        ["与护岸维修的", "", ""],
        ["内河巡护工程", "8.00", "8.00"],
        ["泵站", "7.50", "7.50"],
    ]
    assert only(found).quality == "suspect"
    assert found.warnings == ("第1页有表格没有画全框线，按对齐读出，行列的归属存疑",)


def test_bracket_that_is_open_goes_on() -> None:
    found = wrapped_at(
        [(0, "泵站（含自动", "12.50"), (14, "控制）", ""), (14, "河道巡护管理", "8.00"), (14, "绿化", "7.50")]
    )
    assert [row[0] for row in rows(only(found))] == ["事项", "泵站（含自动控制）", "河道巡护管理", "绿化"]
    assert only(found).quality == "readable"


def test_heading_of_a_section_is_a_row_without_numbers() -> None:
    found = wrapped_at(
        [(0, "一、工程", ""), (20, "泵站", "12.50"), (20, "二、管护", ""), (20, "巡护", "8.00"), (20, "绿化", "7.50")]
    )
    assert [row[0] for row in rows(only(found))] == ["事项", "一、工程", "泵站", "二、管护", "巡护", "绿化"]


def without_head() -> tuple[Cell, ...]:
    return tuple((row - 1, *rest) for row, *rest in PLAIN if row)  # type: ignore[misc]


def test_numbers_without_a_head_are_no_table() -> None:
    assert page(table(without_head(), replace(LOOK, head=0))).tables == ()


def test_two_rows_are_no_table() -> None:
    assert page(table([cell for cell in PLAIN if cell[0] < 3], LOOK)).tables == ()


def test_head_that_says_nothing_of_numbers_is_none() -> None:
    unsaid = tuple((*cell[:4], {"预算数": "张立", "执行数": "李航"}.get(cell[4], cell[4])) for cell in PLAIN)
    assert page(table(unsaid, LOOK)).tables == ()


def test_title_right_above_a_head_is_no_label() -> None:
    for lines in ("none", "three"):
        found = only(page(title("经费执行情况", 146, 10.5), table(PLAIN, replace(LOOK, left=122, lines=lines), 150)))
        assert rows(found)[0] == ["事项", "预算数", "执行数"]


def test_rest_on_the_next_page_needs_the_same_columns() -> None:
    first = Case("pages", ((table(PLAIN, LOOK, 700),), (table(without_head(), replace(LOOK, head=0), 80),)))
    joined = document(first)
    assert len(rows(only(joined))) == 7
    moved = Case("pages", ((table(PLAIN, LOOK, 700),), (table(without_head(), replace(LOOK, head=0, left=190), 80),)))
    assert len(rows(only(document(moved)))) == 4


def test_ruled_tables_stay_as_they_are() -> None:
    def ruled(canvas: Any) -> None:
        for x in (72, 222, 322, 422):
            canvas.line(x, 842 - 150, x, 842 - 230)

    found = only(page(table(PLAIN, replace(LOOK, lines="rows"), 150), ruled))
    assert [(cell.row, cell.column, cell.text) for cell in found.cells] == [(r, c, t) for r, c, _, _, t in PLAIN]


def test_frame_around_prose_stays_one_cell() -> None:
    def frame(canvas: Any) -> None:
        canvas.rect(60, 842 - 300, 480, 220)
        canvas.line(60, 842 - 120, 540, 842 - 120)

    found = page(frame, text("本年工作情况", top=105), paragraphs(3, 140))
    assert {cell.column for cell in only(found).cells} == {0}
