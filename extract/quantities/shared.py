"""Numbers that share the unit of a later one: 12、15和20人, 分别为3.2、4.5、1.3万元, 下降1.1、2.2个百分点."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from extract.numerals import Numeral, read
from extract.quantities.modifiers import before_number, interval, plain
from extract.quantities.single import Quantity

_AND = re.compile(r"[ \t]*[、和及与][ \t]*")
#: Where "1、" is the number of a list item and no figure.
_ITEM = re.compile(r"(?:\A|[\n\r。；;：:！!？?\t第])[ \t\u3000]*\Z")


def sharing(text: str, numerals: Sequence[Numeral], found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities that `found` lacks because their unit stands only behind the last of a list."""
    by_number = {quantity.number_start: quantity for quantity in found}
    added: list[Quantity] = []
    for first, second in reversed(list(pairwise(numerals))):
        last = by_number.get(second.start)
        if last is None or first.start in by_number or not _shares(text, first, second, last):
            continue
        quantity = _shared(text, first, second, last)
        if quantity is not None:
            by_number[first.start] = quantity
            added.append(quantity)
    return added


def _shares(text: str, first: Numeral, second: Numeral, last: Quantity) -> bool:
    if first.form != "arabic" or last.chinese or last.value is None or last.start != second.start:
        return False
    if _AND.fullmatch(text, first.end, second.start) is None:
        return False
    listed = len(first.text) < 3 and _ITEM.search(text[max(0, first.start - 4) : first.start]) is not None
    return not listed


def _shared(text: str, first: Numeral, second: Numeral, last: Quantity) -> Quantity | None:
    """The first number in the unit of the last; a scale (万) is shared too where the sizes fit."""
    if first.value is None or not second.value or last.value is None:
        return None
    factor = last.value / second.value
    scale = re.search(r"[万亿]+$", second.text)
    if scale:
        size = read("一" + scale.group()).value or Decimal(1)
        if not Decimal("0.01") <= first.value / (second.value / size) <= 100:
            return None  # 500、300和1万元: in 元 or in 万元?
        factor *= size
    value, step = plain(first.value * factor), plain(first.step * factor)
    start, before = before_number(text, first)
    approx = before[0] if before else None
    low, high = interval(last.kind, value, step, approx)
    return replace(
        last,
        start=start,
        end=first.end,
        number_start=first.start,
        number_end=first.end,
        value=value,
        low=low,
        high=high,
        step=step,
        approx=approx,
        note="单位与后一数共用",
    )
