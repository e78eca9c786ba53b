"""Puts the text of a document together, piece by piece, so that every span is right by construction.

A reader adds paragraphs and tables in reading order and is told where each piece came to lie:

    builder = Builder()
    start, end = builder.add("paragraph", "一、项目概况")
    table = builder.add_table([Slot(0, 0, "项目"), Slot(0, 1, "金额"), Slot(1, 0, "合计"), Slot(1, 1, "12.5")])
    [(cell.start, cell.end) for cell in table.cells]     # sorted by row, then column
    document = builder.document(data, "报告.docx", "docx")

Pieces are separated by a line break, the cells of a row by a tab, its rows by a line break. No piece and no cell starts
or ends with white space. What a reader knows beside that (pages, glyphs, joints) it adds with `dataclasses.replace`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import groupby

from schemas.claim import Span
from schemas.document import Block, BlockKind, Cell, Document, Doubt, Format, Place, Quality, Table

NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell that has no place in the text yet; the fields are those of `Cell`."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    place: Place = NOWHERE
    hidden: bool = False
    stored: str | None = None


class Builder:
    """The text so far, with the blocks and tables in it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.tables: list[Table] = []
        self.doubts: list[Doubt] = []
        self.recognised: list[Span] = []
        self._pieces: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def add(self, kind: BlockKind, text: str, *, place: Place = NOWHERE, level: int | None = None) -> Span:
        """Adds a block of text, stripped; returns its (start, end). Blank text adds no block, its span is empty."""
        text = text.strip()
        if not text:
            return self._length, self._length
        span = self._begin_block(text)
        self.blocks.append(Block(kind, *span, place=place, level=level))
        return span

    def add_table(self, slots: Iterable[Slot], *, place: Place = NOWHERE, quality: Quality = "readable") -> Table:
        """Adds a table block; returns the table, whose cells have their spans and stand sorted by row and column.

        Raises:
            ValueError: there is no cell at all.
        """
        ordered = sorted(slots, key=lambda slot: (slot.row, slot.column))
        rows = max(slot.row + slot.row_span for slot in ordered)
        columns = max(slot.column + slot.column_span for slot in ordered)
        start, _ = self._begin_block("")
        cells: list[Cell] = []
        line = 0
        for row, members in groupby(ordered, key=lambda slot: slot.row):
            self._write("\n" * (row - line))
            line = row
            for position, slot in enumerate(members):
                self._write("\t" if position else "")
                cells.append(self._place_cell(slot))
        table = Table(len(self.tables), start, self._length, rows, columns, tuple(cells), place=place, quality=quality)
        self.tables.append(table)
        self.blocks.append(Block("table", start, self._length, place=place, table=table.index))
        return table

    def add_recognised(self, document: Document, place: Place = NOWHERE) -> None:
        """Adds the text and the tables of a picture that OCR read, with what it is not sure of."""
        first = self._length + 1 if self.blocks else 0
        for block in document.blocks:
            if block.table is None:
                start, _ = self.add(block.kind, document.text[block.start : block.end], place=place)
            else:
                start = self._copy(document.tables[block.table], place).start
            moved = start - block.start
            self.doubts += (
                replace(doubt, start=doubt.start + moved, end=doubt.end + moved)
                for doubt in document.doubts
                if block.start <= doubt.start < block.end
            )
        self.recognised.append((first, self._length))

    def _copy(self, table: Table, place: Place) -> Table:
        cells = (Slot(cell.row, cell.column, cell.text, cell.row_span, cell.column_span, place) for cell in table.cells)
        return self.add_table(cells, place=place)

    def document(self, data: bytes, name: str, form: Format) -> Document:
        """The document that was put together from `data`."""
        return Document(
            id=sha256(data).hexdigest(),
            name=name,
            format=form,
            text=self.text,
            blocks=tuple(self.blocks),
            tables=tuple(self.tables),
            doubts=tuple(self.doubts),
            recognised=tuple(self.recognised),
            quality="ocr" if self.recognised else "readable",
        )

    def _begin_block(self, text: str) -> Span:
        self._write("\n" if self.blocks else "")
        return self._write(text)

    def _place_cell(self, slot: Slot) -> Cell:
        text = slot.text.strip()
        start, end = self._write(text)
        return Cell(
            slot.row,
            slot.column,
            start,
            end,
            text,
            row_span=slot.row_span,
            column_span=slot.column_span,
            place=slot.place,
            hidden=slot.hidden,
            stored=slot.stored,
        )

    def _write(self, text: str) -> Span:
        start = self._length
        self._pieces.append(text)
        self._length += len(text)
        return start, self._length
