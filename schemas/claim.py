"""An indicator claim: what was promised, what was reached, and what that earned."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Verdict = Literal["met", "partly", "unmet", "unstated"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """One indicator, from a table row or a sentence. Each part carries the span that says it.

    `level1` is the first-level head in its standard form (产出指标), `level2` the second (数量指标), `level3` the
    indicator itself in the report's words. `operator` is ≥ ≤ > < = or 定性. A part that points at exactly one figure
    has that figure's span. `quantified` tells whether target or actual is a number.
    """

    document: str
    source: str
    start: int
    end: int
    text: str
    level3: str
    level1: str | None = None
    level2: str | None = None
    operator: str | None = None
    target: str | None = None
    target_span: Span | None = None
    actual: str | None = None
    actual_span: Span | None = None
    unit: str | None = None
    weight: Decimal | None = None
    weight_span: Span | None = None
    score: Decimal | None = None
    score_span: Span | None = None
    verdict: Verdict = "unstated"
    reason: str | None = None
    quantified: bool = False
    table: int | None = None
    row: int | None = None
    rule: str = ""
