"""Figures of whole texts through the real extraction: exactly those listed, each with value, unit and modifier."""

import tomllib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.pipeline import extract
from schemas.extraction import Extraction
from schemas.figure import Figure

CASES = tomllib.loads((Path(__file__).parent / "corpus" / "figures.toml").read_text(encoding="utf-8"))["case"]


def _extract(text: str) -> Extraction:
    extraction = extract(text.encode(), "案例.txt")
    assert isinstance(extraction, Extraction)
    return extraction


def _row(figure: Figure) -> list[str]:
    row = [figure.text, figure.kind, "" if figure.value is None else str(figure.value), figure.unit]
    if figure.approx:
        row.append(figure.approx)
    if figure.approx == "range":
        row += [str(figure.low), str(figure.high)]
    return row


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_corpus(case: dict[str, Any]) -> None:
    extraction = _extract(case["text"])
    assert [_row(figure) for figure in extraction.figures] == case["figures"]
    assert [item.text for item in extraction.unexplained] == case.get("unexplained", [])


PIECES = st.sampled_from(
    (Path(__file__).parent / "corpus" / "pieces.txt").read_text(encoding="utf-8").split("|"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=40).map("".join).filter(lambda text: bool(text.strip())))
def test_every_numeral_is_accounted_for_and_spans_are_exact(text: str) -> None:
    extraction = _extract(text)
    spans = sorted(
        [(f.start, f.end) for f in extraction.figures]
        + [(m.start, m.end) for m in extraction.mentions]
        + [(u.start, u.end) for u in extraction.unexplained]
    )
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for figure in extraction.figures:
        assert extraction.document.text[figure.start : figure.end] == figure.text
        assert figure.low is None or figure.high is None or figure.low <= figure.high
        if figure.value is not None and figure.approx is None:
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low <= figure.value <= figure.high
    assert len(extraction.unexplained) <= extraction.numerals


def test_the_same_bytes_give_the_same_records() -> None:
    data = "专项资金共计80.5万元，其中培训费30.2万元、宣传费50.3万元，培训120人次。".encode()
    assert extract(data, "甲.txt") == extract(data, "甲.txt")


def test_interval_of_a_printed_amount_is_half_a_place_and_a_count_is_a_point() -> None:
    amount, count = _extract("经费101.83万元，慰问120户。").figures
    assert (amount.low, amount.high, amount.step) == (Decimal("101.825"), Decimal("101.835"), Decimal("0.01"))
    assert (count.low, count.high) == (Decimal(120), Decimal(120))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("到账HK$500万。", "5000000", "HKD"),
        ("到账US$500。", "500", "USD"),
        ("到账$500。", "500", "USD"),
        ("到账RMB￥500.00。", "0.05", "万元"),
    ],
)
def test_a_dollar_is_of_the_country_before_it(text: str, value: str, unit: str) -> None:
    (figure,) = _extract(text).figures
    assert (figure.value, figure.unit) == (Decimal(value), unit)


def test_the_end_of_a_range_does_not_lend_its_fraction() -> None:
    (figure,) = _extract("收费2—3元5角。").figures
    assert (figure.low, figure.high) == (Decimal("0.0002"), Decimal("0.00035"))


@pytest.mark.parametrize("text", ["支出1.0E+05元。", "支出1.05e5元。"])
def test_scientific_notation_is_listed_and_not_read_by_half(text: str) -> None:
    assert _extract(text).figures == ()
