"""The lines and tables of a piece of HTML in the order of reading, white space as a browser shows it."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from lxml import etree

from extract.ingest import limits
from extract.ingest.assemble import Slot
from extract.ingest.numbering import FORMATS

HEADINGS: dict[object, int] = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td
        tfoot th thead tr ul
        """,
    )
)
#: Not part of what is read: programs, controls, foreign objects, phonetic guides, deletions. `xml` is Word's own.
_DROPPED = frozenset(
    re.findall(
        r"\w+",
        """
        applet audio base button canvas del embed iframe input link meta noscript object rp rt script select style svg
        template textarea title video xml
        """,
    )
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_CELLS = ("td", "th")
_LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: 10⁴ is not 104, nor is a note at 3.5 a digit of it.
_RAISED: dict[object, dict[int, int]] = {
    "sup": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
_WIDE = r"\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
#: A line end between two wide characters is the source's, not the writer's: Word breaks its HTML after 80 columns.
_WRAP = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\f\n]*(?=[{_WIDE}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SIGNS = str.maketrans({"\xa0": " ", **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")})
#: A table that arranges a page has few cells of its own text, and one of them is nearly all of it.
_LAYOUT_CELLS = 6
_LAYOUT_TEXT = 300
_LAYOUT_SHARE = 0.75
#: What browsers make of more.
_WIDEST = 1000


#: A cell with its place, and a row of cells with the section of the table that it stands in.
Placed = tuple[etree._Element, Slot]  # noqa: SLF001 the name that lxml's stubs have for it
Row = tuple[etree._Element | None, list[etree._Element]]  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; `level` is that of the heading that it belongs to."""

    text: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of data: its element and its cells, each with position and spans in a slot without text."""

    element: etree._Element
    cells: tuple[Placed, ...]
    too_large: bool = False


@dataclass(slots=True)
class _Ink:
    """The line being written: its pieces, the elements that it is in, the number that it begins with."""

    pieces: list[str] = field(default_factory=list)
    heading: etree._Element | None = None
    preformatted: etree._Element | None = None
    raised: etree._Element | None = None
    label: str = ""
    counters: dict[etree._Element, int] = field(default_factory=dict)

    def open(self, element: etree._Element) -> Iterator[Line]:
        """Comes to the start of an element."""
        if element.tag in _BLOCKS or element.tag == "br":
            yield from self.end()
        if element.tag in HEADINGS:
            self.heading = element
        elif element.tag == "pre":
            self.preformatted = element
        elif element.tag in _RAISED:
            self.raised = element
        elif element.tag == "li":
            self.label = _label(element, self.counters)

    def close(self, element: etree._Element) -> Iterator[Line]:
        """Comes to the end of an element, be it one that was left out."""
        if element.tag in _BLOCKS:
            yield from self.end()
        if element is self.heading:
            self.heading = None
        if element is self.preformatted:
            self.preformatted = None
        if element is self.raised:
            self.raised = None
        if element.tag == "li":
            self.label = ""

    def write(self, text: str | None) -> Iterator[Line]:
        """Adds the text of an element, which ends lines of its own where it is preformatted."""
        text = text or ""
        if self.raised is not None and re.fullmatch(r"[0-9+-]+", text.strip()):
            text = text.translate(_RAISED[self.raised.tag])
        if self.preformatted is not None:
            *lines, text = re.sub(r"[ \t]", "\xa0", text).split("\n")
            for line in lines:
                self.pieces.append(line)
                yield from self.end()
        self.pieces.append(text)

    def end(self) -> Iterator[Line]:
        """Ends the line; a blank one is none."""
        text = shown("".join(self.pieces))
        self.pieces.clear()
        if text:
            yield Line(self.label + text, None if self.heading is None else HEADINGS[self.heading.tag])
            self.label = ""


def shown(source: str) -> str:
    """Text as it is shown: white space of the source collapsed, that of the writer kept, joiners left out."""
    return _SPACES.sub(" ", _WRAP.sub("", source)).translate(_SIGNS).strip()


def flow(
    root: etree._Element, skip: AbstractSet[etree._Element] = frozenset(), *, in_cell: bool = False
) -> Iterator[Line | Grid]:
    """Lines and tables of an element. Tables that only arrange the page are read as what they arrange.

    `skip` are elements to leave out. `in_cell` reads controls too: the values of a form that was filled in.
    """
    ink = _Ink()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield from ink.close(element)
            yield from ink.write(element.tail if element is not root else "")
        elif element in skip or is_dropped(element):
            walk.skip_subtree()
            yield from ink.write(_control(element) if in_cell else "")
        else:
            yield from ink.open(element)
            grid = _grid(element) if element.tag == "table" and element is not root else None
            if grid:
                walk.skip_subtree()
                yield grid
            else:
                yield from ink.write(element.text)
    yield from ink.end()


def text_of(element: etree._Element) -> str:
    """All text in an element, as it is shown."""
    return shown("".join(map(str, element.itertext())))


def strays(grid: Grid) -> Iterator[Line | Grid]:
    """What stands in a table outside its cells: its caption, and what was never meant to stand there."""
    return flow(grid.element, set(_owned(grid.element, *_CELLS)))


def is_dropped(element: etree._Element) -> bool:
    """Whether an element is not shown, or is no part of what is read."""
    return element.tag in _DROPPED or is_hidden(element)


def is_hidden(element: etree._Element) -> bool:
    """Whether an element says of itself that it is not shown. A whole page that does so waits for its program."""
    if element.tag in ("html", "body"):
        return False
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def _control(element: etree._Element) -> str:
    """What a filled-in form shows in a control."""
    if is_hidden(element):
        return ""
    if element.tag == "textarea":
        return element.text or ""
    if element.tag == "select":
        chosen = next((option for option in element.iter("option") if "selected" in option.attrib), None)
        return "" if chosen is None else text_of(chosen)
    kind = element.get("type", "text").lower() if element.tag == "input" else ""
    if kind in ("checkbox", "radio"):
        return "☑" if "checked" in element.attrib else "□"
    return element.get("value", "") if kind in ("text", "number", "date") else ""


def _label(item: etree._Element, counters: dict[etree._Element, int]) -> str:
    """The number that a browser puts before an item of an ordered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    count = _number(item, "value", counters.get(parent, _number(parent, "start", 1)))
    counters[parent] = count + 1
    styles = f"{parent.get('style', '')};{item.get('style', '')}"
    if re.search(r"list-style[^;]*none", styles):
        return ""
    if "ideographic" in styles or "chinese" in styles:
        return f"{FORMATS['chineseCounting'](count)}、"
    form = _LIST_FORMATS.get(parent.get("type", ""))
    return f"{FORMATS[form](count) if form else count}. "


def _number(element: etree._Element, name: str, default: int) -> int:
    match = re.match(r"\s*\+?(\d{1,6})", element.get(name, ""), re.ASCII)
    return int(match[1]) if match else default


def _grid(table: etree._Element) -> Grid | None:
    """The table as a grid, None if it only arranges what is in it."""
    if table.get("role") == "presentation":
        return None
    slots = _slots(list(_rows(table)))
    if slots is None:
        return Grid(table, (), too_large=True)
    cells = tuple(_compact(slots))
    return Grid(table, cells) if _is_data(cells) else None


def _is_data(cells: tuple[Placed, ...]) -> bool:
    sizes = {slot: size for cell, slot in cells if (size := _own_text(cell))}
    if len({slot.column for slot in sizes}) < 2:
        return False
    if len(sizes) > _LAYOUT_CELLS:
        return True
    nests = any(next(cell.iter("table"), None) is not None for cell, _ in cells)
    largest = max(sizes.values())
    return not nests and (largest <= _LAYOUT_TEXT or largest < _LAYOUT_SHARE * sum(sizes.values()))


def _own_text(cell: etree._Element) -> int:
    """Characters of a cell outside the tables in it; a control counts as one."""
    size = 0
    walk = etree.iterwalk(cell, events=("start",))
    for _, element in walk:
        size += len((element.tail or "").strip()) if element is not cell else 0
        if element.tag == "table" or is_dropped(element):
            walk.skip_subtree()
            size += element.tag in ("input", "textarea", "select")
        else:
            size += len((element.text or "").strip())
    return size


def _owned(container: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The shown elements of these names in a table, row or cell, without those of the tables in it."""
    walk = etree.iterwalk(container, events=("start",))
    for _, element in walk:
        if element is container:
            continue
        if element.tag in tags:
            walk.skip_subtree()
            if not is_hidden(element):
                yield element
        elif element.tag == "table" or is_dropped(element):
            walk.skip_subtree()


def _rows(table: etree._Element) -> Iterator[Row]:
    """The rows that hold cells, each with the section of the table that it stands in; loose cells form a row."""
    loose: list[etree._Element] = []
    for element in _owned(table, "tr", *_CELLS):
        if element.tag in _CELLS:
            loose.append(element)
            continue
        if loose:
            yield loose[0].getparent(), loose
            loose = []
        cells = list(_owned(element, *_CELLS))
        # Word ends a table with merged cells in an empty row that states the widths
        if cells and (element.get("height") != "0" or any(map(_own_text, cells))):
            yield element.getparent(), cells
    if loose:
        yield loose[0].getparent(), loose


def _slots(rows: list[Row]) -> list[Placed] | None:
    """Cells with the positions that browsers give them, None if there are too many.

    A cell ends where its section does and where another cell begins.
    """
    last = {section: index for index, (section, _) in enumerate(rows)}
    taken: dict[int, int] = {}  # by column, the first row in which it is free again
    slots: list[Placed] = []
    for index, (section, cells) in enumerate(rows):
        column = 0
        for cell in cells:
            while taken.get(column, 0) > index:
                column += 1
            width = _width(cell)
            width = next((free for free in range(1, width) if taken.get(column + free, 0) > index), width)
            height = min(_number(cell, "rowspan", 1) or len(rows), last[section] - index + 1)
            taken.update(dict.fromkeys(range(column, column + width), index + height))
            if len(taken) * len(rows) > limits.CELLS:
                return None
            stored = cell.get("x:num") or None  # Excel's own
            slots.append((cell, Slot(index, column, "", row_span=height, column_span=width, stored=stored)))
            column += width
    return slots


def _width(cell: etree._Element) -> int:
    return min(max(1, _number(cell, "colspan", 1)), _WIDEST)


def _compact(slots: list[Placed]) -> Iterator[Placed]:
    """The cells without rows and columns in which none begins: a title often claims more columns than there are."""
    rows = sorted({slot.row for _, slot in slots})
    columns = sorted({slot.column for _, slot in slots})
    for cell, slot in slots:
        row, column = bisect_left(rows, slot.row), bisect_left(columns, slot.column)
        bottom, right = (
            bisect_left(rows, slot.row + slot.row_span),
            bisect_left(columns, slot.column + slot.column_span),
        )
        yield cell, replace(slot, row=row, column=column, row_span=bottom - row, column_span=right - column)
