"""RAR, 7z and tar by libarchive, a library of the system that may be missing; an entry after the other, never back.

Some ZIP are read by it, too: those with entries that the standard library can't unpack.
"""

import ctypes
import gzip
import locale
import logging
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import IO, Any

from pipelines.bundles import rar
from pipelines.bundles.container import CHUNK, Entries, Entry, excess
from pipelines.bundles.names import readable
from schemas.errors import Problem

NEEDED = "apt install libarchive13（macOS：brew install libarchive）"
NEEDED_FOR_ZIP = f"解开它要用系统库 libarchive，没有装：{NEEDED}"
#: What to do about a bundle that can't be read here.
BY_HAND = "请用解压软件解开，再读里面的文件"

_SEVEN = b"7z\xbc\xaf\x27\x1c"
_MAGIC = ((_SEVEN, "7zip"), (rar.RAR4, "rar"), (rar.RAR5, "rar5"))
#: Of a 7z: magic and version, a checksum, and where the directory lies after these 32 bytes and how long it is.
_SEVEN_HEAD = struct.Struct("<8xIQQ4x")
_GZIP = b"\x1f\x8b\x08"
_BLOCK = 512  # of a tar
_REGULAR = {0, 0o100000}  # 0 where the system that wrote it knows no kinds of files

#: What libarchive says of an archive that needs a password, that is solid, or that is packed in a way it can't unpack.
_LOCKED_PROBLEM = Problem("encrypted", "压缩包已加密，需要密码才能读取")
_LOCKED = re.compile("crypt|passphrase", re.IGNORECASE)
_SOLID = re.compile("solid archive support", re.IGNORECASE)
_UNKNOWN = re.compile(
    # the last is said of whatever shares a stream with a method that is unknown
    "(unsupported|unknown|unexpected) (codec|filter|(zip )?compression|version|packing)|not supported|internal error",
    re.IGNORECASE,
)

logging.getLogger("libarchive").addHandler(logging.NullHandler())  # its warnings are not for standard error


def library() -> Any:
    """The module `libarchive`, or None where the library of the system is missing."""
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError):  # what loading a library that is not there raises
        return None
    return libarchive


def claims(file: IO[bytes]) -> bool:
    """Whether this is RAR, 7z, tar or a gzipped tar."""
    return _form(file) is not None


def _form(file: IO[bytes]) -> tuple[str, str] | None:
    """The format and the compression around it, by the names that libarchive has for them."""
    file.seek(0)
    head = file.read(_BLOCK)
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form, "none"
    if head.startswith(_GZIP):
        try:
            inner = zlib.decompressobj(wbits=31).decompress(head, _BLOCK)
        except zlib.error:
            return None
        return ("tar", "gzip") if _is_tar(inner) else None
    return ("tar", "none") if _is_tar(head) else None


def _is_tar(block: bytes) -> bool:
    return block[257:262] == b"ustar"


def entries(file: IO[bytes]) -> Entries:
    """The entries of a file that is claimed; what keeps the rest from being read comes last."""
    found, form = library(), _form(file)
    if found is None or form is None:
        yield Problem("unsupported", f"读 RAR、7z 和 TAR 压缩包要用系统库 libarchive，没有装：{NEEDED}")
        return
    refusal = _volume(file) or (_unsound(file) if form[1] == "gzip" else None)
    if refusal:
        yield refusal
        return
    yield from _read(found, file, form)


def unzipped(file: IO[bytes]) -> Entries:
    """The entries of a ZIP; the caller has looked for bombs and made sure that there is a library."""
    yield from _read(library(), file, ("zip", "none"))


def _volume(file: IO[bytes]) -> Problem | None:
    """Why one volume of several is refused; of a 7z, which bears no mark of it, also one that was cut off."""
    if rar.is_volume(file):
        return Problem("unsupported", f"这是分卷压缩包的一卷，不能单独读：{BY_HAND}")
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_SEVEN_HEAD.size)
    if not head.startswith(_SEVEN) or len(head) < _SEVEN_HEAD.size:
        return None
    _, begins, length = _SEVEN_HEAD.unpack(head)
    if (whole := _SEVEN_HEAD.size + begins + length) <= size:
        return None
    what = f"压缩包不全：应有 {whole} 字节，只有 {size} 字节"
    return Problem("damaged", f"{what}。如果是分卷（.7z.001、.002……）的一卷，{BY_HAND}")


def _unsound(file: IO[bytes]) -> Problem | None:
    """Why a gzipped tar is refused whole: its one checksum is wrong, which libarchive does not look at.

    What unpacks to too much is left to those who count while they read.
    """
    size, unpacked = file.seek(0, os.SEEK_END), 0
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            while (data := stream.read(CHUNK)) and not excess(unpacked, size):
                unpacked += len(data)
    except (EOFError, OSError, zlib.error) as error:
        if "Not a gzipped file" in str(error):  # rubbish that follows what was whole
            return None
        return Problem("damaged", f"压缩包已损坏，里面的文件可能有错，都没有读：请重新取得（{error}）")
    return None


def _read(found: Any, file: IO[bytes], form: tuple[str, str]) -> Entries:
    """The entries of a format and a compression."""
    secret = rar.encrypted(file) if form[0] == "rar5" else set()
    sums = dict(enumerate(rar.checksums(file) if form[0].startswith("rar") else ()))
    _speak_unicode()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    try:
        with found.fd_reader(file.fileno(), *form) as archive:
            for index, entry in enumerate(archive):
                yield _entry(found.ffi, archive, entry._entry_p, sums.get(index), secret=index in secret)  # noqa: SLF001
    except found.ArchiveError as error:
        yield _LOCKED_PROBLEM if secret else _problem(error, "压缩包已损坏或 libarchive 解不开，其余的读不出")


def _speak_unicode() -> None:
    """In a locale that can't write them (LC_ALL=C), libarchive has no names to give."""
    if locale.nl_langinfo(locale.CODESET) != "UTF-8":
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")


def _entry(ffi: Any, archive: Any, pointer: Any, checksum: int | None, *, secret: bool) -> Entry:
    """The entry from its fields in C: those of the wrapper are decoded by the locale."""
    name = ffi.entry_pathname(pointer) or ffi.ffi("entry_pathname_utf8", [ctypes.c_void_p], ctypes.c_char_p)(pointer)
    regular = ffi.entry_filetype(pointer) in _REGULAR and ffi.entry_hardlink(pointer) is None
    encrypted = secret or ffi.ffi("entry_is_encrypted", [ctypes.c_void_p], ctypes.c_int)(pointer) > 0
    size = ffi.entry_size(pointer) if ffi.entry_size_is_set(pointer) else None
    return Entry(readable(name or b""), size, regular, encrypted, partial(_chunks, ffi, archive, checksum))


def _chunks(ffi: Any, archive: Any, checksum: int | None) -> Iterator[bytes | Problem]:
    buffer, found = ctypes.create_string_buffer(CHUNK), 0
    try:
        # its own loop takes a warning for data
        while (got := ffi.read_data(archive._pointer, buffer, CHUNK)) > 0:  # noqa: SLF001
            data = ctypes.string_at(buffer, got)
            found = zlib.crc32(data, found)
            yield data
        if got < 0 or checksum not in {None, found}:
            yield Problem("damaged", "压缩包里的这个文件已损坏：校验和不符")
    except ffi.ArchiveError as error:
        yield _problem(error, "压缩包里的这个文件已损坏或 libarchive 解不开")


def _problem(error: Any, what: str) -> Problem:
    said = str(error.msg or "没有说明原因")
    if _LOCKED.search(said):
        return _LOCKED_PROBLEM
    if _SOLID.search(said):
        return Problem("unsupported", f"这是固实（solid）RAR 压缩包，不能逐个读：{BY_HAND}")
    if _UNKNOWN.search(said):
        return Problem("unsupported", f"压缩包用了不能解开的压缩方法，{BY_HAND}（libarchive：{said}）")
    return Problem("damaged", f"{what}（libarchive：{said}）")
