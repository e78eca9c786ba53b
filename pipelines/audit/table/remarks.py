"""D08: what fell short has a reason; D09: good marks beside money that was not spent."""

import re
from collections.abc import Iterator
from fractions import Fraction

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from pipelines.audit.labels import own
from pipelines.audit.table.forms import BONUS, Form, Row, forms, money
from pipelines.audit.table.marks import is_met
from schemas.finding import Severity
from schemas.relation import Operand

TABLE = load("scoring")
EMPTY = re.compile(TABLE["reasons"]["empty"])
COLUMN = re.compile(TABLE["reasons"]["column"])
GIVEN = re.compile(TABLE["reasons"]["given"])
LIMITS = {name: Fraction(limit) for name, limit in TABLE["limits"].items()}
NAME_MIN = 3


def reasons(context: Context) -> Iterator[Found]:
    """D08: rows of forms that have a column for reasons."""
    for form in context.once(forms):
        if not (form.shares or form.is_misread) and _has_column(form):
            for row in form.indicators:
                found = _asked(context, row)
                if found is not None:
                    yield found


def _has_column(form: Form) -> bool:
    columns = range(form.sheet.table.columns)
    return any(COLUMN.search(title) for block in form.sheet.blocks for c in columns for title in block.titles(c)[-1:])


def _asked(context: Context, row: Row) -> Found | None:
    """A row that lost points, missed its target or went far beyond it: whether a reason is given."""
    score, weight, target, actual = row.score, row.weight, row.target, row.actual
    lost = score is not None and weight is not None and (score.value or 0) < (weight.value or 0)
    missed, beyond = is_met(row) is False, _is_far_above(row)
    if not (lost or missed or beyond) or BONUS.search(row.name):
        return None
    given = not EMPTY.fullmatch(re.sub(r"\s", "", row.claim.reason or ""))
    judgement = Judgement("holds" if given else "broken")
    if not given and _told_elsewhere(context, row):
        judgement = Judgement("ambiguous", reason="正文另有说明")
    figures = (("得分", score), ("分值", weight), ("目标值", target), ("完成值", actual))
    said = ["得分低于分值"] * lost + ["未达到目标"] * missed + ["远超目标"] * (beyond and not lost)
    severity: Severity | None = None if lost or missed else "review"
    words = "、".join(f"{part}{one.text}" for part, one in figures if one is not None)
    return Found(
        kind="wording",
        operands=tuple(operand(part, one) for part, one in figures if one is not None),
        judgement=judgement,
        says=f"“{row.name}”{words}，{'、'.join(said)}，未填写原因",
        formula="未得满分、未达目标或远超目标的，应说明原因",
        substituted=words,
        severity=severity,
        subject=row.name,
    )


def _is_far_above(row: Row) -> bool:
    """More than asked for by 30 % and by more than a unit: the target may have been too low."""
    target, actual = row.target, row.actual
    if not is_met(row) or target is None or actual is None or row.claim.operator in {"≤", "<"}:
        return False
    values = Fraction(target.value or 0), Fraction(actual.value or 0)
    return values[0] > 0 and values[1] > values[0] * LIMITS["overshoot"] and values[1] - values[0] > LIMITS["least"]


def _told_elsewhere(context: Context, row: Row) -> bool:
    """Whether a sentence of the text speaks of the indicator and of reasons."""
    name = own(row.name)
    if len(name) < NAME_MIN:
        return False
    return any(name in one.text and GIVEN.search(one.text) for one in context.sentences)


def divergence(context: Context) -> Iterator[Found]:
    """D09: the share of marks for results far above the share of money spent, or much of the budget not spent."""
    for form in context.once(forms):
        row = form.execution
        marks, full = (form.figures(form.indicators, part) for part in ("score", "weight"))
        if row is None or not marks or form.shares or form.is_misread:
            continue
        earned, spent = _ratio(sum(one.value or 0 for one in marks), sum(one.value or 0 for one in full)), _spent(row)
        if not earned or spent is None:
            continue
        rate, operands = spent
        apart = (earned - rate) / earned
        unspent = 1 - rate > LIMITS["unspent"]
        wide = apart > LIMITS["divergence"]
        yield Found(
            kind="bounds",
            operands=(*operands, *(operand("得分", one) for one in marks)),
            judgement=Judgement("broken" if wide or unspent else "holds"),
            says=f"指标得分率{_percent(earned)}，预算执行率{_percent(rate)}"
            + ("，预算有两成以上未执行" if unspent else ""),
            formula="(指标得分率 − 执行率) ÷ 指标得分率 ≤ 5%",
            substituted=f"({_percent(earned)} − {_percent(rate)}) ÷ {_percent(earned)} = {_percent(apart)}",
            recomputed=interval.point(apart),
            severity="review",
            plain=True,
            subject=form.sheet.name,
        )


def _ratio(part: object, whole: object) -> Fraction | None:
    top, bottom = Fraction(str(part)), Fraction(str(whole))
    return top / bottom if bottom else None


def _spent(row: Row) -> tuple[Fraction, list[Operand]] | None:
    """How much of the budget was spent: by the amounts, the printed rate, or the score for it."""
    given = money(row)
    if given.spent is not None and given.budgets and given.budgets[0][1].value:
        base = given.budgets[0][1]
        share = Fraction(given.spent.value or 0) / Fraction(base.value or 1)
        return share, [operand("执行数", given.spent), operand("预算数", base)]
    if row.actual is not None and row.actual.kind == "ratio" and row.actual.value is not None:
        return Fraction(row.actual.value) / 100, [operand("执行率", row.actual)]
    if row.score is not None and row.weight is not None and row.weight.value:
        return Fraction(row.score.value or 0) / Fraction(row.weight.value), [operand("执行得分", row.score)]
    return None


def _percent(share: Fraction) -> str:
    return show(share * 100, "%", 2)
