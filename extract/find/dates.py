"""Points and stretches in time: years, dates, months, quarters, 近三年. A span of time that is counted is a measure."""

import re
from collections.abc import Iterator

from extract.numerals import read
from extract.passages import Passage
from schemas.mention import DateKind, Mention

_N = "[0-9０-９]"
_NOT_AFTER_DIGIT = r"(?<![0-9０-９.．,])"
_YEAR = rf"(?:{_NOT_AFTER_DIGIT}(?:[12１２]{_N}{{3}})(?!{_N})|[一二][〇零○九][〇零○一二三四五六七八九]{{2}})"
_CN_MONTH = "(?:十[一二]?|[一二三四五六七八九])"
_MONTH = rf"(?:{_NOT_AFTER_DIGIT}(?:[01０１]?{_N})|{_CN_MONTH})"
_DAY = rf"(?:[0-3０-３]?{_N}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s*(?:-{1,2}|—{1,2}|–|－|−|~|～|至|到)\s*"
_S = r"[ \t\u3000]*"
_COUNT = "[一两二三四五六七八九十]|[一二三四五六七八九]?十[一二三四五六七八九]?|[0-9０-９]{1,2}"

#: (rule, sort, pattern), the more specific first: at one place the longest match wins.
_PATTERNS: tuple[tuple[str, DateKind, re.Pattern[str]], ...] = (
    ("年月日", "date", re.compile(rf"(?P<y>{_YEAR}){_S}年{_S}(?P<m>{_MONTH}){_S}月{_S}(?P<d>{_DAY}){_S}[日号]?")),
    ("年月至月", "period", re.compile(rf"(?P<y>{_YEAR}){_S}年{_S}{_MONTH}{_S}月?{_TO}{_MONTH}{_S}月份?")),
    ("年月", "month", re.compile(rf"(?P<y>{_YEAR}){_S}年{_S}(?P<m>{_MONTH}){_S}月(?:份|底|末|初|[上中下]旬)?")),
    ("年至年", "years", re.compile(rf"(?P<y>{_YEAR}){_S}年?度?{_TO}(?P<y2>{_YEAR}|{_N}{{2}}){_S}年?度?(?!{_N})")),
    ("年、年", "years", re.compile(rf"(?P<y>{_YEAR})(?:{_S}[、，,和与及]{_S}{_YEAR})+{_S}年度?")),
    ("年季", "period", re.compile(rf"(?P<y>{_YEAR}){_S}年{_S}第?[一二三四1-4１-４]个?季度")),
    ("年", "year", re.compile(rf"(?P<y>{_YEAR}){_S}(?:财|会计|预算)?年(?:度|[初底末内中]|[上下]半年|全年)?")),
    ("两位年", "year", re.compile(rf"{_NOT_AFTER_DIGIT}[0129０１２９]{_N}年(?=[初底末度]|{_MONTH}月)(?:度|[初底末])?")),
    (
        "横线日期",
        "date",
        re.compile(rf"(?P<y>{_YEAR})(?P<sep>[-/.．])(?P<m>[01]?{_N})(?P=sep)(?P<d>[0-3]?{_N})日?(?!{_N})"),
    ),
    ("横线年月", "month", re.compile(rf"(?P<y>{_YEAR})[-/](?P<m>0[1-9]|1[0-2])(?![0-9０-９/-])")),
    (
        "单独的年",
        "year",
        re.compile(rf"(?<=[（(])(?P<y>{_YEAR})(?=[)）])|(?P<y3>20[0-4]\d)(?=(?:部门|单位)?(?:预算|决算|绩效))"),
    ),
    (
        "月日",
        "date",
        re.compile(rf"(?P<m>{_MONTH}){_S}月{_S}(?P<d>{_DAY}){_S}[日号](?:{_TO}(?:{_MONTH}月)?{_DAY}[日号])?"),
    ),
    ("月至月", "period", re.compile(rf"{_MONTH}月?{_TO}{_MONTH}月份?")),
    ("月", "month", re.compile(rf"(?<!个)(?P<m>{_MONTH}){_S}月(?:份|底|末|初|[上中下]旬)?(?!球|嫂|度)")),
    ("某月某日", "date", re.compile(rf"(?:[每当次本上下同]月|月){_S}{_DAY}[日号](?:[前后止])?")),
    ("日至日", "date", re.compile(rf"(?<=[日号月]){_TO}{_DAY}[日号]")),
    ("季度", "period", re.compile(r"(?:第|前)?[一二三四1-4１-４](?:[、至到—-][二三四2-4])?季度")),
    (
        "时刻",
        "time",
        re.compile(
            rf"(?:[上下中]午|凌晨|晚上?)?{_NOT_AFTER_DIGIT}[0-2]?{_N}[:：][0-5]{_N}(?:[:：][0-5]{_N})?(?![0-9])"
        ),
    ),
    ("时刻", "time", re.compile(rf"(?:[上下中]午|凌晨|晚上?){_S}(?:{_COUNT})[时点](?:(?:{_COUNT})分|半)?")),
    ("时刻", "time", re.compile(rf"{_NOT_AFTER_DIGIT}[0-2]?{_N}时[0-5]?{_N}分")),
    ("年来", "period", re.compile(rf"(?:近|过去|这)?(?:{_COUNT}|数)(?:多|余)?年(?:多)?(?:以?来|间)")),
    (
        "近年",
        "period",
        re.compile(rf"(?:最?近|过去|未来|今后|前|后|这|此后|连年|上)(?:{_COUNT})(?:个?年度?|个月|周|天)(?!以[上下内])"),
    ),
    ("世纪", "period", re.compile(rf"(?:{_COUNT}|上|本)世纪(?:{_N}0|[一二三四五六七八九]十)?(?:年代)?[初中末]?")),
    ("年代", "period", re.compile(rf"(?:{_NOT_AFTER_DIGIT}{_N}0|[一二三四五六七八九]十)(?:年代|后(?=[，。、员干青]))")),
)


def find(passage: Passage) -> Iterator[Mention]:
    """Every date in the passage; patterns may overlap, the longer one is kept later."""
    for rule, sort, pattern in _PATTERNS:
        for match in pattern.finditer(passage.text, passage.start, passage.end):
            if value := _value(match):
                yield Mention(match.start(), match.end(), match.group(), "date", sort, f"日期.{rule}", value)


def _value(match: re.Match[str]) -> str:
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
    return f"{number}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _number(text: str | None) -> int | None:
    if not text:
        return None
    value = read(text).value
    if value is None and text.lstrip("0０"):  # "05月" has a leading zero
        value = read(text.lstrip("0０")).value
    return None if value is None else int(value)
