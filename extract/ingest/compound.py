"""Looks into OLE2 compound files, the container of Office and WPS before OOXML: the streams say what one holds."""

import re
from functools import lru_cache
from io import BytesIO
from typing import Literal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD, WORKBOOK, OLD_WORKBOOK = "worddocument", "workbook", "book"
UNKNOWN = "OLE2 复合文件"
#: Streams that lock a file, whatever else is in it.
_LOCKS = ("encryptedpackage", "\tdrmcontent")
#: Streams and class ids of what we don't read.
_OTHERS = {
    "powerpoint document": "旧版 PowerPoint 或 WPS 演示文稿（.ppt/.dps）",
    "__properties_version1.0": "Outlook 邮件（.msg）",
    "visiodocument": "Visio 绘图（.vsd）",
    "quill": "Publisher 出版物（.pub）",
    "matost": "Microsoft Works 文档",
    "\x05hwpsummaryinformation": "HWP 文档",
    "catalog": "缩略图缓存（Thumbs.db）",
    "000c1084-0000-0000-c000-000000000046": "安装程序（.msi）",
}
#: Bytes of an entry of the directory.
_ENTRY = 128
#: What olefile raises over a container that is damaged.
_BROKEN = (OSError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
#: What styles and settings take of an old Office file.
_OVERHEAD = 64 << 10

Kind = Literal["doc", "xls"]


def kind(data: bytes) -> Kind | None:
    """Which of the formats that we read this is; None for anything else, a locked file included."""
    names = _names(data)
    if names.intersection(_LOCKS):
        return None
    if WORD in names:
        return "doc"
    return "xls" if names & {WORKBOOK, OLD_WORKBOOK} else None


def is_locked(data: bytes) -> bool:
    """Whether a compound file holds nothing but an encrypted one."""
    return not _names(data).isdisjoint(_LOCKS)


def describe(data: bytes) -> str:
    """What a compound file is that we don't read."""
    names = _names(data)
    return next((what for name, what in _OTHERS.items() if name in names), UNKNOWN)


def is_damaged(data: bytes) -> bool:
    """Whether the container can't be opened, or not as it says of itself: truncated, most of the time."""
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(data)) as ole:
            return bool(ole.parsing_issues)
    except _BROKEN:
        return True


def substance(data: bytes) -> int:
    """Bytes of a file that could hold content: of a compound file fewer than it has."""
    return max(0, len(data) - _OVERHEAD) if data.startswith(MAGIC) else len(data)


def stream(data: bytes, *names: str) -> tuple[bytes, bool]:
    """The bytes of the first stream of these names, as many as can be had, and whether the container is damaged."""
    from olefile import OleFileIO

    try:
        with OleFileIO(BytesIO(data)) as ole:
            name = next((name for name in names if ole.exists(name)), "")
            content = bytes(ole.openstream(name).read()) if name else b""
            return content, bool(ole.parsing_issues)
    except _BROKEN:
        return b"", True


@lru_cache(maxsize=1)  # several readers in a row ask about the same file
def _names(data: bytes) -> frozenset[str]:
    """The streams and storages at the top of the container and its class id, in small letters.

    Of a container that is too broken to be opened, those that we know and that stand where a directory could have them.
    """
    from olefile import OleFileIO

    if not data.startswith(MAGIC):
        return frozenset()
    try:
        with OleFileIO(BytesIO(data)) as ole:
            top = {path[0].lower() for path in ole.listdir(storages=True) if len(path) == 1}
            return frozenset(top | {ole.root.clsid.lower()})
    except _BROKEN:
        known = (*_LOCKS, WORD, WORKBOOK, OLD_WORKBOOK, *_OTHERS)
        return frozenset(name for name in known if _has_entry(data, name))


def _has_entry(data: bytes, name: str) -> bool:
    """Whether an entry of a directory with this name is left somewhere; "book" alone may stand in any text."""
    pattern = re.compile(re.escape(f"{name}\0".encode("utf-16-le")), re.IGNORECASE)
    return any(match.start() % _ENTRY == 0 for match in pattern.finditer(data))
