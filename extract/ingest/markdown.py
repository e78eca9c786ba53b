"""Reads Markdown as it is shown: headings and pipe tables are seen as such, marks of emphasis are taken out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.ingest import sniff
from extract.ingest.assemble import Builder, Slot
from extract.ingest.encoding import decode, problems
from extract.ingest.inline import shown
from schemas.document import Document
from schemas.errors import Problem

_LINE = re.compile(r"[^\r\n]+")
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>[^\s#].*)")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
#: A line that is no text: the end of a section, the fence of code; and what makes a line one of a list.
_BREAK = re.compile(r"[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)[^`]*$")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+")
_BAR = re.compile(r"(?<!\\)\|")
#: So many bytes tell what the text is.
_HEAD = 65_536

Lines = Sequence[re.Match[str]]


def claims(data: bytes) -> bool:
    """Whether the bytes are text that begins with a heading of Markdown, has two of them, or a pipe table."""
    if not data.strip(b"\0 \t\r\n") or sniff.recognise(data):
        return False
    decoded = decode(data[:_HEAD])
    lines = _lines(decoded.text) if decoded else []
    headings = [index for index, line in enumerate(lines) if _HEADING.fullmatch(line[0])]
    return headings[:1] == [0] or len(headings) > 1 or any(_begins_table(lines, index) for index in range(len(lines)))


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a Markdown file as it is shown: one block for each heading, line and table."""
    decoded = decode(data)
    if decoded is None:
        return Problem("unsupported", "文件不是已知编码的文本")
    builder = Builder()
    _add(_lines(decoded.text), builder)
    return replace(
        builder.document(data, name, "md"),
        quality="suspect" if decoded.flaws else "readable",
        problems=tuple(problems(decoded, len(data))),
        metadata=(("encoding", decoded.encoding),),
    )


def _lines(text: str) -> Lines:
    return [line for line in _LINE.finditer(text) if line[0].strip()]


def _add(lines: Lines, builder: Builder) -> None:
    """Adds the lines in turn; those between fences are code and stay as they are."""
    index, fenced = 0, False
    while index < len(lines):
        line = lines[index]
        if not fenced and _begins_table(lines, index):
            rows = _table_lines(lines, index)
            builder.add_table(_slots(rows))
            index += len(rows) + 1
            continue
        heading = _HEADING.fullmatch(line[0])
        if _FENCE.match(line[0]):
            fenced = not fenced
        elif fenced:
            builder.add("paragraph", line[0])
        elif heading:
            builder.add("heading", shown(heading["title"].rstrip(" \t#")), level=len(heading["marks"]))
        elif not _BREAK.fullmatch(line[0]):
            builder.add("paragraph", shown(_BULLET.sub("", line[0])))
        index += 1


def _begins_table(lines: Lines, index: int) -> bool:
    """Whether a line is the head of a table: under it is the rule, with as many fields."""
    if index + 1 >= len(lines) or "|" not in lines[index][0] or not _RULE.fullmatch(lines[index + 1][0]):
        return False
    fields = _fields(lines[index])
    named = any(start < end for start, end in fields)
    return named and len(fields) == len(_fields(lines[index + 1])) and _follows(lines[index], lines[index + 1])


def _table_lines(lines: Lines, index: int) -> Lines:
    """The rows of a table, its rule left out: down to the first line without a bar or after a blank one."""
    rows = [lines[index]]
    for above, line in zip(lines[index + 1 :], lines[index + 2 :], strict=False):
        if "|" not in line[0] or not _follows(above, line):
            break
        rows.append(line)
    return rows


def _follows(above: re.Match[str], line: re.Match[str]) -> bool:
    """Whether no blank line is between two."""
    return line.string[above.end() : line.start()] in ("\n", "\r\n", "\r")


def _slots(rows: Lines) -> Iterator[Slot]:
    for row, line in enumerate(rows):
        for column, (start, end) in enumerate(_fields(line)):
            yield Slot(row, column, shown(line.string[start:end]))


def _fields(line: re.Match[str]) -> list[tuple[int, int]]:
    """The spans of the fields of a row in the text; bars at its ends enclose it."""
    start, end = _stripped(line.string, line.start(), line.end())
    bars = [bar.start() for bar in _BAR.finditer(line.string, start, end)]
    starts = [start, *(bar + 1 for bar in bars)]
    ends = [*bars, end]
    first = 1 if bars and bars[0] == start else 0
    last = -1 if len(bars) > first and bars[-1] == end - 1 else None
    return [_stripped(line.string, *span) for span in list(zip(starts, ends, strict=True))[first:last]]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without its outer white space."""
    slice_ = text[start:end]
    start += len(slice_) - len(slice_.lstrip())
    return start, max(start, start + len(slice_.strip()))
