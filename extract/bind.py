"""Which words belong to a figure: the nouns before or after it. The only module that knows spaCy."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from extract.lexicon import load
from extract.segment import Word, words

#: Coarse tags that the patterns speak of: figure, noun, verb that acts, other verb, 的, coordination, link (为, 共计).
FIGURE, NOUN, VERB, WEAK, DE, AND, LINK, OTHER = "F", "N", "V", "W", "D", "C", "L", "O"
#: A quotation is one noun, and so is a short remark in brackets: “双联”, 《条例》, 丙项目（绿道建设）.
_QUOTATION = re.compile(r"[“\"「『《][^”\"」』》]{1,40}[”\"」』》]|（[^（）\n]{1,16}）")
#: Of the words that name what a change is measured against, those that are money of their own.
_MONEY_BASES = frozenset({"预算", "年初预算", "计划"})
_COORDINATORS = frozenset("、和及与或之") | {"以及"}
_NOUN_TAGS = ("n", "vn", "an", "j", "l", "i", "eng", "b", "s", "a", "f", "t", "m", "q", "nz", "ng", "k", "x", "z")

_Pattern = list[dict[str, Any]]
_NOMINAL: dict[str, Any] = {"TAG": {"IN": [NOUN, DE, AND, WEAK]}, "OP": "*"}
#: 职工帮扶专项资金80万元; 参与评价的项目3个: the noun, with what stands before it, up to the last verb that acts.
_BEFORE_ONE: _Pattern = [{"TAG": NOUN}, {"TAG": LINK, "OP": "*"}, {"TAG": FIGURE}]
_BEFORE: _Pattern = [{"TAG": NOUN}, _NOMINAL, {"TAG": {"IN": [NOUN, WEAK]}}, *_BEFORE_ONE[1:]]
_BEFORE_RELATIVE: _Pattern = [
    {"TAG": {"IN": [VERB, WEAK]}},
    {"TAG": {"IN": [NOUN, AND, WEAK]}, "OP": "*"},
    {"TAG": DE},
    *_BEFORE[1:],
]
_AFTER: _Pattern = [
    {"TAG": FIGURE},
    {"TAG": DE, "OP": "?"},
    {"TAG": {"IN": [NOUN, DE, AND]}, "OP": "*"},
    {"TAG": NOUN},
]


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


def bind(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> list[Binding]:
    """One binding for each figure span inside the clause `text[start:end]`; the spans are in order."""
    tokens = _tokens(text, start, end, figures)
    document = _doc(tokens)
    matches: dict[tuple[str, int], tuple[int, int]] = {}
    for name, first, last in _matches(document):
        anchor = last - 1 if name == "before" else first
        known = matches.get((name, anchor))
        if known is None or last - first > known[1] - known[0]:
            matches[name, anchor] = (first, last)
    return [_binding(tokens, index, matches) for index, (_, tag) in enumerate(tokens) if tag == FIGURE]


_Token = tuple[Word, str]


def _tokens(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> list[_Token]:
    """The words of the clause with each figure as one token."""
    result: list[_Token] = []
    at = start
    for low, high in [*figures, (end, end)]:
        result += _between(text, at, low)
        if high > low:
            result.append((Word(low, high, text[low:high], "m"), FIGURE))
        at = high
    for index, (word, _) in enumerate(result):
        result[index] = (word, _in_context(result, index))
    return result


def _in_context(tokens: Sequence[_Token], index: int) -> str:
    """培训 acts in 培训职工30人, and is a part of the name in 技能培训30人次 and 困难补助资金30万元."""
    word, tag = tokens[index]
    lexicon = load("roles")["links"]
    if tag in (VERB, WEAK) and index + 1 < len(tokens) and tokens[index + 1][0].text in lexicon["suffixes"]:
        return NOUN  # 办结率
    if tag != VERB or not index or tokens[index - 1][1] not in (NOUN, WEAK, DE, LINK):
        return tag
    if any(following.text in lexicon["heads"] for following, _ in tokens[index + 1 : index + 3]):
        return NOUN
    closes = index + 1 == len(tokens) or tokens[index + 1][1] in (FIGURE, LINK, OTHER)
    if closes and word.text in lexicon["payments"]:  # 县级配套到位2,941万元 is the money of 县级配套
        return LINK
    return NOUN if closes and word.text in lexicon["nominal"] else tag


def _between(text: str, start: int, end: int) -> Iterator[_Token]:
    """The words of a stretch without figures, each quotation as one noun."""
    at = start
    for match in [*_QUOTATION.finditer(text, start, end), None]:
        stop = match.start() if match else end
        for word in words(text[at:stop]):
            placed = Word(at + word.start, at + word.end, word.text, word.tag)
            yield placed, _coarse(placed)
        if match:
            yield Word(match.start(), match.end(), match.group(), "n"), NOUN
            at = match.end()


@cache
def _links() -> frozenset[str]:
    return frozenset(load("roles")["links"]["words"])


@cache
def _actions() -> frozenset[str]:
    return frozenset(load("roles")["links"]["actions"])


def _coarse(word: Word) -> str:
    return next((tag for tag, is_one in _TAGS if is_one(word)), OTHER)


def _is_sign(word: Word) -> bool:
    return word.tag == "x" and not word.text.isalnum() and word.text not in "·+-—（）()"


#: Coarse tags with what makes a word one, asked from top to bottom.
_TAGS: tuple[tuple[str, Callable[[Word], bool]], ...] = (
    (LINK, lambda word: word.text in _links() or word.text.isspace()),
    (OTHER, lambda word: word.text in load("roles")["base"]["words"] and word.text not in _MONEY_BASES),
    (DE, lambda word: word.text == "的"),
    (AND, lambda word: word.text in _COORDINATORS),
    (
        NOUN,
        lambda word: word.text in load("roles")["links"]["generic"] or word.text in load("roles")["links"]["suffixes"],
    ),
    (VERB, lambda word: word.text in _actions()),
    (WEAK, lambda word: word.tag.startswith("v") and word.tag != "vn"),
    (OTHER, _is_sign),
    (NOUN, lambda word: word.tag.startswith(_NOUN_TAGS)),
)


@cache
def _pipeline() -> tuple[Any, Any]:
    """A blank Chinese vocabulary and the matcher over it."""
    import spacy
    from spacy.matcher import Matcher

    nlp = spacy.blank("zh")
    matcher = Matcher(nlp.vocab)
    matcher.add("before", [_BEFORE, _BEFORE_ONE, _BEFORE_RELATIVE])
    matcher.add("after", [_AFTER])
    return nlp, matcher


def _doc(tokens: Sequence[_Token]) -> Any:
    from spacy.tokens import Doc

    nlp, _ = _pipeline()
    return Doc(
        nlp.vocab, words=[word.text for word, _ in tokens], spaces=[False] * len(tokens), tags=[t for _, t in tokens]
    )


def _matches(document: Any) -> list[tuple[str, int, int]]:
    nlp, matcher = _pipeline()
    return [(nlp.vocab.strings[name], first, last) for name, first, last in matcher(document)]


def _binding(tokens: Sequence[_Token], index: int, matches: dict[tuple[str, int], tuple[int, int]]) -> Binding:
    before, after = matches.get(("before", index)), matches.get(("after", index))
    return Binding(
        _span(tokens[before[0] : index]) if before else None,
        _span(tokens[index + 1 : after[1]]) if after else None,
        _last_verb(tokens[:index]),
        _next_verb(tokens[index + 1 :]),
    )


def _span(tokens: Sequence[_Token]) -> tuple[int, int] | None:
    """From the first to the last word that is part of a noun phrase: links, 的 and commas at the ends fall away."""
    kept = list(tokens)
    while kept and kept[0][1] in (DE, AND, LINK):
        kept.pop(0)
    while kept and kept[-1][1] in (DE, AND, LINK):
        kept.pop()
    return (kept[0][0].start, kept[-1][0].end) if kept else None


def _last_verb(tokens: Sequence[_Token]) -> tuple[int, int] | None:
    for word, tag in reversed(tokens):
        if tag == FIGURE:
            return None
        if tag in (VERB, WEAK):
            return word.start, word.end
    return None


def _next_verb(tokens: Sequence[_Token]) -> tuple[int, int] | None:
    stop = next((i for i, (_, tag) in enumerate(tokens) if tag == FIGURE), len(tokens))
    for word, tag in tokens[:stop]:
        if tag in (VERB, WEAK):
            return word.start, tokens[stop - 1][0].end
    return None
