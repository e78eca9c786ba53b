"""Interval arithmetic: what printed numbers stand for, and what can be said of two of them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit import interval
from pipelines.audit.interval import Interval, judge, meets, point, printed
from schemas.figure import Approx, Figure, Kind

values = st.decimals(min_value="0.001", max_value="99999", places=6)
places = st.integers(min_value=0, max_value=4)


def rounded(value: Decimal, digits: int) -> Interval:
    step = Decimal(1).scaleb(-digits)
    return printed(value.quantize(step, ROUND_HALF_UP), step)


def figure(
    value: str,
    step: str,
    kind: Kind = "amount",
    approx: Approx | None = None,
    bounds: tuple[str | None, str | None] = (None, None),
) -> Figure:
    low, high = (None if bound is None else Decimal(bound) for bound in bounds)
    return Figure("d", "s", 0, 1, value, kind, Decimal(value), "", low, high, Decimal(step), approx, "t")


@given(st.lists(st.tuples(values, places), min_size=2, max_size=12), places)
def test_a_true_sum_is_never_broken(parts: list[tuple[Decimal, int]], digits: int) -> None:
    total = sum((value for value, _ in parts), Decimal(0))
    recomputed = interval.add(rounded(value, places) for value, places in parts)
    assert judge(recomputed, rounded(total, digits)).verdict in {"holds", "tail"}


@given(values, values, places, places, places)
def test_a_true_rate_is_never_broken(part: Decimal, base: Decimal, a: int, b: int, digits: int) -> None:
    rate = 100 * Fraction(part) / Fraction(base)
    step = Fraction(1, 10**digits)
    recomputed = interval.scale(interval.divide(rounded(part, a), rounded(base, b)), 100)
    stated = printed(interval.round_half_up(rate, step), step)
    assert judge(recomputed, stated).verdict in {"holds", "tail"}


@given(st.integers(1, 500), st.integers(1, 500), places)
def test_a_true_rate_of_counts_holds(part: int, whole: int, digits: int) -> None:
    step = Fraction(1, 10**digits)
    stated = printed(interval.round_half_up(Fraction(100 * part, whole), step), step)
    assert judge(interval.scale(interval.divide(point(part), point(whole)), 100), stated).verdict == "holds"


@given(st.lists(st.integers(100, 99999), min_size=2, max_size=8), st.integers(0, 7), st.integers(0, 3))
def test_transposed_digits_in_a_part_are_caught(cents: list[int], which: int, at: int) -> None:
    which %= len(cents)
    digits = list(str(cents[which]))
    at %= len(digits) - 1
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    swapped = int("".join(digits))
    step = Fraction(1, 100)
    parts = [printed(Fraction(c, 100), step) for c in [*cents[:which], swapped, *cents[which + 1 :]]]
    judgement = judge(interval.add(parts), printed(Fraction(sum(cents), 100), step))
    # a swap changes the sum by a multiple of 9 units of the last place, eight parts blur it by 4.5
    assert (judgement.verdict == "broken") == (swapped != cents[which])
    assert judgement.cause == ""


@given(st.tuples(values, places), st.tuples(values, places), st.sampled_from("+-*/"))
def test_a_result_contains_the_true_value(left: tuple[Decimal, int], right: tuple[Decimal, int], sign: str) -> None:
    x, y = Fraction(left[0]), Fraction(right[0])
    # a rounded number may be a half step away from the true one, so the closed interval holds it
    one, other = (Interval(i.low, i.high, value=i.value, step=i.step) for i in (rounded(*left), rounded(*right)))
    operation = {
        "+": lambda: interval.add((one, other)),
        "-": lambda: interval.subtract(one, other),
        "*": lambda: interval.multiply(one, other),
        "/": lambda: interval.divide(one, other),
    }
    truth = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y}
    assert interval.contains(operation[sign](), truth[sign]())


@given(values, values)
def test_meeting_is_symmetric(x: Decimal, y: Decimal) -> None:
    assert meets(rounded(x, 1), rounded(y, 0)) == meets(rounded(y, 0), rounded(x, 1))
    assert interval.gap(rounded(x, 1), rounded(y, 0)) == interval.gap(rounded(y, 0), rounded(x, 1))


def test_ends_of_a_printed_amount_are_open() -> None:
    amount = interval.of(figure("101.83", "0.01", bounds=("101.825", "101.835")))
    assert not interval.contains(amount, Decimal("101.835"))
    assert interval.contains(amount, Decimal("101.8349"))


def test_a_count_is_a_point() -> None:
    assert interval.of(figure("66", "1", "count", bounds=("66", "66"))).low == 66
    assert judge(point(66), interval.of(figure("67", "1", "count", bounds=("67", "67")))).cause == "last_digit"
    assert judge(point(66), interval.of(figure("68", "1", "count", bounds=("68", "68")))).cause == ""


def test_modifiers_open_one_end() -> None:
    over = interval.of(figure("15000", "1000", "count", "over", ("15000", None)))
    assert meets(over, point(99999))
    assert not meets(over, point(14999))
    nearly = interval.of(figure("50000", "10000", "count", "nearly", (None, "50000")))
    assert not meets(nearly, point(50001))


def test_about_is_advice() -> None:
    about = interval.of(figure("13459", "1", "measure", "about"))
    assert judge(printed(13369, 1), about) == interval.Judgement("broken", "about")
    assert judge(printed(118, 1), interval.of(figure("120", "1", "measure", "about"))).verdict == "holds"


def test_the_finer_rounds_to_the_coarser() -> None:
    assert (
        judge(printed(Decimal("101.833"), Decimal("0.001")), printed(Decimal("101.83"), Decimal("0.01"))).verdict
        == "holds"
    )
    assert (
        judge(printed(Decimal("0.125"), Decimal("0.001")), printed(Decimal("0.13"), Decimal("0.01"))).verdict == "holds"
    )
    assert (
        judge(printed(Decimal("0.125"), Decimal("0.001")), printed(Decimal("0.12"), Decimal("0.01"))).verdict == "tail"
    )


def test_a_last_digit_is_no_more_than_a_unit_beyond_meeting() -> None:
    rate = interval.scale(
        interval.divide(printed(Decimal("9746.50"), Decimal("0.01")), printed(Decimal("10210.34"), Decimal("0.01"))),
        100,
    )
    assert judge(rate, printed(Decimal("95.45"), Decimal("0.01"))) == interval.Judgement("broken", "last_digit")
    assert judge(rate, printed(Decimal("95.43"), Decimal("0.01"))) == interval.Judgement("broken", "")


def test_whole_amounts_a_unit_apart_are_worth_a_look() -> None:
    parts = interval.add(printed(n, 1) for n in (8, 12, 31))
    assert judge(parts, printed(50, 1), whole=True) == interval.Judgement("tail", "whole_amount")
    assert judge(parts, printed(50, 1)).cause == ""
    assert judge(interval.add(printed(n, 1) for n in (8, 12, 30)), printed(50, 1), whole=True).verdict == "holds"


def test_division_by_what_may_be_nothing_says_nothing() -> None:
    unknown = interval.divide(point(1), printed(0, Decimal("0.01")))
    assert (unknown.low, unknown.high) == (None, None)
    assert interval.divide(point(1), interval.of(figure("5", "1", "count", "over", ("5", None)))).low == 0


def test_products_keep_their_signs() -> None:
    product = interval.multiply(printed(-2, 2), printed(3, 2))
    assert (product.low, product.high, product.low_closed) == (Fraction(-12), Fraction(-2), False)
    assert interval.multiply(point(0), printed(3, 2)) == Interval(Fraction(0), Fraction(0), value=Fraction(0))
    assert interval.multiply(Interval(None, None), point(2)).low is None


def test_ends_are_rounded_outwards() -> None:
    third = interval.divide(point(1), point(3))
    low, high = interval.decimals(third)
    assert (low, high) == (Decimal("0.33333333"), Decimal("0.33333334"))
    assert interval.decimals(Interval(None, Fraction(1200))) == (None, Decimal(1200))
