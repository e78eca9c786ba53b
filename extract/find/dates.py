"""Points and stretches in time: years, dates, months, quarters, 近三年. A span of time that is counted is a measure.

The patterns are in `lexicon/dates.toml`, each with examples and look-alikes.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from functools import cache

from extract import lexicon
from extract.lexicon.search import Search
from extract.numerals import read
from extract.passages import Passage
from schemas.mention import DateKind, Mention

_APART = "(?<![0-9０-９.．])"
_CN_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_MACROS = {
    "<YEAR>": f"(?:{_APART}(?:[12１２][0-9０-９]{{3}})(?![0-9０-９])|[一二][〇零○九][〇零○一二三四五六七八九]{{2}})",
    "<MONTH>": f"(?:{_APART}(?:[01０１]?[0-9０-９])|{_CN_MONTH})",
    "<DAY>": "(?:[0-3０-３]?[0-9０-９]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])",
    "<COUNT>": "[一两二三四五六七八九十]|[一二三四五六七八九]?十[一二三四五六七八九]?|[0-9０-９]{1,2}",
    "<TO>": r"\s*(?:-{1,2}|—{1,2}|–|－|−|~|～|至|到)\s*",
    "<S>": r"[ \t\u3000]*",
    "<N>": "[0-9０-９]",
    "<APART>": _APART,
}


def find(passage: Passage) -> Iterator[Mention]:
    """Every date in the passage; patterns may overlap, the longer one is kept later."""
    for index, match in _search().find(passage.text, passage.start, passage.end):
        if value := date_value(match):
            rule, sort, _ = patterns()[index]
            yield Mention(match.start(), match.end(), match.group(), "date", sort, f"日期.{rule}", value)


@cache
def patterns() -> tuple[tuple[str, DateKind, re.Pattern[str]], ...]:
    """(rule, sort, pattern) of every entry of the lexicon."""
    return lexicon.patterns("dates", _MACROS)


@cache
def _search() -> Search:
    return Search([pattern for _, _, pattern in patterns()])


def date_value(match: re.Match[str]) -> str:
    """ISO form of a date ("2023-12-31", "2021/2024"), "-" for a time without a year, "" for an impossible one."""
    groups = match.groupdict()
    year = groups.get("y") or groups.get("y3")
    month, day = _number(groups.get("m")), _number(groups.get("d"))
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return ""
    if year is None:
        return "-" if month is None else f"--{month:02}" + (f"-{day:02}" if day else "")
    number = _number(year)
    if number is None or not 1900 <= number <= 2100:
        return ""
    if groups.get("y2"):
        last = _number(groups["y2"])
        return "" if last is None else f"{number}/{last if last > 100 else number // 100 * 100 + last}"
    if month and day and day > monthrange(number, month)[1]:  # 2023年2月30日
        return ""
    return f"{number}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _number(text: str | None) -> int | None:
    if not text:
        return None
    value = read(text).value
    if value is None and text.lstrip("0０"):  # 05月 has a leading zero
        value = read(text.lstrip("0０")).value
    return None if value is None else int(value)
