"""E02 and E03: rates of execution that can't be, and full execution beside money that is left."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, value
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence import rates
from pipelines.audit.sentence.terms import is_plain
from schemas.figure import Figure
from schemas.finding import Severity

WORDS: dict[str, list[str]] = load("audit")["execution"]
RATE = re.compile(f"(?:{'|'.join(WORDS['rates'])})[为达是]?到?(?:了)?$")
SPENT_RATE = re.compile(f"(?:{'|'.join(WORDS['spent_rates'])})[为达是]?到?(?:了)?$")
EXPLAINED = re.compile("|".join(WORDS["explained"]))
LEFT = re.compile(f"(?:{'|'.join(WORDS['left'])})(?:资金|经费|金额|数|额)?[为有达]?$")
OTHER_MONEY = re.compile("|".join(WORDS["other_money"]))


def bounds(context: Context) -> Iterator[Found]:
    """Every rate of execution over 100 % that nothing explains, and every rate over a base of nothing."""
    for sentence, rate in _rates(context, RATE):
        low = interval.of(rate).low
        if rate.value is not None and rate.value > 100 and low is not None and low > 100:
            around = context.paragraph_at(rate.start)
            text = context.text[around.start : around.end] if around else sentence.text
            if not EXPLAINED.search(text):
                yield _over(rate)
    for one in rates.read(context):
        if {base.value for base in one.bases} == {0} and one.share.value:
            yield _of_nothing(one.share, one.bases[-1])


def _rates(context: Context, pattern: re.Pattern[str]) -> Iterator[tuple[Passage, Figure]]:
    for sentence in context.sentences:
        for at in sentence.places():
            figure = sentence.figure(at)
            stated = (
                figure.unit == "%" and figure.approx is None and figure.role not in {"target", "change", "standard"}
            )
            if stated and pattern.search(sentence.label(at)):
                yield sentence, figure


def _over(rate: Figure) -> Found:
    return Found(
        kind="bounds",
        operands=(operand("率", rate),),
        judgement=Judgement("broken"),
        says=f"所印{rate.text}大于100%，上下文没有结转、追加等说明",
        formula="0 ≤ 率 ≤ 100%",
        substituted=f"{value(rate)}% ＞ 100%",
        stated=rate.text,
    )


def _of_nothing(rate: Figure, base: Figure) -> Found:
    return Found(
        kind="bounds",
        operands=(operand("率", rate), operand("基数", base)),
        judgement=Judgement("broken"),
        says=f"基数印为{base.text}，却印有比率{rate.text}",
        formula="基数 = 0 时比率无从计算",
        substituted=f"基数 = {value(base)}，不能作除数",
        stated=rate.text,
        severity="error",
    )


def surplus(context: Context) -> Iterator[Found]:
    """A rate of spending of 100 % in a report that also prints money left over."""
    spent = [rate for _, rate in _rates(context, SPENT_RATE)]
    full = [rate for rate in spent if interval.contains(interval.of(rate), 100)]
    left = list(_left(context))
    for rate in full[:1]:
        for one in left[:1]:
            yield _contradicted(context, rate, one, single=len(full) == len(spent) and len(left) == 1)


def _left(context: Context) -> Iterator[Figure]:
    for sentence in context.sentences:
        for at in sentence.places():
            figure, label = sentence.figure(at), sentence.label(at)
            clause = re.split("[，；]", sentence.text[:at])[-1]
            if figure.kind != "amount" or not is_plain(figure) or not LEFT.search(label) or OTHER_MONEY.search(clause):
                continue
            low = interval.of(figure).low
            if low is not None and low > 0:
                yield figure


def _contradicted(context: Context, rate: Figure, left: Figure, *, single: bool) -> Found:
    near = context.section(rate.start)[:1] == context.section(left.start)[:1] or not context.section(rate.start)
    severity: Severity | None = None if single and near else "review"
    return Found(
        kind="bounds",
        operands=(operand("率", rate), operand("结余", left)),
        judgement=Judgement("broken"),
        says=f"支出率印为{rate.text}，又印有结余{left.text}",
        formula="支出率 = 100% 时结余 = 0",
        substituted=f"{value(left)}{left.unit} ＞ 0",
        stated=left.text,
        severity=severity,
    )
