"""The check corpora go through the real extraction: bytes in, an extraction out."""

from collections.abc import Callable

import pytest

from extract.pipeline import extract
from schemas.extraction import Extraction

Read = Callable[[str], Extraction]


def _read(text: str) -> Extraction:
    extracted = extract(text.encode(), "x.txt")
    assert isinstance(extracted, Extraction)
    return extracted


@pytest.fixture(name="read", scope="session")
def _fixture() -> Read:
    return _read
