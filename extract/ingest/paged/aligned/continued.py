"""A table without ruling lines that goes on at the top of the next page: its lines fit the columns before."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extract.ingest.paged.aligned.bands import bands, cells
from extract.ingest.paged.aligned.gridded import laid_out
from extract.ingest.paged.aligned.headings import Head
from extract.ingest.paged.aligned.parts import Row, is_mark, is_value
from extract.ingest.paged.aligned.streams import Interval, column_of
from extract.ingest.paged.glyphs import Rule
from extract.ingest.paged.layout import Element
from extract.ingest.paged.tables import Grid

#: A rule that covers this share of the width of a table runs across it.
_ACROSS = 0.7
#: The outermost texts may reach so many sizes of a line further than those of the page before.
_BEYOND = 6.0
#: What follows within so many usual steps may be of the same table.
_NEAR = 1.5

#: The first row of a table, the one after its last, and the table.
Found = tuple[int, int, Grid]


def continued(last: Element, rows: Sequence[Row], rules: Sequence[Rule]) -> Found | None:
    """The rest of the table that ends the page before, where it goes on without a head."""
    if not rows or not isinstance(last, Grid) or last.head is None or rows[0].parts[0].page != last.page + 1:
        return None
    columns = list(pairwise(last.xs))
    numeric = _numeric(last)
    count = 0
    for at, row in enumerate(rows):
        if not _fits(row, columns, numeric):
            break
        if row.counts:
            count = at + 1
    if not count:
        return None
    inner = rows[:count]
    head = Head((), tuple(columns), doubtful=False)
    banded = bands(inner, head, across(rules, columns))
    grid = laid_out(head, [cells(inner[slice(*each)], columns) for each in banded.ranges], numeric)
    doubtful = banded.doubtful or is_cut_off(rows, count, inner)
    return (0, count, replace(grid, quality="suspect" if doubtful else "readable")) if grid else None


def _numeric(grid: Grid) -> set[int]:
    """The columns in which most texts are numbers."""
    texts: dict[int, list[bool]] = {}
    for cell in grid.cells:
        if cell.text and cell.row >= (grid.head or 0) and not is_mark(cell.text):
            texts.setdefault(cell.column, []).append(is_value(cell.text))
    return {column for column, found in texts.items() if 2 * sum(found) > len(found)}


def _fits(row: Row, columns: Sequence[Interval], numeric: set[int]) -> bool:
    """Whether each part of a row lies in a column of its own, words and numbers where they stood before.

    合计 may stand where the others have their number.
    """
    if row.is_field:
        return False
    slack = _BEYOND * row.size
    taken: set[int] = set()
    for item in row.parts:
        column = column_of(columns, item)
        left = columns[column][0] - (0 if column else slack)
        right = columns[column][1] + (0 if column < len(columns) - 1 else slack)
        number = is_value(item.text) or is_mark(item.text)
        if column in taken or item.x0 < left or item.x1 > right or (column and column in numeric and not number):
            return False
        taken.add(column)
    return True


def across(rules: Sequence[Rule], columns: Sequence[Interval]) -> list[float]:
    """The heights of the level rules that run over most of the width of the columns."""
    x0, x1 = columns[0][0], columns[-1][1]
    covered: dict[int, float] = {}
    for rule in rules:
        if rule.top == rule.bottom:
            share = max(0.0, min(rule.x1, x1) - max(rule.x0, x0))
            covered[round(rule.top)] = covered.get(round(rule.top), 0.0) + share
    return sorted(y for y, length in covered.items() if length >= _ACROSS * (x1 - x0))


def is_cut_off(rows: Sequence[Row], stop: int, core: Sequence[Row]) -> bool:
    """Whether a line with numbers follows right below that does not fit the columns: it may be one of the table."""
    return stop < len(rows) and rows[stop].is_anchor and rows[stop].base - core[-1].base <= _NEAR * pitch(core)


def pitch(rows: Sequence[Row]) -> float:
    """The usual step from row to row, 0 for a single one."""
    return median([lower.base - upper.base for upper, lower in pairwise(rows)] or [0.0])
