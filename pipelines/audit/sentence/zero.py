"""A04: a rate of change over nothing."""

from collections.abc import Iterator

from pipelines.audit import interval
from pipelines.audit.check import Found, operand, value
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence.changes import Change, comparisons
from schemas.figure import Figure


def find(context: Context) -> Iterator[Found]:
    """Every rate of change whose earlier figure is printed as zero, or must be zero."""
    for change in comparisons(context):
        if change.rate is None or change.rate.value is None:
            continue
        if change.prior is not None and change.prior.value == 0 and change.rate.value != 0:
            yield _over_zero(change, change.prior, change.rate)
        elif change.prior is None and change.current and change.amount and change.sign > 0:
            yield from _grown_from_nothing(change.current, change.amount, change.rate, change.subject)


def _over_zero(change: Change, prior: Figure, rate: Figure) -> Found:
    """As in "上年0.00万元，本年25.00万元，增长100%"."""
    known = (change.current,) if change.current else ()
    return Found(
        kind="change",
        operands=(operand("增减率", rate), operand("上期", prior), *(operand("本期", one) for one in known)),
        judgement=Judgement("broken"),
        says=f"上期为{prior.text}，却印有增减率{rate.text}",
        formula="上期 = 0 时增减率无从计算",
        substituted=f"上期 = {value(prior)}，不能作除数",
        stated=rate.text,
        subject=change.subject,
    )


def _grown_from_nothing(current: Figure, amount: Figure, rate: Figure, subject: str) -> Iterator[Found]:
    """As in "支出0.40万元，比上年增加0.40万元，增长100%": by the rate, last year's figure is far from zero."""
    prior = interval.subtract(interval.of(current), interval.of(amount))
    if not current.value or current.value != amount.value or current.step != amount.step or not rate.value:
        return
    implied = interval.scale(interval.divide(interval.of(amount), interval.of(rate)), 100)
    fits = interval.meets(prior, implied) or (implied.low is None and implied.high is None)
    yield Found(
        kind="change",
        operands=(operand("增减率", rate), operand("本期", current), operand("增减额", amount)),
        judgement=Judgement("holds" if fits else "broken"),
        says=f"本期{current.text}与增加额{amount.text}相等，上期应为零，却印有增减率{rate.text}",
        formula="本期 − 增减额 = 上期 = 0 时增减率无从计算",
        substituted=f"{value(current)} − {value(amount)} = 0",
        recomputed=prior,
        stated=rate.text,
        subject=subject,
    )
