"""The lines and tables of a page in the order in which people read them: columns one after the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from extract.ingest.paged.lines import Line, pieces
from extract.ingest.paged.tables import Grid

#: Only a gutter in the middle of the page parts two columns; these are shares of its width.
_MIDDLE = (0.3, 0.7)
#: A gutter is at least so wide, in points, at most so wide, as a share of the page, and few of the lines run across it.
_GUTTER = 8
_GUTTER_SHARE = 0.12
_CROSSING = 0.5
#: Each column has so many lines, and this share of them fills so much of its width: a list of labels is no column.
_COLUMN_LINES = 4
_FILLING_LINES = 0.5
_FILLED = 0.75


@dataclass(frozen=True, slots=True)
class Placed:
    """A line and its column: 0 where a page has one, 1 the left and 2 the right of two."""

    line: Line
    column: int = 0

    @property
    def page(self) -> int:
        """The page of the line."""
        return self.line.page


Element = Placed | Grid


def in_order(lines: Sequence[Line], grids: Sequence[Grid], width: float) -> list[Element]:
    """Lines and tables of a page in reading order."""
    items: list[Line | Grid] = [*lines, *grids]
    elements = sorted(items, key=_top)
    gutter = _gutter(lines, width)
    if gutter is None:
        return [_element(element, 0) for element in elements]
    return [element for band in _bands(elements, gutter) for element in _ordered(*band, width)]


def _top(element: Line | Grid) -> float:
    return element.box.top if isinstance(element, Grid) else element.base


def _element(element: Line | Grid, column: int) -> Element:
    return element if isinstance(element, Grid) else Placed(element, column)


def _gutter(lines: Sequence[Line], width: float) -> float | None:
    """The middle of the widest strip that few lines run across, None where there is none."""
    if len(lines) < _COLUMN_LINES:
        return None
    steps: Counter[int] = Counter()  # what begins to cross at a whole x, less what no longer does
    for piece in (piece for line in lines for piece in pieces(line)):
        steps[floor(piece.x0) + 1] += 1
        steps[max(ceil(piece.x1), floor(piece.x0) + 1)] -= 1
    first, last = int(_MIDDLE[0] * width), int(_MIDDLE[1] * width)
    crossing = sum(step for x, step in steps.items() if x < first)
    best = run = 0
    middle = None
    for x in range(first, last):
        crossing += steps[x]
        run = run + 1 if crossing <= _CROSSING * len(lines) else 0
        if run > best:
            best, middle = run, x - run / 2
    return middle if best >= _GUTTER else None


Band = tuple[list[Line | Grid], list[Line | Grid], list[Line | Grid]]


def _bands(elements: Sequence[Line | Grid], gutter: float) -> Iterator[Band]:
    """Stretches without anything across the gutter: all their elements, and what is left and right of it."""
    band: Band = ([], [], [])
    for element in elements:
        sides = list(_sides(element, gutter))
        if not sides:
            yield band
            yield [element], [], []
            band = ([], [], [])
            continue
        band[0].append(element)
        for side, part in sides:
            band[side].append(part)
    yield band


def _sides(element: Line | Grid, gutter: float) -> Iterator[tuple[int, Line | Grid]]:
    """The parts of an element on each side (1 left, 2 right); nothing if it runs across the gutter."""
    parts: list[Line | Grid] = [element] if isinstance(element, Grid) else [*pieces(element)]
    extents = [_extent(part) for part in parts]
    if any(x0 < gutter < x1 for x0, x1 in extents):
        return
    for part, (x0, _) in zip(parts, extents, strict=True):
        yield (1 if x0 < gutter else 2), part


def _extent(element: Line | Grid) -> tuple[float, float]:
    return (element.box.x0, element.box.x1) if isinstance(element, Grid) else (element.x0, element.x1)


def _ordered(
    whole: list[Line | Grid], left: list[Line | Grid], right: list[Line | Grid], width: float
) -> Iterator[Element]:
    gap = min((_extent(part)[0] for part in right), default=width) - max((_extent(part)[1] for part in left), default=0)
    if not (_is_column(left) and _is_column(right) and gap <= _GUTTER_SHARE * width):
        yield from (_element(element, 0) for element in whole)
        return
    for column, elements in ((1, left), (2, right)):
        yield from (_element(element, column) for element in elements)


def _is_column(elements: Sequence[Line | Grid]) -> bool:
    """Whether most of the lines fill the width of what would be a column."""
    lines = [element for element in elements if isinstance(element, Line)]
    if len(lines) < _COLUMN_LINES:
        return False
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    filling = sum(line.x1 - line.x0 >= _FILLED * width for line in lines)
    return filling >= _FILLING_LINES * len(lines)
