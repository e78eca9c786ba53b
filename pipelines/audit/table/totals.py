"""C02: the total of a column and the total of a row against what they sum up."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.lexicon import load
from pipelines.audit.context import Context
from pipelines.audit.table.equations import WORDS, Equation, Term, covers, is_plain, is_summable, rank
from pipelines.audit.table.levels import classes, tops
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets
from schemas.document import Cell

NO_SUM = re.compile("|".join(WORDS["no_sum"]))
NO_ROW = re.compile("|".join(WORDS["no_row"]))
VIEWS = re.compile("|".join(WORDS["views"]))
SHARE = re.compile("|".join(WORDS["share"]))
CARRIED = re.compile("|".join(WORDS["carried"]))
SELECTED = re.compile("|".join(WORDS["selected"]))
#: Tables of indicators have sums of their own (family D), and so has the block of funds (C04).
INDICATORS = re.compile("[一二三四]级指标|指标值|指标名称|^指标$")
FUND_TOTALS: list[str] = load("audit")["funds"]["total"]
FULL = 100
Reading = tuple[int, ...]


def equations(context: Context) -> Iterator[Equation]:
    """Every total of a column or of a row with its parts."""
    continued = _continued(context.once(sheets))
    for sheet in context.once(sheets):
        doubt = "表可能跨页，行不全" if sheet.table.index in continued else _doubt(sheet)
        for block in sheet.blocks:
            if any(INDICATORS.search(title) for row in block.head for title in _row_titles(sheet, row)):
                continue
            for panel in block.panels:
                if not any(line.label in FUND_TOTALS for line in panel.lines):
                    yield from (one.doubted(doubt) if doubt else one for one in _sums(sheet, block, panel))


def _row_titles(sheet: Sheet, row: int) -> list[str]:
    return [re.sub(r"\s", "", cell.text) for cell in sheet.grid.rows[row] if cell is not None]


def _sums(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    yield from _columns(sheet, block, panel)
    yield from _rows(sheet, block, panel)


def _doubt(sheet: Sheet) -> str:
    if any(CARRIED.search(cell.text) for cell in sheet.table.cells):
        return "表中有承前页、过次页一类的行"
    return "表只列出部分内容" if SELECTED.search(sheet.table.caption) else ""


def _continued(found: Sequence[Sheet]) -> set[int]:
    """The tables that seem to be pieces of one that runs over a page."""
    pieces: set[int] = set()
    for one, other in itertools.pairwise(found):
        heads = [sheet.blocks[0].head if sheet.blocks else () for sheet in (one, other)]
        same = not heads[1] or _titles(one, heads[0]) == _titles(other, heads[1])
        named = other.table.caption and other.table.caption != one.table.caption
        if one.table.columns == other.table.columns and same and not named:
            pieces |= {one.table.index, other.table.index}
    return pieces


def _titles(sheet: Sheet, head: Sequence[int]) -> list[str]:
    return [title for row in head for title in _row_titles(sheet, row)]


# ------------------------------------------------------------------------------------------- totals of columns


def _columns(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    lines = [line for line in panel.lines if not NO_ROW.match(line.label)]
    for at, places in _covered(lines).items():
        readings = _readings([lines[place] for place in places])
        columns = [column for column in panel.columns if not NO_SUM.search("/".join(block.titles(column)))]
        table = {
            column: [_column_sum(sheet, block, lines[at], reading, column) for reading in readings]
            for column in columns
        }
        yield from _chosen(table, lines[at])


def _covered(lines: Sequence[Line]) -> dict[int, list[int]]:
    """The lines that each total sums up: those of its own group (民生帮扶 | 小计), or those since the last total."""
    heights = [rank(line.label) for line in lines]
    covered = covers(heights)
    for at, line in enumerate(lines):
        if heights[at] == 1 and len(line.labels) > 1:
            covered[at] = [n for n, one in enumerate(lines) if n != at and one.labels[:-1] == line.labels[:-1]]
    return covered


def _readings(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """The ways in which the parts can be told from the parts of parts; more than one where the table doesn't say."""
    kept = [line for line in lines if not line.label.startswith("其中")]
    firsts = [tuple(reading) for reading in tops(kept)]
    if len(kept) == len(lines) or len(classes(kept)) > 1:
        return firsts
    # what follows a 其中 may go on with it
    inner = False
    short: list[Line] = []
    for line in lines:
        inner = line.label.startswith("其中") or (inner and not rank(line.label))
        if not inner:
            short.append(line)
    return list(dict.fromkeys([*firsts, tuple(short)]))


def _column_sum(sheet: Sheet, block: Block, total: Line, parts: Sequence[Line], column: int) -> Equation | None:
    title = "/".join(block.titles(column))
    stated = sheet.value(total.row, column).figure
    values = [(line, sheet.value(line.row, column)) for line in parts if sheet.own(line.row, column)]
    terms = tuple(Term(value.figure, line.label, title) for line, value in values if value.figure is not None)
    if stated is None or not terms or not is_summable([stated, *(term.figure for term in terms)]):
        return None
    if stated.kind == "ratio" and not (SHARE.search(title) and stated.value == FULL):
        return None
    doubt = "有的格里不是数" if any(value.figure is None and not value.blank for _, value in values) else ""
    return Equation("C02", sheet.name, Term(stated, total.label, title), terms, doubt=doubt)


def _chosen(table: dict[int, list[Equation | None]], total: Line) -> Iterator[Equation]:
    """For each column the reading that the other columns prove; none is chosen because it fits its own column."""
    several = 0
    found: list[Equation] = []
    for column, readings in table.items():
        known = [(n, one) for n, one in enumerate(readings) if one is not None]
        if not known:
            continue
        proved = {n for n, _ in known if any(_proved(other, n) for c, other in table.items() if c != column)}
        if len(known) > 1 and len(proved) == 1:
            equation = next(one for n, one in known if n in proved)
        else:
            equation = known[0][1]
            if len(known) > 1 and any(one.is_plainly_broken for _, one in known):
                equation = equation.doubted("哪些行是合计的分项有两种读法")
        several += equation.is_plainly_broken
        found.append(equation)
    weak = (several > 1 and not any(one.proves for one in found)) or not is_plain(total.label)
    for one in found:
        yield replace(one, severity="review") if weak else one


def _proved(readings: Sequence[Equation | None], number: int) -> bool:
    equation = readings[number]
    return equation is not None and equation.proves


# ------------------------------------------------------------------------------------------- totals of rows


def _rows(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    for total, parts in _headed(block, panel):
        found = [one for line in panel.lines if (one := _row_sum(sheet, block, line, total, parts)) is not None]
        broken = sum(one.is_plainly_broken for one in found)
        held = sum(one.proves for one in found)
        for one in found:
            yield one.doubted("多数行不等，列之间的关系不能确定") if broken > max(held, 1) else one


def _row_sum(sheet: Sheet, block: Block, line: Line, total: int, parts: Sequence[int]) -> Equation | None:
    stated = sheet.value(line.row, total).figure
    values = [(column, sheet.value(line.row, column)) for column in parts if sheet.own(line.row, column)]
    terms = tuple(
        Term(value.figure, line.label, "/".join(block.titles(column)))
        for column, value in values
        if value.figure is not None
    )
    if stated is None or not terms or stated.kind in {"ratio", "score"}:
        return None
    if not is_summable([stated, *(term.figure for term in terms)]):
        return None
    doubt = "有的格里不是数" if any(value.figure is None and not value.blank for _, value in values) else ""
    return Equation("C02", sheet.name, Term(stated, line.label, "/".join(block.titles(total))), terms, doubt=doubt)


def _headed(block: Block, panel: Panel) -> Iterator[tuple[int, list[int]]]:
    """The columns that a head calls totals, each with the columns that it sums up: its siblings under one head."""
    stacks = {column: block.stack(column) for column in panel.columns}
    for total, stack in stacks.items():
        for depth, cell in enumerate(stack):
            if not rank(_text(cell)):
                continue
            inside = [c for c in panel.columns if stacks[c][:depth] == stack[:depth] and len(stacks[c]) > depth]
            siblings = list(dict.fromkeys(stacks[c][depth] for c in inside))
            parts = _siblings(siblings, cell)
            if parts:
                rest = _rest(stack[depth + 1 :])
                columns = [c for part in parts for c in _columns_of(stacks, part, depth, rest)]
                if len(parts) <= len(columns):
                    yield total, columns


def _siblings(siblings: Sequence[Cell], total: Cell) -> list[Cell]:
    """The heads that a total sums up; none if they show one thing in several views (预算数, 决算数)."""
    kept = [one for one in siblings if not NO_SUM.search(_text(one)) and not _text(one).startswith("其中")]
    if total not in kept or any(VIEWS.search(_text(one)) for one in kept if one is not total):
        return []
    return [kept[place] for place in covers([rank(_text(one)) for one in kept])[kept.index(total)]]


def _columns_of(stacks: dict[int, tuple[Cell, ...]], part: Cell, depth: int, rest: tuple[str, ...]) -> list[int]:
    """The columns of a part that say the same as the total's column (决算数): its 小计 if it has one, else all."""
    own = [c for c, stack in stacks.items() if len(stack) > depth and stack[depth] is part]
    alike = [c for c in own if _rest(stacks[c][depth + 1 :])[-len(rest) :] == rest] if rest else own
    summed = [c for c in alike if any(rank(_text(cell)) for cell in stacks[c][depth + 1 :])]
    return summed or alike


def _rest(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(text for cell in cells if not rank(text := _text(cell)))


def _text(cell: Cell) -> str:
    return re.sub(r"\s+|[（(][^（）()]*元[)）]$", "", cell.text)
