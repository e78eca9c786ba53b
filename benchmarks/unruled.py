"""Tables without ruling lines, or with some only, whose cells we know, and look-alikes: how many are read right.

    python -m benchmarks.unruled [--keep FOLDER] [--wrong]

Each is drawn by reportlab with every place under control. Prints Markdown: for each kind of document the tables, cells
right in row, column and text, and false tables. A table that stays lines counts as missed, a wrong cell as wrong.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.known import Cell, prose, shape
from extract.ingest import read
from schemas.document import Document, Table

_WIDTH, _HEIGHT, _LEFT, _TOP = 595.0, 842.0, 72.0, 90.0
_FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(_FONT))

Lines = Literal["none", "three", "frame", "columns", "rows", "head", "shaded", "shaded cells", "shaded head"]
Draw = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is drawn: sizes in points, the alignment of each column (l, c, r) and of the cells of a row."""

    widths: tuple[float, ...]
    align: str = ""
    valign: Literal["top", "middle", "bottom"] = "top"
    size: float = 10.5
    leading: float = 1.25
    padding: float = 3.0
    beside: float = 4.0
    lines: Lines = "none"
    head: int = 1
    head_align: str = "c"
    left: float = _LEFT


@dataclass(frozen=True, slots=True)
class Case:
    """A document and the tables that a person finds in it."""

    name: str
    pages: tuple[Sequence[Draw], ...]
    truth: tuple[tuple[Cell, ...], ...] = ()
    turned: bool = False
    size: tuple[float, float] = (_WIDTH, _HEIGHT)
    kind: str = field(default="table")


def grid(*rows: str) -> tuple[Cell, ...]:
    """A table from rows of cells parted by |; `<` widens the cell to the left, `^` lengthens the one above."""
    texts = [[text.strip() for text in row.split("|")] for row in rows]
    cells: list[Cell] = []
    for r, row in enumerate(texts):
        for c, text in enumerate(row):
            if text in {"<", "^"}:
                continue
            right, below = c + 1, r + 1
            while right < len(row) and row[right] == "<":
                right += 1
            while below < len(texts) and texts[below][c] == "^":
                below += 1
            cells.append((r, c, below - r, right - c, text))
    return tuple(cells)


def rows_of(table: Sequence[Cell], start: int, stop: int) -> tuple[Cell, ...]:
    """Some rows of a table as a table."""
    return tuple((cell[0] - start, *cell[1:]) for cell in table if start <= cell[0] < stop)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines into which a text falls; numbers and words stay whole, a line break breaks."""
    lines = []
    for piece in text.split("\n"):
        line = ""
        for unit in _units(piece):
            if line and pdfmetrics.stringWidth(line + unit, _FONT, size) > width:
                lines.append(line)
                line = ""
            line += unit
        lines.append(line)
    return lines


def _units(text: str) -> Iterator[str]:
    unit = ""
    for char in text:
        if char.isascii() and char != " " and unit and unit[-1].isascii():
            unit += char
        else:
            if unit:
                yield unit
            unit = char
    if unit:
        yield unit


def table(cells: Sequence[Cell], look: Look, top: float = 150) -> Draw:
    """Draws a table."""

    def draw(canvas: Any) -> None:
        rows, _ = shape(cells)
        edges = [look.left + sum(look.widths[:at]) for at in range(len(look.widths) + 1)]
        laid = {
            cell: wrapped(cell[4], edges[cell[1] + cell[3]] - edges[cell[1]] - 2 * look.beside, look.size)
            for cell in cells
        }
        pitch = look.size * look.leading
        heights = [
            max(len(laid[cell]) for cell in cells if cell[0] == row and cell[2] == 1) * pitch + 2 * look.padding
            for row in range(rows)
        ]
        ys = [top + sum(heights[:row]) for row in range(rows + 1)]
        _draw_lines(canvas, cells, look, edges, ys)
        canvas.setFont(_FONT, look.size)
        for cell in cells:
            row, column, height, width, _ = cell
            x0, x1, y0, y1 = edges[column], edges[column + width], ys[row], ys[row + height]
            align = look.head_align if row < look.head else (look.align or "l" + "r" * len(look.widths))[column]
            room = y1 - y0 - 2 * look.padding - len(laid[cell]) * pitch
            upper = y0 + look.padding + {"top": 0, "middle": room / 2, "bottom": room}[look.valign]
            for at, line in enumerate(laid[cell]):
                _put(canvas, line, x0 + look.beside, x1 - look.beside, upper + at * pitch + look.size, align)

    return draw


def _put(canvas: Any, text: str, x0: float, x1: float, base: float, align: str) -> None:
    y = canvas.shown[1] - base
    indent = 10.5 * (len(text) - len(text.lstrip("　")))
    text = text.strip("　")
    if align == "l":
        canvas.drawString(x0 + indent, y, text)
    elif align == "r":
        canvas.drawRightString(x1, y, text)
    else:
        canvas.drawCentredString((x0 + x1) / 2, y, text)


def _draw_lines(canvas: Any, cells: Sequence[Cell], look: Look, edges: Sequence[float], ys: Sequence[float]) -> None:
    high = canvas.shown[1]
    level = {
        "three": (0, look.head, -1),
        "frame": (0, look.head, -1),
        "columns": (0, look.head, -1),
        "rows": range(len(ys)),
        "head": (0, look.head),
    }.get(look.lines, ())
    for row in level:
        canvas.line(edges[0], high - ys[row], edges[-1], high - ys[row])
    for column in (0, -1) if look.lines == "frame" else ():
        canvas.line(edges[column], high - ys[0], edges[column], high - ys[-1])
    canvas.setFillGray(0.85)
    for row, column, height, width, _ in cells:
        x0, x1, y0, y1 = edges[column], edges[column + width], high - ys[row], high - ys[row + height]
        if look.lines == "columns":
            canvas.line(x0, y0, x0, y1)
            canvas.line(x1, y0, x1, y1)
        if (look.lines == "shaded head" and row < look.head) or (look.lines == "shaded cells" and row % 2):
            canvas.rect(x0, y1, x1 - x0, y0 - y1, stroke=0, fill=1)
    for row in range(1, len(ys) - 1, 2) if look.lines == "shaded" else ():
        canvas.rect(edges[0], high - ys[row + 1], edges[-1] - edges[0], ys[row + 1] - ys[row], stroke=0, fill=1)
    canvas.setFillGray(0)


def text(*lines: str, top: float = 90, left: float = _LEFT, size: float = 10.5, pitch: float = 18) -> Draw:
    """Lines below each other; 　 indents, @x moves to x."""

    def draw(canvas: Any) -> None:
        canvas.setFont(_FONT, size)
        for at, line in enumerate(lines):
            for piece in line.split("\t"):
                x, found = left, piece
                if piece.startswith("@"):
                    place, _, found = piece[1:].partition(" ")
                    x = float(place)
                _put(canvas, found, x, x + 400, top + at * pitch, "l")

    return draw


def title(words: str, top: float = 110, size: float = 16) -> Draw:
    """A centred title."""

    def draw(canvas: Any) -> None:
        canvas.setFont(_FONT, size)
        canvas.drawCentredString(canvas.shown[0] / 2, canvas.shown[1] - top, words)

    return draw


def paragraphs(count: int, top: float = 90, left: float = _LEFT, width: float = 450, start: int = 0) -> Draw:
    """Prose, justified by its full lines."""
    lines = [line for each in prose(count, start) for line in wrapped("　　" + each, width, 10.5)]
    return text(*lines, top=top, left=left)


def pdf(case: Case) -> bytes:
    """The document."""
    buffer = BytesIO()
    canvas: Any = Canvas(buffer, pagesize=case.size[::-1] if case.turned else case.size, invariant=1)
    canvas.shown = case.size
    for page in case.pages:
        if case.turned:
            canvas.setPageRotation(90)
            canvas.translate(case.size[1], 0)
            canvas.rotate(90)
        for draw in page:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def score(case: Case) -> tuple[int, int, int, int, list[str]]:
    """Cells that are right, cells in all, tables missed, false tables; and what is wrong."""
    document = read(pdf(case), case.name + ".pdf")
    if not isinstance(document, Document):
        raise SystemExit(document.message)
    found = [_cells(each) for each in document.tables]
    notes: list[str] = []
    right = missed = 0
    for at, truth in enumerate(case.truth):
        wanted = {(r, c, h, w, "".join(words.split())) for r, c, h, w, words in truth if words.strip("　")}
        best = max(found, key=lambda cells: len(cells & wanted), default=set())
        if not best & wanted:
            missed += 1
            notes.append(f"table {at} missed")
            continue
        found.remove(best)
        right += len(best & wanted)
        notes += [f"lacks {cell}" for cell in sorted(wanted - best)] + [f"has {cell}" for cell in sorted(best - wanted)]
    notes += [f"false {sorted(cells)[:12]}" for cells in found]
    total = sum(1 for truth in case.truth for cell in truth if cell[4].strip("　"))
    doubts = [f"suspect {each.index}" for each in document.tables if each.quality == "suspect"]
    return right, total, missed, len(found), notes + doubts


def _cells(table: Table) -> set[Cell]:
    return {
        (cell.row, cell.column, cell.row_span, cell.column_span, "".join(cell.text.split()))
        for cell in table.cells
        if cell.text
    }


def main() -> None:
    """Measure and print."""
    from benchmarks.unruled_cases import cases

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--wrong", action="store_true")
    arguments = parser.parse_args()
    print("| kind | documents | tables | missed | cells | right | false tables |\n|---|---|---|---|---|---|---|")
    sums: dict[str, list[int]] = {}
    for case in cases():
        if arguments.keep:
            (arguments.keep / f"{case.name}.pdf").write_bytes(pdf(case))
        right, total, missed, false, notes = score(case)
        row = sums.setdefault(case.kind, [0] * 6)
        for at, value in enumerate((1, len(case.truth), missed, total, right, false)):
            row[at] += value
        if arguments.wrong and notes:
            print(f"    {case.name}: " + "; ".join(notes))
    for kind, row in sums.items():
        print(f"| {kind} | " + " | ".join(map(str, row)) + " |")


if __name__ == "__main__":
    main()
