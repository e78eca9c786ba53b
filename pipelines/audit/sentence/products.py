"""A07: so many heads at so much a head make the total."""

import re
from collections.abc import Iterator, Sequence
from functools import reduce

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, F, Passage
from pipelines.audit.sentence.terms import stretches
from schemas.figure import Figure

WORDS = load("audit")["products"]
#: What a price can be for each of, with the other words for it: 人 is counted as 名 or 位.
HEADS: dict[str, list[str]] = WORDS["heads"]
HEAD = "|".join(sorted((word for words in HEADS.values() for word in words), key=len, reverse=True))
#: "每人每天补助"
EACH = re.compile(rf"每(?:一|个)?({HEAD})")
#: "人均补助", "月人均"
MEAN = re.compile(rf"(?P<time>[年月日天]?)人均[^，。；、{F}]{{0,6}}$")
TOTAL = re.compile("|".join(WORDS["totals"]))
NO_TOTAL = re.compile("|".join(WORDS["no_totals"]))
#: A price for a year is one for the year of the report.
ONCE = "年"


def find(context: Context) -> Iterator[Found]:
    """Every stretch of a sentence with one price for each, the numbers of heads that it is paid for, and one total."""
    for sentence in context.sentences:
        for start, end in stretches(sentence):
            yield from _judged(sentence, list(sentence.places(start, end)))


def _judged(sentence: Passage, places: Sequence[int]) -> Iterator[Found]:
    prices = [i for i in places if _heads(sentence, i)]
    amounts = [i for i in places if i not in prices and sentence.figure(i).kind == "amount"]
    if len(prices) != 1 or len(amounts) != 1 or not _is_total(sentence, amounts[0]):
        return
    price, total = sentence.figure(prices[0]), sentence.figure(amounts[0])
    if price.unit != total.unit or price.value is None or price.approx or total.value is None:
        return
    counts: list[Figure] = []
    for head in _heads(sentence, prices[0]):
        counted = [sentence.figure(i) for i in places if i not in {*prices, *amounts} and _counts(sentence, i, head)]
        if len(counted) != 1 and not (head == ONCE and not counted):
            return  # 36人每人每月500元: for how many months?
        counts += counted
    if counts and len(counts) == sum(sentence.figure(i).kind in {"count", "measure"} for i in places):
        yield _found(counts, price, total)


def _heads(sentence: Passage, at: int) -> list[str]:
    """What a price is for each of: 人 and 天 of 每人每天50元 and of 50元/人·天; nothing for a plain amount."""
    figure = sentence.figure(at)
    if figure.kind != "amount":
        return []
    named = re.split("[·/]", figure.per) if figure.per else EACH.findall(sentence.label(at))
    if not named and (mean := MEAN.search(sentence.label(at))):
        named = ["人", *mean["time"]]
    return [next((head for head, words in HEADS.items() if name in words), name) for name in named]


def _counts(sentence: Passage, at: int, head: str) -> bool:
    """Whether a figure counts these heads: 240名 people, 36个村 villages."""
    figure, words = sentence.figure(at), HEADS.get(head, [head])
    return figure.kind in {"count", "measure"} and (
        figure.unit in words or re.match("|".join(words), sentence.text[at + 1 :]) is not None
    )


def _is_total(sentence: Passage, at: int) -> bool:
    label, behind = sentence.label(at), re.match(rf"[^，。；、{F}]{{0,8}}", sentence.text[at + 1 :])
    return TOTAL.search(label) is not None and not NO_TOTAL.search(label + (behind.group() if behind else ""))


def _found(counts: Sequence[Figure], price: Figure, total: Figure) -> Found:
    recomputed = reduce(interval.multiply, map(interval.of, (*counts, price)))
    stated = interval.of(total)
    factors = " × ".join(f"{value(one)}{one.unit}" for one in counts)
    result = show(recomputed.value, total.unit)
    return Found(
        kind="product",
        operands=(*(operand("数量", one) for one in counts), operand("标准", price), operand("金额", total)),
        judgement=interval.judge(recomputed, stated),
        says=f"{'、'.join(one.text for one in counts)}，标准{price.text}，相乘为{result}，金额印为{total.text}",
        formula="数量 × 标准 = 金额",
        substituted=f"{factors} × {value(price)}{price.unit} = {result}",
        recomputed=recomputed,
        stated=total.text,
        difference=interval.decimal(interval.difference(recomputed, stated)),
        alternatives=tuple(interval.slips(recomputed, stated)),
    )
