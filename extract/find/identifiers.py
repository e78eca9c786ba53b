"""Numerals that name and do not count: document numbers, ordinals, list numbers, codes, slogans, names.

The sorts are a closed list (`schemas.mention.IdentifierKind`); each pattern of `lexicon/identifiers.toml` says one of
them in positive terms, with examples and look-alikes. Nothing becomes an identifier because it was left over.
"""

import re
from collections.abc import Iterator
from functools import cache

from extract import lexicon
from extract.lexicon.search import Search
from extract.numerals import ENCLOSED
from extract.passages import Passage
from schemas.mention import IdentifierKind, Mention

_MACROS = {
    "<N>": "[0-9０-９]",
    "<CN>": "[一二两三四五六七八九十百千〇零]",
    "<NUMBER>": "(?:[0-9０-９]+(?:[.．][0-9０-９]+)?|[一二两三四五六七八九十百千〇零]+)",
    "<APART>": "(?<![0-9０-９.．])",
    "<LINE>": r"(?:(?<=\n)|(?<=\r)|\A)[ \t\u3000\xa0]*",
    "<ITEM>": r"(?:(?<=[\n\r。；;：:！!？?\t])|\A)[ \t\u3000\xa0]*",
    "<OPEN>": r"[〔\[（(【﹝［〈{]",
    "<CLOSE>": r"[〕\]）)】﹞］〉}]",
    "<ENCLOSED>": f"[{ENCLOSED}]",
}
_CODE = r"\s*(?:为|是)?[：:\s]{0,3}(?P<code>[A-Za-z]{0,6}[-—]?[0-9０-９][0-9０-９A-Za-z\-—/、]*)(?![.．][0-9０-９])"
_QUOTATION = re.compile(r"[“\"「『‘]([^”\"」』’“‘\n]{1,16})[”\"」』’]")
_HAS_NUMERAL = re.compile(r"[0-9０-９一二两三四五六七八九十百千万双]")
_MEASURED = re.compile(
    r"[0-9０-９][\d,.０-９]*\s*[万亿]?(?:[元%％‰]|人次|公里|亩|平方米|吨)|百分之"
    r"|[万亿仟佰拾][元圆]|\d[ ]?[—–~～至-]{1,2}[ ]?\d+[\u4e00-\u9fa5]|(?:不超过|不少于|不低于|不得少于|至少)\d"
)


def find(passage: Passage) -> Iterator[Mention]:
    """Every identifier in the passage; they may overlap, the longer one is kept later."""
    if passage.zone == "margin":  # running heads and feet hold page numbers and the report's title
        for numeral in passage.numerals:
            yield passage.identifier(numeral.start, numeral.end, "page_number", "页眉页脚")
        return
    for index, match in _search().find(passage.text, passage.start, passage.end):
        rule, sort, _ = patterns()[index]
        if not _in_unit(passage, match.start(), match.end(), sort):
            yield passage.identifier(match.start(), match.end(), sort, rule)
    yield from _labelled(passage)
    yield from _slogans(passage)


@cache
def patterns() -> tuple[tuple[str, IdentifierKind, re.Pattern[str]], ...]:
    """(rule, sort, pattern) of every entry of the lexicon."""
    return lexicon.patterns("identifiers", _MACROS)


@cache
def _search() -> Search:
    return Search([pattern for _, _, pattern in patterns()])


def _in_unit(passage: Passage, start: int, end: int, sort: IdentifierKind) -> bool:
    """万元 of 9859.38 万元 and m3 of 35ug/m3 are parts of a figure; only a unit without a number is a mention."""
    if sort not in ("unit", "code"):
        return False
    around = passage.quantity_at(start)
    return around is not None and around.number_start < start and end <= around.end and not around.bare


def _labelled(passage: Passage) -> Iterator[Mention]:
    """A code or telephone number behind its label: 项目编号：A-2023-01, 联系电话 81234567."""
    groups: tuple[tuple[str, IdentifierKind], ...] = (("code_labels", "code"), ("phone_labels", "phone"))
    for group, sort in groups:
        for match in _label_pattern(group).finditer(passage.text, passage.start, passage.end):
            yield passage.identifier(match.start("code"), match.end("code"), sort, "标签编号")


@cache
def _label_pattern(group: str) -> re.Pattern[str]:
    return re.compile(f"(?:{_any_of(lexicon.load('names')[group])}){_CODE}")


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _slogan_pattern() -> re.Pattern[str]:
    return re.compile(_any_of(lexicon.load("names")["slogans"]))


def _slogans(passage: Passage) -> Iterator[Mention]:
    """Known slogans, and short quotations with a numeral (“三高四新”, “1+3+5”) that state no amount."""
    for match in _slogan_pattern().finditer(passage.text, passage.start, passage.end):
        yield passage.identifier(match.start(), match.end(), "slogan", "口号词表")
    for match in _QUOTATION.finditer(passage.text, passage.start, passage.end):
        inner = match.group(1)
        if _HAS_NUMERAL.search(inner) and not _MEASURED.search(inner):
            yield passage.identifier(match.start(1), match.end(1), "slogan", "引号")
