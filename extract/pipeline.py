"""The whole way of one document: bytes in, everything that was found in it out."""

from dataclasses import replace

from extract.claims import claims, forms
from extract.identity import identify
from extract.ingest import read
from extract.normalise import records
from extract.resolve import LAST_YEAR, resolve
from extract.segment import headings
from schemas.document import Document
from schemas.errors import Problem
from schemas.extraction import Extraction
from schemas.figure import Figure
from schemas.report import Report


def extract(data: bytes, name: str, source: str = "") -> Extraction | Problem:
    """Read one file and extract it. `name` is the file name, `source` how to show where it came from.

    Never raises for bad input: what cannot be read at all is a `Problem`, what is lost of a document that can be read
    is in `Extraction.document.problems`.
    """
    document = read(data, name)
    return document if isinstance(document, Problem) else extract_document(document, source or name)


def extract_document(document: Document, source: str) -> Extraction:
    """Everything that is found in a document that has been read."""
    outline = headings(document)
    resolved = resolve(document, outline, source)
    found = claims(document, outline, resolved.figures)
    report = identify(document, outline, resolved.figures, found)
    figures = tuple(_dated(figure, report) for figure in resolved.figures)
    return Extraction(
        document=document,
        report=report,
        headings=outline,
        figures=figures,
        mentions=resolved.mentions,
        unexplained=resolved.unexplained,
        claims=found,
        records=records(figures, report),
        numerals=resolved.numerals,
        forms=forms(document, resolved.figures),
    )


def _dated(figure: Figure, report: Report) -> Figure:
    """上年 becomes the year before the report's, once that is known."""
    if figure.period != LAST_YEAR:
        return figure
    known = report.year is not None and report.year.isdigit()
    return replace(figure, period=str(int(report.year) - 1) if known and report.year else None)
