from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, get_args
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest import read
from extract.ingest.numbering import FORMATS, counting
from schemas.document import Document
from schemas.errors import Outcome, Problem

Build = Callable[..., bytes]


SHOWN = '<w:vanish w:val="0"/>'


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text)}</w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def text_box(content: str) -> str:
    return (
        f"<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def opened(data: bytes) -> Document:
    result = read(data, "报告.docx")
    assert isinstance(result, Document), result
    check_spans(result)
    return result


def check_spans(document: Document) -> None:
    end = 0
    for block in document.blocks:
        assert end <= block.start <= block.end <= len(document.text)
        end = block.end
    for entry in document.tables:
        covered: set[tuple[int, int]] = set()
        for item in entry.cells:
            assert entry.start <= item.start <= item.end <= entry.end
            assert item.text == document.text[item.start : item.end] == item.text.strip()
            area = {
                (row, column)
                for row in range(item.row, item.row + item.row_span)
                for column in range(item.column, item.column + item.column_span)
            }
            assert not area & covered
            covered |= area
        assert all(row < entry.rows and column < entry.columns for row, column in covered)


def lines(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def shape(document: Document, index: int = 0) -> list[tuple[Any, ...]]:
    return [(c.row, c.column, c.row_span, c.column_span, c.text) for c in document.tables[index].cells]


def test_order_of_paragraphs_and_tables(docx: Build) -> None:
    result = opened(docx(paragraph("一、概况") + table(cell("项目") + cell("金额")) + paragraph("二、绩效")))
    assert lines(result) == ["一、概况", "项目\t金额", "二、绩效"]
    assert [block.kind for block in result.blocks] == ["paragraph", "table", "paragraph"]
    assert result.blocks[1].table == 0


def test_python_docx_writes_what_we_read() -> None:
    import docx as python_docx

    source = python_docx.Document()
    source.add_heading("绩效评价报告", 0)
    source.add_heading("项目概况", 1)
    source.add_paragraph("2023年支出100万元。")
    grid = source.add_table(2, 2)
    grid.cell(0, 0).merge(grid.cell(0, 1)).text = "资金"
    grid.cell(1, 0).text, grid.cell(1, 1).text = "合计", "100"
    buffer = BytesIO()
    source.save(buffer)
    result = opened(buffer.getvalue())
    assert lines(result) == ["绩效评价报告", "项目概况", "2023年支出100万元。", "资金\n合计\t100"]
    assert [(block.kind, block.level) for block in result.blocks[:3]] == [
        ("heading", None),
        ("heading", 1),
        ("paragraph", None),
    ]
    assert result.title == "绩效评价报告"


def test_transparent_and_dropped_content(docx: Build) -> None:
    control = f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{paragraph('控件内：3项')}</w:sdtContent></w:sdt>"
    inline = f"<w:sdt><w:sdtContent>{run('12')}</w:sdtContent></w:sdt>"
    deleted = "<w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
    tracked = f"<w:p>{run('支出')}{deleted}<w:ins>{run('100')}</w:ins>{run('万元')}</w:p>"
    moved = f"<w:p><w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('新处')}</w:moveTo></w:p>"
    linked = f"<w:p><w:hyperlink>{run('链接')}</w:hyperlink><w:fldSimple>{run('第5页')}</w:fldSimple></w:p>"
    field = f"<w:p><w:r><w:fldChar/><w:instrText>PAGE 77</w:instrText></w:r>{run('8')}</w:p>"
    hidden = f"<w:p>{run('可见')}{run('隐藏', '<w:vanish/>')}{run('不隐藏', SHOWN)}</w:p>"
    result = opened(docx(control + f"<w:p>{inline}{run('人')}</w:p>" + tracked + moved + linked + field + hidden))
    assert lines(result) == ["控件内：3项", "12人", "支出100万元", "新处", "链接第5页", "8", "可见不隐藏"]


def test_tabs_breaks_and_tab_stops(docx: Build) -> None:
    stops = "<w:tabs><w:tab/><w:tab/></w:tabs>"
    signs = "<w:r><w:tab/><w:t>金额</w:t><w:br/><w:t>备注</w:t><w:noBreakHyphen/></w:r>"
    body = f"<w:p><w:pPr>{stops}</w:pPr>{run('部门')}{signs}</w:p>"
    assert lines(opened(docx(body))) == ["部门\t金额\n备注-"]


def test_deleted_paragraph_mark_joins(docx: Build) -> None:
    body = paragraph("支出1", "<w:rPr><w:del/></w:rPr>") + paragraph("00万元") + paragraph("下一段")
    assert lines(opened(docx(body))) == ["支出100万元", "下一段"]


def test_text_boxes_come_once(docx: Build) -> None:
    body = f"<w:p>{run('正文')}{text_box(paragraph('框内：5个') + table(cell('框中表')))}</w:p>"
    assert lines(opened(docx(body + paragraph("后文")))) == ["正文", "框内：5个", "框中表", "后文"]


def test_check_marks_and_formulas(docx: Build) -> None:
    mark = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    above, below = ("<m:r><m:t>98</m:t></m:r>", "<m:r><m:t>100</m:t></m:r>")
    fraction = f"<m:oMath><m:f><m:num>{above}</m:num><m:den>{below}</m:den></m:f></m:oMath>"
    body = f"<w:p>{mark}{run('是')}</w:p><w:p>{fraction}</w:p>"
    assert lines(opened(docx(body))) == ["☑是", "98/100"]


def test_merged_cells(docx: Build) -> None:
    start, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    result = opened(
        docx(
            table(
                cell("项目", start) + cell("预算", '<w:gridSpan w:val="2"/>'),
                cell("", go_on) + cell("年初") + cell("调整"),
                "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("1") + cell("2"),
            )
        )
    )
    assert shape(result) == [
        (0, 0, 2, 1, "项目"),
        (0, 1, 1, 2, "预算"),
        (1, 1, 1, 1, "年初"),
        (1, 2, 1, 1, "调整"),
        (2, 1, 1, 1, "1"),
        (2, 2, 1, 1, "2"),
    ]


def test_merge_that_continues_nothing_is_a_cell(docx: Build) -> None:
    result = opened(
        docx(
            table(cell("甲", "<w:vMerge/>") + cell("1"), cell("乙") + cell("2"), cell("丙", "<w:vMerge/>") + cell("3"))
        )
    )
    assert [entry[:4] for entry in shape(result)] == [(row, column, 1, 1) for row in range(3) for column in range(2)]


def test_deleted_row_and_rows_in_a_control(docx: Build) -> None:
    deleted = f"<w:trPr><w:del/></w:trPr>{cell('删')}"
    controlled = f"<w:sdt><w:sdtContent><w:tr>{cell('控')}</w:tr></w:sdtContent></w:sdt>"
    body = table(cell("留"), deleted).replace("</w:tbl>", controlled + "</w:tbl>")
    assert shape(opened(docx(body))) == [(0, 0, 1, 1, "留"), (1, 0, 1, 1, "控")]


def test_cell_of_several_paragraphs_and_a_nested_table(docx: Build) -> None:
    inner = table(cell("内1") + cell("内2"))
    host = f"<w:tc>{paragraph('上')}{inner}{paragraph('')}{paragraph('下')}</w:tc>"
    result = opened(docx(table(host + cell("邻"))))
    assert shape(result) == [(0, 0, 1, 1, "上\n下"), (0, 1, 1, 1, "邻")]
    assert shape(result, 1) == [(0, 0, 1, 1, "内1"), (0, 1, 1, 1, "内2")]


def test_notes_headers_footers_and_comments(docx: Build) -> None:
    data = docx(
        paragraph("正文"),
        footnotes=f'<w:footnote w:type="separator">{paragraph("——")}</w:footnote>'
        f"<w:footnote>{paragraph('注：含上年结转3万元')}</w:footnote>",
        endnotes=f"<w:endnote>{paragraph('尾注')}</w:endnote>",
        header1=paragraph("某局绩效报告"),
        header2=paragraph("某局绩效报告"),
        footer1=paragraph("第1页"),
        comments=f"<w:comment>{paragraph('请核对')}</w:comment><w:comment/>",
    )
    result = opened(data)
    assert [(block.kind, line) for block, line in zip(result.blocks, lines(result), strict=True)] == [
        ("paragraph", "正文"),
        ("note", "注：含上年结转3万元"),
        ("note", "尾注"),
        ("header", "某局绩效报告"),
        ("footer", "第1页"),
    ]
    assert any("2 条批注" in warning for warning in result.warnings)
    assert "请核对" not in result.text


def test_text_box_in_a_footer_comes_once(docx: Build) -> None:
    footer = f"<w:p>{run('某局')}{text_box(paragraph('第3页'))}</w:p>"
    assert lines(opened(docx(paragraph("正文"), footer1=footer))) == ["正文", "某局\n第3页"]


def test_hidden_text_is_told(docx: Build) -> None:
    assert any(
        "隐藏文字" in warning
        for warning in opened(docx(f"<w:p>{run('可见')}{run('藏', '<w:vanish/>')}</w:p>")).warnings
    )
    assert not opened(docx(f"<w:p>{run('可见', SHOWN)}</w:p>")).warnings


@pytest.mark.parametrize("depth", [40, 80, 200])
def test_deep_nesting_is_a_limit(depth: int, docx: Build) -> None:
    result = read(docx("<w:tbl><w:tr><w:tc>" * depth + paragraph("底") + "</w:tc></w:tr></w:tbl>" * depth), "a.docx")
    assert isinstance(result, Problem)
    assert result.outcome == "limit"


def test_some_nesting_is_read(docx: Build) -> None:
    result = opened(docx("<w:tbl><w:tr><w:tc>" * 20 + paragraph("底") + "</w:tc></w:tr></w:tbl>" * 20))
    assert len(result.tables) == 20
    assert result.tables[-1].cells[0].text == "底"


def test_content_from_elsewhere_is_a_problem(docx: Build) -> None:
    result = opened(docx(paragraph("正文") + '<w:altChunk r:id="r9"/>'))
    assert [problem.outcome for problem in result.problems] == ["partial"]


def level(index: int, form: str, text: str, more: str = "") -> str:
    shown = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/>{shown}</w:lvl>'


def numbering(levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{nums}'


def item(text: str, index: int = 0, num: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{index}"/><w:numId w:val="{num}"/></w:numPr>')


def style(identifier: str, name: str, more: str) -> str:
    return f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>{more}</w:style>'


OUTLINE = (
    level(0, "chineseCounting", "%1、") + level(1, "chineseCountingThousand", "（%2）") + level(2, "decimal", "%3.")
)


def test_generated_numbers(docx: Build) -> None:
    body = (
        item("概况")
        + item("背景", 1)
        + item("资金", 1)
        + item("2023年安排", 2)
        + item("绩效")
        + item("产出", 1)
        + item("不编号", num=0)
    )
    result = opened(docx(body, numbering=numbering(OUTLINE)))
    assert lines(result) == [
        "一、概况",
        "（一）背景",
        "（二）资金",
        "1. 2023年安排",
        "二、绩效",
        "（一）产出",
        "不编号",
    ]


def test_number_and_text_do_not_run_together(docx: Build) -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "decimal", "（%3）")
    result = opened(docx(item("5个项目") + item("总体情况", 1) + item("8人", 2), numbering=numbering(levels)))
    assert lines(result) == ["1 5个项目", "1.1 总体情况", "（1）8人"]


def test_bullets_and_unknown_lists_print_nothing(docx: Build) -> None:
    bullet = numbering(level(0, "bullet", "\uf0b7"))
    assert lines(opened(docx(item("要点") + item("无此表", num=7), numbering=bullet))) == ["要点", "无此表"]


def test_start_override_and_shared_counters(docx: Build) -> None:
    of_abstract = '<w:abstractNumId w:val="0"/>'
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    nums = "".join(
        f'<w:num w:numId="{num}">{of_abstract}{override}</w:num>' for num, override in [(1, ""), (2, ""), (3, restart)]
    )
    body = item("甲") + item("乙", num=2) + item("丙", num=3) + item("丁", num=3)
    assert lines(opened(docx(body, numbering=numbering(OUTLINE, nums)))) == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_numbers_from_styles(docx: Build) -> None:
    styles = (
        style("1", "heading 1", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
        + style("2", "heading 2", '<w:basedOn w:val="1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>')
        + style("3", "mine", '<w:basedOn w:val="2"/>')
    )
    body = "".join(
        paragraph(text, f'<w:pStyle w:val="{style}"/>')
        for text, style in [("概况", 1), ("背景", 2), ("资金", 3), ("绩效", 1)]
    )
    result = opened(docx(body, numbering=numbering(OUTLINE), styles=styles))
    assert lines(result) == ["一、概况", "（一）背景", "（二）资金", "二、绩效"]
    assert [block.level for block in result.blocks] == [1, 2, 2, 1]


def test_outline_level_of_a_paragraph(docx: Build) -> None:
    body = paragraph("标题", '<w:outlineLvl w:val="2"/>') + paragraph("正文", '<w:outlineLvl w:val="9"/>')
    assert [(block.kind, block.level) for block in opened(docx(body)).blocks] == [("heading", 3), ("paragraph", None)]


@pytest.mark.parametrize(
    ("form", "count", "text"),
    [
        ("chineseCounting", 10, "十"),
        ("chineseCounting", 12, "十二"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("chineseCountingThousand", 110, "一百一十"),
        ("ideographDigital", 10, "一〇"),
        ("decimalEnclosedCircle", 3, "③"),
        ("decimalEnclosedCircle", 21, "21"),
        ("lowerLetter", 28, "bb"),
        ("upperRoman", 19, "XIX"),
        ("decimalZero", 7, "07"),
        ("chineseLegalSimplified", 15, "拾伍"),
        ("ideographTraditional", 11, "甲"),
        ("decimalFullWidth", 12, "\uff11\uff12"),
    ],
)
def test_number_formats(form: str, count: int, text: str) -> None:
    assert FORMATS[form](count) == text


def test_chinese_numerals_differ() -> None:
    assert len({counting(count) for count in range(1, 10_000)}) == 9_999


def test_strict_package(docx: Build) -> None:
    import zipfile

    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(docx(paragraph("支出100万元")))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            content = content.replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name, content)
    assert lines(opened(buffer.getvalue())) == ["支出100万元"]


NUMBERED = {"numbering": numbering(OUTLINE), "styles": "", "footnotes": "", "header": "", "settings": "", "theme": ""}


@pytest.mark.parametrize("part", ["word/settings.xml", "word/theme.xml", "_rels/.rels"])
def test_damage_in_a_part_that_nobody_needs(part: str, docx: Build, changed: Build, spoilt: Build) -> None:
    whole = docx(item("概况"), **NUMBERED)
    for broken in (spoilt(whole, part), changed(whole, {part: "<open>"})):
        result = opened(broken)
        assert (result.text, result.problems, result.warnings) == ("一、概况", (), ())


@pytest.mark.parametrize(
    ("part", "text", "lost"),
    [
        ("word/numbering.xml", "概况", "自动编号未读取"),
        ("word/styles.xml", "一、概况", "标题级别不可知"),
        ("word/footnotes.xml", "一、概况", "脚注未读取"),
        ("word/header.xml", "一、概况", "页眉未读取"),
        ("word/_rels/document.xml.rels", "概况", "编号、脚注、页眉和页脚未读取"),
    ],
)
def test_damage_beside_the_body_is_named(
    part: str, text: str, lost: str, docx: Build, changed: Build, spoilt: Build
) -> None:
    whole = docx(item("概况"), **NUMBERED)
    for broken in (spoilt(whole, part), changed(whole, {part: "<open>"})):
        result = opened(broken)
        assert result.text == text
        assert [(problem.outcome, problem.place) for problem in result.problems] == [("partial", part)]
        assert lost in result.problems[0].message


def test_a_damaged_body_is_named(docx: Build, changed: Build, spoilt: Build) -> None:
    part = "word/document.xml"
    for broken in (spoilt(docx(item("概况")), part), changed(docx(item("概况")), {part: "<open>"})):
        problem = read(broken, "报告.docx")
        assert isinstance(problem, Problem)
        assert (problem.outcome, problem.place) == ("damaged", part)
        assert "重新取得" in problem.message
        assert "Error" not in problem.message


def test_a_file_that_lost_its_beginning_is_named(docx: Build) -> None:
    whole = docx(item("概况"))
    problem = read(whole[:4] + whole[whole.index(b"word/document.xml") :], "报告.docx")
    assert isinstance(problem, Problem)
    assert (problem.outcome, problem.place) == ("damaged", "word/document.xml")
    assert "Error" not in problem.message


def test_hidden_text_is_told_of_runs_only(docx: Build) -> None:
    mark = paragraph("可见", "<w:rPr><w:vanish/></w:rPr>")
    assert not opened(docx(mark + f"<w:p>{run('不隐藏', SHOWN)}</w:p>")).warnings
    assert opened(docx(mark + f"<w:p>{run('隐藏', '<w:vanish/>')}</w:p>")).warnings


def test_huge_grid_span_is_a_limit(docx: Build) -> None:
    result = read(docx(table(cell("宽", '<w:gridSpan w:val="999999999"/>'))), "报告.docx")
    assert isinstance(result, Problem)
    assert result.outcome == "limit"


def test_values_that_are_no_numbers(docx: Build) -> None:
    body = table(cell("甲", '<w:gridSpan w:val="x"/>') + cell("乙", '<w:gridSpan w:val="-3"/>')) + item("丙", num=1)
    assert lines(opened(docx(body, numbering="<w:num/><w:abstractNum/>"))) == ["甲\t乙", "丙"]


@given(data=st.data())
def test_truncation_ends_in_a_known_outcome(data: st.DataObject, docx: Build) -> None:
    whole = docx(item("概况") + table(cell("项目") + cell("100")), numbering=numbering(OUTLINE))
    result = read(whole[: data.draw(st.integers(4, len(whole) - 1))], "报告.docx")
    assert isinstance(result, Problem)
    assert result.outcome in {"damaged", "empty", "unsupported"}


@given(data=st.data())
def test_flipped_bytes_end_in_a_known_outcome(data: st.DataObject, docx: Build) -> None:
    broken = bytearray(docx(item("概况") + table(cell("项目") + cell("100")), numbering=numbering(OUTLINE)))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    result = read(bytes(broken), "报告.docx")
    if isinstance(result, Problem):
        assert result.outcome in get_args(Outcome)
        assert result.outcome != "error", result.message
    else:
        check_spans(result)


TEXTS = st.text(st.sampled_from("项目资金 \n\t1,2.3%（）"), max_size=8)


@given(
    rows=st.lists(
        st.lists(
            st.tuples(TEXTS, st.integers(1, 3), st.sampled_from(["", "restart", "continue"])), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=5,
    )
)
def test_spans_hold_for_any_table(rows: list[list[tuple[str, int, str]]], docx: Build) -> None:
    def cells(row: list[tuple[str, int, str]]) -> Iterator[str]:
        for text, width, merge in row:
            yield cell(text, f'<w:gridSpan w:val="{width}"/>' + (f'<w:vMerge w:val="{merge}"/>' if merge else ""))

    result = read(docx(paragraph("前") + table(*("".join(cells(row)) for row in rows)) + paragraph("后")), "报告.docx")
    assert isinstance(result, Document)
    check_spans(result)
