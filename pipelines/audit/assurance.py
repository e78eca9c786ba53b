"""What an audit leaves behind beside findings: which figures a recomputation bears out, and which none has reached."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from pipelines.audit.report import FORM
from schemas.claim import Span
from schemas.extraction import Extraction
from schemas.relation import Relation, RelationVerdict

#: A figure in a relation that holds is verified, one in a plain break contradicted, whatever else it is in.
Standing = Literal["verified", "contradicted", "unverified"]


def standings(extraction: Extraction, relations: Sequence[Relation]) -> Mapping[Standing, int]:
    """How many figures of a document have each standing."""
    held = _spans(one for one in relations if one.verdict in {"holds", "tail"})
    broken = _spans(one for one in relations if one.verdict == "broken" and not one.cause and one.kind not in FORM)
    counts: Counter[Standing] = Counter()
    for figure in extraction.figures:
        span = (figure.start, figure.end)
        counts["contradicted" if span in broken else "verified" if span in held else "unverified"] += 1
    return {standing: counts[standing] for standing in get_args(Standing)}


def verdicts(relations: Sequence[Relation]) -> Mapping[RelationVerdict, int]:
    """How many relations have each verdict."""
    counts = Counter(one.verdict for one in relations)
    return {verdict: counts[verdict] for verdict in get_args(RelationVerdict)}


def _spans(relations: Iterable[Relation]) -> set[Span]:
    return {part.span for one in relations for part in one.operands}
