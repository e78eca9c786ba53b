import csv
from io import StringIO
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest import delimited, limits, markdown, read
from extract.ingest.inline import shown
from extract.pipeline import extract
from schemas.document import Document
from schemas.errors import Problem
from schemas.extraction import Extraction

TABLE = '项目,预算数,执行数\n残疾人康复,"1,250.50","1,198.36"\n合计,1250.50,1198.36\n'


def document(source: str | bytes, name: str = "自评表.csv") -> Document:
    data = source.encode() if isinstance(source, str) else source
    result = read(data, name)
    assert isinstance(result, Document), result
    for table in result.tables:
        for cell in table.cells:
            assert cell.text == result.text[cell.start : cell.end] == cell.text.strip()
    ends = [0, *(block.end for block in result.blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, result.blocks, strict=False))
    return result


def rows(result: Document, table: int = 0) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in result.tables[table].grid()]


EXPECTED = [["项目", "预算数", "执行数"], ["残疾人康复", "1,250.50", "1,198.36"], ["合计", "1250.50", "1198.36"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_encodings(encoding: str, delimiter: str, end: str) -> None:
    buffer = StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows(EXPECTED)
    result = document(buffer.getvalue().encode(encoding))
    assert result.format == "csv"
    assert rows(result) == EXPECTED
    assert result.text == "\n".join("\t".join(row) for row in EXPECTED)
    assert not result.warnings
    assert not result.problems


def test_title_above_and_note_below() -> None:
    result = document("表1 支出情况（单位：万元）\n\n" + TABLE + "\n注：不含结余\n")
    assert [block.kind for block in result.blocks] == ["paragraph", "table", "paragraph"]
    assert (result.tables[0].caption, result.tables[0].unit) == ("表1 支出情况", "万元")
    assert rows(result) == EXPECTED


def test_comment_above_is_no_heading_of_markdown() -> None:
    assert document("# 2023年导出\n" + TABLE).format == "csv"


def test_title_of_a_sheet_exported_with_empty_fields() -> None:
    result = document("某局支出表,,\n" + TABLE)
    assert result.tables[0].caption == "某局支出表"
    assert result.tables[0].rows == 4


def test_quotes_and_lines_within_fields() -> None:
    result = document('项目,说明\n甲,"第一行\n第二行，""优"""\n乙, 无 \n')
    assert rows(result) == [["项目", "说明"], ["甲", '第一行\n第二行，"优"'], ["乙", "无"]]


@pytest.mark.parametrize(
    "source",
    [
        "支出1,234.56万元\n收入2,345.67万元\n结余1,111.11万元\n",  # thousands
        "一是支出,完成。\n二是收入,完成。\n三是结余,完成。\n",  # sentences
        "项目,金额\n甲,1\n",  # two rows
        "项目,金额\n甲,1\n乙,2,3\n丙,4\n",  # not all rows alike
        "项目,金额\n甲,1,234\n乙,2,345\n丙,3,456\n",  # thousands without quotes
        '项目,金额\n甲,"1\n乙,2\n丙,3\n',  # a quote that nothing closes
        "本年支出100万元\n本年收入90万元\n共计3项\n",
        "2021,100,200\n2022,120,230\n2023,140,260\n",  # might be thousands
        "说明\n" * 11 + TABLE,
        "a,b",
    ],
)
def test_other_texts_are_plain(source: str) -> None:
    result = document(source, "报告.txt")
    assert result.format == "txt"
    assert result.text == source
    assert not result.warnings


def test_numbers_of_three_digits_are_fields_under_a_head() -> None:
    assert rows(document("年,数,数\n1,234,567\n2,345,678\n"))[1] == ["1", "234", "567"]


@pytest.mark.parametrize("name", ["表.csv", "表.TSV", "表.txt", "表.md", "表"])
def test_names_of_texts_contradict_nothing(name: str) -> None:
    assert not document(TABLE, name).warnings


def test_name_of_a_workbook() -> None:
    assert [warning[:8] for warning in document(TABLE, "表.xlsx").warnings] == ["扩展名与内容不符"]


def test_long_table_with_a_quoted_line_at_the_cut() -> None:
    line = '残疾人康复,"第一行\n第二行",100\n'
    result = document(line * 9000)
    assert result.format == "csv"
    assert result.tables[0].rows == 9000
    assert document(line * 9000 + "后记,1\n").format == "txt"


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS", 8)
    result = read(TABLE.encode(), "a.csv")
    assert isinstance(result, Problem)
    assert result.outcome == "limit"


@pytest.mark.parametrize("data", [TABLE.encode(), TABLE.encode("gbk"), TABLE.encode("utf-16")])
def test_cut_anywhere(data: bytes) -> None:
    for end in range(1, len(data)):
        result = read(data[:end], "a.csv")
        assert isinstance(result, Document) or result.outcome in ("empty", "partial", "unsupported"), (end, result)


FIELDS = st.text(st.sampled_from('甲乙1.,;|\t"\n 万元'), max_size=6)


@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.tuples(*[FIELDS] * width), min_size=3, max_size=6)))
def test_round_trip(written: list[tuple[str, ...]]) -> None:
    buffer = StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([("项目,",) * len(written[0]), *written])
    data = buffer.getvalue().encode()
    result = document(data)
    if delimited.claims(data):
        kept = [[field.strip() for field in row] for row in written if any(field.strip() for field in row)]
        assert rows(result)[1:] == kept
    else:
        assert result.text == buffer.getvalue()


def test_table_of_text_gives_figures() -> None:
    source = "项目,年初预算数（万元）,全年执行数（万元）,执行率\n康复服务,120.00,118.30,98.58%\n"
    source += "就业培训,60.00,45.00,75.00%\n"
    result = extract(source.encode("gbk"), "支出.csv")
    assert isinstance(result, Extraction)
    assert len(result.figures) == 6
    assert {figure.unit for figure in result.figures} >= {"万元", "%"}
    assert not result.unexplained


MARKDOWN = """# 某局自评报告

正文2023年。
下一行

## 一、概况 ##

| 项目 | 金额（万元） |
|------|-----:|
| 甲\\|乙 | 12.5 |
| 合计 |  |

后文 | 3
"""


def test_markdown() -> None:
    result = document(MARKDOWN, "报告.md")
    assert result.format == "md"
    assert rows(result) == [["项目", "金额（万元）"], ["甲|乙", "12.5"], ["合计", ""]]
    assert [
        (block.kind, block.level, result.text[block.start : block.end].partition("\n")[0]) for block in result.blocks
    ] == [
        ("heading", 1, "某局自评报告"),
        ("paragraph", None, "正文2023年。"),
        ("paragraph", None, "下一行"),
        ("heading", 2, "一、概况"),
        ("table", None, "项目\t金额（万元）"),
        ("paragraph", None, "后文 | 3"),
    ]
    assert not result.warnings


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("项目 | 金额\n--- | ---\n甲 | 1\n", [["项目", "金额"], ["甲", "1"]]),
        ("|项目|\n|-|\n|甲|\n", [["项目"], ["甲"]]),
        ("| a | b |\r\n|:-:|---|\r\n| 1 |\r\n| 1 | 2 | 3 |\r\n", [["a", "b", ""], ["1", "", ""], ["1", "2", "3"]]),
        ("前文\n| a |  |\n|---|---|\n||2|\n", [["a", ""], ["", "2"]]),
    ],
)
def test_pipe_tables(source: str, expected: list[list[str]]) -> None:
    result = document(source, "a.md")
    assert result.format == "md"
    assert rows(result) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("支出**100**万元", "支出100万元"),
        ("支出*100*万元，__结余__ 5万元", "支出100万元，结余 5万元"),
        ("执行率`95.5%`，``a`b``", "执行率95.5%，a`b"),
        ("**一、*资金*情况**", "一、资金情况"),
        ("***合计***：**1,234.56**元", "合计：1,234.56元"),
        ("第一行<br>第二行<BR/>第三行", "第一行\n第二行\n第三行"),
        ("见[附件1](http://a.cn/1_2*3)和![图2](b.png)", "见附件1和图2"),
        ("\\*注：5\\*3，A&amp;B", "*注：5*3，A&B"),
        ("**一**2023年，**1**项", "一2023年，1项"),
        # what is no emphasis
        ("100*5*2=1000", "100*5*2=1000"),
        ("20万元*5%*2年", "20万元*5%*2年"),
        ("12**3**4", "12**3**4"),
        ("单价 * 数量 * 频次", "单价 * 数量 * 频次"),
        ("file_name_2023 和 _a", "file_name_2023 和 _a"),
        ("注*：5个**", "注*：5个**"),
        ("带*号为必填项", "带*号为必填项"),
        ("****", "****"),
        ("a <b> &中; [1] (2)", "a <b> &中; [1] (2)"),
        ("`*5*` *5*", "*5* 5"),
    ],
)
def test_marks_within_a_line(source: str, expected: str) -> None:
    assert shown(source) == expected


def test_marks_do_not_break_figures() -> None:
    table = "| 项目 | 金额（万元） |\n|--|--|\n| 合计 | **190.00** |\n"
    source = f"# 自评报告\n\n* 全年预算**200.00**万元，支出`190.00`万元。\n---\n{table}"
    result = extract(source.encode(), "a.md")
    assert isinstance(result, Extraction)
    assert [figure.text for figure in result.figures] == ["200.00万元", "190.00万元", "190.00"]
    for figure in result.figures:
        assert result.document.text[figure.start : figure.end] == figure.text
    assert result.document.text.split("\n")[1] == "全年预算200.00万元，支出190.00万元。"


def test_code_between_fences_stays() -> None:
    result = document("# 标题\n```\n# 5*3*\n| a | b |\n|---|---|\n```\n**完**\n", "a.md")
    assert result.text == "标题\n# 5*3*\n| a | b |\n|---|---|\n完"
    assert not result.tables


def test_a_line_of_marks_costs_no_more_than_its_length() -> None:
    for mark in ("*a ", "**a", "_a", "`a", "[a", "![a](", "\\", "&a;", "<br", "``a`"):
        started = process_time()
        shown(mark * 100_000)
        assert process_time() - started < 5, mark


@pytest.mark.parametrize(
    "source",
    [
        "#1号楼支出100万元\n#2号楼支出90万元\n",
        "本年支出\n# 附件1\n正文\n",
        "甲 | 1\n乙 | 2\n",
        "甲 | 乙\n---\n1 | 2\n",
        "| 甲 | 乙 |\n\n|---|---|\n",
        "#\n#\n",
        "---\n正文|\n",
    ],
)
def test_texts_that_are_no_markdown(source: str) -> None:
    assert document(source, "a.txt").format == "txt"


@given(st.text(st.sampled_from("#|-: \\\n\r甲1"), max_size=60))
def test_markdown_keeps_any_text(source: str) -> None:
    if markdown.claims(source.encode()):
        result = document(source, "a.md")
        covered = "".join(result.text[block.start : block.end] for block in result.blocks)
        assert covered.count("甲") == source.count("甲")
        assert covered.count("1") == source.count("1")
