"""Reads tables of text, CSV and TSV: what is clearly a table is one, everything else is plain text."""

import csv
import re
from dataclasses import dataclass, replace
from io import StringIO

from extract.ingest import limits, sniff
from extract.ingest.assemble import Builder, Slot
from extract.ingest.encoding import decode, problems
from schemas.document import Document
from schemas.errors import Problem

_DELIMITERS = "\t,;|"
_FEWEST_ROWS = 3
#: Titles above a table and notes below it, of one field each.
_MOST_LINES_AROUND = 10
#: So many bytes tell whether it is worth while to look at the whole file.
_HEAD = 65_536
#: The two sides of a thousands separator.
_BEFORE = re.compile(r"(?:^|\D)\d{1,3}\Z")
_AFTER = re.compile(r"\d{3}(?!\d)")
#: The line under the head of a table in Markdown.
_RULE = re.compile(r"[-:]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines above a table, its rows, the lines below."""

    above: list[str]
    rows: list[list[str]]
    below: list[str]


def claims(data: bytes) -> bool:
    """Whether the bytes are text that is clearly a table: three rows or more, all with the same two or more fields."""
    if not data.strip(b"\0 \t\r\n") or sniff.recognise(data):
        return False
    return _sheet(data[:_HEAD], whole=len(data) <= _HEAD) is not None and _sheet(data) is not None


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a table of text: the lines above it, the table, the lines below."""
    decoded = decode(data)
    sheet = _sheet(data)
    if decoded is None or sheet is None:
        return Problem("unsupported", "文件不是表格文本")
    if len(sheet.rows) * len(sheet.rows[0]) > limits.CELLS:
        return Problem("limit", f"表格有 {len(sheet.rows)} 行 {len(sheet.rows[0])} 列，超过上限 {limits.CELLS} 格")
    builder = Builder()
    for line in sheet.above:
        builder.add("paragraph", line)
    builder.add_table(
        Slot(row, column, text) for row, fields in enumerate(sheet.rows) for column, text in enumerate(fields)
    )
    for line in sheet.below:
        builder.add("paragraph", line)
    return replace(
        builder.document(data, name, "csv"),
        quality="suspect" if decoded.flaws else "readable",
        problems=tuple(problems(decoded, len(data))),
        metadata=(("encoding", decoded.encoding),),
    )


def _sheet(data: bytes, *, whole: bool = True) -> Sheet | None:
    """The table that the bytes are; the last row does not count where they are only the beginning of a file."""
    decoded = decode(data)
    text = decoded.text if decoded else ""
    return next(filter(None, (_divided(text, sign, whole=whole) for sign in _DELIMITERS if sign in text)), None)


def _divided(text: str, delimiter: str, *, whole: bool) -> Sheet | None:
    try:
        fields = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=whole))
    except csv.Error:  # quotes that nothing closes: no table, whatever it is
        return None
    if not whole:
        fields.pop()
    rows = [[field.strip() for field in row] for row in fields if any(field.strip() for field in row)]
    wide = [index for index, row in enumerate(rows) if len(row) > 1]
    if not wide:
        return None
    above, table, below = rows[: wide[0]], rows[wide[0] : wide[-1] + 1], rows[wide[-1] + 1 :]
    if (
        len(table) < _FEWEST_ROWS
        or len(above) + len(below) > _MOST_LINES_AROUND
        or len({len(row) for row in table}) > 1
    ):
        return None
    if (
        _is_prose(table)
        or any(_RULE.fullmatch("".join(row)) for row in table)
        or (delimiter == "," and _splits_numbers(table))
    ):
        return None
    return Sheet([row[0] for row in above], table, [row[0] for row in below])


def _is_prose(rows: list[list[str]]) -> bool:
    """Whether all lines are sentences; in a table at least the head of the last column is none."""
    return all(row[-1].endswith(("。", "；")) for row in rows)


def _splits_numbers(rows: list[list[str]]) -> bool:
    """Whether a comma is a thousands separator in every row: lines like "支出1,234.56万元"."""
    return any(
        all(_BEFORE.search(row[column]) and _AFTER.match(row[column + 1]) for row in rows)
        for column in range(len(rows[0]) - 1)
    )
