"""A02, E01: a percentage recomputed from the two figures that its sentence names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, F, Passage, is_figure
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.labels import own
from pipelines.audit.sentence.terms import alike, begin
from schemas.figure import Figure

NAMED: dict[str, list[list[str]]] = load("audit")["rates"]["named"]
SHARED = frozenset({"amount", "count", "measure"})
#: "完成年初预算的", "占支出总额的": the base is named between verb and 的.
OF_NAMED = re.compile(
    rf"(?P<verb>完成|占|达到|相当于|为)(?:了)?(?P<base>[^，。；：{F}]{{1,30}}?)(?:的)(?:比例?|比重)?[为达]?$"
)
#: "占", "占比为", "占总数的": the base is the total of the list that the figure is a part of.
OF_TOTAL = re.compile(r"(?:占比?|占总[数额量](?:的)?|占全部的?|占其|比[例重])(?:的)?[为达约]?$")
#: "占全年预算80万元的"
OF_FIGURE = re.compile("的(?:比例?|比重)?[为达]?")
#: Bases that a report has one of, unless it speaks of several projects.
BASES_OF_REPORT = frozenset({"全年预算", "年初预算", "调整后预算", "全年预算数", "年初预算数", "到位资金"})
#: What a label may say beside the base's name: 调整后全年预算合计, 年初预算安排.
GENERIC_BASE = re.compile(
    r"(?:19|20)\d\d年度?|^(?:其中|调减后|追加后|调整后|项目|共)|(?:安排|合计|共计|规模)?(?:数|额)?[为达]?$"
)
#: A base named outside the sentence must be named in so many characters.
NAME_MIN = 4
#: A section this deep is an item of a list (1. 甲项目).
ITEM_DEPTH = 3
RATE = re.compile(rf"(?P<name>[^，。；：、{F}]{{0,8}}?(?P<kind>{'|'.join(NAMED)}))[为达是]?到?$")
#: Money beside the budget that the base may include.
ADJUSTED = re.compile("结转|结余|追加|调增|调减|调整")
OF_BUDGET = frozenset({"执行率", "支出率", "支付率"})
LIST = re.compile("其中|(?:以下|如下)[^，。；]{0,6}：|分别为")
#: Of small businesses some reports take the share in all procurement, others in that from 中小企业.
TWO_BASES = re.compile("小微|小型")
PLANNED = re.compile("预算|到位|下达|计划|目标")
DONE = re.compile("支出|执行|决算|完成|实际|使用|支付")


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage with its numerator and every figure that its wording allows as base.

    `others` are further figures of the sentence, any of which might be meant. `sure` is whether the wording says what
    the base is: 执行率 beside 到位资金 alone may still be meant of a budget.
    """

    share: Figure
    part: Figure
    bases: tuple[Figure, ...]
    wording: str
    others: tuple[Figure, ...] = ()
    sure: bool = True


def find(context: Context) -> Iterator[Found]:
    """A02: every percentage whose numerator and base stand in its sentence, unless another base was meant."""
    return (_judged(rate) for rate in read(context) if not meant(rate))


def misnamed(context: Context) -> Iterator[Found]:
    """E01: every percentage of a named base that is one of another base of its sentence."""
    return (_judged(rate) for rate in read(context) if meant(rate))


def read(context: Context) -> Iterator[Rate]:
    """Every percentage with its numerator and base, as its wording names them."""
    for sentence in context.sentences:
        for at in sentence.places():
            if _is_rate(sentence, at) and (rate := _read(context, sentence, at)) is not None:
                yield rate


def meant(rate: Rate) -> Figure | None:
    """The other base that gives the printed percentage, where the named one does not."""
    stated = interval.of(rate.share)
    if len({base.value for base in rate.bases}) > 1 or interval.meets(percent(rate.part, rate.bases[-1]), stated):
        return None
    fitting = [one for one in rate.others if interval.meets(percent(rate.part, one), stated)]
    return fitting[0] if len(fitting) == 1 and PLANNED.search(rate.wording) else None


def _is_rate(sentence: Passage, at: int) -> bool:
    figure = sentence.figure(at)
    return figure.kind == "ratio" and figure.unit == "%" and figure.value is not None and figure.role != "change"


def _read(context: Context, sentence: Passage, at: int) -> Rate | None:
    label = sentence.label(at)
    if OF_TOTAL.search(label):
        return _of_total(sentence, at)
    if match := OF_NAMED.search(label):
        return _of_named(context, sentence, at, match)
    if OF_FIGURE.fullmatch(label) and at > len(label) and is_figure(sentence.text[at - len(label) - 1]):
        return _of_figure(sentence, at, at - len(label) - 1)
    if match := RATE.search(label):
        return _named(sentence, at, match["kind"])
    return None


def _of_named(context: Context, sentence: Passage, at: int, match: re.Match[str]) -> Rate | None:
    """As in "预算80万元，支出61.60万元，完成预算的77%": the figures that are called by the base's name."""
    subject, base = sentence.label(at)[: match.start()].removeprefix("其中"), match["base"]
    before = _before(sentence, at)
    if subject:  # 中央财政占到位资金的48.94%: the numerator is named too, and may stand in a list
        everything = [i for i in sentence.places(0, at) if sentence.figure(i).kind in SHARED]
        bases = [i for i in everything if is_called(sentence.label(i), base)]
        rest = [i for i in everything if i not in bases and subject in sentence.label(i)]
        return _rate(sentence, at, sentence.figure(rest[0]), bases, f"“{base}”") if len(rest) == 1 and bases else None
    bases = [i for i in before if is_called(sentence.label(i), base)]
    rest = [i for i in before if i not in bases]
    if not rest:
        return None
    done = [i for i in rest if DONE.search(sentence.label(i))] if match["verb"] == "完成" else []
    top = (done or rest)[-1]
    if bases:
        return _rate(sentence, at, sentence.figure(top), bases, f"“{base}”", others=[i for i in rest if i != top])
    return _of_paragraph(context, sentence, at, top, base) or _of_document(context, sentence, at, top, base)


def _of_paragraph(context: Context, sentence: Passage, at: int, top: int, base: str) -> Rate | None:
    """As in "政府采购支出总额500万元。授予中小企业400万元，占政府采购支出总额的80%": named in full in the paragraph."""
    around = context.paragraph_at(sentence.start)
    if around is None or len(base) < NAME_MIN:
        return None
    paragraph, part = context.passage(around.start, sentence.start), sentence.figure(top)
    name = GENERIC_BASE.sub("", base)
    found = [i for i in paragraph.places() if GENERIC_BASE.sub("", paragraph.label(i)) == name]
    bases = tuple(figure for figure in map(paragraph.figure, found) if _alike(figure, part))
    return Rate(sentence.figure(at), part, bases, f"“{base}”") if bases else None


def _of_document(context: Context, sentence: Passage, at: int, top: int, base: str) -> Rate | None:
    """As in "完成支出90万元，占全年预算的93%" with the one 全年预算 of the report in another sentence.

    Only for a base that is named in full and an expenditure that is not that of an item.
    """
    if base not in BASES_OF_REPORT or own(sentence.label(top)) or _is_item(context, sentence.start):
        return None
    part = sentence.figure(top)
    found = [
        other.figure(i)
        for other in context.sentences
        for i in other.places()
        if GENERIC_BASE.sub("", other.label(i)) == GENERIC_BASE.sub("", base) and _alike(other.figure(i), part)
    ]
    if not found or any(_is_item(context, figure.start) for figure in found):
        return None
    return Rate(sentence.figure(at), part, tuple(found), f"“{base}”")


def _is_item(context: Context, offset: int) -> bool:
    return len(context.section(offset)) >= ITEM_DEPTH


def _of_figure(sentence: Passage, at: int, base: int) -> Rate | None:
    """As in "支出61.60万元，占全年预算80万元的77%"."""
    if not re.match("占|为|达|完成|相当于", sentence.label(base)):
        return None
    rest = [i for i in _before(sentence, base) if sentence.figure(i).approx is None]
    return _rate(sentence, at, sentence.figure(rest[-1]), [base], "所印基数") if rest else None


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
    sure = not TWO_BASES.search(sentence.label(places[-1]))
    return _rate(sentence, at, part, bases, "列举之前的总数", sure=sure) if bases else None


def _named(sentence: Passage, at: int, kind: str) -> Rate | None:
    """As in "预算100万元，支出96万元，预算执行率96%": numerator and base by the words that belong to the rate."""
    upper, lower = NAMED[kind]
    before = _before(sentence, at)
    tops = [i for i in before if _has(sentence.label(i), upper)]
    bases = [i for i in before if i not in tops and _has(sentence.label(i), lower)]
    if not tops or not bases or len({sentence.figure(i).value for i in tops}) > 1:
        return None
    if any(sentence.text[i + 1 : i + 2] == "、" and is_figure(sentence.text[i + 2]) for i in (*tops, *bases)):
        return None  # 发放问卷650、210、90份，回收891份: of the sum of a list
    carried = any(ADJUSTED.search(sentence.label(i)) for i in before)
    named = not carried and (any("预算" in sentence.label(i) for i in bases) or kind not in OF_BUDGET)
    return _rate(sentence, at, sentence.figure(tops[-1]), bases, f"“{kind}”", sure=named)


def _rate(
    sentence: Passage,
    at: int,
    part: Figure,
    bases: Sequence[int],
    wording: str,
    *,
    others: Sequence[int] = (),
    sure: bool = True,
) -> Rate | None:
    alike = [figure for figure in map(sentence.figure, bases) if _alike(figure, part)]
    if not alike or part.kind not in SHARED:
        return None
    rest = tuple(f for f in map(sentence.figure, others) if _alike(f, part))
    return Rate(sentence.figure(at), part, tuple(alike), wording, rest, sure=sure)


def _before(sentence: Passage, at: int) -> list[int]:
    """The figures before a rate that it can speak of: nearer than a 其中 or a semicolon, and no changes."""
    return [
        i
        for i in sentence.places(begin(sentence, at), at)
        if sentence.figure(i).kind in SHARED and sentence.figure(i).role != "change" and sentence.figure(i).per is None
    ]


def _alike(one: Figure, other: Figure) -> bool:
    return alike(one, other) and one.role != "change"


def _has(label: str, words: Sequence[str]) -> bool:
    return any(word in label for word in words)


def is_called(label: str, base: str) -> bool:
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
    judgement = interval.judge(recomputed, stated)
    if judgement.verdict == "broken" and not rate.sure:
        judgement = Judgement("ambiguous", reason="没有说明以什么为基数")
    elif judgement.verdict == "broken" and any(interval.meets(percent(one, base), stated) for one in rate.others):
        judgement = Judgement("ambiguous", reason="可作分子的数不止一个")
    return _found(rate, base, judgement)


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
