"""Family J: structure. J01: headings are numbered without gaps, and the parts that every report has are there."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from schemas.relation import Operand
from schemas.report import Heading

NUMERALS = "一二三四五六七八九十"
CORE: dict[str, list[list[str]]] = load("audit")["outline"]["core"]
#: A hole of more than this is rather a heading misread than a chapter forgotten.
MISSING_MAX = 2
#: Levels 1 (一、) and 2 ((一)) are headings; below them an item of a list looks the same.
CHAPTERS = 2
#: So many chapters make an outline that can lack something.
OUTLINE_MIN = 4


def numbering(context: Context) -> Iterator[Found]:
    """J01: gaps and repeats of heading numbers, a first number that is not 1, and core parts that are missing."""
    headings = [heading for heading in context.extraction.headings if heading.level > 0]
    last: dict[int, Heading] = {}
    for heading in headings:
        last = {level: one for level, one in last.items() if level <= heading.level}
        before = last.get(heading.level)
        if heading.ordinal is not None and heading.level <= CHAPTERS and not _is_counted_apart(heading):
            yield from _compared(context, before, heading, headings)
            last[heading.level] = heading
    yield from _missing_parts(context, headings)


def _is_counted_apart(heading: Heading) -> bool:
    """第三部分 is numbered beside 一、二、三."""
    return heading.number.startswith("第")


def _compared(context: Context, before: Heading | None, heading: Heading, headings: list[Heading]) -> Iterator[Found]:
    ordinal = heading.ordinal or 0
    if before is None or before.ordinal is None:
        if 1 < ordinal <= 1 + MISSING_MAX and _is_certain(heading, headings):
            missing = [_write(heading, number) for number in range(1, ordinal)]
            yield _slip(context, [heading], f"“{heading.number}”之前没有“{'”“'.join(missing)}”", "编号从一开始")
        return
    step = ordinal - before.ordinal
    if step == 0 and ordinal > 1:  # another 一、 begins an annex
        yield _slip(context, [before, heading], f"编号“{heading.number}”重复", "同级编号不重复")
    elif 1 < step <= 1 + MISSING_MAX and _is_certain(heading, headings):
        missing = [_write(heading, number) for number in range(before.ordinal + 1, ordinal)]
        says = f"“{before.number}”之后为“{heading.number}”，缺“{'”“'.join(missing)}”"
        yield _slip(context, [before, heading], says, "同级编号连续")
    elif step == 1:
        yield _held(context, before, heading)


def _is_certain(heading: Heading, headings: list[Heading]) -> bool:
    """A run-in item is a certain heading only if its sibling follows; a line of its own always is."""
    if not heading.run_in:
        return True
    following = headings[headings.index(heading) + 1 :]
    return any(one.level == heading.level and one.ordinal == (heading.ordinal or 0) + 1 for one in following)


def _write(heading: Heading, number: int) -> str:
    """A number in the style of a heading: （二） beside （一）."""
    digits = str(number) if re.search(r"\d", heading.number) else _chinese(number)
    return re.sub(r"\d+|[一二三四五六七八九十]+", digits, heading.number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return head + (NUMERALS[ones - 1] if ones else "")


def _slip(context: Context, headings: list[Heading], says: str, formula: str) -> Found:
    return Found(
        kind="outline",
        operands=tuple(_operand(context, heading) for heading in headings),
        judgement=Judgement("broken"),
        says=says,
        formula=formula,
        stated=headings[-1].number,
        severity="info",
        subject=headings[-1].title,
    )


def _held(context: Context, before: Heading, heading: Heading) -> Found:
    return Found(
        kind="outline",
        operands=(_operand(context, before), _operand(context, heading)),
        judgement=Judgement("holds"),
        says=f"“{before.number}”之后为“{heading.number}”",
        formula="同级编号连续",
        stated=heading.number,
        subject=heading.title,
    )


def _operand(context: Context, heading: Heading) -> Operand:
    return words(context, "标题", (heading.start, heading.end))


def _missing_parts(context: Context, headings: list[Heading]) -> Iterator[Found]:
    """The parts that the outline of its kind prescribes, where the document itself says what kind it is.

    A part counts as there if its words stand anywhere: a heading may be called otherwise.
    """
    report = context.extraction.report
    chapters = [heading for heading in headings if heading.level == 1 and heading.ordinal is not None]
    certain = any(basis.field == "kind" and basis.span is not None for basis in report.established)
    if not certain or len(chapters) < OUTLINE_MIN:
        return
    for names in CORE.get(report.kind, []):
        if not any(name in context.text for name in names):
            yield Found(
                kind="outline",
                operands=(_operand(context, chapters[0]),),
                judgement=Judgement("broken"),
                says=f"{report.kind}报告的提纲中没有“{names[0]}”部分",
                formula="提纲含规定部分",
                subject=names[0],
                severity="warn",
            )
