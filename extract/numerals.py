"""Every numeral of a text, read exactly or refused.

`scan` yields all runs of numeral characters: Arabic and full-width digits, Chinese (三百二十, 廿, 〇), capital
(壹佰玖拾贰万) and mixed (3亿5千万, 3.45678万), fractions (百分之五点三, 三分之一) and vague ones (数十, 十几, 两三百).
A run that is not wholly understood is refused with a reason and never half read: no `.93` out of `707.93`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Form = Literal["arabic", "chinese", "mixed", "fraction", "enclosed", "refused"]

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_SIMPLE = str.maketrans("壹贰叁参肆伍陆柒捌玖拾佰仟萬億兩○〇零", "一二三三四五六七八九十百千万亿两零零零")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_SCALES = _SMALL | _BIG

D = "0-9０-９"
_CAPITAL = "壹贰叁肆伍陆柒捌玖拾佰仟萬億兩"
CHINESE = "零〇○一二两三四五六七八九十百千万亿廿卅" + _CAPITAL
# One capital character is a word (陆海, 队伍, 叁 as a name); two side by side, or one before money, are a number.
_LONE_CAPITAL = rf"(?<![{_CAPITAL}万亿零])[壹贰叁肆伍陆柒捌玖拾佰仟兩](?![{_CAPITAL}万亿零元圆角])"
#: Enumerators that stand for a number of their own: ① ⑴ ㈠ Ⅰ.
ENCLOSED = "①-⑳⑴-⒇⒈-⒛㈠-㈩Ⅰ-Ⅻ⓪❶-❿"
# A full-width comma joins only three digits and no more: "3，518.85万元", but not "2，30人".
_PIECE = rf"[{D}]+(?:[.．,][{D}]+|，[{D}]{{3}}(?![{D}]))*"
_SCALE = "十百千万亿拾佰仟萬億"
# 千 of 1.3亿千瓦, 百 of 5个百分点 and a lone capital are no part of a run
_CHARACTER = rf"(?!千[瓦米克伏卡赫焦帕]|百分[点比率数制]|{_LONE_CAPITAL})[{CHINESE}]"
_RUN = re.compile(
    rf"[{ENCLOSED}]"
    rf"|(?=[{D}{CHINESE}数几上])"  # the set of first characters comes first: the engine skips to it quickly
    rf"(?:(?<![人总户件个次多少大基指系倍参岁])数(?=[{_SCALE}])|几(?=[{_SCALE}])"
    rf"|(?<![迈登踏跃跨站攀以之网会路线早晚身手马历向年再])上(?=[百千万亿](?!分之)))?"
    rf"(?:{_PIECE}|{_CHARACTER})"
    rf"(?:{_PIECE}|(?=[{_SCALE}]){_CHARACTER}|(?<![{D}]){_CHARACTER}|(?<=[{_SCALE}{D}])[余多几](?=[{_SCALE}])"
    rf"|(?<=[十拾廿卅])几|分之(?=[{D}{CHINESE}])|(?<=[{CHINESE}])点(?=[{CHINESE}]))*"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_BLANK = r"[ \t\u3000\xa0]"
_BROKEN = re.compile(
    rf"(?P<mark>[,.]?)(?:{_BLANK}*\r?\n{_BLANK}*|(?<=[,.]){_BLANK}+)(?P<rest>\d[\d,]*(?:\.\d+)?)(?P<scale>[万亿]*)"
)
_TORN = re.compile(
    rf"{_BLANK}*\r?\n{_BLANK}*\d[\d,]*(?:\.\d+)?(?=[ \t]*[万亿元%％‰]|[个名人家户次项件起条])"
    rf"|[.,]?[ \u3000\xa0]{{1,3}}\d"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_TOKEN = re.compile(r"[\d.,]+|[余多几]|.")
#: 两三家, 三四十人, 七八百: neighbours; 三五个 is the one idiom beside them.
_NEIGHBOURS = frozenset({"一两", "一二", "两三", "二三", "三四", "四五", "五六", "六七", "七八", "八九", "三五"})
#: A run of more characters, digits or powers of ten is a code, a line of a drawing or noise, and no quantity.
_LONGEST, _DIGITS_MAX, _POWER_MAX = 64, 24, 24


@dataclass(frozen=True, slots=True)
class Numeral:
    """A run of numeral characters: its span and what it stands for.

    `value` is exact, None for a range (两三百) and for what was refused. `step` is one unit of the last printed place
    (0.001万 → 10). `low` and `high` bound a range or a vague numeral. A fraction is in percent. `bare` marks a run
    that begins with a scale (百, 千万, 亿) and so counts only with a unit or modifier. `reason` says, in Chinese, why a
    run was refused.
    """

    start: int
    end: int
    text: str
    form: Form
    value: Decimal | None = None
    step: Decimal = Decimal(1)
    low: Decimal | None = None
    high: Decimal | None = None
    approx: Literal["over", "vague", "range"] | None = None
    bare: bool = False
    reason: str = ""


class _RefusedError(ValueError):
    """The run is not a number that we fully understand."""


def scan(text: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """All numerals of `text[start:end]` in order; they never overlap."""
    stop = len(text) if end is None else end
    at = start
    torn = False
    while match := _RUN.search(text, at, stop):
        numeral = replace(read(match.group()), start=match.start(), end=match.end())
        numeral = _rejoined(text, numeral, stop) or numeral
        tears = _is_torn(text, numeral, stop)
        if torn or tears:
            numeral = _refuse(numeral, "数在换行或空格处断开，不能判断是否相连")
        elif _lost_bracket(text, numeral):
            numeral = _refuse(numeral, "文号缺了括号，与后面的数粘在一起")
        elif _is_scientific(text, numeral, stop):
            numeral = _refuse(numeral, "科学计数法，不按两个数来读")
        yield numeral
        at, torn = numeral.end, tears


def _refuse(numeral: Numeral, reason: str) -> Numeral:
    return replace(numeral, form="refused", value=None, low=None, high=None, approx=None, reason=reason)


def _rejoined(text: str, numeral: Numeral, stop: int) -> Numeral | None:
    """A number broken by a line end or a blank is joined where only the whole is well formed: 1,28⏎6.40; 13. 68."""
    match = _BROKEN.match(text, numeral.end, stop)
    if match is None or numeral.form not in ("arabic", "refused"):
        return None
    mark, rest = match.group("mark"), match.group("rest")
    whole = numeral.text + mark + rest
    if mark == ".":
        numbered = len(numeral.text) < 3 and _at_line_start(text, numeral.start)  # "2.⏎35万元" is item 2
        fits = not numbered and "." not in numeral.text and re.fullmatch(r"\d+", rest) is not None
    else:
        fits = (mark == "," or numeral.form == "refused") and _GROUPED.fullmatch(whole) is not None
    scaled = read(whole + match.group("scale"))
    if not fits or scaled.value is None:
        return None
    return replace(scaled, start=numeral.start, end=match.end(), text=text[numeral.start : match.end()])


def _at_line_start(text: str, at: int) -> bool:
    while at and text[at - 1] in " \t\u3000":
        at -= 1
    return at == 0 or text[at - 1] in "\r\n"


def _is_torn(text: str, numeral: Numeral, stop: int) -> bool:
    """支出14⏎206.5万元, 2,242.4 8万元: digits stop at a break and digits go on; a line of digits alone is a cell.

    A year (2023 12月) and a code of seven digits before an amount are whole as they are.
    """
    if numeral.form != "arabic" or _TORN.match(text, numeral.end, stop) is None:
        return False
    if _YEAR.fullmatch(numeral.text) or (len(numeral.text) > 6 and numeral.text.isdigit()):
        return False
    before = text[max(0, numeral.start - 3) : numeral.start].rstrip(" \u3000\xa0")[-1:]
    return "\u4e00" <= before <= "\u9fa5" and before not in "表图件录第栏"


def _lost_bracket(text: str, numeral: Numeral) -> bool:
    """〔20317712040万元 was 〔2031〕77号 and 12040万元: which digits belong where can't be told."""
    return (
        numeral.start > 0
        and text[numeral.start - 1] in "〔﹝【"
        and re.match(r"(?:19|20)\d{3}", numeral.text) is not None
    )


def _is_scientific(text: str, numeral: Numeral, stop: int) -> bool:
    """1.0E+05 of a careless spreadsheet is neither 1.0 nor 5."""
    behind = re.compile(r"[eE][+-]?\d").match(text, numeral.end, stop)
    before = re.search(r"\d\.\d+[eE][+-]?$", text[max(0, numeral.start - 24) : numeral.start])
    return numeral.form == "arabic" and ((behind is not None and "." in numeral.text) or before is not None)


@lru_cache(maxsize=65536)
def read(run: str) -> Numeral:
    """The numeral that a whole run stands for, at offset 0. Never raises: what is not understood is refused."""
    try:
        return _read(run)
    except _RefusedError as refusal:
        return Numeral(0, len(run), run, "refused", reason=str(refusal))


def _read(run: str) -> Numeral:
    if len(run) == 1 and re.match(f"[{ENCLOSED}]", run):
        return Numeral(0, 1, run, "enclosed")
    if len(run) > _LONGEST:
        raise _RefusedError("太长，不像一个数")
    plain = run.translate(_FULL_WIDTH).translate(_SIMPLE).replace("廿", "二十").replace("卅", "三十")
    if "分之" in plain:
        return _fraction(run, plain)
    if plain[0] in "数几上":
        low, step, _ = _exact(_TOKEN.findall(plain[1:]))
        high = None if plain[0] == "上" else 10 * low
        return Numeral(0, len(run), run, "chinese", low, step, low, high, "vague", bare=False)
    tokens = _TOKEN.findall(plain)
    form: Form = "arabic" if len(tokens) == 1 and plain[0].isdigit() else "chinese"
    if form == "chinese" and any(token[0].isdigit() for token in tokens):
        form = "mixed"
    tokens, approx, spread = _vague(tokens)
    bounds = _neighbours(tokens)
    if bounds:
        (low, step, _), (high, _, _) = (_exact(bound) for bound in bounds)
        return Numeral(0, len(run), run, form, None, step, low, high, "range")
    value, step, bare = _exact(tokens)
    if not approx:
        return Numeral(0, len(run), run, form, value, step, bare=bare)
    high = value + spread * step if spread else None
    return Numeral(0, len(run), run, form, value, step, value, high, approx, bare)


def _fraction(run: str, plain: str) -> Numeral:
    """百分之五点三 → 5.3, 三分之一 → 33.33333333 (8 places, half even), 千分之二 → 0.2; all in percent."""
    below, _, above = plain.partition("分之")
    if "分之" in above:
        raise _RefusedError("分数套分数")
    divisor, _, _ = _exact(_TOKEN.findall(below))
    value, step, bare = _exact(_TOKEN.findall(above))
    if divisor < 1 or (bare and above != "百"):
        raise _RefusedError("分数不完整")
    with localcontext(prec=60):
        percent = (100 * value / divisor).quantize(Decimal("1e-8"), ROUND_HALF_EVEN)
    if divisor in (100, 1000, 10000):  # decimal places are printed ones
        return Numeral(0, len(run), run, "fraction", (100 * value / divisor).normalize() + 0, 100 * step / divisor)
    return Numeral(0, len(run), run, "fraction", percent, Decimal("1e-8"))


def _vague(tokens: list[str]) -> tuple[list[str], Literal["over", "vague"] | None, int]:
    """Take 余/多/几 out of a run: 30多万 → (30 万, over), 十几 → (十, vague, one step of ten)."""
    marks = [i for i, word in enumerate(tokens) if word in "余多几"]
    if not marks:
        return tokens, None, 0
    if len(marks) > 1:
        raise _RefusedError("约数词重复")
    at = marks[0]
    rest = tokens[:at] + tokens[at + 1 :]
    if tokens[at] == "几":  # 十几 is 10 to 20; 三十几万 is 30万 to 40万
        return rest, "vague", 10
    return rest, "over", 0


def _neighbours(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """The two ends of 两三百, 三四十万, 十七八, 二十五六; None where no two digits stand side by side."""
    digits = [i for i, token in enumerate(tokens) if token in _DIGITS]
    pairs = [i for i, j in pairwise(digits) if j == i + 1]
    if len(pairs) != 1 or "".join(tokens[pairs[0] : pairs[0] + 2]) not in _NEIGHBOURS:
        return None
    at = pairs[0]
    below = at + 2 < len(tokens) and tokens[at + 2] in _SMALL  # 两万六七千
    if at and tokens[at - 1] != "十" and not (tokens[at - 1] in _SCALES and below):
        return None
    return tokens[: at + 1] + tokens[at + 2 :], tokens[:at] + tokens[at + 1 :]


def _exact(tokens: list[str]) -> tuple[Decimal, Decimal, bool]:
    """Value, step and whether the run begins with a bare scale.

    Raises:
        _RefusedError: the tokens are not one well-formed number, or one too large or too long to be a quantity.
    """
    value, step, bare = _well_formed(tokens)
    if len(value.normalize().as_tuple().digits) > _DIGITS_MAX or value.adjusted() > _POWER_MAX:
        raise _RefusedError("数位太多，不像一个数量")
    return value, step, bare


def _well_formed(tokens: list[str]) -> tuple[Decimal, Decimal, bool]:
    if not tokens:
        raise _RefusedError("没有数字")
    if len(tokens) == 1 and tokens[0][0] not in _SCALES:
        return (*_atom(tokens[0]), False)
    if "点" in tokens:
        return _spoken_decimal(tokens)
    if all(token in _DIGITS for token in tokens):  # 二〇二三: digits in their places; 一二三 is a list and no number
        if len(tokens) < 4 and "零" not in tokens:
            raise _RefusedError("数字连写")
        return Decimal("".join(str(_DIGITS[token]) for token in tokens)), Decimal(1), False
    bare = tokens[0] in "百千万亿"
    value, step = _scaled(["一", *tokens] if bare or tokens[0] == "十" else tokens)
    return value, step, bare


def _atom(token: str) -> tuple[Decimal, Decimal]:
    """One Arabic number or one Chinese digit, with the value of its last place."""
    if token in _DIGITS:
        return Decimal(_DIGITS[token]), Decimal(1)
    if "," in token:
        if not _GROUPED.fullmatch(token):
            raise _RefusedError("千分位写法不合规则")
        token = token.replace(",", "")
    elif not _PLAIN.fullmatch(token):
        raise _RefusedError("不是完整的数")
    if len(token) > 1 and token[0] == "0" and token[1] != ".":
        raise _RefusedError("以0开头，像编码")
    value = Decimal(token)
    return value, Decimal(1).scaleb(int(value.as_tuple().exponent))


def _spoken_decimal(tokens: list[str]) -> tuple[Decimal, Decimal, bool]:
    """五点三, 三点二五亿: digits after 点 stand in their places, then scales may follow."""
    at = tokens.index("点")
    after = tokens[at + 1 :]
    places = 0
    while places < len(after) and after[places] in _DIGITS:
        places += 1
    scales = after[places:]
    if not places or any(token not in _BIG for token in scales):
        raise _RefusedError("小数写法不完整")
    whole, _, _ = _exact(tokens[:at])
    digits = "".join(str(_DIGITS[token]) for token in after[:places])
    factor = _product(scales)
    return (whole + Decimal(f"0.{digits}")) * factor, Decimal(1).scaleb(-places) * factor, False


def _product(scales: list[str]) -> Decimal:
    factor = Decimal(1)
    for scale in scales:
        factor *= _SCALES[scale]
    return factor


def _scaled(tokens: list[str], *, final: bool = True) -> tuple[Decimal, Decimal]:
    """A number with scales: 亿 splits first (from the right: 二十万亿), then 万, then 千 百 十 in falling order.

    Only at the end of the run (`final`) may a place be left out: 三千二 is 3200, 三千二万 is nothing.
    """
    for scale in ("亿", "万"):
        if scale in tokens:
            at = len(tokens) - 1 - tokens[::-1].index(scale)
            if at == 0:
                raise _RefusedError(f"“{scale}”前没有数")
            high, high_step = _scaled(tokens[:at], final=False)
            low, low_step = _remainder(tokens[at + 1 :], scale)
            if low >= _BIG[scale]:
                raise _RefusedError("数位次序不对")
            if tokens[at + 1 :] and high_step < 1:
                raise _RefusedError("小数之后又有数位")
            return high * _BIG[scale] + low, low_step or high_step * _BIG[scale]
    return _section(tokens, final=final)


def _remainder(tokens: list[str], scale: str) -> tuple[Decimal, Decimal | None]:
    """What follows a big scale: nothing, 零五百, 6千, or the short form 三万五 (35000)."""
    while tokens and tokens[0] == "零":
        tokens = tokens[1:]
        if not tokens:
            raise _RefusedError("数以零结尾")
        if len(tokens) == 1 and tokens[0] in _DIGITS:
            return Decimal(_DIGITS[tokens[0]]), Decimal(1)
    if not tokens:
        return Decimal(0), None
    if len(tokens) == 1 and tokens[0] in _DIGITS:
        tenth = Decimal(_BIG[scale]) / 10
        return _DIGITS[tokens[0]] * tenth, tenth
    if tokens[0] == "十":
        tokens = ["一", *tokens]
    value, step = _scaled(tokens)
    if value != int(value):
        raise _RefusedError("小数之后又有数位")
    return value, step


def _section(tokens: list[str], *, final: bool) -> tuple[Decimal, Decimal]:
    """A number below 万: a coefficient before each of 千 百 十, in falling order; 零 fills a gap; 三百五 is 350."""
    total, step, ceiling, i = Decimal(0), Decimal(1), 10**4, 0
    while i < len(tokens):
        gap = tokens[i] == "零" and i > 0
        if gap:
            i += 1
        if i == len(tokens):
            raise _RefusedError("数以零结尾")
        symbol = tokens[i]
        if symbol == "十" and (gap or i == 0):
            coefficient, place = Decimal(1), Decimal(1)
        elif symbol in _SCALES:
            raise _RefusedError("数位前没有数")
        else:
            coefficient, place = _atom(symbol)
            i += 1
        scale = _SMALL.get(tokens[i]) if i < len(tokens) else None
        if scale is None:
            return _last(total, coefficient, place, ceiling, gap=gap, final=final, rest=tokens[i:])
        if scale >= ceiling or (total and coefficient >= 10):
            raise _RefusedError("数位次序不对")
        total, ceiling, i = total + coefficient * scale, scale, i + 1
        step = place * scale if place < 1 or symbol[0].isdigit() else Decimal(1)
        if place < 1 and i < len(tokens):
            raise _RefusedError("小数之后又有数位")
    return total, step


def _last(
    total: Decimal, coefficient: Decimal, place: Decimal, ceiling: int, *, gap: bool, final: bool, rest: list[str]
) -> tuple[Decimal, Decimal]:
    """The digit that ends a section: units after 十 or 零, the next lower place otherwise (三百五, 两千三)."""
    if rest or (total and (coefficient >= 10 or place != 1)):
        raise _RefusedError("不是一个完整的数")
    if not total or gap or ceiling == 10:
        return total + coefficient, place
    if not final:
        raise _RefusedError("数位次序不对")
    return total + coefficient * ceiling // 10, Decimal(ceiling // 10)
