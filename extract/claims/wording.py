"""What the words of a claim mean: operators, verdicts, the heads of the framework, and the figures in a span."""

import re
from bisect import bisect_left
from decimal import Decimal
from functools import cache, lru_cache

from extract import lexicon
from extract.grid import plain
from schemas.claim import Span, Verdict
from schemas.document import Cell
from schemas.figure import Figure

#: In the order of trial: 未完成 contains 完成.
_VERDICTS: tuple[Verdict, ...] = ("unmet", "partly", "met")
_APPROX = {"at_least": "≥", "over": "≥", "at_most": "≤"}
#: From best to worst; 合格 and 不合格 are a scale of their own.
_GRADES = ("优", "良", "中", "低", "差")
#: A date to the year, month or day, and whether it is a deadline: 2023年12月底前, 11月, 2024年10月15日完成.
_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?:(?P<month>1[0-2]|0?[1-9])月)?(?:份|底|末)?(?:(?P<day>[12]\d|3[01]|0?[1-9])日)?"
    r"(?P<before>之?前)?(?:全部|已|均)?(?:完成|完工|竣工|验收|到位|发放)?"
)
#: Units of time, in their canonical form.
_TIMES = frozenset({"年", "个月", "月", "天", "日", "小时", "分钟", "工作日"})


def figures_in(figures: tuple[Figure, ...], span: Span) -> list[Figure]:
    """The figures inside a span; `figures` are in text order."""
    first, stop = (bisect_left(figures, edge, key=lambda figure: figure.start) for edge in span)
    return [figure for figure in figures[first:stop] if figure.end <= span[1]]


def number(text: str) -> Decimal | None:
    """The one number of a cell of weights or scores ("10", "9.5分")."""
    found = re.findall(r"\d+(?:\.\d+)?", plain(text))
    return Decimal(found[0]) if len(found) == 1 else None


def operator(target: str, nature: str = "") -> str:
    """How a target binds, from the column that says so or from its own words; 定性 where it is no number."""
    for text in (plain(nature), plain(target)):
        for sign, form in _operators():
            if form in text:
                return sign
    if re.search(r"\d\s*[年月日]底?前$", target):
        return "≤"  # 9月底前
    return "=" if re.search(r"\d", target) else "定性"


def bound(figure: Figure) -> str:
    """How a figure binds that is a target by itself (95%以上)."""
    return _APPROX.get(figure.approx or "", "=")


def verdict(actual: str) -> Verdict:
    """The fulfilment as the report words it."""
    forms: dict[str, list[str]] = lexicon.load("indicators")["verdicts"]
    return next((name for name in _VERDICTS if any(form in actual for form in forms[name])), "unstated")


def judged(sign: str | None, target: str, actual: str, promised: list[Figure], reached: list[Figure]) -> Verdict:
    """The fulfilment as target and result show it, else as the report words it.

    Several figures on both sides are compared in order: one that is missed is enough (≥80%；≥60% | 83.9%；57.1%).
    """
    if (kept := deadline_kept(target, actual)) is not None:
        return "met" if kept else "unmet"
    if promised and len(promised) == len(reached):
        alone = len(promised) == 1
        signs = [sign if alone or not figure.approx else bound(figure) for figure in promised]
        verdicts = {compared(*pair) for pair in zip(signs, promised, reached, strict=True)}
        return next(verdict for verdict in ("unmet", "unstated", "met") if verdict in verdicts)
    if target and plain(target) == plain(actual):
        return "met"
    ranks = [_GRADES.index(grade) for text in (target, actual) if (grade := _grade(text)) in _GRADES]
    if len(ranks) == 2:
        return "met" if ranks[1] <= ranks[0] else "unmet"
    return verdict(actual)


def compared(sign: str | None, target: Figure, actual: Figure) -> Verdict:
    """The fulfilment as two figures of one unit show it; without a sign, "=", more than the target is met too.

    Not so for money and time, where less may be the aim (成本10万元, 工期30天): there a difference is "unstated", as is
    what lies outside of a range (90%—95%).
    """
    if actual.value is None or target.unit != actual.unit:
        return "unstated"
    if target.value is None:
        inside = target.low is not None and target.high is not None and target.low <= actual.value <= target.high
        return "met" if inside else "unstated"
    above, equal = actual.value > target.value, actual.value == target.value
    if sign in (None, "=") and not equal and (target.kind == "amount" or target.unit in _TIMES):
        return "unstated"
    reached = {"≥": above or equal, ">": above, "≤": not above, "<": not above and not equal, "=": above or equal}
    return "met" if reached.get(sign or "=", equal) else "unmet"


def deadline_kept(target: str, actual: str) -> bool | None:
    """Whether a date lies before a deadline (2023年12月底前 | 2023年11月); None where that is not said to the day."""
    limit, done = (_DATE.fullmatch(plain(text)) for text in (target, actual))
    if not limit or not done or not limit["before"] or done["before"] or (not limit["year"]) != (not done["year"]):
        return None
    first, last = _bounds(done)
    _, end = _bounds(limit)
    return True if last <= end else False if first > end else None


def _bounds(date: re.Match[str]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The first and the last day that a date can mean, as year, month and day."""
    year, month, day = (int(date[part]) if date[part] else None for part in ("year", "month", "day"))
    return (year or 0, month or 1, day or 1), (year or 0, month or 12, day or 31)


def is_blank(cell: Cell) -> bool:
    """A cell that says nothing."""
    return plain(cell.text) in _listed("blanks")


def is_total(text: str) -> bool:
    """The label of a row that sums up others."""
    return plain(text).rstrip("：:") in _listed("totals")


def _grade(text: str) -> str:
    grades: dict[str, str] = lexicon.load("grades")["words"]
    return grades.get(plain(text), "")


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(lexicon.load("indicators")[key])


@lru_cache(maxsize=4096)
def standard(level: str, name: str) -> str | None:
    """The standard form of a head of the framework ("项目产出" → 产出指标), None for any other name."""
    forms: dict[str, list[str]] = lexicon.load("indicators")[level]
    return next((head for head, names in forms.items() if name == head or name in names), None)


def head_of(level2: str) -> str:
    """The first-level head of a second-level one; 总体 and 预算执行 are their own."""
    heads: dict[str, str] = lexicon.load("indicators")["heads"]
    return heads.get(level2, level2)


@cache
def _operators() -> tuple[tuple[str, str], ...]:
    """Signs with their forms, the long forms before the short ones that they contain (不低于 before 低于)."""
    table: dict[str, list[str]] = lexicon.load("indicators")["operators"]
    pairs = [(sign, form) for sign, forms in table.items() for form in forms]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[1])))
