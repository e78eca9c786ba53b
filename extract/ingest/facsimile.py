"""Pictures of the pages of a document, for people who check with their own eyes how it was read."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from extract.ingest import image, limits, pdf
from schemas.document import Document

#: Fine enough to tell a 6 from an 8 in small print on a screen.
_DPI = 120
_QUALITY = 70
#: Pixels of the longer side of a picture that was photographed or scanned.
_SIDE = 1_400


def facsimiles(document: Document, data: bytes) -> dict[int, bytes]:
    """JPEGs by the number of the page: of the first pages of a PDF and of a picture, as far as they can be drawn."""
    drawn = _drawn(document, data)
    return {number: _jpeg(picture) for number, picture in enumerate(drawn, 1) if picture is not None}


def _drawn(document: Document, data: bytes) -> Iterator[Any]:
    if document.format == "pdf":
        yield from pdf.pictures(data, limits.PICTURES, _DPI)
    elif document.format == "image":
        for picture in image.pictures(data, limits.PICTURES):
            if picture is not None:
                picture.thumbnail((_SIDE, _SIDE))
            yield picture


def _jpeg(picture: Any) -> bytes:
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
