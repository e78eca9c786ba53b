"""F01: the same digits once in 元 and once in 万元."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from schemas.figure import Figure

#: Fewer digits may be the same by chance.
DIGITS_MIN = 4
#: 元 and 万元, 万元 and 亿元, 元 and 亿元.
POWERS = frozenset({4, 8})


def find(context: Context) -> Iterator[Found]:
    """Every pair of amounts of the running text that print one number in two units."""
    alike: dict[Decimal, list[Figure]] = defaultdict(list)
    for figure in context.figures:
        if (number := _printed(figure)) is not None:
            alike[number].append(figure)
    for figures in alike.values():
        by_value = {figure.value: figure for figure in reversed(figures)}
        if len(by_value) == 2:
            one, other = sorted(by_value.values(), key=lambda figure: figure.start)
            if _power(one, other) in POWERS:
                yield _found(one, other)


def _printed(figure: Figure) -> Decimal | None:
    """The number as it is printed: 35.86 of 35.86万元; None if it is too short or no plain amount."""
    if figure.kind != "amount" or not figure.value or figure.approx or figure.per or figure.role == "standard":
        return None
    digits = figure.value.normalize().as_tuple().digits
    if figure.unit != "万元" or len(digits) < DIGITS_MIN:
        return None
    return figure.value / _unit(figure)


def _unit(figure: Figure) -> Decimal:
    """The printed unit in 万元."""
    return Decimal(1).scaleb(4) if "亿" in figure.text else Decimal(1) if "万" in figure.text else Decimal(1).scaleb(-4)


def _power(one: Figure, other: Figure) -> int:
    return abs(_unit(one).adjusted() - _unit(other).adjusted())


def _found(one: Figure, other: Figure) -> Found:
    return Found(
        kind="equality",
        operands=(operand("前文", one), operand("后文", other)),
        judgement=Judgement("broken"),
        says=f"前文{one.text}与后文{other.text}数字相同而单位不同",
        formula="同一个数两处单位一致",
        substituted=f"{one.text} ≠ {other.text}",
        recomputed=interval.of(one),
        stated=other.text,
    )
