"""How a figure of a table is printed, and what slip of the pen turns the number that fits into the printed one."""

import re
from decimal import Decimal
from fractions import Fraction

from pipelines.audit.check import show
from schemas.figure import Figure

#: 元 for 万元 and back, 元 for 亿元, and one digit too many or too few.
POWERS = (4, -4, 1, -1, 2, -2, 3, -3, 8, -8)
PAIR = 2
UNITS = {Fraction(1): "万元", Fraction(1, 10000): "元", Fraction(10000): "亿元"}


def scale(figure: Figure) -> Fraction:
    """What one of the printed unit is in the canonical one: 1/10000 for an amount in 元."""
    decimals = re.search(r"\.(\d+)", figure.text)
    printed = Decimal(1).scaleb(-len(decimals[1]) if decimals else 0)
    factor = Fraction(figure.step) / Fraction(printed)
    return factor if factor in UNITS else Fraction(1)


def printed(figure: Figure, number: Fraction | Decimal | None) -> str:
    """A number of the canonical unit as the figure's table would print it: 90元 beside 84元."""
    if number is None:
        return "—"
    factor = scale(figure)
    return show(Fraction(number) / factor, UNITS[factor] if figure.kind == "amount" else figure.unit)


def as_printed(figure: Figure) -> str:
    """The figure as printed, with the unit of its table if its cell has none: 184.40万元."""
    unit = UNITS[scale(figure)] if figure.kind == "amount" else figure.unit
    return figure.text if not unit or re.search(r"[^\d.,，\-\s]", figure.text) else figure.text + unit


def apart(figure: Figure, number: Fraction | None) -> str:
    """How much two amounts are apart, in 万元 and in 元."""
    if figure.kind != "amount" or number is None or figure.unit != "万元":
        return ""
    return f"，相差{show(number, '万元')}（{show(number * 10000, '元')}）"


def slip(figure: Figure, number: Fraction) -> str:
    """The slip that makes `number` into the figure's value: digits swapped, or a unit mistaken; empty if none does."""
    if figure.value is None or not figure.value or number <= 0:
        return ""
    power = next((k for k in POWERS if Fraction(figure.value) == number * Fraction(10) ** k), None)
    if power is not None:
        return f"差10的{abs(power)}次方倍"
    return "相邻两位数字换位" if _swapped(figure, number) else ""


def _swapped(figure: Figure, number: Fraction) -> bool:
    steps = [Fraction(one) / Fraction(figure.step) for one in (figure.value or 0, number)]
    if any(one.denominator != 1 for one in steps):
        return False
    left, right = (str(abs(one.numerator)) for one in steps)
    if len(left) != len(right):
        return False
    wrong = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    if len(wrong) != PAIR or wrong[1] != wrong[0] + 1:
        return False
    return left[wrong[0]] == right[wrong[1]] and left[wrong[1]] == right[wrong[0]]
