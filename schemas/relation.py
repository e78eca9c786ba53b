"""A relation between printed figures, recomputed exactly."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.claim import Span

RelationKind = Literal[
    "sum", "ratio", "change", "equality", "bounds", "product", "mapping", "enumeration", "wording", "outline"
]
RelationVerdict = Literal["holds", "tail", "broken", "ambiguous", "not_run"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure in a relation: the part it plays ("合计", "分项", "基数") and its span in the document."""

    part: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation that a check found and judged, whatever the verdict. `id` is stable over runs.

    `formula` is general ("Σ分项 = 合计"), `substituted` has the numbers put in ("300 + 172.3 = 472.3"); `low` and
    `high` are the recomputed interval and `stated` what the report prints. `cause` is "last_digit" for a break of
    no more than one unit of the last place; `reason` says why it is ambiguous or was not run.
    """

    id: str
    document: str
    check: str
    kind: RelationKind
    operands: tuple[Operand, ...]
    formula: str
    substituted: str
    low: Decimal | None
    high: Decimal | None
    stated: str
    verdict: RelationVerdict
    cause: str = ""
    reason: str = ""
