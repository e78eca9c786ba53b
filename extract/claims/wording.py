"""What the words of a claim mean: operators, verdicts, the heads of the framework, and the figures in a span."""

import re
from bisect import bisect_left
from decimal import Decimal
from functools import cache, lru_cache

from extract import lexicon
from schemas.claim import Span, Verdict
from schemas.figure import Figure

#: In the order of trial: 未完成 contains 完成.
_VERDICTS: tuple[Verdict, ...] = ("unmet", "partly", "met")
_APPROX = {"at_least": "≥", "over": "≥", "at_most": "≤"}
#: Units of time, in their canonical form.
_TIMES = frozenset({"年", "个月", "月", "天", "日", "小时", "分钟", "工作日"})


def plain(text: str) -> str:
    """Text without white space."""
    return re.sub(r"\s", "", text)


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


def compared(sign: str | None, target: Figure, actual: Figure) -> Verdict:
    """The fulfilment as two figures of one unit show it; without a sign, "=", more than the target is met too.

    Not so for money and time, where less may be the aim (成本10万元, 工期30天): there a difference is "unstated".
    """
    if target.value is None or actual.value is None or target.unit != actual.unit:
        return "unstated"
    above, equal = actual.value > target.value, actual.value == target.value
    if sign in (None, "=") and not equal and (target.kind == "amount" or target.unit in _TIMES):
        return "unstated"
    reached = {"≥": above or equal, ">": above, "≤": not above, "<": not above and not equal, "=": above or equal}
    return "met" if reached.get(sign or "=", equal) else "unmet"


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
