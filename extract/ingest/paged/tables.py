"""Ruled tables of a page as grids, in shown coordinates, so that a turned page is a page like any other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from extract.ingest.paged.cells import CellBox, cells_by_table
from extract.ingest.paged.glyphs import Glyph, Rule
from extract.ingest.paged.lines import Line, Passage, build_lines, cell_seam
from schemas.document import Box, Quality

#: Points. Ruling lines closer together than this are one line of the grid.
_SNAP = 2.0
_ALIGNED = 3.0
#: A page with more ruling lines than this is a drawing; the finder's time grows with their square.
RULES = 6_000
#: A character that reaches so far (as a share of its width) over a ruling line runs over it, with its word.
_STRADDLE = 0.25
#: Characters of a word are no further apart than this share of their height.
_TOUCH = 0.2


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid: its place and spans, its page and box and its text."""

    page: int
    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    passage: Passage = field(default_factory=Passage)

    @property
    def text(self) -> str:
        """The text of the cell."""
        return self.passage.text

    @property
    def bottom_row(self) -> int:
        """The row after the last one that the cell covers."""
        return self.row + self.row_span


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of one page. `xs` are the edges of its columns, `ys` those of its rows.

    One that was read by alignment says how many of its rows are its `head`, and whether its reading is in doubt.
    """

    page: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]
    head: int | None = None
    quality: Quality = "readable"

    @property
    def box(self) -> Box:
        """The outer border."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def rows(self) -> int:
        """The count of rows."""
        return len(self.ys) - 1


def find_grids(glyphs: list[Glyph], rules: Sequence[Rule], page: int) -> tuple[list[Grid], list[Glyph]]:
    """The tables of a page from top to bottom, and the characters that are in none of their cells."""
    grids: list[Grid] = []
    for boxes in _cells(rules):
        outline = _outline(boxes, page)
        filled, rest = _fill(outline, glyphs)
        if any(cell.passage.lines for cell in filled.cells):
            grids.append(filled)
            glyphs = rest
    return grids, glyphs


def _cells(rules: Sequence[Rule]) -> list[list[CellBox]]:
    """The cells of each table; too few lines make none."""
    rules = (*rules, *_open_sides(rules))
    upright = sum(rule.x0 == rule.x1 for rule in rules)
    return cells_by_table(rules) if min(upright, len(rules) - upright) >= 2 else []


def _open_sides(rules: Sequence[Rule]) -> Iterator[Rule]:
    """The outer borders of tables that are printed without them: level lines of one length, upright ones between."""
    level = sorted((rule for rule in rules if rule.top == rule.bottom), key=lambda rule: (round(rule.x0), rule.top))
    for _, group in groupby(level, key=lambda rule: (round(rule.x0), round(rule.x1))):
        alike = list(group)
        top, bottom = alike[0].top, alike[-1].bottom
        inside = [
            rule
            for rule in rules
            if rule.x0 == rule.x1
            and alike[0].x0 - _ALIGNED <= rule.x0 <= alike[0].x1 + _ALIGNED
            and top - _ALIGNED <= rule.top
            and rule.bottom <= bottom + _ALIGNED
        ]
        if len(alike) > 2 and inside:
            for x in (alike[0].x0, alike[0].x1):
                if not any(abs(rule.x0 - x) <= _ALIGNED for rule in inside):
                    yield Rule(x, top, x, bottom)


def _outline(boxes: Sequence[CellBox], page: int) -> Grid:
    """The grid of the cells, without text."""
    xs = _distinct(x for box in boxes for x in (box[0], box[2]))
    ys = _distinct(y for box in boxes for y in (box[1], box[3]))
    cells: dict[tuple[int, int], GridCell] = {}
    for x0, top, x1, bottom in sorted(boxes, key=lambda box: (box[1], box[0])):
        row, column = nearest(ys, top), nearest(xs, x0)
        spans = max(1, nearest(ys, bottom) - row), max(1, nearest(xs, x1) - column)
        cells.setdefault((row, column), GridCell(page, row, column, *spans, Box(x0, top, x1, bottom)))
    return Grid(page, xs, ys, tuple(cells[key] for key in sorted(cells)))


def _distinct(values: Iterable[float]) -> tuple[float, ...]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SNAP:
            found.append(round(value, 2))
    return tuple(found)


def nearest(values: Sequence[float], value: float) -> int:
    """The index of the value that comes closest, of values in ascending order."""
    at = bisect_left(values, value)
    return at - 1 if at == len(values) or (at and value - values[at - 1] <= values[at] - value) else at


def _fill(grid: Grid, glyphs: list[Glyph]) -> tuple[Grid, list[Glyph]]:
    """The grid with the text of its cells, and the characters that are in none."""
    covers = {
        (row, column): index
        for index, cell in enumerate(grid.cells)
        for row in range(cell.row, cell.bottom_row)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    beside = [glyph for glyph in glyphs if not grid.ys[0] <= (glyph.top + glyph.bottom) / 2 < grid.ys[-1]]
    level = [glyph for glyph in glyphs if grid.ys[0] <= (glyph.top + glyph.bottom) / 2 < grid.ys[-1]]
    content: list[list[Glyph]] = [[] for _ in grid.cells]
    for word in _words(level):
        for part in _parts(word, grid, covers):
            cell = covers.get(_position(grid, part[len(part) // 2]))
            (beside if cell is None else content[cell]).extend(part)
    cells = (
        replace(cell, passage=passage(build_lines(found, grid.page), cell.box.x0, cell.box.x1))
        for cell, found in zip(grid.cells, content, strict=True)
    )
    return replace(grid, cells=tuple(cells)), beside


def _position(grid: Grid, glyph: Glyph) -> tuple[int, int]:
    """Row and column at the middle of a character."""
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return bisect_right(grid.ys, y) - 1, bisect_right(grid.xs, x) - 1


def _words(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Runs of characters that touch each other on one baseline."""
    word: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: (round(glyph.base), glyph.x0)):
        if word and not _touch(word[-1], glyph):
            yield word
            word = []
        word.append(glyph)
    if word:
        yield word


def _touch(left: Glyph, right: Glyph) -> bool:
    height = left.bottom - left.top
    return round(left.base) == round(right.base) and right.x0 - left.x1 <= _TOUCH * height


def _parts(word: list[Glyph], grid: Grid, covers: dict[tuple[int, int], int]) -> Iterator[list[Glyph]]:
    """A word by cells; where a character runs over the ruling line, the word is one that overflows its cell."""
    part = word[:1]
    for glyph in word[1:]:
        crosses = covers.get(_position(grid, glyph)) != covers.get(_position(grid, part[-1]))
        if crosses and not (_straddles(glyph, grid) or _straddles(part[-1], grid)):
            yield part
            part = []
        part.append(glyph)
    yield part


def _straddles(glyph: Glyph, grid: Grid) -> bool:
    slack = _STRADDLE * (glyph.x1 - glyph.x0)
    at = bisect_right(grid.xs, glyph.x0 + slack)
    return at < len(grid.xs) and grid.xs[at] < glyph.x1 - slack


def passage(lines: Sequence[Line], left: float, right: float) -> Passage:
    """The text of a cell that reaches from `left` to `right`, from its lines."""
    return Passage(tuple(lines), tuple(cell_seam(upper, lower, left, right) for upper, lower in pairwise(lines)))
