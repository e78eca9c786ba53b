"""Amounts of money, in 万元 or in a foreign currency."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from extract.numerals import Numeral
from extract.passages import Passage
from extract.quantities import Quantity, Unit, implied, scale_after_gap, units

#: Words that make a bare 20万 money: 专项经费170万，其中委员补助20万.
_MONEY = re.compile(r"元|经费|资金|支出|预算|决算|补助|补贴|收入|费用|拨款|投资|结余|结转|金额|奖金|慰问金|款|费")
_NEXT = re.compile(r"[ \t]*(?:[，。；、：:（(）)\n\t,;]|$|用于|的资金|的经费|预算|资金|支出|以[上下内]|左右)")
_CLOSES = re.compile(r"[ \t]*(?:[，。；、）)\n]|$)")
_SCALE = re.compile(r"[百千万亿]")
_PAID = re.compile(r"(?:投入|发放|资金|补助|支出|奖励|拨付|安排|为|经费|捐赠|筹集|争取)[ \t]*$")
_PAYING = re.compile(r"[收付缴交费价款每奖补金投花需退]|标准|仅|为")
_NOTHING = re.compile(r"(?:为|是|均为|共)[ \t]*$")
_SENTENCE = re.compile("[。！？]|\n\\s*\n")
#: A sign of currency before the number: ￥3,205,000.00.
_SIGNS = {
    "¥": "元", "￥": "元", "€": "欧元", "£": "英镑", "$": "美元",
    "HK$": "港元", "US$": "美元", "NT$": "新台币", "A$": "澳元", "C$": "加元", "S$": "新加坡元",
}  # fmt: skip
_SIGN = re.compile(r"(?P<whose>[A-Z]{1,3})?(?P<sign>[¥￥€£$])$")
_YUAN = Unit("amount", "万元", Decimal("0.0001"), "")


def find(passage: Passage) -> Iterator[Quantity]:
    """Every amount of the passage."""
    for quantity in passage.quantities:
        if quantity.kind == "amount" and not _names_a_unit(passage, quantity) and not _is_name(passage, quantity):
            yield replace(quantity, rule="金额.单位")
    taken = {quantity.number_start for quantity in passage.quantities if not quantity.bare}
    for numeral in passage.numerals:
        if numeral.start not in taken and numeral.value is not None:
            yield from _without_unit(passage, numeral)


def _names_a_unit(passage: Passage, quantity: Quantity) -> bool:
    """单位：万元, 亿元企业, 万亿元大关: a scale without digits or modifier counts nothing; 投入百万元 does."""
    if not quantity.bare or quantity.approx is not None:
        return False
    number = passage.text[quantity.number_start : quantity.number_end]
    return _SCALE.fullmatch(number) is not None or not _PAID.search(passage.before(quantity.start))


def _is_name(passage: Passage, quantity: Quantity) -> bool:
    """李三元, 三元桥: one Chinese digit before 元 is money only where something is paid (收费五元)."""
    small = quantity.chinese and quantity.value is not None and quantity.value < Decimal("0.001")
    return small and quantity.approx is None and not _PAYING.search(passage.before(quantity.start))


def _without_unit(passage: Passage, numeral: Numeral) -> Iterator[Quantity]:
    if sign := _SIGN.search(passage.before(numeral.start, 4)):
        of_whom = sign.group() if sign["sign"] == "$" else sign["sign"]  # of many countries, and RMB￥ of one
        if currency := _SIGNS.get(of_whom):
            found = implied(passage.text, numeral, units()[currency], passage.end, rule="金额.货币符号")
            yield replace(found, start=min(found.start, numeral.start - len(sign.group())))
    elif _lacks_yuan(passage, numeral):
        yield implied(passage.text, numeral, _YUAN, passage.end, rule="金额.缺元", note="缺“元”字")
    elif _is_nothing(passage, numeral):
        yield implied(passage.text, numeral, _YUAN, passage.end, rule="金额.零", note="缺单位")


def _lacks_yuan(passage: Passage, numeral: Numeral) -> bool:
    """支出0.39万（含…, 规模过百亿，: a number in 万 or 亿 with no unit, where the sentence speaks of money."""
    _, end = scale_after_gap(passage.text, numeral, passage.end)
    scaled = numeral.text[-1] in "万亿" or end > numeral.end
    if not scaled or numeral.approx == "range" or not _NEXT.match(passage.text, end, passage.end):
        return False
    found = implied(passage.text, numeral, _YUAN, passage.end, rule="")
    return (not numeral.bare or found.approx is not None) and _speaks_of_money(passage, numeral)


def _is_nothing(passage: Passage, numeral: Numeral) -> bool:
    """出国费支出为0，: nothing was paid, and no unit is printed."""
    return (
        numeral.text == "0"
        and _NOTHING.search(passage.before(numeral.start)) is not None
        and _CLOSES.match(passage.text, numeral.end, passage.end) is not None
        and _speaks_of_money(passage, numeral)
    )


def _speaks_of_money(passage: Passage, numeral: Numeral) -> bool:
    return _MONEY.search(_SENTENCE.split(passage.before(numeral.start, 60))[-1]) is not None
