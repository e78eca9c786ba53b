"""True figures, printed with any number of decimals, never alarm; one transposed digit in a part always does."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.audit import audit, interval
from schemas.extraction import Extraction
from schemas.finding import Finding

Read = Callable[[str], Extraction]
values = st.decimals(min_value="1", max_value="9999", places=6)
places = st.integers(min_value=0, max_value=4)
few = settings(max_examples=40, deadline=None)


def show(value: Decimal | Fraction, digits: int) -> str:
    exact = interval.decimal(Fraction(value)) or Decimal(0)
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)}"


def grave(extraction: Extraction) -> list[Finding]:
    return [finding for finding in audit(extraction)[1] if finding.severity in {"error", "warn"}]


@few
@given(parts=st.lists(st.tuples(values, places), min_size=3, max_size=3), digits=places)
def test_true_sums_are_silent(read: Read, parts: list[tuple[Decimal, int]], digits: int) -> None:
    a, b, c = (show(*part) for part in parts)
    total = show(sum((value for value, _ in parts), Decimal(0)), digits)
    text = f"安排资金共计{total}万元，其中场地费{a}万元、资料费{b}万元、设备费{c}万元。"
    assert grave(read(text)) == []


@few
@given(cents=st.lists(st.integers(1000, 99999), min_size=3, max_size=3), which=st.integers(0, 2), at=st.integers(0, 1))
def test_a_transposed_part_is_an_error(read: Read, cents: list[int], which: int, at: int) -> None:
    digits = list(str(cents[which]))
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    printed = [*cents]
    printed[which] = int("".join(digits))
    assume(printed[which] != cents[which])
    total, a, b, c = (show(Fraction(n, 100), 2) for n in (sum(cents), *printed))
    text = f"安排资金共计{total}万元，其中场地费{a}万元、资料费{b}万元、设备费{c}万元。"
    assert [(finding.check, finding.severity) for finding in grave(read(text))] == [("A01", "error")]


@few
@given(spent=values, budget=values, a=places, b=places, digits=places)
def test_true_rates_are_silent(read: Read, spent: Decimal, budget: Decimal, a: int, b: int, digits: int) -> None:
    rate = show(100 * Fraction(spent) / Fraction(budget), digits)
    text = f"年初预算为{show(budget, a)}万元，支出决算为{show(spent, b)}万元，完成年初预算的{rate}%。"
    assert grave(read(text)) == []


@few
@given(current=values, prior=values, places=st.tuples(places, places, places))
def test_true_changes_are_silent(read: Read, current: Decimal, prior: Decimal, places: tuple[int, int, int]) -> None:
    assume(current != prior)
    verb, again = ("增加", "增长") if current > prior else ("减少", "下降")
    change, a, b = abs(current - prior), places[0], places[1]
    rate = show(100 * Fraction(change) / Fraction(prior), places[2])
    text = f"会议费支出{show(current, a)}万元，比上年{verb}{show(change, b)}万元，{again}{rate}%。"
    assert grave(read(text)) == []
    text = f"2022年支出{show(prior, a)}万元，2023年支出{show(current, b)}万元，比2022年{again}{rate}%。"
    assert grave(read(text)) == []


@few
@given(value=values, a=places, b=places)
def test_one_number_in_two_precisions_is_silent(read: Read, value: Decimal, a: int, b: int) -> None:
    text = f"概述：送温暖经费{show(value, a)}万元。\n项目：送温暖经费{show(value, b)}万元。"
    assert grave(read(text)) == []
