"""Reads XLSX: every sheet as it is shown, hidden parts marked, with the cell address of every value."""

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from extract.ingest import limits, package
from extract.ingest.assemble import Builder, Slot
from extract.ingest.formats import EAST_ASIAN, digits, plain, show
from extract.ingest.package import Package
from schemas.document import Document, Place
from schemas.errors import Problem

_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_DRAWN_TEXT = re.compile(rb"<a:t>[^<]*\S")
#: Names that a program gave a sheet say nothing.
_NAMELESS = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is shown, with the stored value where it differs."""

    text: str
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet that hold something, its merged ranges by upper left corner, and what is hidden."""

    name: str
    cells: dict[Position, Shown]
    merges: dict[Position, Position]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    hidden: bool


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
    notes: list[str] = []
    workbook = _load(data, values=True)
    for sheet in workbook.worksheets:
        grid = _grid(sheet, workbook.epoch)
        refusal = _add_sheet(builder, grid)
        if refusal:
            return refusal
        notes += _notes(grid)
    notes += _empty_formulas(workbook, data, opened)
    notes += _not_read(workbook, opened)
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
    if cells > limits.CELLS:
        return Problem("limit", f"工作簿有 {cells} 个单元格，超过上限 {limits.CELLS}")
    return None


def _load(data: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # it warns of everything that it would not write back (validations, headers), which does not concern a reader
        warnings.simplefilter("ignore")
        return load_workbook(BytesIO(data), data_only=values, keep_links=False)


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
    from openpyxl.utils.datetime import from_excel
    from openpyxl.utils.escape import unescape

    value, code = cell.value, cell.number_format
    if isinstance(value, str):
        return Shown(re.sub(r"\r\n?", "\n", unescape(value)).strip())
    east_asian = EAST_ASIAN.get(cell._style.numFmtId) if code == "General" and cell.has_style else None  # noqa: SLF001 nowhere else
    if east_asian and isinstance(value, int | float):
        value, code = from_excel(value, epoch), east_asian
    text = show(value, code).strip()
    stored = _stored(value)
    return Shown(text, None if stored == text else stored)


def _stored(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return digits(plain(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return show(value, "General") if isinstance(value, bool | timedelta) else str(value)


def _add_sheet(builder: Builder, grid: Grid) -> Problem | None:
    if not grid.cells:
        return None
    place = Place(sheet=grid.name)
    if not _NAMELESS.fullmatch(grid.name):
        builder.add("heading", grid.name, place=place)
    for rows in _regions(grid):
        inside = set(rows)
        columns = sorted({column for row, column in grid.cells if row in inside})
        if len(rows) * len(columns) > limits.CELLS:
            return Problem("limit", f"表格有 {len(rows)} 行 {len(columns)} 列，超过上限", f"工作表 {grid.name}")
        builder.add_table(_slots(grid, rows, columns), place=place)
    return None


def _regions(grid: Grid) -> list[list[int]]:
    """The rows that hold something, in one list for each table of the sheet.

    A table ends at an empty row if what follows begins like a table: with a title, one cell alone in its row, and
    rows of several cells under it. Other empty rows are just left out: forms have many.
    """
    widths: dict[int, int] = {}
    for row, _ in grid.cells:
        widths[row] = widths.get(row, 0) + 1
    covered = {
        row
        for (top, left), (bottom, _) in grid.merges.items()
        if (top, left) in grid.cells
        for row in range(top, bottom)
    }
    regions: list[list[int]] = []
    for run in _runs(sorted(widths), covered):
        titled = widths[run[0]] == 1 and any(widths[row] > 1 for row in run)
        if regions and not titled:
            regions[-1] += run
        else:
            regions.append(run)
    return regions


def _runs(rows: list[int], covered: set[int]) -> Iterator[list[int]]:
    """Rows that follow on each other, or are held together by a merged cell."""
    run: list[int] = []
    for row in rows:
        if run and not all(between in covered for between in range(run[-1], row) if row - run[-1] > 1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _slots(grid: Grid, rows: list[int], columns: list[int]) -> Iterator[Slot]:
    from openpyxl.utils import get_column_letter

    covered = _covered(grid.merges, rows, columns)
    for row_index, row in enumerate(rows):
        for column_index, column in enumerate(columns):
            if (row, column) in covered:
                continue
            bottom, right = grid.merges.get((row, column), (row, column))
            shown = grid.cells.get((row, column), Shown(""))
            yield Slot(
                row_index,
                column_index,
                shown.text,
                row_span=_count(rows, row, bottom),
                column_span=_count(columns, column, right),
                place=Place(sheet=grid.name, cell=f"{get_column_letter(column)}{row}"),
                hidden=grid.hidden or row in grid.hidden_rows or column in grid.hidden_columns,
                stored=shown.stored,
            )


def _covered(merges: dict[Position, Position], rows: list[int], columns: list[int]) -> set[Position]:
    """Positions that belong to a merged cell other than at its corner."""
    return {
        (row, column)
        for (top, left), (bottom, right) in merges.items()
        for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
        for column in columns[bisect_left(columns, left) : bisect_right(columns, right)]
        if (row, column) != (top, left)
    }


def _count(kept: list[int], first: int, last: int) -> int:
    return bisect_right(kept, last) - bisect_left(kept, first)


def _notes(grid: Grid) -> Iterator[str]:
    if grid.hidden and grid.cells:
        yield f"工作表“{grid.name}”是隐藏的，其中的内容已读取并标记"
    elif any(row in grid.hidden_rows or column in grid.hidden_columns for row, column in grid.cells):
        yield f"工作表“{grid.name}”含隐藏的行或列，其中的内容已读取并标记"


def _empty_formulas(workbook: Any, data: bytes, opened: Package) -> Iterable[str]:
    """Formulas whose result the file does not hold (it was never calculated): their cells read empty."""
    if not any(_FORMULA.search(xml) for part, xml in opened.parts.items() if part.startswith("xl/worksheets/")):
        return
    for shown, written in zip(workbook.worksheets, _load(data, values=False).worksheets, strict=True):
        empty = [
            cell.coordinate
            for cell in _cells(written)
            if cell.data_type == "f" and shown[cell.coordinate].value is None
        ]
        if empty:
            yield f"工作表“{shown.title}”有 {len(empty)} 个公式没有计算结果（{empty[0]} 等），读作空"


def _not_read(workbook: Any, opened: Package) -> Iterator[str]:
    pictures = sum(member.startswith("xl/media/") for member in opened.members)
    if pictures:
        yield f"含 {pictures} 幅图片，其中的文字未读取"
    if any(_DRAWN_TEXT.search(xml) for part, xml in opened.parts.items() if part.startswith("xl/drawings/")):
        yield "含文本框，其中的文字未读取"
    if any(member.startswith("xl/comments") for member in opened.members):
        yield "含批注，批注未读取"
    if len(workbook.sheetnames) > len(workbook.worksheets):
        yield "含图表工作表，未读取"
