"""The role of a figure, and for a change its direction and what it is measured against, from words near it."""

import re
from functools import cache

from extract.lexicon import load
from extract.quantities import Quantity
from extract.resolve.context import Context
from schemas.figure import Direction, Role


def role_of(quantity: Quantity, left: str, subject: str, sentence: str, carried: Context) -> Role:
    """The role that the nearest cue gives, in the clause, then the subject, then the sentence before."""
    if quantity.per is not None:
        return "standard"
    kind = "count" if quantity.kind == "measure" else quantity.kind
    cue = _last_cue(kind, left)
    if kind != "amount":
        return cue or _last_cue(kind, subject) or "actual"
    return cue or carried.role or _last_cue(kind, subject) or _last_cue(kind, sentence[-60:]) or "other"


def handed_on(context: Context) -> Role | None:
    """The role that parts inherit: 部门预算资金共计 hands on budget and not total; a change is not handed on."""
    if context.role == "total":
        return _last_cue("amount", context.subject)
    return None if context.role == "change" else context.role


def _last_cue(kind: str, text: str) -> Role | None:
    pattern, table = _cues(kind)
    last = None
    for match in pattern.finditer(text):
        last = table[match.group()]
    return last


@cache
def _cues(kind: str) -> tuple[re.Pattern[str], dict[str, Role]]:
    """A pattern over all cue words of a kind, the longest first, and the role of each."""
    table: dict[str, Role] = {}
    for role, cues in load("roles").get(kind, {}).items():
        table |= dict.fromkeys(cues, role)
    return re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))), table


def direction_of(left: str) -> Direction | None:
    """Up or down, by the last word that says so before the figure."""
    pattern, table = _directions()
    found = [table[match.group()] for match in pattern.finditer(left)]
    return found[-1] if found else None


@cache
def _directions() -> tuple[re.Pattern[str], dict[str, Direction]]:
    table: dict[str, Direction] = {}
    for direction, cues in load("roles")["direction"].items():
        table |= dict.fromkeys(cues, direction)
    return re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))), table


def base_of(sentence: str) -> str | None:
    """What a change is measured against: 比上年, 较2022年, 同比."""
    found = [
        m.group("base")
        for m in _base_pattern().finditer(sentence)
        if m.group()[0] in "比较同环" or m.group("base") in ("同比", "环比")
    ]
    return found[-1] if found else None


@cache
def _base_pattern() -> re.Pattern[str]:
    bases = "|".join(map(re.escape, sorted(load("roles")["base"]["words"], key=len, reverse=True)))
    return re.compile(rf"(?:[比较]|相比|与|同)?(?P<base>{bases}|(?:19|20)\d{{2}}年(?:度|同期)?)")
