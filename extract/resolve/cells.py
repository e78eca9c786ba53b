"""Context of a figure in a table: its row says what, its column in which role and year."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import cast

from extract.grid import Grid
from extract.lexicon import load
from extract.passages import Passage
from extract.quantities import Quantity
from extract.resolve.context import LAST_YEAR, Context
from schemas.document import Cell
from schemas.figure import CellRef, Role

_BUDGET_TABLE = re.compile("预算(?:总|分类|收支)?(?:情况)?表")
#: Heads of the columns that name what a row is about.
_NAMES = re.compile("名称|项目|科目|[三四]级指标|^(?:绩效|评价)?指标$|事项|内容|类别")
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
    subject = _subject(passage.grid, passage.cell) or (rows or columns or ("",))[-1]
    for quantity in quantities:
        money = quantity.kind == "amount"
        yield Context(subject, role or ("other" if money else "actual"), period=period, money=money)


def _subject(grid: Grid, cell: Cell) -> str:
    """The label of the row that stands in a column of names, "" where no column is called so: not 规格 or 主管部门."""
    head = grid.heads[cell.row]
    named = (left for left in grid.row_label_cells(cell)[::-1] if head and _NAMES.search(head.label(left.column)))
    return next((re.sub(r"\s+", "", left.text) for left in named), "")


def _role(labels: tuple[str, ...]) -> Role | None:
    """The role that the innermost label gives; 合计 only where no other label gives one."""
    found = [_label_role(label) for label in reversed(labels)]
    named = [role for role in found if role is not None]
    return next((role for role in named if role != "total"), named[0] if named else None)


@lru_cache(maxsize=4096)
def _label_role(label: str) -> Role | None:
    return next((role for role, pattern in _roles() if pattern.search(label)), None)


@cache
def _roles() -> tuple[tuple[Role, re.Pattern[str]], ...]:
    """The roles with the labels that give them, in the order in which they are tried."""
    return tuple((cast("Role", rule["name"]), re.compile(rule["label"])) for rule in load("headers")["role"])


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
