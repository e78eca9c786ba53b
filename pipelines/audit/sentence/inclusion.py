"""B04: a part is no greater than its whole."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, value
from pipelines.audit.context import FIGURE, Context, F, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence.terms import BREAK, alike, begin, is_plain
from schemas.figure import Figure

WORDS: dict[str, list[str]] = load("audit")["inclusion"]
ENTER, PASS, OTHER = ("|".join(WORDS[name]) for name in ("entered", "passed", "other_stage"))
INNER = re.compile("其中[：:，,]?")
#: "40人参加竞赛，12人晋级"
PASSED = re.compile(
    rf"(?:(?:{ENTER})[^，。；：、{F}]{{0,8}}(?P<a>{FIGURE})|(?P<b>{FIGURE})[^，。；：、{F}]{{0,6}}(?:{ENTER})[^，。；：、{F}]{{0,8}})"
    rf"[^，。；：、{F}]{{0,6}}，[^，。；：、{F}]{{0,4}}(?:(?:{PASS})[^，。；：、{F}]{{0,6}}(?P<c>{FIGURE})|(?P<d>{FIGURE})[^，。；：、{F}]{{0,6}}(?:{PASS}))"
)


def find(context: Context) -> Iterator[Found]:
    """Every part that its wording puts into a whole."""
    for sentence in context.sentences:
        for match in INNER.finditer(sentence.text):
            yield from _inner(sentence, match)
        for match in PASSED.finditer(sentence.text):
            whole = sentence.figure(match.start("a") if match["a"] else match.start("b"))
            part = sentence.figure(match.start("c") if match["c"] else match.start("d"))
            if is_plain(whole) and is_plain(part) and alike(whole, part):
                yield _found(whole, part)


def _inner(sentence: Passage, match: re.Match[str]) -> Iterator[Found]:
    """As in "40人参加竞赛，其中12人晋级": the figures behind 其中 against the greatest that it can mean."""
    before = [i for i in sentence.places(begin(sentence, match.start()), match.start()) if is_plain(sentence.figure(i))]
    at = next(sentence.places(match.end()), None)
    if at is None or BREAK.search(sentence.text, match.end(), at):
        return
    part = sentence.figure(at)
    wholes = [sentence.figure(i) for i in before if alike(sentence.figure(i), part)]
    if not wholes or not is_plain(part) or re.search(OTHER, sentence.label(at)):
        return
    whole = max(wholes, key=lambda one: one.value or 0)
    if whole.role == part.role or part.kind == "count":
        yield _found(whole, part)


def _found(whole: Figure, part: Figure) -> Found:
    one, other = interval.of(part), interval.of(whole)
    over = one.low is not None and other.high is not None and one.low > other.high
    return Found(
        kind="bounds",
        operands=(operand("整体", whole), operand("部分", part)),
        judgement=Judgement("broken" if over else "holds"),
        says=f"部分{part.text}大于整体{whole.text}",
        formula="部分 ≤ 整体",
        substituted=f"{value(part)} {'＞' if over else '≤'} {value(whole)}",
        stated=part.text,
        difference=interval.decimal(interval.difference(one, other)),
    )
