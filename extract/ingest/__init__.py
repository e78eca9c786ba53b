"""Bytes to a document: one reader a format; the first that claims a file reads it, by its content, not its name."""

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath

from lxml import etree

from extract.ingest import (
    delimited,
    image,
    limits,
    markdown,
    ofd,
    pdf,
    sheet,
    sheet_2003,
    sheet_old,
    sniff,
    text,
    web,
    word,
    word_2003,
    word_old,
)
from extract.ingest.labels import label_tables
from extract.ingest.package import BadPart, substance
from schemas.document import Document, Format
from schemas.errors import Outcome, Problem


@dataclass(frozen=True, slots=True)
class Reader:
    """A format with the function that claims its files and the function that reads them."""

    format: Format
    claims: Callable[[bytes], bool]
    read: Callable[[bytes, str], Document | Problem]


READERS: tuple[Reader, ...] = (
    Reader("docx", word.claims, word.read),
    Reader("xlsx", sheet.claims, sheet.read),
    Reader("doc", word_old.claims, word_old.read),
    Reader("xls", sheet_old.claims, sheet_old.read),
    Reader("doc", word_2003.claims, word_2003.read),
    Reader("xls", sheet_2003.claims, sheet_2003.read),
    Reader("pdf", pdf.claims, pdf.read),
    Reader("ofd", ofd.claims, ofd.read),
    Reader("image", image.claims, image.read),
    Reader("html", web.claims, web.read),
    Reader("csv", delimited.claims, delimited.read),
    Reader("md", markdown.claims, markdown.read),
    Reader("txt", text.claims, text.read),
)

#: The format that an extension promises; "" is one that no reader reads. Other extensions promise nothing.
_PROMISES: dict[str, Format | None] = {
    ".txt": "txt",
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".md", ".markdown"), "md"),
    **dict.fromkeys((".html", ".htm", ".mht", ".mhtml"), "html"),
    ".docx": "docx",
    ".docm": "docx",
    ".doc": "doc",
    ".wps": "doc",
    ".xls": "xls",
    ".et": "xls",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".pdf": "pdf",
    ".ofd": "ofd",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff"), "image"),
    **dict.fromkeys((".ppt", ".pptx", ".rtf"), None),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gif", ".exe"), None),
}
#: Any of these is a text to whoever named the file.
_PLAIN: frozenset[Format | None] = frozenset(("txt", "csv", "md"))
#: What foreign libraries raise over bad bytes; the first that fits. Anything else is an "error".
_OUTCOMES: tuple[tuple[type[BaseException], Outcome], ...] = (
    (MemoryError, "memory"),
    (RecursionError, "limit"),
    (zipfile.BadZipFile, "damaged"),
    (zlib.error, "damaged"),
    (EOFError, "damaged"),
    (etree.XMLSyntaxError, "damaged"),
    (SyntaxError, "damaged"),
    (NotImplementedError, "damaged"),
    (LookupError, "damaged"),
    (ValueError, "damaged"),
    (TypeError, "damaged"),
)
_EXPLANATIONS: dict[Outcome, str] = {
    "memory": "内存不足",
    "limit": "内容嵌套过深",
    "damaged": "内容已损坏，请用原来的程序打开、修复后另存再读，或重新取得文件",
    "error": "读取程序没有料到的内容",
}


def read(data: bytes, name: str) -> Document | Problem:
    """Reads one file; what cannot be read is a `Problem` that says what the file really is.

    Args:
        data: the bytes of the file.
        name: its name, for the record and for a warning where it contradicts the content.
    """
    if len(data) > limits.BYTES:
        return Problem("limit", f"文件有 {len(data) >> 20} MB，超过上限 {limits.BYTES >> 20} MB")
    try:
        return _read(data, name)
    except BadPart as error:
        return error.problem
    except Exception as error:  # noqa: BLE001 the one place where foreign libraries meet hostile bytes
        outcome = _outcome(error)
        return Problem(outcome, f"文件无法读取：{_EXPLANATIONS[outcome]}（{type(error).__name__}: {error}）")


def _outcome(error: Exception) -> Outcome:
    return next((outcome for sort, outcome in _OUTCOMES if isinstance(error, sort)), "error")


def _read(data: bytes, name: str) -> Document | Problem:
    reader = next((reader for reader in READERS if reader.claims(data)), None)
    if reader is None:
        return sniff.refuse(data, name)
    document = reader.read(data, name)
    if isinstance(document, Problem):
        return document
    refusal = _too_wide(document) or _mute(document, data)
    if refusal:
        return refusal
    return label_tables(_warn_of_name(document))


def _too_wide(document: Document) -> Problem | None:
    # a cell may claim to span a thousand million columns
    positions = sum(table.rows * table.columns for table in document.tables)
    if positions > limits.CELLS:
        return Problem("limit", f"表格共有 {positions} 格，超过上限 {limits.CELLS}")
    return None


def _mute(document: Document, data: bytes) -> Problem | None:
    length = len(document.text.strip())
    if not length and document.problems:
        return document.problems[0]
    if length >= limits.MUTE_TEXT:
        return None
    size = 0 if document.quality == "ocr" else substance(data)
    if size > limits.MUTE_BYTES:
        return Problem("unreadable", f"文件有 {size >> 10} KB 内容，却只读出 {length} 个字，{_reason(document)}")
    return None if length else Problem("empty", "文件没有任何文字")


def _reason(document: Document) -> str:
    """Why hardly any text was read, as far as the reader knows."""
    if document.problems:
        return document.problems[0].message
    if document.warnings:
        return document.warnings[0]
    return "其余不是文字" if document.pages else "可能是图片或扫描件"


def _warn_of_name(document: Document) -> Document:
    extension = PurePath(document.name).suffix.lower()
    promised = _PROMISES.get(extension, document.format)
    if promised == document.format or {promised, document.format} <= _PLAIN:
        return document
    warning = f"扩展名与内容不符：文件名以 {extension} 结尾，内容是 {document.format.upper()}"
    return replace(document, warnings=(*document.warnings, warning))
