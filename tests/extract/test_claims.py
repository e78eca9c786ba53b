import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.claims import claims
from extract.claims.rules import RULES
from extract.claims.wording import compared, head_of, number, operator, standard, verdict
from extract.ingest.assemble import Builder, Slot
from extract.lexicon import load
from extract.segment import headings
from schemas.claim import Claim
from schemas.document import Document
from schemas.figure import Approx, Figure, Kind

_CORPUS = tomllib.loads((Path(__file__).parent / "corpus" / "claims.toml").read_text(encoding="utf-8"))
_NUMBER = (
    r"(?P<before>不低于|[≥≤])?(?P<n>\d+(?:\.\d+)?)(?P<unit>%|万元|分|公里|人次|[座场株户处名个人天])(?P<after>以上)?"
)
_KINDS: dict[str, Kind] = {"%": "ratio", "万元": "amount", "分": "score", "公里": "measure"}


def _figure(match: re.Match[str]) -> Figure:
    value = Decimal(match["n"])
    approx: Approx | None = "at_least" if match["before"] in ("不低于", "≥") or match["after"] else None
    approx = "at_most" if match["before"] == "≤" else approx
    return Figure(
        document="0",
        source="报告.txt",
        start=match.start(),
        end=match.end(),
        text=match[0],
        kind=_KINDS.get(match["unit"], "count"),
        value=value,
        unit=match["unit"],
        low=value,
        high=value,
        step=Decimal(1),
        approx=approx,
        rule="test",
    )


def _claims(document: Document) -> tuple[Claim, ...]:
    figures = tuple(map(_figure, re.finditer(_NUMBER, document.text)))
    return claims(document, headings(document), figures)


def _table(*rows: list[str | tuple[str, int, int]], before: str = "") -> Document:
    """A document with one table; a cell is its text, or text, row span and column span; "^" is covered by a span."""
    builder = Builder()
    builder.add("paragraph", before)
    slots = [
        Slot(r, c, cell) if isinstance(cell, str) else Slot(r, c, cell[0], row_span=cell[1], column_span=cell[2])
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if cell != "^"
    ]
    builder.add_table(slots)
    return builder.document(b"", "自评表.docx", "docx")


# -------------------------------------------------------------------------------------------------------- prose


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in _CORPUS["case"]])
def test_prose(case: dict[str, Any]) -> None:
    document = Document(id="0", name="报告.txt", format="txt", text=case["text"])
    found = _claims(document)
    assert [[c.text, c.level2 or c.level1, c.target or "", c.actual or ""] for c in found] == case["claims"]
    for claim in found:
        assert document.text[claim.start : claim.end] == claim.text
        assert claim.target_span is None or document.text[slice(*claim.target_span)] == claim.target
        assert claim.actual_span is None or document.text[slice(*claim.actual_span)] == claim.actual


def test_parts_of_prose_claims() -> None:
    text = "绩效自评报告\n一、产出完成情况\n计划建设泵站6座，实际完成5座。自评得分93.5分，等级为优。"
    built, total = _claims(Document(id="0", name="报告.txt", format="txt", text=text))
    assert (built.operator, built.unit, built.verdict, built.quantified) == ("=", "座", "unmet", True)
    assert (built.level1, built.level2, built.level3) == ("产出指标", "数量指标", "计划建设泵站")
    assert (total.level1, total.score, total.rule) == ("总体", Decimal("93.5"), "prose:overall")
    assert total.score_span is not None
    assert text[slice(*total.score_span)] == "93.5分"


def test_prose_does_not_read_tables() -> None:
    document = _table(["绩效自评", "资金使用率98%，全部专款专用"])
    assert _claims(document) == ()


@given(st.text(max_size=40) | st.text("计划实际完成率满意度5座%，。、\n自评得分一", max_size=60))
def test_spans_of_prose_claims(text: str) -> None:
    document = Document(id="0", name="报告.txt", format="txt", text="绩效自评报告\n一、产出完成情况\n" + text)
    for claim in _claims(document):
        assert document.text[claim.start : claim.end] == claim.text
        assert claim.target or claim.actual
        for span in (claim.target_span, claim.actual_span):
            assert span is None or claim.start <= span[0] < span[1] <= claim.end


# ------------------------------------------------------------------------------------------------------- tables

_HEADER = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]


def test_indicator_table() -> None:
    document = _table(
        ["项目名称", ("泵站建设", 1, 7), *["^"] * 6],
        list(_HEADER),
        [("产出指标", 2, 1), ("数量指标", 2, 1), "新建泵站", "≥6座", "5座", "20", "16.67", "汛期停工"],
        ["^", "^", "疏浚河道", "12公里", "12公里", "10", "10", "无"],
        [("满意度指标", 1, 1), "服务对象满意度指标", "农户满意度", "≥90%", "95%", "10分", "10分", "/"],
        [("总分", 1, 5), "^", "^", "^", "^", "40", "36.67", ""],
    )
    pumps, river, farmers = _claims(document)
    assert (pumps.level1, pumps.level2, pumps.level3) == ("产出指标", "数量指标", "新建泵站")
    assert (pumps.operator, pumps.target, pumps.actual, pumps.unit) == ("≥", "≥6座", "5座", "座")
    assert (pumps.weight, pumps.score, pumps.verdict, pumps.reason) == (
        Decimal(20),
        Decimal("16.67"),
        "unmet",
        "汛期停工",
    )
    assert (pumps.table, pumps.row, pumps.quantified, pumps.rule) == (0, 2, True, "table:indicator")
    assert pumps.text == "新建泵站\t≥6座\t5座\t20\t16.67\t汛期停工"
    assert (river.level1, river.level2, river.operator, river.verdict) == ("产出指标", "数量指标", "=", "met")
    assert river.reason is None
    assert (farmers.level1, farmers.level2, farmers.score) == ("满意度指标", "服务对象满意度指标", Decimal(10))


def test_spans_of_table_parts() -> None:
    document = _table(list(_HEADER), ["产出指标", "数量指标", "新建泵站", "≥6座", "分两期", "20", "18", "无"])
    (claim,) = _claims(document)
    for part, span in (("≥6座", claim.target_span), ("分两期", claim.actual_span), ("20", claim.weight_span)):
        assert span is not None
        assert document.text[slice(*span)] == part


def test_columns_are_known_by_their_labels() -> None:
    document = _table(
        ["三级指标", "自评得分", "权重（100）", "全年实际完成值", "指标性质", "指标值", "度量单位", "二级指标"],
        ["管护林地", "9", "10", "8000", "≤", "8200", "亩", "产出数量"],
    )
    (claim,) = _claims(document)
    assert (claim.level1, claim.level2, claim.level3) == (None, "数量指标", "管护林地")
    assert (claim.operator, claim.target, claim.unit, claim.actual) == ("≤", "8200", "亩", "8000")
    assert (claim.weight, claim.score) == (Decimal(10), Decimal(9))


def test_scoring_sheet_without_targets() -> None:
    document = _table(
        ["一级指标", "二级指标", "三级指标", "分值", "指标解释", "评价标准", "得分"],
        [("决策", 1, 1), "项目立项", "立项依据充分性", "4", "是否有依据", "有得4分", "4"],
        ["过程", "资金管理", "预算执行率", "5", "支出与到位之比", "比率乘分值", "4.5"],
    )
    assert [(c.level1, c.level3, c.weight, c.score) for c in _claims(document)] == [
        ("决策", "立项依据充分性", Decimal(4), Decimal(4)),
        ("过程", "预算执行率", Decimal(5), Decimal("4.5")),
    ]


def test_blank_level_cells_are_carried_down_and_a_new_first_level_clears_the_second() -> None:
    document = _table(
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出", "质量", "验收合格", "100%"],
        ["", "", "返修", "≤2%"],
        ["效益", "", "带动就业", "≥30人"],
    )
    assert [(c.level1, c.level2, c.level3) for c in _claims(document)] == [
        ("产出指标", "质量指标", "验收合格"),
        ("产出指标", "质量指标", "返修"),
        ("效益指标", None, "带动就业"),
    ]


def test_header_in_two_rows() -> None:
    document = _table(
        [("一级指标", 2, 1), ("三级指标", 2, 1), ("指标完成", 1, 2), "^"],
        ["^", "^", "目标值", "实际值"],
        ["产出指标", "栽树", "≥500株", "520株"],
    )
    (claim,) = _claims(document)
    assert (claim.target, claim.actual, claim.verdict) == ("≥500株", "520株", "met")


def test_execution_of_the_budget() -> None:
    document = _table(
        [("项目资金（万元）", 3, 1), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        ["^", "年度资金总额", "100", "110", "99", "10", "90%", "9"],
        ["^", "其中：当年财政拨款", "100", "110", "99", "—", "90%", "—"],
    )
    (claim,) = _claims(document)
    assert (claim.level1, claim.level3, claim.actual) == ("预算执行", "年度资金总额", "90%")
    assert (claim.weight, claim.score, claim.rule) == (Decimal(10), Decimal(9), "table:execution")


@pytest.mark.parametrize(
    "rows",
    [
        (["项目", "预算数", "决算数"], ["工资", "100", "98"]),  # a table of money
        (list(_HEADER), ["产出指标", "数量指标", "", "", "", "", "", ""]),  # an empty form
        (list(_HEADER), ["产出指标", "数量指标", "新建泵站", "", "", "", "", ""]),  # an indicator without content
        (list(_HEADER), ["小计", "", "", "", "", "50", "48", ""]),  # sums
    ],
)
def test_what_is_no_claim(rows: tuple[list[str | tuple[str, int, int]], ...]) -> None:
    assert _claims(_table(*rows)) == ()


# ------------------------------------------------------------------------------------------------------ wording


@pytest.mark.parametrize(
    ("target", "nature", "sign"),
    [
        ("≥90%", "", "≥"),
        ("不低于90%", "", "≥"),
        ("90%以上", "", "≥"),
        ("≦5", "", "≤"),
        ("控制在20万元以内", "", "≤"),
        ("＞3", "", ">"),
        ("低于5起", "", "<"),
        ("=100%", "", "="),
        ("6座", "", "="),
        ("6", "≥", "≥"),
        ("明显改善", "", "定性"),
        ("9", "定性指标", "定性"),
        ("11月底前", "", "≤"),
    ],
)
def test_operator(target: str, nature: str, sign: str) -> None:
    assert operator(target, nature) == sign


@pytest.mark.parametrize(
    ("actual", "wanted"),
    [
        ("已完成", "met"),
        ("未完成", "unmet"),
        ("部分达成年度指标并具有一定效果", "partly"),
        ("基本完成", "partly"),
        ("良好", "unstated"),
    ],
)
def test_verdict(actual: str, wanted: str) -> None:
    assert verdict(actual) == wanted


@pytest.mark.parametrize(
    ("sign", "target", "actual", "wanted"),
    [
        ("≥", "5座", "5座", "met"),
        ("≥", "5座", "4座", "unmet"),
        (">", "5座", "5座", "unmet"),
        ("≤", "5座", "4座", "met"),
        ("<", "5座", "5座", "unmet"),
        ("=", "5座", "6座", "met"),
        ("≥", "5座", "6人", "unstated"),
        ("=", "30天", "30天", "met"),
        ("=", "30天", "45天", "unstated"),
        ("≤", "30天", "45天", "unmet"),
    ],
)
def test_compared(sign: str, target: str, actual: str, wanted: str) -> None:
    figures = [_figure(match) for text in (target, actual) if (match := re.match(_NUMBER, text))]
    assert compared(sign, *figures) == wanted


def test_numbers_of_cells() -> None:
    assert [number(text) for text in ("10", "9.5 分", "", "3/5")] == [Decimal(10), Decimal("9.5"), None, None]


def test_heads() -> None:
    assert standard("level1", "项目产出") == "产出指标"
    assert standard("level2", "产出数量") == "数量指标"
    assert standard("level2", "总体") is None
    assert head_of("社会效益指标") == "效益指标"
    assert head_of("预算执行") == "预算执行"


# ------------------------------------------------------------------------------------------------------ lexicon


def test_words_of_indicators() -> None:
    lexicon = load("indicators")
    assert set(lexicon["heads"]) == set(lexicon["level2"])
    assert set(lexicon["heads"].values()) <= set(lexicon["level1"])
    labels = [label for names in lexicon["columns"].values() for label in names]
    assert len(set(labels)) == len(labels)
    forms = [form for names in lexicon["operators"].values() for form in names]
    assert len(set(forms)) == len(forms)
    known = {*lexicon["level2"], "总体", "预算执行"}
    assert {rule["name"] for rule in lexicon["dimension"]} | set(lexicon["rates"]) <= known


def test_patterns_of_prose_compile_and_do_not_match_nothing() -> None:
    may_be_empty = {"before"}
    for name, pattern in load("indicators")["prose"].items():
        assert bool(re.search(pattern, "")) == (name in may_be_empty), name


def test_every_rule_has_a_case() -> None:
    seen = set()
    for case in _CORPUS["case"]:
        document = Document(id="0", name="报告.txt", format="txt", text=case["text"])
        seen |= {claim.rule for claim in _claims(document)}
    assert len(seen) == len(RULES)
