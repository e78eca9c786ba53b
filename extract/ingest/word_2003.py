"""Reads the XML documents of Word 2003, and packages that Word writes flat: turned into a DOCX, which is then read.

The XML of Word 2003 is nearly that of a DOCX: it has other names for changes, merged cells and lists, wraps sections,
and keeps notes and headers within the body.
"""

import zipfile
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from lxml import etree

from extract.ingest import office_xml, word
from extract.ingest.wordml import LINKS, W, number
from schemas.document import Document
from schemas.errors import Problem

_NAMESPACE = "http://schemas.microsoft.com/office/word/2003/wordml"
_HINT = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_NOTE = "{http://schemas.microsoft.com/aml/2001/core}"
_FLAT_NAMESPACE = "http://schemas.microsoft.com/office/2006/xmlPackage"
_FLAT = f"{{{_FLAT_NAMESPACE}}}"
_CHANGES = {"Word.Insertion": "ins", "Word.Deletion": "del", "Word.Comment": "del"}
#: Elements and attributes that a DOCX calls otherwise.
_NAMES = {
    "vmerge": "vMerge",
    "listDef": "abstractNum",
    "list": "num",
    "ilst": "abstractNumId",
    "nfc": "numFmt",
    "listPr": "numPr",
    "ilfo": "numId",
}
_ATTRIBUTES = {"listDef": ("listDefId", "abstractNumId"), "list": ("ilfo", "numId")}
#: Formats of generated numbers by the codes that Word has for them (MS-OSHARED 2.2.1.3); others show plain digits.
_FORMATS = {
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    10: "ideographDigital",
    11: "japaneseCounting",
    14: "decimalFullWidth",
    17: "japaneseDigitalTenThousand",
    18: "decimalEnclosedCircle",
    19: "decimalFullWidth2",
    22: "decimalZero",
    23: "bullet",
    26: "decimalEnclosedFullstop",
    27: "decimalEnclosedParen",
    28: "decimalEnclosedCircleChinese",
    29: "ideographEnclosedCircle",
    30: "ideographTraditional",
    31: "ideographZodiac",
    33: "taiwaneseCounting",
    34: "ideographLegalTraditional",
    35: "taiwaneseCountingThousand",
    36: "taiwaneseDigital",
    37: "chineseCounting",
    38: "chineseLegalSimplified",
    39: "chineseCountingThousand",
    255: "none",
}


def claims(data: bytes) -> bool:
    """Whether the bytes are a Word document in one XML text."""
    tag = office_xml.opening(data)
    return (_NAMESPACE in tag and ":wordDocument" in tag) or (_FLAT_NAMESPACE in tag and b"/word/document.xml" in data)


def read(data: bytes, name: str) -> Document | Problem:
    """The document of such a file.

    Raises:
        BadPart: the file is damaged.
    """
    root = office_xml.root(data, namespaces={_NAMESPACE: W.strip("{}")})
    flat = root.tag == f"{_FLAT}package"
    if not flat:
        _adapt(root)
    document = word.read(_zipped(dict(_flat_parts(root) if flat else _parts(root))), name)
    if isinstance(document, Problem):
        return document
    return replace(
        document,
        id=sha256(data).hexdigest(),
        format="docx" if flat else "doc",
        metadata=(("variant", "Flat OPC" if flat else "Word 2003 XML"),),
    )


def _flat_parts(root: etree._Element) -> Iterator[tuple[str, bytes]]:
    for part in root.iterfind(f"{_FLAT}part"):
        name = part.get(f"{_FLAT}name", "").lstrip("/")
        content, binary = part.find(f"{_FLAT}xmlData"), part.findtext(f"{_FLAT}binaryData")
        if content is not None and len(content):
            yield name, etree.tostring(content[0])
        elif binary is not None:
            yield name, b64decode(binary)


def _parts(root: etree._Element) -> Iterator[tuple[str, bytes]]:
    """The parts of a DOCX: those beside the body are taken out of it."""
    beside = {
        "styles": root.findall(f"{W}styles/{W}style"),
        "numbering": [*root.iter(f"{W}abstractNum"), *root.iter(f"{W}num")],
        "footnotes": list(root.iter(f"{W}footnote")),
        "endnotes": list(root.iter(f"{W}endnote")),
        **{f"header{number}": [element] for number, element in enumerate(root.iter(f"{W}hdr"))},
        **{f"footer{number}": [element] for number, element in enumerate(root.iter(f"{W}ftr"))},
    }
    links = etree.Element("Relationships")
    for name, elements in beside.items():
        part = etree.Element(W + name)
        part.extend(elements)  # which takes them away from where they were
        yield f"word/{name}.xml", etree.tostring(part)
        sort = f"{LINKS}/{name.rstrip('0123456789')}"
        etree.SubElement(links, "Relationship", Id=name, Type=sort, Target=f"{name}.xml")
    yield "word/_rels/document.xml.rels", etree.tostring(links)
    document = etree.Element(f"{W}document")
    document.extend(root.findall(f"{W}body"))
    yield "word/document.xml", etree.tostring(document)


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _adapt(root: etree._Element) -> None:
    """Renames and unwraps what a DOCX says otherwise."""
    for element in list(root.iter(*(W + name for name in _NAMES))):
        name = element.tag.removeprefix(W)
        element.tag = W + _NAMES[name]
        if name in _ATTRIBUTES:
            old, new = _ATTRIBUTES[name]
            element.set(W + new, element.get(W + old, ""))
        if name == "nfc":
            element.set(f"{W}val", _FORMATS.get(number(element, "val", own=True), "decimal"))
    for change in list(root.iter(f"{_NOTE}annotation")):
        name = _CHANGES.get(change.get(f"{W}type", ""), "")
        change.tag = W + name if name else change.tag
    for wrapper in list(root.iter(f"{_NOTE}content", f"{W}cfChunk", f"{_HINT}*")):
        if len(wrapper):
            _unwrap(wrapper)


def _unwrap(element: etree._Element) -> None:
    """Puts the children of an element in its place."""
    parent = element.getparent()
    if parent is not None:
        place = parent.index(element)
        parent[place : place + 1] = list(element)
