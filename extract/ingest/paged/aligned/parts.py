"""The parts of a line between its gaps, and what they look like: what tables without ruling lines are read from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from extract.grid import is_empty, is_numeric
from extract.ingest.paged.lines import Line, is_number, part, starts_item

#: Shares of the size of a line: a gap from here on parts two cells, two numbers stand closer together.
_GAP = 0.55
_NUMBER_GAP = 0.28
_SAME_BASE = 0.3
#: A name or label of single characters is drawn out (合　　计) up to here.
_DRAWN_OUT = 4.0
_HAN = re.compile("[\u4e00-\u9fa5]")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\s*年度?)?")
_YEAR_LABEL = re.compile(r"(?:19|20)\d{2}\s*年")
_SIGN = re.compile("[=＝÷×≈+＋]")
_UNIT = re.compile("[年月日号时分万亿千百元人个项次名户件台套家所公平立里米亩吨份期类章节条款次点%％‰]{1,4}")
_GROUP = re.compile(r"\d{3}")
_FIELD = re.compile(r"[^中][：:]")


@dataclass(frozen=True)
class Row:
    """What stands on one baseline, from left to right: the lines, their parts, the element that they are from."""

    source: int
    lines: tuple[Line, ...]
    parts: tuple[Line, ...]

    @cached_property
    def base(self) -> float:
        """The height of the baseline."""
        return self.parts[0].base

    @cached_property
    def size(self) -> float:
        """The height of the largest type."""
        return max(item.size for item in self.parts)

    @cached_property
    def top(self) -> float:
        """Upper edge."""
        return min(item.top for item in self.parts)

    @cached_property
    def bottom(self) -> float:
        """Lower edge."""
        return max(item.bottom for item in self.parts)

    @cached_property
    def values(self) -> tuple[Line, ...]:
        """The parts that are numbers."""
        return tuple(item for item in self.parts if is_value(item.text))

    @cached_property
    def is_field(self) -> bool:
        """Whether the line is one of a form or a remark: 负责人：张三."""
        return any(_FIELD.search(item.text) for item in self.parts)

    @cached_property
    def counts(self) -> bool:
        """Whether a line of a table is a row of it: an anchor, or a number alone between the lines of its name."""
        return self.is_anchor or (bool(self.values) and not self.is_field)

    @cached_property
    def is_anchor(self) -> bool:
        """Whether the line carries a row of a table: a number, or a sign for none, beside something else.

        A line of years heads columns.
        """
        if len(self.parts) < 2 or self.is_field or any(is_sign(item.text) for item in self.parts):
            return False
        if any(not is_year(value.text) for value in self.values):
            return True
        return not self.values and any(is_mark(item.text) for item in self.parts[1:])


def rows_of(lines: Iterable[Line], source: int) -> Iterator[Row]:
    """The lines by baseline; cells beside each other may be a little out of line."""
    together: list[Line] = []
    for line in sorted(lines, key=lambda line: line.base):
        if together and line.base - together[0].base > _SAME_BASE * min(line.size, together[0].size):
            yield _row(together, source)
            together = []
        together.append(line)
    if together:
        yield _row(together, source)


def _row(lines: Iterable[Line], source: int) -> Row:
    ordered = tuple(sorted(lines, key=lambda line: line.x0))
    return Row(source, ordered, tuple(item for line in ordered for item in parts(line)))


def parts(line: Line) -> tuple[Line, ...]:
    """The parts of a line between gaps that may lie between two cells."""
    if " " not in line.text:
        return (line,)
    words = [(match.start(), match.end()) for match in re.finditer("[^ ]+", line.text)]
    spans = [words[0]]
    for left, right in pairwise(words):
        if _is_cut(line, left, right):
            spans.append(right)
        else:
            spans[-1] = (spans[-1][0], right[1])
    return tuple(part(line, *span) for span in spans) if len(spans) > 1 else (line,)


def joined(left: Line, right: Line) -> Line:
    """Two parts of one line with a space between them."""
    return replace(
        left,
        text=f"{left.text} {right.text}",
        edges=left.edges + right.edges,
        top=min(left.top, right.top),
        bottom=max(left.bottom, right.bottom),
        spaced=right.spaced,
        sure=(*left.sure, 1.0, *right.sure) if left.sure and right.sure else (),
    )


def _is_cut(line: Line, left: tuple[int, int], right: tuple[int, int]) -> bool:
    gap = line.edges[right[0]] - line.edges[left[1]]
    before, after = line.text[slice(*left)], line.text[slice(*right)]
    if gap < _GAP * line.size:
        return gap >= _NUMBER_GAP * line.size and _are_two(before, after)
    letters = _HAN.fullmatch(before) and _HAN.fullmatch(after)
    return not letters or gap > _DRAWN_OUT * line.size


def _are_two(before: str, after: str) -> bool:
    """Whether two words can't be of one cell: two numbers (not 1 234 567), or a number and a name (no unit of it)."""
    if not is_number(before):
        return is_mark(before) and is_number(after)
    if is_number(after):
        return _GROUP.fullmatch(after) is None
    return is_mark(after) or (len(after) > 1 and _UNIT.fullmatch(after) is None)


def is_value(text: str) -> bool:
    """Whether a part is a number as a cell holds it (1,204.70, ≥95%, 30人次), no number of an item, no year."""
    return is_numeric(text) and not starts_item(text) and not _YEAR_LABEL.match(text)


def is_mark(text: str) -> bool:
    """Whether a part stands for nothing: —, /, 无."""
    return is_empty(text)


def is_sign(text: str) -> bool:
    """Whether a part is a sign between the terms of a formula."""
    return _SIGN.fullmatch(text) is not None


def is_year(text: str) -> bool:
    """Whether a part names a year: 2023, 2023年度."""
    return _YEAR.fullmatch(text) is not None
