"""Lines from characters, and passages (paragraphs, cells) from lines: what belongs together and what parts it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

from extract.ingest.paged.glyphs import Glyph
from schemas.document import Box

#: Shares of the size of the line.
_BASE_SLACK = 0.25  # baselines of one line differ by no more
_SCRIPT_SIZE = 0.8  # a smaller line that lies within the height of a larger one is its superscripts or subscripts
_SCRIPT_OVERLAP = 0.6
_SPACE = 0.2  # a gap from here on is a space (Word leaves 0.25 between 汉字 and digits)
_DRAWN_SPACE = 0.08  # a gap that a drawn space fills may be narrower
_SPACING = 0.3  # letters may be spaced out evenly up to here
_WIDE_GAP = 1.5  # a gap from here on parts the pieces of a line (编制部门：…      单位：元)
_EVEN = 4  # so many gaps show that letters are spaced out
#: A character that covers so much of the next equal one was drawn twice, to look bold.
_DOUBLED = 0.6

_CLOSING = "，。、；：！？）〕】》」』”’％%,.;:!?)]}…"
_UNIT = re.compile(rf"(?:[A-Za-z0-9.,%+\-/]+|.)[{re.escape(_CLOSING)}]*")
#: What a new paragraph or item begins with.
_MARKER = re.compile(
    r"(?:第?[一二三四五六七八九十百]{1,4}[、.．章节条款是]"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}[、．）)]|\d{1,2}\.(?!\d)|\d{1,2}(?:\.\d{1,2})+(?![\d.，,])\s*[^\d\s%％万亿元个]"
    r"|[①-⑳●■◆□☑·•▪※]|[注备]\s*[：:])"
)
_LEADER = re.compile(r"(?:\.{4,}|…{2,}|-{4,}|—{4,}|·{4,}|(?:\. ){3,})\s*\d*$")
_SENTENCE_END = tuple("。！？；：")
_OPEN_END = ("，", "、", "（", "《", "“", "〔")
_AMOUNT_REST = re.compile(r"[\d,]*(?:\.\d+)?(?:[万亿]|元|%|％|个百分点)")
_NUMBER = re.compile(r"[+\-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[%％]?")
_NUMBER_TAIL = re.compile(r"[\d.,+\-]+$")
_NUMBER_HEAD = re.compile(r"[\d.,]+[%％]?")


_BY_BASELINE = attrgetter("base", "x0")
_FROM_LEFT = attrgetter("x0", "x1")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters on one baseline. `edges` holds the left edge of each character and the right edge of the last one.

    `size` is the usual height of a character; `spaced` tells that white space was drawn after the last character,
    `turned` that it is a single character of a slanted or upright line. `sure` tells how sure OCR is of each character,
    empty where nothing was recognised.
    """

    page: int
    text: str
    edges: tuple[float, ...]
    top: float
    bottom: float
    base: float
    size: float
    spaced: bool = False
    turned: bool = False
    sure: tuple[float, ...] = ()

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.edges[0]

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.edges[-1]

    def unit_width(self) -> float:
        """The width of what cannot be broken at the beginning: a number, word or 汉字, with its comma."""
        match = _UNIT.match(self.text)
        return self.edges[match.end()] - self.x0 if match else 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that make one text; `seams[i]` is what stands between lines i and i + 1: "", " " or a line break."""

    lines: tuple[Line, ...] = ()
    seams: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines with their seams."""
        return "".join(line.text + seam for line, seam in zip(self.lines, (*self.seams, ""), strict=False))

    def extended(self, other: "Passage", seam: str) -> "Passage":
        """This passage with another one after it."""
        if not (self.lines and other.lines):
            return self if self.lines else other
        return Passage(self.lines + other.lines, (*self.seams, seam, *other.seams))

    def box(self) -> Box:
        """The box around the lines on the first page."""
        first = [line for line in self.lines if line.page == self.lines[0].page]
        return Box(
            min(line.x0 for line in first),
            min(line.top for line in first),
            max(line.x1 for line in first),
            max(line.bottom for line in first),
        )


def build_lines(glyphs: Iterable[Glyph], page: int) -> list[Line]:
    """The lines of text that the characters form, from top to bottom; blank ones are left out."""
    built = (_line(row, page) for row in _rows(glyphs))
    return [line for line in built if line]


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Characters by baseline."""
    rows: list[list[Glyph]] = []
    base = height = 0.0
    for glyph in sorted(glyphs, key=_BY_BASELINE):
        own = glyph.bottom - glyph.top
        if rows and glyph.base - base <= _BASE_SLACK * (min(own, height) or max(own, height)):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            base, height = glyph.base, own
    return _with_scripts(rows)


def _with_scripts(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Joins superscripts and subscripts (the 2 of m²) to the line that they belong to."""
    joined: list[list[Glyph]] = []
    size = 0.0
    for row in rows:
        own = _size(row)
        if joined and _is_script(joined[-1], size, row, own):
            joined[-1] = [*joined[-1], *row]
            size = _size(joined[-1])
        else:
            joined.append(row)
            size = own
    return joined


def _is_script(row: list[Glyph], size: float, other: list[Glyph], other_size: float) -> bool:
    """Whether one of two rows of characters, whose sizes are given, is the script of the other."""
    small, large = (other, row) if other_size < size else (row, other)
    if min(size, other_size) > _SCRIPT_SIZE * max(size, other_size):
        return False
    top, bottom = small[0].top, small[0].bottom
    overlap = min(bottom, large[0].bottom) - max(top, large[0].top)
    return overlap >= _SCRIPT_OVERLAP * (bottom - top)


def _size(row: Sequence[Glyph]) -> float:
    return median([glyph.bottom - glyph.top for glyph in row])


def _line(row: list[Glyph], page: int) -> Line | None:
    marks = _once(sorted([glyph for glyph in row if glyph.char != " "], key=_FROM_LEFT))
    if not marks:
        return None
    size = _size(marks)
    spaces = sorted([glyph.x0 for glyph in row if glyph.char == " "])
    gaps = [right.x0 - left.x1 for left, right in pairwise(marks)]
    wide, drawn = _SPACE * size + _even_spacing(gaps, size), _DRAWN_SPACE * size
    text, edges, sure = [marks[0].char], [marks[0].x0], [marks[0].sure]
    for gap, left, right in zip(gaps, marks, marks[1:], strict=False):
        if gap > wide or (gap > drawn and any(left.x0 < x < right.x0 for x in spaces)):
            text.append(" ")
            edges.append(left.x1)
            sure.append(1.0)
        text.append(right.char)
        edges.append(right.x0)
        sure.append(right.sure)
    edges.append(max(marks[-1].x1, edges[-1]))
    return Line(
        page,
        "".join(text),
        tuple([round(edge, 2) for edge in edges]),
        round(min([glyph.top for glyph in marks]), 2),
        round(max([glyph.bottom for glyph in marks]), 2),
        round(marks[0].base, 2),
        round(size, 2),
        spaced=bool(spaces) and spaces[-1] >= marks[-1].x0,
        sure=tuple(sure) if min(sure) < 1 else (),
    )


def _once(marks: list[Glyph]) -> list[Glyph]:
    """Leaves out what was drawn twice at nearly the same place, to look bold."""
    kept = marks[:1]
    for mark in marks[1:]:
        twin = kept[-1]
        if twin.char == mark.char and twin.x1 - mark.x0 > _DOUBLED * (mark.x1 - mark.x0):
            continue
        kept.append(mark)
    return kept


def _even_spacing(gaps: list[float], size: float) -> float:
    """The gap between letters that are spaced out evenly, else 0."""
    usual = median(gaps) if len(gaps) >= _EVEN else 0.0
    return usual if 0 < usual <= _SPACING * size else 0.0


def pieces(line: Line) -> Iterator[Line]:
    """The parts of a line between its wide gaps."""
    start = 0
    for at, char in enumerate(line.text):
        if char == " " and line.edges[at + 1] - line.edges[at] > _WIDE_GAP * line.size:
            yield part(line, start, at)
            start = at + 1
    yield part(line, start, len(line.text))


def is_tabular(line: Line) -> bool:
    """Whether a line has parts with wide gaps between them."""
    return sum(1 for _ in pieces(line)) > 1


def part(line: Line, start: int, end: int) -> Line:
    """The characters [start, end) of a line as a line of their own."""
    return Line(
        line.page,
        line.text[start:end],
        line.edges[start : end + 1],
        line.top,
        line.bottom,
        line.base,
        line.size,
        line.spaced and end == len(line.text),
        sure=line.sure[start:end],
    )


def is_full(line: Line, following: Line, right: float) -> bool:
    """Whether a line ends where it does because what follows had no room left up to `right`."""
    return right - line.x1 < following.unit_width() + line.size


def starts_item(text: str) -> bool:
    """Whether a text begins like a heading or an item of a list (（一）, 2., ①, 注：)."""
    return _MARKER.match(text) is not None


def ends_sentence(text: str) -> bool:
    """Whether a text ends where a sentence or its introduction does."""
    return text.endswith(_SENTENCE_END)


def is_open(text: str, following: str) -> bool:
    """Whether a text plainly goes on: after a comma or opening bracket, or in the middle of an amount."""
    return text.endswith(_OPEN_END) or (text[-1].isdecimal() and _AMOUNT_REST.match(following) is not None)


def is_leader(text: str) -> bool:
    """Whether a text is an entry of a table of contents, with its row of dots."""
    return _LEADER.search(text) is not None


def is_number(text: str) -> bool:
    """Whether a text is one whole number as tables print it."""
    return _NUMBER.fullmatch(text) is not None


def wrap_seam(line: Line, following: Line) -> str:
    """What stands between two lines of one paragraph: a space between Latin words, nothing else."""
    left, right = line.text[-1], following.text[0]
    if not (_is_latin(left) and _is_latin(right)):
        return ""
    if line.spaced:
        return " "
    return " " if left.isalpha() and right.isalpha() else ""


def cell_seam(line: Line, following: Line, left: float, right: float) -> str:
    """What stands between two lines of a cell that reaches from `left` to `right`.

    Lines of 汉字 belong together unless a sentence ends or an item begins (names are wrapped by hand as well).
    Where a digit meets a digit, two numbers may stand below each other: only a number that has no room in the cell
    is taken for one that was broken.
    """
    full = right - left - (line.x1 - line.x0) < following.unit_width() + line.size
    if _is_digit(line.text[-1]) and _is_digit(following.text[0]):
        return "" if full and _is_broken_number(line, following, right - left) else "\n"
    if not full and (ends_sentence(line.text) or starts_item(following.text) or following.text[0].isdecimal()):
        return "\n"
    if ends_sentence(line.text) and starts_item(following.text):
        return "\n"
    return wrap_seam(line, following)


def _is_broken_number(line: Line, following: Line, room: float) -> bool:
    tail, head = _NUMBER_TAIL.search(line.text), _NUMBER_HEAD.match(following.text)
    if not (tail and head) or not is_number(tail[0] + head[0]):
        return False
    if "." in tail[0] and is_number(tail[0]) and "," in tail[0] + head[0] and len(tail[0].split(".")[1]) >= 2:
        return False
    width = line.x1 - line.edges[tail.start()] + following.edges[head.end()] - following.x0
    return width > room - line.size


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_digit(char: str) -> bool:
    return char in "0123456789.,"
