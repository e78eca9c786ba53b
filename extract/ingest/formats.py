"""What a workbook shows of a stored value: 0.95 under "0%" is 95%, 45291 under "yyyy/m/d" is 2023/12/31.

Numbers are rounded half away from zero on their 15 significant decimal digits, as Excel does, and never as floats.
Chinese digits ([DBNum1]) and fractions are shown as plain digits.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

#: What Excel itself keeps of a number, and the most that the format General shows.
_PRECISION = Context(prec=15, rounding=ROUND_HALF_UP)
_GENERAL_DIGITS = 10
#: Wide enough for any number of a workbook (1E+308) shown in full.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)

#: Built-in formats that a Chinese Excel knows by number alone.
EAST_ASIAN = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
}
#: All that have a number alone in the file (ECMA-376 part 1, 18.8.30).
BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "￥#,##0;￥-#,##0",
    6: "￥#,##0;￥-#,##0",
    7: "￥#,##0.00;￥-#,##0.00",
    8: "￥#,##0.00;￥-#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '#,##0;-#,##0;"-";@',
    42: '￥#,##0;￥-#,##0;￥"-";@',
    43: '#,##0.00;-#,##0.00;"-"??;@',
    44: '￥#,##0.00;￥-#,##0.00;￥"-"??;@',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    **EAST_ASIAN,
}
#: Formats that follow the system, as a Chinese one shows them.
_SYSTEM = {
    "mm-dd-yy": "yyyy/m/d",
    "m/d/yy h:mm": "yyyy/m/d h:mm",
    "[$-F800]dddd, mmmm dd, yyyy": 'yyyy"年"m"月"d"日"',
    "[$-F400]h:mm:ss AM/PM": "h:mm:ss",
}

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].'  # _x leaves the width of x free, *x fills with x
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<condition>[<>=]+-?\d+(?:\.\d+)?)\]|\[[^\]]*\]"
    r"|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])|(?P<half>AM/PM|A/P|上午/下午)"
    r"|(?P<date>yyyy|yy|y|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|aaaa|aaa|e)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|(?P<slash>/)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_LITERALS = ("quoted", "escaped", "currency", "other", "slash")
_DAY_0_OF_1900 = datetime.fromisoformat("1899-12-31")
_DAY_0_OF_1904 = datetime.fromisoformat("1904-01-01")
_DAYS_TO_FALSE_29_FEBRUARY = 60
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format: its sort (a group of `_TOKEN`) and its text."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the parts that a format has for positive, negative and zero values."""

    tokens: tuple[Token, ...]
    sorts: frozenset[str]
    condition: str


def show(value: object, code: str) -> str:
    """The text that a cell shows of its value under a number format."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return show_number(plain(value), code)
    if isinstance(value, datetime | date | time):
        return show_moment(value, code)
    if isinstance(value, timedelta):
        hours, rest = divmod(value.days * 86_400 + value.seconds, 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return "" if value is None else str(value)


def moment(serial: float, code: str, *, since_1904: bool = False) -> datetime | time | timedelta | float:
    """The date, time of day or duration that a workbook stores as days; the number itself where no date has it.

    Days count from 1904-01-01, or from the last day of 1899 with a 29 February 1900 that never was.
    """
    try:
        span = timedelta(milliseconds=round(serial * 86_400_000))
        if "elapsed" in _sections(code)[0].sorts:
            return span
        day = (_DAY_0_OF_1904 if since_1904 else _DAY_0_OF_1900) + span
    except (OverflowError, ValueError):
        return serial
    if serial < 0:
        return serial
    if serial < 1 and not since_1904:
        return day.time()
    return day if since_1904 or serial < _DAYS_TO_FALSE_29_FEBRUARY else day - timedelta(days=1)


def is_date(code: str) -> bool:
    """Whether a number under this format is shown as a date, a time of day or a duration."""
    return bool(_sections(code)[0].sorts & {"date", "elapsed"})


def plain(value: float) -> Decimal:
    """A stored number with the digits that Excel keeps of it."""
    return _PRECISION.create_decimal(repr(value))


def digits(value: Decimal) -> str:
    """A number in full, without exponent and without idle zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_number(value: Decimal, code: str) -> str:
    """A number under a format such as `#,##0.00;[Red]-#,##0.00`."""
    if not value.is_finite():
        return str(value)
    sections = _sections(code)
    section, signed = _choose(sections, value)
    if section is None or section.sorts & {"general", "text", "date"} or _is_fraction(section):
        return _general(value)
    if "digit" not in section.sorts:
        return _sign(value, shown=signed and bool(section.tokens)) + "".join(
            _literal(token) for token in section.tokens
        )
    text, nonzero = _fill(section, abs(value))
    return _sign(value, shown=signed and nonzero) + text


def show_moment(moment: datetime | date | time, code: str) -> str:
    """A date or time under a format such as `yyyy"年"m"月"`."""
    tokens = _sections(_SYSTEM.get(code, code))[0].tokens
    parts = [token for token in tokens if token.sort == "date"]
    if not parts:
        return moment.isoformat()
    twelve = any(token.sort == "half" for token in tokens)
    shown = []
    for token in tokens:
        if token.sort == "date":
            position = parts.index(token)
            minutes = token.text.lower() in {"m", "mm"} and _beside_hours(parts, position)
            shown.append(_date_part(moment, token.text.lower(), minutes=minutes, twelve=twelve))
            parts[position] = Token("done", token.text)
        elif token.sort == "half":
            shown.append(_half(moment, token.text))
        elif token.sort not in {"text", "digit", "elapsed"}:
            shown.append(token.text)
    return "".join(shown).strip()


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[Section, ...]:
    sections: list[Section] = []
    tokens: list[Token] = []
    condition = ""
    for match in _TOKEN.finditer(code):
        sort = match.lastgroup
        if sort == "other" and match[0] == ";":
            sections.append(_section(tokens, condition))
            tokens, condition = [], ""
        elif sort == "condition":
            condition = match[sort]
        elif sort:
            tokens.append(Token(sort, match[sort]))
    return (*sections, _section(tokens, condition))


def _section(tokens: list[Token], condition: str) -> Section:
    return Section(tuple(tokens), frozenset(token.sort for token in tokens), condition)


def _choose(sections: tuple[Section, ...], value: Decimal) -> tuple[Section | None, bool]:
    """The section for a value, and whether a minus sign is still to be written."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        fitting = (s for s in numeric if not s.condition or _fulfils(value, s.condition))
        return next(fitting, None), True
    if value < 0 and len(numeric) > 1:
        return numeric[1], False
    if value == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], True


def _fulfils(value: Decimal, condition: str) -> bool:
    operator = condition.rstrip("-.0123456789")
    limit = Decimal(condition[len(operator) :])
    return {
        "<": value < limit,
        ">": value > limit,
        "=": value == limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "<>": value != limit,
    }.get(operator, False)


def _fill(section: Section, value: Decimal) -> tuple[str, bool]:
    """The text of a positive number in the placeholders of a section, and whether it shows anything but zero."""
    before, after = _split(section.tokens)
    value = _EXACT.scaleb(value, 2 * sum(token.sort == "percent" for token in section.tokens))
    if "exponent" in section.sorts:
        return _scientific(value, after), bool(value)
    value = _EXACT.scaleb(value, -3 * (_trailing_commas(before) + _trailing_commas(after)))
    places = sum(token.sort == "digit" for token in after)
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    whole, _, fraction = format(rounded, "f").partition(".")
    grouped = any(token.sort == "comma" for token in _within_digits(before))
    text = _fill_whole(before, whole.lstrip("0"), grouped=grouped) + _fill_fraction(after, fraction)
    return text, bool(rounded)


def _split(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    for index, token in enumerate(tokens):
        if token.sort == "point":
            return tokens[:index], tokens[index:]
    return tokens, ()


def _within_digits(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    places = [index for index, token in enumerate(tokens) if token.sort == "digit"]
    return tokens[places[0] : places[-1]] if places else ()


def _trailing_commas(tokens: tuple[Token, ...]) -> int:
    """Commas right behind the last placeholder: each divides by a thousand (`0!.0,"万"`)."""
    last = max((index for index, token in enumerate(tokens) if token.sort == "digit"), default=-1)
    commas = 0
    for token in tokens[last + 1 :]:
        if token.sort != "comma":
            break
        commas += 1
    return commas


def _fill_whole(tokens: tuple[Token, ...], whole: str, *, grouped: bool) -> str:
    """Fills the placeholders from the right; what is left over goes before the first one."""
    first = next((index for index, token in enumerate(tokens) if token.sort == "digit"), None)
    pieces: list[str] = []
    written = 0
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.sort != "digit":
            pieces.append(_literal(token))
            continue
        required = any(other.sort == "digit" and other.text == "0" for other in tokens[: index + 1])
        rest = whole if index == first else whole[-1:]
        whole = whole[: len(whole) - len(rest)]
        for digit in reversed(rest or ("0" if required else "")):
            pieces.append(digit + ("," if grouped and written and written % 3 == 0 else ""))
            written += 1
    return "".join(reversed(pieces))


def _fill_fraction(tokens: tuple[Token, ...], fraction: str) -> str:
    kinds = [token.text for token in tokens if token.sort == "digit"]
    needed = max((index + 1 for index, kind in enumerate(kinds) if kind == "0"), default=0)
    kept = fraction[:needed] + fraction[needed:].rstrip("0")
    pieces: list[str] = []
    used = 0
    for token in tokens:
        if token.sort == "digit":
            pieces.append(kept[used : used + 1])
            used += 1
        else:
            pieces.append("." if token.sort == "point" else _literal(token))
    return "".join(pieces)


def _scientific(value: Decimal, after: tuple[Token, ...]) -> str:
    places = 0
    for token in after[1:]:
        if token.sort != "digit":
            break
        places += 1
    mantissa, _, exponent = format(value, f".{places}E").partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"


def _general(value: Decimal) -> str:
    """The format General: whole numbers in full, others in as many digits as a cell has room for."""
    whole = max(1, value.adjusted() + 1)
    places = max(0, _GENERAL_DIGITS - whole)
    if value == value.to_integral_value():
        return digits(value)
    return digits(value.quantize(Decimal(1).scaleb(-places), context=_EXACT)) if places else digits(value)


def _is_fraction(section: Section) -> bool:
    if "slash" not in section.sorts:
        return False
    sorts = [token.sort for token in section.tokens]
    return "digit" in sorts[: sorts.index("slash")]


def _literal(token: Token) -> str:
    return token.text if token.sort in {*_LITERALS, "percent"} else ""


def _sign(value: Decimal, *, shown: bool) -> str:
    return "-" if value < 0 and shown else ""


def _beside_hours(parts: list[Token], index: int) -> bool:
    """Whether an m stands for minutes: behind hours or before seconds."""
    before = parts[index - 1].text.lower() if index else ""
    after = parts[index + 1].text.lower() if index + 1 < len(parts) else ""
    return before.startswith("h") or after.startswith("s")


def _date_part(moment: datetime | date | time, part: str, *, minutes: bool, twelve: bool) -> str:
    clock = moment if isinstance(moment, datetime | time) else time()
    if minutes or part[0] in "hs":
        hour = (clock.hour % 12 or 12) if twelve else clock.hour
        amount = clock.minute if minutes else hour if part[0] == "h" else clock.second
        return f"{amount:0{len(part)}d}"
    return "" if isinstance(moment, time) else _day_part(moment, part)


def _day_part(day: date, part: str) -> str:
    if part[0] == "y" or part == "e":
        return f"{day.year % 100:02d}" if part == "yy" else str(day.year)
    if part[0] == "a" or part in {"ddd", "dddd"}:
        prefix = {"aaa": "", "ddd": "周"}.get(part, "星期")
        return prefix + _WEEKDAYS[day.weekday()]
    amount = day.month if part[0] == "m" else day.day
    # longer ones are names of months, which a Chinese Excel writes 十二月; the number says the same
    return f"{amount:02d}" if len(part) == 2 else str(amount) + ("月" if part[:3] == "mmm" else "")


def _half(moment: datetime | date | time, form: str) -> str:
    afternoon = isinstance(moment, datetime | time) and moment.hour >= 12
    return form.partition("/")[2 if afternoon else 0]
