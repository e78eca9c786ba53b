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
from schemas.figure import Figure

WORDS = load("audit")["repeats"]
GENERIC = re.compile("|".join(sorted(WORDS["generic"], key=len, reverse=True)))
FILLERS = re.compile("|".join(sorted(WORDS["fillers"], key=len, reverse=True)))
AHEAD: tuple[str, ...] = tuple(WORDS["ahead"])
SCOPES: tuple[str, ...] = tuple(WORDS["scopes"])
YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
PERIOD = re.compile(
    r"(?:(?:19|20)\d\d年)?(?:(?:上|下)半年|第?[一二三四]季度|\d{1,2}月(?:份|底|\d{1,2}日)?)|(?:19|20)\d\d年(?:度)?"
)
#: A label says something of its own when so much is left without general words.
OWN_MIN = 2
#: A label that holds another one of this length and a little more may mean the same thing.
NAME_MIN = 6
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
        yield from _compared(group)
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
    if re.search(r"占|比|增|减|升|降", before):
        return None
    lead, section = sentence.text[:at], context.section(figure.start)
    return Mentioned(
        figure,
        before,
        after,
        _context_of(lead, sentence.label(at)),
        tuple(word for word in SCOPES if word in lead) + tuple(word for word in AHEAD if word in "".join(section)),
        tuple(YEAR.findall(lead)),
        section,
        number,
        general=len(GENERIC.sub("", before + after)) < OWN_MIN,
    )


_OTHER_ROLES = frozenset({"change", "standard", "target"})


def _bare(label: str) -> str:
    """A label without time and filling words: 2023年我局共培训职工 is 培训职工."""
    return FILLERS.sub("", PERIOD.sub("", re.sub(r"^(?:在|于|对|为|并|且|和|及)", "", label)))


def _after(text: str, at: int) -> str:
    match = re.match(rf"[^，。；、：（）()…{F}]{{0,12}}", text[at + 1 :])
    return match.group() if match else ""


def _context_of(lead: str, label: str) -> str:
    """What the sentence says before the label, without time and filling words: empty for a bare statement."""
    head = lead[: len(lead) - len(label)]
    head = re.sub(r"^[^，。；：]{0,8}[：:]", "", head)  # "概述：" only names the place
    return re.sub(r"[，、：\s]", "", FILLERS.sub("", PERIOD.sub("", head)))


def _key(one: Mentioned) -> tuple[str, ...]:
    return one.before, one.after, one.figure.kind, one.figure.unit


def _compared(group: Sequence[Mentioned]) -> Iterator[Found]:
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
    for left, right in list(combinations(distinct, 2))[:1]:
        yield _found(left, right, _judgement(left, right, group, len(distinct)))


def _general(group: Sequence[Mentioned]) -> Iterator[Found]:
    """A name that says little (专项资金) proves nothing when its values differ; that two agree is worth keeping."""
    if len({one.figure.value for one in group}) <= VALUES_MAX and group[0].sentence != group[1].sentence:
        judgement = interval.judge(interval.of(group[0].figure), interval.of(group[1].figure))
        if judgement.verdict == "holds":
            yield _found(group[0], group[1], judgement)


def _judgement(left: Mentioned, right: Mentioned, group: Sequence[Mentioned], values: int) -> Judgement:
    judgement = interval.judge(interval.of(left.figure), interval.of(right.figure))
    if judgement.verdict in {"holds", "tail"}:
        return judgement
    reason = _reason(left, right)
    if values > VALUES_MAX:
        reason = "同样的名称有两个以上不同的数，可能分属不同事项"
    elif not reason and any(one.sentence == left.sentence and one is not left for one in group):
        reason = "同一句中同名的数不止一个"
    return Judgement("ambiguous", reason=reason) if reason else judgement


def _reason(left: Mentioned, right: Mentioned) -> str:
    """Why two figures of one name may rightly differ; empty if nothing says so."""
    if left.sentence == right.sentence:
        return "同一句中的两个数"
    if left.figure.role != right.figure.role:
        return "两处的数所属环节不同或不明"
    if left.figure.period and right.figure.period and left.figure.period != right.figure.period:
        return "两处的期间不同"
    if left.scopes != right.scopes or (left.years and right.years and left.years != right.years):
        return "两处的期间或范围不同"
    if left.lead != right.lead:
        return "两处的上文不同"
    return "两处分属并列的条目" if _siblings(left.section, right.section) else ""


def _siblings(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two places stand under neighbouring items of one list: 项目一 and 项目二 may both have 320人次."""
    return len(one) > 1 and len(one) == len(other) and one[:-1] == other[:-1] and one[-1] != other[-1]


def _longer_names(groups: dict[tuple[str, ...], list[Mentioned]]) -> Iterator[Found]:
    """Names of which one holds the other and that say nearly the same number: agreement only, never a break."""
    firsts = [group[0] for group in groups.values() if group[0].figure.kind == "amount"]
    for left, right in combinations(firsts, 2):
        if _is_named_alike(left, right) and left.sentence != right.sentence:
            judgement = interval.judge(interval.of(left.figure), interval.of(right.figure))
            if judgement.verdict == "holds":
                yield _found(left, right, judgement)


def _is_named_alike(left: Mentioned, right: Mentioned) -> bool:
    names = [
        {one.before, _bare(one.figure.subject), *map(_bare, one.section[-1:] if one.general else ())}
        for one in (left, right)
    ]
    return any(
        len(short) >= NAME_MIN and len(GENERIC.sub("", short)) >= OWN_MIN and short in long
        for a in names[0]
        for b in names[1]
        for short, long in ((a, b), (b, a))
    )


def _found(left: Mentioned, right: Mentioned, judgement: Judgement) -> Found:
    one, other = left.figure, right.figure
    difference = interval.difference(interval.of(one), interval.of(other))
    name = (left.before or right.before) + ("…" + left.after if left.after else "")
    return Found(
        kind="equality",
        operands=(operand("前文", one), operand("后文", other)),
        judgement=judgement,
        says=f"“{name}”前文为{one.text}，后文为{other.text}",
        formula="同一指标两处相等",
        substituted=f"{one.text} = {other.text}",
        recomputed=interval.of(one),
        stated=other.text,
        difference=interval.decimal(difference),
        subject=name,
    )
