"""C08: procurement is goods, works and services; shares of small businesses are of the base that the wording names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence.rates import percent
from pipelines.audit.table.equations import Equation, Term, is_summable
from schemas.figure import Figure

#: What a figure of such a paragraph is of; the first pattern that fits its label decides.
SORTS = (
    ("micro", re.compile("小微|小型(?:和|、)微型|小型微型")),
    ("small", re.compile("中小")),
    ("goods", re.compile("货物")),
    ("works", re.compile("工程")),
    ("services", re.compile("服务")),
    (
        "total",
        re.compile(
            "采购(?:支出|预算|金额|项目)*(?:总额|总金额|合计|共计|总计)|采购(?:支出|预算)(?:为|共)?$|^(?:其中)?采购总额"
        ),
    ),
)
PARTS = ("goods", "works", "services")
#: Nothing but 占 leaves the base open; else it is named.
OPEN = re.compile("^(?:约)?占(?:比)?[为达约]?$|^比[例重][为达]?$")
OF_TOTAL = re.compile("占(?:政府)?采购(?:支出|预算|合同)?(?:总额|总金额|金额)")
OF_SMALL = re.compile("占(?:授予)?中小企业")
NO_PART = re.compile("上年|去年|比|减|增|年初")


@dataclass(frozen=True, slots=True)
class Named:
    """A figure of the paragraph with what it is of."""

    sort: str
    figure: Figure
    label: str
    place: int


def equations(context: Context) -> Iterator[Equation]:
    """The total and its three kinds, where a paragraph prints all of them once."""
    for passage in _passages(context):
        found = _named(passage)
        total, parts = _one(found, "total"), [_one(found, sort) for sort in PARTS]
        known = [part for part in parts if part is not None]
        if total is None or len(known) < len(PARTS):
            continue
        budget = {"预算" in one.label for one in known}
        if len(budget) == 1 and is_summable([total.figure, *(one.figure for one in known)]):
            terms = [Term(one.figure, one.label[-12:]) for one in (total, *known)]
            yield Equation("C08", "正文", terms[0], tuple(terms[1:]), formula="采购总额 = 货物 + 工程 + 服务")


def _passages(context: Context) -> Iterator[Passage]:
    for paragraph in context.paragraphs:
        if "采购" in context.text[paragraph.start : paragraph.end]:
            yield context.passage(paragraph.start, paragraph.end)


def _named(passage: Passage) -> list[Named]:
    found = []
    for at in passage.places():
        label, figure = passage.label(at), passage.figure(at)
        sort = next((name for name, pattern in SORTS if pattern.search(label)), "")
        if sort and figure.kind == "amount" and figure.role != "change" and not NO_PART.search(label):
            found.append(Named(sort, figure, label, at))
    return found


def _one(found: Sequence[Named], sort: str) -> Named | None:
    alike = [one for one in found if one.sort == sort]
    return alike[0] if len({one.figure.value for one in alike}) == 1 else None


def shares(context: Context) -> Iterator[Found]:
    """The rates behind the amounts of small businesses."""
    for passage in _passages(context):
        found = _named(passage)
        for at in passage.places():
            rate = passage.figure(at)
            before = next((one for one in reversed(found) if one.place < at), None)
            if rate.unit != "%" or before is None or before.sort not in {"small", "micro"}:
                continue
            between = list(passage.places(before.place + 1, at))
            if between or re.search("[。；;]", passage.text[before.place : at]):
                continue
            one = _share(passage.label(at), before, found, rate)
            if one is not None:
                yield one


def _share(label: str, part: Named, found: Sequence[Named], rate: Figure) -> Found | None:
    total, small = _one(found, "total"), _one(found, "small")
    if OF_TOTAL.search(label):
        bases = [total]
    elif OF_SMALL.search(label):
        bases = [small]
    elif OPEN.search(label):
        bases = [total, small] if part.sort == "micro" else [total]
    else:
        return None
    known = [one for one in bases if one is not None and one.figure.value and one.figure is not part.figure]
    if not known or len(known) < len(bases):
        return None
    stated = interval.of(rate)
    judged = [(one, interval.judge(percent(part.figure, one.figure), stated)) for one in known]
    base, judgement = next((pair for pair in judged if pair[1].verdict != "broken"), judged[0])
    return _found(part, base, rate, judgement)


def _found(part: Named, base: Named, rate: Figure, judgement: Judgement) -> Found:
    recomputed = percent(part.figure, base.figure)
    shown = show(recomputed.value, "%", 2)
    return Found(
        kind="ratio",
        operands=(operand("率", rate), operand("分子", part.figure), operand("基数", base.figure)),
        judgement=judgement,
        says=f"“{part.label[-16:]}”{part.figure.text}所印占比{rate.text}，按“{base.label[-12:]}”{base.figure.text}复算为{shown}",
        formula="100 × 授予金额 ÷ 基数 = 占比",
        substituted=f"100 × {value(part.figure)} ÷ {value(base.figure)} = {shown}",
        recomputed=recomputed,
        stated=rate.text,
        difference=interval.decimal(interval.difference(recomputed, interval.of(rate))),
        subject=part.label[-16:],
    )
