"""Labels the tables of a document: caption, amount unit, and which rows and columns head the others."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from extract.lexicon import load
from schemas.claim import Span
from schemas.document import Block, Cell, Document, Place, Table

#: So many lines above a table may belong to it, none longer than this unless it is the last and ends with the unit.
_LINES_ABOVE = 4
_LINE_LENGTH = 60

Row = list[Cell | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and the offset at which it begins."""

    text: str
    start: int


def label_tables(document: Document) -> Document:
    """The document with caption, unit, header rows and header columns of its tables filled in.

    A unit counts for the one table that it stands above or at the head of; one that a workbook prints in the header or
    footer of a sheet, for the tables of the sheet that have none. The unit of a single column, "金额（万元）"
    in its header cell, is left to those who read the column.
    """
    blocks = {block.table: index for index, block in enumerate(document.blocks) if block.kind == "table"}
    tables = (_label(document, table, blocks.get(table.index, 0)) for table in document.tables)
    return replace(document, tables=tuple(tables))


def _label(document: Document, table: Table, block: int) -> Table:
    grid = table.grid()
    header_rows = _header_rows(grid)
    above = list(_lines_above(document, block))
    margins = list(_margins(document, table.place)) if table.place.sheet is not None else []
    titles = [_caption(above), _title_row(grid)]
    if document.format in {"xlsx", "xls"}:
        titles = [_title_row(grid), _caption(margins), _caption(above)]  # above a sheet stands only its name
    heads = [Line(cell.text, cell.start) for cell in _statement_cells(grid[: max(1, header_rows)])]
    unit, span = _unit(above, heads)
    if unit is None:
        unit, span = _unit(margins, ())
    return replace(
        table,
        caption=next(filter(None, titles), ""),
        unit=unit or table.unit,
        unit_span=span or table.unit_span,
        header_rows=header_rows,
        header_columns=_header_columns(grid, header_rows),
    )


def _lines_above(document: Document, block: int) -> Iterator[Line]:
    """The lines that lie right above a table, the nearest first, up to another table or running text."""
    lines = (line for above in reversed(document.blocks[:block]) for line in _lines(document, above))
    for count, line in enumerate(lines):
        if count == _LINES_ABOVE or line is None or _pattern("tail").match(line.text):
            return
        is_running = len(line.text) > _LINE_LENGTH or line.text.endswith(("。", "；", "："))
        if is_running and count:
            return
        yield line
        if is_running:
            return


def _margins(document: Document, place: Place) -> Iterator[Line]:
    """What is printed above and below each page of the sheet at this place."""
    for block in document.blocks:
        if block.kind in {"header", "footer"} and block.place == place:
            yield from _lines_of(document, block)


def _lines(document: Document, block: Block) -> Iterator[Line | None]:
    """The lines of a block from the last one up; None for a table, which nothing reaches over."""
    if block.kind == "table":
        yield None
    elif block.kind in {"heading", "paragraph"}:
        yield from _lines_of(document, block)


def _lines_of(document: Document, block: Block) -> Iterator[Line]:
    for match in reversed(list(re.finditer(r"[^\n]+", document.text[block.start : block.end]))):
        if match[0].strip():
            yield Line(match[0].rstrip(), block.start + match.start())


def _unit(above: Sequence[Line], heads: Sequence[Line]) -> tuple[str | None, Span | None]:
    """The unit stated at the head of the table or above it, with the span of the statement."""
    for line in (*heads, *above):
        match = _pattern("statement").search(line.text)
        # running text above must end with its statement: "……如下表（单位：万元）："
        if match and (len(line.text) <= _LINE_LENGTH or not line.text[match.end() :].strip("）)：:。 ")):
            return _written(match, line)
    for line in (*heads, *above):
        match = _pattern("bracketed").search(line.text)
        if match and is_caption(line.text):
            return _written(match, line)
    return None, None


def _written(match: re.Match[str], line: Line) -> tuple[str, Span]:
    return re.sub(r"\s", "", match["unit"]), (line.start + match.start(), line.start + match.end())


def _statement_cells(rows: Sequence[Row]) -> Iterator[Cell]:
    """Cells at the head that can speak for the whole table: alone in their row, or nothing but the statement."""
    for row in rows:
        cells = _cells(row)
        for cell in cells:
            rest = _pattern("statement").sub("", cell.text).strip("（()） 　")
            if len(cells) == 1 or not rest:
                yield cell


def _caption(above: Sequence[Line]) -> str:
    return next((_without_unit(line.text) for line in above if is_caption(_without_unit(line.text))), "")


def _title_row(grid: Sequence[Row]) -> str:
    """The text of the first row if it is one cell over a table of several rows and columns."""
    cells = _cells(grid[0]) if len(grid) > 1 and len(grid[0]) > 1 else []
    if len(cells) != 1 or len(cells[0].text) > _LINE_LENGTH or _is_data(cells[0].text):
        return ""
    return _without_unit(cells[0].text)


def _without_unit(text: str) -> str:
    """A caption without the unit that follows it on its line."""
    return _pattern("statement").sub("", text).replace("（）", "").replace("()", "").strip()


def is_caption(text: str) -> bool:
    """Whether a line names a table: 表2 …, …一览表."""
    if len(text) > _LINE_LENGTH or text.endswith(("。", "；", "：", "，")):
        return False
    return bool(_pattern("caption").search(text)) and not _pattern("number_only").search(text)


def _header_rows(grid: Sequence[Row]) -> int:
    """How many rows at the top are labels: down to the first row with data, or to a row that heads every column."""
    titles = next((index for index, row in enumerate(grid) if len(_cells(row)) > 1), 0)
    for index in range(titles, len(grid)):
        if _is_counting(grid[index]) and index > titles:
            return index + 1
        if _has_data(grid[index]):
            return index
        if _heads_every_column(grid[index], index):
            following = index + 1
            return following + (following < len(grid) and _is_counting(grid[following]))
    # no data at all: the row after the titles heads the others
    return min(titles + 1, len(grid))


def _heads_every_column(row: Row, index: int) -> bool:
    """Whether each column has its own label here and none reaches further down; the corner may be empty."""
    return all(
        cell and cell.column_span == 1 and cell.row + cell.row_span == index + 1 and (cell.text or not cell.column)
        for cell in row
    )


def _is_counting(row: Row) -> bool:
    """Whether the row numbers the columns: "栏次 1 2 3", "甲 乙 1 2 3=1+2"."""
    texts = [cell.text for cell in _cells(row) if cell.text not in _words("counting_marks")]
    numbers = [int(text) for text in (text.partition("=")[0] for text in texts) if re.fullmatch(r"\d{1,3}", text)]
    return len(numbers) == len(texts) > 1 and numbers == list(range(1, len(numbers) + 1))


def _header_columns(grid: Sequence[Row], header_rows: int) -> int:
    """How many columns at the left are labels: before the first one with data, numbering and codes aside."""
    width = len(grid[0])
    body = [row for row in grid[header_rows:] if len(_cells(row)) > 1]
    for column in range(width):
        if _numbers_rows(grid[:header_rows], column):
            continue
        cells = (row[column] for row in body)
        if any(cell and cell.column == column and _is_data(cell.text) for cell in cells):
            return column
    return min(1, width)


def _numbers_rows(heads: Sequence[Row], column: int) -> bool:
    labels = [cell.text for cell in (row[column] for row in heads) if cell]
    return any(label.endswith(tuple(_words("counting_heads"))) for label in labels)


def _cells(row: Row) -> list[Cell]:
    """The cells of a row that hold text, each once."""
    distinct = {(cell.row, cell.column): cell for cell in row if cell and cell.text}
    return list(distinct.values())


def _has_data(row: Row) -> bool:
    texts = [cell.text for cell in _cells(row)]
    return any(_is_data(text) and not _pattern("year").match(text) for text in texts)


def _is_data(text: str) -> bool:
    return bool(_pattern("data").match(text))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words: dict[str, Any] = load("labels")
    return re.compile(words[name].replace("{unit}", words["unit"]))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("labels")[name])
