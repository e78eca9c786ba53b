"""Names what a file is that no reader can read, by its bytes."""

import re
import zipfile
from io import BytesIO
from typing import Literal

from extract.ingest import compound
from extract.ingest.package import ZIP_MAGIC
from schemas.errors import Problem

_SIGNATURES = (
    (b"GIF87a", "GIF 图片"),
    (b"GIF89a", "GIF 图片"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b\x08", "GZIP 压缩包"),
    (b"\xfd7zXZ\0", "XZ 压缩包"),
    *((b"BZh%d1AY&SY" % level, "BZIP2 压缩包") for level in range(1, 10)),
    (b"\x28\xb5\x2f\xfd", "Zstandard 压缩包"),
    (b"\x1f\x9d", "COMPRESS 压缩包（.Z）"),
    (b"MSCF\0\0\0\0", "CAB 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"%!PS", "PostScript 文件"),
    (b"SQLite format 3\0", "SQLite 数据库"),
    (b"\xdb\xa5", "Word 2 文档"),
    *((mark, "Excel 2–4 工作表") for mark in (b"\x09\0\x04\0", b"\x09\x02\x06\0", b"\x09\x04\x06\0")),
)
_ZIP_MEMBERS = (
    ("ppt/presentation.xml", "PowerPoint 演示文稿（.pptx）"),
    ("xl/workbook.bin", "Excel 二进制工作簿（.xlsb）"),
    ("mimetype", "OpenDocument 文档（.odt/.ods）"),
)
#: Names of one file of several that another one was split into: 档案.part2.rar, .r00, .z01, .7z.001.
_VOLUME = re.compile(r"\.(?:part\d+\.rar|[rz]\d\d|\d{3})$", re.IGNORECASE)
#: A ZIP that was split, whose first volume begins so; where it ends, and the same in 64 bits.
_SPLIT, _END, _END64 = b"PK\x07\x08PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"
#: In the end in 64 bits: its length, and which algorithm the directory is encrypted by, where it is longer than usual.
_LENGTH64, _USUAL64, _CIPHER64 = 4, 44, 74
_JOIN = "请用解压软件从第一卷解开，再读里面的文件"
#: Archives within a program that unpacks them.
_UNPACKING = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|PK\x05\x06")
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*+"
    r"<(?:!doctype\s+html|(?:html|head|body|meta|base|link|title|style|script|frameset|table|div|span|p|h[1-6]|ul|ol|pre|br"
    r"|b|font|center|main|article|section|header|form)(?=[\s>/]))",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(
    r"\s*(?:From|MIME-Version|Subject|Date|Content-Type|X-[\w-]+):.{0,2000}?multipart/related",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"\s*<\?xml\s")
_MARKED_UP = {"html": "HTML 网页", "mhtml": "MHTML 网页", "xml": "XML 文件"}

Markup = Literal["html", "mhtml", "xml"]


def recognise(data: bytes) -> Problem | None:
    """What this file is if it is a known sort that is no text, else None."""
    if data.startswith(compound.MAGIC):
        return _compound(data)
    if data.startswith((*ZIP_MAGIC, _SPLIT)):
        return _archive(data)
    if b"%PDF-" in data[:1024]:
        return Problem("damaged", "文件是损坏的 PDF")
    if (data.startswith(b"MZ") and b"\0" in data[:64]) or data.startswith(b"\x7fELF"):
        return _program(data)
    for magic, what in _SIGNATURES:
        if data.startswith(magic):
            return _unsupported(what)
    sort = markup(data)
    return _unsupported(_MARKED_UP[sort]) if sort else None


def refuse(data: bytes, name: str) -> Problem:
    """Why no reader claims these bytes of a file of this name."""
    if not data:
        return Problem("empty", "文件是空的（0 字节）")
    if not data.strip(b"\0 \t\r\n"):
        return Problem("empty", "文件只有空白")
    if _VOLUME.search(name):
        return Problem("unsupported", f"这是分卷压缩包的一卷，不能单独读：{_JOIN}")
    return recognise(data) or _unsupported("未知的二进制文件")


def _compound(data: bytes) -> Problem:
    if compound.is_locked(data):
        return Problem("encrypted", "文件是加密的 Office 文件，需要密码才能读取")
    what = compound.describe(data)
    if what == compound.UNKNOWN and compound.is_damaged(data):
        advice = "请重新取得文件，或用原来的程序打开、修复后另存再读"
        return Problem("damaged", f"文件是损坏的旧版 Office 或 WPS 文件（OLE2 复合文件），可能被截断，{advice}")
    return _unsupported(what)


def _archive(data: bytes) -> Problem:
    if data.startswith(_SPLIT):
        return Problem("unsupported", f"这是 ZIP 分卷（.z01）的第一卷，不能单独读：{_JOIN}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return _torn(data)
    names = {info.filename for info in infos}
    for member, what in _ZIP_MEMBERS:
        if member in names:
            return _unsupported(what)
    if any(info.flag_bits & 1 for info in infos):
        return Problem("encrypted", "文件是加密的 ZIP 压缩包，需要密码才能读取")
    return _unsupported("ZIP 格式的专用文件（不是放文件的压缩包）")


def _torn(data: bytes) -> Problem:
    """Why a ZIP has no directory that can be read: it is encrypted, or in another volume, or damaged."""
    end, wide = data.rfind(_END), data.rfind(_END64)
    if 0 <= wide <= len(data) - _CIPHER64 - 2:
        length = int.from_bytes(data[wide + _LENGTH64 :][:8], "little")
        if length > _USUAL64 and any(data[wide + _CIPHER64 :][:2]):
            return Problem("encrypted", "文件是加密的 ZIP 压缩包（连文件名一起加密），需要密码才能读取")
    if 0 <= end <= len(data) - 6 and data[end + 4 : end + 6] not in {b"\0\0", b"\xff\xff"}:
        return Problem("unsupported", f"这是 ZIP 分卷的最后一卷，不能单独读：{_JOIN}")
    what = "文件是不完整的压缩结构（ZIP、DOCX 或 XLSX 被截断或损坏）"
    return Problem("damaged", f"{what}。如果是分卷（.zip.001、.002……）的一卷，{_JOIN}" if end < 0 else what)


def _program(data: bytes) -> Problem:
    if _UNPACKING.search(data):
        return Problem("unsupported", "文件是自解压的压缩包（.exe），不会运行它：请用解压软件解开，再读里面的文件")
    return _unsupported("可执行程序")


def markup(data: bytes) -> Markup | None:
    """Which sort of marked-up text the bytes begin like, in whatever encoding."""
    head = data[:16_384]
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        text = head.decode(encoding, "ignore").lstrip("\ufeff")
        # the mark of UTF-8 as Latin-1 shows it
        text = text.removeprefix("ï»¿")
        if _MARKUP.match(text):
            return "html"
        if _MHTML.match(text):
            return "mhtml"
        if _XML.match(text):
            return "xml"
    return None


def _unsupported(what: str) -> Problem:
    return Problem("unsupported", f"文件是{what}，目前不能读取")
