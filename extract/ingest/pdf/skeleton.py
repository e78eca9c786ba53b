"""Whether the objects of a PDF hang together: where they do not, pdfium reads on without what it misses.

Bytes are looked at here and not pdfium's objects, since it shows none. What lies within compressed object streams is
guarded by their checksums (`extract.ingest.pdf.streams`).
"""

import re
from collections.abc import Iterator, Mapping

from extract.ingest.pdf.streams import END, STREAM

_RUBBISH = re.compile(rb"\0\0|[\x01-\x08\x0b\x0e-\x1f]")  # no writer parts words by these
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)", re.DOTALL)
_TABLE = re.compile(rb"xref\s+(?=\d+\s+\d+\s)")
_SECTION = re.compile(rb"\s*(\d{1,10})\s+(\d{1,7})\s*(?=[\r\n])\s*((?:\d{10}\s\d{5}\s[nf]\s{1,2})+)")
_ENTRY = re.compile(rb"(\d{10})\s\d{5}\s([nf])")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_NAME = re.compile(rb"/([A-Za-z][^\s/<>\[\](){}%]*)")
_REFERENCE = rb"\d{1,10}\s+\d{1,5}\s+R\b"
#: Names on which the text hangs. One that is a letter off is none of them any more, and nobody coins such a name.
_NAMES = frozenset(
    b"Catalog Contents DescendantFonts Encoding FlateDecode ASCII85Decode Filter FontDescriptor FontFile FontFile2"
    b" FontFile3 Identity-H Identity-V MediaBox BaseFont Resources ToUnicode TrueType CIDFontType0 CIDFontType2"
    b" XObject".split()
)
#: What the object must hold to which an entry leads.
_TARGETS: Mapping[bytes, bytes] = {
    b"Contents": rb"stream$|\[",
    b"Kids": rb"^\s*\[|/Pages?\b|/T\b|/FT\b|/Kids\b|/Limits\b|/Names\b|/Nums\b|/Widget\b|/Parent\b",
    b"Pages": rb"/Pages\b|/Kids\b",
    b"DescendantFonts": rb"/CIDFont|\[",
    b"FontDescriptor": rb"/FontName\b|/FontDescriptor\b|/Flags\b",
    **dict.fromkeys((b"FontFile", b"FontFile2", b"FontFile3", b"ToUnicode"), rb"stream$"),
}
_ENTRIES = re.compile(
    rb"/(" + b"|".join(_TARGETS) + rb")(?![^\s/<>\[\](){}%])\s*(\[[^\]<]*\]|" + _REFERENCE + rb"|[\[/<>(%]|null|)"
)
_NUMBER = re.compile(rb"(\d+)\s+\d+\s+R\b")


def faults(data: bytes) -> Iterator[str]:
    """What of the structure is broken, in words."""
    words = _words(data)
    if _has_loose_ends(data) or _RUBBISH.search(words):
        yield "部分对象缺头少尾或被清零，内容可能不全"
    if _has_misspelt_names(words) or _has_wrong_references(words):
        yield "部分对象之间的引用已损坏，内容可能不全"


def _words(data: bytes) -> bytes:
    """All but the content of streams and strings."""
    parts, start = [], data.find(b"%PDF-")
    for match in STREAM.finditer(data):
        if match.start() < start:
            continue
        parts.append(data[start : match.end()])
        stop = data.find(END, match.end())
        start = stop if stop >= 0 else len(data)
    parts.append(data[start : max(start, data.rfind(b"%%EOF"))])
    return _STRING.sub(b"()", b"\n".join(parts))


def _has_loose_ends(data: bytes) -> bool:
    """Whether an object or a stream has an end and no beginning."""
    # the end of an object counts as a beginning, too
    return data.count(b"obj") < 2 * data.count(b"endobj") or len(STREAM.findall(data)) < data.count(END)


def has_lost_objects(data: bytes) -> bool:
    """Whether an entry of a table does not lead to its object."""
    base = data.find(b"%PDF-")
    for table in _TABLE.finditer(data):
        at = table.end()
        while section := _SECTION.match(data, at):
            for number, entry in enumerate(_ENTRY.finditer(section[3]), int(section[1])):
                offset = int(entry[1]) if entry[2] == b"n" else 0
                # macOS gives unused numbers the offset 0
                if offset and _number_at(data, base + offset) != number:
                    return True
            at = section.end()
    return False


def _number_at(data: bytes, at: int) -> int | None:
    """The number of the object that begins here, or after white space."""
    found = _OBJECT.search(data, at, at + 30)
    return int(found[1]) if found and not data[at : found.start()].strip() else None


def _has_misspelt_names(words: bytes) -> bool:
    names = set(_NAME.findall(words)) - _NAMES
    return any(_is_a_letter_off(name, known) for known in _NAMES for name in names if len(name) == len(known))


def _is_a_letter_off(name: bytes, known: bytes) -> bool:
    return sum(one != other for one, other in zip(name, known, strict=True)) == 1


def _has_wrong_references(words: bytes) -> bool:
    """Whether an entry on which text hangs leads to nothing, to something else or twice to the same."""
    objects = _objects(words)
    sealed = b"/ObjStm" in words  # what is not seen here may be in there
    for entry in _ENTRIES.finditer(words):
        key, value = entry[1], entry[2]
        if not value:
            return True
        numbers = [int(number) for number in _NUMBER.findall(value)]
        if key == b"Kids" and len(numbers) != len(set(numbers)):
            return True
        for number in numbers:
            target = objects.get(number)
            if target is None and not sealed:
                return True
            if target is not None and not re.search(_TARGETS[key], target):
                return True
    return False


def _objects(words: bytes) -> dict[int, bytes]:
    """What each object holds, without the content of its stream; the last one of a number counts."""
    heads = [*_OBJECT.finditer(words)]
    ends = [*(head.start() for head in heads), len(words)][1:]
    return {
        int(head[1]): words[head.end() : end].partition(END)[0].partition(b"endobj")[0].rstrip()
        for head, end in zip(heads, ends, strict=True)
    }
