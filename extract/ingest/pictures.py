"""Pictures, by OCR: a page of a TIFF or a scan, and one that stands in a Word document or a workbook."""

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from extract.ingest import limits, ocr
from extract.ingest.ocr import Quota
from extract.ingest.paged.glyphs import Drawing, Sheet
from extract.ingest.paged.pages import Leaf, compose_pages, leaf, lost
from schemas.document import Document
from schemas.errors import Problem

#: Dots per inch that a picture may state and be believed; else its longer side is that of A4.
_DPI = (72, 1_200)
_A4_HEIGHT = 842.0
#: A picture with fewer pixels, or with fewer characters, is an ornament, a logo or a seal.
_SMALL = 40_000
_FEW = 10
_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP")


@dataclass(slots=True)
class Pictures:
    """The pictures of a document as they are met: how many were recognised and how many were not.

    Of these, `beyond` came after as many as are recognised, and `large` have too many pixels.
    """

    quota: Quota = field(default_factory=Quota)
    read: int = 0
    unread: int = 0
    beyond: int = 0
    large: int = 0
    _known: dict[bytes, Document | None] = field(default_factory=dict)

    def recognise(self, data: bytes | None) -> Document | None:
        """What OCR reads from a picture; None where it is not installed, the picture says nothing or can't be read."""
        found = self._recognised(data) if data and ocr.available() else None
        self.read += found is not None
        self.unread += found is None
        return found

    def warnings(self, what: str) -> list[str]:
        """What is to be said of the pictures."""
        notes = [f"{self.read} 幅图片的文字由文字识别（OCR）读出"] if self.read else []
        return notes + ([f"含 {self.unread} 幅{what}，其中的文字未读取"] if self.unread else [])

    def problems(self) -> list[Problem]:
        """What a limit left out."""
        notes = []
        if self.beyond:
            notes.append(f"需要文字识别的图片超过上限 {limits.RECOGNISED} 幅，其余 {self.beyond} 幅未识别")
        if self.large:
            notes.append(f"{self.large} 幅图片超过上限 {limits.PIXELS // 10_000} 万点，未识别")
        return [Problem("limit", note) for note in notes]

    def _recognised(self, data: bytes) -> Document | None:
        digest = sha256(data).digest()
        if digest not in self._known:
            self._known[digest] = self._fresh(data)
        return self._known[digest]

    def _fresh(self, data: bytes) -> Document | None:
        from PIL import Image

        try:
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                size = picture.width * picture.height
                if size < _SMALL:
                    return None
                if size > limits.PIXELS:
                    self.large += 1
                    return None
                if self.quota.left <= 0:
                    self.beyond += 1
                    return None
                document = compose_pages(data, "", "image", [page(picture, 0, self.quota)], 1)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return None
        return document if len("".join(document.text.split())) >= _FEW else None


def page(picture: Any, index: int, quota: Quota) -> Leaf:
    """One page of a picture (PIL), recognised.

    Raises:
        OSError, SyntaxError, ValueError: it is damaged.
    """
    picture.seek(index)
    width, height = picture.size
    if width * height > limits.PIXELS:
        what = f"图片有 {width}×{height} 点，超过上限 {limits.PIXELS // 10_000} 万点，未识别"
        return lost(index + 1, Problem("limit", what, f"第{index + 1}页"))
    image = upright(picture)
    points = _points(picture.info.get("dpi"), max(image.size))
    sheet = Sheet(index + 1, image.width * points, image.height * points, [], [], Drawing(pictures=1.0))
    return leaf(sheet, lambda: image, quota)


def upright(picture: Any) -> Any:
    """The picture turned as its camera says, on white paper: what is transparent would be black."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(picture)
    if not turned.has_transparency_data:
        return turned.convert("RGB")
    layer = turned.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _points(dpi: Any, side: int) -> float:
    """The size of a pixel in points."""
    stated = float(dpi[0]) if dpi else 0.0
    return 72 / stated if _DPI[0] < stated <= _DPI[1] else _A4_HEIGHT / side
