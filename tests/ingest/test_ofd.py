"""OFD files made here by hand after GB/T 33190, read back: text, order, boxes, grids, and what is said of bad ones."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extract.ingest import limits, ofd, read
from extract.ingest.paged.glyphs import Drawing, Glyph, Sheet
from schemas.document import Document
from schemas.errors import Problem

WIDTH, HEIGHT, LEFT, SIZE, PITCH = 210, 297, 30, 4, 7
POINTS = 72 / 25.4
#: So many 汉字 fill a line.
FULL = 37
NAMESPACE = "http://www.ofdspec.org/2016"


def element(tag: str, *content: str, **attributes: object) -> str:
    written = "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f"<ofd:{tag}{written}>{''.join(content)}</ofd:{tag}>"


def root(tag: str, *content: str, **attributes: object) -> str:
    whole = element(tag, *content, **attributes).replace(f"<ofd:{tag}", f'<ofd:{tag} xmlns:ofd="{NAMESPACE}"', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>{whole}'


def put(
    text: str, x: float = LEFT, y: float = 40, size: float = SIZE, delta: str | None = None, **attributes: object
) -> str:
    """A text whose baseline begins at (x, y); every character a step of its own unless `delta` says otherwise."""
    steps = " ".join(f"{step(char, size):g}" for char in text[:-1]) if delta is None else delta
    stated = {"DeltaX": steps} if steps else {}
    code = element("TextCode", escape(text), X=0, Y=size, **stated)
    box = f"{x} {y - size} {WIDTH} {size * 1.3:g}"
    return element("TextObject", code, ID=1, Boundary=box, Font=2, Size=size, **attributes)


def step(char: str, size: float = SIZE) -> float:
    return size / 2 if char.isascii() else size


def rows(*lines: str, top: float = 40, x: float = LEFT) -> str:
    return "".join(
        put(line.strip(), x + (2 * SIZE if line.startswith("　　") else 0), top + i * PITCH)
        for i, line in enumerate(lines)
    )


def path(data: str, **attributes: object) -> str:
    return element(
        "PathObject", element("AbbreviatedData", data), ID=3, Boundary="0 0 210 297", LineWidth=0.3, **attributes
    )


def ruled(table: list[list[str]], *, columns: tuple[float, ...], top: float = 60, height: float = 10) -> str:
    edges = [LEFT + sum(columns[:i]) for i in range(len(columns) + 1)]
    bottom = top + height * len(table)
    lines = [f"M {edges[0]} {top + i * height} L {edges[-1]} {top + i * height}" for i in range(len(table) + 1)]
    lines += [f"M {x} {top} L {x} {bottom}" for x in edges]
    texts = [
        put(text, edges[column] + 1, top + row * height + 6)
        for row, texts in enumerate(table)
        for column, text in enumerate(texts)
        if text
    ]
    return path(" ".join(lines)) + "".join(texts)


@dataclass(frozen=True)
class Page:
    content: str
    template: str = ""
    area: str = ""


def page_xml(page: Page, template: str = "") -> str:
    area = element("Area", element("PhysicalBox", page.area)) if page.area else ""
    use = element("Template", TemplateID=template, ZOrder="Background") if template else ""
    return root("Page", area, use, element("Content", element("Layer", page.content, ID=9, Type="Body")))


@dataclass(frozen=True)
class Extras:
    template: str = ""
    resources: str = ""
    annotations: str = ""
    members: Mapping[str, str | bytes] = field(default_factory=dict)


def make(*pages: str | Page, extras: Extras | None = None) -> bytes:
    extras = extras or Extras()
    listed = "".join(element("Page", ID=100 + i, BaseLoc=f"Pages/Page_{i}/Content.xml") for i in range(len(pages)))
    common = element("PageArea", element("PhysicalBox", f"0 0 {WIDTH} {HEIGHT}"))
    common += element("DocumentRes", "DocumentRes.xml") if extras.resources else ""
    common += element("TemplatePage", ID=7, BaseLoc="Tpls/Tpl_0/Content.xml") if extras.template else ""
    notes = element("Annotations", "Annots/Annotations.xml") if extras.annotations else ""
    body = element(
        "DocBody", element("DocInfo", element("Title", "自评报告")), element("DocRoot", "Doc_0/Document.xml")
    )
    members: dict[str, str | bytes] = {
        "OFD.xml": root("OFD", body, Version="1.0", DocType="OFD"),
        "Doc_0/Document.xml": root("Document", element("CommonData", common), element("Pages", listed), notes),
        "Doc_0/Tpls/Tpl_0/Content.xml": page_xml(Page(extras.template)),
        "Doc_0/DocumentRes.xml": root("Res", extras.resources, BaseLoc="Res"),
        "Doc_0/Annots/Annotations.xml": root(
            "Annotations", element("Page", element("FileLoc", "Page_0/Annotation.xml"), PageID=100)
        ),
        "Doc_0/Annots/Page_0/Annotation.xml": root("PageAnnot", extras.annotations),
    }
    for i, each in enumerate(pages):
        page = each if isinstance(each, Page) else Page(each)
        members[f"Doc_0/Pages/Page_{i}/Content.xml"] = page_xml(page, "7" if extras.template else "")
    return zipped(members | dict(extras.members))


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def good(data: bytes) -> Document:
    document = ofd.read(data, "报告.ofd")
    assert isinstance(document, Document), document
    assert document.format == "ofd"
    for former, block in pairwise(document.blocks):
        assert former.end <= block.start
    for table in document.tables:
        for cell in table.cells:
            assert cell.text == document.text[cell.start : cell.end]
    return document


def bodies(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == "paragraph"]


def kinds(document: Document, kind: str) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == kind]


def grid(document: Document, index: int = 0) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in document.tables[index].grid()]


def filler(length: int = FULL) -> str:
    return ("项目资金按照批复用途使用情况良好各项工作有序开展" * 3)[:length]


def test_claims_by_content() -> None:
    assert ofd.claims(make(rows("一")))
    assert ofd.claims(zipped({"ofd.xml": "<a/>"}))
    assert not ofd.claims(zipped({"word/document.xml": "<a/>"}))
    assert not ofd.claims(b"OFD.xml")
    document = read(make(rows("本年支出100万元。")), "报告.ofd")
    assert isinstance(document, Document)
    assert not document.warnings


def test_text_title_and_place() -> None:
    document = good(make(rows("本年支出123.45万元。")))
    assert document.text == "本年支出123.45万元。"
    assert dict(document.metadata) == {"title": "自评报告"}
    page, boxes = document.locate(4, 10)
    assert page == 1
    assert boxes[0].x0 == pytest.approx((LEFT + 4 * SIZE) * POINTS, abs=0.1)
    assert boxes[0].x1 == pytest.approx((LEFT + 7 * SIZE) * POINTS, abs=0.1)
    assert boxes[0].top < 40 * POINTS < boxes[0].bottom
    assert document.pages[0].width == pytest.approx(WIDTH * POINTS, abs=0.01)


@pytest.mark.parametrize(
    ("text", "delta"),
    [
        ("支出金额", "g 3 4"),
        ("支出12元", "4 4 g 2 2"),
        ("支出12元", "g 2 4 g 2 2"),
        ("支出金额", "4"),  # the last step goes on
        ("支出金额", "g 1000000000 4"),
        ("支出金额", ""),  # none at all: as wide as characters are
    ],
)
def test_steps_of_characters(text: str, delta: str) -> None:
    document = good(make(put(text, delta=delta)))
    assert document.text == text
    assert document.glyphs is not None
    edges = document.glyphs.edges[0]
    assert list(edges) == sorted(edges)
    assert edges[1] - edges[0] == pytest.approx(SIZE * POINTS, abs=0.05)


def test_wide_steps_are_gaps() -> None:
    assert good(make(put("合计100", delta="4 20 2 2"))).text == "合计 100"


def test_matrices_and_horizontal_scale() -> None:
    # a text in units of its own, ten times too small, that its CTM brings to size
    code = element("TextCode", "支出100元", X=0, Y=0.4, DeltaX="g 2 0.4 g 3 0.2")
    item = element("TextObject", code, Boundary="30 36 100 6", Size=0.4, CTM="10 0 0 10 0 0")
    document = good(make(item))
    assert document.text == "支出100元"
    _, boxes = document.locate(2, 5)
    assert boxes[0].x0 == pytest.approx(38 * POINTS, abs=0.1)
    assert boxes[0].x1 == pytest.approx(44 * POINTS, abs=0.1)


def test_upright_text_is_kept_apart() -> None:
    code = element("TextCode", "装订线", X=0, Y=4, DeltaY="g 2 4")
    upright = element("TextObject", code, Boundary="5 100 5 20", Size=4)
    turned = put("骑缝章", CTM="0 1 -1 0 10 0", x=180, y=150)
    document = good(make(rows("正文。") + upright + turned))
    assert bodies(document) == ["正文。"]
    assert kinds(document, "note") == ["装订线骑缝章"]


def test_paragraph_goes_on_over_lines_and_pages() -> None:
    first = rows("　　" + filler(FULL - 2), filler(), top=250)
    document = good(make(first, rows("年末结余为123.45万元。", "　　另一段。")))
    assert bodies(document) == [filler(FULL - 2) + filler() + "年末结余为123.45万元。", "另一段。"]
    assert len(document.pages) == 2
    assert document.joints


def test_text_drawn_twice_is_read_once() -> None:
    text = "支出1100万元"
    assert good(make(put(text) + put(text, x=LEFT + 0.1))).text == text


def test_templates_are_drawn_below_and_come_back_as_heads() -> None:
    template = put("云川市财政局绩效评价报告", y=15)
    pages = [rows(f"这是第{word}段正文。") + put(f"- {i} -", x=100, y=285) for i, word in enumerate("甲乙丙", 1)]
    document = good(make(*pages, extras=Extras(template=template)))
    assert bodies(document) == ["这是第甲段正文。", "这是第乙段正文。", "这是第丙段正文。"]
    assert kinds(document, "header") == ["云川市财政局绩效评价报告"] * 3
    assert kinds(document, "footer") == ["- 1 -", "- 2 -", "- 3 -"]


def test_table() -> None:
    table = [["项目", "金额"], ["培训", "12.50"], ["合计", "1,112.50"]]
    document = good(make(rows("单位：万元", top=50) + ruled(table, columns=(50, 60))))
    assert grid(document) == table
    cell = document.tables[0].cells[3]
    assert cell.place.page == 1
    assert cell.place.box is not None
    assert cell.place.box.x0 == pytest.approx((LEFT + 50) * POINTS, abs=0.1)


def test_table_over_two_pages_with_repeated_header() -> None:
    head = ["项目", "金额"]
    first = ruled([head, *([f"甲{i}", f"{i}.50"] for i in range(5))], columns=(50, 60), top=220)
    second = ruled([head, *([f"乙{i}", f"{i}.75"] for i in range(3))], columns=(50, 60), top=30)
    document = good(make(first, second))
    assert len(document.tables) == 1
    assert [row[0] for row in grid(document)] == ["项目", *(f"甲{i}" for i in range(5)), *(f"乙{i}" for i in range(3))]
    assert kinds(document, "header") == ["项目\t金额"]


def test_borders_drawn_as_filled_shapes_and_in_composites() -> None:
    level = "".join(
        path(f"M 30 {y} L 130 {y} L 130 {y + 0.3} L 30 {y + 0.3} C", Fill="true", Stroke="false") for y in (60, 70, 80)
    )
    upright = "".join(
        element("PathObject", element("AbbreviatedData", "M 0 0 L 0 20"), Boundary=f"{x} 60 1 20") for x in (0, 50, 100)
    )
    unit = element("CompositeGraphicUnit", element("Content", upright), ID=50, Width=100, Height=20)
    use = element("CompositeObject", ID=4, ResourceID=50, Boundary="30 0 100 80")
    texts = [put(text, x, y) for text, x, y in (("甲", 31, 66), ("1", 81, 66), ("乙", 31, 76), ("2", 81, 76))]
    extras = Extras(resources=element("CompositeGraphicUnits", unit))
    document = good(make(level + use + "".join(texts), extras=extras))
    assert grid(document) == [["甲", "1"], ["乙", "2"]]


def test_white_areas_and_frames_are_no_tables() -> None:
    white = path("M 30 60 L 90 60 L 90 80 L 30 80 C", Fill="true", Stroke="false")
    white = white.replace("<ofd:Abb", element("FillColor", Value="255 255 255") + "<ofd:Abb", 1)
    assert not good(make(rows("正文。") + white + white.replace("30", "60"))).tables


def test_annotations_are_read_and_watermarks_are_not() -> None:
    stamp = element(
        "Annot", element("Appearance", put("审核人：张三", x=0, y=5), Boundary="100 200 80 10"), Type="Stamp"
    )
    mark = element("Annot", element("Appearance", put("内部资料", x=0, y=5), Boundary="60 100 80 10"), Type="Watermark")
    document = good(make(rows("正文。"), extras=Extras(annotations=stamp + mark)))
    assert bodies(document) == ["正文。", "审核人：张三"]
    page, boxes = document.locate(document.text.index("审核"), document.text.index("审核") + 1)
    assert page == 1
    assert boxes[0].x0 == pytest.approx(100 * POINTS, abs=0.1)


def test_page_box_moves_the_origin_and_hides_what_is_outside() -> None:
    document = good(make(Page(rows("正文。") + put("外面", x=400), area="10 20 148 210")))
    assert document.pages[0].width == pytest.approx(148 * POINTS, abs=0.01)
    assert document.locate(0, 1)[1][0].x0 == pytest.approx((LEFT - 10) * POINTS, abs=0.1)
    assert document.text == "正文。"
    assert document.warnings == ("第1页有 2 个字符在页面之外或被裁去，未读",)


def test_unseen_objects_and_private_characters() -> None:
    document = good(make(rows("支出100万元。") + put("旧稿", y=60, Visible="false") + put("\ue001", y=80)))
    assert document.text == "支出100万元。\n\ufffd"
    assert "1 个字符没有文字编码" in document.warnings[0]


def test_parts_are_found_whatever_the_case_and_slashes() -> None:
    data = make(rows("正文。"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["Doc_0/Document.xml"] = members["Doc_0/Document.xml"].replace(
        b"Pages/Page_0/Content", rb"/doc_0\pages\PAGE_0\content"
    )
    assert good(zipped(members)).text == "正文。"


def test_several_documents_of_one_file() -> None:
    data = make(rows("甲。"), rows("乙。"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    start = members["OFD.xml"].index(b"<ofd:DocBody")
    body = members["OFD.xml"][start : members["OFD.xml"].index(b"</ofd:OFD>")]
    members["OFD.xml"] = members["OFD.xml"].replace(body, body + body)
    document = good(zipped(members))
    assert [page.number for page in document.pages] == [1, 2, 3, 4]


# What must be said


def image_page() -> str:
    return element("ImageObject", ID=5, ResourceID=60, Boundary="0 0 210 297", CTM="210 0 0 297 0 0")


def test_picture_page_is_unreadable_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.ingest.ocr.available", lambda: False)
    document = good(make(rows("正文。"), image_page()))
    assert [page.reading for page in document.pages] == ["text", "unreadable"]
    assert [(problem.outcome, problem.place) for problem in document.problems] == [("unreadable", "第2页")]
    assert "jihe[ocr]" in document.problems[0].message


def test_picture_for_ocr_is_put_together_from_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Image.Image] = []

    def read_page(image: Image.Image, number: int, width: float, height: float) -> Sheet:
        seen.append(image)
        return Sheet(number, width, height, [Glyph("一", 90, 90, 102, 102, 100, 0.5)], [], Drawing(), recognised=True)

    monkeypatch.setattr("extract.ingest.ocr.available", lambda: True)
    monkeypatch.setattr("extract.ingest.ocr.read_page", read_page)
    strip = io.BytesIO()
    Image.new("RGB", (30, 20), "black").save(strip, "PNG")
    media = element("MultiMedia", element("MediaFile", "strip.png"), ID=60, Type="Image")
    items = [element("ImageObject", ResourceID=60, Boundary=f"0 {y} 210 100") for y in (0, 150)]
    extras = Extras(resources=element("MultiMedias", media), members={"Doc_0/Res/strip.png": strip.getvalue()})
    document = good(make("".join(items), extras=extras))
    assert document.pages[0].reading == "ocr"
    assert [(doubt.start, doubt.end) for doubt in document.doubts] == [(0, 1)]
    width, height = seen[0].size
    assert (width, height) == (round(WIDTH * 200 / 25.4), round(HEIGHT * 200 / 25.4))
    assert [seen[0].getpixel((width // 2, round(y * 200 / 25.4))) for y in (50, 125, 200)] == [
        (0, 0, 0),
        (255, 255, 255),
        (0, 0, 0),
    ]


def test_unseen_text_over_a_picture_was_recognised_by_somebody() -> None:
    document = good(make(image_page() + "".join(put("支出100万元，" * 3, y=40 + 8 * i, Alpha=0) for i in range(3))))
    assert document.pages[0].reading == "ocr"
    assert document.quality == "ocr"


def test_missing_and_broken_pages_are_said_and_the_others_read() -> None:
    data = make(rows("一。"), rows("二。"), rows("三。"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    del members["Doc_0/Pages/Page_0/Content.xml"]
    members["Doc_0/Pages/Page_1/Content.xml"] = members["Doc_0/Pages/Page_1/Content.xml"][:200]
    document = good(zipped(members))
    assert document.text == "三。"
    assert [(problem.outcome, problem.place) for problem in document.problems] == [
        ("damaged", "第1页"),
        ("damaged", "第2页"),
    ]


@pytest.mark.parametrize(
    ("members", "outcome"),
    [
        ({"OFD.xml": "<a/>"}, "damaged"),
        ({"OFD.xml": ""}, "damaged"),
        ({"OFD.xml": root("OFD", element("DocBody", element("DocRoot", "Doc_0/Document.xml")))}, "damaged"),
        ({"OFD.xml": "<a/>", "Encryptions.xml": "<a/>"}, "encrypted"),
        ({"OFD.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "damaged"),
        ({"OFD.xml": "<a/>", **{f"{i}.xml": "<a/>" for i in range(limits.MEMBERS)}}, "limit"),
    ],
    ids=["nothing", "empty", "no document", "encrypted", "DTD", "members"],
)
def test_bad_packages(members: Mapping[str, str | bytes], outcome: str) -> None:
    found = read(zipped(members), "报告.ofd")
    assert isinstance(found, Problem)
    assert found.outcome == outcome


def test_composites_that_hold_themselves_end() -> None:
    use = element("CompositeObject", ResourceID=50, Boundary="0 0 10 10")
    unit = element("CompositeGraphicUnit", element("Content", use, use, put("套")), ID=50)
    document = good(make(rows("正文。") + use, extras=Extras(resources=element("CompositeGraphicUnits", unit))))
    assert ("limit", "第1页") in {(problem.outcome, problem.place) for problem in document.problems}


@pytest.mark.parametrize("limit", ["CHARACTERS", "OBJECTS", "SEGMENTS"])
def test_limits_are_said(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, limit, 8)
    document = good(
        make(rows("一。"), "".join(rows(filler(5), top=40 + 20 * i) for i in range(9)) + path("M 0 0 L 9 9 " * 9))
    )
    assert ("limit", "第2页") in {(problem.outcome, problem.place) for problem in document.problems}


@pytest.mark.parametrize(
    "attributes",
    [
        {"X": "1e308"},
        {"X": "nan"},
        {"DeltaX": "g"},
        {"DeltaX": "g 5"},
        {"DeltaX": "g -1 4 g 1e9 1e9"},
        {"DeltaX": "4 x 4 4"},
        {"DeltaX": "1e30 1e30 1e30"},
    ],
)
def test_odd_numbers_never_raise(attributes: dict[str, str]) -> None:
    code = element("TextCode", "支出金额", **{"X": "0", "Y": "4", **attributes})
    document = good(make(rows("正文。") + element("TextObject", code, Boundary="30 60 90 9", Size=4)))
    assert document.text.startswith("正文。")


SAMPLE = make(rows("本年支出100万元。"), ruled([["甲", "1"], ["乙", "2"]], columns=(50, 60)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=8))
def test_spoilt_bytes_never_raise(at: int, rubbish: bytes) -> None:
    found = read(SAMPLE[:at] + rubbish + SAMPLE[at + len(rubbish) :], "坏.ofd")
    assert isinstance(found, Document | Problem)
    assert not (isinstance(found, Problem) and found.outcome == "error")


@pytest.mark.parametrize("share", range(0, 100, 10))
def test_cut_off_file_is_never_whole(share: int) -> None:
    found = read(SAMPLE[: len(SAMPLE) * share // 100], "断.ofd")
    assert isinstance(found, Problem)
    assert found.outcome in {"damaged", "empty", "unsupported"}


SAFE = st.text(st.sampled_from("项目资金支出预算绩效0123456789.,%万元（）：，。"), min_size=1, max_size=FULL)


@settings(max_examples=40, deadline=None)
@given(st.lists(SAFE, min_size=1, max_size=12))
def test_lines_come_back(lines: list[str]) -> None:
    document = good(make(rows(*lines)))
    assert "".join(document.text.split()) == "".join(lines)


def test_same_bytes_same_document() -> None:
    assert ofd.read(SAMPLE, "a.ofd") == ofd.read(SAMPLE, "a.ofd")
