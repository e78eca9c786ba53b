"""From candidates to figures: overlaps settled, every numeral accounted for, and subject, role and period read."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from extract.find import words
from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Passage, passages
from extract.quantities import Quantity
from extract.resolve.cells import cell_contexts, cell_ref, reads_as_prose, worded_contexts
from extract.resolve.context import LAST_YEAR
from extract.resolve.overlaps import disjoint, heading_numbers, left_over, settle
from extract.resolve.prose import prose_contexts
from extract.segment import Sections
from schemas.document import Document
from schemas.figure import Figure, Reading
from schemas.mention import Mention, Unexplained
from schemas.report import Heading

__all__ = ["LAST_YEAR", "Resolved", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The figures and mentions of a document, what nothing accounts for, and how many numerals there were."""

    figures: tuple[Figure, ...]
    mentions: tuple[Mention, ...]
    unexplained: tuple[Unexplained, ...]
    numerals: int


def resolve(document: Document, headings: tuple[Heading, ...], source: str) -> Resolved:
    """All figures of a document, and the account of its numerals."""
    sections = Sections.of(headings)
    figures: list[Figure] = []
    mentions: list[Mention] = []
    unexplained: list[Unexplained] = []
    numerals = 0
    for passage in passages(document):
        kept = settle(passage, heading_numbers(passage, headings))
        dates = [m for m in kept if isinstance(m, Mention) and m.kind == "date"]
        quantities = [q for q in kept if isinstance(q, Quantity)]
        figures += _figures(document, sections, source, passage, quantities, dates)
        named = words.find(passage, iter(left_over(passage.numerals, kept)))
        explained = disjoint([*kept, *named])
        mentions += [candidate for candidate in explained if isinstance(candidate, Mention)]
        unexplained += [_unexplained(numeral) for numeral in left_over(passage.numerals, explained)]
        numerals += len(passage.numerals)
    return Resolved(tuple(figures), tuple(mentions), tuple(unexplained), numerals)


def _unexplained(numeral: Numeral) -> Unexplained:
    return Unexplained(numeral.start, numeral.end, numeral.text, numeral.reason or "没有单位，上下文也没有说明它是什么")


def _figures(
    document: Document,
    sections: Sections,
    source: str,
    passage: Passage,
    quantities: list[Quantity],
    dates: list[Mention],
) -> Iterator[Figure]:
    if not quantities:
        return
    contexts = cell_contexts(passage, quantities)
    if passage.grid is None or passage.cell is None:
        contexts = prose_contexts(passage, quantities, dates, sections)
    elif reads_as_prose(passage.grid, passage.cell):
        contexts = worded_contexts(passage, prose_contexts(passage, quantities, dates, sections))
    for quantity, context in zip(quantities, contexts, strict=True):
        page, box = document.locate(quantity.start, quantity.end)
        section = sections.at(quantity.start)
        yield Figure(
            document=document.id,
            source=source,
            start=quantity.start,
            end=quantity.end,
            text=document.text[quantity.start : quantity.end],
            kind=quantity.kind,
            value=quantity.value,
            unit=quantity.unit,
            low=quantity.low,
            high=quantity.high,
            step=quantity.step,
            approx=quantity.approx,
            rule=quantity.rule,
            per=quantity.per,
            subject=_named(context.subject, section),
            role=context.role,
            direction=context.direction,
            base=context.base,
            period=context.period,
            section=section,
            page=page,
            box=box,
            table=cell_ref(passage),
            reading=_reading(document, quantity),
            confidence=document.confidence(quantity.start, quantity.end),
            note=quantity.note,
        )


def _named(subject: str, section: tuple[str, ...]) -> str:
    """经费30万元 under the heading 表彰大会专项经费 is that money."""
    if (
        section
        and subject in load("roles")["links"]["bare_money"]
        and re.search("(?:经费|资金|费|项目|支出)$", section[-1])
    ):
        return section[-1]
    return subject


def _reading(document: Document, quantity: Quantity) -> Reading:
    if document.is_recognised(quantity.start):
        return "ocr"
    at = bisect_right(document.joints, quantity.start)
    return "repaired" if at < len(document.joints) and document.joints[at] < quantity.end else "plain"
