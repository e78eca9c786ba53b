"""What libarchive does not tell of a RAR: whether it is one volume of several, and which files of a RAR5 are encrypted.

Only headers are read. RAR5: checksum, size, type, flags, size of extra records, size of data, ..., extra records.
"""

from collections.abc import Iterator
from itertools import islice
from os import SEEK_END
from typing import IO

from extract.ingest import limits

RAR4 = b"Rar!\x1a\x07\x00"
RAR5 = b"Rar!\x1a\x07\x01\x00"

_CHECKSUM = 4
_MAIN, _FILE = 1, 2
_HAS_EXTRA, _HAS_DATA = 1, 2
_VOLUME = 1
_ENCRYPTION = 1


def is_volume(file: IO[bytes]) -> bool:
    """Whether this is one part of an archive that was split."""
    file.seek(0)
    head = file.read(12)
    if head.startswith(RAR5):
        return any(kind == _MAIN and _number(rest)[0] & _VOLUME for kind, rest, _ in islice(_headers(file), 1))
    return head.startswith(RAR4) and len(head) == 12 and bool(head[10] & _VOLUME)


def encrypted(file: IO[bytes]) -> set[int]:
    """The files of a RAR5, counted from 0, that need a password."""
    headers = islice(_headers(file), 2 * limits.MEMBERS)
    extras = [extra for kind, _, extra in headers if kind == _FILE]
    return {index for index, extra in enumerate(extras) if _ENCRYPTION in _records(extra)}


def _headers(file: IO[bytes]) -> Iterator[tuple[int, bytes, bytes]]:
    """The type of each header, what follows its sizes, and its extra records; ends where nothing sensible follows."""
    place, end = len(RAR5), file.seek(0, SEEK_END)
    while place < end:
        file.seek(place + _CHECKSUM)
        size, raw = _number(file.read(3))
        length = 3 - len(raw)
        file.seek(place + _CHECKSUM + length)
        header = file.read(size)
        kind, rest = _number(header)
        flags, rest = _number(rest)
        extra, rest = _number(rest) if flags & _HAS_EXTRA else (0, rest)
        data, rest = _number(rest) if flags & _HAS_DATA else (0, rest)
        yield kind, rest, header[len(header) - min(extra, len(header)) :]
        place += _CHECKSUM + length + size + data


def _records(extra: bytes) -> Iterator[int]:
    """The types of extra records."""
    while extra:
        size, extra = _number(extra)
        yield _number(extra)[0]
        extra = extra[size:] if size else b""


def _number(data: bytes) -> tuple[int, bytes]:
    """A number of seven bits a byte, the lowest first, and what follows it."""
    value = 0
    for index, byte in enumerate(data[:10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, data[index + 1 :]
    return value, data[10:]
