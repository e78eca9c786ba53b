"""What a page of a paginated format holds, in the coordinates of the page as it is shown: characters and ruling lines.

Shown coordinates: points from the upper left corner of the visible page. PDF, OFD and OCR each fill a `Sheet`.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from extract.ingest import limits

#: A filled shape that is no thicker than this is a drawn line, in points.
_LINE_THICKNESS = 3.0
#: A line is upright or level when its ends differ by no more than this, in points.
_SKEW = 1.0
#: The cosine of the angle up to which text counts as level.
LEVEL = 0.98
#: What stands for a character that can't be known, and what pdfium puts where a hyphen ends a line.
REPLACEMENT = "\ufffd"
_HYPHEN_MARK = "\x02"

# Fonts of some word processors map ideographs to the radicals that look like them (⼀ for 一). NFKC undoes the Kangxi
# radicals; these simplified ones have no decomposition.
_RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
_KANGXI = range(0x2F00, 0x2FD6)
_UNSEEN = frozenset("\ufeff\u200b\u200c\u200d\u2060")

#: (a, b, c, d, e, f): x' = a·x + c·y + e and y' = b·x + d·y + f.
Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]


class Glyph(NamedTuple):
    """A character with its loose box and the height of its baseline. White space is always a plain " ".

    `sure` is how sure OCR is of it, from 0 to 1.
    """

    char: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    sure: float = 1.0


class Rule(NamedTuple):
    """A ruling line: `x0 == x1` (upright) or `top == bottom` (level)."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page beside its text: ruling lines, the share that pictures cover, the count of curves."""

    rules: list[Rule] = field(default_factory=list)
    pictures: float = 0.0
    curves: int = 0
    forms: int = 0
    objects: int = 0
    segments: int = 0

    @property
    def cut(self) -> bool:
        """Whether a limit ended the reading."""
        return self.objects >= limits.OBJECTS or self.segments >= limits.SEGMENTS


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its level characters, those in slanted or upright lines, and its drawing.

    `unmapped` counts the characters for which the font gives no Unicode value, `outside` those that lie off the page or
    are cut off by a clip (a spreadsheet prints a long cell on two pages and clips it on each), `void` those that stand
    for nothing that is seen, such as control characters;
    `recognised` tells that the text comes from OCR: ours, or that of a program which left it unseen over the picture.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    turned: list[Glyph]
    drawing: Drawing
    unmapped: int = 0
    outside: int = 0
    void: int = 0
    recognised: bool = False


def apply(matrix: Matrix, x: float, y: float) -> Point:
    """The point (x, y) moved by a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def then(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first` and then `second`."""
    a, b, c, d, _, _ = second
    return (
        first[0] * a + first[1] * c,
        first[0] * b + first[1] * d,
        first[2] * a + first[3] * c,
        first[2] * b + first[3] * d,
        *apply(second, first[4], first[5]),
    )


@cache
def character(code: int) -> str:
    """The character for a code, "" for what is not seen (line ends, control and zero-width characters)."""
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return REPLACEMENT
    char = chr(code)
    if char == _HYPHEN_MARK:
        return "-"
    if char in "\r\n" or char in _UNSEEN:
        return ""
    if char.isspace():
        return " "
    if code in _KANGXI:
        return unicodedata.normalize("NFKC", char)
    return _RADICALS.get(char, char) if code >= 32 else ""


def is_on(glyph: Glyph, width: float, height: float) -> bool:
    """Whether the middle of a character lies on the page."""
    return 0 <= (glyph.x0 + glyph.x1) / 2 <= width and 0 <= (glyph.top + glyph.bottom) / 2 <= height


def within(glyph: Glyph, width: float, height: float) -> Glyph:
    """A character without the part that reaches over the page."""
    if glyph.x0 >= 0 and glyph.top >= 0 and glyph.x1 <= width and glyph.bottom <= height:
        return glyph
    return glyph._replace(
        x0=max(glyph.x0, 0), top=max(glyph.top, 0), x1=min(glyph.x1, width), bottom=min(glyph.bottom, height)
    )


def stroked(points: Sequence[Point]) -> Iterator[Rule]:
    """The level and upright lines of an outline."""
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ay - by) <= _SKEW < abs(ax - bx):
            yield Rule(min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2)
        elif abs(ax - bx) <= _SKEW < abs(ay - by):
            yield Rule((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by))


def filled(points: Sequence[Point]) -> Iterator[Rule]:
    """A thin filled shape is one line along its middle; the border of a wide one counts."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if bottom - top <= _LINE_THICKNESS < x1 - x0:
        yield Rule(x0, (top + bottom) / 2, x1, (top + bottom) / 2)
    elif x1 - x0 <= _LINE_THICKNESS < bottom - top:
        yield Rule((x0 + x1) / 2, top, (x0 + x1) / 2, bottom)
    else:
        yield from stroked([*points, points[0]])
