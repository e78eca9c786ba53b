"""Finds tables without ruling lines, or with some only, as far as they are plain; what is not stays lines.

A table is a run of lines with numbers that share white streams, under a head that names each column of numbers. What
merely looks like one (columns of prose, lists, contents, forms, charts) lacks one or the other and stays as it is. A
table whose reading is in doubt is `suspect`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from extract.ingest.paged.aligned.bands import bands, cells
from extract.ingest.paged.aligned.continued import Found, across, continued, is_cut_off, pitch
from extract.ingest.paged.aligned.gridded import laid_out
from extract.ingest.paged.aligned.headings import Head, head_above, read_head
from extract.ingest.paged.aligned.parts import Row, is_value, is_year, parts, rows_of
from extract.ingest.paged.aligned.streams import (
    Body,
    Interval,
    body_from,
    collides,
    column_of,
    is_prose,
    numeric_columns,
    widened,
)
from extract.ingest.paged.glyphs import Rule
from extract.ingest.paged.layout import Element, Placed
from extract.ingest.paged.tables import Grid
from extract.lexicon import load

#: So many lines with numbers make a table.
_LEAST = 3
#: Where a body can't be read, it is tried again without its first line, so many times.
_TRIES = 3
#: Ruling lines of one or two rows may be shades of them; those of a few may be a head with one row for all the rest.
_SHADED = 2
_LINES_OF_HEAD = 4
#: Columns closer together than this share of the size of a line are in doubt.
_NARROW = 0.5
#: Lines of a wrapped label above the first or below the last number.
_WRAPPED = 3


def align(elements: Iterable[Element], rules: Mapping[int, Sequence[Rule]]) -> list[Element]:
    """The elements of the body with lines that make a table replaced by it."""
    found: list[Element] = []
    for stretch in _stretches(elements):
        rows = sorted((row for at, element in enumerate(stretch) for row in _rows(element, at)), key=_base)
        drawn = rules.get(stretch[0].page, ())
        rest = continued(found[-1], rows, drawn) if found else None
        tables = [rest] if rest else []
        tables += _tables(rows, rest[1] if rest else 0, drawn)
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
    """Whether ruling lines or shades show no columns (a frame), no rows, a row or two only, or nothing but the head."""
    if len(grid.xs) == 2 or grid.rows <= _SHADED or not any(is_value(cell.text) for cell in grid.cells):
        return True
    return grid.rows <= _LINES_OF_HEAD and _has_stacked_numbers(grid)


def _has_stacked_numbers(grid: Grid) -> bool:
    """Whether some cells beside each other hold nothing but several numbers: rows without lines between them."""
    stacked = [
        cell.row
        for cell in grid.cells
        if len(cell.passage.lines) >= _LEAST and all(is_value(line.text) for line in cell.passage.lines)
    ]
    return len(stacked) > len(set(stacked))


def _rows(element: Element, source: int) -> Iterator[Row]:
    if isinstance(element, Placed):
        yield Row(source, (element.line,), parts(element.line))
    elif _is_partial(element):
        yield from rows_of((line for cell in element.cells for line in cell.passage.lines), source)


def _base(row: Row) -> float:
    return row.base


def _with_tables(stretch: Sequence[Element], rows: Sequence[Row], tables: Sequence[Found]) -> Iterator[Element]:
    """The elements with the rows [start, stop) of each table replaced by it."""
    starts = {start: grid for start, _, grid in tables}
    used = {at for start, stop, _ in tables for at in range(start, stop)}
    opened = {rows[at].source for at in used}
    column = next((element.column for element in stretch if isinstance(element, Placed)), 0)
    kept: set[int] = set()
    for at, row in enumerate(rows):
        if at in starts:
            yield starts[at]
        elif at not in used and row.source in opened:
            yield from (Placed(line, column) for line in row.lines)
        elif row.source not in opened and row.source not in kept:
            kept.add(row.source)
            yield stretch[row.source]


def _tables(rows: Sequence[Row], at: int, rules: Sequence[Rule]) -> Iterator[Found]:
    """The tables that the rows from `at` on hold, each with the first of its rows and the one after its last."""
    low, tries = at, 0
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
    """The table whose numbers stand in a body, None if it is none or its columns can't be told."""
    core = rows[body.start : body.stop]
    numeric = numeric_columns(body.columns, core)
    if numeric:
        body = _from_first_number(rows, body, low, numeric)
        core = rows[body.start : body.stop]
    if sum(row.counts for row in core) < _LEAST or not numeric:
        return None
    level = across(rules, body.columns)
    first = max(low, head_above(rows, body.start, body.columns, level, pitch(core)))
    start = _first_of_body(rows, first, body, numeric)
    head = _head(rows[first:start], body.columns, core)
    if head is None or collides(head.columns, rows[start : body.stop]) or is_prose(head.columns, core):
        return None
    numeric = numeric_columns(head.columns, core)
    if not numeric or not _is_headed(head, numeric, core):
        return None
    inner = rows[start : _end(rows, body.stop, head.columns, numeric)]
    banded = bands(inner, head, level)
    ranges = [each for each in banded.ranges if each[0] < body.stop - start]
    grid = laid_out(head, [cells(inner[slice(*each)], head.columns) for each in ranges], numeric)
    if grid is None:
        return None
    doubtful = banded.doubtful or head.doubtful or _is_narrow(head.columns, numeric, core[0].size)
    doubtful |= (
        any(head.unnamed()) or _has_mixed(head.columns, numeric, core) or is_cut_off(rows, start + ranges[-1][1], core)
    )
    return first, start + ranges[-1][1], replace(grid, quality="suspect" if doubtful else "readable")


def _head(rows: Sequence[Row], columns: Sequence[Interval], core: Sequence[Row]) -> Head | None:
    """The head; what stands beside a column without a label of its own (合计, —) is of that column."""
    head = read_head(rows, columns, core)
    if head is None or not head.unnamed():
        return head
    columns = list(head.columns)
    filled = [{column_of(columns, item) for item in row.parts} for row in core]
    for column in reversed(head.unnamed()):
        beside = [
            other
            for other in (column - 1, column + 1)
            if 0 <= other < len(columns) and not any({column, other} <= row for row in filled)
        ]
        if len(beside) == 1:
            low, high = sorted((column, beside[0]))
            columns[low : high + 1] = [(columns[low][0], columns[high][1])]
    return read_head(rows, columns, core)


def _from_first_number(rows: Sequence[Row], body: Body, low: int, numeric: Collection[int]) -> Body:
    """The body with the lines above it that fit its columns: a number may stand alone between the lines of its name."""
    columns, found = body.columns, body
    for start in range(body.start - 1, low - 1, -1):
        row = rows[start]
        inside = [column_of(columns, item) for item in row.parts if not is_value(item.text)]
        if row.is_field or len(widened(columns, row)) != len(columns) or set(numeric) & set(inside):
            break
        columns = widened(columns, row)
        if row.counts:
            found = Body(start, body.stop, columns)
    return found


def _first_of_body(rows: Sequence[Row], first: int, body: Body, numeric: Collection[int]) -> int:
    """The body begins with the lines of names that stand below the labels of the numbers."""
    start = body.start
    while start > first and not any(column_of(body.columns, item) in numeric for item in rows[start - 1].parts):
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

    A name and a number alone may be an entry of contents, or a form: both columns need a label, and the numbers must
    not be those of pages.
    """
    named = {column for label in head.labels for column in range(label.first, label.last + 1)}
    if not named.issuperset(numeric) or not any(
        column_of(head.columns, item) == 0 for row in rows for item in row.parts
    ):
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


def _has_mixed(columns: Sequence[Interval], numeric: Collection[int], rows: Sequence[Row]) -> bool:
    """Whether digits stand in a column of numbers that are no number: 36.00—."""
    return any(
        any(char.isdecimal() for char in item.text) and not is_value(item.text) and column_of(columns, item) in numeric
        for row in rows
        for item in row.parts
    )


def _is_narrow(columns: Sequence[Interval], numeric: Collection[int], size: float) -> bool:
    """Whether two columns that are not both of numbers stand closer than cells do."""
    pairs = enumerate(pairwise(columns))
    return any(right[0] - left[1] < _NARROW * size and not {at, at + 1} <= set(numeric) for at, (left, right) in pairs)
