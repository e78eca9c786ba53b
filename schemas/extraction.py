"""Everything that is extracted from one document, before any store sees it."""

from dataclasses import dataclass

from schemas.claim import Claim
from schemas.document import Document
from schemas.figure import Figure
from schemas.form import Form
from schemas.mention import Mention, Unexplained
from schemas.record import Record
from schemas.report import Heading, Report


@dataclass(frozen=True, slots=True)
class Extraction:
    """One document with all that was found in it. `numerals` is the count of numerals that had to be accounted for."""

    document: Document
    report: Report
    headings: tuple[Heading, ...]
    figures: tuple[Figure, ...]
    mentions: tuple[Mention, ...]
    unexplained: tuple[Unexplained, ...]
    claims: tuple[Claim, ...]
    records: tuple[Record, ...]
    numerals: int
    forms: tuple[Form, ...] = ()
