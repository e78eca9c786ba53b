"""Tables over several pages: the parts of one table become one grid."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extract.ingest.paged.lines import Passage, cell_seam, is_number
from extract.ingest.paged.tables import Grid, GridCell, nearest
from schemas.document import Quality

#: Points: the column edges of two parts differ by no more.
_SAME_EDGE = 4.0
#: A caption is at most so many lines: title, number, unit of the figures.
_CAPTION_LINES = 4
#: What tells the caption of a part from that of the table, and what may differ: （续）, 续表, spaces.
_CONTINUED = re.compile(r"[（(]续(?:表)?\d*[)）]|^续(?=表)|\s")


@dataclass(frozen=True, slots=True)
class Stitched:
    """A table of one or more pages, and the repeated header rows that were left out of it."""

    first: Grid
    last: Grid
    xs: tuple[float, ...]
    rows: int
    cells: tuple[GridCell, ...]
    repeated: tuple[Passage, ...] = ()
    quality: Quality = "readable"


def stitch(flow: Iterable[Passage | Grid]) -> list[Passage | Stitched]:
    """Joins a table to the one that ends the page before, if nothing stands between but its caption once more."""
    stitched: list[Passage | Stitched] = []
    for item in flow:
        if isinstance(item, Passage):
            stitched.append(item)
            continue
        at, between = _table_before(stitched)
        table = stitched[at] if at >= 0 else None
        if isinstance(table, Stitched) and _goes_on(table, item) and _is_caption(between, stitched[:at]):
            joined = _joined(table, item)
            stitched[at:] = [replace(joined, repeated=(*joined.repeated, *between))]
        else:
            stitched.append(Stitched(item, item, item.xs, item.rows, item.cells, quality=item.quality))
    return stitched


def _table_before(flow: Sequence[Passage | Stitched]) -> tuple[int, list[Passage]]:
    """Where the last table stands among the last few items (-1 for nowhere), and the passages after it."""
    between: list[Passage] = []
    for at in range(len(flow) - 1, max(-1, len(flow) - 2 - _CAPTION_LINES), -1):
        item = flow[at]
        if isinstance(item, Stitched):
            return at, between[::-1]
        between.append(item)
    return -1, []


def _is_caption(between: Sequence[Passage], before: Sequence[Passage | Stitched]) -> bool:
    """Whether the passages say again what stands before the table (its title, 单位：万元), or there are none."""
    caption = {_words(item) for item in before[-_CAPTION_LINES:] if isinstance(item, Passage)}
    return all(_words(passage) in caption for passage in between)


def _words(passage: Passage) -> str:
    return _CONTINUED.sub("", passage.text)


def _goes_on(table: Stitched, grid: Grid) -> bool:
    """Whether a grid has the column edges of the table that ends the page before.

    A part with merged cells only (the row of totals alone on a page) has some of them; the outer ones must be the same.
    """
    if grid.page != table.last.page + 1:
        return False
    if grid.head is not None or table.first.head is not None:
        return _goes_on_aligned(table, grid)
    shift = grid.xs[0] - table.xs[0]  # left and right pages may have other margins
    edges = [x - shift for x in grid.xs]
    if abs(edges[-1] - table.xs[-1]) > _SAME_EDGE:
        return False
    fewer, more = sorted((edges, list(table.xs)), key=len)
    return all(any(abs(a - b) <= _SAME_EDGE for b in more) for a in fewer)


def _goes_on_aligned(table: Stitched, grid: Grid) -> bool:
    """Whether a table that was read by alignment goes on: without a head, or with the same one.

    Its edges are those of its text, which differ from page to page.
    """
    if grid.head is None or table.first.head is None or len(grid.xs) != len(table.xs):
        return False
    return not grid.head or _repeated_rows(table.cells, grid) == grid.head == table.first.head


def _joined(table: Stitched, grid: Grid) -> Stitched:
    table, grid = _same_columns(table, grid)
    header = _repeated_rows(table.cells, grid)
    cells = [replace(cell, row=cell.row - header) for cell in grid.cells if cell.row >= header]
    upper = {cell.column: cell for cell in table.cells if cell.bottom_row == table.rows}
    top = {cell.column: cell for cell in cells if cell.row == 0}
    merged, shift = _continued(upper, top), table.rows
    broken = {column: cell for column, cell in top.items() if column not in merged}
    if upper.keys() == top.keys() and _is_split_row(upper, broken):
        shift -= 1
        merged = {column: replace(cell, row_span=cell.row_span - 1) for column, cell in merged.items()}
        merged |= {column: _extended(upper[column], cell) for column, cell in broken.items()}
        cells = [cell for cell in cells if cell.row > 0]
    else:
        cells = [cell for cell in cells if cell.row > 0 or cell.column not in merged]
    kept = [merged.get(cell.column, cell) if cell.bottom_row == table.rows else cell for cell in table.cells]
    kept += [replace(cell, row=cell.row + shift) for cell in cells]
    repeated = [_rows_as_text([cell for cell in grid.cells if cell.row < header])] if header else []
    rows = shift + grid.rows - header
    quality = grid.quality if table.quality == "readable" else table.quality
    return Stitched(table.first, grid, table.xs, rows, tuple(kept), (*table.repeated, *repeated), quality)


def _same_columns(table: Stitched, grid: Grid) -> tuple[Stitched, Grid]:
    """Both with the columns of the one that has more."""
    if len(grid.xs) == len(table.xs):
        return table, grid
    shift = grid.xs[0] - table.xs[0]
    if len(grid.xs) < len(table.xs):
        at = [nearest(table.xs, x - shift) for x in grid.xs]
        return table, replace(grid, cells=_moved(grid.cells, at))
    at = [nearest(grid.xs, x + shift) for x in table.xs]
    return replace(table, xs=tuple(x - shift for x in grid.xs), cells=_moved(table.cells, at)), grid


def _moved(cells: Iterable[GridCell], at: Sequence[int]) -> tuple[GridCell, ...]:
    """Cells whose column i is now column `at[i]`."""
    return tuple(
        replace(cell, column=at[cell.column], column_span=at[cell.column + cell.column_span] - at[cell.column])
        for cell in cells
    )


def _rows_as_text(cells: Iterable[GridCell]) -> Passage:
    """The rows as one text, cells parted by tabs."""
    text = Passage()
    row = 0
    for cell in cells:
        if cell.passage.lines:
            text = text.extended(cell.passage, "\t" if cell.row == row else "\n")
            row = cell.row
    return text


def _repeated_rows(cells: Sequence[GridCell], grid: Grid) -> int:
    """How many rows at the top of a grid repeat the first rows of the table."""
    count = 0
    while count < grid.rows - 1:
        row = _signature(grid.cells, count)
        if not row or row != _signature(cells, count) or not any(text for *_, text in row):
            break
        count += 1
    complete = all(cell.bottom_row <= count for cell in grid.cells if cell.row < count)
    return count if complete else 0


def _signature(cells: Iterable[GridCell], row: int) -> list[tuple[int, int, int, str]]:
    return [(cell.column, cell.row_span, cell.column_span, cell.text) for cell in cells if cell.row == row]


def _is_split_row(upper: dict[int, GridCell], top: dict[int, GridCell]) -> bool:
    """Whether the first row of a part is the rest of the row that the page before broke off.

    Its cells go on where the text above broke off, and some are empty below a text. Numbers alone may be a row of their
    own; beside a cell that can only be a rest they are rests, too.
    """
    if any(cell.row_span > 1 for cell in top.values()):
        return False
    going_on = [(upper[column], cell) for column, cell in top.items() if cell.text]
    ended = any(upper[column].text and not cell.text for column, cell in top.items())
    return ended and any(_is_rest(*pair) for pair in going_on) and all(_breaks_off(*pair) for pair in going_on)


def _is_rest(above: GridCell, below: GridCell) -> bool:
    """Words, and digits that make a number only with those above: 3,500,0 and 00."""
    return not is_number(below.text) or (not is_number(above.text) and is_number(above.text + below.text))


def _breaks_off(above: GridCell, below: GridCell) -> bool:
    if not above.text or above.column_span != below.column_span:
        return False
    last = above.passage.lines[-1]
    full = above.box.x1 - above.box.x0 - (last.x1 - last.x0) < below.passage.lines[0].unit_width() + last.size
    return full and "\n" not in _seam(above, below)


def _seam(above: GridCell, below: GridCell) -> str:
    return cell_seam(above.passage.lines[-1], below.passage.lines[0], above.box.x0, above.box.x1)


def _continued(upper: dict[int, GridCell], top: dict[int, GridCell]) -> dict[int, GridCell]:
    """The cells above that go on in the first row of a part: merged ones over an empty cell."""
    merged = {}
    for column, below in top.items():
        above = upper.get(column)
        if above is None or above.column_span != below.column_span or below.text:
            continue
        if max(above.row_span, below.row_span) > 1:
            merged[column] = replace(above, row_span=above.row_span + below.row_span)
    return merged


def _extended(above: GridCell, below: GridCell) -> GridCell:
    if not below.text:
        return above
    return replace(above, passage=above.passage.extended(below.passage, _seam(above, below)))
