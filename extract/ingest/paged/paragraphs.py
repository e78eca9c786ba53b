"""Paragraphs from the lines of all pages: a line that had to end where it does goes on in the next one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from extract.ingest.paged.layout import Element, Placed
from extract.ingest.paged.lines import Line, Passage, is_full, is_leader, is_open, is_tabular, starts_item, wrap_seam
from extract.ingest.paged.tables import Grid

#: Shares of the size of a line.
_SAME_MARGIN = 0.8
_SAME_SIZE = 0.15
#: Lines of a paragraph are no further apart than this many times the usual distance of lines in the column.
_PITCH = 1.35
_PITCH_OF_SIZE = 2.2  # where there are too few lines to tell
#: The text of a page reaches from its left margin at least so far (as a share) to an equal margin on the right.
_REACH = 0.85


#: Left, and right if the lines show it.
Margins = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Column:
    """The margins of a column and the usual distance between its lines."""

    left: float
    right: float
    pitch: float | None


def join(elements: Iterable[Element], widths: Mapping[int, float]) -> list[Passage | Grid]:
    """Paragraphs and tables, in order; the paragraphs go on over columns and pages."""
    flow = list(elements)
    columns = _columns([element for element in flow if isinstance(element, Placed)], widths)
    joined: list[Passage | Grid] = []
    last: Placed | None = None
    for element in flow:
        if isinstance(element, Grid):
            joined.append(element)
            last = None
            continue
        previous = joined[-1] if joined else None
        if last and isinstance(previous, Passage) and _goes_on(last, element, columns):
            joined[-1] = previous.extended(Passage((element.line,)), wrap_seam(last.line, element.line))
        else:
            joined.append(Passage((element.line,)))
        last = element
    return joined


def _columns(placed: Sequence[Placed], widths: Mapping[int, float]) -> dict[tuple[int, int], Column]:
    """The columns by page and number."""
    members: dict[tuple[int, int], list[Line]] = defaultdict(list)
    alike: dict[tuple[float, int], list[Line]] = defaultdict(list)
    for item in placed:
        members[item.page, item.column].append(item.line)
        alike[widths[item.page], item.column].append(item.line)
    usual = {key: _margins(lines) for key, lines in alike.items()}
    return {
        (page, number): _column(lines, usual[widths[page], number], widths[page] if number == 0 else None)
        for (page, number), lines in members.items()
    }


def _column(lines: Sequence[Line], usual: Margins, width: float | None) -> Column:
    """A column from its lines; where they do not show its margins, from those of like pages, else from `width`."""
    left, right = _margins(lines)
    usual_left, usual_right = usual
    left = left if len(lines) > 1 else usual_left
    mirrored = width - left if width is not None else 0.0
    enough = left + _REACH * (mirrored - left)
    shown = [edge for edge in (right, usual_right) if edge is not None and edge >= enough]
    return Column(left, shown[0] if shown else max(mirrored, *(line.x1 for line in lines)), _pitch(lines))


def _margins(lines: Sequence[Line]) -> Margins:
    """The leftmost edge that two lines share, else the leftmost; the rightmost that two share, else None."""
    slack = _SAME_MARGIN * lines[0].size
    lefts = sorted(line.x0 for line in lines)
    rights = sorted((line.x1 for line in lines), reverse=True)
    left = next((low for low, high in pairwise(lefts) if high - low <= slack), lefts[0])
    return left, next((high for high, low in pairwise(rights) if high - low <= slack), None)


def _pitch(lines: Sequence[Line]) -> float | None:
    """The usual distance of baselines within a paragraph: the lower fifth, since gaps between paragraphs are wider."""
    steps = [low.base - high.base for high, low in pairwise(lines) if low.base > high.base]
    return quantiles(steps, n=5)[0] if len(steps) > 1 else None


def _goes_on(last: Placed, item: Placed, columns: Mapping[tuple[int, int], Column]) -> bool:
    """Whether the paragraph of the line `last` goes on in `item`."""
    upper, lower = last.line, item.line
    before, after = columns[last.page, last.column], columns[item.page, item.column]
    if abs(upper.size - lower.size) > _SAME_SIZE * upper.size:
        return False
    if is_tabular(upper) or is_tabular(lower):
        return False
    if is_leader(upper.text) or not is_full(upper, lower, before.right):
        return False
    together = (last.page, last.column) == (item.page, item.column)
    if together and not _is_next_line(upper, lower, before):
        return False
    if is_open(upper.text, lower.text):
        return True
    return not starts_item(lower.text) and lower.x0 <= after.left + _SAME_MARGIN * lower.size


def _is_next_line(upper: Line, lower: Line, column: Column) -> bool:
    step = lower.base - upper.base
    return 0 < step <= (_PITCH * column.pitch if column.pitch else _PITCH_OF_SIZE * upper.size)
