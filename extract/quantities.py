"""Numbers with their unit and modifiers: what a numeral says once its neighbours are read.

`quantities` reads "近5万余人" as (about 50000 人), "10—15万元" as a range, "-5.2%" with its sign, "元/人·月" with its
denominator. It knows grammar only; whether a quantity is a figure is decided by the finders.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

from extract.lexicon import load
from extract.numerals import CHINESE, Numeral, read
from schemas.figure import Approx, Kind

#: White space inside a figure: blanks, and one line end ("14,206 万⏎元").
GAP = r"[ \t\u3000\xa0]*(?:\r?\n[ \t\u3000\xa0]*)?"
_SCALE_AFTER_GAP = re.compile(rf"{GAP}(?P<scale>[万亿]{{1,2}})(?={GAP}\S)")
_CONNECTOR = re.compile(r"[ \t]*(?:-{1,2}|—{1,2}|–|－|−|~|～|∼|至|到|﹣|‐)[ \t]*")
_MINUS = re.compile(r"(?<![0-9０-９A-Za-z])[-－−﹣]$|负$")
_CENTS = re.compile(
    r"(?P<jiao>[零〇\d一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,2})角"
    r"(?:(?P<fen>[零〇\d一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,2})分)?|零(?P<only>[一二三四五六七八九壹贰叁肆伍陆柒捌玖])分"
)
_WHOLE = re.compile(r"[整正](?![个数体治改合理式常在确])")
_WAN = Decimal(10000)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: what it measures, its canonical name, and how many canonical units one of it is."""

    kind: Kind
    name: str
    factor: Decimal
    written: str
    bare_noun: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A numeral (or two, in a range) with unit and modifiers; `start` and `end` span all of them.

    Values are canonical, as in `schemas.figure.Figure`. `number_start` and `number_end` span the bare numerals,
    `chinese` tells that they are Chinese ones, `bare` that they begin with a scale (百, 千万).
    """

    start: int
    end: int
    number_start: int
    number_end: int
    kind: Kind
    value: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None
    step: Decimal
    approx: Approx | None
    written: str
    per: str | None = None
    chinese: bool = False
    bare: bool = False
    bare_noun: bool = False
    note: str = ""
    rule: str = ""


def quantities(text: str, numerals: Sequence[Numeral], end: int) -> list[Quantity]:
    """All numerals that have a unit, in order. `end` is where the passage ends: nothing beyond it is looked at."""
    found: list[Quantity] = []
    at = 0
    while at < len(numerals):
        quantity, used = _range(text, numerals, at, end) or (_single(text, numerals[at], end), 1)
        if quantity is not None and not (found and quantity.start < found[-1].end):
            found.append(quantity)
        at += used
    return found


def unit_at(text: str, at: int, end: int) -> tuple[Unit, int] | None:
    """The longest unit that stands at `at`, and where it ends; None where none does."""
    match = _unit_pattern().match(text, at, end)
    if match is None:
        return None
    written = match.group()
    after = text[match.end() : match.end() + 1] if match.end() < end else ""
    if written[-1].isascii() and written[-1].isalpha() and after.isascii() and after.isalnum():
        return None
    if after and after in _not_before().get(written, ""):
        return None
    return units()[written], match.end()


@cache
def units() -> dict[str, Unit]:
    """Every unit by its written form."""
    lexicon = load("units")
    table: dict[str, Unit] = {}
    for group, words in lexicon["count"].items():
        if group != "canonical":
            table |= {word: Unit("count", word, Decimal(1), word, group == "nouns") for word in words}
    table |= {word: Unit("measure", name, Decimal(1), word) for word, name in lexicon["measure"].items()}
    table |= {word: Unit("ratio", name, Decimal(factor), word) for word, (name, factor) in lexicon["ratio"].items()}
    table |= {word: Unit("score", name, Decimal(1), word) for word, name in lexicon["score"].items()}
    table |= {word: Unit("amount", code, Decimal(1), word) for word, code in lexicon["currency"].items()}
    table |= {word: Unit("amount", "万元", Decimal(worth) / _WAN, word) for word, worth in lexicon["money"].items()}
    return table


@cache
def _unit_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(units(), key=len, reverse=True)))


@cache
def _not_before() -> dict[str, str]:
    words: dict[str, str] = load("units")["not_before"]
    return words


@cache
def _per_pattern() -> re.Pattern[str]:
    """The denominator of 元/人·月, 次/10万公顷."""
    words = [word for word in units() if len(word) <= 5 and not word.startswith(("%", "％", "\\"))] + [
        "生",
        "生均",
        "人均",
    ]
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    one = rf"(?:\d+[十百千万亿]?)?(?:{alternatives})"
    return re.compile(rf"[/／](?P<per>{one}(?:[·•.．/／]{one})*)|每(?P<each>{one})")


# --- one number -------------------------------------------------------------------------------------------------------


def _single(text: str, numeral: Numeral, end: int) -> Quantity | None:
    if numeral.form == "fraction" and numeral.value is not None:
        return _finish(text, numeral, numeral, Unit("ratio", "%", Decimal(1), "分之"), numeral.end, end, [])
    if numeral.form in ("refused", "enclosed"):
        return None
    scaled, at = _scale_after_gap(text, numeral, end)
    at, loose = _after_number(text, at, end)
    read_unit = _unit_after(text, at, end, chinese=numeral.form == "chinese")
    if read_unit is None:
        return None
    unit, stop = read_unit
    return _finish(text, numeral, scaled, unit, stop, end, loose)


def _scale_after_gap(text: str, numeral: Numeral, end: int) -> tuple[Numeral, int]:
    """14,206 万⏎元: a blank between the digits and 万 does not part them."""
    match = _SCALE_AFTER_GAP.match(text, numeral.end, end) if numeral.form == "arabic" else None
    if match is None or match.start("scale") == numeral.end or numeral.value is None:
        return numeral, numeral.end
    if unit_at(text, match.end(), end) is None and not text[match.end() : end].lstrip().startswith(("元", "（", "(")):
        return numeral, numeral.end
    factor = read("一" + match.group("scale")).value or Decimal(1)
    return replace(numeral, value=numeral.value * factor, step=numeral.step * factor, form="mixed"), match.end()


def _after_number(text: str, at: int, end: int) -> tuple[int, list[Approx]]:
    """余 and 多 between number and unit: 30余期, 5万余人."""
    word = text[at : at + 1] if at < end else ""
    approx = load("modifiers")["after_number"].get(word)
    return (at + 1, [approx]) if approx else (at, [])


def _unit_after(text: str, at: int, end: int, *, chinese: bool) -> tuple[Unit, int] | None:
    gap = re.compile(GAP).match(text, at, end)
    begin = gap.end() if gap else at
    read_unit = unit_at(text, begin, end)
    if read_unit is None:
        return None
    unit, stop = read_unit
    if begin > at and (chinese or unit.bare_noun):  # "五 家": a blank parts words, only digits are set apart by it
        return None
    if "\n" in text[at:begin] and unit.kind == "count" and len(unit.written) > 1 and unit.bare_noun:
        return None
    return unit, stop


def _finish(
    text: str, numeral: Numeral, scaled: Numeral, unit: Unit, stop: int, end: int, loose: list[Approx]
) -> Quantity:
    """Put number, unit and all modifiers together."""
    cents, stop, step = _cents(text, stop, end, unit)
    value = None if scaled.value is None else _scale(scaled.value + cents, unit)
    step = _scale(step or scaled.step, unit)
    per, stop = _per(text, stop, end, unit)
    words: list[Approx] = [*([scaled.approx] if scaled.approx else []), *loose]
    stop, after = _after_unit(text, stop, end, unit)
    start, before = _before(text, numeral)
    start, negative = (start, False) if before else _sign(text, numeral.start, unit)
    if negative and value is not None:
        value = -value
    approx, note = combine([*before, *words, *after])
    bounds = (
        (_scale(scaled.low, unit) if scaled.low is not None else None),
        (_scale(scaled.high, unit) if scaled.high is not None else None),
    )
    low, high = interval(unit.kind, value, step, approx, bounds)
    return Quantity(
        start,
        stop,
        numeral.start,
        numeral.end,
        unit.kind,
        value,
        f"{unit.name}/{per}" if per and unit.kind != "amount" else unit.name,
        low,
        high,
        step,
        approx,
        unit.written,
        per,
        numeral.form == "chinese",
        numeral.bare,
        unit.bare_noun,
        note,
    )


def _scale(value: Decimal, unit: Unit) -> Decimal:
    return plain(value * unit.factor)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent: 35000.00 → 35000."""
    short = value.normalize()
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1))  # type: ignore[operator]


def _cents(text: str, at: int, end: int, unit: Unit) -> tuple[Decimal, int, Decimal | None]:
    """角, 分 and 整 after 元: 3元5角, 壹仟元零伍分, 壹佰万元整. In 元."""
    if unit.written != "元":
        return Decimal(0), at, None
    match = _CENTS.match(text, at, end)
    cents, step = Decimal(0), None
    if match:
        jiao, fen = match.group("jiao"), match.group("fen") or match.group("only")
        cents = (read(jiao[-1]).value or Decimal(0)) / 10 if jiao else Decimal(0)
        cents += (read(fen[-1]).value or Decimal(0)) / 100 if fen else Decimal(0)
        step = Decimal("0.01") if fen else Decimal("0.1")
        at = match.end()
    whole = _WHOLE.match(text, at, end)
    return cents, whole.end() if whole else at, step


def _per(text: str, at: int, end: int, unit: Unit) -> tuple[str | None, int]:
    if unit.kind not in ("amount", "count", "measure"):
        return None, at
    match = _per_pattern().match(text, at, end)
    if match is None:
        return None, at
    return match.group("per") or match.group("each"), match.end()


# --- modifiers --------------------------------------------------------------------------------------------------------


def _before(text: str, numeral: Numeral) -> tuple[int, list[Approx]]:
    """Modifiers that stand right before the number, from the outermost in: 不超过, 近, ≥."""
    start, found = numeral.start, []
    while (word := _word_before(text, start, numeral)) is not None:
        at, approx = word
        found.insert(0, approx)
        start = at
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
    if at and text[at - 1] in load("modifiers")["before_not"].get(word, ""):
        return False
    if word == "突破" and numeral.value is not None and numeral.value < 10:  # 突破一批技术: a verb
        return False
    if word == "过":  # 过五百亿, 过万 is a threshold; 举办过3次 is an aspect
        return numeral.text[-1] in "百千万亿" or numeral.bare
    return True


@cache
def _before_words() -> tuple[dict[str, Approx], frozenset[str], int]:
    words: dict[str, Approx] = load("modifiers")["before"]
    return words, frozenset(word[-1] for word in words), max(map(len, words))


def _after_unit(text: str, at: int, end: int, unit: Unit) -> tuple[int, list[Approx]]:
    """以上, 左右, 以内, 余 after the unit; 多 only after a span of time (3年多, not 500人多次)."""
    match = _after_pattern().match(text, at, end)
    if match is None:
        return at, []
    word, following = match.group("word"), text[match.end() : match.end() + 1]
    if word in ("余", "多") and (
        unit.kind not in ("measure", "amount") or (following and following in "次个项种家方元处样层部")
    ):
        return at, []
    return match.end(), [load("modifiers")["after_unit"][word]]


@cache
def _after_pattern() -> re.Pattern[str]:
    words = sorted(load("modifiers")["after_unit"], key=len, reverse=True)
    return re.compile(rf"[ \t]*(?P<word>{'|'.join(map(re.escape, words))})")


def _sign(text: str, start: int, unit: Unit) -> tuple[int, bool]:
    """A minus sign right before a rate or an amount: 增长-5.2%, 负3.1%."""
    if unit.kind not in ("ratio", "amount", "measure"):
        return start, False
    match = _MINUS.search(text[max(0, start - 2) : start])
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


# --- ranges -----------------------------------------------------------------------------------------------------------


def _range(text: str, numerals: Sequence[Numeral], at: int, end: int) -> tuple[Quantity | None, int] | None:
    """A range: 10—15万元, 4.5%—5%, 50至100万人, 2-3家. None where there is none at this numeral."""
    if at + 1 >= len(numerals):
        return None
    first, second = numerals[at], numerals[at + 1]
    if first.form == "fraction" and second.form != "fraction":  # 百分之二十至三十
        second = replace(second, form="fraction")
    last = _single(text, second, end)
    joined = _joined(text, first, second, last) if last else None
    if last is None or joined is None:
        return None
    connector, head = joined
    if _is_change(text, first.start, connector):
        return None
    low = _low_end(first, second, last, head)
    if low is None or last.value is None or low > last.value:
        return None
    start, before = _before(text, first)
    return replace(
        last,
        start=start,
        number_start=first.start,
        value=None,
        low=low,
        high=last.value,
        approx="range",
        note="" if not before else "区间带修饰词",
    ), 2


def _joined(text: str, first: Numeral, second: Numeral, last: Quantity) -> tuple[str, Quantity | None] | None:
    """What stands between the ends of a range, and the lower end as a quantity where it has a unit of its own."""
    direct = _CONNECTOR.fullmatch(text, first.end, second.start)
    if direct:
        return direct.group(), None
    head = _single(text, first, second.start)
    if head is None or (head.kind, head.unit) != (last.kind, last.unit):
        return None
    connector = _CONNECTOR.fullmatch(text, head.end, second.start)
    return (connector.group(), head) if connector else None


def _is_change(text: str, start: int, connector: str) -> bool:
    """从3%到5% is a change and no range."""
    return connector.strip() in ("到", "至") and bool(re.search("[从由自]$", text[max(0, start - 1) : start]))


def _low_end(first: Numeral, second: Numeral, last: Quantity, head: Quantity | None) -> Decimal | None:
    """The lower end in the canonical unit; the scale of the upper end is shared where that makes a range (50至100万)."""
    if head is not None and head.value is not None:
        return head.value
    if first.value is None or second.value is None or last.value is None or not second.value:
        return None
    factor = last.value / second.value  # what the unit, and a scale after a blank, did to the upper end
    low = first.value
    scale = re.fullmatch(rf"(?P<number>[^{CHINESE}]+|[一二三四五六七八九十百千]+)(?P<scale>[百千万亿]+)", second.text)
    if scale and not re.search("[万亿]", first.text):
        upper = read(scale.group("number")).value
        shared = second.value / upper if upper else None
        if upper is not None and shared is not None and first.value <= upper:
            low = first.value * shared
    return plain((low * factor).quantize(Decimal("1e-12"), ROUND_HALF_EVEN))
