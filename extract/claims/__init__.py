"""Indicator claims: what was promised, what was reached and what that earned, from tables and from prose; and forms."""

from extract.claims import forms as whole
from extract.claims.prose import prose_claims
from extract.claims.tables import table_claims
from extract.grid import Grid
from schemas.claim import Claim
from schemas.document import Document
from schemas.figure import Figure
from schemas.form import Form
from schemas.report import Heading


def claims(document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...]) -> tuple[Claim, ...]:
    """All claims of a document in text order. Tables are read by their labels, prose by its wording."""
    ordered = tuple(sorted(figures, key=lambda figure: (figure.start, figure.end)))
    grids = tuple(map(Grid.of, document.tables))
    found = [*table_claims(document, grids, ordered), *prose_claims(document, headings, ordered)]
    return tuple(sorted(found, key=lambda claim: (claim.start, claim.end)))


def forms(document: Document, figures: tuple[Figure, ...]) -> tuple[Form, ...]:
    """The evaluation forms of a document with their funds, goals and totals, in text order."""
    ordered = tuple(sorted(figures, key=lambda figure: (figure.start, figure.end)))
    return tuple(whole.forms(document, tuple(map(Grid.of, document.tables)), ordered))
