"""Context of a figure in a table: its row says what, its column in which role and year."""

import re
from collections.abc import Iterator

from extract.passages import Passage
from extract.quantities import Quantity
from extract.resolve.context import LAST_YEAR, Context
from schemas.figure import CellRef, Role

_COLUMN_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("adjusted", re.compile("全年预算|调整后?预算|预算调整")),
    ("budget", re.compile("年初预算|预算数|预算金额|批复|预算$|预算[（(]")),
    ("standard", re.compile("分值|权重|满分|标准分|标准$")),
    ("target", re.compile("指标值|目标值|计划|预期|目标$")),
    ("carryover", re.compile("结转")),
    ("surplus", re.compile("结余")),
    ("received", re.compile("到位|收入|拨款")),
    ("allocated", re.compile("下达|拨付")),
    ("change", re.compile("增减|同比|增长|差异|变动")),
    ("spent", re.compile("执行数|决算|支出|全年执行|已用")),
    ("actual", re.compile("完成值|实际|得分|执行率|完成率|完成情况|率$")),
    ("total", re.compile("合计|总计")),
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年|$)")


def cell_contexts(passage: Passage, quantities: list[Quantity]) -> Iterator[Context]:
    """One context a quantity of the cell, read from the labels above it and to its left."""
    if passage.grid is None or passage.cell is None:
        return
    columns, rows = passage.grid.column_labels(passage.cell), passage.grid.row_labels(passage.cell)
    column, row = "/".join(columns), "/".join(rows)
    role = next((role for role, pattern in _COLUMN_ROLES if pattern.search(column)), None)
    if role is None:
        role = next((role for role, pattern in _COLUMN_ROLES if pattern.search(row)), None)
    year = _YEAR.search(column) or _YEAR.search(row)
    period = year.group() if year else LAST_YEAR if re.search("上年|去年", column) else None
    subject = rows[-1] if rows else columns[-1] if columns else ""
    for _ in quantities:
        yield Context(subject, role, None, None, period)


def cell_ref(passage: Passage) -> CellRef | None:
    """Where the cell of a passage stands, with its labels; None for running text."""
    if passage.grid is None or passage.cell is None:
        return None
    grid, cell = passage.grid, passage.cell
    return CellRef(
        grid.table.index,
        cell.row,
        cell.column,
        "/".join(grid.row_labels(cell)),
        "/".join(grid.column_labels(cell)),
        cell.place.sheet or grid.table.place.sheet,
        cell.place.cell,
    )
