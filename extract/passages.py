"""Passages: the stretches of a document that figures are looked for in, each with its numerals and quantities read."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from extract.grid import Grid
from extract.numerals import Numeral, scan
from extract.quantities import Quantity, quantities
from schemas.document import Cell, Document
from schemas.mention import IdentifierKind, Mention

Zone = Literal["body", "cell", "note", "margin"]


@dataclass(frozen=True)
class Passage:
    """A stretch of running text, or one table cell: no figure crosses its ends.

    `margin` is a running header or footer. `grid` and `cell` are set for a cell.
    """

    text: str
    start: int
    end: int
    zone: Zone
    grid: Grid | None = None
    cell: Cell | None = None

    @cached_property
    def numerals(self) -> tuple[Numeral, ...]:
        """Every numeral of the passage, refused ones too."""
        return tuple(scan(self.text, self.start, self.end))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every numeral that has a unit, with its modifiers."""
        return tuple(quantities(self.text, self.numerals, self.end))

    @cached_property
    def unitless(self) -> tuple[Numeral, ...]:
        """Every numeral that no quantity begins with: its unit, if it has one, is not printed behind it."""
        taken = {quantity.number_start for quantity in self.quantities}
        return tuple(numeral for numeral in self.numerals if numeral.start not in taken)

    @cached_property
    def _numeral_starts(self) -> dict[int, Numeral]:
        return {numeral.start: numeral for numeral in self.numerals}

    @cached_property
    def _quantity_starts(self) -> tuple[int, ...]:
        return tuple(quantity.start for quantity in self.quantities)

    def numeral_at(self, start: int) -> Numeral | None:
        """The numeral that begins at `start`."""
        return self._numeral_starts.get(start)

    def quantity_at(self, offset: int) -> Quantity | None:
        """The quantity that covers `offset`."""
        at = bisect_right(self._quantity_starts, offset) - 1
        return self.quantities[at] if at >= 0 and offset < self.quantities[at].end else None

    def identifier(self, start: int, end: int, sort: IdentifierKind, rule: str) -> Mention:
        """A stretch that names and does not count; `rule` says which words tell so."""
        return Mention(start, end, self.text[start:end], "identifier", sort, f"标识.{rule}")

    def before(self, at: int, length: int = 12) -> str:
        """Up to `length` characters before `at`, within the passage."""
        return self.text[max(self.start, at - length) : at]

    def after(self, at: int, length: int = 12) -> str:
        """Up to `length` characters from `at` on, within the passage."""
        return self.text[at : min(self.end, at + length)]


#: What a finder yields: a quantity that is a figure, or a date or identifier.
Candidate = Quantity | Mention

_ZONES: dict[str, Zone] = {"note": "note", "header": "margin", "footer": "margin"}


def passages(document: Document) -> Iterator[Passage]:
    """The passages of a document in text order: running text between tables, each cell, notes and margins."""
    start = 0
    zone: Zone = "body"
    for block in document.blocks:
        if block.kind == "table" and block.table is not None:
            yield from _stretch(document.text, start, block.start, zone)
            yield from _cells(document, Grid.of(document.tables[block.table]))
            start, zone = block.end, "body"
        elif _ZONES.get(block.kind, "body") != zone:
            yield from _stretch(document.text, start, block.start, zone)
            start, zone = block.start, _ZONES.get(block.kind, "body")
    yield from _stretch(document.text, start, len(document.text), zone)


def _stretch(text: str, start: int, end: int, zone: Zone) -> Iterator[Passage]:
    if start < end and not text[start:end].isspace():
        yield Passage(text, start, end, zone)


def _cells(document: Document, grid: Grid) -> Iterator[Passage]:
    for cell in grid.table.cells:
        if cell.start < cell.end:
            yield Passage(document.text, cell.start, cell.end, "cell", grid, cell)
