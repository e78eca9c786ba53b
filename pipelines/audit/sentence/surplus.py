"""A06: what was to be spent, less what was spent, is what is left."""

import re
from collections.abc import Iterator, Sequence

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from pipelines.audit.sentence.terms import alike, is_plain, stretches
from schemas.figure import Figure

WORDS: dict[str, list[str]] = load("audit")["surplus"]
LEFT, SPENT, GIVEN, MISSING = (re.compile("|".join(WORDS[name])) for name in ("left", "spent", "given", "missing"))


def find(context: Context) -> Iterator[Found]:
    """Every stretch of a sentence that prints what was given, what was spent and what is left, each once."""
    for sentence in context.sentences:
        for start, end in stretches(sentence):
            yield from _judged(sentence, start, end)


def _judged(sentence: Passage, start: int, end: int) -> Iterator[Found]:
    places = [i for i in sentence.places(start, end) if is_plain(sentence.figure(i))]
    left = [sentence.figure(i) for i in places if LEFT.search(sentence.label(i))]
    spent = [sentence.figure(i) for i in places if _is(SPENT, sentence.label(i))]
    given = [sentence.figure(i) for i in places if _is(GIVEN, sentence.label(i))]
    if len(left) + len(spent) + len(given) != len(places) or not (left and len(spent) == 1 and given):
        return
    terms = (*given, *spent, *left)
    if not all(alike(one, terms[0]) for one in terms):
        return
    doubt = ""
    if len({one.value for one in given}) > 1:
        doubt = "可作被减数的数不止一个"
    elif len(left) > len(WORDS["left"]) or MISSING.search(sentence.text, start, end):
        doubt = "句中还有上年结转、追加、收回等未列出的项"
    yield _found(given[0], spent[0], left, doubt)


def _is(what: re.Pattern[str], label: str) -> bool:
    """Whether the last of the words that a label holds is one of these: 预算支出 is spent, 支出预算 is given."""
    found = [(match.end(), one) for one in (LEFT, SPENT, GIVEN) for match in one.finditer(label)]
    return bool(found) and max(found, key=lambda each: each[0])[1] is what


def _found(given: Figure, spent: Figure, left: Sequence[Figure], doubt: str) -> Found:
    recomputed = interval.subtract(interval.of(given), interval.of(spent))
    stated = interval.add(map(interval.of, left))
    judgement = interval.judge(recomputed, stated)
    if doubt and judgement.verdict == "broken":
        judgement = Judgement("ambiguous", reason=doubt)
    printed = "、".join(one.text for one in left)
    return Found(
        kind="sum",
        operands=(operand("预算或到位", given), operand("支出", spent), *(operand("结余", one) for one in left)),
        judgement=judgement,
        says=f"{given.text}减{spent.text}为{show(recomputed.value, given.unit)}，结余印为{printed}",
        formula="预算（到位） − 支出 = 结余",
        substituted=f"{value(given)} − {value(spent)} = {show(recomputed.value)}{given.unit}",
        recomputed=recomputed,
        stated=printed,
        difference=interval.decimal(interval.difference(recomputed, stated)),
    )
