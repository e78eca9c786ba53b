"""PDFs made here in code, read back: text, order, boxes, grids, and what must be said when something can't be read."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract.ingest import limits, pdf
from extract.ingest.paged import glyphs
from schemas.document import Document, Table
from schemas.errors import Problem

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

WIDTH, HEIGHT, LEFT, SIZE, PITCH = 480, 640, 60, 12, 20
#: So many 汉字 fill a line.
FULL = 30
Draw = Callable[[Canvas], None]
#: A cell that is drawn: row, column, text, row span, column span.
Drawn = tuple[int, int, str, int, int]


def make(*pages: Draw, encrypt: StandardEncryption | None = None) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, encrypt=encrypt)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(canvas: Canvas, text: str, x: float = LEFT, top: float = 100, size: float = SIZE) -> None:
    canvas.setFont("STSong-Light", size)
    canvas.drawString(x, HEIGHT - top, text)


def rows(*lines: str, top: float = 100, x: float = LEFT, size: float = SIZE) -> Draw:
    """Lines below each other; a line that starts with 　　 is indented by two characters."""

    def draw(canvas: Canvas) -> None:
        for i, line in enumerate(lines):
            indent = 2 * size if line.startswith("　　") else 0
            put(canvas, line.strip(), x + indent, top + i * PITCH, size)

    return draw


def together(*parts: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for part in parts:
            part(canvas)

    return draw


def ruled(
    cells: list[Drawn], *, columns: tuple[float, ...], top: float = 150, height: float = 30, left: float = LEFT
) -> Draw:
    """A table with ruling lines; the lines of a cell are parted by a line break in its text."""
    edges = [left + sum(columns[:i]) for i in range(len(columns) + 1)]

    def draw(canvas: Canvas) -> None:
        for row, column, text, row_span, column_span in cells:
            upper = top + row * height
            width = edges[column + column_span] - edges[column]
            canvas.rect(edges[column], HEIGHT - upper - row_span * height, width, row_span * height)
            for i, line in enumerate(text.split("\n")):
                put(canvas, line, edges[column] + 3, upper + 13 + i * 13, 11)

    return draw


def plain(*table: list[str]) -> list[Drawn]:
    return [(row, column, text, 1, 1) for row, texts in enumerate(table) for column, text in enumerate(texts)]


def good(data: bytes) -> Document:
    document = pdf.read(data, "报告.pdf")
    assert isinstance(document, Document)
    check(document)
    return document


def check(document: Document) -> None:
    """What is true of every document."""
    for former, block in pairwise(document.blocks):
        assert former.end <= block.start
    for block in document.blocks:
        text = document.text[block.start : block.end]
        assert text == text.strip() or block.kind == "table"
    for table in document.tables:
        for cell in table.cells:
            assert cell.text == document.text[cell.start : cell.end] == cell.text.strip()
            assert table.start <= cell.start <= cell.end <= table.end
            assert cell.row + cell.row_span <= table.rows
            assert cell.column + cell.column_span <= table.columns
    assert not document.pages or document.pages[0].start == 0
    for page, following in pairwise(document.pages):
        assert page.end == following.start
    check_glyphs(document)


def check_glyphs(document: Document) -> None:
    found = document.glyphs
    assert found is not None
    assert found.end == len(document.text)
    assert list(found.starts) == sorted(set(found.starts))
    assert not document.text or found.starts[0] == 0
    sizes = {page.number: page for page in document.pages}
    for i, char in enumerate(document.text):
        number, boxes = document.locate(i, i + 1)
        if number is None:
            assert char.isspace()
            continue
        (box,) = boxes
        assert -0.01 <= box.x0 <= box.x1 <= sizes[number].width + 0.01
        assert -0.01 <= box.top <= box.bottom <= sizes[number].height + 0.01
    for joint in document.joints:
        assert 0 < joint < len(document.text)


def texts(document: Document, kind: str = "paragraph") -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == kind]


def grid(table: Table) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in row] for row in table.grid()]


def filler(char: str = "甲") -> str:
    return char * FULL


# ---------------------------------------------------------------------------------------------- paragraphs


def test_claims_by_content() -> None:
    assert pdf.claims(make(rows("文")))
    assert pdf.claims(b"\n\n" + make(rows("文")))
    assert not pdf.claims(b"PK\x03\x04")
    assert not pdf.claims(b"")


def test_amount_broken_over_lines_is_whole() -> None:
    first = "　　" + "本项目预算资金来源为市级财政拨款共计安排一二三四1,2"
    document = good(make(rows(first, "34.56万元，支出完毕。", "　　另起一段。")))
    assert texts(document) == ["本项目预算资金来源为市级财政拨款共计安排一二三四1,234.56万元，支出完毕。", "另起一段。"]
    at = document.text.index("34.56")
    assert document.joints == (at,)
    page, boxes = document.locate(at - 3, at + 5)
    assert page == 1
    assert len(boxes) == 2


def test_paragraph_goes_on_over_the_page_without_the_foot_between() -> None:
    body = [filler("乙")] * 3
    one = together(rows("　　" + "丙" * (FULL - 2), *body, "丁" * (FULL - 2) + "14,2"), rows("- 1 -", top=620, x=220))
    two = together(rows("06万元。", "　　下一段。"), rows("- 2 -", top=620, x=220))
    document = good(make(one, two))
    assert texts(document)[0].endswith("丁丁14,206万元。")
    assert texts(document, "footer") == ["- 1 -", "- 2 -"]
    joined = document.text.index("06万元")
    assert joined in document.joints
    assert document.pages[1].start == joined
    assert document.locate(joined - 1, joined)[0] == 1
    assert document.locate(joined, joined + 1)[0] == 2


def test_latin_words_keep_a_space_at_the_line_end() -> None:
    line = "甲" * (FULL - 5) + "annual"
    document = good(make(rows(line, "report已公开。", filler(), "尾。")))
    assert "annual report已公开。" in document.text


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("短行到此为止", "下一段从左边开始。"),
        ("甲" * 27 + "结束。", "（二）新的一项。"),
        ("甲" * 27 + "说明书", "三、另一个标题"),
        ("甲" * 27 + "说明书", "3.另一项"),
        ("甲" * 27 + "结束。", "　　缩进的新段落。"),
        ("目录一" + "." * 110, "目录二"),
    ],
    ids=["short", "item", "heading", "number", "indent", "leader"],
)
def test_look_alikes_are_not_joined(upper: str, lower: str) -> None:
    document = good(make(rows(filler("乙"), filler("乙"), "丙。", upper, lower)))
    assert texts(document) == [filler("乙") * 2 + "丙。", upper, lower.strip()]


def test_larger_type_is_not_joined() -> None:
    document = good(make(together(rows("题" * 20, size=18), rows(filler(), filler(), "尾。", top=130))))
    assert texts(document) == ["题" * 20, filler() + filler() + "尾。"]


def test_wide_gap_between_lines_parts_paragraphs() -> None:
    top = rows(filler("甲"), filler("甲"))
    document = good(make(together(top, rows(filler("乙"), filler("乙"), "完。", top=200))))
    assert texts(document) == [filler("甲") * 2, filler("乙") * 2 + "完。"]


def test_spaces_are_those_that_are_seen() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "支出")
        put(canvas, "10", LEFT + 27)  # a quarter of a character apart
        put(canvas, "万元", LEFT + 50)
        put(canvas, "共", LEFT + 74)  # touches
        put(canvas, "编制部门：某局    单位：万元", top=130)
        put(canvas, "合  计", top=160)

    assert texts(good(make(draw))) == ["支出 10 万元共", "编制部门：某局 单位：万元", "合 计"]


def test_evenly_spaced_letters_are_one_word_but_separate_numbers_are_not() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", SIZE)
        canvas.drawString(LEFT, HEIGHT - 100, "共1234.56万元", charSpace=3)
        for i in range(6):
            put(canvas, "7", LEFT + i * 40, top=130)

    assert texts(good(make(draw))) == ["共1234.56万元", "7 7 7 7 7 7"]


def test_text_drawn_twice_to_look_bold_is_read_once() -> None:
    document = good(make(together(rows("总分11分"), rows("总分11分", x=LEFT + 0.3))))
    assert document.text == "总分11分"


def test_superscript_stays_in_its_line() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, "面积3500m")
        put(canvas, "2", LEFT + pdfmetrics.stringWidth("面积3500m", "STSong-Light", SIZE), top=96, size=7)

    assert good(make(draw)).text == "面积3500m2"


def test_radicals_become_ideographs() -> None:
    assert [glyphs.character(ord(char)) for char in "⼀⽉⻓一\u3000\u00a0\x02\x07\ufeff"] == [
        *"一月长一",
        " ",
        " ",
        "-",
        "",
        "",
    ]


LETTERS = st.sampled_from("预算绩效评价资金管理项目单位支出完成情况")
AMOUNTS = st.decimals(min_value=0, max_value=99999, places=2).map(lambda value: f"{value:,}万元")
PARAGRAPHS = st.lists(
    st.lists(st.one_of(LETTERS, AMOUNTS), min_size=1, max_size=80).map("".join), min_size=1, max_size=6
)


def wrap(paragraph: str) -> Iterator[str]:
    """Lines that break wherever the room ends, even inside a number."""
    line, width = "　　", 2 * SIZE
    for char in paragraph:
        step = pdfmetrics.stringWidth(char, "STSong-Light", SIZE)
        if width + step > FULL * SIZE:
            yield line
            line, width = "", 0
        line, width = line + char, width + step
    yield line


@settings(max_examples=40, deadline=None)
@given(PARAGRAPHS)
def test_wrapped_paragraphs_come_back(paragraphs: list[str]) -> None:
    wanted = [paragraph + "。" for paragraph in paragraphs]
    lines = [filler("首"), filler("首") + "", *(line for paragraph in wanted for line in wrap(paragraph))]
    pages = [rows(*lines[i : i + 20]) for i in range(0, len(lines), 20)]
    document = good(make(*pages))
    assert texts(document) == [filler("首") * 2, *wanted]


# ---------------------------------------------------------------------------------------------- heads and feet


def with_head(number: int, *lines: str) -> Draw:
    head = rows("某市财政局绩效评价报告", top=40, x=180)
    return together(head, rows(*lines), rows(f"第{number}页 共3页", top=615, x=200))


def test_running_heads_and_page_numbers_are_set_apart() -> None:
    document = good(make(*(with_head(i, filler(), f"正文{i}。") for i in (1, 2, 3))))
    assert texts(document) == [filler() + f"正文{i}。" for i in (1, 2, 3)]
    assert texts(document, "header") == ["某市财政局绩效评价报告"] * 3
    assert texts(document, "footer") == [f"第{i}页 共3页" for i in (1, 2, 3)]
    assert [document.text[page.start : page.end].strip() for page in document.pages] == texts(document)


def test_first_lines_of_pages_that_differ_are_body() -> None:
    pages = [rows(f"{word}的情况说明", filler(), "尾。", top=40) for word in ("收入", "支出", "资产")]
    document = good(make(*pages))
    assert not texts(document, "header")
    assert "支出的情况说明" in texts(document)


def test_unit_line_of_every_page_stays() -> None:
    document = good(make(*(rows("单位：万元", f"内容{word}", top=40) for word in "甲乙丙")))
    assert texts(document).count("单位：万元") == 3


def test_bare_number_that_does_not_count_on_is_no_page_number() -> None:
    document = good(make(rows("甲数", "305", top=590), rows("乙数", "12", top=590)))
    assert texts(document) == ["甲数", "305", "乙数", "12"]


def test_bare_page_numbers_count_on() -> None:
    document = good(make(*(together(rows(f"内容{i}。"), rows(str(i + 4), top=620, x=230)) for i in (1, 2, 3))))
    assert texts(document, "footer") == ["5", "6", "7"]


# ---------------------------------------------------------------------------------------------- tables


HEADER: list[Drawn] = [
    (0, 0, "项目", 2, 1),
    (0, 1, "资金（万元）", 1, 2),
    (1, 1, "预算数", 1, 1),
    (1, 2, "决算数", 1, 1),
]
COLUMNS = (110.0, 90.0, 90.0)


def below(header: list[Drawn], *lines: list[str]) -> list[Drawn]:
    return [*header, *((row + 2, column, text, rs, cs) for row, column, text, rs, cs in plain(*lines))]


def test_merged_cells_wrapped_names_and_numbers() -> None:
    cells = below(HEADER, ["机关事业单位基本\n养老保险缴费", "1,234,567,\n890.12", "5.00"], ["合计", "", "5.00"])
    document = good(
        make(together(rows("表1 收支表"), ruled(cells, columns=(110, 60, 90)), rows("表后文字。", top=400)))
    )
    (table,) = document.tables
    assert grid(table) == [
        ["项目", "资金（万元）", "资金（万元）"],
        ["项目", "预算数", "决算数"],
        ["机关事业单位基本养老保险缴费", "1,234,567,890.12", "5.00"],
        ["合计", "", "5.00"],
    ]
    assert [(cell.row_span, cell.column_span) for cell in table.cells[:2]] == [(2, 1), (1, 2)]
    assert texts(document, "table") == [
        "项目\t资金（万元）\n预算数\t决算数\n机关事业单位基本养老保险缴费\t1,234,567,890.12\t5.00\n合计\t\t5.00"
    ]
    assert texts(document) == ["表1 收支表", "表后文字。"]
    assert [block.kind for block in document.blocks] == ["paragraph", "table", "paragraph"]


def test_numbers_below_each_other_in_a_cell_stay_two() -> None:
    table = plain(["指标", "数"], ["甲\n乙", "100\n200"], ["丙", "1,234.56\n2,345.67"])
    document = good(make(ruled(table, columns=(60, 52))))
    assert grid(document.tables[0])[1][1] == "100\n200"
    assert grid(document.tables[0])[2][1] == "1,234.56\n2,345.67"


def test_items_in_a_cell_stay_apart() -> None:
    cells = plain(["目标", "内容"], ["年度", "1.建成一处；\n2.维护二处。"])
    assert grid(good(make(ruled(cells, columns=(60, 200)))).tables[0])[1][1] == "1.建成一处；\n2.维护二处。"


def test_number_that_runs_over_its_cell_stays_whole() -> None:
    cells = plain(["项目", "金额"], ["", "12345678.90"], ["完", "1"])
    document = good(make(ruled(cells, columns=(80, 40))))
    assert [cell.text for cell in document.tables[0].cells if "123" in cell.text] == ["12345678.90"]


def test_table_over_two_pages_with_repeated_header() -> None:
    one = below(HEADER, ["甲项目", "1.00", "2.00"], ["乙项目", "3.00", "4.00"])
    two = below(HEADER, ["丙项目", "5.00", "6.00"])
    document = good(make(ruled(one, columns=COLUMNS, top=480), together(ruled(two, columns=COLUMNS, top=60))))
    (table,) = document.tables
    assert [row[0] for row in grid(table)] == ["项目", "项目", "甲项目", "乙项目", "丙项目"]
    assert table.cells[-1].place.page == 2
    assert texts(document, "header") == ["项目\t资金（万元）\n预算数\t决算数"]
    assert [document.text[page.start : page.end] for page in document.pages][1].startswith("丙项目")


def test_table_over_two_pages_without_header_and_with_heads_between() -> None:
    pages = (
        together(with_head(1, "表前。"), ruled(plain(["年度", "数"], ["甲", "1"]), columns=(90, 90), top=500)),
        together(with_head(2), ruled(plain(["乙", "2"], ["丙", "3"]), columns=(90, 90), top=60)),
    )
    (table,) = good(make(*pages)).tables
    assert grid(table) == [["年度", "数"], ["甲", "1"], ["乙", "2"], ["丙", "3"]]


def test_caption_that_comes_back_does_not_part_the_table() -> None:
    one = together(rows("表1 收支明细表", "单位：元", top=440), ruled(plain(["甲", "1"]), columns=(90, 90), top=500))
    two = together(rows("续表1 收支明细表", "单位：元", top=80), ruled(plain(["乙", "2"]), columns=(90, 90), top=130))
    document = good(make(rows("首页。"), one, two))
    assert [grid(table) for table in document.tables] == [[["甲", "1"], ["乙", "2"]]]
    assert texts(document) == ["首页。", "表1 收支明细表", "单位：元"]
    assert texts(document, "header") == ["续表1 收支明细表", "单位：元"]


def test_totals_alone_on_a_page_belong_to_the_table() -> None:
    one = plain(["类", "款", "金额"], ["201", "05", "3.00"])
    two: list[Drawn] = [(0, 0, "合计", 1, 2), (0, 2, "3.00", 1, 1)]
    (table,) = good(make(ruled(one, columns=COLUMNS, top=500), ruled(two, columns=COLUMNS, top=60))).tables
    assert grid(table)[-1] == ["合计", "合计", "3.00"]


def test_merged_label_and_split_row_go_on_over_the_page() -> None:
    long = "一二三四五六七"
    one: list[Drawn] = [
        (0, 0, "产出指标", 2, 1),
        (0, 1, "数量指标完成", 1, 1),
        (0, 2, "9个", 1, 1),
        (1, 1, long, 1, 1),
        (1, 2, "8个", 1, 1),
    ]
    two: list[Drawn] = [
        (0, 0, "", 2, 1),
        (0, 1, "十", 1, 1),
        (0, 2, "", 1, 1),
        (1, 1, "时效", 1, 1),
        (1, 2, "7个", 1, 1),
    ]
    (table,) = good(make(ruled(one, columns=COLUMNS, top=500), ruled(two, columns=COLUMNS, top=60))).tables
    assert grid(table) == [
        ["产出指标", "数量指标完成", "9个"],
        ["产出指标", long + "十", "8个"],
        ["产出指标", "时效", "7个"],
    ]


def test_row_that_is_split_within_its_numbers_is_one_row() -> None:
    columns = (40, 44, 60)
    one, two = plain(["资金总", "3,500,0", "9.5"]), plain(["额", "00", ""])
    (table,) = good(make(ruled(one, columns=columns, top=500), ruled(two, columns=columns, top=60))).tables
    assert grid(table) == [["资金总额", "3,500,000", "9.5"]]
    # whole numbers over whole numbers are rows
    one, two = plain(["甲", "3,500", "9.5"]), plain(["", "200", "7"])
    (table,) = good(make(ruled(one, columns=columns, top=500), ruled(two, columns=columns, top=60))).tables
    assert grid(table) == [["甲", "3,500", "9.5"], ["", "200", "7"]]


def test_full_row_after_the_page_break_is_a_row_of_its_own() -> None:
    one, two = plain(["甲", "1", "2"]), plain(["乙", "3", ""])
    (table,) = good(make(ruled(one, columns=COLUMNS, top=500), ruled(two, columns=COLUMNS, top=60))).tables
    assert grid(table) == [["甲", "1", "2"], ["乙", "3", ""]]


@pytest.mark.parametrize(
    "second",
    [
        together(rows("表2 另一张表", top=40), ruled(plain(["乙", "2"]), columns=(90, 90), top=80)),
        ruled(plain(["乙", "2"]), columns=(120, 60), top=60),
        ruled(plain(["乙", "2"]), columns=(120, 120), top=60),
    ],
    ids=["text between", "other columns", "other width"],
)
def test_tables_that_are_not_stitched(second: Draw) -> None:
    assert len(good(make(ruled(plain(["甲", "1"]), columns=(90, 90), top=500), second)).tables) == 2


def test_two_tables_of_one_page_are_two() -> None:
    one = ruled(plain(["甲", "1"]), columns=(90, 90), top=100)
    assert len(good(make(together(one, ruled(plain(["乙", "2"]), columns=(90, 90), top=300)))).tables) == 2


def test_frame_around_a_text_is_no_table() -> None:
    document = good(make(ruled([(0, 0, "声明：本报告仅供参考。", 1, 1)], columns=(300,))))
    assert not document.tables
    assert texts(document) == ["声明：本报告仅供参考。"]


def test_table_without_outer_borders() -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(4):
            canvas.line(LEFT, HEIGHT - 100 - 30 * i, LEFT + 200, HEIGHT - 100 - 30 * i)
        canvas.line(LEFT + 100, HEIGHT - 100, LEFT + 100, HEIGHT - 190)
        for i, (name, value) in enumerate([("项目", "金额"), ("甲", "1"), ("乙", "2")]):
            put(canvas, name, LEFT + 10, 118 + 30 * i)
            put(canvas, value, LEFT + 110, 118 + 30 * i)

    assert grid(good(make(draw)).tables[0]) == [["项目", "金额"], ["甲", "1"], ["乙", "2"]]


def test_borders_drawn_as_thin_filled_shapes() -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(3):
            canvas.rect(LEFT, HEIGHT - 100 - 30 * i, 200, 0.8, stroke=0, fill=1)
            canvas.rect(LEFT + 100 * i, HEIGHT - 160, 0.8, 60, stroke=0, fill=1)
        for i, text in enumerate(["项目", "金额", "甲", "1"]):
            put(canvas, text, LEFT + 10 + 100 * (i % 2), 118 + 30 * (i // 2))

    assert grid(good(make(draw)).tables[0]) == [["项目", "金额"], ["甲", "1"]]


CELLS = st.lists(
    st.lists(st.text("甲乙丙0123456789.%", max_size=6).map(str.strip), min_size=3, max_size=3), min_size=2, max_size=8
)


@settings(max_examples=25, deadline=None)
@given(CELLS)
def test_grids_come_back(table: list[list[str]]) -> None:
    document = good(make(ruled(plain(*table), columns=COLUMNS, top=100)))
    if not any(any(row) for row in table):
        assert not document.tables
        return
    assert grid(document.tables[0]) == table


# ---------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_page_reads_as_shown(rotation: int) -> None:
    """The page is drawn lying and turned upright by its /Rotate."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(rotation)
        shown = {90: (0, 1, -1, 0, HEIGHT, 0), 180: (-1, 0, 0, -1, WIDTH, HEIGHT), 270: (0, -1, 1, 0, 0, WIDTH)}
        canvas.transform(*shown[rotation])
        together(rows("横排表", filler("文") + ""), ruled(below(HEADER, ["甲", "1.00", "2.00"]), columns=COLUMNS))(
            canvas
        )

    document = good(make(draw))  # reportlab turns the media box itself
    assert (document.pages[0].width, document.pages[0].height) == (WIDTH, HEIGHT)
    assert grid(document.tables[0])[2] == ["甲", "1.00", "2.00"]
    assert texts(document)[0] == "横排表"
    _, (box,) = document.locate(0, 1)
    assert box.x0 == pytest.approx(LEFT, abs=0.1)
    assert box.top < 100 < box.bottom


def test_crop_box_moves_the_origin_and_hides_what_is_outside() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setCropBox((50, 40, 430, 600))
        together(rows("可见文字"), rows("裁切线外", top=620))(canvas)

    document = good(make(draw))
    assert document.text == "可见文字"
    assert (document.pages[0].width, document.pages[0].height) == (380, 560)
    _, boxes = document.locate(0, 1)
    assert boxes[0].x0 == pytest.approx(LEFT - 50, abs=0.1)
    assert document.warnings == ("第1页有 4 个字符在页面之外或被裁去，未读",)


def test_text_that_is_clipped_away_is_not_read() -> None:
    def draw(canvas: Canvas) -> None:
        path = canvas.beginPath()
        path.rect(40, HEIGHT - 110, 400, 100)
        canvas.clipPath(path, stroke=0, fill=0)
        rows("露出的行", "被裁的行")(canvas)

    document = good(make(draw))
    assert document.text == "露出的行"
    assert document.warnings


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [char * 15 for char in "甲乙丙丁戊"]
    right = [char * 15 for char in "己庚辛壬癸"]
    page = together(
        rows("通栏标题在上方横贯左右两栏居中排列一行", top=70, size=14),
        rows(*left, top=110, x=40),
        rows(*right, top=113, x=260),
        rows("通栏页脚说明横贯左右两栏，写在最后作为结束语句。", top=260),
    )
    document = good(make(page))
    body = "".join(texts(document))
    assert body.index("戊") < body.index("己") < body.index("通栏页脚")
    assert "".join(left) in document.text
    assert "".join(right) in document.text


def test_list_of_labels_and_values_is_not_two_columns() -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(6):
            put(canvas, f"指标{'甲乙丙丁戊己'[i]}", 60, 100 + i * PITCH)
            put(canvas, f"{i + 1}0个", 300, 100 + i * PITCH)

    assert texts(good(make(draw)))[0] == "指标甲 10个"


def test_slanted_and_upright_text_is_kept_apart() -> None:
    def draw(canvas: Canvas) -> None:
        rows(filler(), "结束。")(canvas)
        canvas.saveState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        put(canvas, "内部资料", 0, HEIGHT)
        canvas.restoreState()

    document = good(make(draw))
    assert texts(document) == [filler() + "结束。"]
    assert texts(document, "note") == ["内部资料"]
    assert not document.joints[1:]


def test_text_boxes_and_form_fields_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        rows("自评得分")(canvas)
        canvas.acroForm.textfield(value="98.5", x=200, y=HEIGHT - 105, width=80, height=16, borderWidth=0)

    assert "98.5" in good(make(draw)).text


# ---------------------------------------------------------------------------------------------- what can't be read


def picture(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "gray")), 0, 0, WIDTH, HEIGHT)


def test_blank_page_is_blank() -> None:
    document = good(make(rows("首页。"), lambda _: None, rows("尾页。")))
    assert [page.reading for page in document.pages] == ["text", "blank", "text"]
    assert document.pages[1].start == document.pages[1].end
    assert not document.problems


def blocks(count: int) -> Draw:
    """So many round shapes, as letters drawn by their outlines are."""

    def draw(canvas: Canvas) -> None:
        for i in range(count):
            canvas.circle(40 + i % 20 * 20, 40 + i // 20 * 20, 6, fill=1)

    return draw


def test_page_of_drawn_letters_is_no_picture() -> None:
    document = good(make(rows("首页。"), blocks(80)))
    assert document.pages[1].reading == "unreadable"
    assert [problem.message.split("，")[:2] for problem in document.problems] == [["该页没有文字", "只有图形"]]


def test_page_with_some_shapes_and_no_text_is_said() -> None:
    document = good(make(rows("首页。"), blocks(20)))
    assert document.pages[1].reading == "blank"
    assert not document.problems
    assert document.warnings == ("第2页没有文字，只有图形，图形中的文字未读",)


def test_ornaments_of_a_blank_page_are_not_marked() -> None:
    def frame(canvas: Canvas) -> None:
        canvas.rect(30, 30, 400, 560)
        canvas.roundRect(40, 40, 380, 540, 8)

    document = good(make(rows("首页。"), frame, rows("尾页。")))
    assert [page.reading for page in document.pages] == ["text", "blank", "text"]
    assert not document.problems
    assert not document.warnings


def test_picture_page_is_unreadable_and_named() -> None:
    document = good(make(rows("首页。"), picture))
    assert document.pages[1].reading == "unreadable"
    assert [(problem.outcome, problem.place) for problem in document.problems] == [("unreadable", "第2页")]


def test_text_beside_a_picture_warns() -> None:
    document = good(make(together(picture, rows(filler(), filler()))))
    assert document.pages[0].reading == "text"
    assert document.warnings == ("第1页有图片，图片中的文字未读",)


def test_unseen_text_over_a_picture_was_recognised_by_somebody() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        text = canvas.beginText(LEFT, 500)
        text.setFont("STSong-Light", SIZE)
        text.setTextRenderMode(3)
        text.textLine("预算执行率为九成以上情况良好")
        canvas.drawText(text)

    document = good(make(draw))
    assert document.pages[0].reading == "ocr"
    assert document.text == "预算执行率为九成以上情况良好"


def test_password() -> None:
    locked = make(rows("内容"), encrypt=StandardEncryption("用户".encode().hex(), "owner", strength=128))
    assert pdf.read(locked, "a.pdf") == Problem("encrypted", "文件已加密，需要密码才能打开")


def test_empty_user_password_reads() -> None:
    locked = make(rows("内容"), encrypt=StandardEncryption("", "owner", canCopy=0, strength=128))
    assert good(locked).text == "内容"


SAMPLE = make(
    *(with_head(i, filler(), "正文。") for i in (1, 2, 3)),
    ruled(below(HEADER, ["甲", "1.00", "2.00"]), columns=COLUMNS),
)


@pytest.mark.parametrize("share", range(1, 50))
def test_cut_off_file_is_never_whole(share: int) -> None:
    found = pdf.read(SAMPLE[: len(SAMPLE) * share // 50], "a.pdf")
    if isinstance(found, Problem):
        assert found.outcome == "damaged"
    else:
        check(found)
        assert "damaged" in {problem.outcome for problem in found.problems}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=40))
def test_spoilt_bytes_never_raise(at: int, rubbish: bytes) -> None:
    found = pdf.read(SAMPLE[:at] + rubbish + SAMPLE[at + len(rubbish) :], "a.pdf")
    if isinstance(found, Document):
        check(found)


def test_not_a_pdf_is_damaged() -> None:
    found = pdf.read(b"%PDF-1.7\nrubbish", "a.pdf")
    assert isinstance(found, Problem)
    assert found.outcome == "damaged"


@dataclass(frozen=True)
class Limit:
    name: str
    value: int
    place: str


@pytest.mark.parametrize(
    "limit", [Limit("CHARACTERS", 20, "第2页"), Limit("OBJECTS", 3, "第3页")], ids=lambda x: x.name
)
def test_limits_are_said(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, limit.name, limit.value)
    data = make(rows("一。"), rows(filler(), "尾。"), ruled(plain(["甲", "1"], ["乙", "2"]), columns=(90, 90)))
    document = good(data)
    assert ("limit", limit.place) in {(problem.outcome, problem.place) for problem in document.problems}


def test_too_many_pages_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGES", 2)
    document = good(make(rows("一。"), rows("二。"), rows("三。")))
    assert len(document.pages) == 2
    assert [(problem.outcome, problem.place) for problem in document.problems] == [("limit", "第3页")]


def test_same_bytes_same_document() -> None:
    assert pdf.read(SAMPLE, "a.pdf") == pdf.read(SAMPLE, "a.pdf")


def test_identity_and_metadata() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("绩效自评报告")
        rows("正文。")(canvas)

    document = good(make(draw))
    assert document.format == "pdf"
    assert dict(document.metadata)["title"] == "绩效自评报告"
