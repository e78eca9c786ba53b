"""Whether the encoded streams of a PDF are whole: pdfium leaves out what it cannot decode and says nothing."""

import base64
import re
import zlib
from collections.abc import Callable, Iterator

STREAM = re.compile(rb">>\s{0,40}(?:%[^\r\n]{0,80}[\r\n]\s{0,4})?stream(?:\r\n|\n|\r)")
END = b"endstream"
_FILTER = re.compile(rb"/Filter\s{0,4}(?:(\[[^\]]{0,200}\]|/[^\s/<>\[\]()]*)|\d)")
#: A filter is named but no longer said to be one.
_LOST = re.compile(rb"/(?:Flate|ASCII85|ASCIIHex)Decode\b")
_NAME = re.compile(rb"/([^\s/<>\[\]()]*)")
_DICTIONARY = 1 << 16  # bytes before a stream in which its dictionary is looked for
_CHUNK = 1 << 20
#: A deflated stream begins like this.
_ZLIB = tuple(bytes((0x78, second)) for second in (0x01, 0x5E, 0x9C, 0xDA))
#: A writer may leave a stream open after the last of its bytes: what is there is all.
_FLUSHED = b"\0\0\xff\xff"


def broken_streams(data: bytes) -> int:
    """The number of streams that break off or are not what they say; 0 for an encrypted file, which hides them."""
    if b"/Encrypt" in data:
        return 0
    return sum(not _is_whole(filters, content) for filters, content in _streams(data))


def _streams(data: bytes) -> Iterator[tuple[list[bytes], bytes]]:
    """The names of the filters of each stream, the first to be undone first, and what they were applied to.

    A stream whose filters are named elsewhere is left out. A filter that is "" is none that anybody knows.
    """
    for match in STREAM.finditer(data):
        start, stop = match.end(), data.find(END, match.end())
        head = data.rfind(b" obj", max(0, match.start() - _DICTIONARY), match.start())
        if head < 0:
            continue
        found = _FILTER.search(data, head, match.start())
        if found and not found[1]:
            continue
        lost = [b""] if _LOST.search(data, head, match.start()) else []
        names = _NAME.findall(found[1]) if found else lost
        yield names, data[start : stop if stop >= 0 else len(data)]


def _is_whole(filters: list[bytes], content: bytes) -> bool:
    """Whether a stream can be decoded to its end, as far as we know its filters and they have a way to tell."""
    if not filters:
        return not content.startswith(_ZLIB) or not _is_deflated(content)  # else the name of its filter was lost
    for name in filters:
        if name in _FLATE:
            return _is_deflated(content)  # what is encoded once more below this is hardly ever seen
        if name in _UNJUDGED:
            return True
        decode = _DECODERS.get(name)
        if decode is None:
            return False
        try:
            content = decode(content)
        except ValueError:
            return False
    return True


def _is_deflated(content: bytes) -> bool:
    """Whether it unpacks to its end and its checksum fits."""
    unpacking, rest = zlib.decompressobj(), content
    try:
        while rest and not unpacking.eof:
            unpacking.decompress(rest, _CHUNK)
            rest = unpacking.unconsumed_tail
    except zlib.error:
        return False
    return unpacking.eof or content.rstrip(b"\r\n").endswith(_FLUSHED)


def _from_base85(content: bytes) -> bytes:
    return base64.a85decode(content.partition(b"~")[0], ignorechars=b" \t\n\r\x0b\x0c")


def _from_hexadecimal(content: bytes) -> bytes:
    digits = b"".join(content.partition(b">")[0].split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


_FLATE = (b"FlateDecode", b"Fl")
_DECODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"ASCII85Decode": _from_base85,
    b"A85": _from_base85,
    b"ASCIIHexDecode": _from_hexadecimal,
    b"AHx": _from_hexadecimal,
}
#: Filters of which no checksum tells, or which pictures alone have.
_UNJUDGED = frozenset(
    b"LZWDecode LZW RunLengthDecode RL CCITTFaxDecode CCF JBIG2Decode DCTDecode DCT JPXDecode Crypt".split()
)
