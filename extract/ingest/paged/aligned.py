"""Tables without ruling lines, or with some only, read by alignment as far as that is plain; else they stay lines.

A table is a run of lines with numbers that share white streams, under a head that names each column of numbers. What
merely looks like one (columns of prose, lists, contents, forms, charts) lacks one or the other and stays as it is. A
table whose reading is in doubt is `suspect`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median

from extract.ingest.paged.bands import bands, cells
from extract.ingest.paged.glyphs import Rule
from extract.ingest.paged.gridded import laid_out
from extract.ingest.paged.headings import Head, head_above, read_head
from extract.ingest.paged.layout import Element, Placed
from extract.ingest.paged.parts import Row, is_value, is_year, parts, rows_of
from extract.ingest.paged.streams import Body, Interval, body_from, collides, column_of, numeric_columns, widened
from extract.ingest.paged.tables import Grid
from extract.lexicon import load

#: So many lines with numbers make a table.
_LEAST = 3
#: Where a body can't be read, it is tried again without its first line, so many times.
_TRIES = 3
#: A rule that covers this share of the width of a table runs across it.
_ACROSS = 0.7
#: Columns closer together than this share of the size of a line are in doubt.
_NARROW = 0.5
#: Lines of a wrapped label above the first or below the last number.
_WRAPPED = 3


def align(elements: Iterable[Element], rules: Mapping[int, Sequence[Rule]]) -> list[Element]:
    """The elements of the body with lines that make a table replaced by it."""
    found: list[Element] = []
    for stretch in _stretches(elements):
        rows = [row for source, element in enumerate(stretch) for row in _rows(element, source)]
        tables = list(_tables(rows, rules.get(stretch[0].page, ())))
        found += _with_tables(stretch, rows, tables) if tables else stretch
    return found


def _stretches(elements: Iterable[Element]) -> Iterator[list[Element]]:
    """What stands below each other in one column of a page without a ruled table between."""
    stretch: list[Element] = []
    for element in elements:
        if stretch and not _is_below(stretch[-1], element):
            yield stretch
            stretch = []
        stretch.append(element)
    if stretch:
        yield stretch


def _is_below(upper: Element, lower: Element) -> bool:
    if upper.page != lower.page or any(isinstance(each, Grid) and not _is_partial(each) for each in (upper, lower)):
        return False
    return not (isinstance(upper, Placed) and isinstance(lower, Placed)) or upper.column == lower.column


def _is_partial(grid: Grid) -> bool:
    """Whether the ruling lines show no columns (a frame), or one row or the head alone (it is shaded)."""
    return len(grid.xs) == 2 or grid.rows == 1 or not any(is_value(cell.text) for cell in grid.cells)


def _rows(element: Element, source: int) -> Iterator[Row]:
    if isinstance(element, Placed):
        yield Row(source, (element.line,), parts(element.line))
    elif _is_partial(element):
        yield from rows_of((line for cell in element.cells for line in cell.passage.lines), source)


Found = tuple[int, int, Grid]


def _with_tables(stretch: Sequence[Element], rows: Sequence[Row], tables: Sequence[Found]) -> Iterator[Element]:
    """The elements with the rows [start, stop) of each table replaced by it."""
    starts = {start: grid for start, _, grid in tables}
    used = {at for start, stop, _ in tables for at in range(start, stop)}
    opened = {rows[at].source for at in used}
    columns = [element.column for element in stretch if isinstance(element, Placed)]
    at = 0
    for source, element in enumerate(stretch):
        if source not in opened and isinstance(element, Grid):
            yield element
        while at < len(rows) and rows[at].source == source:
            if at in starts:
                yield starts[at]
            elif at not in used and (source in opened or isinstance(element, Placed)):
                yield from (Placed(line, columns[0] if columns else 0) for line in rows[at].lines)
            at += 1


def _tables(rows: Sequence[Row], rules: Sequence[Rule]) -> Iterator[Found]:
    """The tables that the rows hold, each with the first of its rows and the one after its last."""
    at = low = tries = 0
    while at < len(rows):
        if not rows[at].is_anchor:
            at += 1
            continue
        body = body_from(rows, at)
        table = _table(rows, body, low, rules)
        tries += 1
        if table:
            yield table
            low = table[1]
        if table or tries == _TRIES:
            at, tries = max(body.stop, low), 0
        else:
            at += 1


def _table(rows: Sequence[Row], body: Body, low: int, rules: Sequence[Rule]) -> Found | None:
    """The table whose numbers stand in a body, None if it is none or can't be read without a doubt about its columns."""
    core = rows[body.start : body.stop]
    if sum(row.is_anchor for row in core) < _LEAST or not numeric_columns(body.columns, core):
        return None
    across = _across(rules, body.columns)
    first = max(low, head_above(rows, body.start, body.columns, across, _pitch(core)))
    start = _first_of_body(rows, first, body)
    head = read_head(rows[first:start], body.columns)
    if head is None or collides(head.columns, rows[start : body.stop]):
        return None
    numeric = numeric_columns(head.columns, core)
    if not numeric or not _is_headed(head, numeric, core):
        return None
    inner = rows[start : _end(rows, body.stop, head.columns, numeric)]
    banded = bands(inner, head, across)
    ranges = [each for each in banded.ranges if each[0] < body.stop - start]
    grid = laid_out(head, [cells(inner[slice(*each)], head.columns) for each in ranges], numeric)
    if grid is None:
        return None
    doubtful = banded.doubtful or head.doubtful or _is_narrow(head.columns, numeric, core[0].size)
    return first, start + ranges[-1][1], replace(grid, quality="suspect" if doubtful else "readable")


def _pitch(rows: Sequence[Row]) -> float:
    return median(lower.base - upper.base for upper, lower in pairwise(rows))


def _across(rules: Sequence[Rule], columns: Sequence[Interval]) -> list[float]:
    """The heights of the level rules that run over most of the width of the columns."""
    x0, x1 = columns[0][0], columns[-1][1]
    covered: dict[int, float] = {}
    for rule in rules:
        if rule.top == rule.bottom:
            share = max(0.0, min(rule.x1, x1) - max(rule.x0, x0))
            covered[round(rule.top)] = covered.get(round(rule.top), 0.0) + share
    return sorted(y for y, length in covered.items() if length >= _ACROSS * (x1 - x0))


def _first_of_body(rows: Sequence[Row], first: int, body: Body) -> int:
    """The body begins with the lines of its first column that stand below the labels of all others."""
    start = body.start
    while start > first and all(column_of(body.columns, item) == 0 for item in rows[start - 1].parts):
        start -= 1
    return start if start > first else body.start


def _end(rows: Sequence[Row], stop: int, columns: Sequence[Interval], numeric: Collection[int]) -> int:
    """The row after those that may hold the rest of the last label."""
    for row in rows[stop : stop + _WRAPPED]:
        inside = len(widened(tuple(columns), row)) == len(columns) and not collides(columns, [row])
        if (
            row.is_anchor
            or row.is_field
            or not inside
            or {column_of(columns, item) for item in row.parts} & set(numeric)
        ):
            break
        stop += 1
    return stop


def _is_headed(head: Head, numeric: Collection[int], rows: Sequence[Row]) -> bool:
    """Whether every column of numbers has a label and there are names beside them.

    A name and a number alone may be an entry of contents, or a form: both columns need a label, and the numbers must not
    be those of pages.
    """
    named = {column for label in head.labels for column in range(label.first, label.last + 1)}
    if not named.issuperset(numeric):
        return False
    words = ["".join(line.text for line in label.lines) for label in head.labels if set(numeric) & set(label.span)]
    if not any(_numbers().search(word) for word in words):
        return False
    years = all(is_year(row.parts[0].text) for row in rows if row.is_anchor)
    if len(head.columns) == len(numeric) and not years:
        return False
    if len(head.columns) > 2:
        return True
    numbers = [value.text for row in rows for value in row.values]
    return len(named) == 2 and not _count_pages(numbers)


@cache
def _numbers() -> re.Pattern[str]:
    return re.compile(load("labels")["numbers"])


def _count_pages(numbers: Sequence[str]) -> bool:
    bare = [int(text) for text in numbers if text.isascii() and text.isdecimal()]
    return len(bare) == len(numbers) and bare == sorted(bare)


def _is_narrow(columns: Sequence[Interval], numeric: Collection[int], size: float) -> bool:
    """Whether two columns that are not both of numbers stand closer than cells do."""
    pairs = enumerate(pairwise(columns))
    return any(right[0] - left[1] < _NARROW * size and not {at, at + 1} <= set(numeric) for at, (left, right) in pairs)
