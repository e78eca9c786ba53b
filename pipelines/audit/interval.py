"""Exact interval arithmetic over what printed figures stand for, and the verdict on two of them.

A printed 101.83万元 stands for the open interval (101.825, 101.835); a count or a score is a point; 余 and 近 leave one
end open. Ends are fractions, so that a quotient is as exact as a sum.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

from extract.quantities import plain
from schemas.figure import Figure
from schemas.relation import RelationVerdict

Number = Fraction | Decimal | int
#: Decimal places of a recomputed end; ends are rounded outwards to them.
PLACES = Decimal(1).scaleb(-8)
#: 万元 and 元 are so many powers of ten apart.
UNIT_POWER = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """A set of real numbers between two ends (None: no end), each of which may belong to it or not.

    `value` is the number as printed, or computed from printed numbers; None for a range. `step` is one unit of the
    last printed place, 0 for a result that was never printed. `about` marks an interval that is a guess (约).
    """

    low: Fraction | None
    high: Fraction | None
    low_closed: bool = True
    high_closed: bool = True
    value: Fraction | None = None
    step: Fraction = Fraction(0)
    about: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a relation: `cause` is "last_digit", "whole_amount", "about" or ""; `reason` says why not."""

    verdict: RelationVerdict
    cause: str = ""
    reason: str = ""


def point(number: Number) -> Interval:
    """The set of one number."""
    exact = Fraction(number)
    return Interval(exact, exact, value=exact)


def printed(value: Number, step: Number) -> Interval:
    """What a number rounded to `step` stands for: ± half a step, without the ends."""
    middle, half = Fraction(value), Fraction(step) / 2
    return Interval(middle - half, middle + half, low_closed=False, high_closed=False, value=middle, step=half * 2)


def of(figure: Figure) -> Interval:
    """What a figure stands for, in its canonical unit."""
    value = None if figure.value is None else Fraction(figure.value)
    step = Fraction(figure.step)
    if figure.approx == "about" and figure.value is not None:
        return _guess(figure.value, step)
    low = None if figure.low is None else Fraction(figure.low)
    high = None if figure.high is None else Fraction(figure.high)
    closed = figure.approx is not None or low == high
    return Interval(low, high, low_closed=closed, high_closed=closed, value=value, step=step)


def _guess(value: Decimal, step: Fraction) -> Interval:
    # 约120 says less than 120: it is good to one unit of the last digit that is not 0
    exponent = value.normalize().as_tuple().exponent
    unit = max(step, Fraction(Decimal(1).scaleb(exponent)) if isinstance(exponent, int) else step)
    middle = Fraction(value)
    return Interval(middle - unit, middle + unit, value=middle, step=unit, about=True)


def add(terms: Iterable[Interval]) -> Interval:
    """The sum. Its step is the coarsest of its terms: the sum can't be finer than that."""
    total = point(0)
    for term in terms:
        total = Interval(
            None if total.low is None or term.low is None else total.low + term.low,
            None if total.high is None or term.high is None else total.high + term.high,
            low_closed=total.low_closed and term.low_closed,
            high_closed=total.high_closed and term.high_closed,
            value=None if total.value is None or term.value is None else total.value + term.value,
            step=max(total.step, term.step),
            about=total.about or term.about,
        )
    return total


def negate(term: Interval) -> Interval:
    """The interval mirrored at zero."""
    return replace(
        term,
        low=None if term.high is None else -term.high,
        high=None if term.low is None else -term.low,
        low_closed=term.high_closed,
        high_closed=term.low_closed,
        value=None if term.value is None else -term.value,
    )


def subtract(left: Interval, right: Interval) -> Interval:
    """The difference."""
    return add((left, negate(right)))


def scale(term: Interval, factor: Number) -> Interval:
    """The interval times an exact number."""
    result = multiply(term, point(factor))
    return replace(result, step=term.step * abs(Fraction(factor)))


def multiply(left: Interval, right: Interval) -> Interval:
    """The product; without ends where an end is open and signs are mixed. It has no step."""
    value = None if left.value is None or right.value is None else left.value * right.value
    about = left.about or right.about
    ends = [
        _corner(*one, *other)
        for one in ((left.low, left.low_closed), (left.high, left.high_closed))
        for other in ((right.low, right.low_closed), (right.high, right.high_closed))
    ]
    if all(end is not None for end, _ in ends):
        finite = [(end, closed) for end, closed in ends if end is not None]
        low, high = min(end for end, _ in finite), max(end for end, _ in finite)
        return Interval(low, high, (low, True) in finite, (high, True) in finite, value, about=about)
    if left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0:
        low_end, closed = ends[0]
        return Interval(low_end, None, low_closed=closed, value=value, about=about)
    return Interval(None, None, value=value, about=about)


def _corner(
    one: Fraction | None, one_closed: bool, other: Fraction | None, other_closed: bool
) -> tuple[Fraction | None, bool]:
    if one is None or other is None:
        return None, False
    closed = (one_closed and other_closed) or (one == 0 and one_closed) or (other == 0 and other_closed)
    return one * other, closed


def divide(left: Interval, right: Interval) -> Interval:
    """The quotient; without ends if the divisor may be zero."""
    value = None if left.value is None or not right.value else left.value / right.value
    if contains(replace(right, low_closed=True, high_closed=True), 0):
        return Interval(None, None, value=value, about=left.about or right.about)
    return replace(multiply(left, _reciprocal(right)), value=value)


def _reciprocal(term: Interval) -> Interval:
    return Interval(
        Fraction(0) if term.high is None else 1 / term.high,
        Fraction(0) if term.low is None else 1 / term.low,
        low_closed=term.high is not None and term.high_closed,
        high_closed=term.low is not None and term.low_closed,
        about=term.about,
    )


def contains(term: Interval, number: Number) -> bool:
    """Whether the number belongs to the interval."""
    return meets(term, point(number))


def meets(left: Interval, right: Interval) -> bool:
    """Whether the two have a number in common."""
    return _reaches(left, right) and _reaches(right, left)


def _reaches(left: Interval, right: Interval) -> bool:
    """Whether `left` begins no later than `right` ends."""
    if left.low is None or right.high is None:
        return True
    return left.low < right.high or (left.low == right.high and left.low_closed and right.high_closed)


def gap(left: Interval, right: Interval) -> Fraction:
    """The distance between two intervals, 0 where they touch or meet."""
    ends = ((left.low, right.high), (right.low, left.high))
    return max([Fraction(0), *(low - high for low, high in ends if low is not None and high is not None)])


def agree(left: Interval, right: Interval) -> bool:
    """Whether the values are equal, or the more precise one rounds (四舍五入) to the coarser one."""
    if left.value is None or right.value is None:
        return False
    coarse = max(left.step, right.step)
    return left.value == right.value or (
        coarse > 0 and round_half_up(left.value, coarse) == round_half_up(right.value, coarse)
    )


def round_half_up(value: Fraction, step: Fraction) -> Fraction:
    """The multiple of `step` nearest to `value`, halves away from zero."""
    steps = (2 * abs(value) + step) // (2 * step)
    return steps * step if value >= 0 else -steps * step


def judge(recomputed: Interval, stated: Interval, *, whole: bool = False) -> Judgement:
    """Whether a recomputed and a stated quantity hold together.

    `whole` tells that all figures are amounts printed without decimals (8万、50万): a difference of a unit is then a
    tail by arithmetic, and worth a look all the same.
    """
    if agree(recomputed, stated):
        return Judgement("holds")
    if not meets(recomputed, stated):
        if recomputed.about or stated.about:
            return Judgement("broken", "about")
        return Judgement("broken", "last_digit" if gap(recomputed, stated) <= stated.step else "")
    apart = difference(recomputed, stated)
    return Judgement("tail", "whole_amount" if whole and apart is not None and apart >= stated.step else "")


def difference(left: Interval, right: Interval) -> Fraction | None:
    """How far the two values are apart; None if one of them is a range."""
    return None if left.value is None or right.value is None else abs(left.value - right.value)


def is_whole(figure: Figure) -> bool:
    """Whether this is an amount of 1万元 or more printed without decimals (50万元)."""
    return figure.kind == "amount" and figure.approx is None and figure.step >= 1 and "." not in figure.text


def slips(recomputed: Interval, stated: Interval) -> Iterator[str]:
    """The one power of ten that the stated quantity is off by, in words, if there is one: 元 printed for 万元."""
    for power in (4, -4, 8, -8, 1, -1, 2, -2, 3, -3):
        if meets(scale(stated, Fraction(10) ** power), recomputed):
            yield f"相差10的{abs(power)}次方倍" + ("，可能是元与万元之误" if abs(power) == UNIT_POWER else "")
            return


def decimals(term: Interval) -> tuple[Decimal | None, Decimal | None]:
    """The ends as decimals, rounded outwards."""
    return decimal(term.low, ROUND_FLOOR), decimal(term.high, ROUND_CEILING)


def decimal(number: Fraction | None, rounding: str = ROUND_HALF_EVEN) -> Decimal | None:
    """A fraction as a decimal of at most 8 places."""
    if number is None:
        return None
    with localcontext(prec=60) as context:
        context.rounding = rounding
        return plain((Decimal(number.numerator) / Decimal(number.denominator)).quantize(PLACES))
