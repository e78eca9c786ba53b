"""A figure: a quantity that a report claims about the world, with its exact place and the interval it stands for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.document import Box

Kind = Literal["amount", "count", "measure", "ratio", "score"]
Approx = Literal["about", "over", "nearly", "at_least", "at_most", "range", "vague"]
Role = Literal[
    "budget",
    "adjusted",
    "allocated",
    "received",
    "spent",
    "surplus",
    "carryover",
    "total",
    "target",
    "actual",
    "standard",
    "change",
    "other",
]
Direction = Literal["up", "down"]
Reading = Literal["plain", "repaired", "ocr", "reconstructed"]


@dataclass(frozen=True, slots=True)
class CellRef:
    """The table cell that a figure stands in: indices from 0, and the labels that head its row and column.

    The labels are header paths joined by "/" from the outermost in ("年初预算数", "其中：/当年财政拨款").
    """

    index: int
    row: int
    column: int
    row_label: str
    column_label: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `text == Document.text[start:end]`; the span holds the modifiers, the number and the unit.

    `value` and `unit` are canonical: an amount in 万元 (or the ISO code of its currency), a ratio in %, 倍 or 百分点,
    counts and measures in the report's own unit with 万 and 亿 multiplied out. `value` is None for a range.
    `low` and `high` are the interval that the printed form stands for, None where it is open: a plain count or score is
    a point, a plain amount, measure or ratio reaches ± half a unit of its last printed place, open at both ends.
    `step` is one unit of the last printed place in the canonical unit (0.01 for 101.83万元, 1 for 66名).
    """

    document: str
    source: str
    start: int
    end: int
    text: str
    kind: Kind
    value: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None
    step: Decimal
    approx: Approx | None
    rule: str
    per: str | None = None
    subject: str = ""
    role: Role | None = None
    direction: Direction | None = None
    base: str | None = None
    period: str | None = None
    section: tuple[str, ...] = ()
    page: int | None = None
    box: tuple[Box, ...] = ()
    table: CellRef | None = None
    reading: Reading = "plain"
    confidence: Decimal = Decimal(1)
    note: str = ""
