"""Reads the figures that the sample data mark in the text. It knows the archive's own wording and nothing beyond it."""

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"": Decimal(1), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
MODIFIERS = {
    "约": "about",
    "左右": "about",
    "近": "nearly",
    "逾": "over",
    "超过": "over",
    "余": "over",
    "多": "over",
    "不低于": "at_least",
    "不少于": "at_least",
    "≥": "at_least",
    "以上": "at_least",
    "及以上": "at_least",
    "以内": "at_most",
    "": None,
}
MEASURES = {"亩", "公里", "平方公里", "平方米", "年", "个月", "小时", "岁", "吨"}
#: Ratio units: the canonical unit, and what one printed unit is worth in it.
RATIOS = {
    "%": ("%", Decimal(1)),
    "‰": ("%", Decimal("0.1")),
    "成": ("%", Decimal(10)),
    "个百分点": ("百分点", Decimal(1)),
}

LITERAL = re.compile(
    r"(?P<before>约|近|逾|超过|不低于|不少于|≥)?"
    r"(?P<number>[\d.,]+|[一二两三四五六七八九十百千半]+)"
    r"(?P<scale1>[千万亿])?(?P<inner>余|多)?(?P<scale2>[万亿])?"
    r"(?P<unit>[^\d]+?)?(?P<after>左右|及以上|以上|以内)?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as the gold files state it: kind, canonical value and unit, and how it is approximated."""

    kind: str
    value: Decimal
    unit: str
    approx: str | None


def halfwidth(text: str) -> str:
    """Full-width digits as ASCII ones: "６个" → "6个"."""
    return text.translate({0xFF10 + i: str(i) for i in range(10)})


def chinese_number(text: str) -> int:
    """The value of a Chinese numeral under ten thousand: 一百二十 → 120."""
    total, digit = 0, 0
    for char in text:
        if char in TENS:
            total += (digit or 1) * TENS[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


def canonical(value: Decimal, unit: str) -> tuple[str, Decimal, str]:
    """Kind, value and unit in the canonical form of the figure guide: money in 万元, ratios in %; no trailing zeros."""
    if unit.endswith("元"):
        scale = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10_000)}[unit]
        return "amount", (value * scale).normalize(), "万元"
    if unit in RATIOS:
        name, scale = RATIOS[unit]
        return "ratio", (value * scale).normalize(), name
    kind = "score" if unit == "分" else "measure" if unit in MEASURES else "count"
    return kind, value.normalize(), unit


def read_literal(raw: str) -> Quantity | None:
    """The quantity that a marked piece of text stands for; None when this small grammar does not cover it."""
    match = LITERAL.fullmatch(halfwidth(raw))
    if not match or not match["unit"]:
        return None
    value = _number(match["number"]) * SCALES[match["scale1"] or ""] * SCALES[match["scale2"] or ""]
    kind, value, unit = canonical(value, match["unit"])
    return Quantity(kind, value, unit, _approx(match["before"] or "", match["inner"] or "", match["after"] or ""))


def _number(text: str) -> Decimal:
    if text == "半":
        return Decimal("0.5")
    if text[0] in DIGITS or text[0] in TENS:
        return Decimal(chinese_number(text))
    return Decimal(text.replace(",", ""))


def _approx(*modifiers: str) -> str | None:
    """One modifier decides; two that contradict each other (近3万余人) leave "about", as in the figure guide."""
    found = {MODIFIERS[word] for word in modifiers} - {None}
    return "about" if len(found) > 1 else next(iter(found), None)
