"""Tables that stand in a plain text with their columns kept apart by tabs or blanks.

    科目名称 年初预算数 决算数 完成预算%
    一、教育支出 1,420.00 1,568.19 110.44
    合计 1,932.10 2,078.33 107.57

Lines that follow one another and part into the same number of fields are the rows. Tabs part fields that may be empty;
of blanks a run parts two fields, and one blank alone only where all fields but the first are numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.grid import is_empty, is_numeric
from extract.ingest.stacked import Line
from schemas.claim import Span
from schemas.document import Cell, Quality, Table

#: A head and two rows.
_LEAST_ROWS = 3
_LEAST_FIELDS = 3
#: Longer fields make lines of prose with a tab in them.
_LONGEST = 60
#: The heads of a table of single blanks, and names of its rows, are words and no sentences.
_SENTENCE = re.compile("[。；，]")
#: 2026年预算 heads a column.
_YEAR = re.compile(r"(?:19|20)\d\d年")


@dataclass(frozen=True, slots=True)
class _Style:
    """How fields are parted, and whether only numbers prove that they are fields."""

    parting: re.Pattern[str]
    numbered: bool
    quality: Quality


_STYLES = (
    _Style(re.compile(r"\t"), numbered=False, quality="readable"),
    _Style(re.compile(r"[ \u3000\t]*\u3000[ \u3000\t]*|[ \t]{2,}"), numbered=True, quality="readable"),
    _Style(re.compile(r"[ \u3000\t]+"), numbered=True, quality="suspect"),
)


def tables(text: str, lines: Sequence[Line]) -> Iterator[tuple[Span, Table]]:
    """The tables in a text with the half-open range of lines that each takes up, in order."""
    at = index = 0
    while at < len(lines):
        for style in _STYLES:
            rows = _rows(text, lines, at, style)
            if rows:
                yield (at, at + len(rows)), _table(index, rows, style)
                at, index = at + len(rows), index + 1
                break
        else:
            at += 1


def _rows(text: str, lines: Sequence[Line], at: int, style: _Style) -> list[list[Line]]:
    """The rows that begin with this line; none if they are no table."""
    rows = [_fields(text, lines[at], style.parting)]
    if len(rows[0]) < _LEAST_FIELDS or not _is_head(rows[0], style):
        return []
    for above, line in zip(lines[at:], lines[at + 1 :], strict=False):
        row = _fields(text, line, style.parting)
        together = text.count("\n", above.end, line.start) == 1
        if not together or len(row) != len(rows[0]) or not _is_row(row, style):
            break
        rows.append(row)
    return rows if len(rows) >= _LEAST_ROWS and _has_numbers(rows) else []


def _fields(text: str, line: Line, parting: re.Pattern[str]) -> list[Line]:
    """The fields of a line; tabs at its ends part empty ones."""
    start, end = line.start, line.end
    if parting.pattern == r"\t":
        while start and text[start - 1] == "\t":
            start -= 1
        while end < len(text) and text[end] == "\t":
            end += 1
    edges = [start, *(edge for match in parting.finditer(text, start, end) for edge in match.span()), end]
    return [_stripped(text, first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _stripped(text: str, start: int, end: int) -> Line:
    field = text[start:end].strip()
    begin = start + text[start:end].index(field) if field else start
    return Line(begin, begin + len(field), field)


def _is_head(fields: Sequence[Line], style: _Style) -> bool:
    """Labels, and of single blanks nothing that could be a sentence."""
    labels = [field.text for field in fields if field.text]
    words = not any(is_numeric(label) and not _YEAR.match(label) for label in labels) and all(
        len(label) <= _LONGEST for label in labels
    )
    return words and len(labels) > 1 and not (style.numbered and any(map(_SENTENCE.search, labels)))


def _is_row(fields: Sequence[Line], style: _Style) -> bool:
    if not style.numbered:
        return sum(bool(field.text) for field in fields) > 1 and all(len(field.text) <= _LONGEST for field in fields)
    name, *values = (field.text for field in fields)
    return not _SENTENCE.search(name) and all(is_numeric(value) or is_empty(value) for value in values)


def _has_numbers(rows: Sequence[Sequence[Line]]) -> bool:
    """Whether some column holds numbers and signs for none from the second row on."""
    return any(
        any(is_numeric(field.text) for field in column[1:])
        and all(is_numeric(field.text) or is_empty(field.text) for field in column[1:])
        for column in zip(*rows, strict=True)
    )


def _table(index: int, rows: Sequence[Sequence[Line]], style: _Style) -> Table:
    cells = tuple(
        Cell(row, column, field.start, field.end, field.text)
        for row, fields in enumerate(rows)
        for column, field in enumerate(fields)
        if field.text
    )
    size = len(rows), len(rows[0])
    return Table(index, cells[0].start, cells[-1].end, *size, cells, quality=style.quality)
