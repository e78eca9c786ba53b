"""A document as it was read: its text, what stands where in it, and what went wrong on the way."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from schemas.errors import Problem

Format = Literal["txt", "docx", "pdf", "ofd", "image", "xlsx", "doc", "xls", "html", "csv", "md"]
BlockKind = Literal["heading", "paragraph", "table", "note", "header", "footer"]
#: How the characters came to us; a figure inherits it unless its own reading was repaired.
PageReading = Literal["text", "ocr", "blank", "unreadable"]
Quality = Literal["readable", "ocr", "suspect"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points, the origin at the upper left corner of the page as it is shown."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: number (from 1), size in points as shown, how it was read, and its half-open span in the text."""

    number: int
    width: float
    height: float
    reading: PageReading
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block or cell lies: page and box (PDF), sheet and cell address such as "B7" (workbook), or nothing."""

    page: int | None = None
    box: Box | None = None
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text of one kind. Blocks are in text order and do not overlap.

    `level` is the outline level that the format itself states (Word's heading styles), else None: what a heading
    *means* is decided by `extract.segment`. `table` is the index into `Document.tables` for a table block.
    """

    kind: BlockKind
    start: int
    end: int
    place: Place = Place()
    level: int | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid with its spans resolved: `text == Document.text[start:end]`, stripped of outer white space.

    `row` and `column` count from 0. `hidden` marks a hidden row or column of a workbook. `stored` is the value that a
    workbook stores where it differs from what it shows (0.95 under a shown "95%").
    """

    row: int
    column: int
    start: int
    end: int
    text: str
    row_span: int = 1
    column_span: int = 1
    place: Place = Place()
    hidden: bool = False
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A grid. `cells` are in row order; a merged cell stands once, at its upper left corner, with its spans.

    `caption` is the text line that names the table and `unit` the amount unit stated for it ("万元"), with the place
    of that statement in `unit_span`; both empty when nothing states them. `header_rows` and `header_columns` count the
    rows and columns that are labels and not data.
    """

    index: int
    start: int
    end: int
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    caption: str = ""
    unit: str | None = None
    unit_span: tuple[int, int] | None = None
    header_rows: int = 1
    header_columns: int = 1
    place: Place = Place()
    quality: Quality = "readable"

    def grid(self) -> list[list[Cell | None]]:
        """Rows of cells, a merged cell repeated in every position that it covers; None where there is no cell."""
        rows: list[list[Cell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row, min(cell.row + cell.row_span, self.rows)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.columns)):
                    rows[row][column] = cell
        return rows


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The box of every character of a paginated text: runs of characters that lie on one line of one page.

    `starts` are the offsets at which runs begin; run i covers `starts[i]` up to `starts[i + 1]` (the last one up to
    `end`). `edges[i]` holds the left edge of each character of run i and then the right edge of the last one.
    Characters that are not on the page (a line break that joins two blocks) belong to runs with page 0.
    """

    starts: tuple[int, ...]
    pages: tuple[int, ...]
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    edges: tuple[tuple[float, ...], ...]
    end: int

    def locate(self, start: int, end: int) -> tuple[int | None, tuple[Box, ...]]:
        """The page of the first character in [start, end) and one box for each line that it covers on that page."""
        lines = list(self.lines(start, end))
        page = lines[0][0] if lines else None
        return page, tuple(box for number, box in lines if number == page)

    def lines(self, start: int, end: int) -> Iterator[tuple[int, Box]]:
        """The page and the box of each line that [start, end) covers."""
        for run, low, high in self._runs(start, end):
            if self.pages[run]:
                edges = self.edges[run]
                yield self.pages[run], Box(edges[low], self.tops[run], edges[high], self.bottoms[run])

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        run = max(0, bisect_right(self.starts, start) - 1)
        while run < len(self.starts) and self.starts[run] < end:
            stop = self.starts[run + 1] if run + 1 < len(self.starts) else self.end
            low, high = max(start, self.starts[run]), min(end, stop)
            if low < high:
                yield run, low - self.starts[run], high - self.starts[run]
            run += 1


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of recognised text that OCR is not sure of, and how sure it is of the worst character, from 0 to 1."""

    start: int
    end: int
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of one file. All offsets are half-open code-point offsets into `text`.

    `id` is the sha256 of the bytes in hexadecimal; `name` is the file name it was given and never part of identity.
    `problems` are things that could not be read (a `partial` outcome), `warnings` things worth knowing.
    `joints` are the offsets at which a reader joined two lines: a figure across one is *repaired*, not plain.
    `doubts` are in text order and do not overlap. `recognised` are the stretches of a text without pages that OCR read
    from pictures in it, in text order.
    """

    id: str
    name: str
    format: Format
    text: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: tuple[Page, ...] = ()
    glyphs: Glyphs | None = None
    joints: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    recognised: tuple[tuple[int, int], ...] = ()
    quality: Quality = "readable"
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    metadata: tuple[tuple[str, str], ...] = field(default=())

    def locate(self, start: int, end: int) -> tuple[int | None, tuple[Box, ...]]:
        """Page number and boxes of a span; (None, ()) in a format without pages."""
        return self.glyphs.locate(start, end) if self.glyphs else (None, ())

    def is_recognised(self, offset: int) -> bool:
        """Whether OCR read what stands here, on a page or from a picture in a text without pages."""
        page = self.locate(offset, offset + 1)[0]
        if page is not None:
            return self.pages[page - 1].reading == "ocr"
        return any(start <= offset < end for start, end in self.recognised)

    def confidence(self, start: int, end: int) -> Decimal:
        """How sure the reading of a span is: 1, or less where it holds a doubt."""
        first = bisect_right(self.doubts, start, key=lambda doubt: doubt.end)
        last = bisect_left(self.doubts, end, key=lambda doubt: doubt.start)
        return min((doubt.confidence for doubt in self.doubts[first:last]), default=Decimal(1))
