"""Writes a self-evaluation form as XLSX with real numbers under number formats, as finance staff do."""

import io
import re
from datetime import datetime
from typing import Any

import xlsxwriter

from making.outline import Rows, spans
from making.packing import repack

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
RATE = re.compile(r"\d+\.\d\d%")
WIDTHS = (14, 18, 24, 16, 22, 10, 10, 34)
#: Rows above the grid: the title and the year.
ABOVE = 2
#: openpyxl and Excel both accept a workbook without a time zone only.
WRITTEN = datetime(2024, 4, 1, 9, 0)  # noqa: DTZ001


def write_form(title: str, year: int, rows: Rows) -> bytes:
    """The form as a workbook with one sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": title, "author": "云川样例", "created": WRITTEN})
    sheet = book.add_worksheet("自评表")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    last = len(rows[0]) - 1
    sheet.merge_range(0, 0, 0, last, title, book.add_format({"bold": True, "font_size": 16, "align": "center"}))
    sheet.merge_range(1, 0, 1, last, f"（{year}年度）", book.add_format({"align": "center"}))
    _fill(book, sheet, rows)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return repack(buffer.getvalue())


def _fill(book: Any, sheet: Any, rows: Rows) -> None:
    look = {"border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    styles: dict[str, Any] = {}
    areas = {(top, left): (bottom, right) for top, left, bottom, right in spans(rows)}
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in {"<", "^"}:
                continue
            value, number_format = _stored(text)
            if number_format not in styles:
                styles[number_format] = book.add_format({**look, "num_format": number_format})
            if (r, c) in areas:
                bottom, right = areas[r, c]
                sheet.merge_range(r + ABOVE, c, bottom + ABOVE, right, value, styles[number_format])
            else:
                sheet.write(r + ABOVE, c, value, styles[number_format])


def _stored(text: str) -> tuple[str | float, str]:
    """What the workbook stores for a shown text, and the format that shows it: 97.84% is 0.9784 under 0.00%."""
    if RATE.fullmatch(text):
        return round(float(text[:-1]) / 100, 6), "0.00%"
    if NUMBER.fullmatch(text):
        decimals = len(text.partition(".")[2])
        return float(text), "0." + "0" * decimals if decimals else "0"
    return text, "@"
