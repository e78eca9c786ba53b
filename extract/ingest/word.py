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
from extract.ingest.package import BadPart, Package, Relation
from extract.ingest.pictures import Pictures
from extract.ingest.styles import Styles
from extract.ingest.wordml import ALTERNATE, LINKS, MATH, W, number, switched_on, value
from schemas.document import BlockKind, Document
from schemas.errors import Problem

#: Containers whose content counts as if it stood in their place: content controls, accepted insertions.
_TRANSPARENT = {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
#: Never shown: deletions, properties (a w:tab in them is a tab stop), field codes, phonetic guides; nor read: objects.
_DROPPED = {
    *(W + name for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr")),
    *(W + name for name in ("del", "moveFrom", "instrText", "delText", "rt", "object")),
}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_PROPERTIES, _NUMBERED = f"{W}pPr", f"{W}numPr"
_DELETED_MARK = f"{W}rPr/{W}del"
#: Paragraphs and tables in their order, or a picture.
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
#: Pictures and charts, with the attribute that names the part of a picture.
_IMAGES = {
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip": f"{{{LINKS}}}embed",
    "{urn:schemas-microsoft-com:vml}imagedata": f"{{{LINKS}}}id",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "",
}


def claims(data: bytes) -> bool:
    """Whether the bytes are a DOCX package."""
    return package.kind(data) == "docx"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a DOCX file: body, then notes, then headers and footers.

    Raises:
        zipfile.BadZipFile, BadPart: the file is damaged in a part that everything depends on.
    """
    opened = package.open_package(data)
    if isinstance(opened, Problem):
        return opened
    main = opened.main("word/document.xml")
    root = opened.root(main)
    body = None if root is None else root.find(f"{W}body")
    if body is None:
        return Problem("damaged", "Word 文件缺少正文部件", main)
    parts = _Parts.of(opened, main)
    walk = _Walk.over(parts)
    walk.add(_flow(body))
    if walk.too_deep:
        return Problem("limit", f"表格或文本框嵌套超过 {limits.NESTING} 层", main)
    _add_notes(walk, parts)
    _add_margins(walk, parts)
    warnings = (*_warnings(parts, body), *walk.pictures.warnings("图片或图表"))
    return replace(
        walk.builder.document(data, name, "docx"),
        title=walk.title,
        warnings=warnings,
        problems=(*parts.problems, *_problems(body), *walk.pictures.problems()),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that the body relates to. One that is damaged is a problem and left out: the body does not need it."""

    opened: Package
    links: tuple[Relation, ...]
    problems: list[Problem]

    @classmethod
    def of(cls, opened: Package, main: str) -> "_Parts":
        try:
            return cls(opened, opened.relations(main), [])
        except BadPart as error:
            lost = "编号、脚注、页眉和页脚未读取：" + error.problem.message
            return cls(opened, (), [replace(error.problem, outcome="partial", message=lost)])

    def each(self, sort: str, lost: str) -> Iterator[etree._Element]:
        """The parts of a sort; `lost` says what is not read where one is damaged."""
        for target in dict.fromkeys(link.target for link in self.links if link.sort == sort):
            try:
                root = self.opened.root(target)
            except BadPart as error:
                message = f"{lost}：{error.problem.message}"
                self.problems.append(replace(error.problem, outcome="partial", message=message))
            else:
                yield from () if root is None else (root,)

    def picture(self, element: etree._Element) -> bytes | None:
        """The bytes of a picture, None if it is a chart, not in the file, or damaged."""
        attribute = _IMAGES[element.tag]
        link_id = element.get(attribute) if attribute else None
        target = next((link.target for link in self.links if link.id == link_id), "")
        try:
            return self.opened.read(target)
        except BadPart:
            return None

    def one(self, sort: str, lost: str) -> etree._Element | None:
        """The first part of a sort."""
        return next(self.each(sort, lost), None)


@dataclass(slots=True)
class _Walk:
    """A walk through the document in the order of reading."""

    parts: _Parts
    styles: Styles
    numbering: Numbering
    pictures: Pictures = field(default_factory=Pictures)
    builder: Builder = field(default_factory=Builder)
    title: str = ""
    too_deep: bool = False

    @classmethod
    def over(cls, parts: _Parts) -> "_Walk":
        styles = Styles(parts.one("styles", "标题级别不可知，由样式生成的编号未读取"))
        return cls(parts, styles, Numbering(parts.one("numbering", "自动编号未读取"), styles.lists))

    def add(self, elements: Iterable[etree._Element], depth: int = 0) -> None:
        """Adds paragraphs and tables in turn; what is nested in one (text boxes, inner tables, pictures) follows it."""
        carried = ""
        for element in elements:
            inner: list[Flow] = []
            if element.tag == f"{W}tbl":
                self._add_table(element, inner)
            elif element.tag in _IMAGES:
                self._add_picture(element)
            else:
                properties = element.find(_PROPERTIES)
                text = carried + self.text_of(element, properties, inner)
                # a deleted paragraph mark joins the paragraph to the next one
                carried = text if properties is not None and properties.find(_DELETED_MARK) is not None else ""
                if not carried:
                    self._add_paragraph(properties, text)
            self.too_deep |= bool(inner) and depth == limits.NESTING
            for flow in inner if not self.too_deep else ():
                self.add(flow, depth + 1)
        self.builder.add("paragraph", carried)

    def text_of(self, paragraph: etree._Element, properties: etree._Element | None, inner: list[Flow]) -> str:
        """What Word shows of a paragraph, number included; text boxes and pictures are put aside in `inner`."""
        text = "".join(_pieces(paragraph, inner)).strip()
        label = self._label(properties)  # an empty paragraph counts too
        return label + _separator(label, text) + text if text else ""

    def _label(self, properties: etree._Element | None) -> str:
        style = self.styles.of(properties)
        direct = None if properties is None else properties.find(_NUMBERED)
        list_id = value(direct, "numId") or style.list_id
        if list_id not in self.numbering.lists:
            return ""
        if value(direct, "ilvl"):
            return self.numbering.next_label(list_id, number(direct, "ilvl"))
        linked = self.numbering.lists[list_id].level_of(style.id) if style.id else None
        return self.numbering.next_label(list_id, (style.list_level or 0) if linked is None else linked)

    def _add_paragraph(self, properties: etree._Element | None, text: str) -> None:
        level = self.styles.outline(properties)
        titled = self.styles.is_title(properties)
        self.builder.add("heading" if level or titled else "paragraph", text, level=level)
        if titled and not self.title:
            self.title = text.strip()

    def _add_picture(self, element: etree._Element) -> None:
        recognised = self.pictures.recognise(self.parts.picture(element))
        if recognised:
            self.builder.add_recognised(recognised)

    def _add_table(self, table: etree._Element, inner: list[Flow]) -> None:
        slots = [
            Slot(area.row, area.column, self._cell_text(area.cell, inner), area.height, area.width)
            for area in _areas(table)
        ]
        if slots:
            self.builder.add_table(slots)

    def _cell_text(self, cell: etree._Element, inner: list[Flow]) -> str:
        lines = []
        for element in _flow(cell):
            if element.tag == f"{W}tbl":
                inner.append([element])
            else:
                lines.append(self.text_of(element, element.find(_PROPERTIES), inner).strip())
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
        elif tag in _IMAGES:
            inner.append([child])
        elif tag == f"{W}sym":
            yield _symbol(child)
        elif tag == f"{ALTERNATE}AlternateContent":
            yield from _pieces(_alternative(child), inner)
        elif tag == f"{MATH}den":
            yield "/"
            yield from _pieces(child, inner)
        elif tag not in _DROPPED and not (tag == f"{W}r" and switched_on(child, "rPr/vanish")):
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


@dataclass(slots=True)
class _Area:
    """A cell with its position and spans, which grow with each row that goes on with it."""

    cell: etree._Element
    row: int
    column: int
    width: int
    height: int = 1


def _areas(table: etree._Element) -> list[_Area]:
    """The cells of a table that Word shows."""
    areas: list[_Area] = []
    above: dict[int, _Area] = {}  # by column, the merged cell that could go on
    rows = (row for row in _children(table, "tr") if row.find(f"{W}trPr/{W}del") is None)
    for index, row in enumerate(rows):
        column = number(row, "trPr/gridBefore")
        for cell in _children(row, "tc"):
            properties = cell.find(f"{W}tcPr")
            width = max(1, number(properties, "gridSpan", default=1))
            merge = None if properties is None else properties.find(f"{W}vMerge")
            area = above.pop(column, None)
            if not (area and _continues(merge) and area.width == width and area.row + area.height == index):
                area = _Area(cell, index, column, width)
                areas.append(area)
            else:
                area.height += 1
            if merge is not None:
                above[column] = area
            column += width
    return areas


def _continues(merge: etree._Element | None) -> bool:
    """Whether a cell with this w:vMerge goes on with the one above it."""
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _add_notes(walk: _Walk, parts: _Parts) -> None:
    for sort, tag, what in (("footnotes", "footnote", "脚注"), ("endnotes", "endnote", "尾注")):
        for root in parts.each(sort, f"{what}未读取"):
            for note in root.iter(W + tag):
                # the line above the notes is a note with a type
                if not value(note, "type", own=True):
                    walk.builder.add("note", _whole(walk, note))


def _add_margins(walk: _Walk, parts: _Parts) -> None:
    margins: tuple[tuple[BlockKind, str], ...] = (("header", "页眉"), ("footer", "页脚"))
    for kind, what in margins:
        # the sections of a document often repeat their headers
        for text in dict.fromkeys(_whole(walk, root) for root in parts.each(kind, f"{what}未读取")):
            walk.builder.add(kind, text)


def _whole(walk: _Walk, root: etree._Element) -> str:
    """All paragraphs of a note, header or footer as one text, those in its tables and text boxes included."""
    paragraphs = (paragraph for paragraph in root.iter(f"{W}p") if _is_chosen(paragraph))
    lines = (walk.text_of(paragraph, paragraph.find(_PROPERTIES), []) for paragraph in paragraphs)
    return "\n".join(filter(None, lines))


def _is_chosen(paragraph: etree._Element) -> bool:
    """Whether a paragraph is not in the second form of a text box that is stored twice."""
    forms = paragraph.iterancestors(f"{ALTERNATE}Choice", f"{ALTERNATE}Fallback")
    return all((parent := form.getparent()) is None or _alternative(parent) is form for form in forms)


def _warnings(parts: _Parts, body: etree._Element) -> Iterator[str]:
    comments = sum(len(root.findall(f"{W}comment")) for root in parts.each("comments", "批注无法计数"))
    if comments:
        yield f"含 {comments} 条批注，批注未读取"
    if any(_hides_run(mark) for mark in body.iter(f"{W}vanish")):
        yield "含隐藏文字，隐藏文字未读取"
    objects = sum(1 for _ in body.iter(f"{W}object"))
    if objects:
        yield f"含 {objects} 个嵌入对象，其内容未读取"


def _hides_run(mark: etree._Element) -> bool:
    """Whether a w:vanish hides a run, and not the mark of a paragraph."""
    holder = next(mark.iterancestors(f"{W}r", f"{W}pPr"), None)
    return holder is not None and holder.tag == f"{W}r" and switched_on(holder, "rPr/vanish")


def _problems(body: etree._Element) -> Iterator[Problem]:
    chunks = sum(1 for _ in body.iter(f"{W}altChunk", f"{W}subDoc"))
    if chunks:
        yield Problem("partial", f"含 {chunks} 段外部内容（altChunk 或子文档），未读取")
