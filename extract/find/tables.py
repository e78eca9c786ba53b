"""Numeric cells: what a bare number in a table means is said by its header, its row and the table's unit."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from extract.grid import Grid, is_numeric
from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Passage
from extract.quantities import Quantity, Unit, interval, parse_unit, plain, units
from schemas.document import Cell
from schemas.figure import Approx, Kind
from schemas.mention import IdentifierKind, Mention

_OPERATORS: dict[str, Approx] = {
    "≥": "at_least",
    "≧": "at_least",
    ">": "over",
    "＞": "over",
    "≤": "at_most",
    "≦": "at_most",
    "<": "at_most",
    "＜": "at_most",
}
_UNIT_IN_LABEL = re.compile(
    r"[（(]\s*(?:单位\s*[：:])?\s*(?:人民币)?(?P<unit>[十百千万亿]{0,2}[^（()）\d]{1,8})\s*[)）]|(?P<percent>[%％])$|(?<=[：:/、])(?P<tail>[万亿千百]?元)$"
)
_UNIT_COLUMN = re.compile(r"度量单位|计量单位|^单位$|/单位$")
#: The unit of a target that holds one number: ≥4200户, 90%以上, 不低于5.2万亩.
_UNIT_IN_TARGET = re.compile(r"^[^\d]*\d[\d,，.]*\s*(?P<unit>[^\d\s]+?)(?:以[上下内]|左右)?$")


def find(passage: Passage) -> Iterator[Quantity | Mention]:
    """The figure or identifier that a cell with a bare number is; nothing for cells of prose."""
    if passage.grid is None or passage.cell is None or not is_numeric(passage.cell.text):
        return
    bare = passage.unitless
    if len(passage.numerals) != 1 or not bare or bare[0].value is None:
        return
    yield from _judge(passage, passage.grid, passage.cell, bare[0])


def _judge(passage: Passage, grid: Grid, cell: Cell, numeral: Numeral) -> Iterator[Quantity | Mention]:
    columns, rows = grid.column_labels(cell), grid.row_labels(cell)
    sort = _identifier(columns, grid, cell)
    if sort is not None:
        yield passage.identifier(numeral.start, numeral.end, sort, "表格列")
        return
    if not columns and not rows and grid.table.unit is None:
        return
    unit, rule = _unit(columns, rows, grid, cell)
    yield _figure(passage, cell, numeral, unit, rule)


def _identifier(columns: tuple[str, ...], grid: Grid, cell: Cell) -> IdentifierKind | None:
    words = load("headers")["identifier"]
    path = "/".join(columns)
    if grid.is_running(cell.row):
        return "list_number"
    if path and re.search(words["code"], path):
        return "code"
    if path and re.search(words["list_number"], path):
        return "list_number"
    return None


def _unit(columns: tuple[str, ...], rows: tuple[str, ...], grid: Grid, cell: Cell) -> tuple[Unit, str]:
    """The unit of a bare number, and the rule that gives it: its column, the unit column, its row, the table."""
    if (labelled := _labelled(columns)) is not None:
        return labelled
    column = grid.row_cell(cell, _UNIT_COLUMN)
    if column is not None and (stated := parse_unit(column.text.strip())) is not None:
        return stated, "表格.单位列"
    claimed = bool(columns) and _claimed("column").search(columns[-1]) is not None
    if claimed and (promised := _promised(grid, cell)) is not None:
        return promised, "表格.目标单位"
    if (labelled := _labelled(rows[-1:] if claimed else rows)) is not None:
        return labelled
    if claimed and not (rows and _claimed("money").search(rows[-1])):
        return Unit("count", "", Decimal(1), ""), "表格.无单位"
    if grid.table.unit is not None and (stated := parse_unit(grid.table.unit)) is not None:
        return stated, "表格.表单位"
    if any(re.search(load("headers")["kind"]["money"], label) for label in (*columns, *rows)):
        return Unit("amount", "", Decimal(1), ""), "表格.单位不明"
    return Unit("count", "", Decimal(1), ""), "表格.无单位"


def _promised(grid: Grid, cell: Cell) -> Unit | None:
    """The unit of the target in the row of a bare result: ≥4200户 | 4265."""
    target = grid.row_cell(cell, _claimed("target"))
    found = _UNIT_IN_TARGET.search(target.text) if target is not None else None
    return parse_unit(re.sub(r"\s", "", found["unit"])) if found else None


@cache
def _claimed(words: str) -> re.Pattern[str]:
    return re.compile(load("headers")["claimed"][words])


def _labelled(labels: tuple[str, ...]) -> tuple[Unit, str] | None:
    """The unit that a label states (金额（万元）) or implies (得分, 执行率, 培训人次); the innermost label first."""
    words = load("headers")
    for label in reversed(labels):
        if (stated := _stated(label)) is not None:
            return stated, "表格.标签单位"
        if re.search(words["kind"]["score"], label) and not re.search("率$", label):
            return units()["分"], "表格.得分"
        if re.search(words["kind"]["ratio"], label):
            return units()["%"], "表格.比率"
        classifier = next((classifier for word, classifier in words["count"].items() if word in label), None)
        if classifier is not None:
            return Unit("count", classifier, Decimal(1), ""), "表格.计数"
    return None


def _stated(label: str) -> Unit | None:
    for match in _UNIT_IN_LABEL.finditer(label):
        written = match.group("unit") or match.group("percent") or match.group("tail")
        if (unit := parse_unit(written)) is not None:
            return unit
    return None


def _figure(passage: Passage, cell: Cell, numeral: Numeral, unit: Unit, rule: str) -> Quantity:
    head = passage.text[cell.start : numeral.start]
    approx = next((_OPERATORS[character] for character in head if character in _OPERATORS), None)
    negative = bool(re.search(r"[-－−﹣]\s*$|[（(]\s*$", head)) and unit.kind in ("amount", "ratio")
    value = plain((numeral.value or Decimal(0)) * unit.factor * (-1 if negative else 1))
    step = plain(numeral.step * unit.factor)
    kind: Kind = unit.kind
    low, high = interval(kind, value, step, approx)
    start = cell.start if approx or negative else numeral.start
    end = cell.end if negative else numeral.end
    note = "单位不明" if kind == "amount" and not unit.name else ""
    return Quantity(
        start, end, numeral.start, numeral.end, kind, value, unit.name, low, high, step, approx, unit.written,
        note=note, rule=rule,
    )  # fmt: skip
