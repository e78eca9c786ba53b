"""Every check against sentences of our own: those that must be flagged, and their look-alikes that must not."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.audit import CHECKS, audit
from schemas.extraction import Extraction
from schemas.finding import SEVERITIES

FOLDER = Path(__file__).parent / "corpus"


def _cases() -> list[Any]:
    loaded = [(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml"))]
    return [
        pytest.param(corpus["check"], case, id=f"{stem}: {case['name']}")
        for stem, corpus in loaded
        for case in corpus["case"]
    ]


@pytest.mark.parametrize(("check", "case"), _cases())
def test_case(check: str, case: dict[str, str], read: Callable[[str], Extraction]) -> None:
    relations, findings = audit(read(case["text"]))
    mine = [finding for finding in findings if finding.check == check]
    if case["expect"] == "flag":
        assert [finding.severity for finding in mine][:1] == [case.get("severity", mine[0].severity if mine else "")]
    else:
        assert [finding.statement for finding in mine] == []
    if "verdict" in case:
        assert case["verdict"] in {relation.verdict for relation in relations if relation.check == check}
    # a case may speak of its own check alone, but no other check may cry out over it unless the case says so
    if case["expect"] == "silent":
        assert {f.check for f in findings if f.severity in SEVERITIES[:2]} == (
            {case["told_by"]} if "told_by" in case else set()
        )


def test_every_check_has_a_corpus_with_look_alikes() -> None:
    corpora = {
        c["check"]: c["case"] for c in (tomllib.loads(p.read_text(encoding="utf-8")) for p in FOLDER.glob("*.toml"))
    }
    assert set(corpora) == {check.id for check in CHECKS}
    for cases in corpora.values():
        assert sum(case["expect"] == "silent" for case in cases) >= 8
        assert any(case["expect"] == "flag" for case in cases)
