"""Subject and role of figures in prose, with look-alikes that must have others."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from extract.pipeline import extract
from schemas.extraction import Extraction

CASES = tomllib.loads((Path(__file__).parent / "corpus" / "contexts.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_corpus(case: dict[str, Any]) -> None:
    extraction = extract(case["text"].encode(), "案例.txt")
    assert isinstance(extraction, Extraction)
    if "figures" in case:
        found = [[figure.text, figure.subject, figure.role] for figure in extraction.figures]
        assert found == case["figures"]
    else:
        assert [figure.role for figure in extraction.figures] == case["roles"]
