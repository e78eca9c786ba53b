"""Numerals: the corpus, round trips of every way to write a number, and totality."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.numerals import read, scan

CORPUS = tomllib.loads((Path(__file__).parent / "corpus" / "numerals.toml").read_text(encoding="utf-8"))["numeral"]
DIGITS = "零一二三四五六七八九"
CAPITALS = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry["run"])
def test_corpus(entry: dict[str, Any]) -> None:
    numeral = read(entry["run"])
    assert numeral.value == _decimal(entry.get("value"))
    assert (numeral.low, numeral.high) == (_decimal(entry.get("low")), _decimal(entry.get("high")))
    assert numeral.approx == entry.get("approx")
    if "step" in entry:
        assert numeral.step == Decimal(entry["step"])
    refused = not {"value", "low"} & entry.keys()
    assert (numeral.form == "refused") == refused
    assert bool(numeral.reason) == refused


def _below_wan(number: int) -> str:
    """A number below 10,000 in Chinese, with 零 for gaps."""
    text, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return text


def _chinese(number: int) -> str:
    text = ""
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section = number // scale % 10**4
        if section:
            text += ("零" if text and section < 1000 else "") + _below_wan(section) + name
    return text or "零"


@given(st.integers(1, 10**12 - 1))
def test_chinese_and_capital_numbers_come_back(number: int) -> None:
    written = _chinese(number)
    assert read(written).value == number
    if number >= 10:  # a lone capital character is a word
        assert [n.value for n in scan(f"人民币{written.translate(CAPITALS)}元")] == [number]


@given(st.integers(10, 19), st.sampled_from(["", "万", "亿"]))
def test_ten_may_drop_its_one(number: int, scale: str) -> None:
    written = _chinese(number)[1:] + scale
    assert read(written).value == number * {"": 1, "万": 10**4, "亿": 10**8}[scale]


@given(st.decimals(0, 10**6, places=4), st.sampled_from(["", "万", "亿", "万亿"]))
def test_arabic_numbers_come_back_however_written(number: Decimal, scale: str) -> None:
    factor = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[scale]
    for written in (f"{number}", f"{number:,}", f"{number}".translate(FULL_WIDTH)):
        numeral = read(written + scale)
        assert numeral.value == number * factor
        assert numeral.step == Decimal("0.0001") * factor


@given(st.text(alphabet="0123456789,.，．万亿千百十零一二三两几余多数上分之点廿壹佰 元第年①", max_size=24))
def test_scanning_is_total_and_spans_slice_the_text(text: str) -> None:
    end = 0
    for numeral in scan(text):
        assert numeral.start >= end
        assert text[numeral.start : numeral.end] == numeral.text
        assert (numeral.value is None) == (numeral.form in ("refused", "enclosed") or numeral.approx == "range")
        end = numeral.end


@given(st.text(alphabet="0123456789,.", min_size=1, max_size=12).filter(lambda text: text[0].isdigit()))
def test_a_run_of_digits_is_read_whole_or_refused(text: str) -> None:
    """No part of a malformed number is ever taken for a number: 6,00.0,88 gives nothing."""
    first = next(scan(text))
    rest = text[first.end :]
    assert first.start == 0
    assert not (rest[:2].strip(",.") and rest[:1] in ",." and rest[1:2].isdigit())
