"""A05: a word that says which of two figures is the greater one, or that they are level."""

import re
from collections.abc import Iterator
from typing import Literal

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, value, words
from pipelines.audit.context import Context, F, Passage
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.sentence.changes import CHANGE, LAST_YEAR, MOVE, PRIOR, UP, is_against
from pipelines.audit.sentence.rates import is_called
from pipelines.audit.sentence.terms import MEASURED, alike, begin, is_plain
from schemas.figure import Figure
from schemas.finding import Severity
from schemas.relation import Operand

Direction = Literal["大于", "小于", "持平"]

WORDS: dict[str, list[str]] = load("audit")["directions"]
PLANNED = "|".join(WORDS["planned"])
DONE = "|".join(WORDS["done"])
_NAME = rf"(?P<{{}}>[^，。；：、（）()的{F}]{{{{0,10}}}}?(?:{DONE}|{PLANNED})(?:数|额|金额|值)?)"
ABOVE, BELOW, LEVEL = ("|".join(WORDS[one]) for one in ("above", "below", "level"))
#: "决算数小于预算数", "实际完成数低于目标值"
NAMED = re.compile(
    rf"(?<![^，。；：、（）(){F}])(?:本年)?{_NAME.format('left')}"
    rf"(?P<word>{ABOVE}|{BELOW}|与(?=[^，。；]{{2,14}}(?:{LEVEL})))(?:了)?{_NAME.format('right')}"
    rf"(?:基本)?(?P<level>{LEVEL})?(?=[，。；的（(]|主要|$)"
)
#: "较年初预算增加。", "比上年减少，主要是"
MOVED = re.compile(
    rf"[比较](?P<right>(?:{PRIOR})?[^，。；：、的{F}]{{0,12}}?)(?:相比)?(?:略有|有所|明显|大幅)?(?P<word>{MOVE})(?=[，。；]|的?主要|$)"
)
#: "与上年持平", "与2022年决算数基本持平"
STEADY = re.compile(rf"[与和同较](?P<right>(?:{PRIOR})?[^，。；：、的{F}]{{0,12}}?)(?P<about>基本|大致)?持平")
#: "主要原因是：宣传经费增加。"
REASON = re.compile(
    rf"(?:原因|主要)(?:是|为|系|：|:)+(?:由于|因为?)?(?P<what>[^，。；、：{F}]{{0,30}}?(?:{'|'.join(WORDS['money'])}))(?:有所)?(?P<word>{MOVE})[。；]"
)
ELSEWHERE = re.compile("|".join(WORDS["elsewhere"]))
MONEY_END = re.compile(f"(?:{'|'.join(WORDS['money'])})$")
#: A name this short may be in any sentence.
NAME_MIN = 4
#: "Basically level" leaves so much room on either side, in percent.
LEVEL_PERCENT = 1


def find(context: Context) -> Iterator[Found]:
    """Every word of direction whose two figures are printed, and every reason that speaks against its change."""
    for index, sentence in enumerate(context.sentences):
        previous = context.sentences[index - 1] if index else None
        if previous is not None and context.paragraph_at(previous.start) != context.paragraph_at(sentence.start):
            previous = None
        yield from _named(context, previous, sentence)
        yield from _moved(context, sentence)
        yield from _steady(context, sentence)
        yield from _opposed(context, sentence)
        yield from _reasoned(context, previous, sentence)


# ------------------------------------------------------------------------------------------- two figures and a word


def _named(context: Context, previous: Passage | None, sentence: Passage) -> Iterator[Found]:
    """As in "年初预算52万元，决算48万元，决算数小于预算数", perhaps in the next sentence."""
    for match in NAMED.finditer(sentence.text):
        spoken = sentence if any(sentence.places(0, match.start())) else previous
        if spoken is None or (match["word"] == "与") != bool(match["level"]):
            continue
        end = match.start() if spoken is sentence else len(spoken.text)
        left, right = _called(spoken, end, match["left"]), _called(spoken, end, match["right"])
        if left and right and left is not right and alike(left, right):
            yield _judged(context, sentence, match, left, _direction(match["word"]), right)


def _moved(context: Context, sentence: Passage) -> Iterator[Found]:
    """As in "年初预算52万元，决算58.3万元，较年初预算减少"."""
    for match in MOVED.finditer(sentence.text):
        if pair := _pair(sentence, match):
            yield _judged(context, sentence, match, pair[0], "大于" if match["word"] in UP else "小于", pair[1])


def _steady(context: Context, sentence: Passage) -> Iterator[Found]:
    """As in "2022年决算3.00万元，2023年决算3.50万元，与上年持平"."""
    for match in STEADY.finditer(sentence.text):
        if pair := _pair(sentence, match):
            yield _judged(context, sentence, match, pair[0], "持平", pair[1], about=bool(match["about"]))


def _pair(sentence: Passage, match: re.Match[str]) -> tuple[Figure, Figure] | None:
    """The one figure that is called by what it is compared with, and the one other before the comparison."""
    places = [i for i in sentence.places(begin(sentence, match.start()), match.start()) if is_plain(sentence.figure(i))]
    bases = [i for i in places if _is_base(sentence.label(i), match["right"])]
    others = [i for i in places if i not in bases]
    if len(bases) != 1 or len(others) != 1 or not alike(sentence.figure(others[0]), sentence.figure(bases[0])):
        return None
    return sentence.figure(others[0]), sentence.figure(bases[0])


def _is_base(label: str, name: str) -> bool:
    """Whether a label is what stands behind 比: 上年决算数 by 上年, 2022年 by its year, 年初预算 by its name."""
    years = re.findall(r"(?:19|20)\d\d(?=年)", name)
    if years:
        return years[0] in label
    if LAST_YEAR.search(name):
        return LAST_YEAR.search(label) is not None
    return re.search(PLANNED, name) is not None and is_called(label, name)


def _called(spoken: Passage, end: int, name: str) -> Figure | None:
    """The one figure that a name means: 决算数 is 支出决算为58.30万元."""
    bare = re.sub("金额$|[数额值]$", "", name)
    found = [i for i in spoken.places(0, end) if is_plain(spoken.figure(i)) and is_called(spoken.label(i), bare)]
    return spoken.figure(found[0]) if len(found) == 1 else None


def _direction(word: str) -> Direction:
    return "大于" if word in WORDS["above"] else "小于" if word in WORDS["below"] else "持平"


def _judged(
    context: Context,
    sentence: Passage,
    match: re.Match[str],
    left: Figure,
    direction: Direction,
    right: Figure,
    *,
    about: bool = False,
) -> Found:
    one, other = interval.of(left), interval.of(right)
    wording = words(context, "方向词", sentence.span(*match.span()))
    order = "＞" if _below(other, one) else "＜" if _below(one, other) else "≈"
    return Found(
        kind="bounds",
        operands=(wording, operand("前数", left), operand("后数", right)),
        judgement=Judgement("holds" if _holds(one, direction, other, about=about) else "broken"),
        says=f"文称“{wording.text}”，所印为{left.text}与{right.text}",
        formula=f"前数{direction}后数",
        substituted=f"{value(left)} {order} {value(right)}",
        stated=wording.text,
        severity="warn" if about else None,
        difference=interval.decimal(interval.difference(one, other)),
    )


def _holds(one: Interval, direction: Direction, other: Interval, *, about: bool) -> bool:
    """Whether the intervals leave room for the stated order."""
    if direction == "大于":
        return not _below(one, other)
    if direction == "小于":
        return not _below(other, one)
    apart = interval.difference(one, other)
    near = about and apart is not None and other.value is not None and apart * 100 <= abs(other.value) * LEVEL_PERCENT
    return near or interval.meets(one, other)


def _below(one: Interval, other: Interval) -> bool:
    """Whether the first lies wholly below the second."""
    return not interval.meets(one, other) and one.high is not None and other.low is not None and one.high <= other.low


# ------------------------------------------------------------------------------------------- two words


def _opposed(context: Context, sentence: Passage) -> Iterator[Found]:
    """As in "比上年增加3.20万元，下降5%": one change in two directions."""
    for match in CHANGE.finditer(sentence.text):
        if not is_against(match) or match["to"] or match["to2"]:
            continue
        first, second = sentence.figure(match.start("first")), sentence.figure(match.start("second"))
        if first.kind in MEASURED and second.kind == "ratio" and second.unit == "%":
            yield _contradicted(
                words(context, "增减额", sentence.span(match.start("move"), match.start("first") + 1)),
                words(context, "增减率", sentence.span(match.start("again"), match.start("second") + 1)),
                "同一增减的两种说法",
            )


def _reasoned(context: Context, previous: Passage | None, sentence: Passage) -> Iterator[Found]:
    """As in "宣传经费……比上年减少2.98%。主要原因是：宣传经费增加": the thing itself went the other way."""
    for match in REASON.finditer(sentence.text):
        told = sentence if CHANGE.search(sentence.text, 0, match.start()) else previous
        if told is None:
            continue
        changes = list(CHANGE.finditer(told.text, 0, match.start() if told is sentence else len(told.text)))
        if len(changes) != 1 or (changes[0]["move"] in UP) == (match["word"] in UP):
            continue
        name = MONEY_END.sub("", match["what"])
        around = context.paragraph_at(sentence.start)
        before = context.passage(around.start, told.span(0, changes[0].start() + 1)[0]).text if around else ""
        if len(name) >= NAME_MIN and name in before and not ELSEWHERE.search(match["what"]):
            end = changes[0].end()
            yield _contradicted(
                words(context, "增减", told.span(changes[0].start(), end)),
                words(context, "原因", sentence.span(match.start("what"), match.end("word"))),
                "所述原因",
                severity="warn",
            )


def _contradicted(one: Operand, other: Operand, name: str, severity: Severity | None = None) -> Found:
    return Found(
        kind="wording",
        operands=(one, other),
        judgement=Judgement("broken"),
        says=f"{name}方向相反：“{one.text}”与“{other.text}”",
        formula="同一增减只有一个方向",
        stated=other.text,
        severity=severity,
    )
