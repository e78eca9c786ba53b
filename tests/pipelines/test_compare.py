"""Comparisons: every stated value stands in its year, and none is made up."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import toy

from pipelines.compare import COLUMNS, ROWS, UNDATED, compare, pivot
from pipelines.store import Entry, SourceRow, Store, Versions, pack, writing
from schemas.record import Record


def record(document: str, concept: str, year: str | None, value: str | None, **more: Any) -> Record:
    number = Decimal(value) if value else None
    found = Record(
        document, "", "甲局", "某市", year, None, None, concept, "count:人", "actual", None, number, "人",
        number, number, None, "2:3",
    )  # fmt: skip
    return replace(found, **more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    documents: dict[str, list[tuple[str, str | None, str | None, dict[str, Any]]]] = {
        "a" * 64: [
            ("在职人数", "2022", "60", {}),
            ("在职人数", "2024", "62", {}),
            ("在职人数", "2024", "62.0", {}),
            ("在职人数", None, "58", {}),
            ("在职人数", "2024", "95", {"unit_name": "乙局", "region": "他市"}),
            ("满意度", "2024", "95", {"dimension": "share", "unit": "%", "approx": "at_least"}),
        ],
        "b" * 64: [
            ("在职人数", "2024", "66", {}),
            ("满意度", "2023", None, {"dimension": "share", "unit": "%", "low": Decimal(90), "high": Decimal(95)}),
        ],
    }
    with writing(tmp_path / "store", Versions("1", "1")) as writer:
        for number, (sha256, rows) in enumerate(documents.items()):
            records = tuple(record(sha256, concept, year, value, **more) for concept, year, value, more in rows)
            found = replace(toy.extraction(sha256, "一二3"), records=records)
            if number:
                found = replace(found, report=replace(found.report, kind="财政评价"))
            sources = [SourceRow(sha256.encode(), f"报告{number}.docx", sha256, None, "", 1)]
            writer.commit(1, [Entry(sha256, "ok", tables=pack(found))], sources)
    with Store(tmp_path / "store") as store:
        yield store


def test_every_record_is_a_row(store: Store) -> None:
    rows = compare(store)
    assert list(rows.columns) == list(COLUMNS)
    assert len(rows) == 8
    first = rows.iloc[0]
    assert (first["concept"], first["unit_name"], first["value"], first["kind"]) == (
        "在职人数", "乙局", Decimal(95), "项目自评",
    )  # fmt: skip
    assert set(rows["place"]) == {"第1页"}
    assert all(isinstance(value, Decimal) for value in rows["value"] if value is not None)


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({"concept": "在职人数"}, 6),
        ({"unit": "乙局"}, 1),
        ({"units": ["甲局", "乙局"]}, 8),
        ({"region": "他市"}, 1),
        ({"years": ["2022", "2023"]}, 2),
        ({"years": []}, 0),
        ({"kind": "财政评价"}, 2),
        ({"role": "budget"}, 0),
        ({"dimension": "share"}, 2),
        ({"project": "某项目"}, 0),
        ({"concept": "满意度", "years": ["2024"]}, 1),
    ],
)
def test_conditions_hold_together(store: Store, conditions: dict[str, Any], count: int) -> None:
    assert len(compare(store, **conditions)) == count


def test_a_pivot_shows_two_values_and_leaves_out_what_is_missing(store: Store) -> None:
    table = pivot(compare(store))
    assert list(table.columns) == [*ROWS, "2022", "2023", "2024", UNDATED]
    rows: dict[Any, Any] = {(row["concept"], row["unit_name"]): row for row in table.to_dict("records")}
    here = rows["在职人数", "甲局"]
    assert here["2022"] == Decimal(60)
    assert here["2023"] is None
    assert here["2024"] == "62；66"
    assert here[UNDATED] == Decimal(58)
    assert rows["在职人数", "乙局"]["2024"] == Decimal(95)


def test_approximate_values_and_ranges_say_so(store: Store) -> None:
    here = pivot(compare(store, concept="满意度")).iloc[0]
    assert (here["2023"], here["2024"]) == ("90～95", "≥95")


def test_nothing_found_is_an_empty_table(store: Store) -> None:
    assert pivot(compare(store, concept="没有")).empty
