"""Indicator claims: what was promised, what was reached and what that earned, from tables and from prose."""

from extract.claims.prose import prose_claims
from extract.claims.tables import table_claims
from schemas.claim import Claim
from schemas.document import Document
from schemas.figure import Figure
from schemas.report import Heading


def claims(document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...]) -> tuple[Claim, ...]:
    """All claims of a document in text order. Tables are read by their labels, prose by its wording."""
    ordered = tuple(sorted(figures, key=lambda figure: (figure.start, figure.end)))
    found = [*table_claims(document, ordered), *prose_claims(document, headings, ordered)]
    return tuple(sorted(found, key=lambda claim: (claim.start, claim.end)))
