"""The role of a figure, and for a change its direction and what it is measured against, from words near it."""

import re
from dataclasses import dataclass
from functools import cache
from typing import cast

from extract.lexicon import load
from extract.quantities import Quantity
from extract.resolve.context import Context
from schemas.figure import Direction, Role

#: Modifiers that a goal has and a result has not: ≥95%, 不超过3起.
_BOUND = re.compile(r"\s*(?:[≥≤≧≦]|不(?:得)?(?:低于|少于|超过|高于|小于|大于|多于))")
_PAYMENTS: tuple[Role, ...] = ("budget", "adjusted", "allocated", "received", "spent")
_FEES = ("费", "费用")


@dataclass(frozen=True, slots=True)
class Words:
    """The words around a figure: its clause before it without the subject, itself, what follows, and the sentence.

    `goal` tells that the heading above speaks of goals (绩效目标, 下一步工作安排), `part` that the money is a part
    of the figure before (其中基本支出51万元).
    """

    left: str
    figure: str
    right: str
    sentence: str
    goal: bool
    part: bool


def role_of(quantity: Quantity, words: Words, subject: str, carried: Context) -> Role:
    """The role that the nearest words give: behind the figure, in the clause, in the subject, before."""
    kind = "count" if quantity.kind == "measure" else quantity.kind
    if quantity.per is not None and kind == "amount":
        return "standard"
    if quantity.unit == "百分点" or words.figure.startswith("翻"):  # 4.2个百分点, 翻了一番: a difference in itself
        return "change"
    if kind == "amount":
        return _money_role(words, subject, carried)
    near = _near_role(kind, words)
    own = _last_role(kind, subject)
    if subject in ("总分", "总分值") and quantity.value == 100:  # full marks
        return near or "standard"
    goal = words.goal or (kind != "score" and _BOUND.match(words.figure) is not None)
    return near or own or ("target" if goal else "actual")


def _money_role(words: Words, subject: str, carried: Context) -> Role:
    near = _near_role("amount", words)
    own = _last_role("amount", subject)
    part = words.part and carried.role in _PAYMENTS
    if own and _is_named(subject, own) and not (part and not _is_cue(subject, own)):
        return near or own
    handed = carried.role if carried.money or carried.role != "actual" else None
    if role := near or handed or own or ("spent" if subject.endswith(_FEES) else None):
        return "target" if words.goal and role == "received" else role  # 2024年工作安排: 争取资金30亿元
    before = _last_role("amount", words.sentence[-60:])
    return before if before in _PAYMENTS else "target" if words.goal else "other"


def _is_named(subject: str, role: Role) -> bool:
    """支出31万元 is spent, whatever came before."""
    return subject.endswith(tuple(load("roles")["amount"][role]))


def _is_cue(subject: str, role: Role) -> bool:
    return subject in load("roles")["amount"][role]


def _near_role(kind: str, words: Words) -> Role | None:
    patterns = load("roles")["clause"]
    if re.search(patterns["target_after"], words.right):
        return "target"
    if re.search(patterns["standard_after"], words.right) or _is_standard(kind, words):
        return "standard"
    if re.search(patterns["target_before"], words.sentence):
        return "target"
    if re.search(patterns["difference_before"], words.sentence):
        return "change"
    role = _last_role(kind, words.left)
    if role == "change" and re.search(patterns["level_before"], words.left):
        return None if kind == "amount" else "actual"
    return role


def _is_standard(kind: str, words: Words) -> bool:
    """What each gets (每站5万元), which ones are meant (50岁以上的困难人员), full marks (预算执行率（5分）。)."""
    patterns = load("roles")["clause"]
    if kind == "score":
        return words.left.endswith(("（", "(")) and _last_role(kind, words.left) is None
    if kind != "count" and re.search(patterns["standard_before"], words.sentence):
        return True
    bound = words.figure.endswith(("以上", "以下")) or words.figure.startswith(("不足", "超过", "未满"))
    return kind != "ratio" and bound and re.search(patterns["bound_after"], words.right) is not None


def speaks_of_goals(section: tuple[str, ...]) -> bool:
    """Whether the innermost headings name goals and not results."""
    patterns = load("roles")["sections"]
    title = "/".join(section[-2:])
    return re.search(patterns["target"], title) is not None and re.search(patterns["not_target"], title) is None


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
    weak = load("roles")["weak"]
    strong = [cue for cue in found if cue not in weak]
    return meaning[(strong or found)[-1]] if found else None


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
