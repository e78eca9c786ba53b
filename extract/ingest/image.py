"""Reads pictures of pages (PNG, JPEG, TIFF with any number of pages) by OCR."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from extract.ingest import limits, ocr
from extract.ingest.paged.glyphs import Drawing, Sheet
from extract.ingest.paged.pages import Leaf, compose_pages, leaf, lost
from schemas.document import Document
from schemas.errors import Problem

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
#: Dots per inch that a picture may state and be believed; else its longer side is that of A4.
_DPI = (72, 1_200)
_A4_HEIGHT = 842.0


def claims(data: bytes) -> bool:
    """Whether the bytes are a picture."""
    return data.startswith(_MAGIC)


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a picture, or why there is none.

    Raises:
        OSError, SyntaxError, ValueError: the file is damaged.
    """
    if not ocr.available():
        return Problem("unreadable", f"文件是图片，{ocr.NEEDED}")
    try:
        with _opened(data) as picture:
            count = getattr(picture, "n_frames", 1)
            leaves = [_leaf(picture, index) for index in range(min(count, limits.PAGES))]
    except OSError as error:
        return Problem("damaged", f"图片已损坏，读不出来（{error}）")
    return compose_pages(data, name, "image", leaves, count)


def pictures(data: bytes, count: int) -> Iterator[Any]:
    """The first so many pages as images (PIL), None for one that is too large."""
    with _opened(data) as picture:
        for index in range(min(getattr(picture, "n_frames", 1), count)):
            picture.seek(index)
            yield None if picture.width * picture.height > limits.PIXELS else _upright(picture)


def _opened(data: bytes) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is asked before any pixel is unpacked
    return Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF"))


def _upright(picture: Any) -> Any:
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture).convert("RGB")


def _leaf(picture: Any, index: int) -> Leaf:
    picture.seek(index)
    width, height = picture.size
    if width * height > limits.PIXELS:
        what = f"图片有 {width}×{height} 点，超过上限 {limits.PIXELS // 10_000} 万点，未识别"
        return lost(index + 1, Problem("limit", what, f"第{index + 1}页"))
    image = _upright(picture)
    points = _points(picture.info.get("dpi"), max(image.size))
    sheet = Sheet(index + 1, image.width * points, image.height * points, [], [], Drawing(pictures=1.0))
    return leaf(sheet, lambda: image)


def _points(dpi: Any, side: int) -> float:
    """The size of a pixel in points."""
    stated = float(dpi[0]) if dpi else 0.0
    return 72 / stated if _DPI[0] < stated <= _DPI[1] else _A4_HEIGHT / side
