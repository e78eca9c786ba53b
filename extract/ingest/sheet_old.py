"""Reads XLS, the workbooks of Excel up to 2003 and of WPS (.et): the same grids as an XLSX gives."""

import io
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
        yield _grid(book, book.sheet_by_index(index))
        book.unload_sheet(index)


def _grid(book: Any, sheet: Any) -> Grid:
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
    position, end = book.base, book.base + book.stream_len
    while position + 4 <= end:
        code, length = (int.from_bytes(book.mem[position + at : position + at + 2], "little") for at in (0, 2))
        if code == _OBJECT:
            counts[int.from_bytes(book.mem[position + 8 : position + 10], "little")] += 1
        elif code == _OBJECT_TEXT:
            counts[None] += 1
        position += 4 + length
    return counts
