"""Claims from prose: clauses that state the target or the result of an indicator."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from extract import lexicon
from extract.claims.rules import Clause, Context, Found, judge, pattern
from extract.claims.wording import bound, compared, figures_in, head_of, standard, verdict
from extract.segment import Sections, clauses, sentences
from schemas.claim import Claim, Span, Verdict
from schemas.document import Document
from schemas.figure import Figure
from schemas.report import Heading

#: A clause that a rule knows, with its span.
_Piece = tuple[Span, Found]


def prose_claims(document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...]) -> Iterator[Claim]:
    """The claims of the running text of a report on performance; other texts (work reports) have none."""
    if not _on_performance(document, headings):
        return
    sections = Sections.of(headings)
    for start, end in _stretches(document, headings):
        text = document.text[start:end]
        section = sections.at(start)
        if re.search(pattern("duties"), text):
            continue
        for low, high in sentences(document.text, start, end):
            context = Context(section, _dimension(section), document.text[low:high])
            yield from _sentence_claims(document, (low, high), context, figures)


def _on_performance(document: Document, headings: tuple[Heading, ...]) -> bool:
    return any(re.search("绩效|自评|评价", heading.title) for heading in headings) or "自评" in document.text


def _stretches(document: Document, headings: tuple[Heading, ...]) -> Iterator[Span]:
    """The paragraphs of running text, without the headings that stand in them."""
    blocks = [(block.start, block.end) for block in document.blocks if block.kind in ("paragraph", "heading")]
    blocks = blocks if document.blocks else [(0, len(document.text))]
    starts = {heading.start: heading.end for heading in headings}
    places = sorted(starts)
    for start, end in blocks:
        cuts = [start, *places[bisect_right(places, start) : bisect_left(places, end)], end]
        for low, high in pairwise(cuts):
            for match in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", document.text[starts.get(low, low) : high]):
                begin = starts.get(low, low) + match.start()
                yield begin, begin + len(match[0])


def _dimension(section: tuple[str, ...]) -> str | None:
    """The indicator dimension that the innermost heading names, else the one around it."""
    for title in reversed(section[-2:]):
        for rule in lexicon.load("indicators")["dimension"]:
            if re.search(rule["title"], title):
                return str(rule["name"])
    return None


# ----------------------------------------------------------------------------------------------------- clauses


def _sentence_claims(
    document: Document, sentence: Span, context: Context, figures: tuple[Figure, ...]
) -> Iterator[Claim]:
    text = document.text
    spans = [_trimmed(text, item) for span in clauses(text, *sentence) for item in _items(text, span, figures)]
    found = [judge(Clause(text[low:high], figures_in(figures, (low, high)), context)) for low, high in spans]
    for group in _groups(_with_dates(text, spans, found)):
        if len(group) >= group[0][1].least:
            yield _claim(document, group, context, figures)


def _items(text: str, span: Span, figures: tuple[Figure, ...]) -> list[Span]:
    """A list of counted things as its items ("救助儿童120名、适配辅具800件"), any other clause as one."""
    cuts = [at for at in range(*span) if text[at] == "、"]
    pieces = list(zip([span[0], *(at + 1 for at in cuts)], [*cuts, span[1]], strict=True))
    return pieces if cuts and all(_names_one(piece, figures) for piece in pieces) else [span]


def _names_one(piece: Span, figures: tuple[Figure, ...]) -> bool:
    """Whether a piece is one figure at its end and a name for it before (培训职工2400人次, but not 648人次)."""
    inside = figures_in(figures, piece)
    return len(inside) == 1 and inside[0].end == piece[1] and inside[0].start - piece[0] > 1


def _trimmed(text: str, span: Span) -> Span:
    """The clause without the words that introduce it or close its sentence ("但也存在…的现象")."""
    clause = text[span[0] : span[1]]
    before = re.match(pattern("before"), clause)
    after = re.search(pattern("after"), clause)
    start = span[0] + (before.end() if before else 0)
    end = span[0] + after.start() if after and re.search(pattern("problem"), clause) else span[1]
    return (start, end) if start < end else span


def _with_dates(text: str, spans: list[Span], found: list[Found | None]) -> list[_Piece | None]:
    """The pieces in order; a date that opens the sentence belongs to the claim after it ("截至2022年6月底，…")."""
    pieces: list[_Piece | None] = []
    date: int | None = None
    for (start, end), item in zip(spans, found, strict=True):
        pieces.append(((start if date is None else date, end), item) if item else None)
        date = start if not item and re.match(pattern("time"), text[start:end]) else None
    return pieces


def _groups(pieces: list[_Piece | None]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    last: _Piece | None = None
    for piece in pieces:
        if piece and last and _joins(last[1], piece[1]):
            groups[-1].append(piece)
        elif piece:
            groups.append([piece])
        last = piece
    return groups


def _joins(last: Found, found: Found) -> bool:
    """Whether a clause goes on with the claim before it: a result with its target, an effect with an effect."""
    if found.group == "pair" == last.group:
        return last.target and not found.target
    return bool(found.group) and found.group == last.group


def _claim(document: Document, group: list[_Piece], context: Context, figures: tuple[Figure, ...]) -> Claim:
    (start, _), first = group[0]
    (_, end), _ = group[-1]
    inside = figures_in(figures, (start, end))
    targets, actuals = _sides(document.text, (start, end), inside, target=first.target)
    if re.search(pattern("changed"), document.text[start:end]):
        actuals = actuals[-1:]
    said = first.said if len(group) == 1 else document.text[start:end]
    target, target_span = _part(document.text, targets, said if first.target else "", (start, end))
    actual, actual_span = _part(document.text, actuals, "" if first.target else said, (start, end))
    score = next((figure for figure in actuals if figure.kind == "score"), None)
    return Claim(
        document=document.id,
        source=document.name,
        start=start,
        end=end,
        text=document.text[start:end],
        level1=head_of(first.head),
        level2=standard("level2", first.head),
        level3=first.name or (context.section[-1] if context.section else first.head),
        operator=(bound(targets[0]) if targets else "定性") if target else None,
        target=target,
        target_span=target_span,
        actual=actual,
        actual_span=actual_span,
        unit=inside[0].unit if inside else None,
        score=score.value if score else None,
        score_span=(score.start, score.end) if score else None,
        verdict=_verdict(targets, actuals, actual or ""),
        quantified=bool(inside),
        rule=first.rule,
    )


def _sides(text: str, span: Span, figures: list[Figure], *, target: bool) -> tuple[list[Figure], list[Figure]]:
    """The figures on the side of the target and on that of the result, by the last word before each."""
    sides: tuple[list[Figure], list[Figure]] = ([], [])
    for figure in figures:
        before = text[span[0] : figure.start]
        promised, reached = _last(pattern("target"), before), _last(pattern("actual"), before)
        is_target = target if promised == reached else promised > reached
        sides[0 if is_target else 1].append(figure)
    return sides


def _last(pattern: str, text: str) -> int:
    return max((match.start() for match in re.finditer(pattern, text)), default=-1)


def _part(text: str, figures: list[Figure], said: str, span: Span) -> tuple[str | None, Span | None]:
    """A part in the report's words: its figure, from its first figure to its last, or the words that state it."""
    if figures:
        start, end = figures[0].start, figures[-1].end
        return text[start:end], (start, end)
    at = text.find(said, span[0], span[1]) if said else -1
    return (said, (at, at + len(said))) if at >= 0 else (None, None)


def _verdict(targets: list[Figure], actuals: list[Figure], actual: str) -> Verdict:
    if len(targets) == len(actuals) == 1:
        return compared(bound(targets[0]), targets[0], actuals[0])
    return verdict(actual) if actual else "unstated"
