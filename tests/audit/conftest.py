"""The check corpora go through the real extraction: bytes in, an extraction out.

A case of running text is a text file. A case with lines of the form "| a | b |" is a web page with a table: "<" goes on
with the cell to its left, "^" with the one above, and an empty line ends the table.
"""

from collections.abc import Callable
from html import escape
from itertools import groupby

import pytest

from extract.pipeline import extract
from schemas.extraction import Extraction

Read = Callable[[str], Extraction]


def page(text: str) -> str:
    """The web page of a text with tables."""
    parts: list[str] = []
    for is_table, lines in groupby(text.strip().splitlines(), key=lambda line: line.startswith("|")):
        rows = [line.strip() for line in lines if line.strip()]
        parts.append(
            _table([[cell.strip() for cell in row.strip("|").split("|")] for row in rows])
            if is_table
            else "".join(f"<p>{escape(row)}</p>" for row in rows)
        )
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>"


def _table(rows: list[list[str]]) -> str:
    cells = "".join(
        "<tr>" + "".join(_cell(rows, at, column) for column, text in enumerate(row) if text not in ("<", "^")) + "</tr>"
        for at, row in enumerate(rows)
    )
    return f"<table>{cells}</table>"


def _cell(rows: list[list[str]], row: int, column: int) -> str:
    wide = next((n for n, text in enumerate(rows[row][column + 1 :]) if text != "<"), len(rows[row]) - column - 1)
    tall = next((n for n, one in enumerate(rows[row + 1 :]) if one[column] != "^"), len(rows) - row - 1)
    return f"<td colspan='{wide + 1}' rowspan='{tall + 1}'>{escape(rows[row][column])}</td>"


def _read(text: str) -> Extraction:
    tabled = any(line.startswith("|") for line in text.splitlines())
    extracted = extract(page(text).encode(), "x.html") if tabled else extract(text.encode(), "x.txt")
    assert isinstance(extracted, Extraction)
    return extracted


@pytest.fixture(name="read", scope="session")
def _fixture() -> Read:
    return _read
