"""B02: "共3个项目" and the list that follows must have the same number of items."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.lexicon import load
from extract.numerals import read
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.listed import listed, numbered, ordinal
from schemas.claim import Span
from schemas.finding import Severity

WORDS = load("audit")["lists"]
NUMERAL = r"\d{1,2}|[二两三四五六七八九十]{1,3}"
CLASSIFIER = "|".join(sorted(WORDS["classifiers"], key=len, reverse=True))
PARTIAL = re.compile("|".join(WORDS["partial"]))
#: "共实施3个项目：", "以下五个方面。", "“三大平台”": a number, its classifier and at most a short noun.
ANNOUNCED = re.compile(
    rf"(?<![第\d.．〔\[（(/／年月-])(?P<n>{NUMERAL})(?P<unit>{CLASSIFIER})(?P<noun>[^\d，。；：、“”]{{0,12}})"
)
ORDINAL = re.compile(r"(?:(?<=[：:。；;，,！”])|^)(?P<n>[一二三四五六七八九十])是(?!否|不是|为了)")
MARKED = re.compile(
    r"(?P<n>[①-⑳])|(?:(?<=[：:。；;])|^)(?:(?P<d>\d{1,2})[.．、](?!\d)|[（(](?P<p>\d{1,2}|[一二三四五六七八九十]{1,3})[）)])"
)
#: "3个项目：甲项目、乙项目和丙项目。"
COMMA_LIST = re.compile(
    rf"(?P<n>{NUMERAL})(?P<unit>{CLASSIFIER})(?P<noun>[^\d，。；：、（）“”]{{1,8}}?)(?:，|,)?(?:分别为|分别是|即|包括|：|:)"
    r"(?P<list>[^，。；：\d（）]{2,}(?:、[^，。；：\d（）]{2,})+)(?=[。；]|$)"
)
#: "甲镇、乙镇、丙镇等5个乡镇"
TRAILING = re.compile(
    rf"(?P<list>[\u4e00-\u9fff]{{2,8}}(?:、[\u4e00-\u9fff]{{2,8}}?){{1,99}})(?P<more>等)?(?P<n>{NUMERAL})(?P<unit>个)(?P<noun>[\u4e00-\u9fff]{{1,6}})"
)
#: So much may stand between a number's classifier and its list.
NOUN_MAX = 10
#: A head of a 、-list is a name, not half a sentence.
HEAD_MAX = 14


@dataclass(frozen=True, slots=True)
class Announced:
    """A stated number with its place in the document, and whether the list stands right behind it."""

    number: int
    span: Span
    noun: str
    adjacent: bool


def find(context: Context) -> Iterator[Found]:
    """Every announced number whose list can be counted."""
    for paragraph in context.paragraphs:
        passage = context.passage(paragraph.start, paragraph.end, fold=False)
        yield from _in_paragraph(context, passage)
        yield from _by_comma(context, passage)
        yield from _by_line(context, passage)


# ------------------------------------------------------------------------------------------- 一是……二是……


def _in_paragraph(context: Context, passage: Passage) -> Iterator[Found]:
    """As in "共3个项目：一是……；二是……；三是……" in one paragraph."""
    for run in _runs(passage.text):
        announced = _announced(passage, run[0].start())
        if announced is None:
            continue
        spans = [passage.span(*match.span()) for match in run]
        more = passage.text[run[-1].end() :].split("。")[0].rstrip("。；").endswith("等")
        yield _found(context, announced, spans, "随后逐项列举", more=more)


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """The runs of item marks that count up from 1: 一是 二是 三是, or ① ② ③, or 1. 2. 3."""
    for pattern, least in ((ORDINAL, 2), (MARKED, 2)):
        run: list[re.Match[str]] = []
        for match in pattern.finditer(text):
            number = _number(match)
            if number == len(run) + 1 and (not run or match.lastgroup == run[0].lastgroup):
                run.append(match)
            elif number == 1:
                if len(run) >= least:
                    yield run
                run = [match]
        if len(run) >= least:
            yield run


def _number(match: re.Match[str]) -> int:
    return ordinal(next(group for group in match.groups() if group))


def _announced(passage: Passage, list_start: int) -> Announced | None:
    """The number in the sentence that leads up to a list; None if there is none or more than one."""
    lead = _lead(passage.text, list_start)
    begin = list_start - len(lead)
    if PARTIAL.search(lead):
        return None
    found = [m for m in ANNOUNCED.finditer(lead) if _is_announcing(lead, m)]
    if len(found) != 1:
        return None
    match = found[0]
    adjacent = _names_a_list(match["unit"], lead[match.end("unit") :])
    span = passage.span(begin + match.start(), begin + match.end("unit"))
    return Announced(_value(match["n"]), span, match["noun"], adjacent)


def _names_a_list(unit: str, tail: str) -> bool:
    """As in "3个项目：" and "四个方面的工作：" name a list; "5个村参加。" does not."""
    noun = re.sub(r"(?:分别[为是]|即|包括|如下|是)?[：:。]*$", "", tail)
    if len(noun) > NOUN_MAX or re.search("[，。；：、]", noun):
        return False
    return unit in WORDS["abstract"] or noun.endswith(tuple(WORDS["nouns"]))


def _lead(text: str, end: int) -> str:
    """The sentence before a list, up to its colon or full stop."""
    head = text[:end]
    begin = max(head.rstrip("：:。").rfind(mark) for mark in "。！？；")
    return head[begin + 1 :]


def _is_announcing(lead: str, match: re.Match[str]) -> bool:
    """Whether a number announces: "共3个", "3个项目：", "“三大平台”" do, "建成3个站点，服务群众" does not."""
    before, after = lead[: match.start()], lead[match.end() :]
    quoted = before.endswith("“") and after.startswith("”")
    counted = re.search(
        r"(?:共|共计|以下|下列|如下|分为?|坚持|做到|围绕|聚焦|实施|开展|突出|抓好|[拓扩]展|存在)[^，。；：]{0,6}$",
        before,
    )
    return quoted or counted is not None or re.match(r"[^，。；：、]{0,4}[：:]", after) is not None


def _value(digits: str) -> int:
    return int(read(digits).value or 0)


# ------------------------------------------------------------------------------------------- 甲、乙、丙


def _by_comma(context: Context, passage: Passage) -> Iterator[Found]:
    for match in COMMA_LIST.finditer(passage.text):
        yield from _names(context, passage, match, more=match["list"].endswith("等"))
    for match in TRAILING.finditer(passage.text):
        yield from _names(context, passage, match, more=match["more"] is not None)


def _names(context: Context, passage: Passage, match: re.Match[str], *, more: bool) -> Iterator[Found]:
    """A list of names beside its number. Only names of one build are counted (甲项目、乙项目)."""
    names = re.split("、|和|及|以及", match["list"].removesuffix("等"))
    head = passage.text[max(0, match.start() - 4) : match.start()]
    if not are_parallel(names, match["noun"]) or PARTIAL.search(head + match["noun"]):
        return
    announced = Announced(
        _value(match["n"]), passage.span(match.start("n"), match.end("unit")), match["noun"], adjacent=True
    )
    yield _found(context, announced, [passage.span(*match.span("list"))], "以顿号列举", more=more, count=len(names))


def are_parallel(names: Sequence[str], noun: str) -> bool:
    """Whether the names are short and end alike, so that each 、 parts two of them: 甲镇、乙镇."""
    if any(not name or len(name) > HEAD_MAX for name in names):
        return False
    last = names[0][-1]
    alike = len({name[-1] for name in names}) == 1
    return alike and (
        len({name[-2:] for name in names}) == 1 or re.match(f".?{last}(?![民级干委组])", noun) is not None
    )


# ------------------------------------------------------------------------------------------- line by line


def _by_line(context: Context, passage: Passage) -> Iterator[Found]:
    """As in "以下3个项目：" with one numbered paragraph for each."""
    if not passage.text.endswith(("：", ":")) or passage.end >= len(context.text):
        return
    announced = _announced(passage, len(passage.text))
    if announced is None:
        return
    items = [item for item in listed(context, passage.end) if _is_numbered(context, item)]
    if len(items) > 1:
        spans = [(item.start, min(item.end, item.start + HEAD_MAX)) for item in items]
        yield _found(context, announced, spans, "随后逐条列举", more=False)


def _is_numbered(context: Context, item: Passage) -> bool:
    paragraph = context.paragraph_at(item.start)
    return paragraph is not None and numbered(context.text, paragraph) is not None


# ------------------------------------------------------------------------------------------- the verdict


def _found(
    context: Context, announced: Announced, items: Sequence[Span], manner: str, *, more: bool, count: int | None = None
) -> Found:
    number = len(items) if count is None else count
    agrees = number == announced.number or (more and number <= announced.number)
    severity: Severity | None = None
    judgement = Judgement("holds" if agrees else "broken")
    if not agrees and not announced.adjacent:
        judgement = Judgement("ambiguous", reason="数与列举之间隔着别的话，不能确定是否相应")
    stated = words(context, "声明", announced.span)
    return Found(
        kind="enumeration",
        operands=(stated, *(words(context, "列举", span) for span in items)),
        judgement=judgement,
        says=f"声明为“{stated.text}{announced.noun}”，{manner}的有{number}个",
        formula="声明数 = 列举数" if not more else "声明数 ≥ 列举数",
        substituted=f"{announced.number} {('≥' if more else '=') if agrees else '≠'} {number}",
        stated=stated.text,
        severity=severity,
        subject=announced.noun,
    )
