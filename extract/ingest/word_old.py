"""Reads DOC, the documents of Word 97–2003 and of WPS (.wps): turned into a DOCX, which is then read like any other.

msdoc2docx turns them exactly and always in the same way. Files older than Word 97 and damaged ones, which it refuses,
are left to LibreOffice where it is installed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from extract.ingest import compound, office, word
from schemas.document import Document
from schemas.errors import Problem

#: The mark of Word 97 and later, and the byte with the flag "encrypted" (MS-DOC 2.5.2).
_WORD_97 = b"\xec\xa5"
_FLAGS, _ENCRYPTED = 11, 1
#: What msdoc2docx reports as left out or guessed, by its codes, where it concerns what we read.
_LOSSES = {
    "HEADER_FOOTER_TABLE_MALFORMED": "页眉页脚",
    "MAIN_TEXTBOX_TABLE_MALFORMED": "文本框",
    "MALFORMED_TABLE_FLATTENED": "表格",
    "NUMBERING_TABLE_MALFORMED": "自动编号",
    "LIST_NUMBER_FORMAT_APPROXIMATED": "自动编号",
    "TABLE_DEPTH_LIMITED": "嵌套表格",
    "UNTERMINATED_FIELD": "域",
}
_PICTURES = {"PICTURES_DEFERRED", "INLINE_PICTURE_MALFORMED", "INLINE_PICTURE_FORMAT_DEFERRED", "OFFICEART_MALFORMED"}


def claims(data: bytes) -> bool:
    """Whether the bytes are a Word document in an OLE2 compound file."""
    return compound.kind(data) == "doc"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a DOC file, read by way of a DOCX that nobody keeps."""
    head, _ = compound.stream(data, compound.WORD)
    if len(head) > _FLAGS and head[_FLAGS] & _ENCRYPTED:
        return Problem("encrypted", "文件已加密，需要密码才能读取")
    if head and not head.startswith(_WORD_97):
        return office.read(data, name, office.WORD_6, word.read, "文件是 Word 97 以前的文档")
    try:
        docx, converter, codes = _convert(data)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 a foreign library meets hostile bytes, and there is another one to ask
        return _mended(data, name, f"文件的结构有损坏（{type(error).__name__}）")
    document = word.read(docx, name)
    if isinstance(document, Problem):
        return document
    return replace(
        office.of_original(document, data, "doc", converter),
        warnings=(*_notes(codes), *document.warnings),
        problems=(*_problems(codes), *document.problems),
    )


def _convert(data: bytes) -> tuple[bytes, str, set[str]]:
    """The DOCX, who made it, and the codes of what it reports."""
    from doc2docx import __version__, convert

    with TemporaryDirectory(prefix="jihe-") as folder:
        source, target = Path(folder) / "file.doc", Path(folder) / "file.docx"
        source.write_bytes(data)
        report = convert(source, target).report
        return target.read_bytes(), f"msdoc2docx {__version__}", {entry.code for entry in report.diagnostics}


def _mended(data: bytes, name: str, reason: str) -> Document | Problem:
    document = office.read(data, name, office.WORD_97, word.read, reason)
    if isinstance(document, Problem):
        return replace(document, outcome="damaged") if document.outcome == "unsupported" else document
    return replace(document, problems=(Problem("partial", f"{reason}，可能没有读全"), *document.problems))


def _notes(codes: set[str]) -> Iterator[str]:
    if codes & _PICTURES:
        yield "含读不出的图片，其中的文字未读取"


def _problems(codes: set[str]) -> Iterator[Problem]:
    for what in dict.fromkeys(what for code, what in _LOSSES.items() if code in codes):
        yield Problem("partial", f"{what}的结构有损坏，可能没有读全")
