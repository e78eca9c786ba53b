"""Office files that are one XML text: those of Office 2003, and the packages that Word writes flat."""

import codecs
import re

from lxml import etree

from extract.ingest.encoding import decode
from extract.ingest.package import parse

_HEAD = 16_384
_MARKS = codecs.BOM_UTF8 + codecs.BOM_UTF16_LE
_ROOT = re.compile(r"\s*(?:(?><\?.*?\?>|<!--.*?-->)\s*)*+(<[\w:.-]+\s[^>]*>)", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")


def opening(data: bytes) -> str:
    """The opening tag of the outermost element with the namespaces that it states, "" where there is none."""
    # UTF-16 has a NUL beside each letter of a tag
    head = data[:_HEAD].replace(b"\0", b"").lstrip(_MARKS).decode("latin-1")
    match = _ROOT.match(head)
    return match[1] if match else ""


def root(data: bytes, *, namespaces: dict[str, str]) -> etree._Element:
    """The outermost element, some namespaces replaced by others; the bytes tell the encoding, not what they say of it.

    Raises:
        BadPart: it is no sound XML or declares a document type.
    """
    decoded = decode(data)
    text = _DECLARATION.sub("", decoded.text, count=1) if decoded else ""
    for old, new in namespaces.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f"'{old}'", f"'{new}'")
    return parse(text.encode(errors="replace"), "")
