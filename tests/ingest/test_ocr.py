"""Pictures of pages, drawn here or from the sample PDFs, recognised: figures, tables, turned pages, what is in doubt.

Without the extra only what is said of its absence is tested; `make ocr` installs it.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from extract.ingest import image, ocr, pdf, read
from extract.ingest.paged import compose
from extract.ingest.paged.glyphs import Drawing, Glyph, Sheet
from extract.ingest.paged.pages import compose_pages, leaf
from extract.pipeline import extract
from pipelines.audit import audit
from schemas.document import Document, Doubt
from schemas.errors import Problem
from schemas.extraction import Extraction

REPORT = Path(__file__).parents[2] / "samples/archive/云川市林业局/2023-项目支出绩效自评报告.pdf"
DPI = 200

installed = pytest.mark.skipif(not ocr.available(), reason=f"jihe[ocr] is not installed: {ocr.NEEDED}")


def canvas(width: int = 1200, height: int = 700) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (width, height), "white")
    return page, ImageDraw.Draw(page)


def write(draw: ImageDraw.ImageDraw, text: str, x: float, y: float, size: int = 36) -> None:
    draw.text((x, y), text, "black", ImageFont.load_default(size))


def saved(*pages: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
    pages[0].save(buffer, form, **more, **options)
    return buffer.getvalue()


def sample() -> Image.Image:
    """The upper half of the second page of a report."""
    with pypdfium2.PdfDocument(REPORT) as document:
        page: Image.Image = document[1].render(scale=DPI / 72).to_pil().convert("RGB")
    return page.crop((0, 0, page.width, 800))


def good(data: bytes, name: str = "扫描.png") -> Document:
    document = read(data, name)
    assert isinstance(document, Document), document
    return document


def grid(document: Document) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in document.tables[0].grid()]


# Without the extra


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("TIFF", "a.tif")])
def test_pictures_ask_for_the_extra(form: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    found = read(saved(canvas()[0], form=form), name)
    assert isinstance(found, Problem)
    assert found.outcome == "unreadable"
    assert "pip install jihe[ocr]" in found.message


def test_scanned_pdf_asks_for_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    found = read(saved(canvas()[0], form="PDF"), "扫描.pdf")
    assert isinstance(found, Problem)
    assert found.outcome == "unreadable"
    assert "pip install jihe[ocr]" in found.message


# What is made of confidence, whoever states it


Recognised = Callable[..., Document]


@pytest.fixture(name="recognised")
def _recognised(monkeypatch: pytest.MonkeyPatch) -> Recognised:
    """Builds the document of one line of which OCR is so sure, character by character."""

    def build(text: str, *sure: float) -> Document:
        glyphs = [
            Glyph(char, 60 + 12 * i, 100, 72 + 12 * i, 112, 110, each)
            for i, (char, each) in enumerate(zip(text, sure, strict=True))
        ]
        monkeypatch.setattr(ocr, "available", lambda: True)
        monkeypatch.setattr(ocr, "read_page", lambda *_: Sheet(1, 480, 640, glyphs, [], Drawing(), recognised=True))
        scanned = Sheet(1, 480, 640, [], [], Drawing(pictures=1.0))
        return compose_pages(b"", "a.png", "image", [leaf(scanned, canvas, ocr.Quota())], 1)

    return build


def test_doubts_are_stretches_below_the_threshold(recognised: Recognised) -> None:
    sure = [1.0, 1.0, 0.5, 0.7, 1.0, compose.SURE, 0.8, 1.0]
    document = recognised("支出125万元整", *sure)
    assert [(doubt.start, doubt.end, doubt.confidence) for doubt in document.doubts] == [
        (2, 4, Decimal("0.5")),
        (6, 7, Decimal("0.8")),
    ]
    assert document.confidence(0, 2) == 1
    assert document.confidence(3, 5) == Decimal("0.5")
    assert document.confidence(4, 6) == 1
    assert document.confidence(0, 8) == Decimal("0.5")
    assert document.quality == "ocr"
    assert document.pages[0].reading == "ocr"
    assert not recognised("支出125万元整", *[1.0] * 8).doubts


def test_text_that_another_program_recognised_is_in_doubt() -> None:
    glyphs = [Glyph(char, 60 + 12 * i, 100, 72 + 12 * i, 112, 110) for i, char in enumerate("支出125万元整合计共十项")]
    sheet = Sheet(1, 480, 640, glyphs, [], Drawing(pictures=1.0), recognised=True)
    document = compose_pages(b"", "a.pdf", "pdf", [leaf(sheet, canvas, ocr.Quota())], 1)
    assert [(doubt.start, doubt.end) for doubt in document.doubts] == [(0, len(document.text))]


SLIP = "满意度100.00%，共发放问卷200份，收回满意问卷190份。项目预算50.00万元，实际支出30.10万元，执行率95.00%。"


def test_no_error_rests_on_a_doubtful_figure() -> None:
    extraction = extract(SLIP.encode(), "x.txt")
    assert isinstance(extraction, Extraction)
    severities = {finding.severity for finding in audit(extraction)[1]}
    assert "error" in severities
    at = SLIP.index("95.00%")
    doubtful = replace(extraction.document, doubts=(Doubt(at, at + 1, Decimal("0.6")),))
    assert "error" not in {finding.severity for finding in audit(replace(extraction, document=doubtful))[1]}


# With it


@installed
def test_figures_boxes_and_repetition() -> None:
    page, draw = canvas()
    write(draw, "Budget 1,234.56 spent 987.60 (80.00%)", 100, 100)
    write(draw, "2023-07-15  No.8,851", 100, 200)
    data = saved(page, dpi=(DPI, DPI))
    document = good(data)
    assert document.text.splitlines() == ["Budget 1,234.56 spent 987.60 (80.00%)", "2023-07-15 No.8,851"]
    assert (document.format, document.quality, document.pages[0].reading) == ("image", "ocr", "ocr")
    assert document.pages[0].width == pytest.approx(1200 * 72 / DPI, abs=0.01)
    at = document.text.index("987.60")
    _, boxes = document.locate(at, at + 6)
    left = 100 + ImageFont.load_default(36).getlength("Budget 1,234.56 spent ")
    assert boxes[0].x0 == pytest.approx(left * 72 / DPI, abs=4)
    assert boxes[0].top < 120 * 72 / DPI < boxes[0].bottom
    assert image.read(data, "扫描.png") == document


def table(draw: ImageDraw.ImageDraw, rows: list[list[str]], width: int = 300, height: int = 70) -> None:
    right, bottom = 100 + width * len(rows[0]), 100 + height * len(rows)
    for i in range(len(rows) + 1):
        draw.line((100, 100 + i * height, right, 100 + i * height), "black", 2)
    for j in range(len(rows[0]) + 1):
        draw.line((100 + j * width, 100, 100 + j * width, bottom), "black", 2)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            write(draw, text, 120 + j * width, 112 + i * height)


ROWS = [
    ["Item", "Budget", "Spent"],
    ["A", "1,000.00", "950.25"],
    ["B", "86.40", "86.40"],
    ["Total", "1,086.40", "1,036.65"],
]


@installed
@pytest.mark.parametrize("angle", [0, 0.8, -1.5])
def test_ruled_table_also_on_a_crooked_page(angle: float) -> None:
    page, draw = canvas()
    table(draw, ROWS)
    crooked = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor="white")
    document = good(saved(crooked, dpi=(DPI, DPI)))
    assert grid(document) == ROWS


@installed
@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_page_on_its_side_or_head(turn: Image.Transpose) -> None:
    document = good(saved(sample().transpose(turn), dpi=(DPI, DPI)))
    assert "完成支出2,231.48万元" in document.text
    assert document.pages[0].width > document.pages[0].height


@installed
def test_pages_of_a_tiff_and_a_blank_one() -> None:
    pages = [canvas()[0] for _ in range(3)]
    write(ImageDraw.Draw(pages[0]), "Page one 100", 100, 100)
    write(ImageDraw.Draw(pages[2]), "Page three 300", 100, 100)
    document = good(saved(*pages, form="TIFF"), "扫描.tif")
    assert [page.reading for page in document.pages] == ["ocr", "blank", "ocr"]
    assert document.text.split("\n") == ["Page one 100", "Page three 300"]


@installed
def test_scanned_page_among_pages_with_text() -> None:
    merged = pypdfium2.PdfDocument(saved(sample(), form="PDF", resolution=DPI))
    with pypdfium2.PdfDocument(REPORT) as born:
        merged.import_pages(born, [0])
    buffer = io.BytesIO()
    merged.save(buffer)
    document = pdf.read(buffer.getvalue(), "扫描.pdf")
    assert isinstance(document, Document)
    assert [page.reading for page in document.pages] == ["ocr", "text"]
    assert not document.problems
    extraction = extract(buffer.getvalue(), "扫描.pdf")
    assert isinstance(extraction, Extraction)
    assert {figure.reading for figure in extraction.figures if figure.page == 1} == {"ocr"}
    assert "ocr" not in {figure.reading for figure in extraction.figures if figure.page == 2}


@installed
def test_cut_off_picture_is_damaged() -> None:
    page, draw = canvas()
    write(draw, "Budget 1,234.56", 100, 100)
    for form in ("PNG", "JPEG"):
        data = saved(page, form=form)
        found = read(data[: len(data) // 2], "断.png")
        assert isinstance(found, Problem)
        assert found.outcome == "damaged"
