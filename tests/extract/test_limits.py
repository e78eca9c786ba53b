"""Input that no report should hold, and some do: numbers beyond all measure, endless runs, tables of many rows."""

from decimal import Decimal
from itertools import pairwise
from time import process_time

import pytest

from extract.numerals import read, scan
from extract.pipeline import extract
from pipelines.audit import audit
from schemas.extraction import Extraction


def _extracted(text: str) -> Extraction:
    found = extract(text.encode(), "自评报告.txt")
    assert isinstance(found, Extraction)
    return found


@pytest.mark.parametrize(
    "run",
    ["1" + "0" * 40, "9" * 30, "百千万亿" * 500, "万" * 3000, "一亿亿亿亿", "0.01分之1", "三分之" + "9" * 30],
    ids=lambda run: run[:12],
)
def test_a_number_beyond_measure_is_refused_with_a_reason(run: str) -> None:
    numeral = read(run)
    assert numeral.form == "refused"
    assert numeral.value is None
    assert numeral.reason


@pytest.mark.parametrize(
    ("run", "value"),
    [("一万亿", "1e12"), ("9999999999999999", "9999999999999999"), ("95.33333333333333", "95.33333333333333")],
)
def test_large_and_long_numbers_below_that_are_exact(run: str, value: str) -> None:
    assert read(run).value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "支出" + "1" + "0" * 40 + "元，占" + "9" * 50 + "元的5%。",
        "培训1—9999999999999999亿人。",
        "支出9999999999999999亿元整千。",
        "共" + "百千万亿" * 300 + "元。",
        "执行率三分之" + "1" + "0" * 20 + "。",
    ],
)
def test_no_number_stops_a_document(text: str) -> None:
    found = _extracted(text)
    audit(found)
    numerals = list(scan(text))
    assert found.numerals == len(numerals)


def test_a_vague_number_keeps_its_bounds_in_order_behind_a_minus() -> None:
    (figure,) = _extracted("净资产为-上亿元。").figures
    assert (figure.low, figure.high) == (None, Decimal(-10000))


def test_a_word_of_the_dictionary_does_not_reach_into_a_figure() -> None:
    found = _extracted("拨付300万元整千亩林地。")
    spans = sorted(
        [*((one.start, one.end) for one in found.figures), *((one.start, one.end) for one in found.mentions)]
    )
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert [figure.text for figure in found.figures][:1] == ["300万元整"]


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20000,
        "百" * 20000,
        "一、二、" * 5000,
        "\n" * 20000 + "支出3万元。" * 500,
        "a" * 20000 + "支出3万元。",
        "12.\n35万元" * 2000,
        "负责人：" + "张三、" * 5000,
        "".join(f"（{'一二三四五六七八九'[at % 9]}）甲项目{at}\n培训职工{at}人。\n" for at in range(1000)),
        "".join(f"甲{chr(0x4E00 + at)}{chr(0x5E00 + 7 * at)}培训{at}人。" for at in range(1500)),
    ],
    ids=lambda text: text[:8].strip() or "blank",
)
def test_time_grows_with_the_text_and_not_with_its_square(text: str) -> None:
    started = process_time()
    audit(_extracted(text))
    assert process_time() - started < 20  # a second or two; it was minutes
