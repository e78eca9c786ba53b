"""Counts: a numeral with a classifier (66名, 1406家, 30余期), and announced ones (三大平台)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Passage
from extract.quantities import Quantity, Unit, implied, units
from extract.segment import word_at
from schemas.mention import Mention

_ANNOUNCED = re.compile(
    r"(?P<n>[二两三四五六七八九十]|十[一二三四五六七八九])大(?=[\u4e00-\u9fa5]{2})(?!学|会|常|队|额|幅|量|力|小|型|人|专|门|街|道|桥)"
)
_LABELLED = re.compile(r"(?:人数|人口|数量|户数|个数|次数|家数|件数|场数|总数|数)(?:为|达到?|共|是|：|:)?[ \t]*$")
_CLOSES = re.compile(r"[ \t]*(?:[，。；、）)\n\t,;]|$)")
_WORD_END = re.compile(r"[，。；、）)”\"\n\t,;：:！!]|$")
_NEGATED = re.compile(r"(?:没有|未|无|零|不)(?:再)?(?:发生|出现|发现|收到|有|查出)?(?:过)?(?:任何)?[ \t]*$")
_AVERAGE = re.compile(r"平均|[人户亩日月年]均|每")
_HEAD = re.compile(r"(?:\A|[，。、；：\s（(]|等|及|和|与|起|的|共|有)[ \t]*$")
_NO_UNIT = Unit("count", "", Decimal(1), "")
_HELD = re.compile(r"举办|开办|培训|开展|刊发|编发|推出|制作|出版|印发|播出|共|各|累计|完成|发行")
#: Classifiers that count only with digits or with more evidence: 两级, 三方, 四省, 一线.
_WEAK = frozenset("级线方面路层声手口头回省市县区镇乡村国州旗盟院校部科师连团道季股行出通发令打拨圈环管点")


def find(passage: Passage) -> Iterator[Quantity | Mention]:
    """Every count of the passage, and what only looks like one (一项重要工作)."""
    for quantity in passage.quantities:
        if quantity.kind == "count":
            yield from _judge(passage, quantity)
    for match in _ANNOUNCED.finditer(passage.text, passage.start, passage.end):
        yield from _announced(passage, match)
    for numeral in passage.unitless:
        if _labelled(passage, numeral) or _people(passage, numeral):
            yield implied(passage.text, numeral, _NO_UNIT, passage.end, rule="计数.无单位")


def _judge(passage: Passage, quantity: Quantity) -> Iterator[Quantity | Mention]:
    before = passage.before(quantity.start)
    if (negated := _negated(quantity, before)) is not None:
        yield negated
    elif quantity.bare_noun:
        if _counts_nouns(passage, quantity):  # 6部门, 138万残疾人: no classifier, so no unit
            yield replace(quantity, end=quantity.end - len(quantity.written), unit="", rule="计数.无量词")
    elif not quantity.chinese:
        if _is_whole(quantity, passage.before(quantity.start, 24)) and not _is_grade(quantity, before):
            yield replace(quantity, rule="计数.量词")
    else:
        yield from _judge_chinese(passage, quantity, before)


def _counts_nouns(passage: Passage, quantity: Quantity) -> bool:
    """A number before a bare noun counts where it is in 万, or short and at the head of its phrase (林草局等6部门)."""
    number = passage.text[quantity.number_start : quantity.number_end]
    if quantity.chinese or not number:
        return False
    if number[-1] in "万亿":
        return True
    return len(number) < 3 and number.isdigit() and _HEAD.search(passage.before(quantity.start, 2)) is not None


def _is_whole(quantity: Quantity, before: str) -> bool:
    """Things are counted whole (not 8.7项), unless on average or by a rate (人均4.7次)."""
    whole = quantity.value is None or quantity.value == int(quantity.value)
    return whole or quantity.per is not None or _AVERAGE.search(before) is not None


def _is_grade(quantity: Quantity, before: str) -> bool:
    """35级 is a grade; 分为5级 counts them."""
    return quantity.written == "级" and re.search("(?:分为?|共|设)[ \t]*$", before) is None


def _judge_chinese(passage: Passage, quantity: Quantity, before: str) -> Iterator[Quantity | Mention]:
    """Chinese numerals stand in names and idioms too: they count only where nothing speaks against it."""
    if before.endswith("第") or _ranks(passage, quantity) or _inside_word(passage, quantity):
        return
    if quantity.approx is not None:
        yield replace(quantity, rule="计数.约数")
    elif quantity.bare:  # 千名科学家, 百项工程: a class of size and no count
        yield passage.identifier(quantity.start, quantity.end, "size_class", "规模")
    elif quantity.value == 1 and not _counts_one(passage, quantity, before):
        if quantity.written in _articles():
            yield passage.identifier(quantity.start, quantity.end, "indefinite", "不定")
    elif not (_weak(quantity) and not _postposed(passage, quantity, before)) and not _ends_word(quantity, before):
        yield replace(quantity, rule="计数.汉字")


def _ends_word(quantity: Quantity, before: str) -> bool:
    """周三个 and 逐一: the digit belongs to the character before it."""
    return before[-1:] != "" and before[-1] in load("names")["word_before"] and (quantity.value or 0) < 10


def _ranks(passage: Passage, quantity: Quantity) -> bool:
    """二类 is a rank (two of a kind are 两类); 龙滩一期 is a stage unless something was held (举办培训班三期)."""
    if passage.text[quantity.number_start] == "二" and quantity.value == 2:
        return True
    staged = quantity.written == "期" and quantity.approx is None and (quantity.value or 0) < 10
    return staged and not _HELD.search(passage.before(quantity.start, 16))


def _inside_word(passage: Passage, quantity: Quantity) -> bool:
    """红十字, 统一批次: the numeral ends a word that begins before it."""
    before = passage.before(quantity.number_start, 4)
    word = word_at(before + passage.after(quantity.number_start, 6), len(before))
    return word is not None and word.start < len(before) and quantity.approx is None


def _negated(quantity: Quantity, before: str) -> Quantity | None:
    """没有发生一起 counts zero; the span holds the negation."""
    match = _NEGATED.search(before) if quantity.value == 1 and quantity.approx is None else None
    if match is None:
        return None
    start = quantity.start - (len(before) - match.start())
    zero = Decimal(0)
    return replace(quantity, start=start, value=zero, low=zero, high=zero, rule="计数.否定")


def _counts_one(passage: Passage, quantity: Quantity, before: str) -> bool:
    """行政单位一家，/ 共一个: one that is counted; 一项重要工作 is an article."""
    if before[-1:] and before[-1] in load("names")["determiners"]:
        return False
    words = load("names")["counting_before"]
    if any(before.endswith(word) for word in words) and _WORD_END.match(passage.text, quantity.end, passage.end):
        return True
    return before.endswith(("共", "仅", "合计", "共计")) or _postposed(passage, quantity, before)


def _postposed(passage: Passage, quantity: Quantity, before: str) -> bool:
    """The count stands behind its noun and closes the clause: 行政单位一家，."""
    closes = _WORD_END.match(passage.text, quantity.end, passage.end) is not None
    return (
        closes and bool(re.search(r"[\u4e00-\u9fa5”]$", before)) and not before.endswith(("的", "了", "在", "于", "第"))
    )


def _weak(quantity: Quantity) -> bool:
    return quantity.written in _WEAK and quantity.approx is None and (quantity.value or 0) < 20


@cache
def _articles() -> frozenset[str]:
    return frozenset(load("names")["article_units"])


def _announced(passage: Passage, match: re.Match[str]) -> Iterator[Quantity]:
    """三大平台 announces a list that can be checked; 大 is no classifier, the unit is 个."""
    numeral = passage.numeral_at(match.start())
    if numeral is not None and numeral.value is not None:
        found = implied(passage.text, numeral, units()["个"], numeral.end, rule="计数.几大")
        yield replace(found, start=match.start(), end=match.end())


def _people(passage: Passage, numeral: Numeral) -> bool:
    """450万困难群众: a number in 万 that stands before its noun without a classifier."""
    return (
        numeral.value is not None
        and numeral.form != "chinese"
        and numeral.text[-1] in "万亿"
        and re.match(r"[\u4e00-\u9fa5]{2,}", passage.after(numeral.end)) is not None
        and re.match(r"[元用于的以及级]|[\u4e00-\u9fa5]?元", passage.after(numeral.end)) is None
    )


def _labelled(passage: Passage, numeral: Numeral) -> bool:
    """参加人数1100，: a number without a unit whose label says what it counts."""
    return (
        numeral.form in ("arabic", "mixed")
        and numeral.value is not None
        and numeral.value == int(numeral.value)
        and _LABELLED.search(passage.before(numeral.start)) is not None
        and _CLOSES.match(passage.text, numeral.end, passage.end) is not None
    )
