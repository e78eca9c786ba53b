"""Reads DOCX by walking its XML: all that Word shows, in its order, with the numbers that Word generates.

python-docx's own paragraphs and tables drop content controls, tracked insertions, text boxes, nested tables and
generated numbers in silence, so nothing of it is used here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from extract.ingest import limits, package
from extract.ingest.assemble import Builder, Slot
from extract.ingest.numbering import Numbering
from extract.ingest.package import Package
from extract.ingest.styles import Styles
from extract.ingest.wordml import ALTERNATE, MATH, W, number, switched_on, value
from schemas.document import BlockKind, Document
from schemas.errors import Problem

#: Containers whose content counts as if it stood in their place: content controls, accepted insertions.
_TRANSPARENT = {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
#: Never shown: deletions, properties (a w:tab in them is a tab stop), field codes, phonetic guides.
_DROPPED = {
    W + name for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "instrText", "delText", "rt")
}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
#: Paragraphs and tables in their order.
Flow = list[etree._Element]  # noqa: SLF001 the name that lxml's stubs have for it
_TEXT = {f"{W}t", f"{MATH}t"}
#: The check marks that forms draw with symbol fonts.
_SYMBOLS = {
    ("Wingdings", "FE"): "☑",
    ("Wingdings", "FC"): "√",
    ("Wingdings", "A8"): "□",
    ("Wingdings", "6F"): "□",
    ("Wingdings 2", "52"): "☑",
    ("Wingdings 2", "50"): "√",
    ("Wingdings 2", "A3"): "□",
}
_IMAGES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
    "{urn:schemas-microsoft-com:vml}imagedata",
)


def claims(data: bytes) -> bool:
    """Whether the bytes are a DOCX package."""
    return package.kind(data) == "docx"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a DOCX file: body, then notes, then headers and footers.

    Raises:
        zipfile.BadZipFile, zlib.error, lxml.etree.XMLSyntaxError, ValueError: the file is damaged.
    """
    opened = package.open_package(data)
    if isinstance(opened, Problem):
        return opened
    main = next((link.target for link in opened.relations() if link.sort == "officeDocument"), "word/document.xml")
    root = opened.root(main)
    body = None if root is None else root.find(f"{W}body")
    if root is None or body is None:
        return Problem("damaged", "Word 文件缺少正文部件", main)
    walk = _Walk.over(opened, main)
    walk.add(_flow(body))
    if walk.too_deep:
        return Problem("limit", f"表格或文本框嵌套超过 {limits.NESTING} 层", main)
    _add_notes(walk, opened, main)
    _add_margins(walk, opened, main)
    return replace(
        walk.builder.document(data, name, "docx"),
        title=walk.title,
        warnings=tuple(_warnings(opened, main, body)),
        problems=tuple(_problems(body)),
    )


@dataclass(slots=True)
class _Walk:
    """A walk through the document in the order of reading."""

    styles: Styles
    numbering: Numbering
    builder: Builder = field(default_factory=Builder)
    title: str = ""
    too_deep: bool = False

    @classmethod
    def over(cls, opened: Package, main: str) -> "_Walk":
        parts = {link.sort: link.target for link in opened.relations(main)}
        styles = Styles(opened.root(parts.get("styles", "")))
        return cls(styles, Numbering(opened.root(parts.get("numbering", "")), styles.lists))

    def add(self, elements: Iterable[etree._Element], depth: int = 0) -> None:
        """Adds paragraphs and tables in turn; what is nested in one (text boxes, inner tables) follows it."""
        carried = ""
        for element in elements:
            inner: list[Flow] = []
            if element.tag == f"{W}tbl":
                self._add_table(element, inner)
            else:
                text = carried + self.text_of(element, inner)
                # a deleted paragraph mark joins the paragraph to the next one
                carried = text if element.find(f"{W}pPr/{W}rPr/{W}del") is not None else ""
                if not carried:
                    self._add_paragraph(element, text)
            self.too_deep |= bool(inner) and depth == limits.NESTING
            for flow in inner if not self.too_deep else ():
                self.add(flow, depth + 1)
        self.builder.add("paragraph", carried)

    def text_of(self, paragraph: etree._Element, inner: list[Flow]) -> str:
        """What Word shows of a paragraph, number included; the text boxes in it are put aside in `inner`."""
        text = "".join(_pieces(paragraph, inner)).strip()
        label = self._label(paragraph)  # an empty paragraph counts too
        return label + _separator(label, text) + text if text else ""

    def _label(self, paragraph: etree._Element) -> str:
        direct = paragraph.find(f"{W}pPr/{W}numPr")
        styles = self.styles.of(paragraph)
        list_id = value(direct, "numId") or next((style.list_id for style in styles if style.list_id), "")
        if list_id not in self.numbering.lists:
            return ""
        if value(direct, "ilvl"):
            return self.numbering.next_label(list_id, number(direct, "ilvl"))
        linked = self.numbering.lists[list_id].level_of(styles[0].id) if styles else None
        stated = next((style.list_level for style in styles if style.list_level is not None), 0)
        return self.numbering.next_label(list_id, stated if linked is None else linked)

    def _add_paragraph(self, paragraph: etree._Element, text: str) -> None:
        level = self.styles.outline(paragraph)
        titled = self.styles.is_title(paragraph)
        self.builder.add("heading" if level or titled else "paragraph", text, level=level)
        if titled and not self.title:
            self.title = text.strip()

    def _add_table(self, table: etree._Element, inner: list[Flow]) -> None:
        slots = [replace(slot, text=self._cell_text(cell, inner)) for cell, slot in _slots(table)]
        if slots:
            self.builder.add_table(slots)

    def _cell_text(self, cell: etree._Element, inner: list[Flow]) -> str:
        lines = []
        for element in _flow(cell):
            if element.tag == f"{W}tbl":
                inner.append([element])
            else:
                lines.append(self.text_of(element, inner).strip())
        return "\n".join(filter(None, lines))


def _flow(container: etree._Element) -> Flow:
    """The paragraphs and tables of a body, cell or text box, content controls and insertions opened."""
    return list(_children(container, "p", "tbl"))


def _children(container: etree._Element, *names: str) -> Iterator[etree._Element]:
    wanted = {W + name for name in names}
    for child in container:
        if child.tag in wanted:
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _children(child, *names)
        elif child.tag == f"{ALTERNATE}AlternateContent":
            yield from _children(_alternative(child), *names)


def _pieces(element: etree._Element, inner: list[Flow]) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _TEXT:
            yield child.text or ""
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag == f"{W}txbxContent":
            inner.append(_flow(child))
        elif tag == f"{W}sym":
            yield _symbol(child)
        elif tag == f"{ALTERNATE}AlternateContent":
            yield from _pieces(_alternative(child), inner)
        elif tag == f"{MATH}den":
            yield "/"
            yield from _pieces(child, inner)
        elif tag not in _DROPPED and not switched_on(child, "rPr/vanish"):
            yield from _pieces(child, inner)


def _alternative(element: etree._Element) -> etree._Element:
    """One of the forms in which the same text box or drawing is stored: the one that has text."""
    return next((form for form in element if next(form.iter(f"{W}t"), None) is not None), element[0])


def _symbol(element: etree._Element) -> str:
    # symbol fonts live at U+F000 and up
    code = value(element, "char", own=True).upper().removeprefix("F0").removeprefix("00")
    return _SYMBOLS.get((value(element, "font", own=True), code), "")


def _separator(label: str, text: str) -> str:
    """A space where number and text would run together: "1." and "2023年" must not read 1.2023."""
    if not label:
        return ""
    return " " if label[-1].isalnum() or (text[0].isdigit() and label[-1] not in "、)）") else ""


def _slots(table: etree._Element) -> list[tuple[etree._Element, Slot]]:
    """The cells of a table that Word shows, each with its position and spans in a slot without text."""
    slots: dict[tuple[int, int], tuple[etree._Element, Slot]] = {}
    above: dict[int, tuple[int, int]] = {}  # by column, the merged cell that could go on
    rows = (row for row in _children(table, "tr") if row.find(f"{W}trPr/{W}del") is None)
    for index, row in enumerate(rows):
        column = number(row, "trPr/gridBefore")
        for cell in _children(row, "tc"):
            width = max(1, number(cell, "tcPr/gridSpan", default=1))
            key = above.pop(column, (index, column))
            first, upper = slots.get(key, (cell, Slot(index, column, "", row_span=0, column_span=width)))
            if not _continues(cell) or upper.column_span != width or upper.row + upper.row_span != index:
                key, first, upper = (index, column), cell, Slot(index, column, "", row_span=0, column_span=width)
            slots[key] = first, replace(upper, row_span=upper.row_span + 1)
            if cell.find(f"{W}tcPr/{W}vMerge") is not None:
                above[column] = key
            column += width
    return list(slots.values())


def _continues(cell: etree._Element) -> bool:
    """Whether the cell goes on with the one above it."""
    element = cell.find(f"{W}tcPr/{W}vMerge")
    return element is not None and element.get(f"{W}val", "continue") == "continue"


def _add_notes(walk: _Walk, opened: Package, main: str) -> None:
    for sort, tag in (("footnotes", "footnote"), ("endnotes", "endnote")):
        for root in _related(opened, main, sort):
            for note in root.iter(W + tag):
                # the line above the notes is a note with a type
                if not value(note, "type", own=True):
                    walk.builder.add("note", _whole(walk, note))


def _add_margins(walk: _Walk, opened: Package, main: str) -> None:
    margins: tuple[tuple[str, BlockKind], ...] = (("header", "header"), ("footer", "footer"))
    for sort, kind in margins:
        # the sections of a document often repeat their headers
        for text in dict.fromkeys(_whole(walk, root) for root in _related(opened, main, sort)):
            walk.builder.add(kind, text)


def _whole(walk: _Walk, root: etree._Element) -> str:
    """All paragraphs of a note, header or footer as one text, those in its tables and text boxes included."""
    lines = (walk.text_of(paragraph, []) for paragraph in root.iter(f"{W}p") if _is_chosen(paragraph))
    return "\n".join(filter(None, lines))


def _is_chosen(paragraph: etree._Element) -> bool:
    """Whether a paragraph is not in the second form of a text box that is stored twice."""
    forms = paragraph.iterancestors(f"{ALTERNATE}Choice", f"{ALTERNATE}Fallback")
    return all((parent := form.getparent()) is None or _alternative(parent) is form for form in forms)


def _related(opened: Package, main: str, sort: str) -> Iterator[etree._Element]:
    for link in opened.relations(main):
        root = opened.root(link.target) if link.sort == sort else None
        if root is not None:
            yield root


def _warnings(opened: Package, main: str, body: etree._Element) -> Iterator[str]:
    comments = sum(len(root.findall(f"{W}comment")) for root in _related(opened, main, "comments"))
    if comments:
        yield f"含 {comments} 条批注，批注未读取"
    pictures = sum(
        1 for element in body.iter(f"{W}drawing", f"{W}pict") if next(element.iter(*_IMAGES), None) is not None
    )
    if pictures:
        yield f"含 {pictures} 幅图片或图表，其中的文字未读取"
    if any(switched_on(run, "rPr/vanish") for run in body.iter(f"{W}r")):
        yield "含隐藏文字，隐藏文字未读取"
    objects = sum(1 for _ in body.iter(f"{W}object"))
    if objects:
        yield f"含 {objects} 个嵌入对象，其内容未读取"


def _problems(body: etree._Element) -> Iterator[Problem]:
    chunks = sum(1 for _ in body.iter(f"{W}altChunk", f"{W}subDoc"))
    if chunks:
        yield Problem("partial", f"含 {chunks} 段外部内容（altChunk 或子文档），未读取")
