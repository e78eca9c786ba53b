"""The tables of the store: each is one kind of record, and its columns follow from that record's annotations."""

from dataclasses import dataclass
from typing import Any, Literal

from schemas.claim import Claim
from schemas.document import Document
from schemas.extraction import Extraction
from schemas.figure import Figure
from schemas.finding import Finding
from schemas.form import Form
from schemas.mention import Mention, Unexplained
from schemas.record import Record
from schemas.relation import Relation
from schemas.report import Heading, Report

#: Which part of a document's work a table belongs to: extraction and checks are done, and redone, separately.
Stage = Literal["extract", "audit"]


@dataclass(frozen=True, slots=True)
class Overview:
    """A document in one line: what it is, and how its numerals are accounted for (`numerals` is what had to be)."""

    document: str
    format: str
    title: str
    quality: str
    pages: int
    characters: int
    numerals: int
    figures: int
    dates: int
    identifiers: int
    unexplained: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the dataclass of its rows, and the field that holds the document (None: there is none)."""

    name: str
    record: Any
    owner: str | None = "document"
    stage: Stage = "extract"


TABLES: tuple[Table, ...] = (
    Table("texts", Document, owner="id"),
    Table("overviews", Overview),
    Table("reports", Report),
    Table("headings", Heading, owner=None),
    Table("figures", Figure),
    Table("mentions", Mention, owner=None),
    Table("unexplained", Unexplained, owner=None),
    Table("claims", Claim),
    Table("forms", Form),
    Table("records", Record),
    Table("relations", Relation, stage="audit"),
    Table("findings", Finding, stage="audit"),
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}


def overview(extraction: Extraction) -> Overview:
    """The overview of a document."""
    document = extraction.document
    kinds = [mention.kind for mention in extraction.mentions]
    return Overview(
        document=document.id,
        format=document.format,
        title=document.title,
        quality=document.quality,
        pages=len(document.pages),
        characters=len(document.text),
        numerals=extraction.numerals,
        figures=len(extraction.figures),
        dates=kinds.count("date"),
        identifiers=kinds.count("identifier"),
        unexplained=len(extraction.unexplained),
    )
