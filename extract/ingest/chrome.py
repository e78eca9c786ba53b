"""Tells what surrounds the content of a web page: navigation, headers, footers, lists of links."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from extract.ingest.markup import is_dropped

#: Links to these are attachments; they belong to the content.
ATTACHMENT = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|ofd|zip|rar|7z|csv|txt|jpe?g|png|tiff?)(?=$|[?#&])", re.IGNORECASE
)
_HEADS = re.compile(
    r"(?:\w+[-_])?(?:nav|navbar|navigation|menu|header|breadcrumbs?|crumbs?|sidebar|share|social|pagination|pager|toolbar"
    r"|topbar|search|friendlinks?|login|aside)(?:[-_]?(?:wrap|wrapper|box|inner|list|con|\d+))*",
    re.IGNORECASE,
)
_FEET = re.compile(
    r"(?:(?:page|site|web|main|common)[-_]?)?(?:footer|foot|copyright)(?:[-_]?(?:wrap|wrapper|box|inner|con|\d+))*",
    re.IGNORECASE,
)
_CONTAINERS = frozenset(("aside", "div", "dl", "footer", "form", "header", "nav", "ol", "section", "table", "ul"))
#: So much running text stands in no navigation and no footer.
_MOST_TEXT = 300
#: A list is one of links if it has so many, and they are so much of it.
_FEWEST_LINKS = 5
_LINK_SHARE = 0.8

_Counts = Counter[str]


def chrome(root: etree._Element) -> tuple[frozenset[etree._Element], int]:
    """The elements that surround the content, and their characters; none if the rest were under half of the text."""
    now = _Counts()
    found = frozenset(_surrounding(root, now))
    return (found, now["chrome"]) if 2 * now["chrome"] <= now["text"] else (frozenset(), 0)


def _surrounding(root: etree._Element, now: _Counts) -> Iterator[etree._Element]:
    """Counts what there is from the start of the page, and by difference what a container holds."""
    marks: list[_Counts] = []
    dropped = False
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in _CONTAINERS:
                marks.append(now.copy())
            dropped = is_dropped(element)
            if dropped:
                walk.skip_subtree()
                continue
            now["titles"] += element.tag in ("h1", "h2")
            now["tables"] += element.tag == "table"
            now["links"] += _is_link(element)
            now["inside"] += _is_link(element)
            _count(now, element.text)
            continue
        if not dropped:
            now["inside"] -= _is_link(element)
        dropped = False
        if element.tag in _CONTAINERS:
            held = now - marks.pop()
            if _surrounds(element, held):
                now["chrome"] += held["text"] - held["chrome"]
                yield element
        _count(now, element.tail)


def _count(now: _Counts, text: str | None) -> None:
    size = len((text or "").strip())
    now["text"] += size
    now["linked"] += size if now["inside"] else 0


def _is_link(element: etree._Element) -> bool:
    """Whether an element leads away from the page, and not to an attachment."""
    target = element.get("href", "") if element.tag == "a" else ""
    return bool(target) and not target.startswith("#") and not ATTACHMENT.search(target)


def _surrounds(element: etree._Element, held: _Counts) -> bool:
    text, linked = held["text"], held["linked"]
    if element.tag in ("ul", "ol", "dl") and held["links"] >= _FEWEST_LINKS and linked >= _LINK_SHARE * text:
        return True
    if not text or held["titles"] or text - linked > _MOST_TEXT:
        return False
    names = [str(element.tag), *element.get("class", "").split(), *element.get("id", "").split()]
    if any(map(_FEET.fullmatch, names)) and not held["tables"]:
        return next(element.iterancestors("article"), None) is None  # an article has a foot of its own
    return 2 * linked > text and any(map(_HEADS.fullmatch, names))
