"""Reads plain text and keeps the decoded file as it is."""

import re
from collections.abc import Iterator
from hashlib import sha256

from extract.ingest import sniff
from extract.ingest.encoding import decode, problems
from schemas.document import Block, Document
from schemas.errors import Problem

_LINE = re.compile(r"[^\r\n]+")


def claims(data: bytes) -> bool:
    """Whether the bytes are text in an encoding that we know, and not a marked-up one (HTML, RTF)."""
    return bool(data.strip(b"\0 \t\r\n")) and sniff.recognise(data) is None and decode(data) is not None


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a plain-text file: one paragraph for each line that is not blank."""
    decoded = decode(data)
    if decoded is None:
        return Problem("unsupported", "文件不是已知编码的文本")
    return Document(
        id=sha256(data).hexdigest(),
        name=name,
        format="txt",
        text=decoded.text,
        blocks=tuple(_paragraphs(decoded.text)),
        quality="suspect" if decoded.flaws else "readable",
        problems=tuple(problems(decoded, len(data))),
        metadata=(("encoding", decoded.encoding),),
    )


def _paragraphs(text: str) -> Iterator[Block]:
    for match in _LINE.finditer(text):
        line = match[0].strip()
        if line:
            start = match.start() + match[0].index(line)
            yield Block("paragraph", start, start + len(line))
