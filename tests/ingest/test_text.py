import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.ingest import encoding, read, text
from extract.lexicon import load
from schemas.document import Document
from schemas.errors import Problem

REPORT = (
    "一、项目概况\r\n2023年安排预算资金1,250.50万元，实际支出1,198.36万元，预算执行率95.83%。\r\n\r\n二、绩效情况\n"
)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "项目支出",
            "1,234.56万元",
            "完成率",
            "95.8%",
            "。",
            "，",
            "\n",
            "绩效评价报告",
            "2023年",
            "经济效益",
            "群众满意度",
            "（二）",
        ]
    ),
    min_size=3,
    max_size=40,
).map("".join)


def document(data: bytes) -> Document:
    result = read(data, "报告.txt")
    assert isinstance(result, Document), result
    return result


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-8", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("gb18030", b""),
    ],
)
def test_encodings(encoding: str, mark: bytes) -> None:
    result = document(mark + REPORT.encode(encoding))
    assert result.text == REPORT
    assert dict(result.metadata)["encoding"] == encoding
    assert not result.problems
    assert not result.warnings


def test_big5() -> None:
    traditional = "項目支出績效評價報告：本年預算一千萬元，實際支出九百萬元。"
    assert document(traditional.encode("big5")).text == traditional
    # look-alike: the same characters in a mainland encoding
    assert document(traditional.encode("gb18030")).text == traditional


@pytest.mark.parametrize("encoding", ["gbk", "utf-16-le", "utf-16-be", "utf-16", "utf-8"])
@pytest.mark.parametrize("short", ["绩效评价", "支出100万元", "完成率95%", "三、资金使用情况"])
def test_short_texts(short: str, encoding: str) -> None:
    assert document(short.encode(encoding)).text == short


@given(SENTENCES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_encoding_round_trip(content: str, encoding: str) -> None:
    result = read(content.encode(encoding), "报告.txt")
    if content.strip():
        assert isinstance(result, Document)
        assert result.text == content
    else:
        assert isinstance(result, Problem)
        assert result.outcome == "empty"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_utf8_is_kept_unchanged(content: str) -> None:
    result = read(codecs.BOM_UTF8 + content.encode(), "a.txt")
    if isinstance(result, Document):
        assert result.text == content
        for block in result.blocks:
            line = content[block.start : block.end]
            assert line == line.strip() != ""


def test_a_paragraph_for_each_line() -> None:
    result = document("　　第一行  \r\n\r\n \t\n第二行\r第三行".encode())
    assert [result.text[block.start : block.end] for block in result.blocks] == ["第一行", "第二行", "第三行"]
    assert {block.kind for block in result.blocks} == {"paragraph"}


@pytest.mark.parametrize(("encoding", "cut"), [("utf-8", 1), ("utf-8", 2), ("gb18030", 1), ("utf-16", 1)])
def test_cut_in_a_character(encoding: str, cut: int) -> None:
    content = "预算执行率为百分之九十五，支出合计1,198万元"
    data = content.encode(encoding)[:-cut] if encoding == "utf-16" else (content + "整").encode(encoding)[:-cut]
    result = document(data)
    assert content.startswith(result.text)
    assert len(result.text) >= len(content) - 1
    assert [problem.outcome for problem in result.problems] == ["partial"]
    assert "末尾" in result.problems[0].message


def test_some_broken_bytes() -> None:
    data = (REPORT * 5).encode()
    at = data.index("执行率".encode()) + 1
    result = document(data[:at] + b"\xff" + data[at:])
    assert result.quality == "suspect"
    assert result.problems[0].outcome == "partial"
    assert "实际支出1,198.36万元" in result.text


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\x03binary\x00\x00",
        "支出\0合计100万元".encode(),
        bytes(range(1, 32)) * 4,
        b"\x1b\x02\x03" * 20 + "支出".encode(),
        b"\x9f\x8e\xfa\x01\x88\x97\xd2\xff\x03" * 9,
    ],
)
def test_no_text(data: bytes) -> None:
    assert not text.claims(data)
    result = read(data, "a.txt")
    assert isinstance(result, Problem)
    assert result.outcome == "unsupported"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_not(data: bytes) -> None:
    decoded = encoding.decode(data)
    if decoded and not decoded.flaws:
        mark = next((mark for mark, name in encoding._MARKS if name == decoded.encoding and data.startswith(mark)), b"")
        assert data[len(mark) : len(data) - len(decoded.tail)].decode(decoded.encoding) == decoded.text


def test_common_characters() -> None:
    common = load("characters")["common"].replace("\n", "")
    assert len(common) > 200
    assert all("\u4e00" <= character <= "\u9fa5" for character in common)
