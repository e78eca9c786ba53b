"""Whether the compressed streams of a PDF are whole: pdfium leaves out what it cannot unpack and says nothing."""

import re
import zlib

_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
_DEFLATED = re.compile(rb"/Filter\s{0,4}\[?\s{0,4}/(?:FlateDecode|Fl)\b")
_DICTIONARY = 1024  # bytes before a stream in which its dictionary is looked for
_CHUNK = 1 << 20


def broken_streams(data: bytes) -> int:
    """The number of deflated streams that break off or are no such thing; 0 for an encrypted file, which hides them."""
    if b"/Encrypt" in data:
        return 0
    return sum(
        not _is_whole(data, match.end())
        for match in _STREAM.finditer(data)
        if _DEFLATED.search(data[max(0, match.start() - _DICTIONARY) : match.start()].rpartition(b" obj")[2])
    )


def _is_whole(data: bytes, start: int) -> bool:
    stop = data.find(b"endstream", start)
    unpacking = zlib.decompressobj()
    rest = data[start : stop if stop >= 0 else len(data)]
    try:
        while rest and not unpacking.eof:
            unpacking.decompress(rest, _CHUNK)
            rest = unpacking.unconsumed_tail
    except zlib.error:
        return False
    return unpacking.eof
