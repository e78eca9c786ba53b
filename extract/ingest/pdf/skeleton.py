"""Whether the objects of a PDF hang together: where they do not, pdfium reads on without what it misses.

Bytes are looked at here and not pdfium's objects, since it shows none. What lies within compressed object streams is
guarded by their checksums (`extract.ingest.pdf.streams`).
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from extract.ingest.pdf.streams import END, STREAM

_ZEROS = bytes(4)  # no writer parts words by as many
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
_TABLE = re.compile(rb"xref\s+(?=\d+\s+\d+\s)")
_SECTION = re.compile(rb"\s*(\d{1,10})\s+(\d{1,7})\s*(?=[\r\n])\s*((?:\d{10}\s\d{5}\s[nf]\s{1,2})+)")
_ENTRY = re.compile(rb"(\d{10})\s\d{5}\s([nf])")
_OBJECT = re.compile(rb"\s{0,2}(\d{1,10})\s+\d{1,5}\s+obj\b")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")


def faults(data: bytes) -> Iterator[str]:
    """What of the structure is broken, in words."""
    if _broken_objects(data):
        yield "部分对象缺头少尾或被清零，内容可能不全"
    if _lost_objects(data):
        yield "对象目录（交叉引用表）有条目指错，内容可能不全"
    if _doubled_pages(data):
        yield "页面目录里有页重复列出，可能缺页"


def _broken_objects(data: bytes) -> bool:
    """Whether an object or a stream has no beginning or no end, or zeros lie between the words of one."""
    ends = data.count(b"endobj")
    if data.count(b"obj") < 2 * ends:  # an end counts as a beginning, too
        return True
    if len(STREAM.findall(data)) < data.count(END):
        return True
    return any(_has_zeros(data[start:end]) for start, end in _gaps(data))


def _has_zeros(words: bytes) -> bool:
    return _ZEROS in words and _ZEROS in _STRING.sub(b"", words)


def _gaps(data: bytes) -> Iterator[tuple[int, int]]:
    """What lies between the streams."""
    start = data.find(b"%PDF-")
    for match in STREAM.finditer(data):
        if match.start() < start:
            continue
        yield start, match.start()
        stop = data.find(END, match.end())
        start = stop if stop >= 0 else len(data)
    yield start, max(start, data.rfind(b"%%EOF"))


def _lost_objects(data: bytes) -> bool:
    """Whether an entry of a table does not lead to its object."""
    base = data.find(b"%PDF-")
    for table in _TABLE.finditer(data):
        at = table.end()
        while section := _SECTION.match(data, at):
            for number, entry in enumerate(_ENTRY.finditer(section[3]), int(section[1])):
                offset = int(entry[1]) if entry[2] == b"n" else 0
                found = _OBJECT.match(data, base + offset)
                if offset and not (found and int(found[1]) == number):  # macOS gives unused numbers the offset 0
                    return True
            at = section.end()
    return False


def _doubled_pages(data: bytes) -> bool:
    """Whether a branch of the page tree names a page twice."""
    kids = (sorted(match[1].split(b"R")) for match in _KIDS.finditer(data))
    return any(one.split() == other.split() != [] for branch in kids for one, other in pairwise(branch))
