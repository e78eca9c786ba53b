"""The head of a table without ruling lines: labels of one or several levels above its columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extract.ingest.labels import is_caption
from extract.ingest.paged.aligned.groups import Label, extended, grouped
from extract.ingest.paged.aligned.parts import Row
from extract.ingest.paged.aligned.streams import Interval, right_aligned
from extract.ingest.paged.lines import Line, is_leader

#: Sizes of a line. The head is no further above the first row, its lines no further apart; where a rule lies between
#: they may be.
_NEAR = 2.6
_NEAR_RULE = 3.6
_NEAR_PITCH = 1.3
#: A head has at most so many lines.
_LINES = 6
#: The left edges of a column and of its label agree to this share of its size.
_SAME_EDGE = 0.5
_LARGER = 1.15
#: A label over several columns stands as close to those below it as the head to the first row, a title does not.
_CLOSE_STEP = 1.25
_CLOSE = 1.6
_ENDS = ("。", "；", "，", "、")


@dataclass(frozen=True, slots=True)
class Head:
    """The labels of a head, the columns (with those that have nothing but a label), and whether spans are in doubt."""

    labels: tuple[Label, ...]
    columns: tuple[Interval, ...]
    doubtful: bool

    def right(self, column: int) -> float:
        """The right edge of a column, as far as its text shows it: its label may stand in the middle."""
        x0, x1 = self.columns[column]
        label = self._label(column)
        return max(x1, 2 * label.middle - x0) if label else x1

    def is_centred(self, column: int) -> bool:
        """Whether the label of a column does not begin where the column does."""
        label = self._label(column)
        return label is not None and label.x0 - self.columns[column][0] > _SAME_EDGE * label.lines[0].size

    def _label(self, column: int) -> Label | None:
        return next((label for label in self.labels if (label.first, label.last) == (column, column)), None)

    def unnamed(self) -> list[int]:
        """The columns without a label."""
        named = {column for label in self.labels for column in label.span}
        return [column for column in range(len(self.columns)) if column not in named]

    @property
    def depth(self) -> int:
        """How many levels there are."""
        return 1 + max((label.level for label in self.labels), default=-1)


def head_above(rows: Sequence[Row], at: int, columns: Sequence[Interval], rules: Sequence[float], pitch: float) -> int:
    """The first of the rows above row `at` that may belong to its head; `at` if none does.

    `pitch` is the usual step between the rows of the body.
    """
    first = at
    while first > 0 and at - first < _LINES:
        row, below = rows[first - 1], rows[first]
        ruled = any(row.base < y < below.base for y in rules)
        near = (_NEAR_RULE if ruled else _NEAR) * max(row.size, below.size)
        if below.base - row.base > max(near, _NEAR_PITCH * pitch):
            break
        if _is_no_label(row, columns) or _is_above_border(row, rows[at], rules):
            break
        first -= 1
    while first < at and _is_title(rows, first, at, columns):
        first += 1
    return first


def _is_above_border(row: Row, body: Row, rules: Sequence[float]) -> bool:
    """Whether a row is alone above the uppermost of several rules: the border of the table, and its title."""
    below = [y for y in rules if row.base < y < body.base]
    above = [y for y in rules if row.base - _NEAR_RULE * row.size < y < row.base]
    return len(row.parts) == 1 and len(below) > 1 and not above


def _is_no_label(row: Row, columns: Sequence[Interval]) -> bool:
    if row.counts or row.is_field or any(item.text.endswith(_ENDS) or is_leader(item.text) for item in row.parts):
        return True
    return any(item.x0 <= columns[0][1] and item.x1 >= columns[-1][0] for item in row.parts)


def _is_title(rows: Sequence[Row], first: int, at: int, columns: Sequence[Interval]) -> bool:
    """Whether the line at the top of the head names the table and no columns.

    It stands alone: in larger type, over the first column, or in the middle of the table above a single line of labels.
    """
    row = rows[first]
    if len(row.parts) > 1:
        return False
    if first + 1 == at or row.size > _LARGER * rows[first + 1].size:
        return True
    item = row.parts[0]
    middle = (columns[0][0] + columns[-1][1] - item.x0 - item.x1) / 2
    if abs(middle) <= row.size and (first + 2 == at or is_caption(item.text)):
        return True
    spanned = _overlapped(item, columns)
    if spanned == [0]:
        return not any(_overlapped(other, columns) == [0] for under in rows[first + 1 : at] for other in under.parts)
    steps = [lower.base - upper.base for upper, lower in pairwise(rows[first : at + 1])]
    named = [other for under in rows[first + 1 : at] for other in under.parts if other.x1 > columns[0][1]]
    over = any(other.x0 <= item.x1 for other in named) and any(other.x1 >= item.x0 for other in named)
    return 0 in spanned or not over or steps[0] > max(_CLOSE_STEP * steps[-1], _CLOSE * row.size)


def _overlapped(item: Line | Label, columns: Sequence[Interval]) -> list[int]:
    return [index for index, (x0, x1) in enumerate(columns) if item.x0 < x1 and x0 < item.x1]


def read_head(rows: Sequence[Row], columns: Sequence[Interval], body: Sequence[Row]) -> Head | None:
    """The labels that these rows are, None where they can't be laid over the columns without a conflict."""
    columns = _with_bare_columns(rows, list(columns))
    found = _placed(rows, columns, body)
    if found is None:
        return None
    widened, doubtful = grouped(found, columns)
    levelled = _levelled(_wrapped(widened))
    return None if levelled is None else Head(tuple(levelled), extended(columns, levelled), doubtful)


def _with_bare_columns(rows: Sequence[Row], columns: list[Interval]) -> list[Interval]:
    """The columns with those that hold nothing below their label: both neighbours of it have labels in its line."""
    for row in rows:
        spans = [_overlapped(item, columns) for item in row.parts]
        labelled = {index for span in spans for index in span}
        if len(row.parts) <= len(columns):
            continue
        for item, span in zip(row.parts, spans, strict=True):
            left = _gap(item, columns)
            if not span and all(index in labelled for index in (left, left + 1) if 0 <= index < len(columns)):
                columns = sorted([*columns, (item.x0, item.x1)])
    return columns


def _placed(rows: Sequence[Row], columns: Sequence[Interval], body: Sequence[Row]) -> list[Label] | None:
    """The labels with the columns above which they stand; None if that can't be told of one.

    Lower ones come first, since one between two columns may name both if each has a label below it.
    """
    found: list[Label] = []
    between: list[Line] = []
    for row in reversed(rows):
        spans = [_overlapped(item, columns) for item in row.parts]
        if len(spans) == len(columns) and all(set(span) <= {at} for at, span in enumerate(spans)):
            spans = [[at] for at in range(len(spans))]
        found += [Label((item,), span[0], span[-1]) for item, span in zip(row.parts, spans, strict=True) if span]
        between += [item for item, span in zip(row.parts, spans, strict=True) if not span]
    right = right_aligned(columns, body)
    for at in range(-1, len(columns)):
        inside = [item for item in between if _gap(item, columns) == at]
        placed = _placed_between(inside, at, found, right)
        if placed is None:
            return None
        found += placed
    return found


def _gap(item: Line, columns: Sequence[Interval]) -> int:
    """The column that a label which stands above none is right of, -1 for none."""
    return sum(x1 <= item.x0 for _, x1 in columns) - 1


def _placed_between(
    items: Sequence[Line], left: int, labels: Sequence[Label], right: Sequence[bool]
) -> list[Label] | None:
    """The labels between column `left` and the next; None if it can't be told for which of them one stands.

    Numbers end at the right edge of their column, names begin at the left one. Of two labels beside each other each is
    for its side; one over labels of both is for both.
    """
    found: list[Label] = []
    for item in sorted(items, key=lambda item: -item.base):
        low, high = left, left + 1
        bases = [{label.base for label in labels if index in label.span} for index in (low, high)]
        if any(base > item.base for base in bases[0] & bases[1]):
            found.append(Label((item,), low, high))
            continue
        others = [other for other in items if other.x1 <= item.x0 or item.x1 <= other.x0]
        if others:
            column: int | None = low if item.x0 < others[0].x0 else high
        else:
            column = _side(item, (low, high), labels, right)
        if column is None or not 0 <= column < len(right):
            return None
        found.append(Label((item,), column, column))
    return found


def _side(item: Line, sides: tuple[int, int], labels: Sequence[Label], right: Sequence[bool]) -> int | None:
    """The one of two columns that a label between them is for: without a label in its line, aligned so, without any."""
    beside = {index for label in labels if label.base == item.base for index in label.span}
    taken = {index for label in labels for index in label.span}
    free = [index for index in sides if 0 <= index < len(right) and index not in beside]
    aligned = [index for index in free if right[index] == (index == sides[1])]
    bare = [index for index in free if index not in taken]
    return next((found[0] for found in (free, aligned, bare) if len(found) == 1), None)


def _wrapped(labels: Sequence[Label]) -> list[Label]:
    """Labels with the lines below each other that span the same columns made one."""
    found: list[Label] = []
    for label in sorted(labels, key=lambda label: label.base):
        above = next((other for other in reversed(found) if other.meets(label)), None)
        if above and (above.first, above.last) == (label.first, label.last):
            found[found.index(above)] = replace(above, lines=above.lines + label.lines)
        else:
            found.append(label)
    return found


def _levelled(labels: Sequence[Label]) -> list[Label] | None:
    """The labels with their levels; None if one reaches over two of the level above, or two lie over each other."""
    found: list[Label] = []
    for label in sorted(labels, key=lambda label: (label.base, label.first)):
        above = [other for other in found if other.meets(label)]
        for other in above:
            if not (other.first <= label.first and label.last <= other.last):
                return None
            if other.lines[-1].base >= label.base:
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
