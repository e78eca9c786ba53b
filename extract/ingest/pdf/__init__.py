"""Reads PDF: `glyphs` gets characters and ruling lines out of pdfium, `extract.ingest.paged` does the rest."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extract.ingest import limits
from extract.ingest.ocr import Quota
from extract.ingest.paged.pages import Leaf, compose_pages, leaf, lost
from extract.ingest.pdf.glyphs import is_rebuilt, metadata, open_pdf, read_sheet, render
from extract.ingest.pdf.skeleton import faults, has_lost_objects
from extract.ingest.pdf.streams import broken_streams
from schemas.document import Document
from schemas.errors import Problem

_HEAD = 1024  # the mark may come after some rubbish
_TAIL = 2048


def claims(data: bytes) -> bool:
    """Whether the bytes are a PDF."""
    return b"%PDF-" in data[:_HEAD]


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a PDF, or why it can't be opened. Pages that can't be read are `problems` of the document."""
    pdf = open_pdf(data)
    if isinstance(pdf, Problem):
        return pdf
    try:
        quota = Quota()
        leaves = [_leaf(pdf, index, quota) for index in range(min(len(pdf), limits.PAGES))]
        stated, count, rebuilt = metadata(pdf), len(pdf), is_rebuilt(pdf)
    finally:
        pdf.close()
    document = compose_pages(data, name, "pdf", leaves, count)
    return replace(document, metadata=stated, problems=(*_file_problems(data, rebuilt=rebuilt), *document.problems))


def pictures(data: bytes, count: int, dpi: int) -> Iterator[Any]:
    """The first so many pages as images (PIL), None for one that can't be drawn."""
    pdf = open_pdf(data)
    if isinstance(pdf, Problem):
        return
    try:
        yield from (render(pdf, index, dpi) for index in range(min(len(pdf), count)))
    finally:
        pdf.close()


def _leaf(pdf: Any, index: int, quota: Quota) -> Leaf:
    sheet = read_sheet(pdf, index)
    return lost(index + 1, sheet) if isinstance(sheet, Problem) else leaf(sheet, lambda: render(pdf, index), quota)


def _file_problems(data: bytes, *, rebuilt: bool) -> Iterator[Problem]:
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-_TAIL:]:
        yield Problem("damaged", "文件尾部缺失，可能被截断，内容可能不全")
    elif rebuilt:
        yield Problem("damaged", "对象目录（交叉引用表）已损坏，按找到的对象重建，内容可能不全")
    elif has_lost_objects(data):
        yield Problem("damaged", "对象目录（交叉引用表）有条目指错，内容可能不全")
    yield from (Problem("damaged", fault) for fault in faults(data))
    if broken := broken_streams(data):
        yield Problem("damaged", f"{broken} 个压缩数据流已损坏，内容可能不全")
