"""What a check is, and what it hands over: a relation that it found and judged, and the words to speak of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from pipelines.audit import interval
from pipelines.audit.context import Context
from pipelines.audit.interval import Interval, Judgement
from schemas.claim import Span
from schemas.figure import Figure
from schemas.finding import Severity
from schemas.relation import Operand, RelationKind


@dataclass(frozen=True, slots=True)
class Found:
    """A relation as a check found it.

    `says` puts the two sides beside each other, without a full stop ("共计120.50万元，分项相加为129.5万元"); the
    report ends the sentence. `severity` overrides the check's own where a break would be weaker than usual.
    `subject` names the thing in words that survive a change of its values; it goes into the fingerprint.
    `plain` tells that `says` is a whole statement and no pair of sides that exclude each other.
    `consequence` tells that another finding names the one cause of this break, which is then no finding of its own.
    """

    kind: RelationKind
    operands: tuple[Operand, ...]
    judgement: Judgement
    says: str
    formula: str
    substituted: str = ""
    recomputed: Interval | None = None
    stated: str = ""
    severity: Severity | None = None
    difference: Decimal | None = None
    alternatives: tuple[str, ...] = ()
    subject: str = ""
    plain: bool = False
    consequence: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called, how grave a break is, what it rests on, and the function that finds relations."""

    id: str
    title: str
    severity: Severity
    basis: str
    find: Callable[[Context], Iterator[Found]]

    @property
    def family(self) -> str:
        """The letter of the family, which is one module."""
        return self.id[0]


def both(*finds: Callable[[Context], Iterator[Found]]) -> Callable[[Context], Iterator[Found]]:
    """One check that looks in several places: in the text and in tables."""
    return lambda context: chain.from_iterable(find(context) for find in finds)


def operand(part: str, figure: Figure) -> Operand:
    """A figure in the part that it plays."""
    return Operand(part, (figure.start, figure.end), figure.text)


def words(context: Context, part: str, span: Span) -> Operand:
    """A stretch of text (a heading, a grade word) in the part that it plays."""
    return Operand(part, span, context.text[slice(*span)])


def show(number: Fraction | Decimal | None, unit: str = "", places: int | None = None) -> str:
    """A number for people: 129.5万元; with `places`, rounded to so many decimals."""
    if number is None:
        return "—"
    exact = interval.decimal(Fraction(number)) or Decimal(0)
    return f"{exact:f}{unit}" if places is None else f"{exact:.{places}f}{unit}"


def value(figure: Figure) -> str:
    """The value of a figure with the decimals that are printed: 120.50."""
    if figure.value is None:
        return figure.text
    exponent = figure.step.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{figure.value:.{places}f}"
