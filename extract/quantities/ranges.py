"""Ranges: 10—15万元, 4.5%—5%, 50至100万人, 2-3家."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extract.numerals import CHINESE, Numeral, read
from extract.quantities.modifiers import before_number, plain, sign
from extract.quantities.single import Quantity, single

_CONNECTOR = re.compile(r"(?:[（(]不?含[)）])?[ \t]*(?:-{1,2}|—{1,2}|–|－|−|~|～|∼|至|到|﹣|‐)[ \t]*")


def range_at(text: str, numerals: Sequence[Numeral], at: int, end: int) -> tuple[Quantity | None, int] | None:
    """A range: 10—15万元, 4.5%—5%, 50至100万人, 2-3家. None where there is none at this numeral."""
    if at + 1 >= len(numerals):
        return None
    first, second = numerals[at], numerals[at + 1]
    if first.form == "fraction" and second.form != "fraction":  # 百分之二十至三十
        second = replace(second, form="fraction")
    last = single(text, second, end, signed=False)
    joined = _joined(text, first, second, last) if last else None
    if last is None or joined is None:
        return None
    connector, head = joined
    if _is_change(text, first.start, connector, apart=head is not None):
        return None
    low = _low_end(first, second, last, head)
    if low is None or last.value is None or low > last.value:
        return None
    start, before = before_number(text, first)
    start, negative = (start, False) if before else sign(text, first.start, last.kind)
    if negative and head is None:
        low = -low
    return replace(
        last,
        start=start,
        number_start=first.start,
        value=None,
        low=low,
        high=last.value,
        approx="range",
        note="" if not before else "区间带修饰词",
    ), 2


def _joined(text: str, first: Numeral, second: Numeral, last: Quantity) -> tuple[str, Quantity | None] | None:
    """What stands between the ends of a range, and the lower end as a quantity where it has a unit of its own."""
    direct = _CONNECTOR.fullmatch(text, first.end, second.start)
    if direct:
        return direct.group(), None
    head = single(text, first, second.start)
    if head is None or (head.kind, head.unit) != (last.kind, last.unit):
        return None
    connector = _CONNECTOR.fullmatch(text, head.end, second.start)
    return (connector.group(), head) if connector else None


def _is_change(text: str, start: int, connector: str, *, apart: bool) -> bool:
    """从3%到5% is a change and no range; 由5至8天 shares its unit and is one."""
    joins = ("到", "至") if apart else ("到",)
    return connector.strip() in joins and text[max(0, start - 1) : start] in ("从", "由", "自")


def _low_end(first: Numeral, second: Numeral, last: Quantity, head: Quantity | None) -> Decimal | None:
    """The lower end in the canonical unit; it shares the scale of the upper end where that fits (50至100万)."""
    if head is not None and head.value is not None:
        return head.value
    if first.value is None or second.value is None or last.value is None or not second.value:
        return None
    # what the unit, and a scale after a blank, did to the upper end: a power of ten, whatever 角 and 分 came on top
    factor = Decimal(1).scaleb((last.value / second.value).adjusted())
    low = first.value
    scale = re.fullmatch(rf"(?P<number>[^{CHINESE}]+|[一二三四五六七八九十百千]+)(?P<scale>[百千万亿]+)", second.text)
    if scale and not re.search("[万亿]", first.text):
        upper = read(scale.group("number")).value
        shared = second.value / upper if upper else None
        if upper is not None and shared is not None and first.value <= upper:
            low = first.value * shared
    return plain(low * factor)
