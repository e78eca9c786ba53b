"""Opens an Office package (DOCX, XLSX), which is a ZIP of XML parts, and refuses the hostile ones before parsing."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from lxml import etree

from extract.ingest import compound, limits
from schemas.errors import Problem

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
#: ISO 29500 "strict" packages differ in their namespaces only.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(officeDocument/relationships|wordprocessingml/main)")
_TRANSITIONAL = {
    b"officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
}
_DOCTYPE = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))

Kind = Literal["docx", "xlsx"]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: the last word of its type ("footnotes") and the part that it leads to."""

    id: str
    sort: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """The XML parts by name, and the names of all members."""

    parts: Mapping[str, bytes]
    members: tuple[str, ...]

    def root(self, part: str) -> etree._Element | None:
        """The parsed part, None if there is none.

        Raises:
            ValueError: it declares a document type.
            etree.XMLSyntaxError: it is not XML.
        """
        if part not in self.parts:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        root = etree.fromstring(_STRICT.sub(lambda match: _TRANSITIONAL[match[1]], self.parts[part]), parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise ValueError(f"{part} declares a document type")
        return root

    def relations(self, part: str = "") -> tuple[Relation, ...]:
        """The relationships of a part, or of the package itself."""
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
    """The parts of a package, or why it is refused: encrypted, too large, or with a document type definition.

    Raises:
        zipfile.BadZipFile, zlib.error: the ZIP is damaged.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
        refusal = _refuse(infos, len(data))
        if refusal:
            return refusal
        parts = {_member_name(info): archive.read(info) for info in infos if _is_xml(_member_name(info))}
    for name, xml in parts.items():
        if any(mark in xml for mark in _DOCTYPE):
            return Problem("damaged", "文件含有文档类型定义（DTD），正常的 Office 文件没有它，拒绝解析", name)
    return Package(parts, tuple(_member_name(info) for info in infos))


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


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and "/embeddings/" not in name


def _member_name(info: zipfile.ZipInfo) -> str:
    # some producers write "word\document.xml"
    return info.filename.replace("\\", "/").lstrip("/")
