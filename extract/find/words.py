"""Numerals inside words of the dictionary: 统一, 一般, 百姓, 四川. Asked only for what no other finder explains."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Passage
from extract.segment import word_at
from schemas.mention import IdentifierKind, Mention

_NUMBER_TAGS = frozenset({"m", "mq", "q"})
_ARTICLE = re.compile(r"一(?P<rest>[\u4e00-\u9fa5]{1,3})")
_ONLY_NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿零〇几数多余]+")
_CLAUSE = re.compile(r"[，。；：！？、\n\t（）()“”\"《》]")


def find(passage: Passage, numerals: Iterator[Numeral]) -> Iterator[Mention]:
    """The words that the given numerals are a part of."""
    for numeral in numerals:
        if numeral.form == "arabic":
            continue
        start, end = _clause(passage, numeral)
        word = word_at(passage.text[start:end], numeral.start - start)
        if known := _known(passage, numeral):
            yield known
        elif word is not None and _explains(word.text, word.tag, numeral):
            yield passage.identifier(start + word.start, start + word.end, _sort(word.tag), f"词典.{word.tag}")
        elif mention := _article(passage, numeral):
            yield mention


def _clause(passage: Passage, numeral: Numeral) -> tuple[int, int]:
    before = passage.before(numeral.start, 24)
    cut = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    after = passage.after(numeral.end, 24)
    stop = _CLAUSE.search(after)
    return numeral.start - len(before) + cut, numeral.end + (stop.start() if stop else len(after))


def _known(passage: Passage, numeral: Numeral) -> Mention | None:
    """A word of our own list around the numeral: 深浅不一, 五一."""
    for word in load("names")["number_words"]:
        at = passage.text.find(word, max(passage.start, numeral.end - len(word)), numeral.start + len(word))
        if 0 <= at <= numeral.start and numeral.end <= at + len(word):
            return passage.identifier(at, at + len(word), "word", "词表")
    return None


def _explains(text: str, tag: str, numeral: Numeral) -> bool:
    """A word that is longer than the numeral and no count: 统一 and 百姓, but not 三年 or 十几."""
    if len(text) <= len(numeral.text) or _ONLY_NUMERAL.fullmatch(text):
        return False
    return tag not in _NUMBER_TAGS or (text.startswith("一") and len(text) == 2) or not text.startswith(numeral.text[0])


def _sort(tag: str) -> IdentifierKind:
    return "name" if tag.startswith(("nr", "ns", "nt", "nz")) else "word"


def _article(passage: Passage, numeral: Numeral) -> Mention | None:
    """一系列, 一大批, 一把 …: an article with its noun."""
    match = _ARTICLE.match(passage.text, numeral.start, passage.end) if numeral.text == "一" else None
    if match is None:
        return None
    for length in range(len(match.group("rest")), 0, -1):
        rest = match.group("rest")[:length]
        if rest in load("names")["article_units"]:
            return passage.identifier(numeral.start, numeral.start + 1 + length, "indefinite", "不定")
    return None
