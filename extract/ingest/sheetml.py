"""The parts of an XLSX workbook: shared strings, number formats, and the sheets cell by cell.

Values come as a workbook stores them: a string, a number, a truth value, or the moment that a number is under the
format of a date. Cells and rows without an address follow on the one before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from lxml import etree

from extract.ingest.formats import BUILT_IN, is_date, moment
from extract.ingest.package import Package

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_WHOLE = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Value = str | int | float | bool | datetime | time | timedelta | None
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its row and column from 1, its value, its number format, and whether it holds a formula.

    `lost` is a cell whose shared string the workbook does not have.
    """

    row: int
    column: int
    value: Value
    code: str
    formula: bool = False
    lost: bool = False


@dataclass(slots=True)
class Layout:
    """What a sheet says of itself outside its cells; `margins` by the names that they have in the file."""

    merges: dict[Position, Position] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    margins: dict[str, str] = field(default_factory=dict)
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sheets of a workbook share: strings, number formats by style, and the day from which it counts."""

    strings: tuple[str, ...]
    codes: tuple[str, ...]
    since_1904: bool = False


def strings(opened: Package, part: str) -> tuple[str, ...]:
    """The shared strings by number.

    Raises:
        BadPart: they can't be read.
    """
    return tuple(_text(element) for element in opened.elements(part, f"{X}si")) if part in opened.members else ()


def number_formats(opened: Package, part: str) -> tuple[str, ...]:
    """The number formats of the cell styles by number.

    Raises:
        BadPart: they can't be read.
    """
    root = opened.root(part)
    if root is None:
        return ()
    codes = dict(BUILT_IN)
    for element in root.iterfind(f"{X}numFmts/{X}numFmt"):
        codes[whole(element.get("numFmtId"))] = element.get("formatCode", "General")
    styles = root.iterfind(f"{X}cellXfs/{X}xf")
    return tuple(codes.get(whole(style.get("numFmtId")), "General") for style in styles)


def cells(opened: Package, part: str, shared: Shared, layout: Layout) -> Iterator[Cell]:
    """The cells of a sheet that hold something, in the order of the file; what else it says goes into `layout`.

    Raises:
        BadPart: the sheet can't be read, if need be after some cells.
    """
    tags = [X + name for name in ("col", "row", "mergeCell", "headerFooter", "drawing")]
    row = 0
    for element in opened.elements(part, *tags):
        if element.tag == tags[1]:
            row = whole(element.get("r"), row + 1)
            if _is_on(element.get("hidden")):
                layout.hidden_rows.add(row)
            yield from _row(element, row, shared)
        else:
            _lay_out(element, layout)


def whole(text: str | None, default: int = 0) -> int:
    """The whole number that an attribute states."""
    return int(text) if text and re.fullmatch(r"\d{1,9}", text, re.ASCII) else default


def _lay_out(element: etree._Element, layout: Layout) -> None:
    if element.tag == f"{X}mergeCell":
        corners = [_position(corner) for corner in element.get("ref", "").split(":")]
        if len(corners) == 2 and corners[0] and corners[1]:
            layout.merges[corners[0]] = corners[1]
    elif element.tag == f"{X}col" and _is_on(element.get("hidden")):
        layout.hidden_columns.append((whole(element.get("min")), whole(element.get("max"))))
    elif element.tag == f"{X}drawing":
        layout.drawing = element.get(LINK, "")
    elif element.tag == f"{X}headerFooter":
        layout.margins = _margins(element)


def _margins(element: etree._Element) -> dict[str, str]:
    """The headers and footers that are in force: those of even and of first pages only where they differ."""
    texts = {child.tag.removeprefix(X): child.text or "" for child in element}
    usual = {name: text for name, text in texts.items() if name.startswith("odd")}
    even = {name: text for name, text in texts.items() if name.startswith("even")}
    first = {name: text for name, text in texts.items() if name.startswith("first")}
    usual |= even if _is_on(element.get("differentOddEven")) else {}
    return usual | (first if _is_on(element.get("differentFirst")) else {})


def _row(element: etree._Element, row: int, shared: Shared) -> Iterator[Cell]:
    column = 0
    for cell in element.iterchildren(f"{X}c"):
        row, column = _position(cell.get("r", "")) or (row, column + 1)
        if len(cell):
            found = _cell(cell, row, column, shared)
            if found:
                yield found


def _cell(element: etree._Element, row: int, column: int, shared: Shared) -> Cell | None:
    style = whole(element.get("s"))
    code = shared.codes[style] if style < len(shared.codes) else "General"
    sort = element.get("t", "n")
    formula = element.find(f"{X}f") is not None
    if sort == "inlineStr":
        inline = element.find(f"{X}is")
        return None if inline is None else Cell(row, column, _text(inline), code, formula)
    stored = element.findtext(f"{X}v")
    if not stored:  # a formula of which the result is no text has one nevertheless
        return Cell(row, column, None if sort != "str" or stored is None else "", code, formula) if formula else None
    if sort == "s":
        at = whole(stored, len(shared.strings))
        lost = at >= len(shared.strings)
        return Cell(row, column, None if lost else shared.strings[at], code, formula, lost)
    return Cell(row, column, _value(stored, sort, code, since_1904=shared.since_1904), code, formula)


def _value(stored: str, sort: str, code: str, *, since_1904: bool) -> Value:
    if sort == "n" and _NUMBER.fullmatch(stored):
        number = int(stored) if _WHOLE.fullmatch(stored) else float(stored)
        return moment(number, code, since_1904=since_1904) if is_date(code) else number
    if sort == "b":
        return stored.strip() in {"1", "true"}
    if sort == "d":
        try:
            return datetime.fromisoformat(stored)
        except ValueError:
            return stored
    return _unescaped(stored)


def _position(address: str) -> Position | None:
    match = _ADDRESS.fullmatch(address)
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _text(element: etree._Element) -> str:
    """The text of a string, of its runs where it has several; not how it is pronounced."""
    pieces = (
        child if child.tag == f"{X}t" else child.find(f"{X}t") for child in element.iterchildren(f"{X}t", f"{X}r")
    )
    return _unescaped("".join(piece.text or "" for piece in pieces if piece is not None))


def _unescaped(text: str) -> str:
    """Text with the characters that XML can't hold: _x000D_ is a carriage return."""
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_on(flag: str | None) -> bool:
    return flag in {"1", "true", "on"}
