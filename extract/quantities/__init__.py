"""Numbers with their unit and modifiers: what a numeral says once its neighbours are read.

`quantities` reads "近5万余人" as (about 50000 人), "10—15万元" as a range, "-5.2%" with its sign, "元/人·月" with its
denominator. It knows grammar only; whether a quantity is a figure is decided by the finders.
"""

from collections.abc import Sequence

from extract.numerals import Numeral
from extract.quantities.modifiers import interval, plain
from extract.quantities.ranges import range_at
from extract.quantities.shared import sharing
from extract.quantities.single import Quantity, implied, scale_after_gap, single
from extract.quantities.units import Unit, parse_unit, unit_at, units

__all__ = [
    "Quantity",
    "Unit",
    "implied",
    "interval",
    "parse_unit",
    "plain",
    "quantities",
    "scale_after_gap",
    "unit_at",
    "units",
]


def quantities(text: str, numerals: Sequence[Numeral], end: int) -> list[Quantity]:
    """All numerals that have a unit, in order. `end` is where the passage ends: nothing beyond it is looked at."""
    found: list[Quantity] = []
    at = 0
    while at < len(numerals):
        quantity, used = range_at(text, numerals, at, end) or (single(text, numerals[at], end), 1)
        if quantity is not None and not (found and quantity.start < found[-1].end):
            found.append(quantity)
        at += used
    return sorted([*found, *sharing(text, numerals, found)], key=lambda quantity: quantity.start)
