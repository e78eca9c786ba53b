"""Sentences and clauses."""

import re
from itertools import pairwise

from extract.segment.lines import stripped
from extract.segment.numbering import number

_CLOSERS = "”’」』）)】》"
_STOP = re.compile(rf"[。！？；;!?][{_CLOSERS}。]*|\n")
_BOUND = re.compile(rf"[，。；：！？,;:!?][{_CLOSERS}]*|\n")
_LOOK_AHEAD = 45  # characters of the next line
_WRAPPED_MIN = 18  # characters of a line that a page width may have broken


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in text[start:end], with their stops, without outer white space.

    Together they hold every character that is not white space. A line break inside a wrapped sentence is no end.
    """
    end = len(text) if end is None else end
    cuts = [m.end() for m in _STOP.finditer(text, start, end) if m[0] != "\n" or _line_ends(text, m.start())]
    return _pieces(text, [start, *cuts, end])


def clauses(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans between the marks ，。；：！？ (not 、) in text[start:end], without the marks and outer white space."""
    end = len(text) if end is None else end
    result: list[tuple[int, int]] = []
    begin = start
    for match in _BOUND.finditer(text, start, end):
        if _is_bound(text, match):
            result += _pieces(text, [begin, match.start()])
            begin = match.end()
    return result + _pieces(text, [begin, end])


def _is_bound(text: str, match: re.Match[str]) -> bool:
    if match[0] == "\n":
        return _line_ends(text, match.start())
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 4]
    # 4,838.27万元, 3，518.85万元 and 12:30 are one word
    return not (match[0] in (",", "，", ":") and before.isdecimal() and re.match(r"\d{3}(?!\d)|\d\d(?!\d)", after))


def _line_ends(text: str, position: int) -> bool:
    """Whether the line break at `position` ends its sentence."""
    line = text[text.rfind("\n", 0, position) + 1 : position].strip()
    following = text[position + 1 : position + 1 + _LOOK_AHEAD].split("\n", 1)[0].strip()
    return len(line) < _WRAPPED_MIN or not following or number(following) is not None


def _pieces(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    """The stretches between cuts, stripped, the empty ones left out."""
    pieces = (stripped(text, low, high) for low, high in pairwise(cuts))
    return [(piece.start, piece.end) for piece in pieces if piece.start < piece.end]
