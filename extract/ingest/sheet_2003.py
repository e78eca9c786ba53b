"""Reads the XML workbooks of Excel 2003 (SpreadsheetML), which many systems export under .xls or .xml."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time

from lxml import etree

from extract.ingest import limits, office_xml, workbook
from extract.ingest.assemble import Builder
from extract.ingest.formats import is_date
from extract.ingest.workbook import Grid, Position, Shown
from schemas.document import Document
from schemas.errors import Problem

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_NAMESPACE}}}"
_X = "{urn:schemas-microsoft-com:office:excel}"
#: The formats that go by a name.
_NAMED = {
    "General Number": "General",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "Currency": "￥#,##0.00",
    "Euro Currency": "€#,##0.00",
    "General Date": "yyyy/m/d h:mm",
    "Long Date": 'yyyy"年"m"月"d"日"',
    "Medium Date": "yyyy-mm-dd",
    "Short Date": "yyyy/m/d",
    "Long Time": "h:mm:ss",
    "Medium Time": "h:mm AM/PM",
    "Short Time": "h:mm",
    "Yes/No": '"Yes";"Yes";"No"',
    "True/False": '"True";"True";"False"',
    "On/Off": '"On";"On";"Off"',
}
_PARENTS = 16  # styles above a style


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell with its row and column from 1, and the style of its row."""

    element: etree._Element
    row: int
    column: int
    style: str


def claims(data: bytes) -> bool:
    """Whether the bytes are a workbook in the XML of Excel 2003."""
    tag = office_xml.opening(data)
    return _NAMESPACE in tag and tag.startswith("<") and tag[1:].split()[0].rpartition(":")[2] == "Workbook"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a workbook: for each sheet its name and its tables; of formulas, the results that it holds.

    Raises:
        BadPart: the file is damaged.
    """
    root = office_xml.root(data, namespaces={})
    styles = {_of(style, "ID"): style for style in root.iterfind(f"{_SS}Styles/{_SS}Style")}
    codes = {key: _code(styles, key) for key in styles}
    builder = Builder()
    grids: list[Grid] = []
    notes: list[str] = []
    left = limits.CELLS
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        left -= sum(1 for _ in sheet.iter(f"{_SS}Data"))
        if left < 0:
            return workbook.too_large(limits.CELLS - left) or Problem("limit", "工作簿过大")
        grids.append(_grid(sheet, codes, notes))
    hidden = workbook.add(builder, grids)
    if isinstance(hidden, Problem):
        return hidden
    if next(root.iter(f"{_SS}Comment"), None) is not None:
        notes.append("含批注，批注未读取")
    return replace(
        builder.document(data, name, "xls"), warnings=(*hidden, *notes), metadata=(("variant", "Excel 2003 XML"),)
    )


def _of(element: etree._Element, attribute: str) -> str:
    return element.get(_SS + attribute, "")


def _number(element: etree._Element, attribute: str, default: int = 0) -> int:
    text = _of(element, attribute)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _code(styles: dict[str, etree._Element], key: str) -> str:
    """The number format of a style, or of the nearest one above that states one."""
    for _ in range(_PARENTS):
        style = styles.get(key)
        if style is None:
            break
        stated = style.find(f"{_SS}NumberFormat")
        if stated is not None:
            code = _of(stated, "Format") or "General"
            return _NAMED.get(code, code)
        key = _of(style, "Parent")
    return "General"


def _grid(sheet: etree._Element, codes: dict[str, str], notes: list[str]) -> Grid:
    title = _of(sheet, "Name")
    columns = list(_columns(sheet))
    styles = {column: _of(element, "StyleID") for element, first, last in columns for column in range(first, last + 1)}
    cells: dict[Position, Shown] = {}
    merges: dict[Position, Position] = {}
    empty: list[str] = []
    for cell in _cells(sheet):
        at = cell.row, cell.column
        across, down = _number(cell.element, "MergeAcross"), _number(cell.element, "MergeDown")
        if across or down:
            merges[at] = cell.row + down, cell.column + across
        code = codes.get(_of(cell.element, "StyleID") or cell.style or styles.get(cell.column, ""), "General")
        data = cell.element.find(f"{_SS}Data")
        if data is None:
            empty += [workbook.address(*at)] if _of(cell.element, "Formula") else []
            continue
        shown = _shown(data, code)
        if shown.text or shown.stored:
            cells[at] = shown
    if empty:
        notes.append(f"工作表“{title}”有 {len(empty)} 个公式没有计算结果（{empty[0]} 等），读作空")
    return Grid(
        name=title,
        cells=cells,
        merges=merges,
        hidden_rows=frozenset(row for element, row in _rows(sheet) if _of(element, "Hidden") == "1"),
        hidden_columns=frozenset(
            column
            for _, column in cells
            if any(_of(element, "Hidden") == "1" and first <= column <= last for element, first, last in columns)
        ),
        hidden=(sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible") or "").startswith("Sheet"),
        headers=_margin(sheet, "Header", title),
        footers=_margin(sheet, "Footer", title),
    )


def _margin(sheet: etree._Element, sort: str, title: str) -> tuple[str, ...]:
    element = sheet.find(f"{_X}WorksheetOptions/{_X}PageSetup/{_X}{sort}")
    return () if element is None else workbook.margin(element.get(f"{_X}Data", ""), title)


def _columns(sheet: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    """What is said of columns, with the first and the last of them."""
    last = 0
    for element in sheet.iterfind(f"{_SS}Table/{_SS}Column"):
        first = _number(element, "Index", last + 1)
        last = first + min(_number(element, "Span"), limits.CELLS)
        yield element, first, last


def _rows(sheet: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    last = 0
    for element in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        row = _number(element, "Index", last + 1)
        yield element, row
        last = row + _number(element, "Span")


def _cells(sheet: etree._Element) -> Iterator[_Placed]:
    for element, row in _rows(sheet):
        column = 0
        for cell in element.iterfind(f"{_SS}Cell"):
            column = _number(cell, "Index", column + 1)
            yield _Placed(cell, row, column, _of(element, "StyleID"))
            column += _number(cell, "MergeAcross")


def _shown(data: etree._Element, code: str) -> Shown:
    text = "".join(map(str, data.itertext()))
    sort = _of(data, "Type")
    try:
        if sort == "Number":
            return workbook.shown(float(text), code)
        if sort == "DateTime":
            return _moment(datetime.fromisoformat(text), code)
    except ValueError:
        return workbook.shown(text, "@")
    return workbook.shown(text.strip() == "1", code) if sort == "Boolean" else workbook.shown(text, "@")


def _moment(moment: datetime, code: str) -> Shown:
    if is_date(code):
        return workbook.shown(moment, code)
    return workbook.shown(moment, "yyyy/m/d" if moment.time() == time() else "yyyy/m/d h:mm:ss")
