"""Forms and tables in several formats: every figure of a cell, every row of indicators, funds, goals and totals."""

import re
from decimal import Decimal
from typing import Any

import pytest

from benchmarks import layouts
from extract.grid import Grid
from extract.ingest.labels import label_tables
from extract.lexicon import load
from extract.pipeline import extract
from pipelines.store.columns import pack, unpack
from schemas.extraction import Extraction

_FORMS, _TABLES = layouts.load("form"), layouts.load("table")


def _named(found: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(layout, id=layout["name"]) for layout in found]


def _extracted(layout: dict[str, Any], form: str) -> Extraction:
    found = extract(layouts.FORMATS[form](layouts.known(layout)), f"表.{form}")
    assert isinstance(found, Extraction)
    return found


@pytest.mark.parametrize("form", layouts.FORMATS)
@pytest.mark.parametrize("layout", _named(_FORMS))
def test_forms(layout: dict[str, Any], form: str) -> None:
    extraction = _extracted(layout, form)
    for part in (layouts.claims, layouts.funds, layouts.goals):
        score = part(layout, extraction)
        assert (score.missing, score.false) == ((), ()), part.__name__
    assert [found.kind for found in extraction.forms] == layout["kinds"]
    if "projects" in layout:
        assert [found.project for found in extraction.forms] == layout["projects"]


@pytest.mark.parametrize("form", layouts.FORMATS)
@pytest.mark.parametrize("layout", _named(_TABLES))
def test_figures_of_tables(layout: dict[str, Any], form: str) -> None:
    score = layouts.figures(layout, _extracted(layout, form))
    assert (score.missing, score.false) == ((), ())


@pytest.mark.parametrize("layout", _named([layout for layout in _TABLES if layout["kinds"]]))
def test_kinds_of_rows_and_halves(layout: dict[str, Any]) -> None:
    grid = Grid.of(label_tables(layouts.builder(layout).document(b"", "表.docx", "docx")).tables[0])
    assert " ".join(grid.kinds) == layout["kinds"]
    assert [list(head.halves) for head in grid.heads[-1:] if head] in ([layout["halves"]], [])


@pytest.mark.parametrize("layout", _named(_FORMS))
def test_parts_of_forms_point_at_what_says_them(layout: dict[str, Any]) -> None:
    extraction = _extracted(layout, "html")
    text = extraction.document.text
    figures = {(figure.start, figure.end): figure for figure in extraction.figures}
    for claim in extraction.claims:
        for value, span in ((claim.weight, claim.weight_span), (claim.score, claim.score_span)):
            assert (value is None) == (span is None)
            assert span is None or (figures[span].kind, figures[span].value) == ("score", value)
        assert claim.target_span is None or text[slice(*claim.target_span)] in (claim.target or "")
    for form in extraction.forms:
        assert form.score_span is None or figures[form.score_span].value == form.score
        for fund in form.funds:
            assert all(figures[entry.span].value == entry.value for entry in fund.entries)
        for goal in form.goals:
            assert goal.expected_span is None or text[slice(*goal.expected_span)] == goal.expected


def test_roles_of_the_cells_of_a_form() -> None:
    layout = next(layout for layout in _FORMS if layout["name"] == "national 2020")
    found = {(figure.text, figure.role, figure.unit) for figure in _extracted(layout, "docx").figures}
    assert {
        ("120.00", "budget", "万元"), ("118.50", "adjusted", "万元"), ("117.26", "spent", "万元"),
        ("98.95%", "actual", "%"), ("9.90", "actual", "分"), ("≥6个", "target", "个"), ("6个", "actual", "个"),
        ("≤20万元", "target", "万元"), ("94.73", "actual", "分"), ("100", "standard", "分"),
    } <= found  # fmt: skip


def test_bare_results_take_the_unit_of_their_target_and_not_that_of_the_table() -> None:
    layout = next(layout for layout in _FORMS if layout["name"].startswith("Beijing"))
    found = {figure.text: (figure.value, figure.unit) for figure in _extracted(layout, "docx").figures}
    assert found["4265"] == (Decimal(4265), "户")
    assert found["574.08"] == (Decimal("574.08"), "万元")
    assert found["60"] == (Decimal(60), "座")


def test_forms_survive_the_store() -> None:
    layout = next(layout for layout in _FORMS if layout["name"] == "two projects in one table")
    extraction = _extracted(layout, "docx")
    assert unpack(pack(extraction)).forms == extraction.forms
    assert [form.score for form in extraction.forms] == [Decimal(99), Decimal("93.75")]


@pytest.mark.parametrize(
    ("label", "heads"),
    [
        ("全年执行数", True), ("得分", True), ("年度指标值", True), ("单价", True), ("科目名称", True),
        ("其他支出", False), ("使用非财政拨款结余", False), ("社会效益指标", False), ("老人满意度", False),
    ],
)  # fmt: skip
def test_words_that_name_columns_and_words_that_name_rows(label: str, heads: bool) -> None:
    pattern = re.sub(r"\s", "", load("headers")["column"])
    assert bool(re.search(pattern, label)) == heads


def test_words_of_heads_and_forms_compile_and_do_not_match_nothing() -> None:
    headers, indicators = load("headers"), load("indicators")
    patterns = [headers[name] for name in ("column", "value", "field", "total", "part", "stub", "sides", "answer")]
    patterns += [rule["label"] for rule in (*headers["role"], *indicators["form"])]
    patterns += [*headers["identifier"].values(), *headers["kind"].values(), *headers["claimed"].values()]
    patterns += indicators["fields"].values()
    for pattern in patterns:
        assert not re.search(re.sub(r"\s", "", pattern), ""), pattern
