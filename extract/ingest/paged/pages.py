"""From the characters of each page to the document: judged, laid out, joined over pages and composed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from extract.ingest import limits, ocr
from extract.ingest.ocr import Quota
from extract.ingest.paged.aligned.find import align
from extract.ingest.paged.compose import Aside, compose
from extract.ingest.paged.glyphs import Glyph, Rule, Sheet
from extract.ingest.paged.heads import running
from extract.ingest.paged.layout import Element, Placed, in_order
from extract.ingest.paged.lines import Line, Passage, build_lines
from extract.ingest.paged.paragraphs import join
from extract.ingest.paged.stitch import Stitched, stitch
from extract.ingest.paged.tables import RULES, find_grids
from schemas.document import Document, Format, Page, PageReading
from schemas.errors import Problem

#: Shares of the page that pictures cover: its text is in them, or some of it may be.
_PICTURE_PAGE = 0.5
_PICTURE = 0.1
#: So few characters beside a picture of the whole page are a stamp or page number.
_FEW = 10
#: More curves or segments than this without any text may be letters drawn as outlines; a few curves are an ornament.
_CURVES = 50
_SEGMENTS = 2_000
_FEW_CURVES = 10
#: The share of characters without Unicode value from which a page can't be read.
_LOST = 0.2
#: How sure the text is that another program recognised: it does not tell.
_UNTOLD = 0.5


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page that was read: its record without a span, what stands on it in order, its level ruling lines, and what is
    to be said about it.
    """

    page: Page
    elements: Sequence[Element] = ()
    rules: Sequence[Rule] = ()
    turned: Passage = field(default_factory=Passage)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def lost(number: int, problem: Problem) -> Leaf:
    """A page of which nothing could be read."""
    return Leaf(Page(number, 0.0, 0.0, "unreadable", 0, 0), problems=(problem,))


def leaf(sheet: Sheet, picture: Callable[[], Any], quota: Quota) -> Leaf:
    """A page laid out. One without text that can be read is recognised from its picture, if OCR is installed.

    `picture` gives the page as an image (PIL), or None; `quota` is shared by the pages of a document.
    """
    reading, problem = _judge(sheet)
    image = None
    if problem and ocr.available():
        if quota.take():
            image = picture()
        else:
            message = f"需要文字识别的页超过上限 {limits.RECOGNISED} 页，该页未识别"
            problem = Problem("limit", message, problem.place)
    if image is not None:
        drawn = sheet.drawing.rules
        sheet = ocr.read_page(image, sheet.number, sheet.width, sheet.height)
        sheet.drawing.rules.extend(drawn)
        reading, problem = ("ocr" if sheet.glyphs else "blank"), None
    elif sheet.recognised:
        sheet = replace(sheet, glyphs=[glyph._replace(sure=_UNTOLD) for glyph in sheet.glyphs])
    page = Page(sheet.number, round(sheet.width, 2), round(sheet.height, 2), reading, 0, 0)
    if reading == "unreadable" and sheet.unmapped:
        return Leaf(page, problems=(problem,) if problem else ())
    few = len(sheet.drawing.rules) <= RULES
    grids, rest = find_grids(sheet.glyphs, sheet.drawing.rules if few else (), sheet.number)
    elements = in_order(build_lines(rest, sheet.number), grids, sheet.width)
    problems = (*((problem,) if problem else ()), *_limits(sheet))
    level = [rule for rule in sheet.drawing.rules if rule.top == rule.bottom] if few else []
    return Leaf(page, elements, level, _turned(sheet.turned, sheet.number), problems, tuple(_warnings(sheet)))


def compose_pages(data: bytes, name: str, sort: Format, leaves: Sequence[Leaf], count: int) -> Document:
    """The document of the pages that were read, of `count` that there are, with what is to be said about them."""
    pages = {leaf.page.number: leaf.elements for leaf in leaves}
    heads = running(pages, {leaf.page.number: leaf.page.height for leaf in leaves})
    body = [element for leaf in leaves for element in leaf.elements if _line(element) not in heads]
    body = align(body, {leaf.page.number: leaf.rules for leaf in leaves})
    flow = stitch(join(body, {leaf.page.number: leaf.page.width for leaf in leaves}))
    asides = [Aside(kind, Passage((line,))) for line, kind in heads.items()]
    asides += [Aside("note", leaf.turned) for leaf in leaves if leaf.turned.lines]
    document = compose(data, name, sort, [leaf.page for leaf in leaves], flow, asides)
    return replace(
        document,
        quality="ocr" if any(page.reading == "ocr" for page in document.pages) else "readable",
        problems=(*_beyond(count), *(problem for leaf in leaves for problem in leaf.problems)),
        warnings=(*(warning for leaf in leaves for warning in leaf.warnings), *_doubts(flow)),
    )


def _beyond(count: int) -> Iterator[Problem]:
    if count > limits.PAGES:
        yield Problem("limit", f"共 {count} 页，只读前 {limits.PAGES} 页", f"第{limits.PAGES + 1}页")


def _doubts(flow: Sequence[Passage | Stitched]) -> Iterator[str]:
    for item in flow:
        if isinstance(item, Stitched) and item.quality == "suspect":
            yield f"第{item.first.page}页有表格没有画全框线，按对齐读出，行列的归属存疑"


def _line(element: Element) -> Line | None:
    return element.line if isinstance(element, Placed) else None


def _judge(sheet: Sheet) -> tuple[PageReading, Problem | None]:
    """How a page could be read, and the problem if it could not."""
    place = f"第{sheet.number}页"
    count = sum(glyph.char != " " for glyph in (*sheet.glyphs, *sheet.turned))
    pictures = sheet.drawing.pictures
    if not count and pictures < _PICTURE:
        if sheet.drawing.curves <= _CURVES and sheet.drawing.segments <= _SEGMENTS:
            return "blank", None
        return "unreadable", Problem("unreadable", f"该页没有文字，只有图形，文字可能画成了图形，{ocr.NEEDED}", place)
    if not count or (count < _FEW and pictures > _PICTURE_PAGE):
        return "unreadable", Problem("unreadable", f"该页是图片，没有可读的文字，{ocr.NEEDED}", place)
    if sheet.unmapped > _LOST * count:
        return "unreadable", Problem("unreadable", f"该页字体没有文字编码，读出的是乱码，{ocr.NEEDED}", place)
    return ("ocr" if sheet.recognised else "text"), None


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
    if sheet.void and not (sheet.glyphs or sheet.turned or sheet.outside):
        yield f"{place}有 {sheet.void} 个字符，但都不是文字编码，一个字也没有读出"
    elif _FEW_CURVES < sheet.drawing.curves <= _CURVES and not (sheet.glyphs or sheet.turned or sheet.recognised):
        yield f"{place}没有文字，只有图形，图形中的文字未读"
    if sheet.drawing.pictures >= _PICTURE and not sheet.recognised:
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
