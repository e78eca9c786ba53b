"""The grid of a table without ruling lines, from its head and the lines in its cells."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from extract.ingest.paged.aligned.headings import Head
from extract.ingest.paged.aligned.parts import is_mark
from extract.ingest.paged.aligned.streams import Interval
from extract.ingest.paged.lines import Line, is_number
from extract.ingest.paged.tables import Grid, GridCell, passage
from schemas.document import Box

Cells = Mapping[int, Sequence[Line]]


def laid_out(head: Head, body: Sequence[Cells], numeric: Collection[int]) -> Grid | None:
    """The grid, with a cell for each place that holds nothing; None if a cell would hold two numbers."""
    if any(_count(row.get(column, ())) > 1 for row in body for column in numeric):
        return None
    page = body[0][min(body[0])][0].page
    xs = _edges(head.columns)
    tops, bottoms = _heights(head, body)
    ys = (*tops, bottoms[-1])
    drawn = [*_head_cells(head, page, xs, ys), *_body_cells(head, body, page, xs, ys)]
    return Grid(page, xs, ys, tuple(sorted(drawn, key=lambda cell: (cell.row, cell.column))), head.depth)


def _count(lines: Sequence[Line]) -> int:
    """How many numbers, or signs for none, a cell holds."""
    return sum(is_number(word) or is_mark(word) for line in lines for word in line.text.split(" "))


def _edges(columns: Sequence[Interval]) -> tuple[float, ...]:
    """The outer edges of the columns and the middles of the streams between them."""
    inner = [round((left[1] + right[0]) / 2, 2) for left, right in pairwise(columns)]
    return (round(columns[0][0], 2), *inner, round(columns[-1][1], 2))


def _heights(head: Head, body: Sequence[Cells]) -> tuple[list[float], list[float]]:
    """The upper and lower edges of all rows."""
    rows: list[list[Line]] = [[] for _ in range(head.depth)]
    for label in head.labels:
        rows[label.level] += label.lines
    rows += [[line for lines in row.values() for line in lines] for row in body]
    tops: list[float] = []
    for row in rows:
        top = min(line.top for line in row)
        tops.append(max(top, tops[-1]) if tops else top)
    bottoms = [*tops[1:], max(line.bottom for line in rows[-1])]
    return tops, bottoms


def _head_cells(head: Head, page: int, xs: Sequence[float], ys: Sequence[float]) -> Iterator[GridCell]:
    for label in head.labels:
        lower = [other for other in head.labels if other.level > label.level and other.meets(label)]
        bottom = label.level + 1 if lower else head.depth
        yield _cell(page, label.level, bottom, label.first, label.last + 1, label.lines, xs, ys)
    covered = {(label.level, column) for label in head.labels for column in range(label.first, label.last + 1)}
    for column in range(len(head.columns)):
        first = min((level for level, other in covered if other == column), default=head.depth)
        if first:
            yield _cell(page, 0, first, column, column + 1, (), xs, ys)


def _body_cells(
    head: Head, body: Sequence[Cells], page: int, xs: Sequence[float], ys: Sequence[float]
) -> Iterator[GridCell]:
    for row, filled in enumerate(body, head.depth):
        for column in range(len(head.columns)):
            yield _cell(page, row, row + 1, column, column + 1, filled.get(column, ()), xs, ys)


def _cell(
    page: int,
    top: int,
    bottom: int,
    first: int,
    last: int,
    lines: Sequence[Line],
    xs: Sequence[float],
    ys: Sequence[float],
) -> GridCell:
    box = Box(xs[first], ys[top], xs[last], ys[bottom])
    left = min((line.x0 for line in lines), default=box.x0)
    right = max((line.x1 for line in lines), default=box.x1)
    return GridCell(
        page, top, first, bottom - top, last - first, box, passage(lines, min(left, box.x0), max(right, box.x1))
    )
