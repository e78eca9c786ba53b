"""Rates and proportions: 95%, 百分之三, 2.3个百分点, 三成, 翻一番, 一半, and rates printed without their sign."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from extract.lexicon import load
from extract.numerals import Numeral, read
from extract.passages import Passage
from extract.quantities import Quantity, implied, interval, units
from schemas.figure import Approx

_DOUBLING = re.compile(r"翻(?:了)?(?P<n>[一二两三1-3])番(?:多|以上)?")
_HALF = re.compile(r"(?P<over>[过超])半数?(?=[，。、；的以）])|(?P<half>一半)")
_GROWTH = re.compile(r"(?:增长|增加|提高|上升|增幅|扩大)(?:了|约|近|超|逾|达)*[ \t]*$")
#: 增长13.95。 / 占 76.23，: a decimal after the word for a rate, with nothing behind it, lacks its %.
_UNSIGNED = re.compile(
    r"(?:增长|下降|上升|降低|增幅|降幅|占比?|完成率|执行率|到位率|使用率|支付率|满意度|满意率|得分率|率为|率达)"
    r"(?:了|为|达|到|约)*[ \t]*$"
)
#: So far before a rate a word that bounds it may stand.
_APART = 24
_CLOSES = re.compile(r"[ \t]*(?:[，。；、）)\n]|$)")


#: 九成五 is 95 %.
_TENTHS = re.compile(
    r"(?P<tens>[一二三四五六七八九])成(?P<ones>[一二三四五六七八九])(?![一二三四五六七八九十百千万年月日个名户家])"
)
#: 近1/3的台账: a fraction in prose, no date and no page.
_SLASHED = re.compile(r"(?<![\d/.])(?P<above>[1-9])/(?P<below>[2-9]|10)(?=[的以左，。、；）)])(?![\d/])")


def find(passage: Passage) -> Iterator[Quantity]:
    """Every ratio of the passage."""
    for quantity in passage.quantities:
        if quantity.kind == "ratio" and not (quantity.written == "成" and _is_no_tenth(quantity)):
            yield _bounded(passage, _multiple(passage, quantity))
    yield from _words(passage)
    for numeral in passage.unitless:
        if _lacks_sign(passage, numeral):
            yield implied(passage.text, numeral, units()["%"], passage.end, rule="比率.缺百分号", note="缺%")


def _is_no_tenth(quantity: Quantity) -> bool:
    """Tenths run from 一成 to 九成: 57成 is nothing."""
    ends = (quantity.value, quantity.low, quantity.high)
    return quantity.number_end - quantity.number_start > 4 or any(end is not None and abs(end) > 100 for end in ends)


def _bounded(passage: Passage, quantity: Quantity) -> Quantity:
    """不得超过直接费用的30%, 约占安排数的7.16%: the word stands before the base, and the figure is the number alone."""
    match = _apart().search(passage.before(quantity.start, _APART))
    if match is None or quantity.approx is not None or quantity.start != quantity.number_start or quantity.unit != "%":
        return quantity
    approx: Approx = load("modifiers")["apart"][match["word"]]
    low, high = interval("ratio", quantity.value, quantity.step, approx)
    return replace(quantity, approx=approx, low=low, high=high)


@cache
def _apart() -> re.Pattern[str]:
    words = sorted(load("modifiers")["apart"], key=len, reverse=True)
    return re.compile(rf"(?P<word>{'|'.join(words)})[^，。；：、\d]{{2,14}}的[ \t]*$")


def _multiple(passage: Passage, quantity: Quantity) -> Quantity:
    """增长两倍 is a change of 200 %; 增长到两倍 and 是两倍 are 2 倍."""
    if quantity.unit != "倍" or quantity.value is None or not _GROWTH.search(passage.before(quantity.start)):
        return replace(quantity, rule="比率.单位")
    hundred = Decimal(100)
    return replace(
        quantity,
        value=quantity.value * hundred,
        unit="%",
        low=None if quantity.low is None else quantity.low * hundred,
        high=None if quantity.high is None else quantity.high * hundred,
        step=quantity.step * hundred,
        rule="比率.增长倍数",
    )


def _words(passage: Passage) -> Iterator[Quantity]:
    """Ratios that are words: 翻一番, 一半以上, 过半, 九成五, 1/3."""
    text, start, end = passage.text, passage.start, passage.end
    for match in _DOUBLING.finditer(text, start, end):
        times = read(match.group("n").replace("两", "二")).value or Decimal(1)
        yield _ratio(match, Decimal(2) ** int(times), Decimal(1), "倍", "比率.翻番")
    for match in _HALF.finditer(text, start, end):
        if match.group("over"):
            yield _ratio(match, Decimal(50), Decimal(10), "%", "比率.半", "over")
        else:  # 近一半, 一半以上: with the modifiers around it
            half = Numeral(match.start(), match.end(), match.group(), "chinese", Decimal(50), Decimal(10))
            yield implied(text, half, units()["%"], end, rule="比率.半")
    for match in _TENTHS.finditer(text, start, end):
        tens, ones = (read(match.group(name)).value or Decimal(0) for name in ("tens", "ones"))
        tenths = Numeral(match.start(), match.end(), match.group(), "chinese", tens * 10 + ones)
        yield implied(text, tenths, units()["%"], end, rule="比率.成")
    for match in _SLASHED.finditer(text, start, end):
        third = read(f"{match.group('below')}分之{match.group('above')}")
        fraction = replace(third, start=match.start(), end=match.end(), text=match.group())
        yield implied(text, fraction, units()["%"], end, rule="比率.分数")


def _lacks_sign(passage: Passage, numeral: Numeral) -> bool:
    return (
        numeral.form == "arabic"
        and numeral.value is not None
        and "." in numeral.text
        and _UNSIGNED.search(passage.before(numeral.start)) is not None
        and _CLOSES.match(passage.text, numeral.end, passage.end) is not None
    )


def _ratio(
    match: re.Match[str], value: Decimal, step: Decimal, unit: str, rule: str, approx: Approx | None = None
) -> Quantity:
    low, high = interval("ratio", value, step, approx)
    start, end = match.span()
    return Quantity(start, end, start, end, "ratio", value, unit, low, high, step, approx, unit, rule=rule)
