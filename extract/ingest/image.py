"""Reads pictures of pages (PNG, JPEG, TIFF with any number of pages) by OCR."""

from io import BytesIO

from extract.ingest import limits, ocr, pictures
from extract.ingest.ocr import Quota
from extract.ingest.paged.pages import compose_pages
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
    from PIL import Image

    if not ocr.available():
        return Problem("unreadable", f"文件是图片，{ocr.NEEDED}")
    quota = Quota()
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as picture:
            count = getattr(picture, "n_frames", 1)
            leaves = [pictures.page(picture, index, quota) for index in range(min(count, limits.PAGES))]
    except (OSError, Image.DecompressionBombError) as error:
        return Problem("damaged", f"图片已损坏或过大：{error}")
    return compose_pages(data, name, "image", leaves)
