"""What the readers of workbooks share: a sheet as a grid of shown cells, and the tables that it holds."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from extract.ingest import limits
from extract.ingest.assemble import Builder, Slot
from extract.ingest.formats import digits, plain, show
from schemas.document import Document, Place
from schemas.errors import Problem

#: Names that a program gave a sheet say nothing.
_NAMELESS = re.compile(r"(?:Sheet|工作表|表)\s*\d*", re.IGNORECASE)

#: The code of a header or footer: &L&C&R begin its parts, &A is the name of the sheet, && an ampersand; the rest are
#: fonts, colours and fields.
_MARGIN_CODE = re.compile(
    r"&(?P<side>[LCR])|(?P<name>&A)|(?P<sign>&&)"
    r'|(?P<field>&(?:"[^"]*"|\d{1,3}|K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|\[\w+\]|[A-Z])|&)|(?P<text>[^&]+)',
    re.IGNORECASE,
)
_PAGE_WORDS = re.compile(r"(?:page|of|[第共页]|[^\w&])*", re.IGNORECASE)

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is shown, with the stored value where it differs."""

    text: str
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a sheet that hold something, its merged ranges by upper left corner, and what is hidden.

    `headers` and `footers` are printed above and below each of its pages; `drawn` are the text boxes on it and what OCR
    read from its pictures.
    """

    name: str
    cells: dict[Position, Shown]
    merges: dict[Position, Position]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    hidden: bool
    headers: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    drawn: tuple[str | Document, ...] = ()


def shown(value: object, code: str) -> Shown:
    """A stored value as it is shown under a number format, with the stored one where it differs."""
    if isinstance(value, str):
        return Shown(re.sub(r"\r\n?", "\n", value).strip())
    text = show(value, code).strip()
    stored = _stored(value)
    return Shown(text, None if stored == text else stored)


def address(row: int, column: int) -> str:
    """The address of a cell by its row and column from 1: "AB12"."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def margin(code: str, sheet: str) -> tuple[str, ...]:
    """The texts at the left, in the middle and at the right that the code of a header or footer prints.

    The number of the page, the date and the name of the file are left out: they are no part of the sheet. So is what
    would then say nothing: its name alone, or "第 页，共 页".
    """
    pieces: dict[str, str] = {"L": "", "C": "", "R": ""}
    side = "C"
    for match in _MARGIN_CODE.finditer(code):
        if match["side"]:
            side = match["side"].upper()
        elif not match["field"]:
            pieces[side] += match["text"] or ("&" if match["sign"] == "&&" else sheet if match["name"] else "")
    texts = (piece.strip() for piece in pieces.values())
    return tuple(text for text in texts if text != sheet and not _PAGE_WORDS.fullmatch(text))


def add(builder: Builder, grids: Iterable[Grid]) -> list[str] | Problem:
    """Adds each sheet: its name and one table, or several where it has several; returns what is worth knowing of it."""
    notes: list[str] = []
    for grid in grids:
        refusal = too_large(len(grid.cells) + _merged(grid)) or _add_sheet(builder, grid)
        if refusal:
            return refusal
        notes += _hidden_notes(grid)
    return notes


def too_large(cells: int) -> Problem | None:
    """The refusal of so many cells, merged positions included."""
    if cells > limits.CELLS:
        return Problem("limit", f"工作簿有 {cells} 个单元格，超过上限 {limits.CELLS}")
    return None


def _merged(grid: Grid) -> int:
    return sum((bottom - top + 1) * (right - left + 1) for (top, left), (bottom, right) in grid.merges.items())


def _stored(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return digits(plain(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return show(value, "General") if isinstance(value, bool | timedelta) else str(value)


def _add_sheet(builder: Builder, grid: Grid) -> Problem | None:
    if not grid.cells and not grid.drawn:
        return None
    place = Place(sheet=grid.name)
    if not _NAMELESS.fullmatch(grid.name):
        builder.add("heading", grid.name, place=place)
    for text in grid.headers:
        builder.add("header", text, place=place)
    for rows in _regions(grid):
        inside = set(rows)
        columns = sorted({column for row, column in grid.cells if row in inside})
        if len(rows) * len(columns) > limits.CELLS:
            return Problem("limit", f"表格有 {len(rows)} 行 {len(columns)} 列，超过上限", f"工作表 {grid.name}")
        builder.add_table(_slots(grid, rows, columns), place=place)
    for drawn in grid.drawn:
        if isinstance(drawn, str):
            builder.add("paragraph", drawn, place=place)
        else:
            builder.add_recognised(drawn, place)
    for text in grid.footers:
        builder.add("footer", text, place=place)
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
                place=Place(sheet=grid.name, cell=address(row, column)),
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


def _hidden_notes(grid: Grid) -> Iterator[str]:
    if grid.hidden and grid.cells:
        yield f"工作表“{grid.name}”是隐藏的，其中的内容已读取并标记"
    elif any(row in grid.hidden_rows or column in grid.hidden_columns for row, column in grid.cells):
        yield f"工作表“{grid.name}”含隐藏的行或列，其中的内容已读取并标记"
