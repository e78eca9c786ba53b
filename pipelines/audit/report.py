"""From what a check found to the relation that is kept and the finding that an auditor reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from pipelines.audit import interval
from pipelines.audit.check import Check, Found
from pipelines.audit.context import Context
from schemas.claim import Span
from schemas.figure import Figure
from schemas.finding import SEVERITIES, Evidence, Finding, Severity
from schemas.relation import Operand, Relation

#: How a statement ends: it never says which of the two sides is the wrong one.
ENDINGS = {
    "": "，两者不能同时成立。",
    "last_digit": "，相差不超过末位一个单位，可能是舍入或截位所致。",
    "whole_amount": "，整数金额相差达一个单位以上，请核对明细。",
    "about": "，所印为约数，两者出入较大，供核对。",
}
#: The severity of what is not a plain break.
LIGHTER: dict[str, Severity] = {"last_digit": "info", "whole_amount": "review", "about": "review"}
#: "last_digit" and the like are causes of arithmetic; a form check says it all itself.
FORM = {"wording", "outline"}
SNIPPET_MAX = 160
HASH_LENGTH = 16


def relation(check: Check, context: Context, found: Found) -> Relation:
    """The relation as it is kept, whatever its verdict."""
    document = context.document.id
    low, high = interval.decimals(found.recomputed) if found.recomputed else (None, None)
    spans = ";".join(f"{part.part}{part.span[0]}-{part.span[1]}" for part in found.operands)
    return Relation(
        id=digest(document, check.id, found.formula, spans),
        document=document,
        check=check.id,
        kind=found.kind,
        operands=found.operands,
        formula=found.formula,
        substituted=found.substituted,
        low=low,
        high=high,
        stated=found.stated,
        verdict=found.judgement.verdict,
        cause=found.judgement.cause,
        reason=found.judgement.reason,
    )


def finding(check: Check, context: Context, found: Found, kept: Relation) -> Finding | None:
    """The finding that the relation gives rise to; None for one that holds, is a mere tail, was refused
    or follows from another.
    """
    severity = grade(check, context, found)
    if severity is None:
        return None
    return Finding(
        check=check.id,
        severity=severity,
        statement=found.says + ("。" if found.plain or found.kind in FORM else ENDINGS[found.judgement.cause]),
        document=kept.document,
        relation=kept.id,
        evidence=tuple(evidence(context, part) for part in found.operands),
        fingerprint=fingerprint(check, context, found),
        values_hash=digest(*(part.text for part in found.operands)),
        recomputation=found.substituted,
        difference=found.difference,
        alternatives=found.alternatives,
    )


def grade(check: Check, context: Context, found: Found) -> Severity | None:
    """How grave it is: the check's own severity or a lighter one, and no error on what was not read well."""
    verdict, cause = found.judgement.verdict, found.judgement.cause
    if found.consequence or verdict not in {"broken", "tail"} or (verdict == "tail" and not cause):
        return None
    severity = LIGHTER.get(cause) or found.severity or check.severity
    if severity == "error" and (any(context.suspect(*part.span) for part in found.operands) or _unread(context, found)):
        return "review"
    return severity


def _unread(context: Context, found: Found) -> bool:
    """Whether a number was not understood between the operands of one sentence: it may be the one that is missing."""
    spans = [part.span for part in found.operands]
    first, last = min(spans), max(spans)
    sentence = context.sentence_at(first[0])
    return sentence is not None and last[1] <= sentence.end and context.unread(first[0], last[1])


def evidence(context: Context, part: Operand) -> Evidence:
    """One place of a finding, with the sentence around it."""
    start, end = part.span
    page, box = context.document.locate(start, end)
    figure = context.figure_at(part.span)
    return Evidence(
        document=context.document.id,
        source=context.extraction.report.source,
        start=start,
        end=end,
        text=part.text,
        snippet=snippet(context, part.span),
        place=context.place(start, end),
        page=page,
        box=box,
        cell=figure.table.cell if figure and figure.table else None,
    )


def snippet(context: Context, span: Span) -> str:
    """The sentence around a span, on one line and cut to a length that a person takes in."""
    sentence = context.sentence_at(span[0])
    start, end = (sentence.start, max(sentence.end, span[1])) if sentence else span
    if end - start > SNIPPET_MAX:
        spare = max(0, SNIPPET_MAX - (span[1] - span[0])) // 2
        start, end = max(start, span[0] - spare), min(end, span[1] + spare)
    return " ".join(context.text[start:end].split())


def fingerprint(check: Check, context: Context, found: Found) -> str:
    """Names the report, the section and the words around the values: it survives a new version with other values."""
    of = context.extraction.report
    identity = (of.unit or of.source.rpartition("/")[2], of.year or "", of.kind, of.project or "")
    section = context.section(found.operands[0].span[0])
    return digest(
        check.id, found.formula, *identity, *section, found.subject, *(_part(context, part) for part in found.operands)
    )


def _part(context: Context, part: Operand) -> str:
    figure: Figure | None = context.figure_at(part.span)
    return f"{part.part}:{figure.subject}:{figure.role}" if figure else part.part


def distinct(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings without those of one check that rest on the very figures of another check's.

    The graver one is kept; of two alike the later one, since later families know more of what they look at.
    """
    best: dict[frozenset[Span], Finding] = {}
    for one in findings:
        other = best.setdefault(_rests_on(one), one)
        if SEVERITIES.index(one.severity) <= SEVERITIES.index(other.severity):
            best[_rests_on(one)] = one
    return (one for one in findings if one.check == best[_rests_on(one)].check)


def _rests_on(one: Finding) -> frozenset[Span]:
    return frozenset((part.start, part.end) for part in one.evidence)


def numbered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with a number added to fingerprints that would otherwise be the same."""
    seen: dict[str, int] = {}
    for one in findings:
        seen[one.fingerprint] = count = seen.get(one.fingerprint, 0) + 1
        yield one if count == 1 else replace(one, fingerprint=digest(one.fingerprint, str(count)))


def order(one: Finding) -> tuple[int, int, str, str]:
    """Findings are sorted from grave to light, then by place."""
    return SEVERITIES.index(one.severity), one.evidence[0].start, one.check, one.fingerprint


def digest(*parts: str) -> str:
    """A short name for a list of texts, the same in every run."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:HASH_LENGTH]
