"""D01: weights make up a hundred; D02: no score beyond its weight; D06: the total score is the sum of the scores."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from pipelines.audit.table.forms import BONUS, Form, Row, forms
from pipelines.audit.table.marks import expected
from schemas.figure import Figure

TABLE = load("scoring")
RESCALED = re.compile(TABLE["reasons"]["rescaled"])
FULL = Decimal(100)
#: Fewer rows with weights make no form that could lack something.
ROWS_MIN = 3
#: What the execution of the budget weighs where it stands elsewhere.
EXECUTION = frozenset(Decimal(profile["weights"]["预算执行"]) for profile in TABLE["profiles"])
HEADS = ("产出指标", "效益指标", "满意度指标")


def weights(context: Context) -> Iterator[Found]:
    """D01: every form with weights; then its split over the first-level heads."""
    for form in context.once(forms):
        weighed = form.figures(form.rows, "weight")
        if len(weighed) >= ROWS_MIN:
            yield _full(context, form)
            yield from _split(context, form)


def _full(context: Context, form: Form) -> Found:
    options = _options(form, "weight")
    full = FULL if form.weight is None or form.weight.value is None else form.weight.value
    chosen = next((one for one in options if _total(one) == full), options[0])
    fits = _total(chosen) == full
    judgement = Judgement("holds" if fits else "broken")
    if not fits and any(row.weight is None for row in form.indicators):
        judgement = Judgement("ambiguous", reason="有的指标没有分值")
    elif not fits and form.weight is None and form.score is None and not _is_whole(form):
        judgement = Judgement("ambiguous", reason="指标可能没有列全")
    elif not fits and form.execution is None and full - _total(chosen) in EXECUTION:
        judgement = Judgement("ambiguous", reason="预算执行的分值可能不在表中")
    elif not fits and RESCALED.search(context.text):
        judgement = Judgement("ambiguous", reason="报告说明分值经过折算")
    stated = [operand("总分值", form.weight)] if form.weight else []
    return Found(
        kind="sum",
        operands=(*stated, *(operand("分值", one) for one in chosen)),
        judgement=judgement,
        says=f"{form.sheet.name}各项分值相加为{show(_total(chosen))}，{'所印合计' if stated else '满分'}为{show(full)}",
        formula="Σ分值 = 满分",
        substituted=_written(chosen),
        recomputed=interval.point(_total(chosen)),
        stated=str(full),
        difference=abs(_total(chosen) - full),
        alternatives=tuple(_equal_part(form, "weight", abs(_total(chosen) - full))) if not fits else (),
        subject=form.sheet.name,
    )


def _is_whole(form: Form) -> bool:
    """Whether a form has rows under all first-level heads that every form has."""
    return set(HEADS) <= {row.claim.level1 for row in form.rows}


def _options(form: Form, part: str) -> list[list[Figure]]:
    """The figures of all rows, and those without the execution of the budget, which may stand beside the total."""
    whole, indicators = form.figures(form.rows, part), form.figures(form.indicators, part)
    return [whole] if len(whole) == len(indicators) else [whole, indicators]


def _total(figures: Sequence[Figure]) -> Decimal:
    return sum((one.value for one in figures if one.value is not None), Decimal(0))


def _written(figures: Sequence[Figure]) -> str:
    return " + ".join(one.text for one in figures) + f" = {show(_total(figures))}"


def _equal_part(form: Form, part: str, apart: Decimal) -> Iterator[str]:
    for row in form.rows:
        figure: Figure | None = getattr(row, part)
        if figure is not None and figure.value == apart:
            yield f"差额恰等于“{row.name}”{figure.text}"


def _split(context: Context, form: Form) -> Iterator[Found]:
    """A split over the heads that no known profile has; only for a form that has all of them and sums up to 100."""
    heads: dict[str, Decimal] = {}
    for row in form.rows:
        head = "预算执行" if row.execution else row.claim.level1 or ""
        if row.weight is not None and row.weight.value is not None:
            heads[head] = heads.get(head, Decimal(0)) + row.weight.value
    if form.shares or sum(heads.values()) != FULL or not {"预算执行", *HEADS} <= set(heads):
        return
    known = [one for one in TABLE["profiles"] if _is_split(heads, one["weights"])]
    region = context.extraction.report.region or ""
    own = [one["name"] for one in known if not one.get("regions") or any(name in region for name in one["regions"])]
    said = "、".join(f"{head}{show(weight)}" for head, weight in heads.items())
    yield Found(
        kind="mapping",
        operands=tuple(operand("分值", one) for one in form.figures(form.rows, "weight")),
        judgement=Judgement("holds" if known else "broken"),
        says=f"{form.sheet.name}的一级指标分值为{said}，与已知的分值设置都不同",
        formula="一级指标分值 = 规定的分值",
        substituted=f"{said}{'：' + '、'.join(own) if own else ''}",
        severity="info",
        plain=True,
        subject=form.sheet.name,
    )


def _is_split(heads: dict[str, Decimal], profile: dict[str, str]) -> bool:
    named = {name for names in profile for name in names.split("+")}
    return named == set(heads) and all(
        sum(heads[name] for name in names.split("+")) == Decimal(weight) for names, weight in profile.items()
    )


# ------------------------------------------------------------------------------------------- bounds and totals


def bounds(context: Context) -> Iterator[Found]:
    """D02: 0 ≤ score ≤ weight, row by row and for the totals."""
    for form in context.once(forms):
        pairs = [(row.name, row.weight, row.score) for row in form.rows if not BONUS.search(row.name)]
        found = [one for name, weight, score in pairs if (one := _bounded(name, weight, score, form)) is not None]
        for one in found:
            doubt = form.is_misread and one.judgement.verdict == "broken"
            refused = Judgement("ambiguous", reason="多数行得分大于分值，列可能没有读对")
            yield replace(one, judgement=refused) if doubt else one
        total = _bounded("总分", form.weight, form.score, form)
        if total is not None and not any(BONUS.search(row.name) for row in form.rows):
            yield total


def _bounded(name: str, weight: Figure | None, score: Figure | None, form: Form) -> Found | None:
    if weight is None or score is None or weight.value is None or score.value is None or form.shares:
        return None
    inside = 0 <= score.value <= weight.value
    limit, sign = (weight.text, "≤" if inside else ">") if score.value > 0 else ("0", "≥" if inside else "<")
    said = f"得分{score.text}{'不超过' if inside else '大于'}分值{weight.text}"
    return Found(
        kind="bounds",
        operands=(operand("得分", score), operand("分值", weight)),
        judgement=Judgement("holds" if inside else "broken"),
        says=f"“{name}”{said if score.value >= 0 else f'得分{score.text}小于零'}",
        formula="0 ≤ 得分 ≤ 分值",
        substituted=f"{score.text} {sign} {limit}",
        recomputed=interval.point(weight.value),
        stated=score.text,
        difference=None if inside else max(score.value - weight.value, -score.value),
        plain=True,
        subject=name,
    )


def totals(context: Context) -> Iterator[Found]:
    """D06: the total score of every form that prints one."""
    for form in context.once(forms):
        if form.score is not None and len(form.figures(form.rows, "score")) > 1:
            yield _summed(form, form.score)


def _summed(form: Form, total: Figure) -> Found:
    options = _options(form, "score")
    stated = interval.of(total)
    by_weight: list[int] = []
    if form.weight is not None:  # the total weight tells whether the execution is in it
        by_weight = [n for n, one in enumerate(_options(form, "weight")) if _total(one) == form.weight.value]
        options = [options[n] for n in by_weight if n < len(options)] or options
    judged = [(one, interval.judge(interval.add(map(interval.of, one)), stated)) for one in options]
    chosen, judgement = next((pair for pair in judged if pair[1].verdict != "broken"), judged[0])
    if judgement.verdict == "broken":
        judgement = Judgement("broken")  # scores are exact: no last digit is lost
    bare = [row for row in form.rows if row.score is None and row.weight is not None]
    if judgement.verdict == "broken" and bare:
        judgement = Judgement("ambiguous", reason=f"“{bare[0].name}”没有得分")
    elif judgement.verdict == "broken" and form.weight is not None and not by_weight:
        judgement = Judgement("ambiguous", reason="各项分值之和不是所印的合计，可能有行没有读到")
    elif judgement.verdict == "broken" and not form.execution and form.weight is None:
        judgement = _without_execution(form, total, judgement)
    lacking = (total.value or Decimal(0)) - _total(chosen)
    broken = judgement.verdict == "broken"
    causes = [row for row in form.rows if broken and _mends(form, row, lacking)]
    return Found(
        kind="sum",
        operands=(operand("总分", total), *(operand("得分", one) for one in chosen)),
        judgement=judgement,
        says=f"{form.sheet.name}总分为{total.text}，各项得分相加为{show(_total(chosen))}",
        formula="Σ得分 = 总分",
        substituted=_written(chosen),
        recomputed=interval.add(map(interval.of, chosen)),
        stated=total.text,
        difference=abs(lacking),
        alternatives=tuple(_equal_part(form, "score", abs(lacking))) if broken else (),
        subject=form.sheet.name,
        consequence=len(causes) == 1,
    )


def _mends(form: Form, row: Row, lacking: Decimal) -> bool:
    """Whether the score that the rule gives a row makes up what the sum lacks: one wrong score, told there."""
    value = expected(form, row)
    return value is not None and row.score is not None and value - (row.score.value or 0) == lacking


def _without_execution(form: Form, total: Figure, judgement: Judgement) -> Judgement:
    """Weights that leave room for a row of up to 20 points not read may leave the difference to it."""
    missing = FULL - _total(form.figures(form.rows, "weight"))
    short = (total.value or Decimal(0)) - _total(form.figures(form.rows, "score"))
    return Judgement("ambiguous", reason="预算执行的得分可能不在表中") if 0 < short <= missing else judgement
