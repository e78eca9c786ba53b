"""The items of a list that stands line by line below the sentence which announces it."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from extract.numerals import read
from extract.segment.lines import Paragraph
from pipelines.audit.context import Context, Passage

CHINESE = "[一二三四五六七八九十]{1,3}"
#: The styles of item numbers from the highest to the deepest.
STYLES = (
    re.compile(rf"({CHINESE})[、．.]"),
    re.compile(rf"[（(]({CHINESE})[）)]"),
    re.compile(r"(\d{1,2})[、．.](?!\d)"),
    re.compile(r"[（(](\d{1,2})[）)]|(\d{1,2})[）)]"),
    re.compile(r"([①-⑳])"),
)
#: An unnumbered line that is a part of a list is short.
LINE_MAX = 60
#: A list ends within so many paragraphs.
BELOW_MAX = 2000


def listed(context: Context, start: int) -> list[Passage]:
    """The items below `start`: numbered 1, 2, 3 in one style, or else the short lines that hold figures.

    Nothing where it is not certain that the list ends where it seems to.
    """
    first = bisect_left(context.paragraphs, start, key=lambda paragraph: paragraph.start)
    below = context.paragraphs[first : first + BELOW_MAX]
    number = numbered(context.text, below[0]) if below else None
    items = _numbered(context, below, number[0]) if number and number[1] == 1 else _short_lines(context, below)
    return [context.passage(item.start, item.end) for item in items]


def numbered(text: str, paragraph: Paragraph) -> tuple[int, int] | None:
    """The style (0 is the highest) and value of the number that a paragraph opens with."""
    line = text[paragraph.start : paragraph.end]
    for style, pattern in enumerate(STYLES):
        if match := pattern.match(line):
            return style, ordinal(match[match.lastindex or 1])
    return None


def ordinal(digits: str) -> int:
    """What a heading number counts: 3 for 三, 3 and ③."""
    if len(digits) == 1 and "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    return int(read(digits).value or 0)


def _numbered(context: Context, below: Sequence[Paragraph], style: int) -> list[Paragraph]:
    """The paragraphs 1, 2, 3 … of one style; what is deeper belongs to its item, what is higher ends the list."""
    items: list[Paragraph] = []
    for paragraph in below:
        number = numbered(context.text, paragraph)
        if number is None or number[0] > style:
            continue
        if number == (style, len(items) + 1):
            items.append(paragraph)
        elif number[0] == style and number[1] > 1:
            return []  # 1. 2. 2. 3.: an item is misnumbered
        else:
            break
    return items


def _short_lines(context: Context, below: Sequence[Paragraph]) -> list[Paragraph]:
    """Unnumbered lines with figures, up to one without; a long line with figures may go on with the list."""
    items: list[Paragraph] = []
    for paragraph in below:
        line = context.passage(paragraph.start, paragraph.end)
        if not line.figures or context.is_heading(paragraph):
            break
        if len(line.text) > LINE_MAX:
            return []
        items.append(paragraph)
    return items
