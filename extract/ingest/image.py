"""Reads pictures of pages (PNG, JPEG, TIFF with any number of pages) by OCR."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from extract.ingest import limits, ocr
from extract.ingest.ocr import Quota
from extract.ingest.paged.pages import compose_pages
from extract.ingest.pictures import page, upright
from schemas.document import Document
from schemas.errors import Problem

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")


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
    quota = Quota()
    try:
        with _opened(data) as picture:
            count = getattr(picture, "n_frames", 1)
            leaves = [page(picture, index, quota) for index in range(min(count, limits.PAGES))]
    except OSError as error:
        return Problem("damaged", f"图片已损坏，读不出来（{error}）")
    return compose_pages(data, name, "image", leaves, count)


def pictures(data: bytes, count: int) -> Iterator[Any]:
    """The first so many pages as images (PIL), None for one that is too large."""
    with _opened(data) as picture:
        for index in range(min(getattr(picture, "n_frames", 1), count)):
            picture.seek(index)
            yield None if picture.width * picture.height > limits.PIXELS else upright(picture)


def _opened(data: bytes) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is asked before any pixel is unpacked
    return Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
