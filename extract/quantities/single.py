"""One number with its unit: 近5万余人, 14,206 万⏎元, 3元5角, 500元/人·月."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extract.lexicon import load
from extract.numerals import Numeral, read
from extract.quantities.modifiers import after_unit, before_number, combine, interval, plain, sign
from extract.quantities.units import Unit, unit_at, units
from schemas.figure import Approx, Kind

#: White space inside a figure: blanks, and one line end ("14,206 万⏎元").
GAP = r"[ \t\u3000\xa0]*(?:\r?\n[ \t\u3000\xa0]*)?"
_GAP = re.compile(GAP)
_SCALE_AFTER_GAP = re.compile(rf"{GAP}(?P<scale>[万亿]{{1,2}})(?={GAP}\S)")
_CENTS = re.compile(
    r"(?P<jiao>[零〇\d一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,2})角"
    r"(?:(?P<fen>[零〇\d一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,2})分)?|零(?P<only>[一二三四五六七八九壹贰叁肆伍陆柒捌玖])分"
)
_MONTHS_AND_MORE = re.compile(r"个多(?P<unit>月|小时|星期|工作日)")
_SECOND = re.compile(
    r"[（(](?:只|羽|头|株|套|支|次|辆|个|户|处|本|册|条|块|张|间|所|家|件|台|座|名|人|份|批|枚|棵|亩|班)[)）]"
)
_WHOLE = re.compile(r"[整正](?![个数体治改合理式常在确])")


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


def single(text: str, numeral: Numeral, end: int, *, signed: bool = True) -> Quantity | None:
    """The numeral with its unit and modifiers, None where it has no unit or was refused.

    `signed` allows a minus before it; behind the dash of a range there is none.
    """
    if numeral.form == "fraction" and numeral.value is not None:
        at, loose = _after_number(text, numeral.end, end)
        return _finish(text, numeral, numeral, Unit("ratio", "%", Decimal(1), "分之"), at, end, loose)
    if numeral.form in ("refused", "enclosed"):
        return None
    scaled, at = scale_after_gap(text, numeral, end)
    at, loose = _after_number(text, at, end)
    if match := _MONTHS_AND_MORE.match(text, at, end):  # 五个多月
        return _finish(text, numeral, scaled, units()[f"个{match.group('unit')}"], match.end(), end, ["over"])
    read_unit = _unit_after(text, at, end, chinese=numeral.form == "chinese", prose=_in_prose(text, numeral.start))
    if read_unit is None:
        return None
    unit, stop = read_unit
    return _finish(text, numeral, scaled, unit, stop, end, loose, signed=signed)


def implied(text: str, numeral: Numeral, unit: Unit, end: int, *, rule: str, note: str = "") -> Quantity:
    """A numeral whose unit is not printed behind it but known otherwise, with the modifiers around it."""
    scaled, stop = scale_after_gap(text, numeral, end)
    found = _finish(text, numeral, scaled, unit, stop, end, [])
    return replace(found, rule=rule, note="；".join(filter(None, (note, found.note))))


def scale_after_gap(text: str, numeral: Numeral, end: int) -> tuple[Numeral, int]:
    """14,206 万⏎元: a blank between the digits and 万 does not part them."""
    match = _SCALE_AFTER_GAP.match(text, numeral.end, end) if numeral.form == "arabic" else None
    if match is None or match.start("scale") == numeral.end or numeral.value is None:
        return numeral, numeral.end
    factor = read("一" + match.group("scale")).value or Decimal(1)
    return replace(numeral, value=numeral.value * factor, step=numeral.step * factor, form="mixed"), match.end()


def _after_number(text: str, at: int, end: int) -> tuple[int, list[Approx]]:
    """余 and 多 between number and unit: 30余期, 5万余人."""
    gap = at
    while gap < end and text[gap] in " \u3000\xa0":  # 210 余次
        gap += 1
    approx = load("modifiers")["after_number"].get(text[gap : gap + 1] if gap < end else "")
    return (gap + 1, [approx]) if approx else (at, [])


def _in_prose(text: str, at: int) -> bool:
    """Whether a number follows a Chinese character: then a line end behind it may part it from its unit."""
    return "\u4e00" <= text[max(0, at - 3) : at].rstrip(" \u3000\xa0")[-1:] <= "\u9fa5"


def _unit_after(text: str, at: int, end: int, *, chinese: bool, prose: bool) -> tuple[Unit, int] | None:
    gap = _GAP.match(text, at, end)
    begin = gap.end() if gap else at
    read_unit = unit_at(text, begin, end)
    if read_unit is None:
        return None
    unit, stop = read_unit
    if unit.kind == "count" and "\n" in text[at:begin] and not prose:  # 23⏎管道: a row ends with the number
        return None
    if unit.kind == "count" and (second := _SECOND.match(text, stop, end)):  # 8.6万头（只）
        unit, stop = replace(unit, name=unit.name + second.group()), second.end()
    if begin > at and (chinese or unit.bare_noun):  # "五 家": a blank parts words, only digits are set apart by it
        return None
    return unit, stop


def _finish(
    text: str,
    numeral: Numeral,
    scaled: Numeral,
    unit: Unit,
    stop: int,
    end: int,
    loose: list[Approx],
    *,
    signed: bool = True,
) -> Quantity:
    """Put number, unit and all modifiers together."""
    cents, stop, step = _cents(text, stop, end, unit)
    value = None if scaled.value is None else _scale(scaled.value + cents, unit)
    step = _scale(step or scaled.step, unit)
    per, stop = _per(text, stop, end, unit)
    words: list[Approx] = [*([scaled.approx] if scaled.approx else []), *loose]
    stop, after = after_unit(text, stop, end, unit)
    start, before = before_number(text, numeral)
    start, negative = (start, False) if before or not signed else sign(text, start, unit.kind)
    approx, note = combine([*before, *words, *after])
    bounds = (
        (_scale(scaled.low, unit) if scaled.low is not None else None),
        (_scale(scaled.high, unit) if scaled.high is not None else None),
    )
    if negative:
        value, bounds = _negated(value), (_negated(bounds[1]), _negated(bounds[0]))
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


def _negated(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _scale(value: Decimal, unit: Unit) -> Decimal:
    return plain(value * unit.factor)


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
    written: str = match.group("per") or match.group("inner") or match.group("each")
    known = units().get(written)
    return known.name if known and known.kind == "measure" else written, match.end()


@cache
def _per_pattern() -> re.Pattern[str]:
    """The denominator of 元/人·月, 次/10万公顷, 吨标准煤/万元, L/(人·d)."""
    words = [word for word in units() if len(word) <= 5 and not word.startswith(("%", "％", "\\", "(", "（"))]
    words += ["生", "生均", "人均", "s", "d", "a", "min"]
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    one = rf"(?:\d+[十百千万亿]*)?(?:{alternatives}|[十百千万亿]+(?:{alternatives}))"
    several = rf"{one}(?:[·•.．/／]{one})*"
    return re.compile(rf"[/／](?:(?P<per>{several})|[（(](?P<inner>{several})[)）])(?![A-Za-z0-9])|每(?P<each>{one})")
