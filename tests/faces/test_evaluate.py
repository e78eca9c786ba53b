"""Scores against gold: on a small gold of our own, with every kind of difference made on purpose, and the samples."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extract.pipeline import extract
from pipelines.evaluate import Score, added, document_of, evaluate, gold_files, read_gold, sort_of
from schemas.claim import Claim
from schemas.errors import DataError
from schemas.extraction import Extraction

Jihe = Callable[..., Any]
TEXT = "自评报告\n一、概况\n2023年支出101.83万元，慰问困难职工66名，三大平台建成，增长4.5%—5%。\n"


@pytest.fixture(scope="module")
def extraction() -> Extraction:
    found = extract(TEXT.encode(), "报告.txt")
    assert isinstance(found, Extraction)
    return found


def _figure(raw: str, **changes: Any) -> dict[str, Any]:
    start = TEXT.index(raw)
    plain: dict[str, Any] = {
        "start": start, "end": start + len(raw), "raw": raw, "kind": "count", "value": "66", "unit": "名", "low": None,
        "high": None, "approx": None, "subject": "困难职工", "role": "actual", "optional": False,
    }  # fmt: skip
    return {**plain, **changes}


AMOUNT = _figure("101.83万元", kind="amount", value="101.83", unit="万元", subject="支出", role="spent")
COUNT = _figure("66名")
OPTIONAL = _figure("三大平台", value="3", unit="大", subject="平台", optional=True)
RANGE = _figure(
    "4.5%—5%", kind="ratio", value=None, unit="%", low="4.5", high="5", approx="range", role=None, subject=""
)


def _gold(folder: Path, lines: Iterable[Any], sort: str = "figures") -> Path:
    path = folder / f"报告.{sort}.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def _score(extraction: Extraction, folder: Path, *lines: Any, sort: str = "figures") -> Score:
    return evaluate(extraction, _gold(folder, lines, sort))


def _counts(score: Score) -> tuple[int, int, int, int]:
    return score.firm, score.found, score.false, score.misplaced


def test_all_found(extraction: Extraction, tmp_path: Path) -> None:
    score = _score(extraction, tmp_path, AMOUNT, COUNT, OPTIONAL, RANGE)
    assert (score.firm, score.found, score.precision, score.recall, score.f1) == (3, 3, 1, 1, 1)
    assert score.wrong("missed") == score.wrong("value") == score.wrong("low") == 0


def test_what_gold_has_not_is_false(extraction: Extraction, tmp_path: Path) -> None:
    score = _score(extraction, tmp_path, AMOUNT, OPTIONAL, RANGE)
    assert _counts(score) == (2, 2, 1, 0)
    assert [(one.field, one.text) for one in score.differences if one.field == "false"] == [("false", "66名")]
    assert score.precision == pytest.approx(2 / 3)


def test_what_is_optional_is_neither_required_nor_false(extraction: Extraction, tmp_path: Path) -> None:
    required = [AMOUNT, COUNT, RANGE]
    optional = {**OPTIONAL, "raw": "三大平台建成", "end": OPTIONAL["end"] + 2}
    for more in ([OPTIONAL], [optional]):
        assert _counts(_score(extraction, tmp_path, *required, *more)) == (3, 3, 0, 0)


def test_another_span_is_missed_and_misplaced(extraction: Extraction, tmp_path: Path) -> None:
    wider = {**COUNT, "raw": "职工66名", "start": COUNT["start"] - 2}
    score = _score(extraction, tmp_path, AMOUNT, wider, OPTIONAL, RANGE)
    assert _counts(score) == (3, 2, 0, 1)
    assert [score.precision, score.recall] == pytest.approx([2 / 3, 2 / 3])


@pytest.mark.parametrize(
    ("gold", "field"),
    [
        ({**COUNT, "kind": "measure"}, "kind"),
        ({**COUNT, "value": "67"}, "value"),
        ({**COUNT, "unit": "人"}, "unit"),
        ({**COUNT, "approx": "about"}, "approx"),
        ({**COUNT, "role": "target"}, "role"),
        ({**COUNT, "subject": "残疾儿童"}, "subject"),
        ({**RANGE, "low": "4.4"}, "low"),
        ({**RANGE, "high": "5.5"}, "high"),
    ],
)
def test_what_differs_is_named(extraction: Extraction, tmp_path: Path, gold: Any, field: str) -> None:
    others = [one for one in (AMOUNT, COUNT, OPTIONAL, RANGE) if one["start"] != gold["start"]]
    score = _score(extraction, tmp_path, *others, gold)
    assert score.found == 3
    mine = [one for one in score.differences if one.start == gold["start"]]
    assert [one.field for one in mine] == [field]


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        ("走访慰问的困难职工", "困难职工", True),
        ("劳动模范和先进工作者", "先进工作者", True),
        ("助学金发放", "发放补助", True),  # the last two words
        ("困难职工", "社区", False),
        ("人", "参加人", True),
        ("人", "", False),
    ],
)
def test_subjects_are_compared_by_their_head(
    extraction: Extraction, tmp_path: Path, gold: str, found: str, same: bool
) -> None:
    figures = tuple(replace(figure, subject=found) for figure in extraction.figures)
    score = _score(replace(extraction, figures=figures), tmp_path, {**COUNT, "subject": gold})
    assert score.wrong("subject") == (not same)


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [("budget", "total", True), ("total", "budget", True), (None, "spent", True), ("budget", "spent", False)],
)
def test_roles_of_which_either_is_right(
    extraction: Extraction, tmp_path: Path, gold: str | None, found: Any, same: bool
) -> None:
    figures = tuple(replace(figure, role=found) for figure in extraction.figures)
    score = _score(replace(extraction, figures=figures), tmp_path, {**AMOUNT, "role": gold})
    assert score.wrong("role") == (not same)


CLAIM = "慰问困难职工66名"


@pytest.fixture
def claimed(extraction: Extraction) -> Extraction:
    """With one claim: what was reached, and no target."""
    start = TEXT.index(CLAIM)
    claim = Claim("", "", start, start + len(CLAIM), CLAIM, "慰问困难职工", actual="66名")
    return replace(extraction, claims=(claim,))


def _claim(before: int = 0, **changes: Any) -> dict[str, Any]:
    """The gold of that claim, begun so many characters earlier."""
    start, end = TEXT.index(CLAIM) - before, TEXT.index(CLAIM) + len(CLAIM)
    plain = {"start": start, "end": end, "raw": TEXT[start:end], "target": None, "actual": "66名", "optional": False}
    return {**plain, **changes}


@pytest.mark.parametrize(("before", "found"), [(0, 1), (len(CLAIM), 1), (len(CLAIM) + 1, 0)])
def test_claims_are_matched_by_half_their_span(claimed: Extraction, tmp_path: Path, before: int, found: int) -> None:
    assert _score(claimed, tmp_path, _claim(before), sort="claims").found == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, 1),
        ({"actual": "职工66名"}, 1),
        ({"target": "66名", "actual": None}, 0),
        ({"target": "66名"}, 0),
        ({"actual": "67名"}, 0),
    ],
)
def test_claims_need_target_and_actual_on_their_sides(
    claimed: Extraction, tmp_path: Path, changes: Any, found: int
) -> None:
    score = _score(claimed, tmp_path, _claim(**changes), sort="claims")
    assert (score.found, score.wrong("side")) == (found, 1 - found)


def test_optional_claims_are_not_required(claimed: Extraction, tmp_path: Path) -> None:
    score = _score(claimed, tmp_path, _claim(optional=True), sort="claims")
    assert _counts(score) == (0, 0, 0, 0)


def test_sections(extraction: Extraction, tmp_path: Path) -> None:
    gold = [
        {"start": one.start, "end": one.end, "level": one.level, "number": one.number, "title": one.title}
        for one in extraction.headings
    ]
    assert len(gold) > 1
    assert _score(extraction, tmp_path, *gold, sort="sections").f1 == 1
    other = {**gold[-1], "level": 4}
    score = _score(extraction, tmp_path, *gold[:-1], other, sort="sections")
    assert (score.found, score.wrong("level")) == (len(gold) - 1, 1)
    assert _score(extraction, tmp_path, *gold[:-1], sort="sections").false == 1


def test_several_documents_add_up(extraction: Extraction, tmp_path: Path) -> None:
    scores = [_score(extraction, tmp_path, AMOUNT, COUNT, OPTIONAL, RANGE), _score(extraction, tmp_path, AMOUNT)]
    total = added("figures", scores)
    assert _counts(total) == tuple(map(sum, zip(*map(_counts, scores), strict=True)))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "不是 JSON"),
        ("[]", "应是一个 JSON 对象"),
        (json.dumps({**COUNT, "start": "3"}), "start 的值不对"),
        (json.dumps({**COUNT, "start": True}), "start 的值不对"),
        (json.dumps({name: value for name, value in COUNT.items() if name != "unit"}), "缺少 unit"),
        (json.dumps({**COUNT, "value": "六十"}), "value 不是数"),
    ],
)
def test_malformed_gold_names_file_and_line(tmp_path: Path, jihe: Jihe, line: str, why: str) -> None:
    path = tmp_path / "报告.figures.jsonl"
    path.write_text(f"{json.dumps(AMOUNT, ensure_ascii=False)}\n\n{line}\n", encoding="utf-8")
    path.with_name("报告.txt").write_text(TEXT, encoding="utf-8")
    with pytest.raises(DataError, match=f"报告.figures.jsonl，第 3 行：{why}"):
        read_gold(path)
    result = jihe("eval", path)
    assert result.code == 2
    assert "第 3 行" in result.err


def test_gold_of_another_text_is_refused(extraction: Extraction, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="不是 '66名'"):
        _score(extraction, tmp_path, {**COUNT, "start": 0})


def test_names_of_gold(tmp_path: Path) -> None:
    gold = _gold(tmp_path, [], "claims")
    _gold(tmp_path, [], "figures")
    (tmp_path / "报告.records.jsonl").touch()
    assert [path.name for path in gold_files(tmp_path)] == ["报告.claims.jsonl", "报告.figures.jsonl"]
    assert sort_of(gold) == "claims"
    with pytest.raises(DataError, match="名字"):
        sort_of(tmp_path / "报告.records.jsonl")
    with pytest.raises(DataError, match="里没有 报告"):
        document_of(gold, tmp_path)
    (tmp_path / "报告.docx").touch()
    assert document_of(gold, tmp_path).name == "报告.docx"


def test_command_prints_misses_and_differences(tmp_path: Path, jihe: Jihe) -> None:
    (tmp_path / "报告.txt").write_text(TEXT, encoding="utf-8")
    missed = _figure("概况", value="1", unit="个", subject="")
    gold = _gold(tmp_path, [AMOUNT, {**COUNT, "value": "67"}, OPTIONAL, RANGE, missed])
    result = jihe("eval", gold)
    assert result.code == 0
    for line in ("数值 .* 66名 +67 +66", "漏 .* 概况", "数据 +4 +3 +1 +0 +0 +100.0% +75.0% +85.7% +数值 1"):
        assert any(re.search(line, printed) for printed in result.out.splitlines()), line
    assert jihe("eval", gold, "--min-f1", "0.8").code == 0
    assert jihe("eval", gold, "--min-f1", "0.9").code == 1
    totals = json.loads(jihe("eval", tmp_path, "--format", "json").out)["totals"]
    assert [(one["sort"], one["firm"], one["found"], one["f1"]) for one in totals] == [("figures", 4, 3, 0.8571)]


def test_command_wants_gold(tmp_path: Path, jihe: Jihe) -> None:
    assert jihe("eval", tmp_path).code == 2


def test_samples(jihe: Jihe, archive: Path) -> None:
    truth = archive.parent / "truth" / "figures"
    result = jihe("eval", truth, "--documents", archive, "--format", "json", "--min-f1", "0.97")
    assert result.code == 0, result.out[:600]
    report = json.loads(result.out)
    assert len(report["files"]) == len(list(truth.rglob("*.jsonl")))
    assert report["totals"][0]["firm"] > 300
