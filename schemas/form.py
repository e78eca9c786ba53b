"""An evaluation form: its funds, its goals and its total, beside the claims of its indicators."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.claim import Span

FormKind = Literal["自评表", "部门整体", "评分表", "绩效目标申报表", "绩效监控表", "区域（转移支付）绩效自评表"]
FundRole = Literal["budget", "adjusted", "received", "spent", "expected", "rate", "weight", "score"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of the block of funds: what its column says, in 万元, % or points, and the cell that says it."""

    role: FundRole
    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Fund:
    """A row of the block of funds (年度资金总额, 其中：当年财政拨款); `part` tells that it is one of 其中."""

    name: str
    row: int
    part: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the year or the term as it was set, and what was reached of it; either may be missing."""

    expected: str | None = None
    expected_span: Span | None = None
    actual: str | None = None
    actual_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One form. A table may hold several, and one may go on over several tables; `table` is the one it begins in.

    `start` and `end` span its rows; `weight` and `score` are those of its total row.
    """

    document: str
    source: str
    start: int
    end: int
    table: int
    row: int
    kind: FormKind
    project: str | None = None
    funds: tuple[Fund, ...] = ()
    goals: tuple[Goal, ...] = ()
    weight: Decimal | None = None
    weight_span: Span | None = None
    score: Decimal | None = None
    score_span: Span | None = None
