"""Amounts of money, in 万元 or in a foreign currency."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Passage
from extract.quantities import Quantity, interval, plain
from schemas.figure import Approx

#: Words that make a bare 20万 money: 专项经费170万，其中委员补助20万.
_MONEY = re.compile(r"元|经费|资金|支出|预算|决算|补助|补贴|收入|费用|拨款|投资|结余|结转|金额|奖金|慰问金|款|费")
_NEXT = re.compile(r"[ \t]*(?:[，。；、：:（(）)\n\t,;]|$|用于|的资金|的经费|预算|资金|支出|以[上下内])")
_BARE = re.compile(r"[百千万亿]")
_PAID = re.compile(r"(?:投入|发放|资金|补助|支出|奖励|拨付|安排|为|经费|捐赠|筹集|争取)[ \t]*$")
_AFTER = re.compile(r"以上|以下|以内|左右")


def find(passage: Passage) -> Iterator[Quantity]:
    """Every amount of the passage."""
    for quantity in passage.quantities:
        if quantity.kind == "amount" and not _names_a_unit(passage, quantity):
            yield replace(quantity, rule="金额.单位")
    taken = {quantity.number_start for quantity in passage.quantities}
    for numeral in _joined(passage):
        if numeral.start not in taken and _lacks_yuan(passage, numeral):
            yield _without_yuan(passage, numeral)


def _joined(passage: Passage) -> Iterator[Numeral]:
    """The numerals, with a 万 that stands apart from its digits joined to them: "0.39 万（含…"."""
    pending: Numeral | None = None
    for numeral in passage.numerals:
        gap = passage.text[pending.end : numeral.start] if pending else ""
        if pending and numeral.text in ("万", "亿") and gap and gap.isspace() and pending.value is not None:
            factor = Decimal(10000 if numeral.text == "万" else 100000000)
            joined = replace(pending, end=numeral.end, text=pending.text + numeral.text)
            yield replace(joined, value=pending.value * factor, step=pending.step * factor)
            pending = None
            continue
        if pending:
            yield pending
        pending = numeral
    if pending:
        yield pending


def _names_a_unit(passage: Passage, quantity: Quantity) -> bool:
    """单位：万元, 亿元企业, 万亿元大关: a scale without digits or modifier counts nothing; 投入百万元 does."""
    if not quantity.bare or quantity.approx is not None:
        return False
    number = passage.text[quantity.number_start : quantity.number_end]
    return _BARE.fullmatch(number) is not None or not _PAID.search(passage.before(quantity.start))


def _lacks_yuan(passage: Passage, numeral: Numeral) -> bool:
    """支出0.39万（含…: a number in 万 or 亿 with no unit, where the sentence speaks of money."""
    if numeral.value is None or numeral.text[-1] not in "万亿" or numeral.bare or numeral.approx == "range":
        return False
    if not _NEXT.match(passage.text, numeral.end, passage.end):
        return False
    sentence = re.split("[。！？\n]", passage.before(numeral.start, 60))[-1]
    return _MONEY.search(sentence) is not None


def _without_yuan(passage: Passage, numeral: Numeral) -> Quantity:
    value, step = plain((numeral.value or Decimal(0)) / 10000), plain(numeral.step / 10000)
    tail = _AFTER.match(passage.text, numeral.end, passage.end)
    approx: Approx | None = load("modifiers")["after_unit"][tail.group()] if tail else numeral.approx
    low, high = interval("amount", value, step, approx)
    end = tail.end() if tail else numeral.end
    return Quantity(
        numeral.start, end, numeral.start, numeral.end, "amount", value, "万元", low, high, step, approx, "",
        note="缺“元”字", rule="金额.缺元",
    )  # fmt: skip
