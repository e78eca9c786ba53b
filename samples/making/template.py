"""The mini-language of the sample sentences: text with figures in braces, and where each figure came to stand.

{项目支出}            the value of the report's year, as stored, with its unit
{项目支出-1}          the value of the year before
{项目支出:元}         printed in 元 with thousands separators; also 亿元, 千 (separators), 全 (full-width digits),
                      1位 (rounded to one decimal), 无 (no unit), 元无 (in 元, no unit)
{全年预算@received}   in another role than the series has
{项目支出!93.77%}     a planted fault: printed so, whatever the value is
{30余场|文艺演出}     a figure of its own: text, subject, then any of a role, `optional` and key=value
$self $unit $year …   the names of the report
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from making.numerals import Quantity, canonical, read_literal
from making.units import Unit, Value

FIGURE = re.compile(r"\{([^{}]+)\}")
KEY = re.compile(r"(?P<key>[^-@:!]+)(?P<before>-1)?(?:@(?P<role>\w+))?(?::(?P<form>[^!]+))?(?:!(?P<raw>.+))?")
ROLES = frozenset(
    {"budget", "adjusted", "allocated", "received", "spent", "surplus", "carryover", "total", "target", "actual"}
    | {"standard", "change", "other"}
)
UP, DOWN = re.compile("增|多|升|提高"), re.compile("减|降|少")


@dataclass(frozen=True, slots=True)
class Gold:
    """A figure with its span in the text that it was printed into, in the terms of the figure guide."""

    start: int
    end: int
    raw: str
    quantity: Quantity
    subject: str
    role: str | None
    period: str | None
    optional: bool = False
    note: str = ""

    def moved(self, by: int) -> "Gold":
        """The same figure in a text that has `by` more characters in front."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of finished text and the figures in it."""

    text: str
    figures: tuple[Gold, ...] = ()


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes passages for one unit and year."""

    unit: Unit
    year: int

    def write(self, template: str) -> Passage:
        """The template with names and figures filled in."""
        template = self._names(template)
        text, figures, last = "", [], 0
        for match in FIGURE.finditer(template):
            text += template[last : match.start()]
            gold = self._figure(match[1], text).moved(len(text))
            figures.append(gold)
            text += gold.raw
            last = match.end()
        return Passage(text + template[last:], tuple(figures))

    def _names(self, template: str) -> str:
        names = {
            "self": self.unit.self_name,
            "unit": self.unit.name,
            "year": str(self.year),
            "next": str(self.year + 1),
        }
        return re.sub(r"\$(self|unit|year|next)", lambda match: names[match[1]], template)

    def _figure(self, marked: str, before: str) -> Gold:
        return self._literal(marked) if "|" in marked else self._value(marked, before)

    def _literal(self, marked: str) -> Gold:
        raw, subject, *rest = marked.split("|")
        extra = dict(item.split("=", 1) for item in rest if "=" in item)
        quantity = read_literal(raw)
        if extra:
            quantity = Quantity(extra["kind"], Decimal(extra.get("value", raw)), extra["unit"], extra.get("approx"))
        if quantity is None:
            raise ValueError(f"读不懂的数：{marked}")
        optional = "optional" in rest
        role = next((item for item in rest if item in ROLES), None if optional else "actual")
        return Gold(0, len(raw), raw, quantity, subject, role, str(self.year), optional)

    def _value(self, marked: str, before: str) -> Gold:
        match = KEY.fullmatch(marked)
        if not match:
            raise ValueError(f"读不懂的占位：{marked}")
        year = self.year - 1 if match["before"] else self.year
        value = self.unit.need(match["key"], year)
        if value.role == "change":
            _same_direction(value, before)
        raw = match["raw"] or printed(value, match["form"] or "")
        note = "planted fault" if match["raw"] else "decrease" if value.sign < 0 else ""
        role = match["role"] or value.role
        return Gold(0, len(raw), raw, _quantity(raw, value), value.subject, role, str(year), note=note)


def printed(value: Value, form: str) -> str:
    """A value in one of the forms that the module's docstring lists."""
    return FORMS[form](value)


def _in_yuan(value: Value) -> str:
    return f"{value.number * 10_000:,.2f}"


def _full_width(value: Value) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in value.printed)


FORMS: dict[str, Callable[[Value], str]] = {
    "": lambda value: value.printed + value.unit,
    "无": lambda value: value.printed,
    "元": lambda value: _in_yuan(value) + "元",
    "元无": _in_yuan,
    "亿元": lambda value: f"{(value.number / 10_000).normalize():f}亿元",
    "千": lambda value: f"{value.number:,}{value.unit}",
    "全": lambda value: _full_width(value) + value.unit,
    "1位": lambda value: f"{value.number.quantize(Decimal('0.1'), ROUND_HALF_UP)}{value.unit}",
}


def _quantity(raw: str, value: Value) -> Quantity:
    """What a printed value says. A cell without its unit is read in the series' own."""
    read = read_literal(raw)
    return read or Quantity(*canonical(value.number, value.unit), approx=None)


def _same_direction(value: Value, before: str) -> None:
    """A change is printed without a sign: the words in front of it must say the direction."""
    words = before[-14:]
    ups, downs = [match.start() for match in UP.finditer(words)], [match.start() for match in DOWN.finditer(words)]
    if (max(ups, default=-1) > max(downs, default=-1)) != (value.sign > 0):
        raise ValueError(f"增减方向不符：…{words}｜{value.printed}")
