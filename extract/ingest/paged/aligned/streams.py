"""Columns without ruling lines: the white streams that run down several lines between their parts."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from extract.ingest.paged.aligned.parts import Row, is_value
from extract.ingest.paged.lines import Line

#: Shares of the size of a line: parts closer together than this are not parted by a stream.
_TOUCH = 0.25
#: Words of one cell may be so far apart; parts further apart are two cells.
_SPACED = 1.0
#: The next line of a table comes within so many sizes.
_NEXT = 4.0
#: Edges of numbers in a column agree to this share of the size, and so many of them do.
_SAME_EDGE = 0.6
_AGREE = 0.8
#: Running text is at least so many sizes wide, and most of its lines fill this share of that.
_PROSE = 18
_FILLED = 0.8

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Body:
    """Rows [start, stop) of a page that share white streams, and the extents of the columns between them."""

    start: int
    stop: int
    columns: tuple[Interval, ...]


def body_from(rows: Sequence[Row], at: int) -> Body:
    """The rows from `at` on, down to the last one with a number before the streams end."""
    columns = widened((), rows[at])
    stop = at + 1
    for index in range(at + 1, len(rows)):
        row = rows[index]
        if row.base - rows[index - 1].base > _NEXT * row.size or row.is_field:
            break
        wider = widened(columns, row)
        if collides(wider, rows[at : index + 1] if _are_bridged(columns, wider) else [row]):
            break
        if _heads_another(row, rows[at:index], wider):
            break
        columns = wider
        stop = index + 1
    while stop > at + 1 and not rows[stop - 1].counts:
        stop -= 1
    columns = ()
    for row in rows[at:stop]:
        columns = widened(columns, row)
    return Body(at, stop, columns)


def widened(columns: tuple[Interval, ...], row: Row) -> tuple[Interval, ...]:
    """The columns with room for the parts of one more row: those that it bridges become one."""
    found: list[Interval] = []
    slack = _TOUCH * row.size
    for x0, x1 in sorted([*columns, *((item.x0, item.x1) for item in row.parts)]):
        if found and x0 - found[-1][1] < slack:
            found[-1] = (found[-1][0], max(x1, found[-1][1]))
        else:
            found.append((x0, x1))
    return tuple(found)


def _are_bridged(columns: Sequence[Interval], wider: Sequence[Interval]) -> bool:
    """Whether two of the columns have become one."""
    return len({_at(wider, (x0 + x1) / 2) for x0, x1 in columns}) < len(columns)


def column_of(columns: Sequence[Interval], item: Line) -> int:
    """The column that the middle of a part lies in or right of."""
    return _at(columns, (item.x0 + item.x1) / 2)


def _at(columns: Sequence[Interval], x: float) -> int:
    return max(0, bisect_right(columns, (x, math.inf)) - 1)


def collides(columns: Sequence[Interval], rows: Sequence[Row]) -> bool:
    """Whether two cells of one row would lie in one column."""
    for row in rows:
        for left, right in zip(row.parts, row.parts[1:], strict=False):
            if column_of(columns, left) != column_of(columns, right):
                continue
            if right.x0 - left.x1 >= _SPACED * row.size or is_value(left.text) or is_value(right.text):
                return True
    return False


def _heads_another(row: Row, above: Sequence[Row], columns: Sequence[Interval]) -> bool:
    """Whether a row of words stands below numbers in some column: it heads another table."""
    if row.values or row.is_anchor or len(row.parts) < 2:
        return False
    filled = {column_of(columns, value) for before in above for value in before.values}
    return any(column_of(columns, item) in filled for item in row.parts)


def numeric_columns(columns: Sequence[Interval], rows: Sequence[Row]) -> set[int] | None:
    """The columns of numbers; None if the numbers of one are not aligned, as only chance would have it."""
    found: set[int] = set()
    for column in range(len(columns)):
        cells = [item for row in rows for item in row.parts if column_of(columns, item) == column]
        values = [item for item in cells if is_value(item.text)]
        if 2 * len(values) <= len(cells):
            continue
        if not _is_aligned(values):
            return None
        found.add(column)
    return found


def is_prose(columns: Sequence[Interval], rows: Sequence[Row]) -> bool:
    """Whether running text stands beside the rest: lines that fill the width of a column."""
    for column, (x0, x1) in enumerate(columns):
        widths = [item.x1 - item.x0 for row in rows for item in row.parts if column_of(columns, item) == column]
        filling = sum(width >= _FILLED * (x1 - x0) for width in widths)
        if x1 - x0 >= _PROSE * rows[0].size and len(widths) > 2 and 2 * filling > len(widths):
            return True
    return False


def right_aligned(columns: Sequence[Interval], rows: Sequence[Row]) -> list[bool]:
    """For each column whether its parts end, rather than begin, on one line; numbers do if all are of one width."""
    found = []
    for column in range(len(columns)):
        cells = [item for row in rows for item in row.parts if column_of(columns, item) == column]
        slack = _SAME_EDGE * rows[0].size
        left = _agree(sorted(item.x0 for item in cells), slack)
        right = _agree(sorted(item.x1 for item in cells), slack)
        numbers = sum(is_value(item.text) for item in cells)
        found.append(right > left or (right == left and 2 * numbers > len(cells)))
    return found


def _is_aligned(values: Sequence[Line]) -> bool:
    """Whether most of the parts agree in their left edge, right edge, middle or decimal point."""
    if len(values) < 2:
        return True
    places = zip(*((item.x0, item.x1, (item.x0 + item.x1) / 2, _point(item)) for item in values), strict=True)
    slack = _SAME_EDGE * values[0].size
    return any(_agree(sorted(edges), slack) >= _AGREE * len(values) for edges in places)


def _point(item: Line) -> float:
    at = item.text.find(".")
    return item.edges[at] if at >= 0 else item.x1


def _agree(edges: Sequence[float], slack: float) -> int:
    """How many of the sorted places lie within `slack` of each other, at most."""
    most = low = 0
    for high, edge in enumerate(edges):
        while edge - edges[low] > slack:
            low += 1
        most = max(most, high - low + 1)
    return most
