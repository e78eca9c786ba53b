"""Tells running heads, feet and page numbers from the body, by where they stand and what comes back."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.ingest.paged.layout import Element, Placed
from extract.ingest.paged.lines import Line
from schemas.document import BlockKind

#: Heads and feet stand in this share of the height of the page, at its upper and lower end, and are so many lines.
_BAND = 0.1
_LINES = 3
#: What comes back on so many pages, and on this share of them, is a running head.
_PAGES = 2
_SHARE = 0.3
#: The same place on the page, as a share of its height.
_PLACE = 0.02

_KINDS: tuple[BlockKind, BlockKind] = ("header", "footer")

#: A page number beside other words of a head: 绩效评价报告 3, 第3页.
_BESIDE = re.compile(r"^\W*\d{1,4}\W*(?=\s)|(?<=\s)\W*\d{1,4}\W*$|第\s*\d+\s*页.*$")
#: A page number with its ornaments: - 3 -, 第3页 共10页, 3/10, Page 3 of 10.
_ORNATE = re.compile(
    r"(?:[-—–~·]+\s*(\d{1,4})\s*[-—–~·]+|第\s*(\d{1,4})\s*页.{0,12}|(\d{1,4})\s*/\s*\d{1,4}|Page\s+(\d{1,4}).{0,12})"
)
_BARE = re.compile(r"\d{1,4}|[ivxIVX]{1,6}")
#: The amount unit of a table is needed where it stands, however often it comes back.
_UNIT_LINE = re.compile(r"单\s*位\s*[:：]")


@dataclass(frozen=True, slots=True)
class Margin:
    """A line at the upper or lower end of its page: a head or foot if it proves to come back."""

    line: Line
    kind: BlockKind
    place: int
    wording: str


def running(pages: Mapping[int, Sequence[Element]], heights: Mapping[int, float]) -> dict[Line, BlockKind]:
    """The lines that are running heads, feet or page numbers, each with its kind of block."""
    rows = [list(_outermost(elements, heights[page])) for page, elements in pages.items()]
    counts = Counter(key for row in rows for key in {_key(margin) for margin in row})
    offsets = Counter(offset for row in rows for offset in {_offset(margin) for margin in row} if offset)
    needed = max(_PAGES, _SHARE * len(pages))
    found: dict[Line, BlockKind] = {}
    for row in rows:
        for kind in _KINDS:
            for margin in (margin for margin in row if margin.kind == kind):
                if not (counts[_key(margin)] >= needed or _is_page_number(margin, offsets)):
                    break
                found[margin.line] = kind
    return found


def _outermost(elements: Sequence[Element], height: float) -> Iterator[Margin]:
    """The lines in the upper band from the top down, then those in the lower band from the bottom up."""
    ordered = sorted(
        elements, key=lambda element: element.line.base if isinstance(element, Placed) else element.box.top
    )
    for kind, side in zip(_KINDS, (ordered, ordered[::-1]), strict=True):
        for element in side[:_LINES]:
            if not isinstance(element, Placed) or not _is_in_band(element.line, kind, height):
                break
            line = element.line
            if _UNIT_LINE.search(line.text):
                break
            yield Margin(line, kind, round(line.base / height / _PLACE), _BESIDE.sub("#", line.text))


def _is_in_band(line: Line, kind: BlockKind, height: float) -> bool:
    return line.bottom <= _BAND * height if kind == "header" else line.top >= (1 - _BAND) * height


def _key(margin: Margin) -> tuple[str, int, str]:
    return margin.kind, margin.place, margin.wording


def _number(margin: Margin) -> int | None:
    """The page number that a line states, None if it is none."""
    text = margin.line.text.strip()
    ornate = _ORNATE.fullmatch(text)
    if ornate:
        return int(next(group for group in ornate.groups() if group))
    return int(text) if _BARE.fullmatch(text) and text.isdecimal() else None


def _offset(margin: Margin) -> tuple[str, int] | None:
    """How far the page number that a line states is from the number of its page."""
    number = _number(margin)
    return None if number is None else (margin.kind, number - margin.line.page)


def _is_page_number(margin: Margin, offsets: Counter[tuple[str, int]]) -> bool:
    """An ornate number is one by itself; a bare one must count on with the pages."""
    if _ORNATE.fullmatch(margin.line.text):
        return True
    offset = _offset(margin)
    return offset is not None and offsets[offset] >= _PAGES
