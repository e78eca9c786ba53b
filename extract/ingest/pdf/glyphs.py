"""Characters and ruling lines of a PDF page by pdfium, in the coordinates of the page as it is shown.

The one place that knows pypdfium2, and the one where a hostile file meets it: what pdfium refuses becomes a `Problem`.
Shown coordinates: points, the origin at the upper left corner of the crop box, the page turned by its /Rotate.
"""

import ctypes
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from extract.ingest import limits
from extract.ingest.paged.glyphs import (
    LEVEL,
    REPLACEMENT,
    Drawing,
    Glyph,
    Matrix,
    Point,
    Sheet,
    apply,
    character,
    filled,
    is_on,
    stroked,
    then,
    within,
)
from extract.ingest.pdf.calls import address, pdfium
from schemas.document import Box
from schemas.errors import Problem

#: A character counts as shown if its clips leave this share of its width and of its height.
_SEEN = 0.5
_CLIP_SEGMENTS = 64
_ANNOTATIONS = 1_000
#: OCR wants so many dots an inch; a page of poster size gets fewer.
_DPI = 200
_PIXELS = 5_000
#: A colour channel from here on is white: a white area draws no border.
_WHITE = 250
_LINE_ENDS = (0x0A, 0x0D)
_INVISIBLE = 3  # PDF text render mode


def open_pdf(data: bytes) -> Any:
    """The open pypdfium2 document, to be closed by the caller, or a `Problem`."""
    import pypdfium2

    # pdfium fails over some files without an error and keeps that of another file: now it is that of no PDF
    with suppress(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(b"rubbish")
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
            return Problem("encrypted", "文件已加密，需要密码才能打开")
        return Problem("damaged", "PDF 文件已损坏，无法打开")


def metadata(pdf: Any) -> tuple[tuple[str, str], ...]:
    """Title, author, creator and producer as the file states them; what it does not state is left out."""
    found = ((key.lower(), _stated(pdf, key)) for key in ("Title", "Author", "Creator", "Producer"))
    return tuple((key, value) for key, value in found if value)


def _stated(pdf: Any, key: str) -> str:
    """One entry, "" where its bytes are no text: a broken title costs no page."""
    try:
        return str(pdf.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""


def is_rebuilt(pdf: Any) -> bool:
    """Whether the list of the file's objects was broken, so that pdfium gathered what it could find."""
    import pypdfium2

    return not pypdfium2.raw.FPDF_DocumentHasValidCrossReferenceTable(pdf)


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


def render(pdf: Any, index: int, dpi: int = _DPI) -> Any:
    """Page `index` as an image (PIL), None where pdfium can't draw it."""
    import pypdfium2

    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        scale = min(dpi / 72, _PIXELS / max(1.0, *page.get_size()))
        return page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, OverflowError, ValueError):
        return None
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
        if count > limits.CHARACTERS:
            return Problem("limit", f"该页有 {count} 个字符，超过上限 {limits.CHARACTERS}，未读", f"第{number}页")
        drawing = _draw(page, shown, width * height)
        glyphs, turned, counts = _glyphs(textpage, shown, width, height, clipped=not drawing.forms)
        invisible = drawing.pictures > 0.5 and bool(glyphs) and _is_invisible(textpage, count)
    finally:
        textpage.close()
    return Sheet(number, width, height, glyphs, turned, drawing, *counts, invisible)


def _shown(left: float, bottom: float, right: float, top: float, rotation: int) -> Matrix:
    """Page space to shown coordinates."""
    return {
        0: (1, 0, 0, -1, -left, top),
        90: (0, 1, 1, 0, -bottom, -left),
        180: (-1, 0, 0, 1, right, -bottom),
        270: (0, -1, -1, 0, top, right),
    }[rotation]


def _glyphs(
    textpage: Any, shown: Matrix, width: float, height: float, *, clipped: bool
) -> tuple[list[Glyph], list[Glyph], tuple[int, int, int]]:
    """Level characters, turned ones, and the counts of unmapped, of outside and of void ones (see `Sheet`).

    Clips are heeded if `clipped`: inside a form they lie in other coordinates. Six to ten calls of pdfium for each
    character are most of the time that a page takes.
    """
    from pypdfium2 import raw

    level: list[Glyph] = []
    turned: list[Glyph] = []
    unmapped = outside = void = 0
    call = pdfium()
    is_unmapped, unicode, text_object = call.has_unicode_error, call.unicode, call.text_object
    box_of, origin_of = call.loose_box, call.origin
    manner_of = _manners(shown, clipped=clipped)
    a, b, c, d, e, f = shown
    box, across, up = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    into_box, into_across, into_up = map(ctypes.addressof, (box, across, up))
    page = address(textpage.raw)
    for i in range(textpage.count_chars()):
        lost = is_unmapped(page, i) == 1
        code = unicode(page, i)
        char = REPLACEMENT if lost else character(code)
        if not char:
            void += code not in _LINE_ENDS
            continue
        box_of(page, i, into_box)
        origin_of(page, i, into_across, into_up)
        left, upper, right, lower = box.left, box.top, box.right, box.bottom
        x0, top = a * left + c * upper + e, b * left + d * upper + f
        x1, bottom = a * right + c * lower + e, b * right + d * lower + f
        if x0 > x1:
            x0, x1 = x1, x0
        if top > bottom:
            top, bottom = bottom, top
        glyph = Glyph(char, x0, top, x1, bottom, b * across.value + d * up.value + f)
        clip, upright = manner_of(page, i, text_object(page, i), char)
        if not is_on(glyph, width, height) or (clip and _is_cut(glyph, clip)):
            outside += char != " "
            continue
        unmapped += lost
        (level if upright else turned).append(within(glyph, width, height))
    return level, turned, (unmapped, outside, void)


def _is_cut(glyph: Glyph, clip: Box) -> bool:
    """Whether a clip leaves less than half of a character."""
    _, x0, top, x1, bottom, _, _ = glyph
    if clip.x0 <= x0 and x1 <= clip.x1 and clip.top <= top and bottom <= clip.bottom:
        return False
    across, down = min(x1, clip.x1) - max(x0, clip.x0), min(bottom, clip.bottom) - max(top, clip.top)
    return across < _SEEN * (x1 - x0) or down < _SEEN * (bottom - top)


def _manners(shown: Matrix, *, clipped: bool) -> Callable[[int | None, int, int | None, str], tuple[Box | None, bool]]:
    """A function for the box that clips leave of a character, None without clips, and whether it is level.

    It is told page, index, text object and character. All characters of an object are alike, but for the spaces that
    pdfium adds and never turns. Each object has a clip of its own, but those
    drawn under one share the paths in it, hence the address of each first segment tells a path that was measured.
    """
    call = pdfium()
    clip_path, count_paths, segment, angle_of = call.clip_path, call.count_clip_paths, call.clip_segment, call.angle
    manners: dict[int, tuple[Box | None, bool]] = {}
    boxes: dict[Any, Box] = {}
    uprights: dict[float, bool] = {}

    def clip_of(item: int) -> Box | None:
        clip = clip_path(item)
        count = count_paths(clip) if clip else 0
        if count <= 0:
            return None
        paths = segment(clip, 0, 0) if count == 1 else tuple([segment(clip, path, 0) for path in range(count)])
        if paths not in boxes:
            boxes[paths] = _intersection([list(_clip_points(clip, path)) for path in range(count)], shown)
        return boxes[paths]

    def manner_of(page: int | None, index: int, item: int | None, char: str) -> tuple[Box | None, bool]:
        if item in manners:
            return manners[item]
        angle = angle_of(page, index)
        if angle not in uprights:
            uprights[angle] = _is_level(angle, shown)
        manner = clip_of(item) if clipped and item else None, uprights[angle]
        if item and char != " ":
            manners[item] = manner
        return manner

    return manner_of


def _clip_points(clip: int, path: int) -> Iterator[Point]:
    call = pdfium()
    x, y = ctypes.c_float(), ctypes.c_float()
    into = ctypes.addressof(x), ctypes.addressof(y)
    for i in range(_CLIP_SEGMENTS):
        segment = call.clip_segment(clip, path, i)
        if segment and call.segment_point(segment, *into):
            yield x.value, y.value


def _intersection(paths: Iterable[list[Point]], shown: Matrix) -> Box:
    """The box that lies within all of the paths, in shown coordinates."""
    x0 = top = -math.inf
    x1 = bottom = math.inf
    for path in paths:
        points = [apply(shown, x, y) for x, y in path]
        if points:
            x0, x1 = max(x0, min(x for x, _ in points)), min(x1, max(x for x, _ in points))
            top, bottom = max(top, min(y for _, y in points)), min(bottom, max(y for _, y in points))
    return Box(x0, top, x1, bottom)


def _is_level(angle: float, shown: Matrix) -> bool:
    """Whether text at pdfium's angle (clockwise, in page space) runs from left to right as shown."""
    if angle < 0:  # pdfium does not know
        return True
    return shown[0] * math.cos(angle) - shown[2] * math.sin(angle) > LEVEL


def _is_invisible(textpage: Any, count: int) -> bool:
    """Whether most of a sample of the characters is drawn in the invisible mode."""
    from pypdfium2 import raw

    sample = range(0, count, max(1, count // 50))
    modes = [raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(textpage, i)) for i in sample]
    return 2 * modes.count(_INVISIBLE) > len(modes)


def _draw(page: Any, shown: Matrix, area: float) -> Drawing:
    from pypdfium2 import raw

    drawing = Drawing()
    call = pdfium()

    def walk(get: Callable[[int | None, int], Any], parent: int | None, count: int, matrix: Matrix, depth: int) -> None:
        for i in range(count):
            if drawing.cut:
                return
            drawing.objects += 1
            item = get(parent, i)
            kind = call.object_type(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                _draw_path(item, matrix, drawing)
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                a, b, c, d, _, _ = then(_matrix(item), matrix)
                drawing.pictures += abs(a * d - b * c) / max(area, 1.0)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < limits.DEPTH:
                drawing.forms += 1
                inner = raw.FPDFFormObj_CountObjects(ctypes.cast(item, raw.FPDF_PAGEOBJECT))
                walk(call.form_object, item, inner, then(_matrix(item), matrix), depth + 1)

    walk(call.page_object, address(page.raw), raw.FPDFPage_CountObjects(page), shown, 0)
    return drawing


def _matrix(item: int) -> Matrix:
    from pypdfium2 import raw

    found = raw.FS_MATRIX()
    pdfium().matrix(item, ctypes.addressof(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _draw_path(path: int, matrix: Matrix, drawing: Drawing) -> None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium().draw_mode(path, ctypes.addressof(fill), ctypes.addressof(stroke))
    if not stroke.value and (not fill.value or _is_white(path)):
        return
    for points, curved in _outlines(path, then(_matrix(path), matrix), drawing):
        if curved:
            drawing.curves += 1
        elif stroke.value:
            drawing.rules.extend(stroked(points))
        else:
            drawing.rules.extend(filled(points))


def _is_white(path: int) -> bool:
    channels = (ctypes.c_uint * 4)()
    start, step = ctypes.addressof(channels), ctypes.sizeof(ctypes.c_uint)
    pdfium().fill_color(path, start, start + step, start + 2 * step, start + 3 * step)
    return all(channel >= _WHITE for channel in channels[:3])


def _outlines(path: int, matrix: Matrix, drawing: Drawing) -> Iterator[tuple[list[Point], bool]]:
    """The points of each part of a path and whether it has a curve."""
    from pypdfium2 import raw

    call = pdfium()
    x, y = ctypes.c_float(), ctypes.c_float()
    into_x, into_y = ctypes.addressof(x), ctypes.addressof(y)
    points: list[Point] = []
    curved = False
    for i in range(call.count_segments(path)):
        drawing.segments += 1
        if drawing.cut:
            break
        segment = call.path_segment(path, i)
        kind = call.segment_type(segment)
        call.segment_point(segment, into_x, into_y)
        if kind == raw.FPDF_SEGMENT_MOVETO and points:
            yield points, curved
            points, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        points.append(apply(matrix, x.value, y.value))
        if call.segment_close(segment):
            points.append(points[0])
    if points:
        yield points, curved
