"""Rows of a table without ruling lines: which lines belong to one row, since a name may be wrapped."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.ingest.paged.aligned.headings import Head
from extract.ingest.paged.aligned.parts import Row, is_value, joined
from extract.ingest.paged.aligned.streams import Interval, column_of
from extract.ingest.paged.lines import Line, is_full, is_open, starts_item

#: Lines closer together than this share of the least step between two rows are of one row.
_CLOSE = 0.85
#: Of several steps between two rows the largest parts them if it is so much larger than the next.
_CLEAR = 1.12
_NO_ROOM = 0.7
_OPENING = ("（", "(", "《", "“", "〔")
_CLOSING = ("）", ")", "》", "”", "〕")


@dataclass(frozen=True, slots=True)
class Bands:
    """Half-open ranges of rows, each of which is one row of the table, and whether that is in doubt."""

    ranges: tuple[tuple[int, int], ...]
    doubtful: bool


def bands(rows: Sequence[Row], head: Head, rules: Sequence[float]) -> Bands:
    """The rows of a table; `rules` are the heights of level lines across it, which no row reaches over."""
    steps = [lower.base - upper.base for upper, lower in pairwise(rows)]
    beside = [step for step, (upper, lower) in zip(steps, pairwise(rows), strict=True) if upper.counts and lower.counts]
    pitch = min(beside, default=None)
    tight = pitch is not None and _least_step(rows, head) < _CLOSE * pitch
    judge = _Judge(rows, head, pitch, tight)
    doubtful = False
    cuts = {0, len(rows)}
    for at, (upper, lower) in enumerate(pairwise(rows), 1):
        if any(upper.base < y < lower.base for y in rules):
            cuts.add(at)
            continue
        together, sure = judge.are_one(at, steps[at - 1])
        doubtful |= not sure
        if not together:
            cuts.add(at)
    chains = list(pairwise(sorted(cuts)))
    lean = _lean(rows, chains)
    for begin, end in chains:
        more, sure = _cut_between(rows, steps, begin, end, lean)
        doubtful |= not sure
        cuts |= more
    ranges = tuple(pairwise(sorted(cuts)))
    nameless = any(all(is_value(item.text) for row in rows[slice(*each)] for item in row.parts) for each in ranges)
    return Bands(ranges, doubtful or nameless)


def _least_step(rows: Sequence[Row], head: Head) -> float:
    """The least step between two lines of one column."""
    last: dict[int, float] = {}
    least = math.inf
    for row in rows:
        for item in row.parts:
            column = column_of(head.columns, item)
            if column in last and row.base > last[column]:
                least = min(least, row.base - last[column])
            last[column] = row.base
    return least


@dataclass(frozen=True, slots=True)
class _Judge:
    """What is known of the whole table: the least step from row to row, and that lines within one are closer."""

    rows: Sequence[Row]
    head: Head
    pitch: float | None
    tight: bool

    def are_one(self, at: int, step: float) -> tuple[bool, bool]:
        """Whether rows `at - 1` and `at` are of one row of the table, and whether that is sure."""
        upper, lower = self.rows[at - 1], self.rows[at]
        if upper.counts and lower.counts:
            return False, True
        if self._starts_anew(upper, lower):
            return False, True
        if self.pitch is None or step < _CLOSE * self.pitch:
            return True, True
        if self.tight:
            return False, True
        return self._by_words(upper, lower)

    def _starts_anew(self, upper: Row, lower: Row) -> bool:
        """Whether a part of the lower line begins an item below a part of the upper one."""
        above = {column_of(self.head.columns, item): item.text for item in upper.parts}
        texts = ((above.get(column_of(self.head.columns, item)), item.text) for item in lower.parts)
        return any(before and _begins(text) and not before.endswith(_OPENING) for before, text in texts)

    def _by_words(self, upper: Row, lower: Row) -> tuple[bool, bool]:
        """Where all lines are equally far apart: a part goes on below if it had no room left."""
        above = {column_of(self.head.columns, item): item for item in upper.parts}
        pairs = [(above.get(column_of(self.head.columns, item)), item) for item in lower.parts]
        if lower.counts:
            pairs = [pair for pair in pairs if pair[0] is not None]
        if not pairs or any(before is None for before, _ in pairs):
            return False, True
        held = [(before, item) for before, item in pairs if before is not None]
        if all(_is_unclosed(before.text, item.text) for before, item in held):
            return True, True
        if not all(is_full(before, item, self._right(item, lower)) for before, item in held):
            return False, True
        # a label that only ends far right may be the longest one, above the first of its own items
        shown = all(self.head.is_centred(column_of(self.head.columns, item)) for _, item in held)
        return shown or not lower.counts, False

    def _right(self, item: Line, lower: Row) -> float:
        """Up to where a part may reach; a line above the one with the number must leave no room at all."""
        slack = _NO_ROOM * item.size if lower.counts else 0.0
        return self.head.right(column_of(self.head.columns, item)) + slack


def _begins(text: str) -> bool:
    return starts_item(text) or text.startswith(("其中", "其 中", "合计", "合 计", "总计", "小计"))


def _is_unclosed(text: str, following: str) -> bool:
    """Whether a bracket that opens in a text closes in the following one, or the text plainly goes on."""
    if is_open(text, following) and not text[-1].isdecimal():
        return True
    return any(
        text.count(opening) > text.count(closing) and following.count(closing) > following.count(opening)
        for opening, closing in zip(_OPENING, _CLOSING, strict=True)
    )


def _lean(rows: Sequence[Row], chains: Iterable[tuple[int, int]]) -> int:
    """Where the numbers stand in all chains that have one: 1 in the first line, -1 in the last one, else 0."""
    found: set[int] = set()
    for begin, end in chains:
        anchors = [at for at in range(begin, end) if rows[at].counts]
        if len(anchors) == 1 and end - begin > 1:
            found.add(1 if anchors[0] == begin else -1 if anchors[0] == end - 1 else 0)
    return found.pop() if len(found) == 1 else 0


def _cut_between(rows: Sequence[Row], steps: Sequence[float], begin: int, end: int, lean: int) -> tuple[set[int], bool]:
    """Where a chain of lines with several numbers falls apart: at the largest step between two of them.

    Where all are alike, as the other rows of the table are built: `lean` tells where their numbers stand.
    """
    cuts: set[int] = set()
    sure = True
    anchors = [at for at in range(begin, end) if rows[at].counts]
    for upper, lower in pairwise(anchors):
        between = range(upper + 1, lower + 1)
        widest = max(between, key=lambda at: steps[at - 1])
        others = [steps[at - 1] for at in between if at != widest]
        if not others or steps[widest - 1] >= _CLEAR * max(others):
            cuts.add(widest)
        elif lean:
            cuts.add(lower if lean > 0 else upper + 1)
            sure = False
        else:  # whose the lines between are can't be seen: they stay rows of their own
            cuts |= {upper + 1, lower}
            sure = False
    return cuts, sure


def cells(rows: Sequence[Row], columns: Sequence[Interval]) -> dict[int, list[Line]]:
    """The lines, from top to bottom, in each column that one row of the table fills."""
    found: dict[int, list[Line]] = {}
    for row in rows:
        for item in row.parts:
            lines = found.setdefault(column_of(columns, item), [])
            if lines and lines[-1].base == item.base:
                lines[-1] = joined(lines[-1], item)
            else:
                lines.append(item)
    return found
