"""Reads born-digital PDF: text in reading order, ruled tables as grids over pages, the box of every character.

    glyphs      characters and ruling lines of a page (pypdfium2)
    tables      ruled tables (pdfplumber's table finder)
    lines       characters to lines, lines to passages
    layout      reading order, two columns
    heads       running heads, feet and page numbers
    paragraphs  lines to paragraphs, over pages
    stitch      tables over pages
    compose     all of it to a `Document`

Running heads, feet, repeated table headers and turned text stand at the end of the text as blocks of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extract.ingest.pdf.compose import Aside, compose
from extract.ingest.pdf.glyphs import PAGES, Glyph, Sheet, metadata, open_pdf, read_sheet
from extract.ingest.pdf.heads import running
from extract.ingest.pdf.layout import Element, Placed, in_order
from extract.ingest.pdf.lines import Line, Passage, build_lines
from extract.ingest.pdf.paragraphs import join
from extract.ingest.pdf.stitch import stitch
from extract.ingest.pdf.tables import RULES, find_grids
from schemas.document import Document, Page, PageReading
from schemas.errors import Problem

_HEAD = 1024  # the mark may come after some rubbish
_TAIL = 2048
#: Shares of the page that pictures cover: its text is in them, or some of it may be.
_PICTURE_PAGE = 0.5
_PICTURE = 0.1
#: So few characters beside a picture of the whole page are a stamp or page number.
_FEW = 10
#: More curves than this without any text are letters drawn as outlines.
_CURVES = 300
#: The share of characters without Unicode value from which a page can't be read.
_LOST = 0.2


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page that was read: its record without a span, what stands on it in order, and what is to be said about it."""

    page: Page
    elements: Sequence[Element] = ()
    turned: Passage = field(default_factory=Passage)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def claims(data: bytes) -> bool:
    """Whether the bytes are a PDF."""
    return b"%PDF-" in data[:_HEAD]


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a PDF, or why it can't be opened. Pages that can't be read are `problems` of the document."""
    pdf = open_pdf(data)
    if isinstance(pdf, Problem):
        return pdf
    try:
        leaves = [_leaf(pdf, index) for index in range(min(len(pdf), PAGES))]
        stated, count = metadata(pdf), len(pdf)
    finally:
        pdf.close()
    document = _document(data, name, leaves)
    problems = (*_file_problems(data, count), *(problem for leaf in leaves for problem in leaf.problems))
    warnings = tuple(warning for leaf in leaves for warning in leaf.warnings)
    return replace(document, metadata=stated, problems=problems, warnings=warnings)


def _document(data: bytes, name: str, leaves: Sequence[Leaf]) -> Document:
    pages = {leaf.page.number: leaf.elements for leaf in leaves}
    heads = running(pages, {leaf.page.number: leaf.page.height for leaf in leaves})
    body = [element for leaf in leaves for element in leaf.elements if _line(element) not in heads]
    flow = stitch(join(body, {leaf.page.number: leaf.page.width for leaf in leaves}))
    asides = [Aside(kind, Passage((line,))) for line, kind in heads.items()]
    asides += [Aside("note", leaf.turned) for leaf in leaves if leaf.turned.lines]
    return compose(data, name, [leaf.page for leaf in leaves], flow, asides)


def _line(element: Element) -> Line | None:
    return element.line if isinstance(element, Placed) else None


def _file_problems(data: bytes, count: int) -> Iterator[Problem]:
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-_TAIL:]:
        yield Problem("damaged", "文件尾部缺失，可能被截断，内容可能不全")
    if count > PAGES:
        yield Problem("limit", f"共 {count} 页，只读前 {PAGES} 页", f"第{PAGES + 1}页")


def _leaf(pdf: Any, index: int) -> Leaf:
    sheet = read_sheet(pdf, index)
    if isinstance(sheet, Problem):
        return Leaf(Page(index + 1, 0.0, 0.0, "unreadable", 0, 0), problems=(sheet,))
    reading, problem = _judge(sheet)
    page = Page(sheet.number, round(sheet.width, 2), round(sheet.height, 2), reading, 0, 0)
    if reading == "unreadable" and sheet.unmapped:
        return Leaf(page, problems=(problem,) if problem else ())
    few = len(sheet.drawing.rules) <= RULES
    grids, rest = find_grids(sheet.glyphs, sheet.drawing.rules if few else (), sheet.number)
    elements = in_order(build_lines(rest, sheet.number), grids, sheet.width)
    problems = (*((problem,) if problem else ()), *_limits(sheet))
    return Leaf(page, elements, _turned(sheet.turned, sheet.number), problems, tuple(_warnings(sheet)))


def _judge(sheet: Sheet) -> tuple[PageReading, Problem | None]:
    """How a page could be read, and the problem if it could not."""
    place = f"第{sheet.number}页"
    count = sum(glyph.char != " " for glyph in (*sheet.glyphs, *sheet.turned))
    pictures = sheet.drawing.pictures
    if not count and pictures < _PICTURE and sheet.drawing.curves <= _CURVES:
        return "blank", None
    if not count or (count < _FEW and pictures > _PICTURE_PAGE):
        return "unreadable", Problem("unreadable", "该页是图片，没有可读的文字，需要文字识别（OCR）", place)
    if sheet.unmapped > _LOST * count:
        return "unreadable", Problem("unreadable", "该页字体没有文字编码，读出的是乱码，需要文字识别（OCR）", place)
    return ("ocr" if sheet.invisible else "text"), None


def _limits(sheet: Sheet) -> Iterator[Problem]:
    place = f"第{sheet.number}页"
    if sheet.drawing.cut or len(sheet.drawing.rules) > RULES:
        yield Problem("limit", "该页图形过多，表格线未读全，表格可能缺失", place)
    if len(sheet.turned) > len(sheet.glyphs):
        yield Problem("partial", "该页文字竖放，只读出文字，未识别表格", place)


def _warnings(sheet: Sheet) -> Iterator[str]:
    place = f"第{sheet.number}页"
    if sheet.unmapped:
        yield f"{place}有 {sheet.unmapped} 个字符没有文字编码，以 \ufffd 代替"
    if sheet.outside:
        yield f"{place}有 {sheet.outside} 个字符在页面之外或被裁去，未读"
    if sheet.drawing.pictures >= _PICTURE and not sheet.invisible:
        yield f"{place}有图片，图片中的文字未读"


def _turned(glyphs: Sequence[Glyph], page: int) -> Passage:
    """Slanted and upright text in the order in which it was drawn, each character a line of its own."""
    lines = [
        Line(
            page,
            glyph.char,
            (glyph.x0, glyph.x1),
            glyph.top,
            glyph.bottom,
            glyph.base,
            glyph.x1 - glyph.x0,
            turned=True,
        )
        for glyph in glyphs
        if glyph.char != " "
    ]
    return Passage(tuple(lines), ("",) * (len(lines) - 1))
