"""The numbers that Word generates in front of paragraphs: "一、", "（二）", "3.1", which stand nowhere in the file.

Counting follows ECMA-376 part 1, 17.9: lists that share an abstract definition share its counters, a level restarts
when a higher one moves on, and the first use of a list with a start override begins there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from extract.ingest.wordml import W, number, value

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CAPITALS = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_FULL_WIDTH = str.maketrans({str(digit): chr(0xFF10 + digit) for digit in range(10)})
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
#: Word knows nine levels and its numbers end at 32767.
_LEVELS = 9
_LARGEST = 32767


def counting(count: int) -> str:
    """A Chinese numeral: 三, 十, 十二, 二十, 一百零五, 一千二百."""
    if not 0 < count < 10_000:
        return str(count)
    text = ""
    for power, place in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = count // power % 10
        if digit:
            text += _DIGITS[digit] + place
        elif text and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text[1:] if text.startswith("一十") else text


def _digital(count: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(count))


def _letters(count: int) -> str:
    # after z Word goes on with aa, bb
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    text = ""
    for amount, letters in _ROMAN:
        text += letters * (count // amount)
        count %= amount
    return text


def _from_block(first: str, length: int) -> Callable[[int], str]:
    """Numbers 1 to `length` as consecutive characters from `first`; beyond them plain digits."""
    return lambda count: chr(ord(first) + count - 1) if 0 < count <= length else str(count)


def _in_turn(signs: str) -> Callable[[int], str]:
    return lambda count: signs[(count - 1) % len(signs)]


#: Number formats of WordprocessingML by name; what is not here shows plain digits.
FORMATS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda count: f"{count:02d}",
    "decimalFullWidth": lambda count: str(count).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda count: str(count).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": _from_block("①", 20),
    "decimalEnclosedCircleChinese": _from_block("①", 20),
    "decimalEnclosedParen": _from_block("⑴", 20),
    "decimalEnclosedFullstop": _from_block("⒈", 20),
    "ideographEnclosedCircle": _from_block("㊀", 10),
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": lambda count: _roman(count).lower(),
    "upperRoman": _roman,
    "chineseCounting": counting,
    "chineseCountingThousand": counting,
    "taiwaneseCounting": counting,
    "taiwaneseCountingThousand": counting,
    "japaneseCounting": counting,
    "ideographDigital": _digital,
    "japaneseDigitalTenThousand": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": lambda count: counting(count).translate(_CAPITALS),
    "ideographLegalTraditional": lambda count: counting(count).translate(_CAPITALS),
    "ideographTraditional": _in_turn(_STEMS),
    "ideographZodiac": _in_turn(_BRANCHES),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its first number, format, text ("（%1）"), and the style that belongs to it."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    style: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(frozen=True, slots=True)
class List:
    """A list (w:num): the abstract definition whose counters it uses, its levels and where they are made to start."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)

    def level_of(self, style: str) -> int | None:
        """The level that belongs to a paragraph style."""
        return next((index for index, level in self.levels.items() if level.style == style), None)


class Numbering:
    """The lists of a document and how far each has counted."""

    def __init__(self, root: etree._Element | None, style_lists: dict[str, str]) -> None:
        """`style_lists` says which list a numbering style names, for definitions that only refer to such a style."""
        self.lists = {} if root is None else dict(_lists(root, style_lists))
        self._counts: dict[str, dict[int, int]] = {}
        self._used: set[tuple[str, int]] = set()

    def next_label(self, list_id: str, level: int) -> str:
        """Counts one paragraph of a list and gives the number that Word prints before it, "" for a bullet."""
        found = self.lists.get(list_id)
        if found is None or level not in found.levels:
            return ""
        counts = self._counts.setdefault(found.abstract, {})
        for higher in range(level):
            counts.setdefault(higher, found.levels.get(higher, Level()).start)
        counts[level] = self._count(list_id, found, level, counts)
        for lower in [index for index in counts if index > level and _restarts(found.levels.get(index), index, level)]:
            del counts[lower]
        return _label(found, level, counts)

    def _count(self, list_id: str, found: List, level: int, counts: dict[int, int]) -> int:
        first_use = (list_id, level) not in self._used
        self._used.add((list_id, level))
        if first_use and level in found.starts:
            return found.starts[level]
        return counts[level] + 1 if level in counts else found.starts.get(level, found.levels[level].start)


def _restarts(level: Level | None, index: int, moved: int) -> bool:
    if level is None or level.restart is None:
        return True
    return moved < level.restart <= index


def _label(found: List, level: int, counts: dict[int, int]) -> str:
    own = found.levels[level]
    if own.format == "bullet":
        return ""
    text = own.text
    for index in range(level + 1):
        shown = "decimal" if own.legal else found.levels.get(index, Level()).format
        count = min(counts.get(index, 1), _LARGEST)
        text = text.replace(f"%{index + 1}", FORMATS.get(shown, str)(count))
    return text.strip()


def _lists(root: etree._Element, style_lists: dict[str, str]) -> Iterator[tuple[str, List]]:
    abstracts = {value(element, "abstractNumId", own=True): element for element in root.findall(f"{W}abstractNum")}
    nums = {value(element, "numId", own=True): element for element in root.findall(f"{W}num")}
    for list_id, num in nums.items():
        abstract_id = value(num, "abstractNumId")
        abstract = abstracts.get(abstract_id)
        link = value(abstract, "numStyleLink") if abstract is not None else ""
        linked = nums.get(style_lists.get(link, ""))
        if linked is not None:
            abstract_id = value(linked, "abstractNumId")
            abstract = abstracts.get(abstract_id)
        if abstract is None:
            continue
        levels = dict(map(_level, abstract.findall(f"{W}lvl")))
        overrides = num.findall(f"{W}lvlOverride")
        levels.update(_level(level) for override in overrides for level in override.findall(f"{W}lvl"))
        starts = {
            number(override, "ilvl", own=True): number(override, "startOverride")
            for override in overrides
            if override.find(f"{W}startOverride") is not None
        }
        yield list_id, List(abstract_id, levels, starts)


def _level(element: etree._Element) -> tuple[int, Level]:
    format_element = next(element.iter(f"{W}numFmt"), None)
    restart = element.find(f"{W}lvlRestart")
    return min(number(element, "ilvl", own=True), _LEVELS - 1), Level(
        start=number(element, "start", default=1),
        format="decimal" if format_element is None else format_element.get(f"{W}val", "decimal"),
        text=value(element, "lvlText"),
        style=value(element, "pStyle"),
        restart=None if restart is None else number(element, "lvlRestart"),
        legal=element.find(f"{W}isLgl") is not None,
    )
