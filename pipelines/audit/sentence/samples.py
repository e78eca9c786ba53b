"""A08: a share of so many heads can only be one of so many fractions."""

import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.sentence.terms import begin
from schemas.figure import Figure

WORDS: dict[str, list[str]] = load("audit")["samples"]
RATE = re.compile(f"(?:{'|'.join(WORDS['rates'])})[为达是]?到?$")
SAMPLED = re.compile("|".join(WORDS["sampled"]))
WEIGHTED = re.compile("|".join(WORDS["weighted"]))


def find(context: Context) -> Iterator[Found]:
    """Every share of a sample whose size its clause prints."""
    for sentence in context.sentences:
        for at in sentence.places():
            if (sample := _sample(sentence, at)) is not None:
                yield _judged(sentence.figure(at), sample)


def _sample(sentence: Passage, at: int) -> Figure | None:
    """The one number of heads that a rate speaks of, as in "15人参加考核，合格率93.3%"."""
    rate, label = sentence.figure(at), sentence.label(at)
    if rate.unit != "%" or rate.approx or rate.value is None or rate.role in {"target", "change", "standard"}:
        return None
    start = begin(sentence, at)
    counts = [i for i in sentence.places(start, at) if sentence.figure(i).kind == "count"]
    if not RATE.search(label) or len(counts) != 1 or WEIGHTED.search(sentence.text, start, at):
        return None
    count = sentence.figure(counts[0])
    exact = count.approx is None and count.unit in WORDS["heads"]
    return count if exact and SAMPLED.search(sentence.text, start, at) else None


def _judged(rate: Figure, sample: Figure) -> Found:
    size, stated = int(sample.value or 0), interval.of(rate)
    nearest = round(Fraction(rate.value or 0) * size / 100)
    closest = f"{nearest} ÷ {size} = {show(Fraction(100 * nearest, size or 1), '%', 2)}"
    return Found(
        kind="ratio",
        operands=(operand("率", rate), operand("样本", sample)),
        judgement=Judgement("holds" if size and _is_possible(size, stated) else "broken"),
        says=f"{sample.text}中不论几{sample.unit}，都得不出{rate.text}，最接近的是{closest}",
        formula="100 × 整数 ÷ 样本 = 率",
        substituted=f"{value(rate)}% × {size} = {show(Fraction(rate.value or 0) * size / 100, '', 2)}，不是整数",
        stated=rate.text,
    )


def _is_possible(size: int, stated: Interval) -> bool:
    """Whether a whole number of heads gives the printed rate."""
    if stated.low is None or stated.high is None:
        return True
    candidates = range(max(0, ceil(stated.low * size / 100)), min(size, floor(stated.high * size / 100)) + 1)
    return any(interval.contains(stated, Fraction(100 * one, size)) for one in candidates)
