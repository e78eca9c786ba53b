"""RAR, 7z and tar by libarchive, a library of the system that may be missing; an entry after the other, never back."""

import ctypes
import locale
import logging
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import IO, Any

from pipelines.bundles import rar
from pipelines.bundles.container import CHUNK, Entries, Entry
from pipelines.bundles.names import readable
from schemas.errors import Problem

NEEDED = "apt install libarchive13（macOS：brew install libarchive）"

_MAGIC = ((b"7z\xbc\xaf\x27\x1c", "7zip"), (rar.RAR4, "rar"), (rar.RAR5, "rar5"))
_GZIP = b"\x1f\x8b\x08"
_BLOCK = 512  # of a tar
_REGULAR = {0, 0o100000}  # 0 where the system that wrote it knows no kinds of files

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
    if rar.is_volume(file):
        yield Problem("unsupported", "这是分卷压缩包的一卷，请合并成一个压缩包或解开")
        return
    secret = rar.encrypted(file) if form[0] == "rar5" else set()
    _speak_unicode()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    try:
        with found.fd_reader(file.fileno(), *form) as archive:
            for index, entry in enumerate(archive):
                yield _entry(found.ffi, archive, entry._entry_p, secret=index in secret)  # noqa: SLF001
    except found.ArchiveError as error:
        yield _problem(error, "压缩包已损坏，其余的读不出")


def _speak_unicode() -> None:
    """In a locale that can't write them (LC_ALL=C), libarchive has no names to give."""
    if locale.nl_langinfo(locale.CODESET) != "UTF-8":
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")


def _entry(ffi: Any, archive: Any, pointer: Any, *, secret: bool) -> Entry:
    """The entry from its fields in C: those of the wrapper are decoded by the locale."""
    name = ffi.entry_pathname(pointer) or ffi.ffi("entry_pathname_utf8", [ctypes.c_void_p], ctypes.c_char_p)(pointer)
    regular = ffi.entry_filetype(pointer) in _REGULAR and ffi.entry_hardlink(pointer) is None
    encrypted = secret or ffi.ffi("entry_is_encrypted", [ctypes.c_void_p], ctypes.c_int)(pointer) > 0
    size = ffi.entry_size(pointer) if ffi.entry_size_is_set(pointer) else None
    return Entry(readable(name or b""), size, regular, encrypted, partial(_chunks, ffi, archive))


def _chunks(ffi: Any, archive: Any) -> Iterator[bytes | Problem]:
    buffer = ctypes.create_string_buffer(CHUNK)
    try:
        while got := ffi.read_data(archive._pointer, buffer, CHUNK):  # noqa: SLF001 - its own loop takes a warning for data
            if got < 0:
                yield Problem("damaged", "压缩包里的这个文件已损坏：校验和不符")
                return
            yield ctypes.string_at(buffer, got)
    except ffi.ArchiveError as error:
        yield _problem(error, "压缩包里的这个文件已损坏")


def _problem(error: Any, what: str) -> Problem:
    message = str(error.msg)
    if "crypt" in message.lower() or "passphrase" in message.lower():
        return Problem("encrypted", "压缩包已加密，需要密码才能读取")
    if "support" in message.lower():
        return Problem("unsupported", f"压缩包用了不能解开的方法：{message}")
    return Problem("damaged", f"{what}：{message}")
