"""docs/checks.md says what the code does."""

from pathlib import Path

from tests.audit.catalogue import catalogue

PAGE = Path(__file__).parents[2] / "docs/checks.md"


def test_the_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue(), "make docs 重新生成"
