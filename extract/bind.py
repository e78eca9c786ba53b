"""Which words belong to a figure: the nouns before or after it.

The patterns are in the language of spaCy's Matcher. A token is its tag alone, one letter, so that each compiles to a
regular expression over a string of tags; a test holds the two together.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from extract.lexicon import load
from extract.segment import words

#: Coarse tags that the patterns speak of: figure, noun, verb that acts, other verb, 的, coordination, link (为, 共计).
FIGURE, NOUN, VERB, WEAK, DE, AND, LINK, OTHER = "F", "N", "V", "W", "D", "C", "L", "O"
#: A quotation is one noun, and so is a short remark in brackets: “双联”, 《条例》, 丙项目（绿道建设）.
_QUOTATION = re.compile(r"[“\"「『《][^”\"」』》]{1,40}[”\"」』》]|（[^（）\n]{1,16}）")
#: Of the words that name what a change is measured against, those that are money of their own.
_MONEY_BASES = frozenset({"预算", "年初预算", "计划"})
#: What falls away at the ends of a noun phrase.
_LOOSE = frozenset({DE, AND, LINK})
_COORDINATORS = frozenset("、和及与或之") | {"以及"}
_NOUN_TAGS = ("n", "vn", "an", "j", "l", "i", "eng", "b", "s", "a", "f", "t", "m", "q", "nz", "ng", "k", "x", "z")

Pattern = list[dict[str, Any]]
_NOMINAL: dict[str, Any] = {"TAG": {"IN": [NOUN, DE, AND, WEAK]}, "OP": "*"}
#: 职工帮扶专项资金80万元; 参与评价的项目3个: the noun, with what stands before it, up to the last verb that acts.
_BEFORE_ONE: Pattern = [{"TAG": NOUN}, {"TAG": LINK, "OP": "*"}, {"TAG": FIGURE}]
_BEFORE: Pattern = [{"TAG": NOUN}, _NOMINAL, {"TAG": {"IN": [NOUN, WEAK]}}, *_BEFORE_ONE[1:]]
_BEFORE_RELATIVE: Pattern = [
    {"TAG": {"IN": [VERB, WEAK]}},
    {"TAG": {"IN": [NOUN, AND, WEAK]}, "OP": "*"},
    {"TAG": DE},
    *_BEFORE[1:],
]
_AFTER: Pattern = [
    {"TAG": FIGURE},
    {"TAG": DE, "OP": "?"},
    {"TAG": {"IN": [NOUN, DE, AND]}, "OP": "*"},
    {"TAG": NOUN},
]
#: What may stand before and after a figure; of several that match there the longest holds.
PATTERNS: dict[str, list[Pattern]] = {"before": [_BEFORE, _BEFORE_ONE, _BEFORE_RELATIVE], "after": [_AFTER]}


@dataclass(frozen=True, slots=True)
class Binding:
    """The nouns before and after one figure as half-open spans of the text, None where there are none.

    `verb` is the last verb before the figure within its clause, `next_verb` the span from the first verb after it to
    the end of the clause.
    """

    before: tuple[int, int] | None
    after: tuple[int, int] | None
    verb: tuple[int, int] | None
    next_verb: tuple[int, int] | None


class _Token(NamedTuple):
    """A word of a clause with its coarse tag."""

    start: int
    end: int
    text: str
    tag: str


def bind(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> list[Binding]:
    """One binding for each figure span inside the clause `text[start:end]`; the spans are in order."""
    tokens = _tokens(text, start, end, figures)
    tags = "".join(token.tag for token in tokens)
    places = [index for index, tag in enumerate(tags) if tag == FIGURE]
    edges = [-1, *places, len(tokens)]
    return [_binding(tokens, tags, edges[i], place, edges[i + 2]) for i, place in enumerate(places)]


def _binding(tokens: Sequence[_Token], tags: str, last: int, index: int, following: int) -> Binding:
    """The binding of the figure at `index`, between the last figure and the following one."""
    left, right = tags[last + 1 : index], tags[index + 1 : following]
    verb = max(left.rfind(VERB), left.rfind(WEAK))
    next_verb = min((at for at in (right.find(VERB), right.find(WEAK)) if at >= 0), default=-1)
    return Binding(
        _span(tokens[index - matched("before", left) : index]),
        _span(tokens[index + 1 : index + 1 + matched("after", right)]),
        tokens[last + 1 + verb][:2] if verb >= 0 else None,
        (tokens[index + 1 + next_verb].start, tokens[following - 1].end) if next_verb >= 0 else None,
    )


def matched(side: Literal["before", "after"], tags: str) -> int:
    """How many of the tags next to a figure the longest pattern takes in; `tags` stand on that side of it."""
    nearest_first = tags[::-1] if side == "before" else tags
    found = (pattern.match(nearest_first) for pattern in _compiled()[side])
    return max((match.end() for match in found if match), default=0)


@cache
def _compiled() -> dict[str, list[re.Pattern[str]]]:
    """The patterns from the figure outwards, as regular expressions over tags."""
    nearest_first = {
        "before": [pattern[-2::-1] for pattern in PATTERNS["before"]],
        "after": [pattern[1:] for pattern in PATTERNS["after"]],
    }
    return {side: [re.compile("".join(map(_part, one))) for one in each] for side, each in nearest_first.items()}


def _part(token: dict[str, Any]) -> str:
    tag = token["TAG"]
    return f"[{tag if isinstance(tag, str) else ''.join(tag['IN'])}]{token.get('OP', '')}"


def _span(tokens: Sequence[_Token]) -> tuple[int, int] | None:
    """From the first to the last word that is part of a noun phrase: links, 的 and commas at the ends fall away."""
    first, stop = 0, len(tokens)
    while first < stop and tokens[first].tag in _LOOSE:
        first += 1
    while stop > first and tokens[stop - 1].tag in _LOOSE:
        stop -= 1
    return (tokens[first].start, tokens[stop - 1].end) if first < stop else None


# ------------------------------------------------------------------------------------------------ words and tags


def _tokens(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> list[_Token]:
    """The words of the clause with each figure as one token."""
    result: list[_Token] = []
    at = start
    for low, high in [*figures, (end, end)]:
        result += _between(text, at, low)
        if high > low:
            result.append(_Token(low, high, text[low:high], FIGURE))
        at = high
    for index, token in enumerate(result):
        tag = _in_context(result, index)
        if tag != token.tag:
            result[index] = token._replace(tag=tag)
    return result


def _in_context(tokens: Sequence[_Token], index: int) -> str:
    """培训 acts in 培训职工30人, and is a part of the name in 技能培训30人次 and 困难补助资金30万元."""
    token = tokens[index]
    if token.tag not in (VERB, WEAK):
        return token.tag
    if index + 1 < len(tokens) and tokens[index + 1].text in _list("suffixes"):
        return NOUN  # 办结率
    if token.tag != VERB or not index or tokens[index - 1].tag not in (NOUN, WEAK, DE, LINK):
        return token.tag
    if any(following.text in _list("heads") for following in tokens[index + 1 : index + 3]):
        return NOUN
    closes = index + 1 == len(tokens) or tokens[index + 1].tag in (FIGURE, LINK, OTHER)
    if closes and token.text in _list("payments"):  # 县级配套到位2,941万元 is the money of 县级配套
        return LINK
    return NOUN if closes and token.text in _list("nominal") else token.tag


def _between(text: str, start: int, end: int) -> Iterator[_Token]:
    """The words of a stretch without figures, each quotation as one noun."""
    at = start
    for match in [*_QUOTATION.finditer(text, start, end), None]:
        stop = match.start() if match else end
        for word in words(text[at:stop]):
            yield _Token(at + word.start, at + word.end, word.text, _coarse(word.text, word.tag))
        if match:
            yield _Token(match.start(), match.end(), match.group(), NOUN)
            at = match.end()


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(load("roles")["links"][name])


@cache
def _bases() -> frozenset[str]:
    return frozenset(load("roles")["base"]["words"]) - _MONEY_BASES


@lru_cache(maxsize=65536)
def _coarse(text: str, tag: str) -> str:
    return next((coarse for coarse, is_one in _TAGS if is_one(text, tag)), OTHER)


def _is_sign(text: str, tag: str) -> bool:
    return tag == "x" and not text.isalnum() and text not in "·+-—（）()"


#: Coarse tags with what makes a word one by its text and jieba's tag, asked from top to bottom.
_TAGS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    (LINK, lambda text, _: text in _list("words") or text.isspace()),
    (OTHER, lambda text, _: text in _bases()),
    (DE, lambda text, _: text == "的"),
    (AND, lambda text, _: text in _COORDINATORS),
    (NOUN, lambda text, _: text in _list("generic") or text in _list("suffixes")),
    (VERB, lambda text, _: text in _list("actions")),
    (WEAK, lambda _, tag: tag.startswith("v") and tag != "vn"),
    (OTHER, _is_sign),
    (NOUN, lambda _, tag: tag.startswith(_NOUN_TAGS)),
)
