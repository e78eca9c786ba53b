"""Labels of a head that name several columns: which ones, when no line shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, zip_longest

from extract.ingest.paged.aligned.streams import Interval
from extract.ingest.paged.lines import Line

#: Middles or edges of a label and of what it spans agree to this share of its size.
_SAME_MIDDLE = 0.9
_SAME_EDGE = 0.3
_HALF_WAY = 0.2
#: The rest of a label: 预算数⏎（万元）.
_REST = ("（", "(")


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
    def base(self) -> float:
        """The height of the first baseline."""
        return self.lines[0].base

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return (self.x0 + self.x1) / 2

    @property
    def span(self) -> range:
        """The columns that it spans."""
        return range(self.first, self.last + 1)

    def meets(self, other: "Label") -> bool:
        """Whether both span some column."""
        return self.first <= other.last and other.first <= self.last


Span = tuple[int, int]


def grouped(labels: Sequence[Label], columns: Sequence[Interval]) -> tuple[list[Label], bool]:
    """The labels, each over all the columns that it names, and whether that is in doubt.

    A label names the columns below it that have a label of their own but none beside it.
    """
    found: list[Label] = []
    doubtful = False
    tall = [label for label in labels if _is_tall(label, labels)]
    for _, row in groupby(sorted(labels, key=lambda label: (-label.base, label.x0)), lambda label: label.base):
        members = list(row)
        lower = {label.first: label for label in found if label.first == label.last and label not in tall}
        lower = {index: label for index, label in lower.items() if not label.lines[0].text.startswith(_REST)}
        upper = [label for label in members if lower.keys() >= set(label.span)]
        beside = [label for label in members if label not in upper]
        taken = {index for label in [*beside, *_without_lower(labels, members)] for index in label.span}
        free = {index: lower[index] for index in sorted(lower.keys() - taken)}
        spans, sure = _spans(upper, free, columns, {(label.first, label.last) for label in found})
        found += beside
        found += [replace(label, first=span[0], last=span[1]) for label, span in zip(upper, spans, strict=True)]
        doubtful |= not sure
    return found, doubtful


def _is_tall(label: Label, labels: Sequence[Label]) -> bool:
    """Whether a label stands half way down the head, so that nothing is above it."""
    top, bottom = min(other.base for other in labels), max(other.base for other in labels)
    if any(other.base == top and not _has_lower(other, labels) for other in labels):
        return False
    middle = abs((top + bottom) / 2 - label.base) <= _HALF_WAY * label.lines[0].size
    return top < label.base < bottom and middle


def _without_lower(labels: Sequence[Label], row: Sequence[Label]) -> list[Label]:
    """The labels above a row that have no label below them."""
    above = [label for label in labels if label.base < row[0].base]
    return [label for label in above if not _has_lower(label, labels)]


def _has_lower(label: Label, labels: Sequence[Label]) -> bool:
    return any(other.base > label.base and other.meets(label) for other in labels)


def _spans(
    upper: Sequence[Label], free: Mapping[int, Label], columns: Sequence[Interval], below: set[Span]
) -> tuple[list[Span], bool]:
    own = [(label.first, label.last) for label in upper]
    if not upper or len(free) <= len(upper):
        return own, all(first == last for first, last in own)
    flush = [_up_to_next(label, following, free) for label, following in zip_longest(upper, upper[1:])]
    level = len({label.base for label in free.values()}) == 1
    starts = level and all(
        abs(free[first].x0 - label.x0) <= _SAME_EDGE * label.lines[0].size
        for label, (first, _) in zip(upper, flush, strict=True)
    )
    if starts and all(last > first for first, last in flush) and _count(flush) == len(free):
        return flush, len(flush) > 1
    middle = [
        _centred(label, free, columns, {index for other in upper if other is not label for index in other.span}, below)
        for label in upper
    ]
    if any(right[0] <= left[1] for left, right in pairwise(middle)):
        return own, False
    alike = len({last - first for first, last in middle}) == 1  # 2023年 over two columns and 2024年 over one is odd
    return middle, alike and (_count(middle) == len(free) or middle == own)


def _count(spans: Sequence[Span]) -> int:
    return sum(last - first + 1 for first, last in spans)


def _up_to_next(label: Label, following: Label | None, free: Mapping[int, Label]) -> Span:
    last = label.first
    while last + 1 in free and (following is None or last + 1 < following.first):
        last += 1
    return label.first, last


def _centred(
    label: Label, free: Mapping[int, Label], columns: Sequence[Interval], others: set[int], below: set[Span]
) -> Span:
    """The widest run of columns in whose middle a label stands: by their labels, else by all that is in them.

    What has one label `below` already is no run for another.
    """
    runs = [
        (first, last)
        for first in range(label.first + 1)
        for last in range(label.last, len(columns))
        if free.keys() >= set(range(first, last + 1)) and others.isdisjoint(range(first, last + 1))
        if (first, last) not in below
    ]
    extents = extended(columns, list(free.values()))
    fitting = [run for run in runs if _is_in_middle(label, run, free, extents)]
    level = [run for run in fitting if len({free[index].base for index in range(run[0], run[1] + 1)}) == 1]
    return max(level or fitting, key=lambda run: run[1] - run[0], default=(label.first, label.last))


def _is_in_middle(label: Label, run: Span, free: Mapping[int, Label], extents: Sequence[Interval]) -> bool:
    """Whether a label stands in the middle of a run: of its outer labels, of their middles, or of all that is in it."""
    first, last = free[run[0]], free[run[1]]
    middles = (
        (first.x0 + last.x1) / 2,
        (first.middle + last.middle) / 2,
        (extents[run[0]][0] + extents[run[1]][1]) / 2,
    )
    return any(abs(middle - label.middle) <= _SAME_MIDDLE * label.lines[0].size for middle in middles)


def extended(columns: Sequence[Interval], labels: Sequence[Label]) -> tuple[Interval, ...]:
    """The columns with room for the labels of single ones."""
    found = list(columns)
    for label in labels:
        if label.first == label.last:
            x0, x1 = found[label.first]
            found[label.first] = (min(x0, label.x0), max(x1, label.x1))
    return tuple(found)
