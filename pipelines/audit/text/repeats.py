"""B01: one indicator that is printed in two places must have one value."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import Context, F, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.labels import GENERIC, untimed
from schemas.figure import Figure
from schemas.finding import Severity
from schemas.report import ReportKind

WORDS = load("audit")["repeats"]
#: Words of one event among several: 春节期间, 第二期, 骨干班.
EVENT = re.compile("|".join(WORDS["events"]))
#: A work report speaks of five years, of one and of the next in the same words.
VARIED: frozenset[ReportKind] = frozenset({"政府工作报告"})
ELSEWHEN: tuple[str, ...] = tuple(WORDS["elsewhen"])
#: A chapter that is called after a project or a body.
ITEM = re.compile(f"(?:{'|'.join(WORDS['items'])})$")
#: A longer label with one of these speaks of a place or a circle of its own.
WITHIN = re.compile("[在于从向对由]|[中内里]$")
SCOPES: tuple[str, ...] = tuple(WORDS["scopes"])
YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
#: A label says something of its own when so much is left without general words.
OWN_MIN = 2
#: A label that holds another one of this length and a little more may mean the same thing.
NAME_MIN = 6
#: A shorter name of this length may be the longer one shortened.
SHORT_MIN = 4
#: So much of a sentence before a figure says what it is of.
LEAD_MAX = 400
#: More different values than two are a series (项目一、项目二 …), not a slip.
VALUES_MAX = 2


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One printing of an indicator: the words before and after it, and all that could make it another thing."""

    figure: Figure
    before: str
    after: str
    lead: str
    scopes: tuple[str, ...]
    years: tuple[str, ...]
    chapter_years: tuple[str, ...]
    section: tuple[str, ...]
    sentence: int
    general: bool


def find(context: Context) -> Iterator[Found]:
    """Every indicator that is printed more than once, and whether its values agree."""
    groups: dict[tuple[str, ...], list[Mentioned]] = defaultdict(list)
    for number, sentence in enumerate(context.sentences):
        for at in sentence.places():
            if (one := _mentioned(context, sentence, at, number)) is not None:
                groups[_key(one)].append(one)
    for group in groups.values():
        yield from _compared(group, varied=context.extraction.report.kind in VARIED)
    yield from _longer_names(groups)


def _mentioned(context: Context, sentence: Passage, at: int, number: int) -> Mentioned | None:
    """A figure with its wording; None where it is no indicator's value (a change, a standard, a guess)."""
    figure = sentence.figure(at)
    if figure.approx is not None or figure.value is None or figure.per is not None or figure.role in _OTHER_ROLES:
        return None
    if figure.kind == "ratio" and figure.unit != "%":
        return None
    before = _bare(sentence.label(at))
    after = _after(sentence.text, at) if figure.kind in {"count", "measure"} else ""
    if re.search(r"占|比|(?<!新)增|减|升|降", before):
        return None
    lead, section = sentence.text[max(0, at - LEAD_MAX) : at], context.section(figure.start)
    return Mentioned(
        figure,
        before,
        after,
        _context_of(lead, sentence.label(at)),
        tuple(word for word in SCOPES if word in lead) + tuple(word for word in ELSEWHEN if word in "".join(section)),
        tuple(YEAR.findall(lead)),
        tuple(YEAR.findall("".join(section))),
        section,
        number,
        general=len(GENERIC.sub("", before + after)) < OWN_MIN,
    )


#: Roles that say no more than that something is so.
_OPEN_ROLES = frozenset({None, "actual", "total", "other"})
_OTHER_ROLES = frozenset({"change", "standard", "target"})


def _bare(label: str) -> str:
    """A label without time and filling words: 2023年我局共培训职工 is 培训职工."""
    return untimed(re.sub(r"^[并且和及]", "", label))


def _after(text: str, at: int) -> str:
    match = re.match(rf"[^，。；、：（）()…{F}]{{0,12}}", text[at + 1 :])
    return match.group() if match else ""


def _context_of(lead: str, label: str) -> str:
    """What the sentence says before the label, without time and filling words: empty for a bare statement."""
    head = re.split("[；;]", lead[: max(0, len(lead) - len(label))])[-1]
    head = re.sub(r"^[^，。；：]{0,8}[：:]", "", head)  # "概述：" only names the place
    return re.sub(r"[，、：\s]", "", untimed(head))


def _key(one: Mentioned) -> tuple[str, ...]:
    return one.before, one.after, one.figure.kind, one.figure.unit


def _compared(group: Sequence[Mentioned], *, varied: bool) -> Iterator[Found]:
    """All printings under one key, the first of each value against the others."""
    if len(group) == 1:
        return
    if group[0].general:
        yield from _general(group)
        return
    first = group[0]
    same = [one for one in group[1:] if one.figure.value == first.figure.value]
    for one in same[:1]:
        yield _found(first, one, Judgement("holds"))
    distinct = list({one.figure.value: one for one in reversed(group)}.values())[::-1]
    if len(distinct) > 1:
        left, right = distinct[:2]
        judgement = _judgement(left, right, group, len(distinct))
        if varied and judgement.verdict == "broken":
            judgement = Judgement("ambiguous", reason="此类报告兼述往年、当年与来年")
        yield _found(left, right, judgement)


def _general(group: Sequence[Mentioned]) -> Iterator[Found]:
    """A name that says little (专项资金) proves nothing when its values differ; that two agree is worth keeping."""
    if len({one.figure.value for one in group}) <= VALUES_MAX and group[0].sentence != group[1].sentence:
        judgement = interval.judge(interval.of(group[0].figure), interval.of(group[1].figure))
        if judgement.verdict == "holds":
            yield _found(group[0], group[1], judgement)


def _judgement(left: Mentioned, right: Mentioned, group: Sequence[Mentioned], values: int) -> Judgement:
    judgement = _judged(left.figure, right.figure)
    if judgement.verdict in {"holds", "tail"}:
        return judgement
    reason = _reason(left, right)
    if values > VALUES_MAX:
        reason = "同样的名称有两个以上不同的数，可能分属不同事项"
    elif not reason and any(one.sentence == left.sentence and one is not left for one in group):
        reason = "同一句中同名的数不止一个"
    return Judgement("ambiguous", reason=reason) if reason else judgement


def _judged(one: Figure, other: Figure) -> Judgement:
    """Two printings of one number leave no room for a second rounding: more than a unit apart is no last digit."""
    judgement = interval.judge(interval.of(one), interval.of(other))
    apart = interval.difference(interval.of(one), interval.of(other))
    if judgement.cause == "last_digit" and apart is not None and apart > max(one.step, other.step):
        return Judgement("broken")
    return judgement


def _reason(left: Mentioned, right: Mentioned) -> str:
    """Why two figures of one name may rightly differ; empty if nothing says so."""
    if left.sentence == right.sentence:
        return "同一句中的两个数"
    if not _may_be_one(left, right):
        return "两处的期间、范围或环节不同"
    if _siblings(left.section, right.section):
        return "两处分属并列的条目"
    return "" if left.lead == right.lead or _in_summary_and_body(left, right) else "两处的上文不同"


def _may_be_one(left: Mentioned, right: Mentioned) -> bool:
    """Whether time, scope and role of two figures agree, as far as they are said."""
    periods, years = {left.figure.period, right.figure.period} - {None}, {left.years, right.years} - {()}
    return (
        len(periods) < VALUES_MAX
        and len(years) < VALUES_MAX
        and (left.scopes, left.chapter_years) == (right.scopes, right.chapter_years)
        and _same_role(left.figure, right.figure)
    )


def _same_role(one: Figure, other: Figure) -> bool:
    """Whether nothing says that one is, say, a target and the other a result."""
    return one.role == other.role or not {one.role, other.role} - _OPEN_ROLES or None in {one.role, other.role}


def _in_summary_and_body(left: Mentioned, right: Mentioned) -> bool:
    """Whether two chapters speak of the same thing in other surroundings, and neither of one event among several."""
    chapters = [one.section[:1] for one in (left, right)]
    return chapters[0] != chapters[1] and not any(EVENT.search(one.lead) for one in (left, right))


def _siblings(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two places stand under neighbouring items of one list: 甲项目 and 乙项目 may both have 320人次."""
    if not one or len(one) != len(other) or one[:-1] != other[:-1] or one[-1] == other[-1]:
        return False
    return len(one) > 1 or all(ITEM.search(path[-1]) for path in (one, other))


def _longer_names(groups: dict[tuple[str, ...], list[Mentioned]]) -> Iterator[Found]:
    """Names of which one holds the other: they agree, or are worth a look; never a break."""
    firsts = [group[0] for group in groups.values()]
    for left, right in ((firsts[one], firsts[other]) for one, other in _pairs(firsts)):
        if left.sentence == right.sentence:
            continue
        judgement = interval.judge(interval.of(left.figure), interval.of(right.figure))
        if judgement.verdict == "holds" and left.figure.kind == "amount" and _is_named_alike(left, right):
            yield _found(left, right, judgement)
        elif judgement.verdict == "broken" and _is_shortened(left, right, groups):
            yield _found(left, right, judgement, "review")


def _pairs(firsts: Sequence[Mentioned]) -> list[tuple[int, int]]:
    """Those of one kind and unit whose labels end alike or whose names share a stretch: no others hold one another."""
    alike: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, one in enumerate(firsts):
        names: set[str] = _names(one) if one.figure.kind == "amount" else set()
        stretches = {name[at : at + NAME_MIN] for name in names for at in range(len(name) - NAME_MIN + 1)}
        endings = {one.before[-SHORT_MIN:]} if len(one.before) >= SHORT_MIN else set()
        for shared in endings | stretches:
            alike[one.figure.kind, one.figure.unit, shared].append(index)
    return sorted({pair for indices in alike.values() for pair in combinations(indices, 2)})


def _is_shortened(left: Mentioned, right: Mentioned, groups: dict[tuple[str, ...], list[Mentioned]]) -> bool:
    """As in "残疾人新增就业172人" in one chapter and "新增就业127人" in another, each printed once."""
    short, long = sorted((left.before, right.before), key=len)
    if len(short) < SHORT_MIN or not long.endswith(short) or left.after != right.after or left.general or right.general:
        return False
    if WITHIN.search(long.removesuffix(short)):
        return False
    alike = [
        one for key, group in groups.items() for one in group if key[0].endswith(short) and key[1:] == _key(left)[1:]
    ]
    return len(alike) == VALUES_MAX and left.section[:1] != right.section[:1] and _may_be_one(left, right)


def _names(one: Mentioned) -> set[str]:
    return {one.before, _bare(one.figure.subject), *map(_bare, one.section[-1:] if one.general else ())}


def _is_named_alike(left: Mentioned, right: Mentioned) -> bool:
    return any(
        len(short) >= NAME_MIN and len(GENERIC.sub("", short)) >= OWN_MIN and short in long
        for a in _names(left)
        for b in _names(right)
        for short, long in ((a, b), (b, a))
    )


def _found(left: Mentioned, right: Mentioned, judgement: Judgement, severity: Severity | None = None) -> Found:
    one, other = left.figure, right.figure
    difference = interval.difference(interval.of(one), interval.of(other))
    name = (left.before or right.before) + ("…" + left.after if left.after else "")
    return Found(
        kind="equality",
        operands=(operand("前文", one), operand("后文", other)),
        judgement=judgement,
        says=f"“{name}”前文为{one.text}，后文为{other.text}",
        formula="同一指标两处相等",
        substituted=f"{one.text} {'≠' if judgement.verdict == 'broken' else '='} {other.text}",
        recomputed=interval.of(one),
        stated=other.text,
        severity=severity,
        difference=interval.decimal(difference),
        subject=name,
    )
