"""Recognises the characters of a page that is a picture, if the extra jihe[ocr] is installed."""

from functools import cache
from typing import Any

from extract.ingest.paged.glyphs import Sheet

NEEDED = "需要文字识别（OCR）：pip install jihe[ocr]"


@cache
def available() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return bool(find_spec("rapidocr") and find_spec("onnxruntime"))


def read_page(image: Any, number: int, width: float, height: float) -> Sheet:
    """The characters and ruling lines of the picture of a page that is `width` by `height` points as shown."""
    raise NotImplementedError
