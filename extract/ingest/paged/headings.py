"""The head of a table without ruling lines: labels of one or several levels above its columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extract.ingest.paged.lines import Line, is_leader
from extract.ingest.paged.parts import Row
from extract.ingest.paged.streams import Interval

#: Sizes of a line. The head is no further above the first row, its lines no further apart; where a rule lies between
#: they may be.
_NEAR = 2.6
_NEAR_RULE = 3.6
#: A head has at most so many lines.
_LINES = 6
#: Middles or edges of a label and of what it spans agree to this share of its size.
_SAME_MIDDLE = 0.9
_SAME_EDGE = 0.5
_LARGER = 1.15
_ENDS = ("。", "；", "，", "、")


@dataclass(frozen=True, slots=True)
class Label:
    """A cell of the head: its lines, the columns [first, last] that it spans and its level from the top."""

    lines: tuple[Line, ...]
    first: int
    last: int
    level: int = 0

    @property
    def x0(self) -> float:
        """Left edge."""
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(line.x1 for line in self.lines)

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return (self.x0 + self.x1) / 2

    def meets(self, other: "Label") -> bool:
        """Whether both span some column."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Head:
    """The labels of a head, the columns (with those that have nothing but a label), and whether spans are in doubt."""

    labels: tuple[Label, ...]
    columns: tuple[Interval, ...]
    doubtful: bool

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return 1 + max((label.level for label in self.labels), default=-1)


def head_above(rows: Sequence[Row], at: int, columns: Sequence[Interval], rules: Sequence[float]) -> int:
    """The first of the rows above row `at` that may belong to its head; `at` if none does."""
    first = at
    while first > 0 and at - first < _LINES:
        row, below = rows[first - 1], rows[first]
        ruled = any(row.base < y < below.base for y in rules)
        if below.base - row.base > (_NEAR_RULE if ruled else _NEAR) * max(row.size, below.size):
            break
        if _is_no_label(row, columns):
            break
        first -= 1
    while first < at and _is_title(rows, first, at, columns):
        first += 1
    return first


def _is_no_label(row: Row, columns: Sequence[Interval]) -> bool:
    if row.is_anchor or row.is_field or any(item.text.endswith(_ENDS) or is_leader(item.text) for item in row.parts):
        return True
    return any(item.x0 <= columns[0][1] and item.x1 >= columns[-1][0] for item in row.parts)


def _is_title(rows: Sequence[Row], first: int, at: int, columns: Sequence[Interval]) -> bool:
    """Whether a line at the top of the head names the table: alone in its line, in larger type or over the first column."""
    row = rows[first]
    if len(row.parts) > 1:
        return False
    if first + 1 == at or row.size > _LARGER * rows[first + 1].size:
        return True
    spanned = _overlapped(row.parts[0], columns)
    if not spanned:
        return True
    return (
        len(spanned) > 1
        and spanned[0] == 0
        or not any(
            _overlapped(item, columns) and _overlapped(item, columns)[0] in spanned for item in rows[first + 1].parts
        )
    )


def _overlapped(item: Line | Label, columns: Sequence[Interval]) -> list[int]:
    return [index for index, (x0, x1) in enumerate(columns) if item.x0 < x1 and x0 < item.x1]


def read_head(rows: Sequence[Row], columns: Sequence[Interval]) -> Head | None:
    """The labels that these rows are, None where they can't be laid over the columns without a conflict."""
    columns = _with_bare_columns(rows, list(columns))
    spanned = [[(item, _overlapped(item, columns)) for item in row.parts] for row in rows]
    doubtful = False
    found: list[Label] = []
    for row in spanned:
        for item, span in row:
            if not span:
                free = _free_beside(item, columns, spanned)
                if free is None:
                    return None
                span = [free]  # noqa: PLW2901
            found.append(Label((item,), span[0], span[-1]))
    merged = _wrapped(found)
    widened = []
    for label in merged:
        wider, sure = _over_its_columns(label, merged, columns)
        widened.append(wider)
        doubtful |= not sure
    levelled = _levelled(widened)
    return None if levelled is None else Head(tuple(levelled), _extended(columns, levelled), doubtful)


def _with_bare_columns(rows: Sequence[Row], columns: list[Interval]) -> list[Interval]:
    """The columns with those that hold nothing below their label."""
    for row in rows:
        lacking = len(row.parts) - len(columns)
        if lacking <= 0:
            continue
        for item in row.parts:
            if not _overlapped(item, columns):
                columns = sorted([*columns, (item.x0, item.x1)])
    return columns


def _free_beside(
    item: Line, columns: Sequence[Interval], spanned: Sequence[Sequence[tuple[Line, list[int]]]]
) -> int | None:
    """The one column beside a label (numbers stand at the right, their label in the middle) that no other label is for."""
    taken = {index for row in spanned for _, span in row for index in span}
    left = max((index for index, (_, x1) in enumerate(columns) if x1 <= item.x0), default=None)
    right = min((index for index, (x0, _) in enumerate(columns) if x0 >= item.x1), default=None)
    free = [index for index in (left, right) if index is not None and index not in taken]
    return free[0] if len(free) == 1 else None


def _wrapped(labels: Sequence[Label]) -> list[Label]:
    """Labels with the lines below each other that span the same columns made one."""
    found: list[Label] = []
    for label in sorted(labels, key=lambda label: label.lines[0].base):
        above = next((other for other in reversed(found) if other.meets(label)), None)
        if above and (above.first, above.last) == (label.first, label.last):
            found[found.index(above)] = replace(above, lines=above.lines + label.lines)
        else:
            found.append(label)
    return found


def _over_its_columns(label: Label, labels: Sequence[Label], columns: Sequence[Interval]) -> tuple[Label, bool]:
    """A label over all the columns that it names: those below it that have a label of their own, but none beside it.

    It stands in the middle above them, or at their left edge.
    """
    base = label.lines[-1].base
    lower = [other for other in labels if other is not label and other.lines[0].base > base]
    beside = [other for other in labels if other is not label and other.lines[0].base <= base]
    free = {index for other in lower if other.first == other.last for index in [other.first]}
    free -= {index for other in beside for index in range(other.first, other.last + 1)}
    own = set(range(label.first, label.last + 1))
    if not own <= free:
        return label, own.isdisjoint(free)
    spans = [
        (first, last)
        for first in range(label.first + 1)
        for last in range(label.last, len(columns))
        if last > first and free.issuperset(range(first, last + 1))
    ]
    extents = _extended(columns, [other for other in lower if other.first == other.last])
    centred = [
        span
        for span in spans
        if abs((extents[span[0]][0] + extents[span[1]][1]) / 2 - label.middle) <= _SAME_MIDDLE * label.lines[0].size
    ]
    if len(centred) == 1:
        return replace(label, first=centred[0][0], last=centred[0][1]), True
    if len(centred) > 1:
        return replace(label, first=centred[-1][0], last=centred[-1][1]), False
    flush = [span for span in spans if abs(extents[span[0]][0] - label.x0) <= _SAME_EDGE * label.lines[0].size]
    if flush:
        first, last = max(flush, key=lambda span: span[1] - span[0])
        return replace(label, first=first, last=last), len(flush) == 1
    return label, False


def _extended(columns: Sequence[Interval], labels: Sequence[Label]) -> tuple[Interval, ...]:
    """The columns with room for the labels of single ones."""
    found = list(columns)
    for label in labels:
        if label.first == label.last:
            x0, x1 = found[label.first]
            found[label.first] = (min(x0, label.x0), max(x1, label.x1))
    return tuple(found)


def _levelled(labels: Sequence[Label]) -> list[Label] | None:
    """The labels with their levels; None if one reaches over two of the level above, or two lie over each other."""
    found: list[Label] = []
    for label in sorted(labels, key=lambda label: (label.lines[0].base, label.first)):
        above = [other for other in found if other.meets(label)]
        for other in above:
            if not (other.first <= label.first and label.last <= other.last):
                return None
            if other.lines[-1].base >= label.lines[0].base:
                return None
        found.append(replace(label, level=1 + max((other.level for other in above), default=-1)))
    if any(right[0] < left[1] for left, right in pairwise(_extended_of(found))):
        return None
    return found


def _extended_of(labels: Sequence[Label]) -> Iterator[Interval]:
    """The extents of the labels of the lowest level, from left to right."""
    single = {label.first: label for label in labels if label.first == label.last}
    for _, label in sorted(single.items()):
        yield label.x0, label.x1
