"""Pictures within Word documents and workbooks: where OCR puts their text, what is said of those that are not read.

What OCR finds is laid down here, so that all of it runs without the extra; the last tests run with it.
"""

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import xlsxwriter
from PIL import Image

from extract.ingest import limits, ocr, read
from extract.ingest.paged.glyphs import Drawing, Glyph, Sheet
from extract.pipeline import extract
from schemas.document import Document, Doubt
from schemas.extraction import Extraction

REPORT = Path(__file__).parents[2] / "samples/archive/云川市林业局/2023-项目支出绩效自评报告.pdf"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
TEXT = "本年实际支出125.00万元。"

Build = Callable[..., bytes]


def drawn(width: int = 600, height: int = 300, colour: str = "white", form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, form)
    return buffer.getvalue()


def picture(name: str) -> str:
    return f'<w:r><w:drawing><a:blip xmlns:a="{DRAWING}" r:embed="{name}"/></w:drawing></w:r>'


def line(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def illustrated(docx: Build, changed: Build, body: str, media: Mapping[str, bytes]) -> bytes:
    links = "".join(f'<Relationship Id="{name}" Type="{LINKS}/image" Target="media/{name}"/>' for name in media)
    parts: dict[str, str | bytes] = {f"word/media/{name}": content for name, content in media.items()}
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'
    return changed(docx(body), parts)


def opened(data: bytes, name: str = "报告.docx") -> Document:
    result = read(data, name)
    assert isinstance(result, Document), result
    end = 0
    for block in result.blocks:
        assert end <= block.start <= block.end
        end = block.end
    return result


@pytest.fixture
def recognising(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """OCR that finds the same line in every picture, and is in doubt of the 1; it notes what it was shown."""
    seen: list[str] = []

    def look(image: Any, number: int, width: float, height: float) -> Sheet:
        seen.append(str(image.size))
        glyphs = [
            Glyph(char, 60 + 12 * i, 100, 72 + 12 * i, 112, 110, 0.5 if char == "1" else 1.0)
            for i, char in enumerate(TEXT)
        ]
        return Sheet(number, width, height, glyphs, [], Drawing(), recognised=True)

    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "read_page", look)
    return seen


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)


@pytest.mark.usefixtures("recognising")
def test_the_text_stands_where_the_picture_does(docx: Build, changed: Build) -> None:
    body = line("前文共5项。") + f"<w:p><w:r><w:t>如图：</w:t></w:r>{picture('a')}</w:p>" + line("后文共6项。")
    result = opened(illustrated(docx, changed, body, {"a": drawn()}))
    assert result.text.split("\n") == ["前文共5项。", "如图：", TEXT, "后文共6项。"]
    start = result.text.index(TEXT)
    assert result.recognised == ((start, start + len(TEXT)),)
    at = result.text.index("125")
    assert result.doubts == (Doubt(at, at + 1, Decimal("0.5")),)
    assert result.quality == "ocr"
    assert result.warnings == ("1 幅图片的文字由文字识别（OCR）读出",)


@pytest.mark.usefixtures("recognising")
def test_figures_of_a_picture_are_marked_and_others_are_not(docx: Build, changed: Build) -> None:
    body = line("预算安排200.00万元。") + f"<w:p>{picture('a')}</w:p>"
    extraction = extract(illustrated(docx, changed, body, {"a": drawn()}), "报告.docx")
    assert isinstance(extraction, Extraction)
    found = {figure.text: (figure.reading, figure.confidence) for figure in extraction.figures}
    assert found == {"200.00万元": ("plain", Decimal(1)), "125.00万元": ("ocr", Decimal("0.5"))}


@pytest.mark.usefixtures("recognising")
def test_a_picture_in_a_cell_follows_its_table(docx: Build, changed: Build) -> None:
    body = f"<w:tbl><w:tr><w:tc><w:p>{picture('a')}</w:p></w:tc><w:tc>{line('金额')}</w:tc></w:tr></w:tbl>{line('完')}"
    assert opened(illustrated(docx, changed, body, {"a": drawn()})).text.split("\n") == ["\t金额", TEXT, "完"]


def test_a_picture_that_comes_twice_is_looked_at_once(docx: Build, changed: Build, recognising: list[str]) -> None:
    body = f"<w:p>{picture('a')}</w:p><w:p>{picture('b')}</w:p>"
    result = opened(illustrated(docx, changed, body, {"a": drawn(), "b": drawn()}))
    assert (result.text, len(recognising), len(result.recognised)) == (f"{TEXT}\n{TEXT}", 1, 2)


@pytest.mark.parametrize(
    "content",
    [drawn(60, 60), b"no picture", drawn()[:60], drawn(form="JPEG")[:300]],
    ids=["ornament", "unknown", "cut", "cut jpeg"],
)
@pytest.mark.usefixtures("recognising")
def test_what_is_no_picture_with_text_is_counted(content: bytes, docx: Build, changed: Build) -> None:
    body = line("支出100万元。") + f"<w:p>{picture('a')}{picture('missing')}</w:p>"
    result = opened(illustrated(docx, changed, body, {"a": content}))
    assert (result.text, result.recognised, result.quality) == ("支出100万元。", (), "readable")
    assert result.warnings == ("含 2 幅图片或图表，其中的文字未读取",)


def test_limits_are_said(docx: Build, changed: Build, recognising: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    body = "".join(f"<w:p>{picture(name)}</w:p>" for name in "abc")
    data = illustrated(docx, changed, body, {name: drawn(height=300 + ord(name)) for name in "abc"})
    monkeypatch.setattr(limits, "RECOGNISED", 2)
    result = opened(data)
    assert (len(recognising), result.text) == (2, f"{TEXT}\n{TEXT}")
    assert [(problem.outcome, "其余 1 幅" in problem.message) for problem in result.problems] == [("limit", True)]
    monkeypatch.setattr(limits, "PIXELS", 100_000)
    large = opened(illustrated(docx, changed, line("支出100万元。") + f"<w:p>{picture('a')}</w:p>", {"a": drawn()}))
    assert [problem.message for problem in large.problems] == ["1 幅图片超过上限 10 万点，未识别"]


@pytest.mark.usefixtures("recognising")
def test_pages_of_a_scan_beyond_the_limit_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    pages = [Image.new("RGB", (600, 800), "white") for _ in range(3)]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    monkeypatch.setattr(limits, "RECOGNISED", 2)
    result = opened(buffer.getvalue(), "扫描.pdf")
    assert [page.reading for page in result.pages] == ["ocr", "ocr", "unreadable"]
    assert [(problem.outcome, problem.place) for problem in result.problems] == [("limit", "第3页")]
    assert "上限 2 页" in result.problems[0].message


@pytest.mark.usefixtures("without_ocr")
def test_without_the_extra_pictures_are_counted(docx: Build, changed: Build) -> None:
    chart = (
        '<w:r><w:drawing><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing></w:r>'
    )
    deleted = f"<w:del>{picture('a')}</w:del>"
    body = line("支出100万元。") + f"<w:p>{picture('a')}{chart}{deleted}</w:p>"
    result = opened(illustrated(docx, changed, body, {"a": drawn()}))
    assert result.warnings == ("含 2 幅图片或图表，其中的文字未读取",)


def sheet(*contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        one, two = book.add_worksheet("甲"), book.add_worksheet("乙")
        one.write_row(0, 0, ["项目", "金额"])
        two.write_row(0, 0, ["合计", 5])
        for row, content in enumerate(contents):
            one.insert_image(row, 3, "a.png", {"image_data": io.BytesIO(content)})
        one.insert_textbox(5, 5, "单位负责人：张三\n经办人：李四")
    return buffer.getvalue()


@pytest.mark.usefixtures("recognising")
def test_pictures_and_text_boxes_of_a_sheet_follow_its_tables() -> None:
    result = opened(sheet(drawn(), drawn(20, 20)), "自评表.xlsx")
    boxes = ["单位负责人：张三", "经办人：李四"]
    assert result.text.split("\n") == ["甲", "项目\t金额", TEXT, *boxes, "乙", "合计\t5"]
    assert result.text[slice(*result.recognised[0])] == TEXT
    assert {block.place.sheet for block in result.blocks} == {"甲", "乙"}
    assert "含 1 幅图片，其中的文字未读取" in result.warnings


@pytest.mark.usefixtures("without_ocr")
def test_pictures_of_a_sheet_are_counted_and_damage_in_a_drawing_is_said(spoilt: Build) -> None:
    assert "含 2 幅图片，其中的文字未读取" in opened(sheet(drawn(), drawn(20, 20)), "自评表.xlsx").warnings
    result = opened(spoilt(sheet(drawn()), "xl/drawings/drawing1.xml"), "自评表.xlsx")
    assert [(problem.outcome, problem.place) for problem in result.problems] == [("partial", "工作表 甲")]


# With the extra


@pytest.mark.skipif(not ocr.available(), reason=f"jihe[ocr] is not installed: {ocr.NEEDED}")
def test_a_table_in_a_picture_is_a_table(docx: Build, changed: Build) -> None:
    with pypdfium2.PdfDocument(REPORT) as document:
        page = document[1].render(scale=150 / 72).to_pil().convert("RGB")
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=85)
    body = line("附件：") + f"<w:p>{picture('a')}</w:p>" + line("完")
    result = opened(illustrated(docx, changed, body, {"a": buffer.getvalue()}))
    printed = read(REPORT.read_bytes(), REPORT.name)
    assert isinstance(printed, Document)
    cells = [cell for table in printed.tables for cell in table.cells if cell.place.page == 2]
    numbers = [cell.text for cell in cells if cell.text[:1].isdigit()]
    assert numbers
    found = [cell.text for table in result.tables for cell in table.cells]
    assert set(numbers) <= set(found)
    assert all(cell.text == result.text[cell.start : cell.end] for table in result.tables for cell in table.cells)
    assert result.text.startswith("附件：\n")
    assert result.text.endswith("\n完")
