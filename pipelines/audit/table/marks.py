"""D03, D04 and D05: the score that the execution of the budget, a number or a standard phrase earns by the rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, words
from pipelines.audit.context import Context
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.table.forms import BONUS, Form, Row, forms, money
from schemas.figure import Figure
from schemas.finding import Severity
from schemas.relation import Operand

TABLE = load("scoring")
PHRASES = tuple((level, re.compile(pattern)) for level, pattern in TABLE["words"].items())
OWN_RULES: list[str] = TABLE["indicators"]["own_rules"]
LESS_IS_BETTER: frozenset[str] = frozenset(TABLE["indicators"]["less_is_better"])
PEOPLE = frozenset({"名", "人", "位"})
TIMES = frozenset({"年", "个月", "月", "天", "日", "小时", "分钟", "工作日"})
#: "预算执行率达到95%以上的得满分": the report's own rule.
FULL_FROM = re.compile(
    r"执行率[^。；\d]{0,12}(?P<rate>\d{2,3}(?:\.\d+)?)[%％](?:[（(]含[）)])?(?:及?以上)?[^。；\d]{0,6}(?:得|计|为)?满分"
)
#: Rates are rounded to two places before they are multiplied with the weight.
RATE_STEP = Fraction(1, 100)
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule gives, and its name; the national one comes first and is not named in a finding."""

    name: str
    earned: Interval


# ------------------------------------------------------------------------------------------- execution of the budget


def execution(context: Context) -> Iterator[Found]:
    """D03: the score for the execution of the budget, where the form prints budget, expenditure and weight."""
    stated = (
        FULL_FROM.search(context.passage(0, len(context.text), fold=False).text) if "满分" in context.text else None
    )
    for form in context.once(forms):
        row = form.execution
        if row is not None and row.weight is not None and row.score is not None:
            found = _executed(form, row, row.weight, row.score, Fraction(stated["rate"]) if stated else None)
            if found is not None:
                yield found


def _executed(form: Form, row: Row, weight: Figure, score: Figure, own: Fraction | None) -> Found | None:
    given = money(row)
    if given.spent is None or not given.budgets:
        return None
    spent = given.spent
    printed = _printed(score, form)
    rules = list(_execution_rules(weight, spent, given.budgets, given.rate, own))
    if not rules:
        return None
    fits = next((rule for rule in rules if interval.meets(rule.earned, printed)), None)
    first, base = rules[0], given.budgets[0][1]
    ok = fits is not None and (fits.name == first.name)
    severity: Severity | None = "info" if fits is not None and not ok else None
    earned = show(first.earned.value, places=2)
    return Found(
        kind="mapping",
        operands=(operand("得分", score), operand("执行数", spent), operand("预算数", base), operand("分值", weight)),
        judgement=Judgement("holds" if ok else "broken"),
        says=f"预算执行得分为{score.text}，按{spent.text}÷{base.text}×{weight.text}复算为{earned}",
        formula="得分 = 分值 × min(1, 执行数 ÷ 预算数)",
        substituted=f"{weight.text} × {spent.text} ÷ {base.text} = {earned}",
        recomputed=first.earned,
        stated=score.text,
        severity=severity,
        difference=interval.decimal(interval.difference(first.earned, printed)),
        alternatives=(f"{fits.name}则相符",) if fits is not None and not ok else (),
        subject=row.name,
    )


def _execution_rules(
    weight: Figure, spent: Figure, budgets: Sequence[tuple[str, Figure]], rate: Figure | None, own: Fraction | None
) -> Iterator[Rule]:
    """In proportion to each budget and to the printed rate; then with full marks from a threshold on."""
    full = Fraction(weight.value or 0)
    shares = [(title, interval.divide(interval.of(spent), interval.of(base))) for title, base in budgets]
    shares = [(title, share) for title, share in shares if share.value is not None]
    if not shares:
        return
    main = shares[0][1]
    if own is not None and main.value is not None and main.value * HUNDRED >= own:
        yield Rule("", interval.point(full))
        return
    yield Rule("", _share(main, full))
    if rate is not None and rate.value is not None:
        rounded = interval.printed(Fraction(rate.value) / HUNDRED, Fraction(rate.step) / HUNDRED)
        if interval.meets(rounded, main):
            yield Rule("", _share(rounded, full))
    for title, share in shares[1:]:
        yield Rule(f"以{title}为基数", _share(share, full))
    for threshold in TABLE["execution"]["full_from"]:
        if main.value is not None and main.value * HUNDRED >= Fraction(threshold):
            yield Rule(f"按执行率{threshold}%以上得满分的口径", interval.point(full))


def _share(share: Interval, full: Fraction) -> Interval:
    """A share of the weight, no more than all of it; the rate may have been rounded to two places of a percent."""
    value = share.value or Fraction(0)
    if value >= 1:
        return interval.point(full)
    rounded = interval.printed(value, RATE_STEP / HUNDRED)
    low = min(one for one in (share.low, rounded.low) if one is not None)
    high = max(one for one in (share.high, rounded.high) if one is not None)
    return interval.scale(Interval(low, high, value=value), full)


def _printed(score: Figure, form: Form) -> Interval:
    """What a printed score stands for: ± half of the last place that the column of scores uses."""
    steps = [Fraction(one.step) for one in form.figures(form.rows, "score") if one.step]
    closed = interval.printed(Fraction(score.value or 0), min(steps, default=Fraction(score.step)))
    return Interval(closed.low, closed.high, value=closed.value, step=closed.step)


# ------------------------------------------------------------------------------------------- numbers


def quantitative(context: Context) -> Iterator[Found]:
    """D04: the score of every indicator whose target and result are numbers of one unit."""
    for form in context.once(forms):
        if not (form.shares or form.is_misread):
            for row in form.indicators:
                found = _scored(form, row)
                if found is not None:
                    yield found


def _scored(form: Form, row: Row) -> Found | None:
    parts = row.target, row.actual, row.weight, row.score
    target, actual, weight, score = parts
    if target is None or actual is None or weight is None or score is None:
        return None
    if BONUS.search(row.name) or any(row.name.startswith(name) for name in OWN_RULES):
        return None
    reason = why_not(row)
    rules = [] if reason else list(_rules(row))
    printed = _printed(score, form)
    fits = next((rule for rule in rules if interval.meets(rule.earned, printed)), None)
    judgement, severity = Judgement("holds"), None
    if not rules:
        judgement = Judgement("not_run", reason=reason or "不知道如何计分")
    elif fits is None or fits.name:
        judgement, severity = Judgement("broken"), _weight_of(row, fits)
    first = rules[0].earned if rules else None
    recomputed = show(first.value, places=2) if first else ""
    return Found(
        kind="mapping",
        operands=(
            operand("得分", score),
            operand("目标值", target),
            operand("完成值", actual),
            operand("分值", weight),
        ),
        judgement=judgement,
        says=f"“{row.name}”目标{target.text}、完成{actual.text}、分值{weight.text}，得分{score.text}，按规则计分为{recomputed}",
        formula="得分 = 分值 × 完成值 ÷ 目标值（达到目标得满分）",
        substituted=_put_in(row, recomputed) if rules else "",
        recomputed=first,
        stated=score.text,
        severity=severity,
        difference=interval.decimal(interval.difference(first, printed)) if first else None,
        alternatives=(f"按{fits.name}的口径则相符",) if fits is not None and fits.name else (),
        plain=True,
        subject=row.name,
    )


def _weight_of(row: Row, fits: Rule | None) -> Severity:
    """How grave a score is that the proportional rule doesn't give."""
    if fits is not None or row.claim.reason:
        return "info"
    full = row.score is not None and row.weight is not None and row.score.value == row.weight.value
    return "error" if full and is_met(row) is False else "warn"


def why_not(row: Row) -> str:
    """Why target and result of a row can't be compared; empty if they can."""
    target, actual = row.target, row.actual
    if target is None or actual is None or target.value is None or actual.value is None:
        return "目标值或完成值不是一个数"
    alike = target.unit == actual.unit or {target.unit, actual.unit} <= PEOPLE
    if target.kind != actual.kind or not alike or target.per != actual.per:
        return "目标值与完成值的单位不同"
    if actual.approx is not None or target.approx in {"range", "vague", "about", "nearly"}:
        return "完成值或目标值不是确数"
    less = row.claim.level2 in LESS_IS_BETTER or target.kind == "amount" or target.unit in TIMES
    if _sign(row) == "=" and less and target.value != actual.value:
        return "没有写明越多越好还是越少越好"
    return "目标值为零" if not target.value and _sign(row) not in {"≤", "<"} else ""


def _sign(row: Row) -> str:
    return row.claim.operator or "="


def is_met(row: Row) -> bool | None:
    """Whether the result reaches the target; None where they can't be compared."""
    if why_not(row) or row.target is None or row.actual is None:
        return None
    target, actual = interval.point(row.target.value or 0), interval.of(row.actual)
    if _sign(row) in {"≤", "<"}:
        return actual.low is not None and target.high is not None and actual.low <= target.high
    return actual.high is not None and target.low is not None and actual.high >= target.low


def _rules(row: Row) -> Iterator[Rule]:
    """What the rules in use give; the first ones, without a name, are the national rule in its readings."""
    full = Fraction((row.weight.value if row.weight else None) or 0)
    if row.target is None or row.actual is None:
        return
    if is_met(row):
        yield Rule("", interval.point(full))
        return
    target, actual = (
        interval.of(one)
        if one.approx is None
        else interval.printed(
            Fraction(one.value or 0), Fraction(one.step if one.kind in {"amount", "ratio", "measure"} else 0)
        )
        for one in (row.target, row.actual)
    )
    if _sign(row) in {"≤", "<"}:
        if target.value and actual.value is not None and actual.value < 2 * target.value:
            over = interval.divide(interval.subtract(actual, target), target)
            yield Rule("", interval.scale(interval.subtract(interval.point(1), over), full))
            yield Rule("", interval.scale(interval.divide(target, actual), full))
        else:
            yield Rule("", interval.point(0))
            if target.value and actual.value:
                yield Rule("", interval.scale(interval.divide(target, actual), full))
    else:
        yield Rule("", interval.scale(interval.divide(actual, target), full))
    yield Rule("未达标不得分", interval.point(0))


def _put_in(row: Row, recomputed: str) -> str:
    if row.target is None or row.actual is None or row.weight is None:
        return ""
    if is_met(row):
        return f"{row.actual.text}达到{row.target.text} → {recomputed}"
    if _sign(row) in {"≤", "<"}:
        return f"{row.weight.text} × (1 − ({row.actual.text} − {row.target.text}) ÷ {row.target.text}) = {recomputed}"
    return f"{row.weight.text} × {row.actual.text} ÷ {row.target.text} = {recomputed}"


def expected(form: Form, row: Row) -> Decimal | None:
    """The score that a row should have by the national rule, rounded as its column is; None if it has that or none."""
    found = None
    if row.execution and row.weight is not None and row.score is not None:
        found = _executed(form, row, row.weight, row.score, None)
    elif not row.execution:
        found = _scored(form, row)
    if found is None or found.judgement.verdict != "broken" or found.recomputed is None or row.score is None:
        return None
    step = _printed(row.score, form).step
    value = found.recomputed.value
    return None if value is None else interval.decimal(interval.round_half_up(value, step))


# ------------------------------------------------------------------------------------------- phrases


def qualitative(context: Context) -> Iterator[Found]:
    """D05: the score of every indicator whose result is one of the three standard phrases."""
    region = context.extraction.report.region or ""
    for form in context.once(forms):
        for row in () if form.shares or form.is_misread else form.indicators:
            level = next((one for one, pattern in PHRASES if pattern.search(row.claim.actual or "")), None)
            span = row.claim.actual_span
            if level is not None and row.weight is not None and row.score is not None and span is not None:
                yield _in_band(words(context, "完成情况", span), row.name, row.weight, row.score, level, region)


def _in_band(said: Operand, name: str, weight: Figure, score: Figure, level: str, region: str) -> Found:
    profiles: list[dict[str, Any]] = TABLE["profiles"]
    local = [one for one in profiles if any(name in region for name in one.get("regions", []))] if region else []
    main = (local or profiles)[0]
    others = [one for one in profiles if one["bands"] != main["bands"]]
    low, high = _band(main, level, weight)
    fits = _is_in(score, low, high, weight)
    other = next((one for one in others if _is_in(score, *_band(one, level, weight), weight)), None)
    return Found(
        kind="mapping",
        operands=(operand("得分", score), operand("分值", weight), said),
        judgement=Judgement("holds" if fits else "broken"),
        says=f"“{name}”为“{level}”，分值{weight.text}，得分{score.text}，该档为{show(low)}—{show(high)}分",
        formula="得分在所评档次的范围内",
        substituted=f"{score.text} {'∈' if fits else '∉'} [{show(low)}, {show(high)}]",
        recomputed=Interval(low, high),
        stated=score.text,
        severity=None if fits or other is None else "info",
        alternatives=(f"按{other['name']}的分档则相符",) if other is not None and not fits else (),
        subject=name,
    )


def _band(profile: dict[str, Any], level: str, weight: Figure) -> tuple[Fraction, Fraction]:
    low, high = (Fraction(edge) * Fraction(weight.value or 0) for edge in profile["bands"][level])
    return low, high


def _is_in(score: Figure, low: Fraction, high: Fraction, weight: Figure) -> bool:
    """Whether a score lies in a band; the upper edge belongs to the next one, unless it is the whole weight."""
    value = interval.round_half_up(Fraction(score.value or 0), RATE_STEP)
    edges = [interval.round_half_up(edge, RATE_STEP) for edge in (low, high)]
    return edges[0] <= value and (value < edges[1] or (value == edges[1] and high == Fraction(weight.value or 0)))
