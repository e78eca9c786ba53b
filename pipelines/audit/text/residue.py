"""I03: years and bodies that a copied text has left behind."""

import re
from collections import Counter
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence.changes import CHANGE
from pipelines.audit.sentence.directions import STEADY
from pipelines.audit.sentence.terms import begin
from schemas.relation import Operand

WORDS: dict[str, list[str]] = load("audit")["residue"]
YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
#: What a figure and the base that it is compared with must share.
PLANNED, DONE = (re.compile("|".join(WORDS[name])) for name in ("planned", "done"))
#: A base so called is another one of the same year.
EARLIER = re.compile("|".join(WORDS["earlier"]))
PERIOD_HEAD = re.compile("|".join(WORDS["period_heads"]))
PERIOD = re.compile(r"(?P<from>(?:19|20)\d\d)年[^，。；]{0,8}?[-—–－~～至到]+[^，。；]{0,3}?(?P<to>(?:19|20)\d\d)年")
OWN = re.compile(
    rf"(?<![“‘\u4e00-\u9fa5])[我本](?P<body>{'|'.join(WORDS['bodies'])})(?!{'|'.join(WORDS['not_bodies'])})"
)
#: The words for oneself that are no slip, so often they may stand.
SLIPS_MAX = 2


def find(context: Context) -> Iterator[Found]:
    """Comparisons with the report's own year, project periods before it, and words of another body for oneself."""
    year = context.extraction.report.year
    if year is not None and year.isdigit():
        yield from _anchors(context, year)
        yield from _periods(context, year)
    yield from _bodies(context)


def _anchors(context: Context, year: str) -> Iterator[Found]:
    """As in "2026年收入预算90万元，比2026年预算增加3万元": nothing grows over itself.

    The year of the report must be sure: the sentence says it too, or other comparisons are with the year before.
    """
    anchors = [
        (sentence, match, match.groupdict().get("when") or match.groupdict().get("right") or "")
        for sentence in context.sentences
        for match in (*CHANGE.finditer(sentence.text), *STEADY.finditer(sentence.text))
    ]
    sure = any(str(int(year) - 1) in named for _, _, named in anchors)
    for sentence, match, named in anchors:
        anchor = match.group().split("，")[0]
        before = sentence.text[: match.start()]
        years = set(YEAR.findall(before[begin(sentence, match.start()) :])) or set(YEAR.findall(before))
        if YEAR.findall(named) != [year] or years - {year} or not (years or (sure and before)):
            continue
        base = anchor.partition(year)[2]
        if not EARLIER.search(anchor) and _same_stage(base, before) and not _other_years(context, sentence):
            yield _found(
                words(context, "比较的年度", sentence.span(match.start(), match.start() + len(anchor))),
                f"报告为{year}年度，比较的对象也写作{year}年",
                "本年与上年比较",
                year,
            )


def _same_stage(base: str, before: str) -> bool:
    """Whether base and figure are both planned or both done: 决算 may well be compared with 预算 of one year."""
    if PLANNED.search(base):
        return PLANNED.search(before) is not None and DONE.search(before) is None
    return PLANNED.search(before) is None


def _other_years(context: Context, sentence: Passage) -> bool:
    """Whether the section is about other years."""
    return any(YEAR.search(title) for title in context.section(sentence.start)[1:])


def _periods(context: Context, year: str) -> Iterator[Found]:
    """As in "五、实施周期 2025年1月1日—2025年12月31日" in a report on 2026."""
    for sentence in context.sentences:
        for match in PERIOD.finditer(sentence.text):
            headed = [*context.section(sentence.start)[-1:], sentence.text[: match.start()]]
            if match["from"] <= match["to"] < year and any(PERIOD_HEAD.search(head) for head in headed):
                yield _found(
                    words(context, "项目期间", sentence.span(*match.span())),
                    f"项目期间止于{match['to']}年，报告为{year}年度",
                    "项目期间含报告年度",
                    year,
                )


def _bodies(context: Context) -> Iterator[Found]:
    """As in "我街道" in the report of a 镇."""
    unit = context.extraction.report.unit_written or context.extraction.report.unit
    if not unit:
        return
    found = [(sentence, match) for sentence in context.sentences for match in OWN.finditer(sentence.text)]
    counts = Counter(match["body"] for _, match in found)
    own = {body for body in counts if body in unit}
    for sentence, match in found:
        body = match["body"]
        if body not in own and counts[body] <= SLIPS_MAX and (own or unit.endswith(tuple(WORDS["bodies"]))):
            yield _found(
                words(context, "自称", sentence.span(*match.span())),
                f"单位为“{unit}”，文中自称“{match.group()}”",
                "自称与单位相符",
                unit,
            )


def _found(place: Operand, says: str, formula: str, stated: str) -> Found:
    return Found(
        kind="wording", operands=(place,), judgement=Judgement("broken"), says=says, formula=formula, stated=stated
    )
