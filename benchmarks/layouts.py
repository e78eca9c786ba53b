"""Layouts of forms and tables with their truth (`tests/extract/corpus`), written in several formats and measured.

A layout is a grid of cells that a person typed with its merges, and what a reader should find in it. `claims`, `funds`,
`goals` and `figures` compare that with an extraction.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.known import Cell, Known, docx, shape
from extract.ingest.assemble import Builder, Slot
from schemas.extraction import Extraction
from schemas.figure import Figure

CORPUS = Path(__file__).parents[1] / "tests/extract/corpus"
#: A line of truth: its fields as texts, numbers without trailing zeros.
Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Lines of truth that were found, and those that were not or should not have been."""

    right: tuple[Line, ...]
    missing: tuple[Line, ...]
    false: tuple[Line, ...]


def load(name: str) -> list[dict[str, Any]]:
    """The layouts of a corpus file: forms or tables."""
    found: dict[str, list[dict[str, Any]]] = tomllib.loads((CORPUS / f"{name}s.toml").read_text("utf-8"))
    return found[name]


def known(layout: dict[str, Any]) -> Known:
    """A layout as a document: the lines above the grid, and the grid."""
    return Known(layout["name"], (*layout["above"], tuple(cells(layout["grid"]))))


def cells(grid: str) -> list[Cell]:
    """The cells of a grid in words: row, column, rows and columns that each spans, text."""
    rows = [[text.strip() for text in line.split("|")] for line in grid.strip("\n").split("\n")]
    found: list[Cell] = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in {"<", "^"}:
                continue
            width = next((w for w in range(1, len(row) - c) if row[c + w] != "<"), len(row) - c)
            height = next((h for h in range(1, len(rows) - r) if rows[r + h][c] != "^"), len(rows) - r)
            found.append((r, c, height, width, text.replace("⏎", "\n")))
    return found


# ------------------------------------------------------------------------------------------------------- formats


def xlsx(document: Known) -> bytes:
    """One sheet: a line a row, merged over the width of the grid, and the grid below."""
    from openpyxl import Workbook

    book: Any = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    grid = document.tables[0]
    width = shape(grid)[1]
    lines = [part for part in document.parts if isinstance(part, str)]
    above = [(at, 0, 1, width, line) for at, line in enumerate(lines)]
    below = [(row + len(lines), column, rows, columns, text) for row, column, rows, columns, text in grid]
    for row, column, rows, columns, text in (*above, *below):
        sheet.cell(row + 1, column + 1, text).data_type = "s"  # "=100%" is no formula
        if rows > 1 or columns > 1:
            sheet.merge_cells(None, row + 1, column + 1, row + rows, column + columns)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def html(document: Known) -> bytes:
    """Paragraphs and a table with spans."""
    pieces = []
    for part in document.parts:
        if isinstance(part, str):
            pieces.append(f"<p>{escape(part)}</p>")
            continue
        rows: list[list[str]] = [[] for _ in range(shape(part)[0])]
        for row, _, high, wide, text in part:
            lines = escape(text).replace("\n", "<br>")
            rows[row].append(f'<td rowspan="{high}" colspan="{wide}">{lines}</td>')
        pieces += ["<table>", *("<tr>" + "".join(row) + "</tr>" for row in rows), "</table>"]
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(pieces)}</body></html>'.encode()


FORMATS = {"docx": docx, "xlsx": xlsx, "html": html}


# ---------------------------------------------------------------------------------------------------------- truth


def lines(text: str) -> list[Line]:
    """The lines of a truth; a line may leave its last fields away."""
    return [_line(line.split("|")) for line in text.strip("\n").split("\n") if line.strip()]


def _line(fields: Iterable[Any]) -> Line:
    texts = [_plain(field) for field in fields]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _plain(field: object) -> str:
    """A field without white space, a number without trailing zeros."""
    if isinstance(field, Decimal):
        return f"{field.normalize():f}"
    text = "".join(str(field or "").replace("⏎", "").split())
    return f"{Decimal(text).normalize():f}" if text.replace(".", "", 1).replace("-", "", 1).isdecimal() else text


def compared(truth: Sequence[Line], found: Iterable[Line]) -> Score:
    """What was found beside the truth; lines that are alike count as often as they stand."""
    wanted, seen = Counter(truth), Counter(found)
    return Score(
        tuple((wanted & seen).elements()), tuple((wanted - seen).elements()), tuple((seen - wanted).elements())
    )


def claims(layout: dict[str, Any], extraction: Extraction) -> Score:
    """The rows of indicators, each with all its parts."""
    found = (
        _line((
            claim.level1, claim.level2, claim.level3, claim.operator, claim.target, claim.actual, claim.unit,
            claim.weight, claim.score, claim.verdict, claim.reason,
        ))
        for claim in extraction.claims
    )  # fmt: skip
    return compared(lines(layout["claims"]), found)


def funds(layout: dict[str, Any], extraction: Extraction) -> Score:
    """The rows of the funds, and each total as a row of its own."""
    columns = ("budget", "adjusted", "spent", "weight", "rate", "score")
    found = []
    for form in extraction.forms:
        for fund in form.funds:
            values = {entry.role: entry.value for entry in fund.entries}
            found.append(_line((fund.name, *(values.get(column) for column in columns))))
        if form.score is not None:
            found.append(_line(("总分", form.weight, form.score)))
    totals = [_line(("总分", *total.split("|"))) for total in layout["totals"]]
    return compared([*lines(layout["funds"]), *totals], found)


def goals(layout: dict[str, Any], extraction: Extraction) -> Score:
    """The goals with what was reached of each."""
    found = (_line((goal.expected, goal.actual)) for form in extraction.forms for goal in form.goals)
    return compared(lines(layout["goals"]), found)


def figures(layout: dict[str, Any], extraction: Extraction) -> Score:
    """Every figure of a table with its labels, value, unit, role and period."""
    return compared(lines(layout["cells"]), map(_cell, extraction.figures))


def _cell(figure: Figure) -> Line:
    place = figure.table
    labels = (place.row_label, place.column_label) if place else ("", "")
    return _line((*labels, figure.text, figure.value, figure.unit, figure.role, figure.period))


def builder(layout: dict[str, Any]) -> Builder:
    """The layout put together without a file."""
    made = Builder()
    for line in layout["above"]:
        made.add("paragraph", line)
    made.add_table(Slot(row, column, text, rows, columns) for row, column, rows, columns, text in cells(layout["grid"]))
    return made
