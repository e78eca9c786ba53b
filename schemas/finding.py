"""A finding: what an auditor should look at, with all its evidence. Neutral: it never says which figure is wrong."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.document import Box

Severity = Literal["error", "warn", "review", "info"]
#: From grave to light.
SEVERITIES: tuple[Severity, ...] = ("error", "warn", "review", "info")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that a finding rests on, as printed. `snippet` is its sentence; `place` is for people (第3页)."""

    document: str
    source: str
    start: int
    end: int
    text: str
    snippet: str
    place: str
    page: int | None = None
    box: tuple[Box, ...] = ()
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `fingerprint` names the place (it survives a change of the values), `values_hash` the values."""

    check: str
    severity: Severity
    statement: str
    document: str
    relation: str | None
    evidence: tuple[Evidence, ...]
    fingerprint: str
    values_hash: str
    recomputation: str = ""
    difference: Decimal | None = None
    alternatives: tuple[str, ...] = ()
    materiality: str = ""
    status: str = "待核实"
