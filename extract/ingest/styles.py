"""What the paragraph styles of a Word document say of outline and numbering, their ancestors included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
    """The styles by id."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = [] if root is None else root.findall(f"{W}style")
        self._styles = {style.id: style for style in map(_style, elements)}
        self._default = next((value(e, "styleId", own=True) for e in elements if _is_default(e)), "")
        self.lists = {style.id: style.list_id for style in self._styles.values() if style.list_id}

    def of(self, paragraph: etree._Element) -> tuple[Style, ...]:
        """The style of a paragraph and its ancestors, from the nearest on."""
        return tuple(self._line(value(paragraph, "pPr/pStyle") or self._default))

    def outline(self, paragraph: etree._Element) -> int | None:
        """The outline level of a paragraph, 1 for "Heading 1", None for body text."""
        direct = _outline(paragraph)
        levels = (style.outline for style in self.of(paragraph) if style.outline is not None)
        return (direct if direct is not None else next(levels, None)) or None

    def is_title(self, paragraph: etree._Element) -> bool:
        """Whether the paragraph has the style Title."""
        return any(style.name.lower() in {"title", "标题"} for style in self.of(paragraph)[:1])

    def _line(self, style_id: str) -> Iterator[Style]:
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            yield self._styles[style_id]
            style_id = self._styles[style_id].parent


def _style(element: etree._Element) -> Style:
    name = value(element, "name")
    outline = _outline(element)
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


def _outline(element: etree._Element) -> int | None:
    if not value(element, "pPr/outlineLvl"):
        return None
    level = number(element, "pPr/outlineLvl", default=_BODY)
    return level + 1 if level < _BODY else 0


def _is_default(element: etree._Element) -> bool:
    paragraph = value(element, "type", own=True) == "paragraph"
    return paragraph and value(element, "default", own=True) in {"1", "true", "on"}
