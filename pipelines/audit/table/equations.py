"""A total and what it is made of, wherever they stand: the form in which sums are found before any is judged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.interval import Interval, Judgement
from schemas.figure import Figure
from schemas.finding import Severity

WORDS = load("audit")["tables"]
RANKS: dict[str, int] = WORDS["totals"]


@dataclass(frozen=True, slots=True)
class Term:
    """A figure of an equation with its row and column in words; `sign` is -1 where it is taken away."""

    figure: Figure
    row: str
    column: str = ""
    sign: int = 1

    @property
    def name(self) -> str:
        """What to call it: 公务接待费（决算数）."""
        return f"{self.row}（{self.column}）" if self.row and self.column else self.row or self.column


@dataclass(frozen=True, slots=True)
class Equation:
    """A total, its parts and where they stand.

    `where` names the table. `doubt` says why it can't be judged; `severity` is a weaker one than the check's own.
    """

    check: str
    where: str
    total: Term
    parts: tuple[Term, ...]
    doubt: str = ""
    severity: Severity | None = None
    formula: str = "Σ分项 = 合计"

    @property
    def terms(self) -> tuple[Term, ...]:
        """Total and parts."""
        return self.total, *self.parts

    @property
    def recomputed(self) -> Interval:
        """The sum of the parts."""
        return interval.add(
            interval.of(one.figure) if one.sign > 0 else interval.negate(interval.of(one.figure)) for one in self.parts
        )

    @property
    def judgement(self) -> Judgement:
        """What arithmetic says of it; refused where it breaks in doubt."""
        whole = all(interval.is_whole(one.figure) for one in self.terms)
        judgement = interval.judge(self.recomputed, interval.of(self.total.figure), whole=whole)
        if self.doubt and (judgement.verdict == "broken" or judgement.cause):
            return Judgement("ambiguous", reason=self.doubt)
        return judgement

    @property
    def is_plainly_broken(self) -> bool:
        """Whether it breaks by more than the last digit, whatever the doubt."""
        judgement = replace(self, doubt="").judgement
        return judgement.verdict == "broken" and judgement.cause != "last_digit"

    @property
    def proves(self) -> bool:
        """Whether it holds, and would hardly do so by chance: two parts at least are not nothing."""
        return not self.is_plainly_broken and sum(bool(one.figure.value) for one in self.parts) > 1

    def doubted(self, doubt: str) -> "Equation":
        """The same with a reason not to judge it, unless it has one."""
        return replace(self, doubt=self.doubt or doubt)


def rank(label: str) -> int:
    """How high a total a label names (总计 above 合计 above 小计), 0 for what is no total."""
    return max((height for word, height in RANKS.items() if label.endswith(word)), default=0)


def is_plain(label: str) -> bool:
    """Whether a total sums up everything and not one sort of things: 合计, 本年支出合计, but not 人员经费合计."""
    word = next((word for word in RANKS if label.endswith(word)), "")
    return label.removesuffix(word) in WORDS["plain"]


def is_summable(figures: Iterable[Figure]) -> bool:
    """Whether figures are of one kind and unit and can be added up."""
    sorts = {(one.kind, one.unit, one.per) for one in figures if one.value is not None and one.approx is None}
    return len(sorts) == 1 and all(one.value is not None and one.approx is None for one in figures)


def covers(heights: Sequence[int]) -> dict[int, list[int]]:
    """For each total of a sequence of ranks (0: no total), the places that it sums up, those of lower totals left out.

    A total sums up what has come since the last one that is as high, or, if the first of its rank opens the sequence,
    what follows. 本年收入合计 and the rows below it make the 总计.
    """
    totals = [at for at, height in enumerate(heights) if height]
    spans = {at: _span(heights, at) for at in totals}
    return {
        at: [
            place
            for place in spans[at]
            if not any(place in spans[lower] for lower in spans[at] if 0 < heights[lower] < heights[at])
        ]
        for at in totals
    }


def _span(heights: Sequence[int], at: int) -> range:
    height = heights[at]
    first = next(place for place, one in enumerate(heights) if one == height)
    if any(one == 0 for one in heights[:first]):
        low = max((place for place in range(at) if heights[place] >= height), default=-1)
        return range(low + 1, at)
    if at != first and all(one >= height for one in heights[at + 1 :]):  # the total at the head again at the foot
        return range(first + 1, at)
    high = min((place for place in range(at + 1, len(heights)) if heights[place] >= height), default=len(heights))
    return range(at + 1, high)
