"""What heads a cell: rows of labels above it, however the table is made."""

import pytest

from extract.grid import Grid
from schemas.document import Cell, Table


def _grid(*rows: str) -> Grid:
    """A table from rows whose cells are parted by |; an empty cell is none."""
    cells = [
        Cell(at, column, 0, 0, text)
        for at, row in enumerate(rows)
        for column, text in enumerate(row.split("|"))
        if text
    ]
    return Grid.of(Table(0, 0, 0, len(rows), max(row.count("|") + 1 for row in rows), tuple(cells)))


def _labels(grid: Grid, row: int, column: int) -> tuple[str, ...]:
    cell = grid.rows[row][column]
    assert cell is not None
    return grid.column_labels(cell)


@pytest.mark.parametrize("first", ["项目名称", "预算单位", "主管部门"])
def test_a_list_of_projects_or_bodies_has_a_head(first: str) -> None:
    grid = _grid(f"{first}|预算数|执行率|得分", "甲|100.00|98.00|9.8", "乙|50|98|9.8")
    assert [_labels(grid, 2, column) for column in (1, 2, 3)] == [("预算数",), ("执行率",), ("得分",)]


def test_a_head_of_two_rows_with_a_merged_name() -> None:
    grid = _grid("项目名称|预算数|预算数|得分", "项目名称|合计|财政拨款|得分", "甲|100.00|98.00|9.8")
    assert _labels(grid, 2, 2) == ("预算数", "财政拨款")


@pytest.mark.parametrize(
    "rows",
    [
        ("项目名称|某某路灯维修工程", "预算数|100"),
        ("主管部门|某局|实施单位|某中心", "预算数|100|执行数|98"),
        ("项目名称|水库维修专项资金|资金来源|财政拨款", "主管部门|某局|实施单位|某中心"),
    ],
)
def test_a_field_with_its_value_heads_nothing(rows: tuple[str, ...]) -> None:
    assert not _grid(*rows).headers[0]


def test_rows_of_text_below_the_head_are_no_heads() -> None:
    grid = _grid(
        "存在问题|整改情况", *(f"问题{'甲乙丙丁戊己庚辛壬癸'[at]}|正在整改" for at in range(10)), "其他|已培训30人"
    )
    assert _labels(grid, 5, 1) == ("整改情况",)
    assert grid.kinds.count("head") == 1
