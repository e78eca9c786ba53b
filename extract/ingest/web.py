"""Reads HTML and MHTML, by whatever name: reports published as web pages, and "saved as web page" by Office and WPS."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message

from lxml import etree

from extract.ingest import css, limits, sniff
from extract.ingest.assemble import Builder
from extract.ingest.chrome import ATTACHMENT, chrome
from extract.ingest.encoding import Decoded, decode, problems
from extract.ingest.markup import Grid, Line, flow, is_hidden, shown, strays, text_of
from schemas.document import Document
from schemas.errors import Problem

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*(utf-?8|gb2312|gbk|gb18030|big5)", re.IGNORECASE)
_ENCODINGS = {b"utf": "utf-8", b"gb": "gb18030", b"big": "big5hkscs"}
#: What the pages of public bodies state of themselves (the standard for government web sites has these names).
_META = {"articletitle": "title", "pubdate": "published", "contentsource": "source"}
#: So many attachments are named, none at greater length.
_MOST_NAMES = 20
_LONGEST_NAME = 60


@dataclass(slots=True)
class _Walk:
    """What was read of the pages of a file so far."""

    builder: Builder = field(default_factory=Builder)
    refusal: Problem | None = None

    def add(self, items: Iterable[Line | Grid], depth: int = 0) -> None:
        """Adds lines and tables in turn; a table within a cell follows the one that it stands in."""
        for item in items:
            if isinstance(item, Line):
                self.builder.add("heading" if item.level else "paragraph", item.text, level=item.level)
            else:
                self._add_table(item, depth)

    def _add_table(self, grid: Grid, depth: int) -> None:
        if grid.too_large:
            self.refusal = Problem("limit", f"表格超过 {limits.CELLS} 格")
        elif depth == limits.NESTING:
            self.refusal = Problem("limit", f"表格嵌套超过 {limits.NESTING} 层")
        if self.refusal:
            return
        self.add(strays(grid), depth + 1)
        inner: list[Grid] = []
        slots = []
        for cell, slot in grid.cells:
            items = list(flow(cell, in_cell=True))
            text = "\n".join(item.text for item in items if isinstance(item, Line))
            slots.append(replace(slot, text=text, stored=None if slot.stored == text else slot.stored))
            inner += (item for item in items if isinstance(item, Grid))
        self.builder.add_table(slots)
        self.add(inner, depth + 1)


def claims(data: bytes) -> bool:
    """Whether the bytes begin like a web page, saved in one file or not."""
    return sniff.markup(data) in ("html", "mhtml")


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a web page: its main content, without navigation, programs and what is hidden."""
    pages, lost = _parts(data) if sniff.markup(data) == "mhtml" else ([data], [])
    if not pages:
        return Problem("damaged", "网页归档（MHTML）里没有网页")
    walk = _Walk()
    notes: list[str] = []
    flaws = 0
    metadata: dict[str, str] = {}
    for page in pages:
        decoded = _decode(page)
        lost += problems(decoded, len(page))
        flaws += decoded.flaws
        metadata.setdefault("encoding", decoded.encoding)
        root = _parse(decoded.text)
        if isinstance(root, Problem):
            return root
        if root is None:
            continue
        css.hide(root)
        metadata = {**_stated(root), **metadata}
        surroundings, characters = chrome(root)
        walk.add(flow(root, surroundings))
        if walk.refusal:
            return walk.refusal
        if characters:
            notes.append(f"网页的导航、页脚等 {len(surroundings)} 处（{characters} 字）未读取")
        notes += _notes(root, decoded.text)
    return replace(
        walk.builder.document(data, name, "html"),
        title=metadata.pop("title", ""),
        quality="suspect" if flaws else "readable",
        warnings=tuple(dict.fromkeys(notes)),
        problems=tuple(lost),
        metadata=tuple(metadata.items()),
    )


def _parts(data: bytes) -> tuple[list[bytes], list[Problem]]:
    """The pages of an MHTML file: one, or several where it was a workbook or had frames."""
    message: Message = message_from_bytes(data)
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    pages = [
        payload for part in parts if isinstance(payload := part.get_payload(decode=True), bytes) and payload.strip()
    ]
    broken = any(part.defects for part in message.walk())
    return pages, [Problem("partial", "网页归档（MHTML）不完整，文件可能被截断")] if broken else []


def _decode(page: bytes) -> Decoded:
    """The text of a page; only where its bytes do not tell the encoding, what the page says of it."""
    decoded = decode(page) or decode(page.replace(b"\0", b""))
    if decoded:
        return decoded
    match = _CHARSET.search(page)
    encoding = next(
        (name for start, name in _ENCODINGS.items() if match and match[1].lower().startswith(start)), "cp1252"
    )
    text = page.replace(b"\0", b"").decode(encoding, "replace")
    return Decoded(text, encoding, flaws=text.count("\ufffd"))


def _parse(text: str) -> etree._Element | Problem | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(text.encode(errors="replace"), parser)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return Problem("limit", "网页的标记嵌套过深，未能读完")
    return root


def _stated(root: etree._Element) -> dict[str, str]:
    """Title, date and source that the page states."""
    stated = {
        _META[name]: shown(element.get("content", ""))
        for element in root.iter("meta")
        if (name := element.get("name", "").lower()) in _META
    }
    titles = [text_of(element) for tag in ("h1", "title") for element in root.iter(tag)]
    return {"title": next(filter(None, titles), ""), **{name: text for name, text in stated.items() if text}}


def _notes(root: etree._Element, source: str) -> Iterator[str]:
    attachments = dict.fromkeys(
        (text_of(link) or link.get("href", ""))[:_LONGEST_NAME]
        for link in root.iter("a")
        if ATTACHMENT.search(link.get("href", ""))
    )
    if attachments:
        more = " 等" if len(attachments) > _MOST_NAMES else ""
        yield f"含 {len(attachments)} 个附件，附件未读取：{'；'.join(list(attachments)[:_MOST_NAMES])}{more}"
    pictures = sum(1 for _ in root.iter("img"))
    if pictures:
        yield f"含 {pictures} 幅图片，其中的文字未读取"
    frames = sum(
        1 for frame in root.iter("frame", "iframe", "embed", "object") if frame.get("src") or frame.get("data")
    )
    if frames:
        yield f"含 {frames} 个框架或嵌入对象，其内容未读取"
    if any(is_hidden(element) and text_of(element) for element in root.iter(etree.Element)):
        yield "含隐藏文字，隐藏文字未读取"
    if re.search(r"<html[\s>]", source, re.IGNORECASE) and not re.search(r"</html\s*>", source, re.IGNORECASE):
        yield "网页没有结束标记，文件可能被截断"
