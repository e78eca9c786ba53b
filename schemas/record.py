"""A record: a figure made comparable over years and units. The row that comparisons read."""

from dataclasses import dataclass
from decimal import Decimal

from schemas.figure import Approx, Role


@dataclass(frozen=True, slots=True)
class Record:
    """One figure or claim value under its concept. `figure` is the span "start:end" of the figure in the document.

    `unit` is the canonical classifier (名, 位 → 人); `dimension` names what is counted or measured ("money", "share",
    "score", "count:人", "measure:公里"): only records of one dimension are ever compared.
    """

    document: str
    source: str
    unit_name: str | None
    region: str | None
    year: str | None
    project: str | None
    level: str | None
    concept: str
    dimension: str
    role: Role | None
    approx: Approx | None
    value: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None
    period: str | None
    figure: str
