"""Numeric cells: what a bare number in a table means is said by its header, its row and the table's unit."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from extract.grid import Grid, is_numeric
from extract.grid import plain as plain_text
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
_TOTAL = re.compile("合计|总计|小计|共计")
#: Columns of years: 2023 under 年度 is no amount.
_YEARS = re.compile("(?:会计|预算|财政|项目)?(?:年度|年份|财年)")
_YEAR = re.compile(r"(?:19|20)\d\d")
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
    if columns and _YEARS.fullmatch(columns[-1]) and _YEAR.fullmatch(numeral.text):
        yield Mention(numeral.start, numeral.end, numeral.text, "date", "year", "日期.表格列", numeral.text)
        return
    sort = _identifier(columns, grid, cell)
    if sort is not None:
        yield passage.identifier(numeral.start, numeral.end, sort, "表格列")
        return
    if not columns and not rows and grid.table.unit is None:
        return
    unit, rule = next((unit, rule) for unit, rule in _units(columns, rows, grid, cell) if unit is not None)
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


def _units(
    columns: tuple[str, ...], rows: tuple[str, ...], grid: Grid, cell: Cell
) -> Iterator[tuple[Unit | None, str]]:
    """The units that a bare number may have with the rules that give them, the nearest first.

    In a column of targets and results the labels of the row but its own say nothing, nor does the table, unless the
    indicator is money.
    """
    claimed = bool(columns) and _claimed("column").search(columns[-1]) is not None
    yield from _labelled(columns)
    column = grid.row_cell(cell, _UNIT_COLUMN)
    yield (parse_unit(column.text.strip()) if column else None), "表格.单位列"
    if claimed:
        yield _promised(grid, cell), "表格.目标单位"
    yield from _labelled(rows[-1:] if claimed else rows)
    if not claimed or (rows and _claimed("money").search(rows[-1])):
        yield _block_unit(grid, cell), "表格.栏目单位"
        yield (parse_unit(grid.table.unit) if grid.table.unit else None), "表格.表单位"
        # 合计 beside numbers of households says nothing of money
        speaking = (*columns, *(label for label in rows if not _TOTAL.fullmatch(label)))
        if any(re.search(load("headers")["kind"]["money"], label) for label in speaking):
            yield Unit("amount", "", Decimal(1), ""), "表格.单位不明"
    yield Unit("count", "", Decimal(1), ""), "表格.无单位"


def _block_unit(grid: Grid, cell: Cell) -> Unit | None:
    """The unit of money that the label of a block of rows states, at its left or over its names: 项目资金（万元）."""
    head = grid.heads[cell.row]
    left = (one.text for one in grid.rows[cell.row][: cell.column] if one is not None and one.row < cell.row)
    above = (head.label(column) for column in range(grid.half(cell).start, cell.column)) if head else ()
    found = (_stated(plain_text(text)) for text in (*left, *above))
    return next((unit for unit in found if unit is not None and unit.kind == "amount"), None)


def _promised(grid: Grid, cell: Cell) -> Unit | None:
    """The unit of the target in the row of a bare result: ≥4200户 | 4265."""
    target = grid.row_cell(cell, _claimed("target"))
    found = _UNIT_IN_TARGET.search(target.text) if target is not None else None
    return parse_unit(re.sub(r"\s", "", found["unit"])) if found else None


@cache
def _claimed(words: str) -> re.Pattern[str]:
    return re.compile(load("headers")["claimed"][words])


def _labelled(labels: tuple[str, ...]) -> Iterator[tuple[Unit | None, str]]:
    """The units that labels state (金额（万元）) or imply (得分, 执行率, 培训人次); the innermost label first."""
    words = load("headers")
    for label in reversed(labels):
        yield _stated(label), "表格.标签单位"
        if re.search(words["kind"]["score"], label) and not re.search("率$", label):
            yield units()["分"], "表格.得分"
        if re.search(words["kind"]["ratio"], label):
            yield units()["%"], "表格.比率"
        classifier = next((classifier for word, classifier in words["count"].items() if word in label), None)
        if classifier is not None:
            yield Unit("count", classifier, Decimal(1), ""), "表格.计数"


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
