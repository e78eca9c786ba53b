"""The logical lines of a document: wrapped lines joined, tables and margins left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.segment.numbering import number
from schemas.document import Document

_SHORTEST_WRAPPED = 20
_FULL_LINES = 3  # so many lines must reach the width
#: "服务118.40 万⏎元": the break stands inside an amount or a rate.
_NUMBER_END = re.compile(r"[\u4e00-\u9fa5][ \t]*\d[\d,，.]*[ \t]*[万亿]?$")
_UNIT_START = re.compile(r"(?:[万亿]+元?|元|[%％]|个百分点)(?:[，。、；：）)]|[\u4e00-\u9fa5])")
_LONGEST_WRAPPED = 100  # of a longer line nothing was wrapped


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A logical line: wrapped lines joined, outer white space outside; `level` is what the format says."""

    start: int
    end: int
    level: int | None = None


def paragraphs(document: Document) -> Iterator[Paragraph]:
    """The paragraphs of running text in text order, blank ones left out."""
    wrap = _wrap_width(document.text) if document.format == "txt" else None
    for region in _regions(document):
        yield from _logical_lines(document.text, region, wrap)


def _regions(document: Document) -> Iterator[Paragraph]:
    """The stretches of running text; in a plain text all between two tables, since lines may be wrapped."""
    if document.format == "txt" or not document.blocks:
        at = 0
        for table in document.tables:
            yield Paragraph(at, table.start)
            at = table.end
        yield Paragraph(at, len(document.text))
        return
    for block in document.blocks:
        if block.kind in ("heading", "paragraph"):
            yield Paragraph(block.start, block.end, block.level)


def _logical_lines(text: str, region: Paragraph, wrap: int | None) -> Iterator[Paragraph]:
    start = region.start
    for match in re.finditer(r"\n|\Z", text[region.start : region.end]):
        end = region.start + match.start()
        if end < region.end and _goes_on(text, start, end, wrap):
            continue
        if text[start:end].strip():
            yield stripped(text, start, end, region.level)
        start = end + 1


def stripped(text: str, start: int, end: int, level: int | None = None) -> Paragraph:
    """The stretch without its outer white space."""
    slice_ = text[start:end]
    return Paragraph(start + len(slice_) - len(slice_.lstrip()), end - len(slice_) + len(slice_.rstrip()), level)


def _goes_on(text: str, start: int, line_end: int, wrap: int | None) -> bool:
    """Whether the line break at `line_end` is the work of a page width and not of the writer."""
    line = text[max(start, text.rfind("\n", 0, line_end) + 1) : line_end].strip()
    following = text[line_end + 1 : line_end + 40].split("\n", 1)[0].strip()
    if _NUMBER_END.search(line) and _UNIT_START.match(following):
        return True
    closed = re.search(r"[。：；！？]$|…{3}|\.{6}", line)  # a sentence, an entry of the contents
    full = wrap is not None and len(line) >= wrap
    return full and not closed and bool(following) and number(following) is None


def _wrap_width(text: str) -> int | None:
    """Lines of at least this length go on in the next one; None for a text that is not wrapped."""
    lengths = sorted(length for line in text.split("\n") if (length := len(line.strip())) > 1)
    if len(lengths) < _FULL_LINES or lengths[-1] > _LONGEST_WRAPPED:
        return None
    width = max(_SHORTEST_WRAPPED, lengths[-1 - len(lengths) // 50] * 9 // 10)
    return width if lengths[-_FULL_LINES] >= width else None
