"""What a document is: whose report, of which year, of which kind, and how each of that was established."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from schemas.claim import Span

ReportKind = Literal[
    "项目自评",
    "部门整体",
    "部门评价",
    "财政评价",
    "自评表",
    "绩效目标申报表",
    "绩效监控表",
    "区域（转移支付）绩效自评表",
    "部门预算",
    "部门决算",
    "政府工作报告",
    "其他",
]


@dataclass(frozen=True, slots=True)
class Basis:
    """How one field of a report was established: the rule, and the span of text that says it (None: the file name)."""

    field: str
    rule: str
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Identity of a report. A field that nothing in the document states is None; `established` gives the reasons."""

    document: str
    source: str
    unit: str | None
    unit_written: str | None
    region: str | None
    year: str | None
    kind: ReportKind
    project: str | None = None
    score: Decimal | None = None
    grade: str | None = None
    established: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the outline: level 0 is the title, 1 一、, 2 （一）, 3 1., 4 （1） or an unnumbered run-in.

    `start` and `end` span number and title; `number` is as written ("（一）"), "" where there is none; `run_in` tells
    that text goes on in the same paragraph. `ordinal` is the number's value (2 for （二）), None without a number.
    """

    start: int
    end: int
    level: int
    number: str
    title: str
    run_in: bool = False
    ordinal: int | None = None
