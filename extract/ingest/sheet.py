"""Reads XLSX: every sheet as it is shown, hidden parts marked, with the cell address of every value."""

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from extract.ingest import limits, package, workbook
from extract.ingest.assemble import Builder
from extract.ingest.formats import EAST_ASIAN, moment
from extract.ingest.package import Package
from extract.ingest.workbook import Grid, Shown
from schemas.document import Document
from schemas.errors import Problem

_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_STRING = re.compile(rb"<(?:\w+:)?si[ />]")
_SHARED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=\"s\"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<")
_DRAWN_TEXT = re.compile(rb"<a:t>[^<]*\S")


def claims(data: bytes) -> bool:
    """Whether the bytes are an XLSX package."""
    return package.kind(data) == "xlsx"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a workbook: for each sheet its name and one table, or several where it has several.

    Raises:
        Exception: whatever openpyxl raises over a damaged file.
    """
    opened = package.open_package(data)
    if isinstance(opened, Problem):
        return opened
    refusal = _refuse(opened)
    if refusal:
        return refusal
    builder = Builder()
    book = _load(data, values=True)
    notes = workbook.add(builder, (_grid(sheet, book.epoch) for sheet in book.worksheets))
    if isinstance(notes, Problem):
        return notes
    notes += _empty_formulas(book, data, opened)
    notes += _not_read(book, opened)
    return replace(builder.document(data, name, "xlsx"), warnings=tuple(notes))


def _refuse(opened: Package) -> Problem | None:
    """Too many cells, counted before openpyxl makes an object of each, merged ones included."""
    from openpyxl.utils import column_index_from_string as index

    cells = 0
    for part, xml in opened.parts.items():
        if part.startswith("xl/worksheets/"):
            cells += sum(1 for _ in _CELL.finditer(xml))
            for left, top, right, bottom in (match.groups() for match in _MERGE.finditer(xml)):
                width = index(right.decode()) - index(left.decode()) + 1
                cells += width * (int(bottom) - int(top) + 1)
    return workbook.too_large(cells) or _too_long(opened)


def _too_long(opened: Package) -> Problem | None:
    """More text than anyone reads: a string of a megabyte that ten thousand cells share."""
    lengths = [len(string) for string in _STRING.split(opened.parts.get("xl/sharedStrings.xml", b""))[1:]]
    shown = 0
    for part, xml in opened.parts.items():
        if part.startswith("xl/worksheets/"):
            shown += sum(lengths[at] for at in map(int, _SHARED.findall(xml)) if at < len(lengths))
    if shown > limits.TEXT:
        return Problem("limit", f"单元格的文字共约 {shown >> 20} MB，超过上限 {limits.TEXT >> 20} MB")
    return None


def _load(data: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # it warns of everything that it would not write back (validations, headers), which does not concern a reader
        warnings.simplefilter("ignore")
        try:
            return load_workbook(BytesIO(data), data_only=values, keep_links=False)
        except OSError as error:  # it says so where no part of the package is a workbook
            raise ValueError("压缩包里没有工作簿") from error


def _grid(sheet: Any, epoch: datetime) -> Grid:
    cells = {}
    for cell in _cells(sheet):
        shown = None if cell.value is None else _shown(cell, epoch)
        if shown and (shown.text or shown.stored):
            cells[cell.row, cell.column] = shown
    hidden = [(group.min, group.max) for group in sheet.column_dimensions.values() if group.hidden]
    return Grid(
        name=sheet.title,
        cells=cells,
        merges={(area.min_row, area.min_col): (area.max_row, area.max_col) for area in sheet.merged_cells.ranges},
        hidden_rows=frozenset(index for index, row in sheet.row_dimensions.items() if row.hidden),
        hidden_columns=frozenset(
            column for _, column in cells if any(first <= column <= last for first, last in hidden)
        ),
        hidden=sheet.sheet_state != "visible",
    )


def _cells(sheet: Any) -> list[Any]:
    """The cells that the file holds, by row; openpyxl's own iteration would make all those up to the furthest one."""
    return [sheet._cells[position] for position in sorted(sheet._cells)]  # noqa: SLF001


def _shown(cell: Any, epoch: datetime) -> Shown:
    from openpyxl.utils.escape import unescape

    value, code = cell.value, cell.number_format
    if isinstance(value, str):
        value = unescape(value)
    east_asian = EAST_ASIAN.get(cell._style.numFmtId) if code == "General" and cell.has_style else None  # noqa: SLF001 nowhere else
    if east_asian and isinstance(value, int | float):
        value, code = moment(value, east_asian, since_1904=epoch.year == 1904), east_asian
    return workbook.shown(value, code)


def _empty_formulas(book: Any, data: bytes, opened: Package) -> Iterable[str]:
    """Formulas whose result the file does not hold (it was never calculated): their cells read empty."""
    if not any(_FORMULA.search(xml) for part, xml in opened.parts.items() if part.startswith("xl/worksheets/")):
        return
    for shown, written in zip(book.worksheets, _load(data, values=False).worksheets, strict=True):
        empty = [
            cell.coordinate
            for cell in _cells(written)
            if cell.data_type == "f" and shown[cell.coordinate].value is None
        ]
        if empty:
            yield f"工作表“{shown.title}”有 {len(empty)} 个公式没有计算结果（{empty[0]} 等），读作空"


def _not_read(book: Any, opened: Package) -> Iterator[str]:
    pictures = sum(member.startswith("xl/media/") for member in opened.members)
    if pictures:
        yield f"含 {pictures} 幅图片，其中的文字未读取"
    if any(_DRAWN_TEXT.search(xml) for part, xml in opened.parts.items() if part.startswith("xl/drawings/")):
        yield "含文本框，其中的文字未读取"
    if any(member.startswith("xl/comments") for member in opened.members):
        yield "含批注，批注未读取"
    if len(book.sheetnames) > len(book.worksheets):
        yield "含图表工作表，未读取"
