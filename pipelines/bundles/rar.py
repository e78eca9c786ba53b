"""What libarchive does not tell of a RAR: whether it is one volume of several, which files of a RAR5 are encrypted, and
the checksums of files, which it does not hold against those that are stored as they are.

Only headers are read. RAR5: checksum, size, type, flags, size of extra records, size of data, ..., extra records.
RAR4: checksum, type, flags, size, and of a file the size of its data, its own size, its system and its checksum.
"""

import struct
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
_HAS_TIME, _HAS_SUM = 2, 4

_HEAD4 = struct.Struct("<2xBHHI")
_SUM4 = struct.Struct("<16xI")
_FILE4, _HAS_DATA4, _LARGE4 = 0x74, 0x8000, 0x0100
#: Of a file of 4 GB and more, the upper half of the size of its data.
_UPPER4 = struct.Struct("<32xI")


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


def checksums(file: IO[bytes]) -> list[int | None]:
    """The CRC-32 of each file by its header, None where it states none."""
    file.seek(0)
    sums = _sums5(file) if file.read(len(RAR5)) == RAR5 else _sums4(file)
    return list(islice(sums, 2 * limits.MEMBERS))


def _sums5(file: IO[bytes]) -> Iterator[int | None]:
    for kind, header, _ in _headers(file):
        if kind == _FILE:
            flags, rest = _number(header)
            _size, rest = _number(rest)
            _attributes, rest = _number(rest)
            start = 4 if flags & _HAS_TIME else 0
            stated = rest[start : start + 4]
            yield int.from_bytes(stated, "little") if flags & _HAS_SUM and len(stated) == 4 else None


def _sums4(file: IO[bytes]) -> Iterator[int | None]:
    place, end = len(RAR4), file.seek(0, SEEK_END)
    while place < end:
        file.seek(place)
        head = file.read(_UPPER4.size)
        if len(head) < _HEAD4.size:
            return
        kind, flags, size, data = _HEAD4.unpack_from(head)
        if kind == _FILE4:
            yield _SUM4.unpack_from(head)[0] if len(head) >= _SUM4.size else None
            if flags & _LARGE4 and len(head) == _UPPER4.size:
                data += _UPPER4.unpack_from(head)[0] << 32
        if not size:
            return
        place += size + (data if kind == _FILE4 or flags & _HAS_DATA4 else 0)


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
