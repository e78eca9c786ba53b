"""The way from a relation to a finding: neutral, placed, stable, and never an error on what was not read well."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from extract.lexicon import load
from extract.pipeline import extract, extract_document
from pipelines.audit import CHECKS, audit
from pipelines.audit.context import FIRST, LAST, Context
from pipelines.audit.sentence import sums, wording
from pipelines.audit.text import lists, repeats
from schemas.document import Block, Cell, Document, Table
from schemas.extraction import Extraction
from schemas.finding import Finding

Read = Callable[[str], Extraction]
SAMPLES = Path(__file__).parents[2] / "samples"
SLIP = "本年安排资金共计120.50万元，其中场地费45.20万元、资料费30.10万元、设备费54.20万元。"


def only(extraction: Extraction) -> Finding:
    (finding,) = audit(extraction)[1]
    return finding


def test_checks_are_named_once_and_in_order() -> None:
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))
    assert all(check.title and check.basis and check.family == check.id[0] for check in CHECKS)


def test_a_finding_is_neutral_and_recomputed(read: Read) -> None:
    finding = only(read(SLIP))
    assert finding.statement.endswith("两者不能同时成立。")
    assert not any(word in finding.statement for word in ("有误", "错误", "应为", "应该"))
    assert finding.recomputation == "45.20 + 30.10 + 54.20 = 129.5万元"
    assert finding.difference == Decimal(9)
    assert finding.status == "待核实"


def test_evidence_is_what_the_report_prints(read: Read) -> None:
    extraction = read("一、情况\n" + SLIP)
    finding = only(extraction)
    assert [e.text for e in finding.evidence] == ["120.50万元", "45.20万元", "30.10万元", "54.20万元"]
    for evidence in finding.evidence:
        assert extraction.document.text[evidence.start : evidence.end] == evidence.text
        assert (evidence.snippet, evidence.place) == (SLIP, "第2段")


def test_a_relation_is_kept_with_its_interval(read: Read) -> None:
    extraction = read(SLIP)
    (relation,) = audit(extraction)[0]
    assert (relation.low, relation.high) == (Decimal("129.485"), Decimal("129.515"))
    assert (relation.stated, relation.verdict, relation.cause) == ("120.50万元", "broken", "")
    assert only(extraction).relation == relation.id


def test_a_fingerprint_survives_other_values_and_another_place_in_the_text(read: Read) -> None:
    first = only(read(SLIP))
    other = only(read("前面多了一段话。\n" + SLIP.replace("30.10", "31.10")))
    assert first.fingerprint == other.fingerprint
    assert first.values_hash != other.values_hash


def test_two_alike_findings_have_two_fingerprints(read: Read) -> None:
    findings = audit(read(SLIP + "\n" + SLIP))[1]
    assert len({finding.fingerprint for finding in findings}) == len(findings) == 2


def test_no_error_rests_on_what_was_not_read_well(read: Read) -> None:
    extraction = read(SLIP)
    suspect = replace(extraction, document=replace(extraction.document, quality="suspect"))
    assert (only(extraction).severity, only(suspect).severity) == ("error", "review")


def test_an_audit_is_deterministic_and_sorted(read: Read) -> None:
    text = f"{SLIP}\n宣传覆盖近3万余人。\n共实施3个项目：一是管网改造；二是站点更新。"
    once, again = audit(read(text)), audit(read(text))
    assert once == again
    assert [finding.severity for finding in once[1]] == ["error", "warn", "info"]
    places = [relation.operands[0].span for relation in once[0]]
    assert places == sorted(places)


def test_a_part_as_large_as_the_difference_is_named(read: Read) -> None:
    finding = only(read("经费共计75.30万元，其中场地费45.20万元、资料费30.10万元、设备费54.20万元。"))
    assert finding.alternatives == ("差额恰等于分项“设备费54.20万元”",)


def test_another_base_that_fits_is_named(read: Read) -> None:
    finding = only(read("年初预算120.00万元，全年预算100.00万元，支出96.00万元，完成年初预算的96%。"))
    assert finding.alternatives == ("若以100.00万元为基数则相符",)


def test_another_current_figure_that_fits_is_named(read: Read) -> None:
    text = "住房补贴208.8万元。2022年执行数为198.34万元，2023年预算安排201.50万元，比2022年执行数增加5.27%。"
    assert only(read(text)).alternatives == ("若本期为同段所印的208.8万元则相符",)


def test_an_empty_document_has_nothing_to_check(read: Read) -> None:
    assert audit(read("无")) == ((), ())


@pytest.mark.parametrize(
    "labels", [["地上面积为", "地下面积为"], ["计容面积", "不计容面积"], ["货物采购", "工程采购", "服务采购"]]
)
def test_complements(labels: list[str]) -> None:
    assert sums.is_complement(labels)
    assert not sums.is_complement([*labels, "其他"])


def test_names_of_one_build_are_counted() -> None:
    assert lists.are_parallel(["东山镇", "西河镇"], "乡镇")
    assert not lists.are_parallel(["桥梁", "隧道及附属"], "项目")


def test_words_of_the_checks_are_clean() -> None:
    words = load("audit")
    for table in ("sums", "repeats", "lists", "wording", "changes"):
        for name, entries in words[table].items():
            flat = [word for entry in entries for word in (entry if isinstance(entry, list) else [entry])]
            assert all(word and word == word.strip() for word in flat), (table, name)
    for name in ("totals", "openers", "weak_openers", "stops", "overlapping"):
        assert len(set(words["sums"][name])) == len(words["sums"][name]), name
    assert not set(words["changes"]["up"]) & set(words["changes"]["down"])
    assert len({name for name, _ in wording.RULES}) == len(wording.RULES)
    assert repeats.SCOPES


def test_grades_fall_from_best_to_worst() -> None:
    table = load("grades")
    for profile in table["profiles"]:
        lows = [Decimal(low) for _, low in profile["grades"]]
        assert lows == sorted(lows, reverse=True)
        assert lows[-1] == 0
        assert {grade for grade, _ in profile["grades"]} <= set(table["words"].values())


# ------------------------------------------------------------------------------------------- the sample archive


def _samples() -> list[str]:
    paths = (SAMPLES / "archive").glob("*/*报告.*")
    return sorted(str(path.relative_to(SAMPLES / "archive")) for path in paths)


@pytest.mark.parametrize("name", _samples())
def test_planted_faults_are_found_and_nothing_else_is_grave(name: str) -> None:
    """Every fault that the sample archive says it holds, within its evidence, and no error or warning beside them."""
    extracted = extract((SAMPLES / "archive" / name).read_bytes(), name)
    assert isinstance(extracted, Extraction)
    findings = audit(extracted)[1]
    faults = [
        json.loads(line) for line in (SAMPLES / "truth" / "faults.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    mine = [f for f in faults if f["file"] == name and f["check"] in {check.id for check in CHECKS}]
    assert {fault["check"] for fault in mine} <= {finding.check for finding in findings}
    grave = {finding.check for finding in findings if finding.severity in {"error", "warn"}}
    assert grave <= {fault["check"] for fault in mine if fault["severity"] in {"error", "warn"}}


def test_a_figure_of_a_long_table_is_placed_by_its_own_cell() -> None:
    cells = [Cell(row, 0, 4 * row, 4 * row + 3, f"{row:02}人") for row in range(10, 40)]
    text = " " * 40 + "".join(f"{row:02}人\n" for row in range(10, 40))
    table = Table(0, 40, len(text), 40, 1, tuple(cells))
    document = Document(
        "0" * 64, "表.xlsx", "xlsx", text, blocks=(Block("table", 40, len(text), table=0),), tables=(table,)
    )
    extraction = extract_document(document, "表.xlsx")
    context = Context(extraction)
    places = [context.place(figure.start, figure.end) for figure in extraction.figures]
    assert places == [f"表1第{row + 1}行" for row in range(10, 40)]


def test_a_sentence_of_more_figures_than_there_are_characters_for(read: Callable[[str], Extraction]) -> None:
    context = Context(read("，".join(f"支出{number}.5万元" for number in range(6_500)) + "。"))
    (sentence,) = context.sentences
    assert len(sentence.figures) == LAST - FIRST + 1
    assert sentence.text.endswith("支出6499.5万元。")
