"""Characters and ruling lines of a PDF page by pdfium, in the coordinates of the page as it is shown.

The one place that knows pypdfium2, and the one where a hostile file meets it: what pdfium refuses becomes a `Problem`.
Shown coordinates: points, the origin at the upper left corner of the crop box, the page turned by its /Rotate.
"""

import ctypes
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from schemas.document import Box
from schemas.errors import Problem

#: A page beyond one of these is not read any further, and a `Problem` says so.
PAGES = 5_000
CHARACTERS = 200_000
OBJECTS = 100_000
SEGMENTS = 100_000
DEPTH = 16

#: A filled shape that is no thicker than this is a drawn line, in points.
_LINE_THICKNESS = 3.0
#: A line is upright or level when its ends differ by no more than this, in points.
_SKEW = 1.0
#: The cosine of the angle up to which text counts as level.
_LEVEL = 0.98
#: A character counts as shown if its clips leave this share of its width and of its height.
_SEEN = 0.5
_CLIP_SEGMENTS = 64
_ANNOTATIONS = 1_000
#: A colour channel from here on is white: a white area draws no border.
_WHITE = 250
#: A character that pdfium puts where a hyphen ends a line.
_HYPHEN_MARK = "\x02"
_REPLACEMENT = "\ufffd"
_INVISIBLE = 3  # PDF text render mode

# Fonts of some word processors map ideographs to the radicals that look like them (⼀ for 一). NFKC undoes the Kangxi
# radicals; these simplified ones have no decomposition.
_RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
_KANGXI = range(0x2F00, 0x2FD6)
_UNSEEN = frozenset("\ufeff\u200b\u200c\u200d\u2060")

#: (a, b, c, d, e, f): x' = a·x + c·y + e and y' = b·x + d·y + f.
Matrix = tuple[float, float, float, float, float, float]
ClipKey = tuple[tuple[float, float], ...]


class Glyph(NamedTuple):
    """A character with its loose box and the height of its baseline. White space is always a plain " "."""

    char: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float


class Rule(NamedTuple):
    """A ruling line: `x0 == x1` (upright) or `top == bottom` (level)."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page beside its text: ruling lines, the share that pictures cover, the count of curves."""

    rules: list[Rule] = field(default_factory=list)
    pictures: float = 0.0
    curves: int = 0
    forms: int = 0
    objects: int = 0
    segments: int = 0

    @property
    def cut(self) -> bool:
        """Whether a limit ended the reading."""
        return self.objects >= OBJECTS or self.segments >= SEGMENTS


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its level characters, those in slanted or upright lines, and its drawing.

    `unmapped` counts the characters for which the font gives no Unicode value, `outside` those that lie off the page or
    are cut off by a clip (a spreadsheet prints a long cell on two pages and clips it on each);
    `invisible` tells that the text is an unseen layer over a picture, as OCR programs leave it.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    turned: list[Glyph]
    drawing: Drawing
    unmapped: int = 0
    outside: int = 0
    invisible: bool = False


def open_pdf(data: bytes) -> Any:
    """The open pypdfium2 document, to be closed by the caller, or a `Problem`."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            return Problem("encrypted", "文件已加密，需要密码才能打开")
        return Problem("damaged", "PDF 文件已损坏，无法打开")


def metadata(pdf: Any) -> tuple[tuple[str, str], ...]:
    """Title, author, creator and producer as the file states them; what it does not state is left out."""
    found = pdf.get_metadata_dict(skip_empty=True)
    return tuple((key.lower(), found[key]) for key in ("Title", "Author", "Creator", "Producer") if found.get(key))


def read_sheet(pdf: Any, index: int) -> Sheet | Problem:
    """Page `index` (from 0) of an open document."""
    import pypdfium2

    place = f"第{index + 1}页"
    try:
        page = _page(pdf, index)
    except pypdfium2.PdfiumError:
        return Problem("damaged", "该页已损坏，无法读取", place)
    try:
        return _sheet(page, index + 1)
    except (pypdfium2.PdfiumError, OverflowError, ValueError):
        return Problem("damaged", "该页内容已损坏，无法读取", place)
    finally:
        page.close()


def _page(pdf: Any, index: int) -> Any:
    """The open page, with what is typed into its form fields and text boxes drawn on it (in memory only)."""
    from pypdfium2 import raw

    page = pdf[index]
    if not _has_typed_text(page):
        return page
    try:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    finally:
        page.close()
    return pdf[index]


def _has_typed_text(page: Any) -> bool:
    from pypdfium2 import raw

    wanted = (raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_STAMP)
    for i in range(min(raw.FPDFPage_GetAnnotCount(page), _ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, i)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in wanted:
            return True
    return False


def _sheet(page: Any, number: int) -> Sheet | Problem:
    left, bottom, right, top = page.get_bbox()
    shown = _shown(left, bottom, right, top, page.get_rotation())
    width, height = right - left, top - bottom
    if page.get_rotation() in (90, 270):
        width, height = height, width
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > CHARACTERS:
            return Problem("limit", f"该页有 {count} 个字符，超过上限 {CHARACTERS}，未读", f"第{number}页")
        drawing = _draw(page, shown, width * height)
        glyphs, turned, unmapped, outside = _glyphs(textpage, shown, width, height, clipped=not drawing.forms)
        unseen = drawing.pictures > 0.5 and bool(glyphs) and _is_invisible(textpage, count)
    finally:
        textpage.close()
    return Sheet(number, width, height, glyphs, turned, drawing, unmapped, outside, unseen)


def _shown(left: float, bottom: float, right: float, top: float, rotation: int) -> Matrix:
    """Page space to shown coordinates."""
    return {
        0: (1, 0, 0, -1, -left, top),
        90: (0, 1, 1, 0, -bottom, -left),
        180: (-1, 0, 0, 1, right, -bottom),
        270: (0, -1, -1, 0, top, right),
    }[rotation]


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _then(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first` and then `second`."""
    a, b, c, d, _, _ = second
    return (
        first[0] * a + first[1] * c,
        first[0] * b + first[1] * d,
        first[2] * a + first[3] * c,
        first[2] * b + first[3] * d,
        *_apply(second, first[4], first[5]),
    )


def _glyphs(
    textpage: Any, shown: Matrix, width: float, height: float, *, clipped: bool
) -> tuple[list[Glyph], list[Glyph], int, int]:
    """Level characters, turned ones, and the counts of unmapped ones and of those that are not shown.

    Clips are heeded if `clipped`: inside a form they lie in other coordinates.
    """
    from pypdfium2 import raw

    level: list[Glyph] = []
    turned: list[Glyph] = []
    unmapped = outside = 0
    clips: dict[ClipKey, Box] = {}
    box = raw.FS_RECTF()
    across, up = ctypes.c_double(), ctypes.c_double()
    for i in range(textpage.count_chars()):
        char = _character(raw.FPDFText_GetUnicode(textpage, i))
        lost = raw.FPDFText_HasUnicodeMapError(textpage, i) == 1
        if lost:
            char = _REPLACEMENT
        if not char:
            continue
        raw.FPDFText_GetLooseCharBox(textpage, i, box)
        raw.FPDFText_GetCharOrigin(textpage, i, across, up)
        x0, top = _apply(shown, box.left, box.top)
        x1, bottom = _apply(shown, box.right, box.bottom)
        _, base = _apply(shown, across.value, up.value)
        glyph = Glyph(char, min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom), base)
        clip = _clip(textpage, i, shown, clips) if clipped else None
        if not _is_on(glyph, width, height) or (clip and _is_cut(glyph, clip)):
            outside += char != " "
            continue
        unmapped += lost
        upright = _is_level(raw.FPDFText_GetCharAngle(textpage, i), shown)
        (level if upright else turned).append(_within(glyph, width, height))
    return level, turned, unmapped, outside


def _character(code: int) -> str:
    """The character for pdfium's code, "" for what is not seen (line ends, control and zero-width characters)."""
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return _REPLACEMENT
    char = chr(code)
    if char == _HYPHEN_MARK:
        return "-"
    if char in "\r\n" or char in _UNSEEN:
        return ""
    if char.isspace():
        return " "
    if code in _KANGXI:
        import unicodedata

        return unicodedata.normalize("NFKC", char)
    return _RADICALS.get(char, char) if code >= 32 else ""


def _is_on(glyph: Glyph, width: float, height: float) -> bool:
    return 0 <= (glyph.x0 + glyph.x1) / 2 <= width and 0 <= (glyph.top + glyph.bottom) / 2 <= height


def _is_cut(glyph: Glyph, clip: Box) -> bool:
    """Whether a clip leaves less than half of a character."""
    across = min(glyph.x1, clip.x1) - max(glyph.x0, clip.x0)
    down = min(glyph.bottom, clip.bottom) - max(glyph.top, clip.top)
    return across < _SEEN * (glyph.x1 - glyph.x0) or down < _SEEN * (glyph.bottom - glyph.top)


def _clip(textpage: Any, index: int, shown: Matrix, known: dict[ClipKey, Box]) -> Box | None:
    """The box that the clips of a character leave, None without clips.

    Characters share few clips but pdfium tells them apart for each: `known` holds those that were measured, by two
    corners of each.
    """
    from pypdfium2 import raw

    item = raw.FPDFText_GetTextObject(textpage, index)
    clip = raw.FPDFPageObj_GetClipPath(item) if item else None
    count = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    if count <= 0:
        return None
    key = tuple(point for path in range(count) for point in _clip_points(clip, path, (0, 2)))
    if key not in known:
        known[key] = _intersection(
            [list(_clip_points(clip, path, range(_CLIP_SEGMENTS))) for path in range(count)], shown
        )
    return known[key]


def _clip_points(clip: Any, path: int, wanted: Iterable[int]) -> Iterator[tuple[float, float]]:
    from pypdfium2 import raw

    x, y = ctypes.c_float(), ctypes.c_float()
    for i in wanted:
        segment = raw.FPDFClipPath_GetPathSegment(clip, path, i)
        if segment and raw.FPDFPathSegment_GetPoint(segment, x, y):
            yield x.value, y.value


def _intersection(paths: Iterable[list[tuple[float, float]]], shown: Matrix) -> Box:
    """The box that lies within all of the paths, in shown coordinates."""
    x0 = top = -math.inf
    x1 = bottom = math.inf
    for path in paths:
        points = [_apply(shown, x, y) for x, y in path]
        if points:
            x0, x1 = max(x0, min(x for x, _ in points)), min(x1, max(x for x, _ in points))
            top, bottom = max(top, min(y for _, y in points)), min(bottom, max(y for _, y in points))
    return Box(x0, top, x1, bottom)


def _within(glyph: Glyph, width: float, height: float) -> Glyph:
    if glyph.x0 >= 0 and glyph.top >= 0 and glyph.x1 <= width and glyph.bottom <= height:
        return glyph
    return glyph._replace(
        x0=max(glyph.x0, 0), top=max(glyph.top, 0), x1=min(glyph.x1, width), bottom=min(glyph.bottom, height)
    )


def _is_level(angle: float, shown: Matrix) -> bool:
    """Whether text at pdfium's angle (clockwise, in page space) runs from left to right as shown."""
    if angle < 0:  # pdfium does not know
        return True
    return shown[0] * math.cos(angle) - shown[2] * math.sin(angle) > _LEVEL


def _is_invisible(textpage: Any, count: int) -> bool:
    """Whether most of a sample of the characters is drawn in the invisible mode."""
    from pypdfium2 import raw

    sample = range(0, count, max(1, count // 50))
    modes = [raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(textpage, i)) for i in sample]
    return 2 * modes.count(_INVISIBLE) > len(modes)


def _draw(page: Any, shown: Matrix, area: float) -> Drawing:
    from pypdfium2 import raw

    drawing = Drawing()

    def walk(get: Callable[[int], Any], count: int, matrix: Matrix, depth: int) -> None:
        for i in range(count):
            if drawing.cut:
                return
            drawing.objects += 1
            item = get(i)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                _draw_path(item, matrix, drawing)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                a, b, c, d, _, _ = _then(_matrix(item), matrix)
                drawing.pictures += abs(a * d - b * c) / max(area, 1.0)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEPTH:
                drawing.forms += 1
                inner = raw.FPDFFormObj_CountObjects(item)
                walk(_getter(raw.FPDFFormObj_GetObject, item), inner, _then(_matrix(item), matrix), depth + 1)

    walk(_getter(raw.FPDFPage_GetObject, page), raw.FPDFPage_CountObjects(page), shown, 0)
    return drawing


def _getter(function: Callable[[Any, int], Any], parent: Any) -> Callable[[int], Any]:
    return lambda index: function(parent, index)


def _matrix(item: Any) -> Matrix:
    from pypdfium2 import raw

    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _draw_path(path: Any, matrix: Matrix, drawing: Drawing) -> None:
    from pypdfium2 import raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not stroke.value and (not fill.value or _is_white(path)):
        return
    for points, curved in _outlines(path, _then(_matrix(path), matrix), drawing):
        if curved:
            drawing.curves += 1
        elif stroke.value:
            drawing.rules.extend(_rules(points))
        else:
            drawing.rules.extend(_filled(points))


def _is_white(path: Any) -> bool:
    from pypdfium2 import raw

    channels = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetFillColor(path, *channels)
    return all(channel.value >= _WHITE for channel in channels[:3])


def _outlines(path: Any, matrix: Matrix, drawing: Drawing) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """The points of each part of a path and whether it has a curve."""
    from pypdfium2 import raw

    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for i in range(raw.FPDFPath_CountSegments(path)):
        drawing.segments += 1
        if drawing.cut:
            break
        segment = raw.FPDFPath_GetPathSegment(path, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == raw.FPDF_SEGMENT_MOVETO and points:
            yield points, curved
            points, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        points.append(_apply(matrix, x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield points, curved


def _rules(points: list[tuple[float, float]]) -> Iterator[Rule]:
    """The level and upright lines of an outline."""
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ay - by) <= _SKEW < abs(ax - bx):
            yield Rule(min(ax, bx), (ay + by) / 2, max(ax, bx), (ay + by) / 2)
        elif abs(ax - bx) <= _SKEW < abs(ay - by):
            yield Rule((ax + bx) / 2, min(ay, by), (ax + bx) / 2, max(ay, by))


def _filled(points: list[tuple[float, float]]) -> Iterator[Rule]:
    """A thin filled shape is one line along its middle; the border of a wide one counts."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
    if bottom - top <= _LINE_THICKNESS < x1 - x0:
        yield Rule(x0, (top + bottom) / 2, x1, (top + bottom) / 2)
    elif x1 - x0 <= _LINE_THICKNESS < bottom - top:
        yield Rule((x0 + x1) / 2, top, (x0 + x1) / 2, bottom)
    else:
        yield from _rules([*points, points[0]])
