"""Recognises the characters of a page that is a picture, if the extra jihe[ocr] is installed.

rapidocr finds the lines and gives each character with its column and how sure it is of it; OpenCV finds ruling lines.
The one place that knows both. One thread, one model, no network: the same picture always gives the same characters.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import fmean, median
from typing import Any

from extract.ingest import limits
from extract.ingest.paged.glyphs import Drawing, Glyph, Point, Rule, Sheet

NEEDED = "需要文字识别（OCR）：pip install jihe[ocr]"
#: CPU seconds that a page takes, roughly.
SECONDS = 10

#: The longer side of a picture in pixels as the detector sees it: A4 at 200 dpi.
_SIDE = 2_400
#: A picture of which most text runs downwards lies on its side; one that is hardly legible stands on its head.
_TALL = 1.5
_ILLEGIBLE = 0.7
#: Shares of the height of a line: the size of its characters, where the baseline is, and how far two characters may be
#: apart that touch each other (places are not exact, and ，is drawn at the left of its own).
_EM = 0.95
_BASE = 0.8
_LOOSE = 0.4
#: Lines whose heights differ by no more than this share are of one size: the detector is not exact.
_ALIKE = 0.2
#: Inches: ruling lines are at least so long, have gaps up to so long and are at most so thick; from a length on they
#: show how far the page is turned.
_LENGTH, _GAP, _THICK, _RULED = 0.22, 0.06, 0.05, 1.0
#: So does a line of text this many times longer than high. Degrees: less is none, more is no matter of a scanner.
_LONG = 5
_STRAIGHT, _CROOKED = 0.05, 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """A line as it was recognised: its characters, how sure each is, where they are along it (0 to 1), its corners.

    The corners are pixels, from the upper left one clockwise.
    """

    text: str
    sure: tuple[float, ...]
    places: tuple[float, ...]
    corners: tuple[Point, ...]

    @property
    def width(self) -> float:
        """Length of the upper side."""
        return math.dist(self.corners[0], self.corners[1])

    @property
    def height(self) -> float:
        """Length of the left side."""
        return math.dist(self.corners[0], self.corners[3])

    @property
    def tall(self) -> bool:
        """Whether the line runs downwards."""
        return self.height > _TALL * self.width


@dataclass(slots=True)
class Quota:
    """How many more pages or pictures of a document may be recognised."""

    left: int = field(default_factory=lambda: limits.RECOGNISED)

    def take(self) -> bool:
        """Whether one more may be, which then counts."""
        self.left -= 1
        return self.left >= 0


@cache
def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return bool(find_spec("rapidocr") and find_spec("onnxruntime"))


def versions() -> str:
    """The versions of what is installed, for a person."""
    from importlib.metadata import version

    return "、".join(f"{name} {version(name)}" for name in ("rapidocr", "onnxruntime"))


def read_page(image: Any, number: int, width: float, height: float) -> Sheet:
    """The characters and ruling lines of the picture of a page (PIL), which is `width` by `height` points as shown.

    The page is turned upright and straightened: the coordinates are those of the straight page.
    """
    import numpy as np

    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
    turns, lines = _upright(pixels)
    pixels = np.ascontiguousarray(np.rot90(pixels, turns))
    if turns % 2:
        width, height = height, width
    scale = width / pixels.shape[1]
    pixels, lines = _straightened(pixels, lines, 72 / scale)
    heights = [line.height * scale for line in lines]
    glyphs = [
        glyph for line, height in zip(lines, _evened(heights), strict=True) for glyph in _glyphs(line, height, scale)
    ]
    rules = list(_rules(pixels, 72 / scale))
    return Sheet(number, width, height, glyphs, [], Drawing(rules=rules), recognised=True)


@cache
def _engine() -> Any:
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    return RapidOCR(
        params={
            "Global.use_cls": False,  # it turned a 9 into a 6
            "Global.return_word_box": True,
            "Global.max_side_len": _SIDE,
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _upright(pixels: Any) -> tuple[int, list[Found]]:
    """How many quarter turns (against the clock) the picture needs, and its lines then."""
    import numpy as np

    lines = _recognise(pixels)
    if sum(line.height for line in lines if line.tall) > sum(line.width for line in lines if not line.tall):
        turns = [1, 3]
    elif lines and _legibility(lines) < _ILLEGIBLE:
        turns = [2]
    else:
        return 0, lines
    ways = [(0, lines), *((turn, _recognise(np.ascontiguousarray(np.rot90(pixels, turn)))) for turn in turns)]
    return max(ways, key=lambda way: _legibility(way[1]))


def _legibility(lines: Sequence[Found]) -> float:
    """How sure the characters are on the average; those of upright lines count nothing."""
    return fmean(0.0 if line.tall else sure for line in lines for sure in line.sure) if lines else 0.0


def _recognise(pixels: Any) -> list[Found]:
    from rapidocr.utils.process_img import map_boxes_to_original

    engine = _engine()
    resized, record = engine.preprocess_img(pixels)
    areas, _, read, _ = engine.run_ocr_steps(resized, record)
    if areas.boxes is None or read.txts is None:
        return []
    boxes = map_boxes_to_original(areas.boxes, record, *pixels.shape[:2])
    return [
        _found(text, words, box)
        for text, words, box in zip(read.txts, read.word_results, boxes, strict=True)
        if text.strip()
    ]


def _found(text: str, words: Any, box: Any) -> Found:
    # spaces have a confidence but no column
    columns = iter(column for group in words.word_cols for column in group)
    places = [None if char.isspace() else (next(columns) + 0.5) / words.line_txt_len for char in text]
    marks = [
        (char, float(sure), place if place is not None else _between(places, i))
        for i, (char, sure, place) in enumerate(zip(text, words.confs, places, strict=True))
        if place is not None or _is_space(text, i)
    ]
    corners = tuple((float(x), float(y)) for x, y in box)
    return Found(
        "".join(mark[0] for mark in marks), tuple(mark[1] for mark in marks), tuple(mark[2] for mark in marks), corners
    )


def _is_space(text: str, i: int) -> bool:
    """Whether a space parts two words or numbers; that of 汉字 is a matter of type, and one in 1, 234 is none."""
    left, right = text[i - 1 : i], text[i + 1 :].lstrip()[:1]
    return left.isascii() and right.isascii() and bool(right) and not (left.isspace() or left in ",.-")


def _between(places: Sequence[float | None], i: int) -> float:
    return ((places[i - 1] or 0.0) + next(place for place in places[i:] if place is not None)) / 2


def _straightened(pixels: Any, lines: Sequence[Found], dpi: float) -> tuple[Any, list[Found]]:
    """The picture and its lines turned so that the ruling lines are level, or without these the long lines of text."""
    import cv2
    import numpy as np

    slopes = _slopes(pixels, dpi) or [
        (line.corners[0], line.corners[1]) for line in lines if line.width > _LONG * line.height
    ]
    angle = median(math.degrees(math.atan2(by - ay, bx - ax)) for (ax, ay), (bx, by) in slopes) if slopes else 0.0
    if not _STRAIGHT < abs(angle) < _CROOKED:
        return pixels, list(lines)
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(pixels, matrix, (width, height), borderValue=(255, 255, 255))
    corners = (np.array([(x, y, 1.0) for x, y in line.corners]) @ matrix.T for line in lines)
    return turned, [replace(line, corners=tuple(map(tuple, at))) for line, at in zip(lines, corners, strict=True)]


def _slopes(pixels: Any, dpi: float) -> list[tuple[Point, Point]]:
    """The ends of nearly level ruling lines, from left to right."""
    import cv2

    strokes, shortest = _strokes(_dark(pixels), dpi, level=True), round(_RULED * dpi)
    found = cv2.HoughLinesP(strokes, 1, math.pi / 1800, shortest // 2, minLineLength=shortest, maxLineGap=_gap(dpi))
    ends = [] if found is None else found.reshape(-1, 2, 2).tolist()
    return [(min(a, b), max(a, b)) for a, b in ((tuple(a), tuple(b)) for a, b in ends)]


def _glyphs(line: Found, height: float, scale: float) -> Iterator[Glyph]:
    """The characters of a line in points, `height` high, each as wide as its neighbours leave it room."""
    xs, ys = [x * scale for x, _ in line.corners], [y * scale for _, y in line.corners]
    left, right = min(xs), max(xs)
    if line.tall and len(line.text) > 1:
        yield from _stacked(line, left, right, min(ys), max(ys))
        return
    top = (min(ys) + max(ys) - height) / 2
    bottom, base = top + height, top + _BASE * height
    centres = [left + place * (right - left) for place in line.places]
    halves = [_EM * height * _half(char) for char in line.text]
    starts = [centre - half for centre, half in zip(centres, halves, strict=True)]
    ends = [centre + half for centre, half in zip(centres, halves, strict=True)]
    for i in range(len(centres) - 1):
        between = centres[i + 1] - centres[i]
        if between <= halves[i] + halves[i + 1] + _LOOSE * height:
            ends[i] = starts[i + 1] = (centres[i] + centres[i + 1]) / 2
    for char, sure, x0, x1 in zip(line.text, line.sure, starts, ends, strict=True):
        yield Glyph(" " if char.isspace() else char, x0, top, x1, bottom, base, round(sure, 3))


def _half(char: str) -> float:
    """Half of the width of a character as a share of its size."""
    if char.isspace():
        return 0.1
    return 0.5 if unicodedata.east_asian_width(char) in "WFA" else 0.25


def _evened(heights: Sequence[float]) -> list[float]:
    """Each height as the usual one of those that are like it."""
    return [median(each for each in heights if abs(each - height) <= _ALIKE * height) for height in heights]


def _stacked(line: Found, left: float, right: float, top: float, bottom: float) -> Iterator[Glyph]:
    """Characters below each other (the label of a merged cell), each a line of its own."""
    pitch = (bottom - top) / len(line.text)
    for i, (char, sure) in enumerate(zip(line.text, line.sure, strict=True)):
        upper = top + i * pitch
        yield Glyph(char, left, upper, right, upper + pitch, upper + _BASE * pitch, round(sure, 3))


def _rules(pixels: Any, dpi: float) -> Iterator[Rule]:
    """The level and upright ruling lines in points."""
    import cv2

    dark, scale = _dark(pixels), 72 / dpi
    for level in (True, False):
        _, _, boxes, _ = cv2.connectedComponentsWithStats(_strokes(dark, dpi, level=level))
        for x, y, width, height, _ in boxes[1:].tolist():
            if (height if level else width) > _THICK * dpi:
                continue
            if level:
                middle = (y + height / 2) * scale
                yield Rule(x * scale, middle, (x + width) * scale, middle)
            else:
                middle = (x + width / 2) * scale
                yield Rule(middle, y * scale, middle, (y + height) * scale)


def _dark(pixels: Any) -> Any:
    """White where the picture is darker than its surroundings, else black."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return cv2.adaptiveThreshold(~grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 15, -10)


def _strokes(dark: Any, dpi: float, *, level: bool) -> Any:
    """What of it runs level (or upright) far enough to be a ruling line."""
    import cv2

    length, gap = round(_LENGTH * dpi), _gap(dpi)
    run, bridge = ((length, 1), (gap, 3)) if level else ((1, length), (3, gap))
    strokes = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, run))
    return cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, bridge))


def _gap(dpi: float) -> int:
    return max(3, round(_GAP * dpi))
