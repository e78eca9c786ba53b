"""A02: a percentage recomputed from the two figures that its sentence names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, F, Passage
from pipelines.audit.interval import Interval, Judgement
from schemas.figure import Figure

NAMED: dict[str, list[list[str]]] = load("audit")["rates"]["named"]
SHARED = frozenset({"amount", "count", "measure"})
#: "完成年初预算的", "占支出总额的": the base is named between verb and 的.
OF_NAMED = re.compile(
    rf"(?P<verb>完成|占|达到|相当于|为)(?:了)?(?P<base>[^，。；：{F}]{{1,30}}?)(?:的)(?:比例?|比重)?[为达]?$"
)
#: "占", "占比为", "占总数的": the base is the total of the list that the figure is a part of.
OF_TOTAL = re.compile(r"(?:占比?|占总[数额量](?:的)?|占全部的?|占其|比[例重])(?:的)?[为达约]?$")
RATE = re.compile(rf"(?P<name>[^，。；：、{F}]{{0,8}}?(?P<kind>{'|'.join(NAMED)}))[为达是]?到?$")
#: Between a figure and its rate such a word changes what is spoken of.
BREAK = re.compile("其中|[；;。]")
LIST = re.compile("其中|(?:以下|如下)[^，。；]{0,6}：|分别为")
DONE = re.compile("支出|执行|决算|完成|实际|使用|支付")


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage with its numerator and every figure that its wording allows as base."""

    share: Figure
    part: Figure
    bases: tuple[Figure, ...]
    wording: str
    others: tuple[Figure, ...] = ()


def find(context: Context) -> Iterator[Found]:
    """Every percentage whose numerator and base stand in its sentence."""
    for sentence in context.sentences:
        for at in sentence.places():
            if _is_rate(sentence, at) and (rate := _read(sentence, at)) is not None:
                yield _judged(rate)


def _is_rate(sentence: Passage, at: int) -> bool:
    figure = sentence.figure(at)
    return figure.kind == "ratio" and figure.unit == "%" and figure.value is not None and figure.role != "change"


def _read(sentence: Passage, at: int) -> Rate | None:
    label = sentence.label(at)
    if OF_TOTAL.search(label):
        return _of_total(sentence, at)
    if match := OF_NAMED.search(label):
        return _of_named(sentence, at, match["base"])
    if match := RATE.search(label):
        return _named(sentence, at, match["kind"])
    return None


def _of_named(sentence: Passage, at: int, base: str) -> Rate | None:
    """As in "预算80万元，支出61.60万元，完成预算的77%": the figures before it that are called by the base's name."""
    before = _before(sentence, at)
    bases = [i for i in before if _is_called(sentence.label(i), base)]
    rest = [i for i in before if i not in bases]
    if not bases or not rest:
        return None
    part = sentence.figure(rest[-1])
    return _rate(sentence, at, part, bases, f"“{base}”", others=rest[:-1])


def _of_total(sentence: Passage, at: int) -> Rate | None:
    """As in "合计50万元，其中：甲20万元，占40%": the figure before the list is the base."""
    openers = list(LIST.finditer(sentence.text, 0, at))
    places = list(sentence.places(0, at))
    if len(openers) != 1 or not places or places[-1] < openers[0].start():
        return None
    part = sentence.figure(places[-1])
    if part.kind not in SHARED or re.search("[；;。]", sentence.text[places[-1] : at]):
        return None
    bases = [i for i in sentence.places(0, openers[0].start()) if _alike(sentence.figure(i), part)]
    return _rate(sentence, at, part, bases, "列举之前的总数") if bases else None


def _named(sentence: Passage, at: int, kind: str) -> Rate | None:
    """As in "预算100万元，支出96万元，预算执行率96%": numerator and base by the words that belong to the rate."""
    upper, lower = NAMED[kind]
    before = _before(sentence, at)
    tops = [i for i in before if _has(sentence.label(i), upper)]
    bases = [i for i in before if i not in tops and _has(sentence.label(i), lower)]
    if not tops or not bases or len({sentence.figure(i).value for i in tops}) > 1:
        return None
    return _rate(sentence, at, sentence.figure(tops[-1]), bases, f"“{kind}”")


def _rate(
    sentence: Passage, at: int, part: Figure, bases: Sequence[int], wording: str, others: Sequence[int] = ()
) -> Rate | None:
    alike = [figure for figure in map(sentence.figure, bases) if _alike(figure, part)]
    if not alike or part.kind not in SHARED:
        return None
    rest = tuple(f for f in map(sentence.figure, others) if _alike(f, part))
    return Rate(sentence.figure(at), part, tuple(alike), wording, rest)


def _before(sentence: Passage, at: int) -> list[int]:
    """The figures before a rate that it can speak of: nearer than a 其中 or a semicolon, and no changes."""
    begin = max((match.end() for match in BREAK.finditer(sentence.text, 0, at)), default=0)
    return [
        i
        for i in sentence.places(begin, at)
        if sentence.figure(i).kind in SHARED and sentence.figure(i).role != "change" and sentence.figure(i).per is None
    ]


def _alike(one: Figure, other: Figure) -> bool:
    return one.kind == other.kind and one.unit == other.unit and one.per is None and one.role != "change"


def _has(label: str, words: Sequence[str]) -> bool:
    return any(word in label for word in words)


def _is_called(label: str, base: str) -> bool:
    """Whether a figure with this label is what "完成…的" names: 年初预算 by 预算, but no 支出决算."""
    name = re.sub(r"^[^的]*的|[数额]$", "", base)
    if name in {"预算", "年度预算"}:
        return "预算" in label and not DONE.search(label)
    bare = re.sub(r"[为达是]$", "", label)
    return len(name) > 1 and (name in bare or (len(bare) > 1 and bare.endswith(name)))


def _judged(rate: Rate) -> Found:
    stated = interval.of(rate.share)
    bases = {figure.value: figure for figure in rate.bases}
    base = rate.bases[-1]
    if len(bases) > 1:
        return _found(rate, base, Judgement("ambiguous", reason="可作基数的数不止一个"))
    recomputed = percent(rate.part, base)
    if recomputed.low is None and recomputed.high is None:
        return _found(rate, base, Judgement("not_run", reason="基数可能为零"))
    return _found(rate, base, interval.judge(recomputed, stated))


def percent(part: Figure, base: Figure) -> Interval:
    """What `part` is in percent of `base`."""
    return interval.scale(interval.divide(interval.of(part), interval.of(base)), 100)


def _found(rate: Rate, base: Figure, judgement: Judgement) -> Found:
    recomputed, stated = percent(rate.part, base), interval.of(rate.share)
    places = _places(rate.share)
    return Found(
        kind="ratio",
        operands=(operand("率", rate.share), operand("分子", rate.part), operand("基数", base)),
        judgement=judgement,
        says=f"所印{rate.share.text}，按{rate.part.text}÷{base.text}复算为{show(recomputed.value, '%', places)}",
        formula="100 × 分子 ÷ 基数 = 率",
        substituted=f"100 × {value(rate.part)} ÷ {value(base)} = {show(recomputed.value, '%', places)}",
        recomputed=recomputed,
        stated=rate.share.text,
        difference=interval.decimal(interval.difference(recomputed, stated)),
        alternatives=tuple(_alternatives(rate, stated)) if judgement.verdict == "broken" else (),
        subject=rate.wording,
    )


def _alternatives(rate: Rate, stated: Interval) -> Iterator[str]:
    for other in rate.others:
        if interval.meets(percent(rate.part, other), stated):
            yield f"若以{other.text}为基数则相符"


def _places(share: Figure) -> int:
    exponent = share.step.normalize().as_tuple().exponent
    return max(2, -exponent if isinstance(exponent, int) else 0)
