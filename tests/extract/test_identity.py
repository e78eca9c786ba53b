import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.bodies import bodies, canonical, places, region
from extract.identity import identify
from extract.ingest.assemble import Builder, Slot
from extract.lexicon import load
from extract.segment import headings
from schemas.document import Document
from schemas.figure import Approx, CellRef, Figure
from schemas.report import Report

_CORPUS = tomllib.loads((Path(__file__).parent / "corpus" / "identity.toml").read_text(encoding="utf-8"))
_FIELDS = ("unit", "region", "year", "kind", "project", "score", "grade")


def _document(text: str, name: str = "报告.txt") -> Document:
    return Document(id="0", name=name, format="txt", text=text)


def _figure(text: str, start: int, end: int) -> Figure:
    value = Decimal(re.findall(r"[\d.]+", text[start:end])[0])
    approx: Approx | None = "at_least" if "以上" in text[start:end] else None
    return Figure(
        "0", "报告.txt", start, end, text[start:end], "score", value, "分", value, value, Decimal(1), approx, "test"
    )


def _scores(text: str) -> tuple[Figure, ...]:
    return tuple(_figure(text, *match.span()) for match in re.finditer(r"\d+(?:\.\d+)?分(?:及以上)?", text))


def _identify(text: str, name: str = "报告.txt") -> Report:
    document = _document(text, name)
    return identify(document, headings(document), _scores(text))


def _basis(report: Report, field: str) -> str:
    return next(basis.rule for basis in report.established if basis.field == field)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["about"]) for case in _CORPUS["case"]])
def test_identity(case: dict[str, Any]) -> None:
    report = _identify(case["text"])
    found = {field: getattr(report, field) for field in _FIELDS}
    wanted = {field: case.get(field) for field in _FIELDS}
    wanted["score"] = Decimal(case["score"]) if "score" in case else None
    assert found == wanted


@pytest.mark.parametrize("case", [pytest.param(case, id=case["about"]) for case in _CORPUS["case"]])
def test_each_basis_is_in_the_text(case: dict[str, Any]) -> None:
    for basis in _identify(case["text"]).established:
        if basis.field not in ("region", "score") and basis.span:
            assert basis.text in case["text"][slice(*basis.span)]


def test_several_scores_are_listed() -> None:
    report = _identify("自评报告\n一、结论\n甲自评得分73分，乙自评得分88分。")
    assert [(b.rule, b.text) for b in report.established if b.field == "score"] == [("有多个得分", "73分、88分")]


def test_the_file_name_speaks_where_the_document_is_silent() -> None:
    report = _identify("本年任务已完成。", "益阳市财政局2021年部门预算.txt")
    assert (report.unit, report.region, report.year, report.kind) == (
        "益阳市财政局",
        "湖南省益阳市",
        "2021",
        "部门预算",
    )
    assert {basis.rule for basis in report.established if basis.field != "region"} == {"文件名"}


def test_the_file_name_does_not_overrule_the_document() -> None:
    report = _identify("益阳市总工会2023年度部门决算\n一、概况", "长沙市财政局2021年部门预算.txt")
    assert (report.unit, report.year, report.kind) == ("益阳市总工会", "2023", "部门决算")
    assert _basis(report, "year") == "标题"


def test_unit_as_written_and_canonical() -> None:
    report = _identify("河北省政府工作报告\n一、回顾")
    assert (report.unit, report.unit_written) == ("河北省人民政府", "河北省政府")


def test_labels_and_the_total_of_a_table() -> None:
    builder = Builder()
    builder.add("paragraph", "项目支出绩效自评表（2022年度）")
    table = builder.add_table(
        Slot(row, column, text)
        for row, cells in enumerate([["项目名称", "管网更新", "实施单位", "益阳市水利局"], ["总分", "", "100", "96.5"]])
        for column, text in enumerate(cells)
    )
    document = builder.document(b"", "表.docx", "docx")
    cells = {cell.text: cell for cell in table.cells}
    figures = tuple(
        replace(
            _figure(document.text, cells[text].start, cells[text].end),
            table=CellRef(0, 1, column, "总分", label),
        )
        for text, column, label in (("100", 2, "分值"), ("96.5", 3, "自评得分"))
    )
    report = identify(document, headings(document), figures)
    assert (report.unit, report.project, report.score) == ("益阳市水利局", "管网更新", Decimal("96.5"))


@given(st.text(max_size=60) | st.text("益阳市总工会财政局年度2023得分优、。\n（）", max_size=60))
def test_any_text_has_an_identity(text: str) -> None:
    report = _identify(text)
    assert all(0 <= b.span[0] < b.span[1] <= len(text) for b in report.established if b.span)


# ------------------------------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("益阳市总工会2023年安排", ["益阳市总工会"]),
        (
            "上海市普陀区人民政府万里街道办事处与上海市普陀区司法局",
            ["上海市普陀区人民政府万里街道办事处", "上海市普陀区司法局"],
        ),
        ("湖南省发展和改革委员会印发", ["湖南省发展和改革委员会"]),
        ("上海市规划和自然\n资源局", ["上海市规划和自然资源局"]),
        ("上海市规划和自然\r\n资源局", ["上海市规划和自然资源局"]),
        ("由云岭市水务局实施，云岭市青沅区林业局配合", ["云岭市水务局", "云岭市青沅区林业局"]),
        ("益阳市工会组织健全，益阳市政府采购规范", []),
        ("全市总工会系统、各县区财政局、我市财政局", []),
        ("益阳市的医院和学校", []),
        ("落实益阳市委托事项", []),
    ],
)
def test_bodies(text: str, names: list[str]) -> None:
    assert [body.name for body in bodies(text)] == names


def test_bodies_lie_in_the_text() -> None:
    text = "经益阳市\n总工会批准"
    (body,) = bodies(text)
    assert text[body.start : body.end] == "益阳市\n总工会"


def test_places() -> None:
    assert [(place.name, place.code) for place in places("上海市普陀区和舟山市普陀区")] == [
        ("上海市普陀区", "310107"),
        ("舟山市普陀区", "330903"),
    ]
    assert [place.code for place in places("普陀区")] == [""]
    assert places("城区新县改造") == []


def test_region_is_the_whole_path() -> None:
    assert [region(place) for place in places("安化县")] == ["湖南省益阳市安化县"]
    assert [region(place) for place in places("普陀区")] == ["普陀区"]
    assert [region(place) for place in places("神农架林区")] == ["湖北省神农架林区"]


def test_canonical() -> None:
    assert canonical("河北省政府") == "河北省人民政府"
    assert canonical("河北省人民政府") == "河北省人民政府"


# ------------------------------------------------------------------------------------------------------ lexicon


def test_regions_are_complete_and_nest() -> None:
    lexicon = load("regions")
    assert len(lexicon["provinces"]) == 34
    assert len(lexicon["prefectures"]) == 333
    assert lexicon["prefectures"]["430900"] == "益阳市"
    assert all(re.fullmatch(r"\d{2}0000", code) for code in lexicon["provinces"])
    assert all(code[2:4] != "00" and code.endswith("00") for code in lexicon["prefectures"])
    for level in ("prefectures", "counties"):
        assert all(code[:2] + "0000" in lexicon["provinces"] for code in lexicon[level])
    for level in lexicon.values():
        assert all(
            re.fullmatch("[\u4e00-\u9fff]{2,15}[省市区县州盟旗]|[\u4e00-\u9fff][县区市]", name)
            for name in level.values()
        )


def test_kinds_are_those_of_the_record() -> None:
    from typing import get_args

    from schemas.report import ReportKind

    rules = load("kinds")["kind"]
    assert {rule["name"] for rule in rules} == set(get_args(ReportKind))
    for rule in rules:
        for pattern in (*rule["title"], *rule["text"]):
            re.compile(pattern)


def test_words_of_organisations() -> None:
    lexicon = load("organisations")
    for name in (
        "words",
        "suffixes",
        "not_before",
        "parents",
        "inner_suffixes",
        "before_others",
        "after_others",
        "labels",
    ):
        assert len(set(lexicon[name])) == len(lexicon[name]), name
    lengths = [len(suffix) for suffix in lexicon["suffixes"]]
    assert lengths == sorted(lengths, reverse=True)
    assert set(lexicon["parents"]) <= set(lexicon["suffixes"])
    assert all(word.startswith("我") and endings for word, endings in lexicon["selves"].items())
