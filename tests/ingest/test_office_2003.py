"""The XML of Word 2003 and Excel 2003, and packages that Word writes flat."""

from base64 import b64encode
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import pytest

from extract.ingest import limits, read
from schemas.document import Cell, Document
from schemas.errors import Problem

WORD = (
    'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
    'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
    'xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
)
SHEET = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
PROLOGUE = '<?xml version="1.0" encoding="{}"?>\r\n<?mso-application progid="Word.Document"?>\r\n<!-- 自评 -->\n'


def word(body: str, before: str = "") -> bytes:
    return f"{PROLOGUE.format('UTF-8')}<w:wordDocument {WORD}>{before}<w:body>{body}</w:body></w:wordDocument>".encode()


def sheet(rows: str, more: str = "", name: str = "自评表", styles: str = "") -> bytes:
    table = f'<Worksheet ss:Name="{name}"><Table>{rows}</Table>{more}</Worksheet>'
    return f"<?xml version='1.0'?><Workbook {SHEET}><Styles>{styles}</Styles>{table}</Workbook>".encode()


def opened(data: bytes, name: str = "报告") -> Document:
    result = read(data, name)
    assert isinstance(result, Document), result
    for table in result.tables:
        assert all(cell.text == result.text[cell.start : cell.end] for cell in table.cells)
    return result


def refused(data: bytes) -> Problem:
    result = read(data, "报告.xml")
    assert isinstance(result, Problem), result
    return result


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def data(value: object, sort: str = "String") -> str:
    return f'<Data ss:Type="{sort}">{value}</Data>'


def cell(content: str, **attributes: object) -> str:
    stated = "".join(f" ss:{name}={quoteattr(str(value))}" for name, value in attributes.items())
    return f"<Cell{stated}>{content}</Cell>"


def by_address(document: Document) -> dict[str | None, Cell]:
    return {cell.place.cell: cell for table in document.tables for cell in table.cells if cell.text}


@pytest.mark.parametrize("name", ["报告.doc", "报告.xml", "报告"])
def test_word_in_sections(name: str) -> None:
    inner = paragraph("支出100万元。")
    result = opened(word(f"<wx:sect><wx:sub-section>{inner}</wx:sub-section>{paragraph('完')}</wx:sect>"), name)
    assert (result.text, result.format, result.warnings) == ("支出100万元。\n完", "doc", ())
    assert result.metadata == (("variant", "Word 2003 XML"),)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = word(paragraph("全年支出一百万元。")).decode().replace("UTF-8", encoding.upper())
    assert opened(text.encode(encoding)).text == "全年支出一百万元。"


def test_word_lists_and_headings() -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:nfc w:val="{code}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, code, text in ((0, 37, "%1、"), (1, 39, "（%2）"), (2, 0, "%3."))
    )
    definition = f'<w:listDef w:listDefId="0">{levels}</w:listDef>'
    lists = f'<w:lists>{definition}<w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>'
    styles = '<w:styles><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>'

    def item(text: str, level: int, style: str = "") -> str:
        return paragraph(text, f'{style}<w:listPr><w:ilvl w:val="{level}"/><w:ilfo w:val="1"/></w:listPr>')

    body = item("概况", 0, '<w:pStyle w:val="1"/>') + item("背景", 1) + item("2023年安排", 2) + item("绩效", 0)
    result = opened(word(body, lists + styles))
    assert result.text.split("\n") == ["一、概况", "（一）背景", "1. 2023年安排", "二、绩效"]
    assert [(block.kind, block.level) for block in result.blocks][:2] == [("heading", 1), ("paragraph", None)]


def test_word_tables_with_merged_cells() -> None:
    def tc(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = (
        tc("项目", '<w:vmerge w:val="restart"/>') + tc("金额", '<w:gridSpan w:val="2"/>'),
        tc("", "<w:vmerge/>") + tc("预算") + tc("支出"),
        tc("合计") + tc("12.5") + tc("8.4"),
    )
    table = opened(word("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>")).tables[0]
    assert [(c.row, c.column, c.row_span, c.column_span, c.text) for c in table.cells][:3] == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "金额"),
        (1, 1, 1, 1, "预算"),
    ]


def test_word_changes_comments_notes_and_headers() -> None:
    def change(sort: str, content: str) -> str:
        return f'<aml:annotation w:type="Word.{sort}"><aml:content>{content}</aml:content></aml:annotation>'

    run = "<w:r><w:t>{}</w:t></w:r>".format
    changes = run("支出") + change("Deletion", "<w:r><w:delText>99</w:delText></w:r>") + change("Insertion", run("98"))
    note = f"<w:r><w:footnote>{paragraph('不含上年结转。')}</w:footnote></w:r>"
    comment = f"<w:r>{change('Comment', paragraph('请核对77'))}</w:r>"
    section = f"<w:sectPr><w:hdr>{paragraph('某市财政局')}</w:hdr><w:ftr>{paragraph('内部资料')}</w:ftr></w:sectPr>"
    result = opened(word(f"<w:p>{changes}{run('万元')}{note}{comment}</w:p>{section}"))
    assert result.text.split("\n") == ["支出98万元", "不含上年结转。", "某市财政局", "内部资料"]
    assert [block.kind for block in result.blocks] == ["paragraph", "note", "header", "footer"]


def test_flat_package(docx: Callable[..., bytes], members: Callable[..., dict[str, bytes]]) -> None:
    whole = docx("<w:p><w:r><w:t>支出100万元。</w:t></w:r></w:p>", footnotes="")
    parts = "".join(
        f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{content.decode()}</pkg:xmlData></pkg:part>'
        for name, content in members(whole).items()
    )
    picture = f'<pkg:part pkg:name="/word/a.png"><pkg:binaryData>{b64encode(b"1").decode()}</pkg:binaryData></pkg:part>'
    namespace = "http://schemas.microsoft.com/office/2006/xmlPackage"
    flat = f'{PROLOGUE.format("UTF-8")}<pkg:package xmlns:pkg="{namespace}">{parts}{picture}</pkg:package>'
    result = opened(flat.encode(), "报告.xml")
    assert (result.text, result.format, result.blocks) == ("支出100万元。", "docx", opened(whole).blocks)


def test_sheet_values_formats_and_addresses() -> None:
    formats = {"p": "0.0%", "n": "Percent", "s": "Standard", "d": "Short Date", "c": 'yyyy"年"m"月"'}
    styles = "".join(
        f'<Style ss:ID="{key}"><NumberFormat ss:Format={quoteattr(code)}/></Style>' for key, code in formats.items()
    )
    moment = data("2023-12-31T00:00:00.000", "DateTime")
    rows = (
        "<Row>" + "".join(cell(data(0.95, "Number"), StyleID=key) for key in ("p", "n", "x")) + "</Row>"
        f'<Row ss:Index="4" ss:StyleID="s">{cell(data(1234.5, "Number"), Index=3)}{cell(data("0095"))}</Row>'
        f"<Row>{cell(moment, StyleID='d')}{cell(moment, StyleID='c')}{cell(moment)}{cell(data(1, 'Boolean'))}"
        f"{cell(data('#DIV/0!', 'Error'))}{cell(data('无', 'Number'))}</Row>"
    )
    cells = by_address(opened(sheet(rows, styles=styles)))
    assert {address: cell.text for address, cell in cells.items()} == {
        "A1": "95.0%",
        "B1": "95.00%",
        "C1": "0.95",
        "C4": "1,234.50",
        "D4": "0095",
        "A5": "2023/12/31",
        "B5": "2023年12月",
        "C5": "2023/12/31",
        "D5": "TRUE",
        "E5": "#DIV/0!",
        "F5": "无",
    }
    assert cells["A1"].stored == "0.95"


def test_sheet_styles_of_parents_and_columns() -> None:
    styles = (
        '<Style ss:ID="a"><NumberFormat ss:Format="0%"/></Style><Style ss:ID="b" ss:Parent="a"/>'
        '<Style ss:ID="c" ss:Parent="c"/>'
    )
    columns = '<Column ss:Index="2" ss:StyleID="b" ss:Span="1"/>'
    row = "".join(cell(data(0.5, "Number")) for _ in range(4))
    result = opened(sheet(f"{columns}<Row>{row}{cell(data(1, 'Number'), StyleID='c')}</Row>", styles=styles))
    assert [cell.text for cell in result.tables[0].cells] == ["0.5", "50%", "50%", "0.5", "1"]


def test_sheet_merged_hidden_and_empty_cells() -> None:
    rows = (
        '<Column/><Column ss:Index="3" ss:Hidden="1"/>'
        f"<Row>{cell(data('资金'), MergeAcross=1, MergeDown=1)}{cell(data('备注'))}</Row><Row/>"
        f'<Row ss:Hidden="1">{cell(data("合计"))}{cell("", Formula="=R1C1")}<Cell/>{cell(data(" "))}</Row>'
    )
    result = opened(sheet(rows))
    assert [
        (c.row, c.column, c.row_span, c.column_span, c.text, c.hidden) for c in result.tables[0].cells if c.text
    ] == [
        (0, 0, 1, 1, "资金", False),
        (0, 1, 1, 1, "备注", True),
        (1, 0, 1, 1, "合计", True),
    ]
    assert any("公式没有计算结果（B3 等）" in warning for warning in result.warnings)


def test_sheet_header_tells_the_unit_and_hidden_sheets_are_marked() -> None:
    options = (
        "<x:WorksheetOptions><x:PageSetup><x:Header x:Data='&amp;L单位：万元&amp;R第&amp;P页'/></x:PageSetup>"
        "<x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    )
    rows = (
        f"<Row>{cell(data('项目'))}{cell(data('金额'))}</Row><Row>{cell(data('合计'))}{cell(data(5, 'Number'))}</Row>"
    )
    result = opened(sheet(rows, options, name="Sheet1"))
    assert (result.text.split("\n")[0], result.tables[0].unit) == ("单位：万元", "万元")
    assert all(cell.hidden for cell in result.tables[0].cells)


def test_formatted_text_and_line_breaks_in_a_cell() -> None:
    rich = '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>金额</B>&#10;<Font>（万元）</Font></ss:Data>'
    assert opened(sheet(f"<Row>{cell(rich)}</Row>")).tables[0].cells[0].text == "金额\n（万元）"


def test_names_promise_it() -> None:
    whole = sheet(f"<Row>{cell(data('合计'))}</Row>")
    assert not opened(whole, "自评表.xls").warnings
    assert any("内容是 XLS" in warning for warning in opened(whole, "自评表.xlsx").warnings)


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><Workbook><Worksheet/></Workbook>",
        "<?xml version='1.0'?><a>urn:schemas-microsoft-com:office:spreadsheet Workbook</a>",
        f"<?xml version='1.0'?><w:other {WORD}/>",
        "<?xml version='1.0'?><document>wordDocument</document>",
    ],
)
def test_other_xml_is_still_refused(text: str) -> None:
    assert refused(text.encode()).outcome == "unsupported"


def test_a_web_page_of_excel_is_no_workbook_of_2003() -> None:
    table = "<table><tr><td>项目<td>金额<tr><td>合计<td>5</table>"
    page = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel">{table}</html>'
    assert opened(page.encode()).format == "html"


@pytest.mark.parametrize("whole", [word(paragraph("支出100万元")), sheet(f"<Row>{cell(data('合计'))}</Row>")])
def test_damaged_and_hostile(whole: bytes) -> None:
    cut = refused(whole[:-20])
    assert (cut.outcome, "已损坏" in cut.message, "Error" in cut.message) == ("damaged", True, False)
    bomb = whole.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
    assert refused(bomb).outcome in {"damaged", "unsupported"}
    deep = whole.replace(b"</w:body>", b"<w:p>" * 400 + b"</w:p>" * 400 + b"</w:body>")
    deep = deep.replace(b"</Table>", b"<Row>" * 400 + b"</Row>" * 400 + b"</Table>")
    assert refused(deep).outcome == "limit"


def test_sheet_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(sheet(f"<Row>{cell(data('a'), MergeAcross=16000, MergeDown=60000)}</Row>")).outcome == "limit"
    assert refused(sheet(f'<Column ss:Span="999999999"/><Row ss:Index="x">{cell("")}</Row>')).outcome == "empty"
    monkeypatch.setattr(limits, "CELLS", 3)
    assert refused(sheet(f"<Row>{cell(data('a')) * 4}</Row>")).outcome == "limit"
