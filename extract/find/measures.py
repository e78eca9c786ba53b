"""Physical quantities and spans of time: 1000㎡, 15公里, 386万千瓦, 30天, 3年."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from extract.numerals import Numeral, read
from extract.passages import Passage
from extract.quantities import Quantity, Unit, implied, units
from schemas.mention import Mention

_YEARS = frozenset({"年", "周年"})
_TIMES = frozenset({"年", "周年", "个月", "天", "日", "周", "星期", "小时", "分钟", "夜", "旬", "秒"})
#: Units that are also parts of names and words after a Chinese numeral: 三方机构, 一度, 五里街.
_AMBIGUOUS = frozenset(
    {"方", "里", "度", "周", "旬", "夜", "码", "寸", "尺", "担", "秒", "分钟", "刻钟", "桶", "顷", "月", "日"}
)
#: Words with which 一年 is a span that counts: 为期一年, 满一年, 一年以上.
_SPAN_BEFORE = re.compile(
    r"(?:为期|历时|满|期限|有效期|工作|达|长达|超过|不少于|不足|限期|周期|延长|提前|缩短|连续|合计|累计|为"
    r"|任期|天|保质期|质保期?|试用期|每隔?)(?:约|为|了|至)*[ \t]*$"
)
_SPAN_AFTER = re.compile(r"(?:以[上下内]|之内|内|期|左右|[）)]|有余|多)")
#: 五年一次, 两年一届: one figure, its value the period.
_FREQUENCY = re.compile(r"[一1](?:次|届|评|检|审|考|换|轮|期|遇)")
#: A duration inside the name of a programme: 三年行动, 五年规划. Optional, and no span that anyone checks.
_PROGRAMME = re.compile(r"(?:行动|计划|规划|攻坚|整治|提升|滚动|一贯制|义务|倍增|任务|目标)")


def find(passage: Passage) -> Iterator[Quantity | Mention]:
    """Every measure of the passage, and what only looks like one."""
    for quantity in passage.quantities:
        if quantity.kind != "measure" or quantity.unit == "月" or _lost_month(passage, quantity):
            continue
        if quantity.bare and quantity.approx is None:  # 千亩高产片, 百年老店: a class of size
            yield passage.identifier(quantity.start, quantity.end, "size_class", "规模")
            continue
        after = passage.after(quantity.end)
        if quantity.unit in _YEARS and _is_point(passage, quantity):
            continue
        if (
            quantity.chinese
            and quantity.unit in _AMBIGUOUS
            and quantity.approx is None
            and not _spans(passage, quantity, after)
        ):
            continue
        if often := _FREQUENCY.match(after):
            yield replace(quantity, end=quantity.end + often.end(), rule="计量.频次")
        elif quantity.unit == "年" and quantity.chinese and _PROGRAMME.match(after):
            yield passage.identifier(quantity.start, quantity.end, "programme", "规划年限")
        elif (
            quantity.chinese
            and quantity.unit in _TIMES
            and quantity.value == 1
            and not _spans(passage, quantity, after)
        ):
            yield passage.identifier(quantity.start, quantity.end, "indefinite", "一段时间")
        else:
            yield replace(quantity, rule="计量.单位")
    yield from _halves(passage)
    yield from _indices(passage)


_PURE = Unit("measure", "", Decimal(1), "")
_HALF = re.compile(
    r"(?:(?P<whole>[一两三四五六七八九十]|(?<!\d)\d+)个|(?<![上下前后大]))半(?P<unit>年|天|个月|月|个小时|小时)(?!报|度|决算|制|程)"
    r"|(?P<years>[一两三四五六七八九十]|(?<!\d)\d+)(?P<unit2>年|天|小时)半"
)
#: 收入比降至2.2, 基尼系数0.38: a pure number that its label explains.
_INDEX = re.compile(
    r"(?:收入比|倍差|系数|指数|比值|容积率|强度|密度|pH值|汇率)[\u4e00-\u9fa5]{0,4}?"
    r"(?:为|是|达|从|由|至|到|低于|高于|：)?[ \t]*$"
)


def _indices(passage: Passage) -> Iterator[Quantity]:
    last = -1
    for numeral in passage.unitless:
        chained = last >= 0 and re.fullmatch(
            r"(?:缩小|下降|扩大|提高|降低|上升|提升)?[至到]", passage.text[last : numeral.start]
        )
        named = _INDEX.search(passage.before(numeral.start)) is not None
        if numeral.form == "arabic" and numeral.value is not None and (named or chained):
            last = numeral.end
            yield implied(passage.text, numeral, _PURE, passage.end, rule="计量.指数")


def _halves(passage: Passage) -> Iterator[Quantity]:
    """半年, 两个半月, 一年半: a half is half of the unit that stands with it."""
    for match in _HALF.finditer(passage.text, passage.start, passage.end):
        whole = read(match.group("whole") or match.group("years") or "零")
        value = (whole.value or Decimal(0)) + Decimal("0.5")
        half = Numeral(match.start(), match.end(), match.group(), "chinese", value, Decimal("0.5"))
        unit = {"月": "个月", "个月": "个月", "个小时": "小时"}.get(match.group("unit") or match.group("unit2"), "")
        written = match.group("unit") or match.group("unit2")
        yield implied(passage.text, half, units()[unit or written], passage.end, rule="计量.半")


def _lost_month(passage: Passage, quantity: Quantity) -> bool:
    """2024328日 was 2024年3月28日, and 2023年115日 lost its 月: neither counts days."""
    days = quantity.unit == "日" and quantity.value is not None
    return (days and (quantity.value or 0) > 9999) or (days and passage.before(quantity.start, 1) == "年")


def _is_point(passage: Passage, quantity: Quantity) -> bool:
    """A year of the calendar, which the dates read: 2023年."""
    number = passage.text[quantity.number_start : quantity.number_end]
    return len(number) == 4 and quantity.value is not None and 1900 <= quantity.value <= 2100


def _spans(passage: Passage, quantity: Quantity, after: str) -> bool:
    return (
        quantity.approx is not None
        or _SPAN_AFTER.match(after) is not None
        or _SPAN_BEFORE.search(passage.before(quantity.start)) is not None
    )
