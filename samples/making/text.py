"""Writes a report as plain text, in the encodings that archives really hold."""

import codecs
from dataclasses import dataclass

from making.outline import Heading, Report, Table
from making.template import Gold

#: Two ideographic spaces, the usual indent.
INDENT = "　　"


@dataclass(frozen=True, slots=True)
class Text:
    """A finished text and the gold figures in it, by code-point offsets."""

    text: str
    figures: tuple[Gold, ...]


def lay_out(report: Report, encoding: str) -> Text:
    """The report as one string. Files in Windows encodings have Windows line ends."""
    newline = "\n" if encoding == "utf-8" else "\r\n"
    text = INDENT + report.title + newline * 2
    figures: list[Gold] = []
    for part in report.parts:
        if isinstance(part, Table):
            raise TypeError("纯文本报告里没有表")
        text += "" if isinstance(part, Heading) and part.level == 1 else INDENT
        figures += [gold.moved(len(text)) for gold in part.passage.figures]
        text += part.passage.text + newline
    return Text(text, tuple(figures))


def encode(text: str, encoding: str) -> bytes:
    """The bytes of a text; UTF-16 little-endian with its mark, as Windows writes it."""
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(encoding)
