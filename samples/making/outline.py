"""Turns the body of a report into headings, paragraphs and tables."""

import re
from dataclasses import dataclass

from making.template import Passage, Pen

HEADING = re.compile(r"(?P<marks>#+) (?P<text>.+)")
SLOT = re.compile(r"@([一-龥]+)")
CELL = re.compile(r"\|(?![^{]*\})")

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (一、) or 2 (（一）), with its number typed in front."""

    level: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose; "^[…]" in its text is a footnote (Word only)."""

    passage: Passage


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. A cell "<" belongs to the cell on its left, "^" to the one above."""

    caption: str
    unit: str
    rows: Rows


Part = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be written in any format."""

    title: str
    subtitle: str
    header: str
    parts: tuple[Part, ...]


def compose(pen: Pen, report: dict[str, str], slots: dict[str, list[str]]) -> Report:
    """The report of a unit and year. Its clerk (voice) changes from year to year and from unit to unit."""
    voice = (pen.unit.order + pen.year) % 4
    body = SLOT.sub(lambda match: slots[match[1]][voice], report["body"].strip())
    parts = _parts(pen, body.splitlines())
    return Report(report["title"], report.get("subtitle", ""), report.get("header", ""), parts)


def _parts(pen: Pen, lines: list[str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    rows: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append(line)
            continue
        if rows:
            parts.append(_table(pen, rows))
            rows = []
        if line:
            parts.append(_prose(pen, line))
    return tuple(parts)


def _prose(pen: Pen, line: str) -> Heading | Paragraph:
    match = HEADING.fullmatch(line)
    if match:
        return Heading(len(match["marks"]), pen.write(match["text"]))
    return Paragraph(pen.write(line))


def _table(pen: Pen, lines: list[str]) -> Table:
    """First line "|: caption : 单位：万元", then one line a row."""
    _, caption, unit = lines[0].split(": ")
    rows = tuple(tuple(pen.write(cell.strip()).text for cell in CELL.split(line.strip())[1:-1]) for line in lines[1:])
    return Table(caption.strip(), unit.strip(), rows)


def spans(rows: Rows) -> list[tuple[int, int, int, int]]:
    """The merged areas of a grid as (first row, first column, last row, last column), single cells left out."""
    areas = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell in {"<", "^"}:
                continue
            right, down = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while down + 1 < len(rows) and rows[down + 1][c] == "^":
                down += 1
            if (right, down) != (c, r):
                areas.append((r, c, down, right))
    return areas
