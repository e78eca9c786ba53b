"""ZIP by the standard library, which does not see that entries overlap and reads any number of them.

Where an entry is packed in a way that only libarchive can unpack, all of the archive is read by it.
"""

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from os import SEEK_END
from typing import IO

from extract.ingest.package import ZIP_MAGIC
from pipelines.bundles import foreign
from pipelines.bundles.container import CHUNK, Entries, Entry, crowd, excess
from pipelines.bundles.names import readable
from schemas.errors import Problem

#: A member that makes a ZIP one document: OOXML, OFD, OpenDocument and EPUB, Java.
_PACKAGE = re.compile(r"/?(?:\[Content_Types\]\.xml$|OFD\.xml$|mimetype$|META-INF/)")
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError)
_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNIX = 3
_LOCAL_HEADER = 30
#: Bytes of the end of the directory; of that in 64 bits with its locator; how far the end may be from that of the file.
_END, _END64, _TAIL = 22, 76, 76 + 22 + 0xFFFF
#: Bytes of the directory for each entry beyond which it is no honest one.
_ENTRY = 1 << 10
#: Methods of packing by their numbers in a directory (APPNOTE 4.4.5): those that libarchive adds, and names of others.
_FOREIGN = {93: "Zstandard", 95: "XZ", 98: "PPMd"}
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 97: "WavPack", **_FOREIGN}


def claims(file: IO[bytes]) -> bool:
    """Whether this is a ZIP that can be opened and is a bundle of files, not one document."""
    file.seek(0)
    if not file.read(4).startswith(ZIP_MAGIC):
        return False
    if _crowded(file):
        return True
    try:
        with zipfile.ZipFile(file) as archive:
            return not any(map(_PACKAGE.match, archive.namelist()))
    except (*_DAMAGED, NotImplementedError):
        return False


def entries(file: IO[bytes]) -> Entries:
    """The entries of a ZIP that is claimed, or why it is refused."""
    if refusal := _crowded(file):
        yield refusal
        return
    size = file.seek(0, SEEK_END)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        refusal = crowd(len(infos)) or _overlap(infos) or excess(sum(info.file_size for info in infos), size)
        if refusal:
            yield refusal
            return
        if foreign.library() and any(info.compress_type in _FOREIGN for info in infos):
            yield from foreign.unzipped(file)
            return
        for info in infos:
            chunks = partial(_chunks, archive, info)
            yield Entry(_name(info), info.file_size, _regular(info), bool(info.flag_bits & _ENCRYPTED), chunks)


def _name(info: zipfile.ZipInfo) -> str:
    return info.orig_filename if info.flag_bits & _UTF8 else readable(info.orig_filename.encode("cp437"))


def _regular(info: zipfile.ZipInfo) -> bool:
    mode = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    return not info.is_dir() and mode in {0, stat.S_IFREG}


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes | Problem]:
    try:
        with archive.open(info) as member:
            while data := member.read(CHUNK):
                yield data
    except NotImplementedError:
        yield Problem("unsupported", _unknown(info.compress_type))
    except _DAMAGED as error:
        yield Problem("damaged", f"压缩包里的这个文件已损坏：{error}")


def _unknown(method: int) -> str:
    """Why an entry can't be unpacked, and what to do."""
    what = f"这个文件用了不能解开的压缩方法 {_METHODS.get(method, '')}（编号 {method}）"
    return f"{what}，{foreign.NEEDED_FOR_ZIP}" if method in _FOREIGN else f"{what}，{foreign.BY_HAND}"


def _overlap(infos: Sequence[zipfile.ZipInfo]) -> Problem | None:
    """Entries that share compressed bytes: 10 MB of them, listed 500 times, are 5 GB."""
    spans = sorted(
        (info.header_offset, info.header_offset + _LOCAL_HEADER + info.compress_size)
        for info in infos
        if info.compress_size
    )
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        return Problem("limit", "压缩包的条目互相重叠（上限 0 处），疑为压缩炸弹")
    return None


def _crowded(file: IO[bytes]) -> Problem | None:
    """Too many entries, or too long a directory, as the end of the file states it: before all of it is read.

    What an end states is believed only where a directory begins there, as the standard library looks for it.
    """
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END + 4)
    if place < 0:
        return None
    number, length = struct.unpack_from("<HL", tail, place + 10)
    wide = place - _END64
    if wide >= 0 and tail.startswith(b"PK\x06\x06", wide):  # the same in 64 bits
        number, length = struct.unpack_from("<QQ", tail, wide + 32)
        place = wide
    begins = size - len(tail) + place - length
    file.seek(max(0, begins))
    if begins < 0 or file.read(4) != b"PK\x01\x02":
        return None
    return crowd(number) or crowd(length // _ENTRY)
