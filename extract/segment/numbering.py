"""Heading numbers: their styles, levels and values."""

import re

#: A Chinese numeral as headings have it.
CN = "[一二三四五六七八九十]{1,3}"
#: The styles of heading numbers with the level of each, tried from top to bottom.
STYLES: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("part", 1, re.compile(rf"第\s*(?P<n>{CN}|\d{{1,2}})\s*(?:部分|[章篇编])[、：:\uff0e.]?\s*")),
    ("section", 2, re.compile(rf"第\s*(?P<n>{CN}|\d{{1,2}})\s*节[、：:\uff0e.]?\s*")),
    ("cn", 1, re.compile(rf"(?P<n>{CN})[、\uff0e.]\s*")),
    ("cn_paren", 2, re.compile(rf"[（(]\s*(?P<n>{CN})\s*[）)][、\uff0e.]?\s*")),
    # 1.1 and 1.1.1, but not the amount of a wrapped line ("1.35 万元")
    (
        "decimal",
        3,
        re.compile(
            r"\d{1,2}(?:[.\uff0e]\d{1,2})*[.\uff0e](?P<n>[1-9]\d?)[、\uff0e.]?(?!\d|[%％‰万亿元])(?!\s*[\d万亿元])\s*"
        ),
    ),
    ("digit", 3, re.compile(r"(?P<n>\d{1,2})\s?[.\uff0e、](?!\d)\s*")),
    ("digit_paren", 4, re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[）)][、\uff0e.]?\s*")),
    ("digit_half", 5, re.compile(r"(?P<n>\d{1,2})\s?[）)][、\uff0e.]?\s*")),
    # "1 概况" beside "1.1 机构"; see _with_decimals
    ("bare", 3, re.compile(r"(?P<n>\d{1,2})[ \u3000]+(?=[\u4e00-\u9fff])")),
    ("circled", 5, re.compile(r"(?P<n>[①-⑳])[、\uff0e.]?\s*")),
)


def number(line: str) -> tuple[str, int, re.Match[str]] | None:
    """Style, level and match of the heading number that a line begins with."""
    for style, level, pattern in STYLES:
        if match := pattern.match(line):
            return style, level, match
    return None


def ordinal(numeral: str) -> int | None:
    """12 for 12, 十二 and ⑫; None for a malformed numeral such as 一十二三."""
    if numeral.isdecimal():
        return int(numeral)
    if "①" <= numeral <= "⑳":
        return ord(numeral) - ord("①") + 1
    digits = "一二三四五六七八九"
    match = re.fullmatch(rf"(?:([{digits}])?(十))?([{digits}])?", numeral)
    if not match:
        return None
    tens, ten, ones = match.groups()
    return (10 * (digits.index(tens) + 1 if tens else 1) if ten else 0) + (digits.index(ones) + 1 if ones else 0)
