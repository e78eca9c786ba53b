"""Words beside a number that change what it stands for, and the interval that results."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from extract.lexicon import load
from extract.numerals import Numeral
from extract.quantities.units import Unit
from schemas.figure import Approx, Kind

_EQUALS = re.compile(r"(?:\A|[\s：:（(|，,；;、])[=＝]\Z")
_MINUS = re.compile(r"(?<![0-9０-９A-Za-z%％‰）)元])[-－−﹣]$|负$|零下$")


def before_number(text: str, numeral: Numeral) -> tuple[int, list[Approx]]:
    """Modifiers that stand right before the number, from the outermost in: 不超过, 近, ≥."""
    start = numeral.start
    found: list[Approx] = []
    while (word := _word_before(text, start, numeral)) is not None:
        at, approx = word
        found.insert(0, approx)
        start = at
    if _EQUALS.search(text, max(0, start - 2), start):  # a target of =100%
        start -= 1
    return start, found


def _word_before(text: str, at: int, numeral: Numeral) -> tuple[int, Approx] | None:
    """The longest modifier that ends at `at` (blanks between are skipped), and where it starts."""
    words, last_characters, longest = _before_words()
    stop = at
    while stop and text[stop - 1] in " \t\u3000\xa0":
        stop -= 1
    if not stop or text[stop - 1] not in last_characters:
        return None
    for length in range(min(longest, stop), 0, -1):
        word = text[stop - length : stop]
        if word in words and _modifies(text, stop - length, word, numeral):
            return stop - length, words[word]
    return None


def _modifies(text: str, at: int, word: str, numeral: Numeral) -> bool:
    """False where the word is the tail of another one: 节约3万元, 经过3年, 举办过3次."""
    if at and text[at - 1] in load("modifiers")["before_not"].get(word, "") and text[at - 2 : at] != "折合":
        return False
    if word in load("modifiers")["beside_a_line"]["words"] and _names_a_line(text, numeral):
        return False
    if word == "突破" and numeral.value is not None and numeral.value < 10:  # 突破一批技术: a verb
        return False
    if word == "过":  # 过五百亿, 过万 is a threshold; 举办过3次 is an aspect
        return numeral.text[-1] in "百千万亿" or numeral.bare
    return True


def _names_a_line(text: str, numeral: Numeral) -> bool:
    """均低于5‰的控制线: the line is 5‰, and something else is below it."""
    return _line_pattern().match(text, numeral.end) is not None


@cache
def _line_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"[^，。；、的]{{0,6}}的[^，。；、的]{{0,6}}?(?:{'|'.join(load('modifiers')['beside_a_line']['lines'])})"
    )


@cache
def _before_words() -> tuple[dict[str, Approx], frozenset[str], int]:
    words: dict[str, Approx] = load("modifiers")["before"]
    return words, frozenset(word[-1] for word in words), max(map(len, words))


#: Other units behind which 多 means more than: 六米多, 三成多.
_MORE_THAN = frozenset({"倍", "成", "元", "米", "公里", "里", "亩", "公顷", "吨", "斤", "公斤"})
#: Spans of time, after which 内 sets a limit (3个月内) and 多 means more than (3年多).
TIMES = frozenset({"年", "个月", "天", "日", "周", "星期", "小时", "分钟", "工作日", "自然日", "周年"})


def after_unit(text: str, at: int, end: int, unit: Unit) -> tuple[int, list[Approx]]:
    """以上, 左右, 以内 after any unit; 余, 多, 内 only where they can't begin another word (3年多, not 500人多次)."""
    match = _after_pattern().match(text, at, end)
    if match is None or not _fits(match.group("word"), text[match.end() : match.end() + 1], unit):
        return at, []
    return match.end(), [load("modifiers")["after_unit"][match.group("word")]]


def _fits(word: str, following: str, unit: Unit) -> bool:
    if word == "内":
        return unit.name in TIMES and following not in tuple("部容设外涵在生存需")
    if word in ("强", "弱"):
        return unit.written == "分之"
    if word == "余":
        return unit.kind in ("measure", "amount")
    if word == "多":
        return (unit.name in TIMES or unit.written in _MORE_THAN) and following not in tuple("次个项种家方元处样层部")
    return True


@cache
def _after_pattern() -> re.Pattern[str]:
    words = sorted(load("modifiers")["after_unit"], key=len, reverse=True)
    return re.compile(rf"[ \t]*(?P<word>{'|'.join(map(re.escape, words))})")


def sign(text: str, start: int, kind: Kind) -> tuple[int, bool]:
    """A minus sign right before a rate or an amount: 增长-5.2%, 负3.1%, 零下5℃. Between two numbers it is a dash."""
    if kind not in ("ratio", "amount", "measure"):
        return start, False
    match = _MINUS.search(text[max(0, start - 3) : start])
    return (start - len(match.group()), True) if match else (start, False)


def combine(words: Sequence[Approx]) -> tuple[Approx | None, str]:
    """One approximation from stacked ones. 近5万余人 contradicts itself: about, with a note; 逾30多万 is over."""
    kinds = set(words)
    if not kinds:
        return None, ""
    if "range" in kinds:
        return "range", ""
    if kinds & {"nearly", "at_most"} and kinds & {"over", "at_least"}:
        return "about", "修饰词矛盾"
    for kind in ("at_most", "at_least", "about", "vague", "nearly", "over"):
        if kind in kinds:
            return kind, ""
    return None, ""


def interval(
    kind: Kind,
    value: Decimal | None,
    step: Decimal,
    approx: Approx | None,
    bounds: tuple[Decimal | None, Decimal | None] = (None, None),
) -> tuple[Decimal | None, Decimal | None]:
    """What the printed form stands for: a point, ± half a step, or one side. See `schemas.figure.Figure`."""
    if approx in ("range", "vague"):
        return bounds
    if value is None or approx == "about":
        return None, None
    if approx in ("over", "at_least"):
        return value, None
    if approx in ("nearly", "at_most"):
        return None, value
    exact = kind == "score" or (kind == "count" and step <= 1 and value == int(value))
    half = Decimal(0) if exact else step / 2  # 1.2万场 is a rounded count, 66名 is not
    return plain(value - half), plain(value + half)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent: 35000.00 → 35000."""
    short = value.normalize()
    return Decimal(f"{short:f}")
