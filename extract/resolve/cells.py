"""Context of a figure in a table: its row says what, its column in which role and year."""

import re
from collections.abc import Iterator

from extract.passages import Passage
from extract.quantities import Quantity
from extract.resolve.context import LAST_YEAR, Context
from schemas.figure import CellRef, Role

_LABEL_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("adjusted", re.compile("全年预算|调整后?预算|预算调整")),
    ("budget", re.compile("年初预算|预算数|预算金额|批复|预算$|预算[（(]|(?:收入|支出)预算")),
    ("standard", re.compile("分值|权重|满分|标准分|标准$")),
    ("target", re.compile("指标值|目标值|计划|预期|目标$")),
    ("carryover", re.compile("结转")),
    ("surplus", re.compile("结余")),
    ("change", re.compile("增减|同比|增长|差异|变动")),
    ("received", re.compile("到位|收入|拨款")),
    ("allocated", re.compile("下达|拨付")),
    ("spent", re.compile("执行数|决算|支出|全年执行|已用")),
    ("actual", re.compile("完成值|实际|得分|执行率|完成率|完成情况|率$")),
    ("total", re.compile("合计|总计")),
)
_BUDGET_TABLE = re.compile("预算(?:总|分类|收支)?(?:情况)?表")
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年|$)")


def cell_contexts(passage: Passage, quantities: list[Quantity]) -> Iterator[Context]:
    """One context a quantity of the cell, read from the labels above it and to its left."""
    if passage.grid is None or passage.cell is None:
        return
    columns, rows = passage.grid.column_labels(passage.cell), passage.grid.row_labels(passage.cell)
    caption = passage.grid.table.caption
    role = _role(columns) or _role(rows)
    if role in ("spent", "received", "total", None) and _BUDGET_TABLE.search(caption):
        role = "budget"  # in a budget even 支出 is only planned
    period = _period(columns) or _period(rows) or _period((caption,))
    subject = rows[-1] if rows else columns[-1] if columns else ""
    for quantity in quantities:
        money = quantity.kind == "amount"
        yield Context(subject, role or ("other" if money else "actual"), period=period, money=money)


def _role(labels: tuple[str, ...]) -> Role | None:
    """The role that the innermost label gives; 合计 only where no other label gives one."""
    found = [_label_role(label) for label in reversed(labels)]
    named = [role for role in found if role is not None]
    return next((role for role in named if role != "total"), named[0] if named else None)


def _label_role(label: str) -> Role | None:
    return next((role for role, pattern in _LABEL_ROLES if pattern.search(label)), None)


def _period(labels: tuple[str, ...]) -> str | None:
    for label in reversed(labels):
        if year := _YEAR.search(label):
            return year.group()
        if re.search("上年|去年", label):
            return LAST_YEAR
    return None


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
