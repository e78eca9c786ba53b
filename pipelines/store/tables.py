"""The tables of the store: each is one kind of record, and its columns follow from that record's annotations."""

from dataclasses import dataclass
from typing import Any, Literal

from schemas.claim import Claim
from schemas.document import Document
from schemas.extraction import Extraction
from schemas.figure import Figure
from schemas.finding import Finding
from schemas.mention import Mention, Unexplained
from schemas.record import Record
from schemas.relation import Relation
from schemas.report import Heading, Report

#: Which part of a document's work a table belongs to: extraction and checks are done, and redone, separately.
Stage = Literal["extract", "audit"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the numerals of one document are accounted for; `numerals` is what had to be."""

    document: str
    numerals: int
    figures: int
    dates: int
    identifiers: int
    unexplained: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its record, and the field of that record that holds the document (None: it has none)."""

    name: str
    record: type[Any]
    owner: str | None = "document"
    stage: Stage = "extract"


TABLES: tuple[Table, ...] = (
    Table("texts", Document, owner="id"),
    Table("coverage", Coverage),
    Table("reports", Report),
    Table("headings", Heading, owner=None),
    Table("figures", Figure),
    Table("mentions", Mention, owner=None),
    Table("unexplained", Unexplained, owner=None),
    Table("claims", Claim),
    Table("records", Record),
    Table("relations", Relation, stage="audit"),
    Table("findings", Finding, stage="audit"),
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}


def coverage(extraction: Extraction) -> Coverage:
    """Count what became of the numerals of a document."""
    kinds = [mention.kind for mention in extraction.mentions]
    return Coverage(
        document=extraction.document.id,
        numerals=extraction.numerals,
        figures=len(extraction.figures),
        dates=kinds.count("date"),
        identifiers=kinds.count("identifier"),
        unexplained=len(extraction.unexplained),
    )
