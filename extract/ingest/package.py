"""Opens an Office package (DOCX, XLSX), which is a ZIP of XML parts, and refuses the hostile ones before parsing.

Parts are unpacked when they are asked for: damage in one that nobody needs (a theme, a thumbnail) concerns nobody.
"""

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from lxml import etree

from extract.ingest import compound, limits
from schemas.errors import Problem

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
#: ISO 29500 "strict" packages differ in their namespaces only.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_STRICT_MARK = b"purl.oclc.org/ooxml"
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_DOCTYPE = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
#: It stands before the outermost element.
_PROLOGUE = 1 << 16
#: What zipfile raises over a member that is damaged.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, NotImplementedError, RuntimeError, ValueError),
)
_ADVICE = "请用原来的程序打开、修复后另存再读，或重新取得文件"

Kind = Literal["docx", "xlsx"]


class BadPart(ValueError):
    """A part that can't be read; `problem` says so to a person."""

    def __init__(self, outcome: Literal["damaged", "limit"], message: str, part: str) -> None:
        super().__init__(message)
        self.problem = Problem(outcome, message, part)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: the last word of its type ("footnotes") and the part that it leads to."""

    id: str
    sort: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """The members by name, and the archive that holds them."""

    members: dict[str, zipfile.ZipInfo]
    archive: zipfile.ZipFile

    def read(self, part: str) -> bytes | None:
        """The bytes of a part, None if there is none.

        Raises:
            BadPart: it can't be unpacked.
        """
        if part not in self.members:
            return None
        try:
            return self.archive.read(self.members[part])
        except _BROKEN as error:
            how = "校验和不符" if "CRC" in str(error) else "解不开"
            raise BadPart("damaged", f"部件 {part} 已损坏（{how}），{_ADVICE}", part) from error

    def root(self, part: str) -> etree._Element | None:
        """The parsed part, None if there is none.

        Raises:
            BadPart: it can't be unpacked, is not XML or declares a document type.
        """
        xml = self._xml(part)
        return None if xml is None else parse(xml, part)

    def elements(self, part: str, *tags: str) -> Iterator[etree._Element]:
        """The elements of these tags in a large part, each when it is complete; it is emptied before the next one.

        Raises:
            BadPart: as for `root`, if need be after some elements.
        """
        with _parsing(part):
            for _, element in etree.iterparse(
                BytesIO(self._xml(part) or b""), tag=tags, resolve_entities=False, no_network=True, remove_comments=True
            ):
                yield element
                parent = element.getparent()
                element.clear()
                while parent is not None and parent[0] is not element:
                    del parent[0]

    def relations(self, part: str = "") -> tuple[Relation, ...]:
        """The relationships of a part, or of the package itself.

        Raises:
            BadPart: they can't be read.
        """
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return ()
        return tuple(
            Relation(
                element.get("Id", ""),
                element.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/"),
            )
            for element in root
            if element.get("TargetMode") != "External"
        )

    def main(self, usual: str) -> str:
        """The part that holds the document: the one that the package names, else the `usual` one."""
        try:
            links = self.relations()
        except BadPart:
            links = ()
        named = (link.target for link in links if link.sort == "officeDocument")
        return next((part for part in named if part in self.members), usual)

    def _xml(self, part: str) -> bytes | None:
        content = self.read(part)
        if content is None:
            return None
        _refuse_doctype(content, part)
        return _STRICT.sub(_TRANSITIONAL, content) if _STRICT_MARK in content else content


def parse(xml: bytes, part: str) -> etree._Element:
    """The outermost element of a part; "" is a file that is all XML.

    Raises:
        BadPart: it is not XML or declares a document type.
    """
    _refuse_doctype(xml, part)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    with _parsing(part):
        root = etree.fromstring(xml, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _declares(part)
    return root


@contextmanager
def _parsing(part: str) -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        what = f"部件 {part}" if part else "文件"
        if "HUGE" in str(error):  # libxml2 names the option XML_PARSE_HUGE where XML is too deep or a text too long
            raise BadPart("limit", f"{what} 的标记嵌套过深或一段文字过长，未读", part) from error
        raise BadPart("damaged", f"{what} 已损坏（XML 第 {error.lineno} 行不合语法），{_ADVICE}", part) from error


def _refuse_doctype(xml: bytes, part: str) -> None:
    prologue = xml[:_PROLOGUE]  # what comes later is found when the part has been parsed
    if any(mark in prologue for mark in _DOCTYPE):
        raise _declares(part)


def _declares(part: str) -> BadPart:
    return BadPart("damaged", "文件含有文档类型定义（DTD），正常的 Office 文件没有它，拒绝解析", part)


def kind(data: bytes) -> Kind | None:
    """Which sort of package this is, by its members; None for anything else, a broken ZIP included."""
    if not data.startswith(ZIP_MAGIC):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [_member_name(info) for info in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if any(name.startswith("word/") for name in names):
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else None


def open_package(data: bytes) -> Package | Problem:
    """The package, or why it is refused: encrypted or too large.

    Raises:
        zipfile.BadZipFile: the ZIP is damaged.
    """
    archive = zipfile.ZipFile(BytesIO(data))
    infos = archive.infolist()
    return _refuse(infos, len(data)) or Package({_member_name(info): info for info in infos}, archive)


def substance(data: bytes) -> int:
    """Bytes of a file that could hold content: in a package not its themes, styles and thumbnails."""
    if kind(data) is None:
        return compound.substance(data)
    content = re.compile(r"/media/|/embeddings/|/afchunk|word/document|xl/worksheets/")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return sum(info.compress_size for info in archive.infolist() if content.search(_member_name(info)))


def _refuse(infos: list[zipfile.ZipInfo], size: int) -> Problem | None:
    unpacked = sum(info.file_size for info in infos)
    if any(info.flag_bits & 1 for info in infos):
        return Problem("encrypted", "文件已加密，需要密码才能读取")
    if len(infos) > limits.MEMBERS:
        return Problem("limit", f"文件内含 {len(infos)} 个部件，超过上限 {limits.MEMBERS}")
    if unpacked > limits.UNPACKED or unpacked > max(limits.RATIO_FLOOR, limits.RATIO * size):
        return Problem("limit", f"文件解压后达 {unpacked >> 20} MB（原 {size >> 10} KB），超过上限，疑为压缩炸弹")
    return None


def _member_name(info: zipfile.ZipInfo) -> str:
    # some producers write "word\document.xml"
    return info.filename.replace("\\", "/").lstrip("/")
