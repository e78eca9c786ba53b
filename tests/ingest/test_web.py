import re
from base64 import encodebytes
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from itertools import product
from quopri import encodestring
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest import limits, read
from extract.ingest.markup import shown
from extract.pipeline import extract
from schemas.document import Document
from schemas.errors import Problem
from schemas.extraction import Extraction

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>某局自评报告_某某市人民政府门户网站</title>
<style>p {color: #101010}</style><script>var total = 12345;</script></head>
<body>
<div class="header"><a href="/">首页</a> <a href="/zw">政务公开</a></div>
<ul class="nav-list"><li><a href="/1">机构</a><li><a href="/2">预算</a></ul>
<div class="content"><h1>某局2023年度绩效自评报告</h1>
<p>&emsp;&emsp;本年预算为&nbsp;100.50<span>万
元</span>，支出
90万元。<!-- 7777 --></p>
<div style="display: none">隐藏 8888</div>
一、项目概况<br/>　　项目共3个。<br/>
<table border="1"><caption>表1 支出情况（单位：万元）</caption>
<tr><th rowspan="2">项目<th colspan="2">金额<tr><td>预算<td>支出<tr><td>合计<td>12.5<td><p>11</p><p>含结余</p></table>
<h2>二、存在问题</h2><p>执行偏慢。</p>
<p><a href="/files/a.xlsx?x=1">附件：自评表</a></p><img src="seal.png"></div>
<div id="footer">版权所有 备案号 12345678</div></body></html>"""


def document(source: str | bytes, name: str = "报告.html") -> Document:
    data = source.encode() if isinstance(source, str) else source
    result = read(data, name)
    assert isinstance(result, Document), result
    sound(result)
    return result


def sound(result: Document) -> None:
    """The spans of a document fit its text and each other."""
    for table in result.tables:
        taken = set()
        for cell in table.cells:
            assert cell.text == result.text[cell.start : cell.end] == cell.text.strip()
            for place in product(
                range(cell.row, cell.row + cell.row_span), range(cell.column, cell.column + cell.column_span)
            ):
                assert place not in taken
                taken.add(place)
        assert all(row < table.rows and column < table.columns for row, column in taken)
    ends = [0, *(block.end for block in result.blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, result.blocks, strict=False))


def cells(result: Document) -> list[list[tuple[int, int, int, int, str]]]:
    return [[(c.row, c.column, c.row_span, c.column_span, c.text) for c in table.cells] for table in result.tables]


def test_page() -> None:
    result = document(PAGE)
    assert result.text == (
        "某局2023年度绩效自评报告\n本年预算为 100.50万元，支出 90万元。\n一、项目概况\n项目共3个。\n"
        "表1 支出情况（单位：万元）\n项目\t金额\n预算\t支出\n合计\t12.5\t11\n含结余\n"
        "二、存在问题\n执行偏慢。\n附件：自评表"
    )
    assert result.format == "html"
    assert result.title == "某局2023年度绩效自评报告"
    assert [block.level for block in result.blocks if block.kind == "heading"] == [1, 2]
    assert (result.tables[0].caption, result.tables[0].unit) == ("表1 支出情况", "万元")
    assert cells(result) == [
        [
            (0, 0, 2, 1, "项目"),
            (0, 1, 1, 2, "金额"),
            (1, 1, 1, 1, "预算"),
            (1, 2, 1, 1, "支出"),
            (2, 0, 1, 1, "合计"),
            (2, 1, 1, 1, "12.5"),
            (2, 2, 1, 1, "11\n含结余"),
        ]
    ]
    assert result.warnings == (
        "网页的导航、页脚等 3 处（27 字）未读取",
        "含 1 个附件，附件未读取：附件：自评表",
        "含 1 幅图片，其中的文字未读取",
        "含隐藏文字，隐藏文字未读取",
    )
    assert not result.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("claimed", ["utf-8", "gb2312", "big5", "rot13"])
@pytest.mark.parametrize("name", ["报告.html", "报告"])
def test_encodings_whatever_the_page_says(encoding: str, claimed: str, name: str) -> None:
    page = PAGE.replace('charset="utf-8"', f'charset="{claimed}"').replace("偏慢", "偏慢，堃镕㙍")
    result = document(page.encode(encoding), name)
    assert "执行偏慢，堃镕㙍。" in result.text
    assert not result.problems


def test_traditional_page_whose_head_is_long() -> None:
    text = "本年預算一千萬元，實際支出九百萬元，項目績效良好。"
    page = "<html><script>" + "var a = 1;\n" * 3000 + f"</script><p>{text}</p></html>"
    assert document(page.encode("big5")).text == text


@pytest.mark.parametrize("spoilt", [b"\xff", b"\xe6\x97"])
def test_one_broken_character(spoilt: bytes) -> None:
    data = PAGE.encode().replace("偏慢".encode(), spoilt) * 2
    result = document(data)
    assert "某局2023年度绩效自评报告" in result.text
    assert [problem.outcome for problem in result.problems] == ["partial"]
    assert result.quality == "suspect"


def test_bytes_in_no_encoding() -> None:
    result = document(
        b"<html><meta charset='gbk'><p>" + "支出100万元".encode("gbk") + b"\xff\xff\x81\0" * 9 + b"</p></html>"
    )
    assert result.text.startswith("支出100万元")
    assert result.problems


@pytest.mark.parametrize("name", ["报告.doc", "报告.xls", "报告.docx", "报告.txt", "报告.pdf"])
def test_names_of_other_formats(name: str) -> None:
    assert any(warning.startswith("扩展名与内容不符") for warning in document(PAGE, name).warnings)


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.mht", "a.mhtml", "a"])
def test_names_that_fit(name: str) -> None:
    assert not any(warning.startswith("扩展名") for warning in document(PAGE, name).warnings)


@pytest.mark.parametrize(
    "start",
    [
        "<table><tr><td>项目</td><td>1</td></tr></table>",
        "\r\n" * 3000 + "<html>",
        "<!-- " + "-" * 5000 + " --><!-- --><html>",
        '<?xml version="1.0" encoding="gb2312"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://x.invalid/a.dtd">',
        "<br />\n<b>Warning</b>",
        "<h1>",
    ],
)
def test_beginnings(start: str) -> None:
    result = document(start + "<p>支出100万元</p>")
    assert result.format == "html"
    assert result.text.endswith("支出100万元")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>绩效\n  评价</p>", "绩效评价"),
        ("<p>预算为\n100 万元</p>", "预算为 100 万元"),
        ("<p>支出 &nbsp;&nbsp;90万元</p>", "支出   90万元"),
        ("<p>1&#8203;00万元&shy;。</p>", "100万元。"),
        ("<p>　　正文</p>", "正文"),
        ("<p>面积3万m<sup>2</sup>，见注3.5<sup>1</sup></p>", "面积3万m²，见注3.5¹"),
        ("<p>10<sup><span lang=EN-US>4</span></sup>1吨<sup>[2]</sup>CO<sub>2</sub>3", "10⁴1吨[2]CO₂3"),
        ("<p>甲<p>乙<div>丙</div>丁", "甲\n乙\n丙\n丁"),
        ("<div>甲<!-- 注 -->乙<span>丙</span></div>", "甲乙丙"),
        ("<pre>一、概况\n  预算 100\n\n支出  90</pre>后", "一、概况\n预算 100\n支出  90\n后"),
        ("<p>支出<del>80</del><ins>90</ins>万元</p>", "支出90万元"),
        ("<p>支出90<o:p></o:p>万元</p>", "支出90万元"),
        ("<p><![if !supportLists]>1.<![endif]>概况</p>", "1.概况"),
        ("<p hidden>1</p><p style='mso-hide:all'>2</p><p STYLE='VISIBILITY:hidden'>3</p><p>4</p>", "4"),
        ("<body style='visibility:hidden'><p>4</p>", "4"),
        ("<form><p>支出90</p><input value='搜索'><select><option>2023年</select></form>", "支出90"),
        ("<p>a<b>1</b>2<i>3</i></p>", "a123"),
    ],
)
def test_text_is_what_is_shown(source: str, text: str) -> None:
    assert document(f"<html>{source}</html>").text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ol><li>甲<li>2023年乙<li><li><p>丙</p><p>丁</p></ol>", "1. 甲\n2. 2023年乙\n4. 丙\n丁"),
        ("<ol start=3><li>甲<li value=7>乙<li>丙</ol>", "3. 甲\n7. 乙\n8. 丙"),
        ("<ol type=a><li>甲</ol><ol type=I><li>甲<li>乙</ol>", "a. 甲\nI. 甲\nII. 乙"),
        ("<ol style='list-style-type:cjk-ideographic'><li>甲<li>乙</ol>", "一、甲\n二、乙"),
        ("<ol><li>甲<ol><li>子</ol><li>乙</ol>", "1. 甲\n1. 子\n2. 乙"),
        ("<ol style='list-style:none'><li>1、甲</ol><ul><li>乙</ul><li>丙", "1、甲\n乙\n丙"),
    ],
)
def test_numbers_of_lists(source: str, text: str) -> None:
    assert document(f"<html>{source}</html>").text == text


def test_heading_of_two_lines() -> None:
    result = document("<html><h1>某市<br>自评报告</h1>正文<h3>附注</h3></html>")
    assert [(block.kind, block.level) for block in result.blocks] == [
        ("heading", 1),
        ("heading", 1),
        ("paragraph", None),
        ("heading", 3),
    ]


NAVIGATION = "<div class='nav'>" + "".join(f"<a href='/{n}'>栏目{n}</a>" for n in range(9)) + "</div>"


@pytest.mark.parametrize(
    "kept",
    [
        NAVIGATION + "<p>短文3</p>",  # the rest would be under half of the text
        "<div class='nav'>无链接的一段" + "正文" * 20 + "</div><p>1</p>",
        "<div class='header'><h1>自评报告</h1><a href='/'>返回首页</a></div><p>正文很长很长很长很长</p>",
        "<div id='footer'><table><tr><td>合计<td>12</table></div><p>正文很长很长很长很长</p>",
        "<div class='footnote'><a href='/'>注：数据来源</a></div><p>正文很长很长很长很长</p>",
        "<ul><li><a href='a.pdf'>附件1</a>" * 6 + "</ul><p>正文</p>",
        "<article><p>正文很长很长</p><div class='footer'>此件公开</div></article>",
        "<div class='article-footer'>2024年3月1日</div><p>正文很长很长很长很长</p>",
        "<ul><li><a href='#a'>一、概况</a>" * 6 + "</ul><p>正文</p>",
    ],
)
def test_doubtful_content_is_kept(kept: str) -> None:
    result = document(f"<html>{kept}</html>")
    expected = re.sub(r"<[^>]*>|\s", "", kept)
    assert re.sub(r"\s", "", result.text) == expected
    assert not any("导航" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    "dropped",
    [
        NAVIGATION,
        "<nav><a href=/>首页</a> | <a href=/a>公开</a></nav>",
        "<footer>主办单位 12345</footer>",
        "<div class='main_nav clearfix'><a href=/>首页</a></div>",
        "<ul>" + "<li><a href='/1'>相关文章</a>" * 6 + "</ul>",
        "<aside class='x'><a href='/1'>推荐阅读</a></aside>",
    ],
)
def test_surroundings_are_dropped(dropped: str) -> None:
    content = "本年支出100万元。" * 20
    result = document(f"<html>{dropped}<p>{content}</p>{dropped}后文</html>")
    assert result.text == f"{content}\n后文"
    assert any("导航" in warning for warning in result.warnings)


def test_what_a_public_body_states_of_its_page() -> None:
    metas = (
        '<meta name="ArticleTitle" content="某局自评"><meta name="PubDate" content="2024-03-01"><meta name=x content=y>'
    )
    result = document(f"<html><head>{metas}<title>某网</title></head><h1>门户</h1><p>正文</html>")
    assert result.title == "某局自评"
    assert dict(result.metadata) == {"encoding": "utf-8", "published": "2024-03-01"}


DATA = "<table><tr><td>项目<td>金额<tr><td>合计<td>12</table>"


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        (DATA, 1),
        (f"<table><tr><td>导航<td>{DATA}</table>", 1),  # a page in a table
        (f"<table><tr><td>左<td>{'正文' * 300}</table>", 0),
        (f"<table role=presentation>{DATA[7:]}", 0),
        ("<table><tr><td>正文一<tr><td>正文二3</table>", 0),
        ("<table><tr><td>填报单位：某局<td>单位：万元</table>", 1),
        (f"<table>{'<tr><td>项目<td>金额<td>12' * 4}<tr><td>明细<td colspan=2>{DATA}</table>", 2),  # a form
        (f"<table>{'<tr><td>指标<td>12' * 4}<tr><td>概况<td>{'正文' * 900}</table>", 1),
        (f"<table><tr><td><table><tr><td><table><tr><td>{DATA}</table></table></table>", 1),
        ("<table><tr><td> <td>&nbsp;</table>正文", 0),
        ("<table><td>项目<td>金额<td>12</table>", 1),
    ],
)
def test_tables_of_data_and_of_layout(source: str, tables: int) -> None:
    result = document(f"<html>{source}</html>")
    assert len(result.tables) == tables
    shown_text = re.sub(r"<[^>]*>|\s|&nbsp;", "", source)
    assert sorted(re.sub(r"\s", "", result.text)) == sorted(shown_text)


def test_text_that_no_cell_holds_is_kept() -> None:
    result = document(
        "<html><table>散文1<form><tr><td>项目<td>金额</tr>散文2<tr>散文3<td>合计<td>12</tr></form><div>散文4</div></table></html>"
    )
    assert [cell.text for cell in result.tables[0].cells] == ["项目", "金额", "合计", "12"]
    assert re.findall(r"散文\d", result.text) == ["散文1", "散文2", "散文3", "散文4"]


def test_spans_that_do_not_fit() -> None:
    result = document(
        "<html><table><tr><td colspan=99>标题</tr><tr><td rowspan=50>甲<td rowspan=0>乙<td>丙</tr>"
        "<tr><td>1</tr><tr></tr><tr><td colspan=x rowspan=-3>2</tr></table></html>"
    )
    assert cells(result) == [
        [
            (0, 0, 1, 3, "标题"),
            (1, 0, 3, 1, "甲"),
            (1, 1, 3, 1, "乙"),
            (1, 2, 1, 1, "丙"),
            (2, 2, 1, 1, "1"),
            (3, 2, 1, 1, "2"),
        ]
    ]


def test_span_ends_with_its_section() -> None:
    result = document(
        "<html><table><thead><tr><th rowspan=9>项目<th>金额</thead><tbody><tr><td>合计<td>12</tbody></table></html>"
    )
    assert cells(result) == [[(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "金额"), (1, 0, 1, 1, "合计"), (1, 1, 1, 1, "12")]]


def test_word_states_widths_in_a_row() -> None:
    row = "<![if !supportMisalignedColumns]><tr height=0><td width=9></td><td></td></tr><![endif]>"
    result = document(f"<html>{DATA[:-8]}{row}</table></html>")
    assert result.tables[0].rows == 2


def test_frames_and_attachments_are_named() -> None:
    links = "".join(f"<a href='/{n}.pdf'>附件{n}</a>" for n in range(30))
    result = document(f"<html><p>正文</p>{links}<iframe src='/a.pdf'></iframe><object data='b.ofd'></object></html>")
    assert result.warnings[0].startswith("含 30 个附件，附件未读取：附件0；附件1；")
    assert result.warnings[0].endswith("附件19 等")
    assert result.warnings[1] == "含 2 个框架或嵌入对象，其内容未读取"


PARTS = '<p>正文</p><p class="tip x">提示77</p><div id="old">旧版88</div><em>强调99</em>'


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (".tip{display:none}", "正文\n旧版88\n强调99"),
        ("#old , em { visibility : hidden; color:red }", "正文\n提示77"),
        ("p.tip.x{DISPLAY:NONE !important}", "正文\n旧版88\n强调99"),
        ("/* .tip{display:none} */ <!-- @import 'a.css'; .x{display:none} -->", "正文\n旧版88\n强调99"),
        # what shows it again, by more weight or later
        (".tip{display:none} .tip.x{display:block}", "正文\n提示77\n旧版88\n强调99"),
        (".tip{display:none} .tip{display:block}", "正文\n提示77\n旧版88\n强调99"),
        (".tip.x{display:block} .tip{display:none}", "正文\n提示77\n旧版88\n强调99"),
        (".tip{display:none!important} .tip.x{display:block}", "正文\n旧版88\n强调99"),
        # what is not for this element, for the screen, or simple
        ("div.tip, .tip.y, #tip, .ti, h1{display:none}", "正文\n提示77\n旧版88\n强调99"),
        ("@media print{.tip{display:none} #old{display:none}}", "正文\n提示77\n旧版88\n强调99"),
        ("body .tip, p:hover, .x::after, p[class], p>em, a+em{display:none}", "正文\n提示77\n旧版88\n强调99"),
        ("body,html{display:none} .tip{overflow:hidden;backface-visibility:hidden}", "正文\n提示77\n旧版88\n强调99"),
        (".tip{display:none", "正文\n提示77\n旧版88\n强调99"),
    ],
)
def test_what_a_style_sheet_hides(style: str, text: str) -> None:
    result = document(f"<html><head><style>{style}</style></head><body>{PARTS}</body></html>")
    assert result.text == text
    assert any("隐藏文字" in warning for warning in result.warnings) == ("提示77" not in text or "旧版88" not in text)


def test_an_element_that_says_otherwise_is_shown() -> None:
    rules = "<style>.t{display:none}</style>"
    assert document(f"<html>{rules}<p class=t style='display:block'>1项</p><p class=t>2项</p></html>").text == "1项"


def test_style_sheets_cost_no_more_than_their_length() -> None:
    rules = "".join(f".c{n}{{display:none}}@media x{{.d{{a:b}}}}" for n in range(20_000))
    started = process_time()
    for tail in ("@media " * 20_000, "{" * 100_000, "a{" * 50_000 + "}" * 50_000, "/*" * 50_000, "@x{" * 50_000):
        page = f"<html><style>{rules}{tail}</style>{'<p class=c7>1</p><p>2项</p>' * 2000}</html>"
        assert document(page).text.startswith("2项")
    assert process_time() - started < 10


def test_hidden_cells_take_no_place() -> None:
    result = document(
        "<html><table><tr><td>项目<td style='display:none'>号<td>金额<tr hidden><td>9<tr><td>合计<td>12</table></html>"
    )
    assert [cell.text for cell in result.tables[0].cells] == ["项目", "金额", "合计", "12"]
    assert "含隐藏文字，隐藏文字未读取" in result.warnings


def test_form_that_was_filled_in() -> None:
    result = document(
        "<html><table><tr><td>预算<td><input value='12.5'>"
        "<tr><td>结论<td><input type=radio checked>优<input type=radio>良"
        "<tr><td>年度<td><select><option>2022<option selected>2023</select><tr><td>说明<td><textarea>无</textarea>"
        "<tr><td>密<td><input type=hidden value=7><input type=submit value=提交></table></html>"
    )
    assert [cell.text for cell in result.tables[0].cells][1::2] == ["12.5", "☑优□良", "2023", "无", ""]


def test_stored_values_of_a_workbook_saved_as_page() -> None:
    result = document(
        '<html xmlns:x="urn:x"><table><tr><td>率<td x:num="0.95">95%<tr><td>数<td x:num="3">3</table></html>'
    )
    assert [cell.stored for cell in result.tables[0].cells] == [None, "0.95", None, None]


@st.composite
def tables(draw: st.DrawFn) -> list[list[tuple[int, int]]]:
    span = st.integers(0, 4)
    return draw(st.lists(st.lists(st.tuples(span, span), max_size=4), min_size=2, max_size=5))


@given(tables())
def test_any_spans(rows: list[list[tuple[int, int]]]) -> None:
    body = "".join(
        "<tr>"
        + "".join(
            f"<td rowspan={height} colspan={width}>第{index}.{number}格" for number, (height, width) in enumerate(row)
        )
        for index, row in enumerate(rows)
    )
    result = read(f"<html>首<table>{body}</table></html>".encode(), "a.html")
    assert isinstance(result, Document)
    sound(result)
    found = re.findall(r"第\d\.\d格", result.text)
    assert found == re.findall(r"第\d\.\d格", body)


@given(
    st.lists(
        st.sampled_from(
            [
                "<td>",
                "</td>",
                "<tr>",
                "<table>",
                "</table>",
                "<p>",
                "<ol>",
                "<li>",
                "<b>",
                "</b>",
                "<h2>",
                "甲1",
                "<br>",
                " ",
                "<pre>",
                "\n",
            ]
        )
    )
)
def test_broken_markup_loses_no_text(parts: list[str]) -> None:
    result = read(("<html><body>首" + "".join(parts)).encode(), "a.html")
    assert isinstance(result, Document)
    sound(result)
    assert result.text.count("甲1") == parts.count("甲1")


@given(st.text())
def test_shown_text_has_no_white_space_of_the_source(source: str) -> None:
    assert not re.search(r"[\t\r\n\f]|^\s|\s$", shown(source))


def archive(*pages: str, encoding: str = "utf-8") -> bytes:
    message = MIMEMultipart("related", boundary="----=_Part")
    for page in pages:
        message.attach(MIMEText(page, "html", encoding))
    message.attach(MIMEText("p {}", "css"))
    return message.as_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_archive_of_a_page(encoding: str) -> None:
    result = document(archive(PAGE, encoding=encoding), "报告.mht")
    assert result.text == document(PAGE).text
    assert result.format == "html"
    assert not result.problems


@pytest.mark.parametrize("transfer", ["quoted-printable", "base64", "8bit"])
def test_archive_saved_by_office(transfer: str) -> None:
    page = "<html><meta charset=gb2312><p class=MsoNormal>支出100万元，镕</p></html>".encode("gb18030")
    body = encodestring(page) if transfer == "quoted-printable" else encodebytes(page) if transfer == "base64" else page
    data = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\nA Web Page\r\n\r\n--b\r\n'
        b"Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: "
        + transfer.encode()
        + b'\r\nContent-Type: text/html; charset="us-ascii"\r\n\r\n'
        + body
        + b"\r\n--b--\r\n"
    )
    result = document(data, "报告.doc")
    assert result.text == "支出100万元，镕"
    assert [warning[:8] for warning in result.warnings] == ["扩展名与内容不符"]


def test_archive_of_a_workbook_has_a_page_for_each_sheet() -> None:
    result = document(archive("<html><frameset></frameset></html>", f"<html>{DATA}</html>", f"<html>{DATA}</html>"))
    assert len(result.tables) == 2


def test_archive_without_a_page() -> None:
    result = read(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n", "a.mht")
    assert isinstance(result, Problem)
    assert result.outcome == "damaged"


def test_archive_cut_off() -> None:
    data = archive("<html><p>" + "支出100万元。" * 200 + "</p></html>")
    result = document(data[: len(data) * 2 // 3])
    assert result.text.startswith("支出100万元。")
    assert "partial" in [problem.outcome for problem in result.problems]


@pytest.mark.parametrize("data", [PAGE.encode(), PAGE.encode("utf-16"), PAGE.encode("gbk"), archive(PAGE)])
def test_cut_anywhere(data: bytes) -> None:
    for end in range(0, len(data), 37):
        result = read(data[:end], "报告.html")
        if isinstance(result, Document):
            sound(result)
        else:
            assert result.outcome in ("empty", "partial", "damaged", "unsupported"), (end, result)


def test_cut_page_says_so() -> None:
    assert "网页没有结束标记，文件可能被截断" in document(PAGE[: PAGE.index("执行偏慢")]).warnings
    assert "网页没有结束标记，文件可能被截断" not in document(PAGE).warnings


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("<html>" + "<div>" * 100_000 + "正文", "limit"),
        ("<html>" + ("<table>" + "<tr><td>甲<td>乙<td>丙" * 3 + "<tr><td>丁<td>") * 40 + "正文", "limit"),
        ("<html>" + "<table><tr><td>" * 100_000 + "正文", "limit"),
        ("<html><table>" + "<tr><td colspan=1000 rowspan=65534>1" * 3000, "limit"),
        ("<html><table>" + "<tr><td rowspan=65534>1<td>2" * 3000, "limit"),
        ("<html>" + "<td colspan=999999999 rowspan=999999999>正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html>" + "<font>" * 1500 + "正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html><p title='" + "字" * 12_000_000 + "'>正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html><p>正\0文3", "ok"),
        (
            "<!DOCTYPE html [<!ENTITY a '11'><!ENTITY b '&a;'>]><p>&b;正文3本年支出共一百万元其中项目支出八十万元。",
            "ok",
        ),
        (
            "<!DOCTYPE html SYSTEM 'file:///etc/passwd'><html><p>正文3本年支出共一百万元其中项目支出八十万元。<iframe src='file:///etc/passwd'>",
            "ok",
        ),
        ("<html>" + "<p " * 50_000 + ">正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html>" + "</div>" * 50_000 + "正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html>" + "&#x110000;&#0;&#xD800;" * 99 + "正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html>" + "<div class=nav>" * 1500 + "<a href=/>正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html>" + "<!-- -->" * 2000, "empty"),
        ("<!-- -->" * 2000 + "正文3本年支出共一百万元其中项目支出八十万元。", "ok"),
        ("<html><body></body></html>", "empty"),
        ("<html><img src=a.png>" + "<br>" * 9000, "unreadable"),
    ],
)
def test_hostile_pages(source: str, outcome: str) -> None:
    result = read(source.encode(errors="surrogatepass"), "a.html")
    if isinstance(result, Document):
        sound(result)
        assert "文3" in result.text
        assert "root:" not in result.text
    assert getattr(result, "outcome", "ok") == outcome


def test_tables_within_tables_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "<html>" + ("<table>" + "<tr><td>甲<td>乙<td>丙" * 3 + "<tr><td>丁<td>") * 9 + "正文"
    monkeypatch.setattr(limits, "NESTING", 9)
    assert "正文" in document(source).text


FORM = """<html><head><meta charset="gbk"><title>自评表</title></head><body>
<h2 align="center">项目支出绩效自评表</h2><p>（2023年度）</p>
<table border="1">
<tr><td>项目名称</td><td colspan="5">残疾人康复服务</td></tr>
<tr><td>主管部门</td><td colspan="5">某某市残疾人联合会</td></tr>
<tr><td rowspan="2">项目资金（万元）</td>
<td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>执行率</td><td>得分</td></tr>
<tr><td>120.00</td><td>125.50</td><td>118.30</td><td>94.26%</td><td>9.43</td></tr>
</table>
<table border="1">
<tr><th>一级指标</th><th>二级指标</th><th>三级指标</th>
<th>年度指标值</th><th>实际完成值</th><th>分值</th><th>得分</th></tr>
<tr><td rowspan="2">产出指标</td><td rowspan="2">数量指标</td>
<td>康复服务人数</td><td>≥300人</td><td>312人</td><td>10</td><td>10</td></tr>
<tr><td>培训场次</td><td>≥12场</td><td>10场</td><td>10</td><td>8.33</td></tr>
<tr><td>满意度指标</td><td>满意度指标</td><td>服务对象满意度</td><td>≥90%</td><td>95%</td><td>10</td><td>10</td></tr>
</table></body></html>"""


def test_form_gives_figures_and_claims() -> None:
    result = extract(FORM.encode("gbk"), "自评表.doc")
    assert isinstance(result, Extraction)
    assert {"120.00", "125.50", "118.30"} <= {figure.text.rstrip("万元") for figure in result.figures}
    assert {claim.level3 for claim in result.claims} >= {"康复服务人数", "培训场次", "服务对象满意度"}
    assert not result.unexplained
