"""Reads XLSX: every sheet as it is shown, hidden parts marked, with the cell address of every value."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from extract.ingest import limits, package, sheetml, workbook
from extract.ingest.assemble import Builder
from extract.ingest.package import BadPart, Package, Relation
from extract.ingest.pictures import Pictures
from extract.ingest.sheetml import LINK, Cell, Layout, Shared, X
from extract.ingest.workbook import Grid, Position, Shown
from schemas.document import Document
from schemas.errors import Problem

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PICTURE = f"{_DRAWING}blip"
_EMBED = LINK.replace("}id", "}embed")
_TEXT_BOX = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}txBody"
_NO_STYLES = "单元格样式的部件已损坏，显示的格式（百分比、日期、小数位数）不可知，只读出所存的值"


def claims(data: bytes) -> bool:
    """Whether the bytes are an XLSX package."""
    return package.kind(data) == "xlsx"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a workbook: for each sheet its name and one table, or several where it has several.

    Raises:
        zipfile.BadZipFile, BadPart: the file is damaged in a part that everything depends on.
    """
    opened = package.open_package(data)
    if isinstance(opened, Problem):
        return opened
    book = _Book.over(opened)
    builder = Builder()
    notes = workbook.add(builder, book.grids())
    if isinstance(notes, Problem):
        return notes
    return replace(
        builder.document(data, name, "xlsx"),
        warnings=(*notes, *book.notes, *book.pictures.warnings("图片"), *_not_read(opened)),
        problems=(*book.problems, *book.pictures.problems()),
    )


@dataclass(slots=True)
class _Book:
    """A workbook while it is read: its parts, its sheets by name, state and part, and how much was read of them."""

    opened: Package
    shared: Shared
    sheets: list[tuple[str, str, Relation]]
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    pictures: Pictures = field(default_factory=Pictures)
    cells: int = 0
    characters: int = 0

    @classmethod
    def over(cls, opened: Package) -> "_Book":
        main = opened.main("xl/workbook.xml")
        root = opened.root(main)
        if root is None:
            raise BadPart("damaged", "压缩包里没有工作簿", main)
        problems: list[Problem] = []
        links = opened.relations(main)
        parts = {link.sort: link.target for link in links}
        strings = sheetml.strings(opened, parts.get("sharedStrings", "xl/sharedStrings.xml"))
        codes: tuple[str, ...] = ()
        try:
            codes = sheetml.number_formats(opened, parts.get("styles", "xl/styles.xml"))
        except BadPart as error:
            problems.append(replace(error.problem, outcome="partial", message=_NO_STYLES))
        properties = root.find(f"{X}workbookPr")
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        by_id = {link.id: link for link in links}
        sheets = [
            (sheet.get("name", ""), sheet.get("state", "visible"), by_id.get(sheet.get(LINK, ""), Relation("", "", "")))
            for sheet in root.iterfind(f"{X}sheets/{X}sheet")
        ]
        return cls(opened, Shared(strings, codes, since_1904), sheets, problems=problems)

    def grids(self) -> Iterator[Grid]:
        """The sheets in turn; one that can't be read is a problem."""
        for title, state, link in self.sheets:
            if link.sort not in {"worksheet", "xlMacrosheet", ""}:
                self.notes.append(f"“{title}”是图表工作表，未读取")
            elif link.target not in self.opened.members:
                self.problems.append(Problem("damaged", "工作表的部件缺失，未读取", f"工作表 {title}"))
            else:
                yield from self._grid(title, state, link.target)

    def _grid(self, title: str, state: str, part: str) -> Iterator[Grid]:
        layout = Layout()
        try:
            cells = self._cells(title, part, layout)
        except BadPart as error:
            if error.problem.outcome == "limit":
                raise
            self.problems.append(replace(error.problem, place=f"工作表 {title}"))
            return
        yield Grid(
            name=title,
            cells=cells,
            merges=layout.merges,
            hidden_rows=frozenset(layout.hidden_rows),
            hidden_columns=frozenset(
                column for _, column in cells if any(first <= column <= last for first, last in layout.hidden_columns)
            ),
            hidden=state != "visible",
            headers=_margins(layout, "Header", title),
            footers=_margins(layout, "Footer", title),
            drawn=tuple(self._drawn(title, part, layout)),
        )

    def _drawn(self, title: str, part: str, layout: Layout) -> Iterator[str | Document]:
        """The text boxes of a sheet, and what OCR reads from its pictures."""
        if not layout.drawing:
            return
        try:
            links = self.opened.relations(part)
            drawing = next((link.target for link in links if link.id == layout.drawing), "")
            root = self.opened.root(drawing)
            targets = {link.id: link.target for link in self.opened.relations(drawing)}
        except BadPart as error:
            lost = f"文本框和图片未读取：{error.problem.message}"
            self.problems.append(Problem("partial", lost, f"工作表 {title}"))
            return
        for element in () if root is None else root.iter(_TEXT_BOX, _PICTURE):
            if element.tag == _TEXT_BOX:
                yield "\n".join(map(_text, element.iterchildren(f"{_DRAWING}p"))).strip()
                continue
            recognised = self.pictures.recognise(self._member(targets.get(element.get(_EMBED, ""), "")))
            if recognised:
                yield recognised

    def _member(self, part: str) -> bytes | None:
        try:
            return self.opened.read(part)
        except BadPart:
            return None

    def _cells(self, title: str, part: str, layout: Layout) -> dict[Position, Shown]:
        """What the cells of a sheet show; blank ones are left out."""
        found: dict[Position, Shown] = {}
        empty: list[Cell] = []
        lost = 0
        for cell in sheetml.cells(self.opened, part, self.shared, layout):
            lost += cell.lost
            if cell.value is None:
                empty += [cell] if cell.formula else []
                continue
            self._count(cell, part)
            shown = workbook.shown(cell.value, cell.code)
            if shown.text or shown.stored:
                found[cell.row, cell.column] = shown
        if empty:
            first = workbook.address(empty[0].row, empty[0].column)
            self.notes.append(f"工作表“{title}”有 {len(empty)} 个公式没有计算结果（{first} 等），读作空")
        if lost:
            self.problems.append(Problem("partial", f"{lost} 个单元格的文字已缺失，读作空", f"工作表 {title}"))
        return found

    def _count(self, cell: Cell, part: str) -> None:
        """More than anyone reads is a limit, before an object is made of each: ten thousand cells share a megabyte."""
        self.cells += 1
        self.characters += len(cell.value) if isinstance(cell.value, str) else 0
        if self.cells > limits.CELLS:
            raise BadPart("limit", f"工作簿的单元格超过上限 {limits.CELLS} 个", part)
        if self.characters > limits.TEXT:
            raise BadPart("limit", f"单元格的文字超过上限 {limits.TEXT} 字", part)


def _margins(layout: Layout, sort: str, title: str) -> tuple[str, ...]:
    codes = (code for name, code in layout.margins.items() if name.endswith(sort))
    return tuple(dict.fromkeys(text for code in codes for text in workbook.margin(code, title)))


def _text(paragraph: etree._Element) -> str:
    return "".join(element.text or "" for element in paragraph.iter(f"{_DRAWING}t"))


def _not_read(opened: Package) -> Iterator[str]:
    if any(member.startswith("xl/comments") for member in opened.members):
        yield "含批注，批注未读取"
