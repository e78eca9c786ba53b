"""What the paragraph styles of a Word document say of outline and numbering, their ancestors included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from extract.ingest.wordml import W, number, value

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
#: An outline level of 9 is body text.
_BODY = 9


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name, parent, own outline level (1 is the highest, 0 body text) and own list."""

    id: str
    name: str
    parent: str
    outline: int | None
    list_id: str
    list_level: int | None


class Styles:
    """The styles by id. A document has hundreds, of which it uses a few: each is read when it is met."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = [] if root is None else root.findall(f"{W}style")
        self._elements = {element.get(f"{W}styleId", ""): element for element in elements}
        self._default = next((style_id for style_id, element in self._elements.items() if _is_default(element)), "")
        self._met: dict[str, Style] = {}
        numbered = () if root is None else root.iterfind(f"{W}style/{W}pPr/{W}numPr/{W}numId/../../..")
        self.lists = {value(style, "styleId", own=True): value(style, "pPr/numPr/numId") for style in numbered}

    def of(self, properties: etree._Element | None) -> Style:
        """The style of a paragraph by its properties (w:pPr), what its ancestors say filled in."""
        style_id = value(properties, "pStyle") or self._default
        if style_id not in self._met:
            self._met[style_id] = _inherited(list(self._line(style_id)))
        return self._met[style_id]

    def outline(self, properties: etree._Element | None) -> int | None:
        """The outline level of a paragraph, 1 for "Heading 1", None for body text."""
        direct = _outline(properties)
        return (self.of(properties).outline if direct is None else direct) or None

    def is_title(self, properties: etree._Element | None) -> bool:
        """Whether the paragraph has the style Title."""
        return self.of(properties).name.lower() in {"title", "标题"}

    def _line(self, style_id: str) -> Iterator[Style]:
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen:
            seen.add(style_id)
            style = _style(self._elements[style_id])
            yield style
            style_id = style.parent


def _inherited(line: list[Style]) -> Style:
    """The first style of a line; what it leaves open, the next one that does not says."""
    if not line:
        return Style("", "", "", None, "", None)
    return replace(
        line[0],
        outline=next((style.outline for style in line if style.outline is not None), None),
        list_id=next((style.list_id for style in line if style.list_id), ""),
        list_level=next((style.list_level for style in line if style.list_level is not None), None),
    )


def _style(element: etree._Element) -> Style:
    name = value(element, "name")
    outline = _outline(element.find(f"{W}pPr"))
    heading = _HEADING.fullmatch(name.strip())
    if outline is None and heading:
        outline = int(heading[1])
    numbered = element.find(f"{W}pPr/{W}numPr")
    return Style(
        id=value(element, "styleId", own=True),
        name=name,
        parent=value(element, "basedOn"),
        outline=outline,
        list_id=value(numbered, "numId"),
        list_level=number(numbered, "ilvl") if value(numbered, "ilvl") else None,
    )


def _outline(properties: etree._Element | None) -> int | None:
    if not value(properties, "outlineLvl"):
        return None
    level = number(properties, "outlineLvl", default=_BODY)
    return level + 1 if level < _BODY else 0


def _is_default(element: etree._Element) -> bool:
    return element.get(f"{W}default") in {"1", "true", "on"} and value(element, "type", own=True) == "paragraph"
