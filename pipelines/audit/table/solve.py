"""All sums of a document judged together: a cell that alone explains several breaks makes one finding of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import Context
from pipelines.audit.interval import Interval
from pipelines.audit.table import accounts, funds, levels, procurement, public, totals
from pipelines.audit.table.equations import Equation, Term
from pipelines.audit.table.slips import apart, as_printed, printed, slip
from schemas.claim import Span

#: Those that know what they sum up come before those that only see rows and columns.
SOURCES: tuple[Callable[[Context], Iterator[Equation]], ...] = (
    public.equations,
    funds.equations,
    accounts.equations,
    procurement.equations,
    levels.equations,
    totals.equations,
)
#: So many breaks in one table, and more than what holds, speak of a table misread.
MISREAD = 4
#: Of a longer sum only the numbers are written out.
NAMED_MAX = 8
PAIR = 2


@dataclass(frozen=True, slots=True)
class Cause:
    """A cell that explains several broken equations if it were `number`."""

    term: Term
    number: Fraction
    broken: tuple[int, ...]


def solved(context: Context) -> tuple[tuple[str, Found], ...]:
    """Every sum with its verdict, under the check that found it."""
    equations = _distinct(one for source in SOURCES for one in source(context))
    judged = [(one, one.judgement) for one in equations]
    broken = [n for n, (one, judgement) in enumerate(judged) if judgement.verdict == "broken" and not judgement.cause]
    held = {_span(term) for one, judgement in judged if judgement.verdict in {"holds", "tail"} for term in one.terms}
    causes = _causes([equations[n] for n in broken], held)
    told: dict[int, Cause] = {broken[n]: cause for cause in causes for n in cause.broken}
    firsts = {broken[cause.broken[0]]: cause for cause in causes}
    beside = _beside(equations, [n for n in broken if n not in told])
    misread = _misread([n for n in broken if n not in beside and (n not in told or n in firsts)], judged)
    found: list[tuple[str, Found]] = []
    for n, equation in enumerate(equations):
        one = _found(equation, firsts.get(n))
        table = equation.total.figure.table
        if n in beside or (n in told and n not in firsts):
            one = replace(one, consequence=True)
        elif n in broken and table is not None and table.index in misread:
            one = _of_misread(one, misread[table.index], first=n == misread[table.index][0])
        elif n in broken and (also := [equations[m] for m, head in beside.items() if head == n]):
            words = "、".join(f"“{other.total.name}”" for other in also)
            one = replace(one, alternatives=(*one.alternatives, f"同一行的{words}也不等"))
        found.append((equation.check, one))
    return tuple(found)


def of(check: str) -> Callable[[Context], Iterator[Found]]:
    """The finder of one check among all sums."""

    def find(context: Context) -> Iterator[Found]:
        return (found for name, found in context.once(solved) if name == check)

    return find


def _distinct(equations: Iterable[Equation]) -> list[Equation]:
    """The equations without those that say again what an earlier one says, or say it with parts of parts besides."""
    kept: list[Equation] = []
    by_total: dict[Span, list[set[Span]]] = defaultdict(list)
    for one in equations:
        total, parts = _span(one.total), set(map(_span, one.parts))
        if not any(earlier <= parts for earlier in by_total[total]):
            by_total[total].append(parts)
            kept.append(one)
    return kept


def _span(term: Term) -> Span:
    return term.figure.start, term.figure.end


# ------------------------------------------------------------------------------------------- one cause of several


def _causes(broken: Sequence[Equation], held: set[Span]) -> list[Cause]:
    """The cells, none of them in a sum that holds, of which each would mend several sums if it were another number."""
    by_cell: dict[Span, list[tuple[int, Term]]] = defaultdict(list)
    for n, equation in enumerate(broken):
        for term in equation.terms:
            if _span(term) not in held:
                by_cell[_span(term)].append((n, term))
    causes = [cause for places in by_cell.values() if (cause := _cause(broken, places)) is not None]
    chosen: list[Cause] = []
    for cause in sorted(causes, key=lambda one: (-len(one.broken), not slip(one.term.figure, one.number))):
        if not any(set(cause.broken) & set(other.broken) for other in chosen):
            chosen.append(cause)
    return chosen


def _cause(broken: Sequence[Equation], places: Sequence[tuple[int, Term]]) -> Cause | None:
    if len(places) < PAIR:
        return None
    needed = [_needed(broken[n], term) for n, term in places]
    if not all(interval.meets(one, other) for one in needed for other in needed):
        return None
    values = [one.value for one in needed if one.value is not None]
    return Cause(places[0][1], values[0], tuple(n for n, _ in places)) if values else None


def _needed(equation: Equation, term: Term) -> Interval:
    """What a term of an equation would have to be for it to hold."""
    if term is equation.total:
        return equation.recomputed
    rest = replace(equation, parts=tuple(one for one in equation.parts if one is not term)).recomputed
    needed = interval.subtract(interval.of(equation.total.figure), rest)
    return needed if term.sign > 0 else interval.negate(needed)


def _beside(equations: Sequence[Equation], broken: Sequence[int]) -> dict[int, int]:
    """The sums of one row over several columns that break, all but the first, each with the first: likely one cause."""
    firsts: dict[tuple[str, int, int], int] = {}
    beside: dict[int, int] = {}
    for n in broken:
        equation, table = equations[n], equations[n].total.figure.table
        columns = {term.figure.table.column for term in equation.terms if term.figure.table}
        if table is not None and len(columns) == 1:
            head = firsts.setdefault((equation.check, table.index, table.row), n)
            if head != n:
                beside[n] = head
    return beside


def _misread(broken: Sequence[int], judged: Sequence[tuple[Equation, interval.Judgement]]) -> Mapping[int, list[int]]:
    """The tables with more breaks than sums that hold, and their breaks."""
    by_table: dict[int, list[int]] = defaultdict(list)
    holding: dict[int, int] = defaultdict(int)
    for n, (equation, judgement) in enumerate(judged):
        table = equation.total.figure.table
        if table is not None:
            holding[table.index] += judgement.verdict in {"holds", "tail"} and equation.proves
            if n in broken:
                by_table[table.index].append(n)
    return {table: ns for table, ns in by_table.items() if len(ns) >= MISREAD and len(ns) > holding[table]}


def _of_misread(found: Found, broken: Sequence[int], *, first: bool) -> Found:
    said = f"本表共有{len(broken)}处合计不等，可能是表格没有读对"
    return replace(found, severity="review", alternatives=(said,), consequence=not first)


# ------------------------------------------------------------------------------------------- in words


def _found(equation: Equation, cause: Cause | None) -> Found:
    judgement = equation.judgement
    total, recomputed = equation.total, equation.recomputed
    difference = interval.difference(recomputed, interval.of(total.figure))
    many = f"所列{len(equation.parts)}项相加" if len(equation.parts) > 1 else f"“{equation.parts[0].name}”"
    return Found(
        kind="equality" if len(equation.parts) == 1 else "sum",
        operands=(operand("合计", total.figure), *(operand("分项", term.figure) for term in equation.parts)),
        judgement=judgement,
        says=f"{equation.where}“{total.name}”为{as_printed(total.figure)}，"
        f"{many}为{printed(total.figure, recomputed.value)}{apart(total.figure, difference)}",
        formula=equation.formula,
        substituted=_substituted(equation),
        recomputed=recomputed,
        stated=total.figure.text,
        severity=equation.severity,
        difference=interval.decimal(difference),
        alternatives=tuple(_alternatives(equation, cause)) if judgement.verdict == "broken" else (),
        subject=f"{equation.where}/{total.name}/" + "/".join(term.name for term in equation.parts),
    )


def _substituted(equation: Equation) -> str:
    named = len(equation.parts) <= NAMED_MAX
    same_row = all(term.row == equation.total.row for term in equation.parts)
    words = ""
    for term in equation.parts:
        sign = " − " if term.sign < 0 else " + " if words else ""
        label = (term.column if same_row else term.row) or term.name
        words += sign + term.figure.text + (f"（{label}）" if named and label else "")
    return f"{words} = {printed(equation.total.figure, equation.recomputed.value)}"


def _alternatives(equation: Equation, cause: Cause | None) -> Iterator[str]:
    """What would fit: another number in one cell, a part left out or counted twice."""
    if cause is not None:
        fits = f"若“{cause.term.name}”为{printed(cause.term.figure, cause.number)}"
        how = slip(cause.term.figure, cause.number)
        yield f"{fits}（所印{cause.term.figure.text}{'，' + how if how else ''}），则{len(cause.broken)}处合计均相符"
        return
    apart_by = interval.difference(equation.recomputed, interval.of(equation.total.figure))
    for term in equation.parts if len(equation.parts) > 1 else ():
        if apart_by and abs(Fraction(term.figure.value or 0)) == apart_by:
            yield f"差额恰等于“{term.name}”{term.figure.text}"
    for term in equation.terms:
        needed = _needed(equation, term).value
        if needed is not None and (how := slip(term.figure, needed)):
            yield f"若“{term.name}”为{printed(term.figure, needed)}则相符（{how}）"


def within_levels(context: Context) -> Iterator[Found]:
    """C03: the sums of levels, and what is said to be a part of something."""
    yield from of("C03")(context)
    yield from levels.within(context)


def procured(context: Context) -> Iterator[Found]:
    """C08: the sums of procurement, and the shares of small businesses."""
    yield from of("C08")(context)
    yield from procurement.shares(context)
