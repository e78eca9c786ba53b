"""Reads plain text and keeps the decoded file as it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from extract.ingest import columned, sniff, stacked
from extract.ingest.encoding import decode, problems
from extract.ingest.stacked import Line
from schemas.claim import Span
from schemas.document import Block, Document, Table
from schemas.errors import Problem

_LINE = re.compile(r"[^\r\n]+")


def claims(data: bytes) -> bool:
    """Whether the bytes are text in an encoding that we know, and not a marked-up one (HTML, RTF)."""
    return bool(data.strip(b"\0 \t\r\n")) and sniff.recognise(data) is None and decode(data) is not None


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a plain-text file: a paragraph a line, and what stands in columns or was flattened as tables."""
    decoded = decode(data)
    if decoded is None:
        return Problem("unsupported", "文件不是已知编码的文本")
    lines = list(_lines(decoded.text))
    found = list(_tables(decoded.text, lines))
    return Document(
        id=sha256(data).hexdigest(),
        name=name,
        format="txt",
        text=decoded.text,
        blocks=tuple(_blocks(lines, found)),
        tables=tuple(table for _, table in found),
        quality="suspect" if decoded.flaws else "readable",
        problems=tuple(problems(decoded, len(data))),
        metadata=(("encoding", decoded.encoding),),
    )


def _lines(text: str) -> Iterator[Line]:
    for match in _LINE.finditer(text):
        line = match[0].strip()
        if line:
            start = match.start() + match[0].index(line)
            yield Line(start, start + len(line), line)


def _tables(text: str, lines: Sequence[Line]) -> Iterator[tuple[Span, Table]]:
    """The tables in columns, and between them the flattened ones, with the range of lines of each."""
    index = at = 0
    for (first, stop), table in [*columned.tables(text, lines), ((len(lines), len(lines)), None)]:
        for (low, high), flat in stacked.tables(lines[at:first]):
            yield (at + low, at + high), replace(flat, index=index)
            index += 1
        if table is not None:
            yield (first, stop), replace(table, index=index)
            index += 1
        at = stop


def _blocks(lines: Sequence[Line], found: Sequence[tuple[Span, Table]]) -> Iterator[Block]:
    at = 0
    for (first, stop), table in [*found, ((len(lines), len(lines)), None)]:
        for line in lines[at:first]:
            yield Block("paragraph", line.start, line.end)
        if table is not None:
            yield Block("table", table.start, table.end, table=table.index)
        at = stop
