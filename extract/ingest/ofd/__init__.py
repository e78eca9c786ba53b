"""Reads OFD (GB/T 33190), the page format of Chinese administrations: a ZIP of XML parts, positions in millimetres.

`canvas` draws each page, `extract.ingest.paged` does the rest.
"""

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from lxml import etree

from extract.ingest import limits
from extract.ingest.ocr import Quota
from extract.ingest.ofd.canvas import Canvas, Resources, moved
from extract.ingest.ofd.parts import Archive, Element, box, every, text_of
from extract.ingest.package import ZIP_MAGIC, open_package
from extract.ingest.paged.glyphs import then
from extract.ingest.paged.pages import Leaf, compose_pages, leaf, lost
from schemas.document import Document
from schemas.errors import Problem

_POINTS = 72 / 25.4
_A4 = (0.0, 0.0, 210.0, 297.0)


def claims(data: bytes) -> bool:
    """Whether the bytes are an OFD package."""
    if not data.startswith(ZIP_MAGIC):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(name.lower().lstrip("/") == "ofd.xml" for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def read(data: bytes, name: str) -> Document | Problem:
    """The document of an OFD file; pages that can't be read are `problems` of the document.

    Raises:
        zipfile.BadZipFile, zlib.error, lxml.etree.XMLSyntaxError, ValueError: the file is damaged.
    """
    package = open_package(data)
    if isinstance(package, Problem):
        return package
    archive = Archive(data, package, {member.lower(): member for member in package.members})
    if "encryptions.xml" in archive.members:
        return Problem("encrypted", "文件已加密，需要密码或证书才能读取")
    bodies = list(every(archive.root("OFD.xml"), "DocBody"))
    leaves: list[Leaf] = []
    quota = Quota()
    count = sum(
        _add_pages(archive, archive.locate("OFD.xml", text_of(body, "DocRoot")), leaves, quota) for body in bodies
    )
    if not leaves:
        return Problem("damaged", "OFD 文件缺少文档部件或没有页")
    stated = ((key, text_of(bodies[0], f"DocInfo/{key}")) for key in ("Title", "Author", "Creator"))
    return replace(
        compose_pages(data, name, "ofd", leaves, count),
        metadata=tuple((key.lower(), value) for key, value in stated if value),
    )


@dataclass(frozen=True, slots=True)
class Book:
    """What the pages of a document share; templates by their identifiers, annotations by those of their pages."""

    archive: Archive
    box: Sequence[float]
    templates: Mapping[str, str]
    annotations: Mapping[str, str]
    resources: Resources
    quota: Quota


def _add_pages(archive: Archive, part: str, leaves: list[Leaf], quota: Quota) -> int:
    """Read the pages of a document as far as the limit goes; how many there are."""
    root = archive.root(part)
    if root is None:
        leaves.append(lost(len(leaves) + 1, Problem("damaged", "OFD 文件缺少文档部件", part)))
        return 1
    book, pages = _book(archive, part, root, quota), list(every(root, "Pages/Page"))
    for page in pages[: limits.PAGES - len(leaves)]:
        part_of_page = archive.locate(part, page.get("BaseLoc", ""))
        leaves.append(_leaf(book, part_of_page, page.get("ID", ""), len(leaves) + 1))
    return len(pages)


def _book(archive: Archive, part: str, root: Element, quota: Quota) -> Book:
    notes = archive.locate(part, text_of(root, "Annotations"))
    references = (*every(root, "CommonData/PublicRes"), *every(root, "CommonData/DocumentRes"))
    templates = every(root, "CommonData/TemplatePage")
    return Book(
        archive,
        box(root, "CommonData/PageArea/PhysicalBox") or _A4,
        {each.get("ID", ""): archive.locate(part, each.get("BaseLoc", "")) for each in templates},
        {
            each.get("PageID", ""): archive.locate(notes, text_of(each, "FileLoc"))
            for each in every(archive.root(notes), "Page")
        },
        _resources(archive, part, references),
        quota,
    )


def _resources(archive: Archive, part: str, references: Sequence[Element]) -> Resources:
    """What the resource parts hold that a page may draw."""
    found = Resources({}, {})
    for reference in references:
        name = archive.locate(part, reference.text or "")
        root = archive.root(name)
        folder = "" if root is None else root.get("BaseLoc", "")
        for media in every(root, "MultiMedias/MultiMedia"):
            file = posixpath.join(folder, text_of(media, "MediaFile").strip())
            found.pictures[media.get("ID", "")] = archive.locate(name, file)
        for unit in every(root, "CompositeGraphicUnits/CompositeGraphicUnit"):
            found.composites[unit.get("ID", "")] = unit
    return found


def _leaf(book: Book, part: str, identifier: str, number: int) -> Leaf:
    place = f"第{number}页"
    try:
        root = book.archive.root(part)
        if root is None:
            return lost(number, Problem("damaged", "该页的部件缺失", place))
        canvas = _draw(book, part, root, identifier)
    except (etree.XMLSyntaxError, ValueError, OverflowError):
        return lost(number, Problem("damaged", "该页内容已损坏，无法读取", place))
    if canvas.characters > limits.CHARACTERS:
        return lost(number, Problem("limit", f"该页的字符超过上限 {limits.CHARACTERS}，未读", place))
    return leaf(canvas.sheet(number), canvas.picture, book.quota)


def _draw(book: Book, part: str, root: Element, identifier: str) -> "Canvas":
    """The page with its templates below and its annotations on top, watermarks left out."""
    x, y, width, height = box(root, "Area/PhysicalBox") or book.box
    shared, own = book.resources, _resources(book.archive, part, list(every(root, "PageRes")))
    resources = Resources(shared.composites | own.composites, shared.pictures | own.pictures)
    canvas = Canvas(book.archive, resources, width * _POINTS, height * _POINTS)
    shown = (_POINTS, 0.0, 0.0, _POINTS, -x * _POINTS, -y * _POINTS)
    templates = [
        book.archive.root(book.templates.get(each.get("TemplateID", ""), "")) for each in every(root, "Template")
    ]
    for layer in (*templates, root):
        for content in every(layer, "Content"):
            canvas.walk(content, shown)
    for note in every(book.archive.root(book.annotations.get(identifier, "")), "Annot"):
        if note.get("Type") != "Watermark" and note.get("Visible") != "false":
            for look in every(note, "Appearance"):
                canvas.walk(look, then(moved(look), shown))
    return canvas
