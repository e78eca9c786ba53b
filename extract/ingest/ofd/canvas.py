"""Draws the objects of a page: characters, ruling lines and pictures in shown coordinates."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from extract.ingest import limits
from extract.ingest.ofd import text
from extract.ingest.ofd.parts import Archive, Element, every, number, numbers, text_of
from extract.ingest.paged.glyphs import (
    REPLACEMENT,
    Drawing,
    Glyph,
    Matrix,
    Point,
    Sheet,
    apply,
    filled,
    is_on,
    stroked,
    then,
    within,
)
from schemas.document import Box

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
#: OCR wants so many pixels for a point (200 dpi), and a page has no more than these on a side.
_PIXELS_PER_POINT = 200 / 72
_PIXELS = 5_000
_WHITE = 250
_COMMAND = re.compile(r"([SMLQBAC])([^SMLQBAC]*)")
#: What stands in a page for nothing but its contents.
_GROUPS = {"Layer", "PageBlock"}


@dataclass(frozen=True, slots=True)
class Resources:
    """Composite objects by their identifiers, and the parts of pictures by theirs."""

    composites: dict[str, Element]
    pictures: dict[str, str]


@dataclass(slots=True)
class Canvas:
    """A page as it is drawn, in shown coordinates."""

    archive: Archive
    resources: Resources
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    turned: list[Glyph] = field(default_factory=list)
    drawing: Drawing = field(default_factory=Drawing)
    pictures: list[tuple[str, Box]] = field(default_factory=list)
    characters: int = 0
    unmapped: int = 0
    outside: int = 0
    unseen: int = 0

    def sheet(self, number: int) -> Sheet:
        """What was drawn."""
        recognised = self.drawing.pictures > 0.5 and 2 * self.unseen > self.characters
        return Sheet(
            number,
            self.width,
            self.height,
            self.glyphs,
            self.turned,
            self.drawing,
            self.unmapped,
            self.outside,
            recognised=recognised,
        )

    def walk(self, parent: Element, matrix: Matrix, depth: int = 0) -> None:
        """Draws all objects in an element whose coordinates `matrix` turns into shown ones."""
        for item in parent:
            if self.drawing.cut or self.characters > limits.CHARACTERS:
                return
            # composites may hold themselves
            self.drawing.objects += 1 if depth <= limits.DEPTH else limits.OBJECTS
            sort = etree.QName(item).localname
            if sort in _GROUPS:
                self.walk(item, matrix, depth + 1)
            elif item.get("Visible") == "false":
                continue
            elif sort == "TextObject":
                self._write(item, then(_placed(item), matrix))
            elif sort == "PathObject":
                self._rule(item, then(_placed(item), matrix))
            elif sort == "ImageObject":
                self._paste(item, then(moved(item), matrix))
            elif sort == "CompositeObject":
                unit = self.resources.composites.get(item.get("ResourceID", ""))
                for content in every(unit, "Content"):
                    self.walk(content, then(_placed(item), matrix), depth + 1)

    def _write(self, item: Element, matrix: Matrix) -> None:
        size, scale = number(item.get("Size"), 0.0), number(item.get("HScale"), 1.0)
        unseen = item.get("Alpha") == "0" or item.get("Fill") == "false" != item.get("Stroke", "false")
        x = y = 0.0
        for code in every(item, "TextCode"):
            words = (code.text or "")[: limits.CHARACTERS + 1]
            x, y = number(code.get("X"), x), number(code.get("Y"), y)
            self.characters += len(words)
            self.unseen += len(words) * unseen
            distances = text.steps(words, code, size * scale)
            target = self.glyphs if text.is_level(distances, matrix) else self.turned
            across, down = x, y
            for char, (dx, dy) in zip(words, distances, strict=True):
                wide = text.width(char, dx, size * scale)
                self._put(text.glyph(char, (across, down), size, wide, matrix), target)
                across, down = across + dx, down + dy

    def _put(self, glyph: Glyph, target: list[Glyph]) -> None:
        if not glyph.char:
            return
        if not is_on(glyph, self.width, self.height):
            self.outside += glyph.char != " "
            return
        self.unmapped += glyph.char == REPLACEMENT
        target.append(within(glyph, self.width, self.height))

    def _rule(self, item: Element, matrix: Matrix) -> None:
        stroke, fill = item.get("Stroke") != "false", item.get("Fill") == "true"
        if not stroke and (not fill or _is_white(item)):
            return
        for points, curved in self._outlines(text_of(item, "AbbreviatedData")):
            shown = [apply(matrix, *point) for point in points]
            if curved:
                self.drawing.curves += 1
            else:
                self.drawing.rules.extend(stroked(shown) if stroke else filled(shown))

    def _outlines(self, path: str) -> Iterator[tuple[list[Point], bool]]:
        """The points of each part of a path and whether it has a curve."""
        points: list[Point] = []
        curved = False
        for match in _COMMAND.finditer(path):
            self.drawing.segments += 1
            if self.drawing.cut:
                break
            command, values = match[1], numbers(match[2])
            if command in "SM" and points:
                yield points, curved
                points, curved = [], False
            if command == "C" and points:
                points.append(points[0])
            elif len(values) > 1:
                points.append((values[-2], values[-1]))
                curved = curved or command in "QBA"
        if points:
            yield points, curved

    def _paste(self, item: Element, matrix: Matrix) -> None:
        values = numbers(item.get("Boundary", ""))
        if len(values) == 4:
            x0, top = apply(matrix, 0, 0)
            x1, bottom = apply(matrix, values[2], values[3])
            self.drawing.pictures += abs((x1 - x0) * (bottom - top)) / (self.width * self.height)
            self.pictures.append(
                (self.resources.pictures.get(item.get("ResourceID", ""), ""), Box(x0, top, x1, bottom))
            )

    def picture(self) -> Any:
        """The page with its pictures alone, as an image (PIL); None if there are none that can be drawn."""
        from PIL import Image, UnidentifiedImageError

        scale = min(_PIXELS_PER_POINT, _PIXELS / max(self.width, self.height))
        page = Image.new("RGB", (round(self.width * scale), round(self.height * scale)), "white")
        drawn = False
        with zipfile.ZipFile(BytesIO(self.archive.data)) as archive:
            for name, box in self.pictures[: limits.NESTING]:
                try:
                    picture = Image.open(BytesIO(archive.read(name))).convert("RGB")
                except (KeyError, OSError, UnidentifiedImageError, Image.DecompressionBombError):
                    continue
                corner = round(box.x0 * scale), round(box.top * scale)
                size = max(1, round((box.x1 - box.x0) * scale)), max(1, round((box.bottom - box.top) * scale))
                page.paste(picture.resize((min(size[0], _PIXELS), min(size[1], _PIXELS))), corner)
                drawn = True
        return page if drawn else None


def _placed(item: Element) -> Matrix:
    """From the coordinates of an object to those of its parent."""
    values = numbers(item.get("CTM", ""))
    own: Matrix = (values[0], values[1], values[2], values[3], values[4], values[5]) if len(values) == 6 else _IDENTITY
    return then(own, moved(item))


def moved(item: Element) -> Matrix:
    """From the inside of an object's boundary to the coordinates of its parent."""
    values = numbers(item.get("Boundary", ""))
    return (1, 0, 0, 1, values[0], values[1]) if len(values) == 4 else _IDENTITY


def _is_white(item: Element) -> bool:
    channels = [number for color in every(item, "FillColor") for number in numbers(color.get("Value", ""))]
    return bool(channels) and min(channels) >= _WHITE
