"""Reads XLS, the workbooks of Excel up to 2003 and of WPS (.et): the same grids as an XLSX gives."""

import io
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extract.ingest import compound, office, sheet, workbook
from extract.ingest.assemble import Builder
from extract.ingest.formats import EAST_ASIAN, moment
from extract.ingest.workbook import Grid, Shown
from schemas.document import Document
from schemas.errors import Problem

#: The short date of the system, which xlrd calls by its American form.
_SHORT_DATE = 14
_OBJECT, _OBJECT_TEXT = 0x5D, 0x1B6
#: Records of a sheet: its header, its footer, and where its cells begin or it ends (the header stands before).
_HEADER, _FOOTER, _CELLS = 0x14, 0x15, (0x200, 0x0A)
_BIFF8 = 80
_INCOMPLETE = Problem("partial", "工作簿的结构有损坏，可能没有读全")
#: Sorts of drawn objects.
_CHART, _PICTURE, _COMMENT = 5, 8, 25


def claims(data: bytes) -> bool:
    """Whether the bytes are a workbook in an OLE2 compound file."""
    return compound.kind(data) == "xls"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a workbook: for each sheet its name and its tables; of formulas, the results that it holds."""
    content, damaged = compound.stream(data, compound.WORKBOOK, compound.OLD_WORKBOOK)
    try:
        document = _read(data, content, name)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 a foreign library meets hostile bytes, and there is another one to ask
        return _otherwise(data, name, error)
    if damaged and isinstance(document, Document):
        return replace(document, problems=(_INCOMPLETE,))
    return document


def _read(data: bytes, content: bytes, name: str) -> Document | Problem:
    from xlrd import open_workbook

    # a sheet at a time: rows are padded, so that a small file can ask for much memory
    book = open_workbook(
        file_contents=content, logfile=io.StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
    )
    builder = Builder()
    notes = workbook.add(builder, _grids(book))
    if isinstance(notes, Problem):
        return notes
    return replace(builder.document(data, name, "xls"), warnings=(*notes, *_not_read(book)))


def _otherwise(data: bytes, name: str, error: Exception) -> Document | Problem:
    """What LibreOffice makes of a workbook: it also opens those that were encrypted without a password of anyone's."""
    encrypted = "encrypted" in str(error)
    reason = f"工作簿的结构有损坏（{type(error).__name__}）"
    document = office.read(data, name, office.EXCEL_97, sheet.read, reason)
    if isinstance(document, Document):
        return document if encrypted else replace(document, problems=(_INCOMPLETE, *document.problems))
    if encrypted:
        return Problem("encrypted", "文件已加密，需要密码才能读取")
    return replace(document, outcome="damaged") if document.outcome == "unsupported" else document


def _grids(book: Any) -> Iterator[Grid]:
    for index in range(book.nsheets):
        margins = _margins(book, index)
        yield _grid(book, book.sheet_by_index(index), margins.get(_HEADER, ""), margins.get(_FOOTER, ""))
        book.unload_sheet(index)


def _grid(book: Any, sheet: Any, header: str, footer: str) -> Grid:
    """A sheet with rows and columns counted from 1, as its cells are named; xlrd counts from 0, to ends left out."""
    cells = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            shown = _shown(book, sheet.cell(row, column))
            if shown.text or shown.stored:
                cells[row + 1, column + 1] = shown
    return Grid(
        name=sheet.name,
        cells=cells,
        merges={(top + 1, left + 1): (bottom, right) for top, bottom, left, right in sheet.merged_cells},
        hidden_rows=frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_columns=frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden),
        hidden=sheet.visibility != 0,
        headers=workbook.margin(header, sheet.name),
        footers=workbook.margin(footer, sheet.name),
    )


def _margins(book: Any, index: int) -> dict[int, str]:
    """The codes of header and footer of a sheet, which xlrd passes over."""
    found: dict[int, str] = {}
    for code, content in _records(book, book._sh_abs_posn[index]):  # noqa: SLF001
        if code in _CELLS:
            break
        if code in {_HEADER, _FOOTER} and content:
            found[code] = _string(book, content)
    return found


def _string(book: Any, content: bytes) -> str:
    """A string with its length before it; from BIFF8 on a flag says whether its characters take two bytes."""
    if book.biff_version < _BIFF8:
        return content[1 : 1 + content[0]].decode(book.encoding or "gb18030", "replace")
    length = int.from_bytes(content[:2], "little")
    wide = len(content) > 2 and content[2] & 1
    return (
        content[3 : 3 + 2 * length].decode("utf-16-le", "replace") if wide else content[3:][:length].decode("latin-1")
    )


def _shown(book: Any, cell: Any) -> Shown:
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT, error_text_from_code

    if cell.ctype == XL_CELL_TEXT:
        return workbook.shown(cell.value, "@")
    if cell.ctype == XL_CELL_ERROR:
        return Shown(error_text_from_code.get(cell.value, "#ERR"))
    if cell.ctype == XL_CELL_BOOLEAN:
        return workbook.shown(bool(cell.value), "General")
    if cell.ctype not in {XL_CELL_NUMBER, XL_CELL_DATE}:
        return Shown("")
    code = _code(book, cell.xf_index)
    value = moment(cell.value, code, since_1904=book.datemode == 1) if cell.ctype == XL_CELL_DATE else cell.value
    return workbook.shown(value, code)


def _code(book: Any, style: int) -> str:
    """The number format of a cell style."""
    key = book.xf_list[style].format_key
    stated = book.format_map[key].format_str if key in book.format_map else None
    if key == _SHORT_DATE and stated == "m/d/yy":
        return "mm-dd-yy"
    return stated or EAST_ASIAN.get(key, "General")


def _not_read(book: Any) -> Iterator[str]:
    objects = _objects(book)
    if objects[_PICTURE]:
        yield f"含 {objects[_PICTURE]} 幅图片，其中的文字未读取"
    if objects[_CHART]:
        yield f"含 {objects[_CHART]} 个图表，其中的文字未读取"
    if objects[None] > objects[_COMMENT]:
        yield "含文本框，其中的文字未读取"
    if objects[_COMMENT]:
        yield "含批注，批注未读取"
    if book._all_sheets_count > book.nsheets:  # noqa: SLF001
        yield "含图表工作表或宏表，未读取"


def _objects(book: Any) -> Counter[int | None]:
    """How many drawn objects there are of each sort, and under None how many of them have a text."""
    counts: Counter[int | None] = Counter()
    for code, content in _records(book, book.base):
        if code == _OBJECT:
            counts[int.from_bytes(content[4:6], "little")] += 1
        elif code == _OBJECT_TEXT:
            counts[None] += 1
    return counts


def _records(book: Any, position: int) -> Iterator[tuple[int, bytes]]:
    """The records of the workbook from a position on: code and content."""
    end = book.base + book.stream_len
    while position + 4 <= end:
        code, length = struct.unpack_from("<HH", book.mem, position)
        yield code, bytes(book.mem[position + 4 : position + 4 + length])
        position += 4 + length
