"""`jihe extract` and `jihe text`."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from docx import Document as Word
from PIL import Image

from extract.ingest import limits, read
from extract.ingest.facsimile import facsimiles
from pipelines.faces.cli.html import html
from schemas.claim import Claim
from schemas.document import Block, Cell, Document, Doubt, Glyphs, Page, Table
from schemas.errors import Problem
from schemas.figure import Figure

Jihe = Callable[..., Any]


def _lines(result: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.out.splitlines()]


def test_figures_as_json_are_the_record_and_cite_the_file(jihe: Jihe, report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    figures = _lines(jihe("extract", report, "--format", "jsonl"))
    assert [set(figure) for figure in figures] == [{field.name for field in fields(Figure)}] * 4
    assert all(text[figure["start"] : figure["end"]] == figure["text"] for figure in figures)
    assert [Decimal(figure["value"]) for figure in figures] == [Decimal("101.83"), 66, Decimal("98.5"), 30000]


def test_figures_as_a_table_say_where_they_stand(jihe: Jihe, report: Path) -> None:
    result = jihe("extract", report)
    assert re.search(r"原文 +类别 +数值 +单位 +约数 +口径 +期间 +主体 +位置 +规则", result.out)
    assert re.search(r"66名 +数量 +66 +名 .*第2段", result.out)


def test_figures_as_csv_are_safe_to_open(jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text("全年慰问=2+3困难职工66名。\n", encoding="utf-8")
    rows = list(csv.DictReader(jihe("extract", path, "--format", "csv").out.splitlines()))
    assert "66名" in [row["text"] for row in rows]
    assert not any(value.startswith("=") for row in rows for value in row.values())


def test_ranges_show_their_bounds(jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text("预计增长4.5%—5%。\n", encoding="utf-8")
    assert re.search(r"4.5%—5% +比率 +4.5\d*～5", jihe("extract", path).out)


def test_figures_of_a_table_name_its_cell(jihe: Jihe, archive: Path) -> None:
    result = jihe("extract", archive / "云川市总工会" / "2023-项目支出绩效自评表.xlsx")
    assert result.code == 0
    assert re.search("表1|工作表", result.out)


def test_claims(jihe: Jihe, archive: Path) -> None:
    form = archive / "云川市总工会" / "2023-项目支出绩效自评表.xlsx"
    claims = _lines(jihe("extract", form, "--claims", "--format", "jsonl"))
    assert [set(claim) for claim in claims] == [{field.name for field in fields(Claim)}] * len(claims)
    assert any(claim["target"] and claim["actual"] for claim in claims)
    assert "三级指标" in jihe("extract", form, "--claims").out


def test_coverage_adds_up_and_lists_what_is_left(jihe: Jihe, archive: Path) -> None:
    for path in sorted(archive.glob("*/2020*.txt")):
        coverage = _lines(jihe("extract", path, "--coverage", "--format", "jsonl"))[0]
        figures = _lines(jihe("extract", path, "--format", "jsonl"))
        counts = {(row["kind"], row["sort"]): row["number"] for row in coverage["counts"]}
        assert sum(number for (kind, _), number in counts.items() if kind == "figure") == len(figures)
        assert counts["unexplained", ""] == len(coverage["unexplained"])
        assert abs(sum(float(row["share"].rstrip("%")) for row in coverage["counts"]) - 100) < 1


def test_unexplained_numerals_are_listed_with_place_context_and_reason(
    jihe: Jihe, report: Path, monkeypatch: Any
) -> None:
    from extract import pipeline
    from schemas.mention import Unexplained

    extract = pipeline.extract

    def poorer(data: bytes, name: str, source: str) -> Any:
        found: Any = extract(data, name, source)
        figure = found.figures[1]
        left = Unexplained(figure.start, figure.end, figure.text, "没有单位")
        return replace(found, figures=found.figures[:1] + found.figures[2:], unexplained=(left,))

    monkeypatch.setattr(pipeline, "extract", poorer)
    result = jihe("extract", report, "--coverage")
    assert "未解释的数字：1" in result.out
    assert re.search(r"66名 +第2段 +.*慰问困难职工【66名】，完成率.* +没有单位", result.out)


def test_the_parts_that_were_not_read_are_told(jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(b"PK\x03\x04 broken")
    for command in ("extract", "text", "check"):
        result = jihe(command, path)
        assert (result.code, result.out.replace("疑点：无", "").strip()) == (65, "")
        assert "坏.docx：" in result.err


def test_a_wrong_extension_is_told_but_read(jihe: Jihe, report: Path) -> None:
    wrong = report.rename(report.with_suffix(".docx"))
    result = jihe("extract", wrong)
    assert result.code == 0
    assert "扩展名与内容不符" in result.err
    assert "101.83万元" in result.out


def test_text_is_the_text(jihe: Jihe, report: Path) -> None:
    assert jihe("text", report).out == report.read_text(encoding="utf-8")


def test_text_as_blocks_with_their_places(jihe: Jihe, archive: Path) -> None:
    blocks = _lines(jihe("text", next(archive.glob("云川市林业局/2023*.pdf")), "--format", "jsonl"))
    assert {block["page"] for block in blocks} >= {1, 2}
    assert all(a["end"] <= b["start"] for a, b in pairwise(blocks))
    table = next(block for block in blocks if block["kind"] == "table")
    assert len({len(row) for row in table["rows"]}) == 1


class _Tags(HTMLParser):
    """Collects tags and texts; a browser would do no other."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.spans: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.spans += [f"{name}={value}" for name, value in attrs if name.endswith("span")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_has_real_tables_with_merged_cells(jihe: Jihe, tmp_path: Path) -> None:
    made = Word()
    made.add_paragraph("自评报告")
    table = made.add_table(3, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "指标", "完成值"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "慰问人数"
    table.cell(1, 1).text, table.cell(2, 1).text = "66名", "70名"
    path = tmp_path / "表.docx"
    made.save(str(path))
    page = _Tags(jihe("text", path, "--format", "html").out)
    assert [page.tags.count(tag) for tag in ("table", "tr", "th", "td")] == [1, 3, 2, 3]
    assert page.spans == ["rowspan=2"]
    assert "66名" in page.texts


def test_html_escapes_everything() -> None:
    evil = "<script>alert(1)</script>&\"'"
    cell = Cell(0, 0, 0, len(evil), evil)
    table = Table(0, 0, len(evil), 1, 1, (cell,), caption=evil, unit=evil)
    blocks = tuple(
        Block(kind, 0, len(evil), table=0 if kind == "table" else None)
        for kind in ("heading", "paragraph", "note", "header", "footer", "table")
    )
    document = Document("0" * 64, evil, "txt", evil, title=evil, blocks=blocks, tables=(table,))
    page = html(document, {})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 9
    edges = tuple(float(10 * place) for place in range(len(evil) + 1))
    paged = replace(
        document,
        warnings=(evil,),
        problems=(Problem("damaged", evil, evil),),
        doubts=(Doubt(1, 3, Decimal("0.5")),),
        pages=(Page(1, 600.0, 800.0, "text", 0, len(evil)),),
        glyphs=Glyphs((0,), (1,), (10.0,), (20.0,), (edges,), len(evil)),
    )
    page = html(paged, {})
    assert "<script" not in page
    assert page.count("<mark title=") == 6


def test_html_of_pages_shows_their_pictures_under_boxes_that_lead_to_the_text(jihe: Jihe, archive: Path) -> None:
    report = next(archive.glob("云川市林业局/2023*.pdf"))
    page = jihe("text", report, "--format", "html").out
    blocks = _lines(jihe("text", report, "--format", "jsonl"))
    assert page.count('href="data:image/jpeg;base64,') == 3
    assert len(re.findall(r' id="b\d+"', page)) == len(blocks)
    assert len(re.findall(r' id="k\d+"', page)) == len(blocks)
    assert page.count('class="block table"') == 2  # the table goes on
    assert page.count("接第2页") == 1
    document = read(report.read_bytes(), report.name)
    assert isinstance(document, Document)
    assert page.count('class="cell"') == len(document.tables[0].cells) > 40
    assert not re.search(r"<script|https?://|url\(|<link|<iframe", page)
    tags = _Tags(page).tags
    assert [tags.count(tag) for tag in ("section", "svg", "image")] == [3, 3, 3]


def test_a_page_without_a_picture_is_drawn_by_its_characters(jihe: Jihe, archive: Path) -> None:
    report = next(archive.glob("云川市林业局/2023*.pdf"))
    page = jihe("text", report, "--format", "html", "--pictures", "1").out
    assert "共 3 页：1 页是页面图像，2 页没有图像，按每个字的位置画出。" in page
    assert page.count("<image ") == 1
    (drawn,) = re.findall(
        r'<text x="([\d. ]+)" y="[\d.]+" font-size="[\d.]+">2\. 森林抚育面积29640亩，涉及214个小班。</text>', page
    )
    left = [float(edge) for edge in drawn.split()]
    assert left == sorted(left)
    assert len(left) == len("2. 森林抚育面积29640亩，涉及214个小班。")


def test_a_picture_is_its_own_page() -> None:
    picture, buffer = Image.new("RGB", (400, 300), "white"), BytesIO()
    picture.save(buffer, "TIFF", save_all=True, append_images=[Image.new("RGB", (300, 400), "white")] * 2)
    document = Document("0" * 64, "a.tif", "image", "")
    found = facsimiles(document, buffer.getvalue())
    assert [Image.open(BytesIO(found[number])).size for number in (1, 2, 3)] == [(400, 300), (300, 400), (300, 400)]
    with limits.changed({"PICTURES": 2}):
        assert set(facsimiles(document, buffer.getvalue())) == {1, 2}
    assert facsimiles(replace(document, format="docx"), b"") == {}
