"""The role of a figure, and for a change its direction and what it is measured against, from words near it."""

import re
from functools import cache
from typing import cast

from extract.lexicon import load
from extract.quantities import Quantity
from extract.resolve.context import Context
from schemas.figure import Direction, Role


def role_of(quantity: Quantity, left: str, subject: str, sentence: str, carried: Context) -> Role:
    """The role that the nearest cue gives: in the clause, in the subject, in the sentence before.

    `left` is the clause before the figure without its subject, `carried` the context of the figure before.
    """
    if quantity.per is not None:
        return "standard"
    kind = "count" if quantity.kind == "measure" else quantity.kind
    cue, own = _last_role(kind, left), _last_role(kind, subject)
    if kind != "amount":
        return cue or own or "actual"
    if own and subject.endswith(tuple(load("roles")[kind][own])):  # 支出31万元 is spent, whatever came before
        return cue or own
    return cue or carried.role or own or _last_role(kind, sentence[-60:]) or "other"


def handed_on(context: Context) -> Role | None:
    """The role that parts inherit: 部门预算资金共计 hands on budget and not total; a change is not handed on."""
    if context.role == "total":
        return _last_role("amount", context.subject)
    return None if context.role == "change" else context.role


def direction_of(left: str) -> Direction | None:
    """Up or down, by the last word that says so before the figure."""
    return cast("Direction | None", _last("direction", left))


def _last_role(kind: str, text: str) -> Role | None:
    return cast("Role | None", _last(kind, text))


def _last(group: str, text: str) -> str | None:
    """What the last cue of a group in the text stands for."""
    pattern, meaning = _cues(group)
    found = pattern.findall(text)
    return meaning[found[-1]] if found else None


@cache
def _cues(group: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern over the cue words of a group, the longest first, and what each stands for."""
    meaning = {cue: name for name, cues in load("roles").get(group, {}).items() for cue in cues}
    words = sorted(meaning, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) + (r"\Z" if len(word) == 1 else "") for word in words)), meaning


def base_of(sentence: str) -> str | None:
    """What a change is measured against: 比上年, 较2022年, 同比."""
    matches = list(_base_pattern().finditer(sentence))
    return matches[-1].group("base") or matches[-1].group("bare") if matches else None


@cache
def _base_pattern() -> re.Pattern[str]:
    bases = "|".join(map(re.escape, sorted(load("roles")["base"]["words"], key=len, reverse=True)))
    return re.compile(rf"(?:[比较与]|相比|同)(?P<base>{bases}|(?:19|20)\d{{2}}年(?:度|同期)?)|(?P<bare>同比|环比)")
