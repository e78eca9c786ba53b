"""Context of a figure in a table: its row says what, its column in which role and year."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import cast

from extract.grid import Grid, is_numeric, plain
from extract.lexicon import load
from extract.passages import Passage
from extract.quantities import Quantity
from extract.resolve.context import LAST_YEAR, Context
from schemas.document import Cell
from schemas.figure import CellRef, Role

_BUDGET_TABLE = re.compile("预算(?:总|分类|收支)?(?:情况)?表")
#: Heads of the columns that name what a row is about.
_NAMES = re.compile("名称|项目|科目|[三四]级指标|^(?:绩效|评价)?指标$|事项|内容|类别")
#: Heads that say which number of a thing a column holds and not of what.
_GENERIC = re.compile("(?:年初|全年|调整)?(?:预算|决算|执行|支出|到位)数?|合计|小计|总计|金额|数量")
#: A longer cell with clauses is prose.
_SHORT = 16
_CLAUSE = re.compile("[，。；]")
#: Columns of remarks.
_REMARKS = re.compile("原因|措施|说明|问题|备注|解释|标准$|细则|方法")
#: Full marks behind a name: 产出指标（50分）.
_FULL_MARKS = re.compile(r"(?P<of>[^\d（(]+)[（(]\s*(?:满分|共|计)?\s*\d+(?:\.\d+)?\s*分\s*[)）]", re.DOTALL)
#: What only money can be.
_PAID = ("received", "spent", "allocated", "surplus", "carryover")
_SIDES = re.compile("收入|支出")
_YEAR = re.compile(r"(?:19|20)\d{2}(?=\s*年|$)")


def cell_contexts(passage: Passage, quantities: list[Quantity]) -> Iterator[Context]:
    """One context a quantity of the cell, read from the labels above it and to its left."""
    if passage.grid is None or passage.cell is None:
        return
    columns, rows = passage.grid.column_labels(passage.cell), passage.grid.row_labels(passage.cell)
    caption = passage.grid.table.caption
    role = _sided(_role(columns) or _role(rows), columns, rows)
    if role in ("spent", "received", "total", None) and _BUDGET_TABLE.search(caption):
        role = "budget"  # in a budget even 支出 is only planned
    period = _period(columns) or _period(rows) or _period((caption,))
    subject = _subject(passage.grid, passage.cell) or (
        rows[-1] if rows and not _YEAR.fullmatch(rows[-1].removesuffix("度").removesuffix("年")) else _topic(columns)
    )
    full = _FULL_MARKS.fullmatch(passage.cell.text)
    for quantity in quantities:
        money = quantity.kind == "amount"
        if full and quantity.kind == "score":
            yield Context(plain(full["of"]), "standard", period=period)
        elif role is None or (role in _PAID and not money):
            yield Context(subject, "other" if money else "actual", period=period, money=money)
        else:
            yield Context(subject, role, period=period, money=money)


def _subject(grid: Grid, cell: Cell) -> str:
    """The label of the row that stands in a column of names, "" where no column is called so: not 规格 or 主管部门."""
    head = grid.heads[cell.row]
    labels = ((plain(left.text), head.label(left.column)) for left in grid.row_label_cells(cell)[::-1] if head)
    return next((label for label, above in labels if label != above and _NAMES.search(above)), "")


def reads_as_prose(grid: Grid, cell: Cell) -> bool:
    """Whether a cell holds sentences, whose words say what their figures are: 新建服务站6个，服务老人3200人次。"""
    if cell.text.endswith("。") or (len(cell.text) > _SHORT and _CLAUSE.search(cell.text)):
        return True
    labels = grid.column_labels(cell)
    return bool(labels) and _REMARKS.search(labels[-1]) is not None and not is_numeric(cell.text)


def worded_contexts(passage: Passage, contexts: Iterator[Context]) -> Iterator[Context]:
    """The contexts that the sentences of a cell give; under the label of a goal what would be a result is a target."""
    if passage.grid is None or passage.cell is None:
        return
    columns, rows = passage.grid.column_labels(passage.cell), passage.grid.row_labels(passage.cell)
    goal = (_role(columns) or _role(rows)) == "target"
    for context in contexts:
        role = "target" if goal and context.role in ("actual", "other", None) else context.role
        yield replace(context, role=role, period=context.period or _period(columns))


def _topic(columns: tuple[str, ...]) -> str:
    """What a column without row labels is about: 公务接待费 of 公务接待费/预算数."""
    own = (label for label in reversed(columns) if not _GENERIC.fullmatch(label))
    return next(own, columns[-1] if columns else "")


def _sided(role: Role | None, columns: tuple[str, ...], rows: tuple[str, ...]) -> Role | None:
    """决算数 of an income was received, of 年末结转 is carried over; 财政拨款 of an expenditure was spent."""
    sides = (side for labels in (columns, rows) for label in reversed(labels) for side in _SIDES.findall(label)[-1:])
    side = next(sides, None)
    held = _label_role(rows[-1]) if rows and columns and "决算" in columns[-1] else None
    if role == "spent" and held in ("carryover", "surplus"):
        return held
    if role == "spent" and side == "收入":
        return "received"
    return "spent" if role == "received" and side == "支出" else role


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
