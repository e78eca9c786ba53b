"""C05: an indicator has one target and one result in all tables of a document that speak of one project."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import Context
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.table.sheet import Sheet, flat, sheets
from schemas.claim import Claim
from schemas.figure import Figure
from schemas.finding import Severity

Part = Literal["target", "actual"]
#: 培训人次 and 培训 are one indicator of people trained.
TAIL = re.compile(r"(?:人次数?|人数|数量|次数|场次|户数|个数|件数)$")
YEAR = re.compile(r"(20\d\d)年")
PROJECT = re.compile("^(?:项目|专项)名称$")
#: An approved change of targets explains that they differ.
CHANGED = re.compile("(?:目标|指标)[^。；]{0,20}(?:调整|变更|批复|修订)|(?:调整|变更|修订)[^。；]{0,12}(?:目标|指标)")
#: Columns of other times than the year.
OTHER_TIME = re.compile(r"实施期|中长期|中期|总体|长期|截至|\d+月|上半年|监控|上年|历史|前三年")
PAIR = 2


@dataclass(frozen=True, slots=True)
class Printed:
    """One part of an indicator as one table prints it."""

    sheet: Sheet
    claim: Claim
    figure: Figure
    title: str


def find(context: Context) -> Iterator[Found]:
    """Every indicator that two tables name, and whether target and result agree."""
    tables = {sheet.table.index: sheet for sheet in context.once(sheets)}
    claims = [one for one in context.extraction.claims if one.table in tables and one.rule == "table:indicator"]
    several = len({claim.table for claim in claims})
    for part in ("target", "actual"):
        by_name: dict[str, list[Printed]] = defaultdict(list)
        for claim in claims:
            one = _printed(context, tables[claim.table or 0], claim, part)
            if one is not None:
                by_name[_name(claim)].append(one)
        for printed in by_name.values():
            yield from _compared(context, printed, part, several)


def _name(claim: Claim) -> str:
    bare = re.sub(r"[（(].*?[）)]|[\s、，。“”\"]", "", claim.level3)
    return TAIL.sub("", bare) or bare


def _printed(context: Context, sheet: Sheet, claim: Claim, part: Part) -> Printed | None:
    span = claim.target_span if part == "target" else claim.actual_span
    figure = context.figure_at(span) if span is not None else None
    if figure is None or figure.value is None or figure.table is None or figure.approx in {"about", "range", "vague"}:
        return None
    block = next((one for one in sheet.blocks if figure.table.row in one.rows), None)
    title = "/".join(block.titles(figure.table.column)) if block else ""
    return None if OTHER_TIME.search(title) else Printed(sheet, claim, figure, title)


def _compared(context: Context, printed: Sequence[Printed], part: Part, several: int) -> Iterator[Found]:
    tables = [one.sheet.table.index for one in printed]
    if len(set(tables)) < len(tables):
        return  # a table that names an indicator twice means two things
    for one, other in combinations(printed, PAIR):
        alike = (one.figure.kind, one.figure.unit, one.figure.per) == (
            other.figure.kind,
            other.figure.unit,
            other.figure.per,
        )
        if alike and _of_one_project(one.sheet, other.sheet, several):
            yield _judged(context, one, other, part)


def _of_one_project(one: Sheet, other: Sheet, several: int) -> bool:
    """Whether two tables name one project and one year, or are the only two and do not name any."""
    names, years = ([_project(sheet) for sheet in (one, other)], [_year(sheet) for sheet in (one, other)])
    if all(years) and years[0] != years[1]:
        return False
    return names[0] == names[1] if all(names) else several == PAIR


def _project(sheet: Sheet) -> str:
    for row in sheet.grid.rows:
        texts = list(dict.fromkeys(flat(cell.text) for cell in row if cell is not None))
        named = next((n for n, text in enumerate(texts[:-1]) if PROJECT.match(text)), None)
        if named is not None:
            return texts[named + 1]
    return ""


def _year(sheet: Sheet) -> str:
    heads = (sheet.table.caption, *(cell.text for cell in sheet.table.cells if cell.row < PAIR))
    return next((match[1] for text in heads if (match := YEAR.search(re.sub(r"\s", "", text)))), "")


def _judged(context: Context, one: Printed, other: Printed, part: Part) -> Found:
    judgement = interval.judge(_exact(one.figure), _exact(other.figure))
    if judgement.verdict == "broken":
        changed = any(CHANGED.search(sentence.text) for sentence in context.sentences)
        judgement = Judgement("ambiguous", reason="文中说明目标有调整") if changed else Judgement("broken")
    word = "目标值" if part == "target" else "完成值"
    severity: Severity | None = None if part == "target" else "warn"
    return Found(
        kind="equality",
        operands=(operand(f"前表{word}", one.figure), operand(f"后表{word}", other.figure)),
        judgement=judgement,
        says=f"“{one.claim.level3}”的{word}，{one.sheet.name}为{one.figure.text}，{other.sheet.name}为{other.figure.text}",
        formula="同一指标各表相等",
        substituted=f"{one.figure.text} {'≠' if judgement.verdict == 'broken' else '='} {other.figure.text}",
        recomputed=_exact(one.figure),
        stated=other.figure.text,
        severity=severity,
        difference=interval.decimal(interval.difference(_exact(one.figure), _exact(other.figure))),
        subject=one.claim.level3,
    )


def _exact(figure: Figure) -> Interval:
    """The number itself, without ≥ or ≤: a count is a point, a rate is what it was rounded from."""
    if figure.value is None:
        return interval.of(figure)
    return (
        interval.point(figure.value)
        if figure.kind in {"count", "score"}
        else interval.printed(figure.value, figure.step)
    )
