"""Forms flattened to one cell a line: rows come back where the labels leave one way, else the lines stay lines."""

from extract.ingest import read
from extract.pipeline import extract
from schemas.document import Document
from schemas.extraction import Extraction

FUNDS = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
HEADS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]


def _document(*lines: str) -> Document:
    document = read("\n".join(lines).encode(), "表.txt")
    assert isinstance(document, Document)
    return document


def _extraction(*lines: str) -> Extraction:
    extraction = extract("\n".join(lines).encode(), "表.txt")
    assert isinstance(extraction, Extraction)
    return extraction


def _rows(document: Document) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for table in document.tables for row in table.grid()]


def test_the_block_of_funds_has_a_label_and_a_value_a_column() -> None:
    lines = [
        "金额单位：万元",
        "项目名称",
        "照护服务",
        *FUNDS,
        "年度资金总额",
        "80",
        "75.5",
        "70.1",
        "10",
        "92.85%",
        "9.29",
    ]
    extraction = _extraction(*lines, "其中：财政拨款", "80", "75.5", "70.1", "—", "92.85%", "—", "年度总体目标")
    assert _rows(extraction.document)[1] == ["年度资金总额", "80", "75.5", "70.1", "10", "92.85%", "9.29"]
    seen = [(figure.text, figure.kind, figure.unit, figure.role) for figure in extraction.figures[:6]]
    assert seen == [
        ("80", "amount", "万元", "budget"),
        ("75.5", "amount", "万元", "adjusted"),
        ("70.1", "amount", "万元", "spent"),
        ("10", "score", "分", "standard"),
        ("92.85%", "ratio", "%", "actual"),
        ("9.29", "score", "分", "actual"),
    ]


def test_a_row_with_a_value_too_few_or_too_many_stays_lines() -> None:
    few = _document(*FUNDS, "年度资金总额", "80", "75.5", "70.1", "10", "92.85%", "年度总体目标")
    many = _document(*FUNDS, "年度资金总额", "80", "75.5", "70.1", "10", "92.85%", "9.29", "1", "年度总体目标")
    assert few.tables == many.tables == ()


def test_indicators_come_back_with_missing_levels_and_reasons() -> None:
    extraction = _extraction(
        *HEADS,
        *("产出指标", "数量指标", "培训人次", "≥150人次", "156人次", "10", "10"),
        *("培训场次", "≥6场", "4场", "10", "6.67", "师资紧张，下年补训"),
        *("质量指标", "合格率", "≥95%", "96%", "10", "10"),
        *("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "93%", "10", "10"),
        *("总分", "40", "36.67"),
    )
    claims = [(c.level1, c.level2, c.level3, c.target, c.actual, c.weight, c.score) for c in extraction.claims]
    assert [claim[2:5] for claim in claims] == [
        ("培训人次", "≥150人次", "156人次"),
        ("培训场次", "≥6场", "4场"),
        ("合格率", "≥95%", "96%"),
        ("学员满意度", "≥90%", "93%"),
    ]
    assert [claim[1] for claim in claims] == ["数量指标", "数量指标", "质量指标", "服务对象满意度指标"]
    assert extraction.claims[1].reason == "师资紧张，下年补训"
    assert extraction.unexplained == ()
    assert extraction.document.tables[0].quality == "suspect"


def test_a_score_above_its_weight_is_no_row() -> None:
    assert _document(*HEADS, "产出指标", "数量指标", "培训人次", "≥150人次", "156人次", "10", "12").tables == ()


def test_labels_in_a_sentence_are_no_header() -> None:
    document = _document("分值", "得分", "执行率", "说明：以上三项见附表。", "年初预算数和执行数均为万元")
    assert document.tables == ()
    assert len(document.blocks) == 5


def test_the_text_stays_the_file_and_cells_are_slices_of_it() -> None:
    lines = ["前言。", *FUNDS, "年度资金总额", "80", "75.5", "70.1", "10", "92.85%", "9.29", "后记。"]
    document = _document(*lines)
    assert document.text == "\n".join(lines)
    assert all(document.text[cell.start : cell.end] == cell.text for cell in document.tables[0].cells)
    assert [block.kind for block in document.blocks] == ["paragraph", "table", "paragraph"]
