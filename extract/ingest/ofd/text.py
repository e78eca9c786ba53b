"""How far the characters of a text stand apart and how wide they are.

There is no font to measure: a character is as wide as the step to the next one.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from extract.ingest.ofd.parts import Element, number
from extract.ingest.paged.glyphs import LEVEL, REPLACEMENT, Glyph, Matrix, Point, apply, character

#: Shares of the size of a character: how far it reaches above its baseline, how wide a narrow one is, and how wide both
#: kinds are at most.
_ASCENT = 0.88
_NARROW = 0.5
_WIDEST, _WIDEST_NARROW = 1.1, 0.7
_PRIVATE = range(0xE000, 0xF900)


def glyph(char: str, at: Point, size: float, wide: float, matrix: Matrix) -> Glyph:
    """A character on its baseline at a point, in shown coordinates."""
    x, y = at
    corners = (apply(matrix, x, y - _ASCENT * size), apply(matrix, x + wide, y + (1 - _ASCENT) * size))
    (x0, x1), (top, bottom) = sorted(each[0] for each in corners), sorted(each[1] for each in corners)
    mark = REPLACEMENT if ord(char) in _PRIVATE else character(ord(char))
    return Glyph(mark, x0, top, x1, bottom, apply(matrix, x, y)[1])


def steps(text: str, code: Element, size: float) -> list[Point]:
    """How far it is from each character to the next one."""
    across, down = _deltas(code.get("DeltaX"), len(text)), _deltas(code.get("DeltaY"), len(text))
    if not across and not down:
        across = [_natural(char) * size for char in text]
    none = [0.0] * len(text)
    return list(zip(across or none, down or none, strict=True))


def _deltas(stated: str | None, count: int) -> list[float]:
    """So many steps as stated: "3.5 g 2 4" is 3.5 4 4, and the last one goes on; empty if nothing is stated."""
    found = list(islice(_runs((stated or "").split()), count))
    return found + found[-1:] * (count - len(found))


def _runs(words: Sequence[str]) -> Iterator[float]:
    rest = iter(words)
    for word in rest:
        if word == "g":
            count, step = int(number(next(rest, None), 0.0)), number(next(rest, None), 0.0)
            yield from (step for _ in range(count))
        else:
            yield number(word, 0.0)


def _natural(char: str) -> float:
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else _NARROW


def width(char: str, step: float, size: float) -> float:
    """The width of a character: the step to the next one, if that is no gap."""
    natural = _natural(char)
    widest = _WIDEST if natural == 1 or char.isalpha() else _WIDEST_NARROW
    return step if 0 < step <= widest * size else natural * size


def is_level(distances: Sequence[Point], matrix: Matrix) -> bool:
    """Whether characters follow each other from left to right as shown."""
    x, y = sum(step[0] for step in distances[:-1]), sum(step[1] for step in distances[:-1])
    if math.hypot(x, y) == 0:
        x = 1.0
    across, down = x * matrix[0] + y * matrix[2], x * matrix[1] + y * matrix[3]
    return across > LEVEL * math.hypot(across, down)
