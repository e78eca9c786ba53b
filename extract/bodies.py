"""Names of public bodies and of places in a text."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from extract import lexicon

_LONGEST = 16  # 双江拉祜族佤族布朗族傣族自治县
_LEVELS = ("provinces", "prefectures", "counties")
_HAN = "[\u4e00-\u9fff]"
_NO_PLACE = "[全本我该各某省市县区乡镇贵原由和与及向经受对在将被到从请把为年度关]"  # 全市, 我区, 各县区, 由…


@dataclass(frozen=True, slots=True)
class Place:
    """A place as written, with outer places before it (上海市普陀区); `code` is "" where several have the name."""

    start: int
    end: int
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Body:
    """A public body that is called by its place (益阳市总工会); `name` is without the white space of the page."""

    start: int
    end: int
    name: str
    place: Place


def places(text: str) -> list[Place]:
    """The places of `text` in order, a county right after its prefecture joined with it."""
    result: list[Place] = []
    for place in _single_places(text):
        joined = result and result[-1].end == place.start and _within(place.name, result[-1])
        if joined:
            outer = result.pop()
            result.append(Place(outer.start, place.end, outer.name + place.name, joined or ""))
        elif len(place.name) > 2:  # 城区, 新县 and 单县 are words as well
            result.append(place)
    return result


def bodies(text: str) -> list[Body]:
    """The bodies of `text` in order. A single line break inside a name is the page's."""
    compact, offsets = _compact(text)
    unlisted = [
        replace(p, start=bisect_left(offsets, p.start), end=bisect_left(offsets, p.end)) for p in _unlisted(text)
    ]
    result: list[Body] = []
    for place in sorted([*places(compact), *unlisted], key=lambda place: (place.start, -place.end)):
        end = _body_end(compact, place.end)
        taken = result and offsets[place.start] < result[-1].end
        if end and not taken and not _is_verb(compact, place):
            name = compact[place.start : end]
            result.append(Body(offsets[place.start], offsets[end - 1] + 1, name, place))
    return result


def _is_verb(text: str, place: Place) -> bool:
    """县农业农村局会同县财政局: behind a word this is the verb 会同 and no county."""
    behind_a_word = "\u4e00" <= text[place.start - 1 : place.start] <= "\u9fa5"
    return behind_a_word and place.name.startswith(tuple(word for word in words("before_others") if len(word) > 1))


def canonical(name: str) -> str:
    """The full name of a body: 河北省政府 → 河北省人民政府."""
    return re.sub(r"(?<!人民)政府$", "人民政府", name)


def region(place: Place) -> str:
    """The place with all places around it (湖南省益阳市 for 益阳市); as written where the name is not unique."""
    if not place.code:
        return place.name
    codes = dict.fromkeys((place.code[:2] + "0000", place.code[:4] + "00", place.code))
    return "".join(name for code in codes if (name := _by_code().get(code)))


def is_placeholder(name: str) -> bool:
    """Whether a name stands for nothing (XX局)."""
    return any(mark in name for mark in words("placeholders"))


@cache
def words(key: str) -> tuple[str, ...]:
    """A list of `organisations.toml`."""
    return tuple(lexicon.load("organisations")[key])


def _single_places(text: str) -> Iterator[Place]:
    known = _by_name()
    end_of_last = 0
    for match in re.finditer("[省市区县州盟旗]", text):
        end = match.end()
        for start in range(max(end_of_last, end - _LONGEST), end - 1):
            if codes := known.get(text[start:end]):
                yield Place(start, end, text[start:end], codes[0] if len(codes) == 1 else "")
                end_of_last = end
                break


def _unlisted(text: str) -> Iterator[Place]:
    """What looks like a place at the beginning of a phrase: new, renamed and invented ones (云岭市水务局).

    A name that was found so counts wherever it stands.
    """
    openers = "|".join(["年度", "年", "为", *map(re.escape, words("before_others"))])
    name = rf"(?!{_NO_PLACE}){_HAN}{{2,4}}?[省市县区州盟旗](?:{_HAN}{{2,3}}?[县区市旗])?"
    opened = re.finditer(rf"(?:(?<!{_HAN})(?:{openers})?|{openers})({name})(?={_HAN})", text)
    found = {match[1] for match in opened if not _holds_known(match[1])}
    if found:
        for match in re.finditer("|".join(sorted(found, key=len, reverse=True)), text):
            yield Place(match.start(), match.end(), match[0], "")


def _holds_known(name: str) -> bool:
    return any(name[low:high] in _by_name() for low in range(len(name)) for high in range(low + 2, len(name) + 1))


def _within(name: str, outer: Place) -> str | None:
    """The code of the place `name` inside `outer`."""
    prefix = re.sub("(00)+$", "", outer.code)
    return next((code for code in _by_name()[name] if prefix and code.startswith(prefix)), None)


def _compact(text: str) -> tuple[str, list[int]]:
    """The text without spaces and single line breaks between Chinese characters, and where each character stood."""
    dropped = {
        i
        for m in re.finditer(rf"(?<={_HAN})[ \t\u3000]*(?:\r?\n)?[ \t\u3000]*(?={_HAN})", text)
        for i in range(*m.span())
    }
    offsets = [i for i in range(len(text)) if i not in dropped]
    return "".join(text[i] for i in offsets), offsets


def _body_end(text: str, start: int) -> int | None:
    patterns = _patterns()
    match = patterns["outer"].match(text, start)
    if not match:
        return None
    inner = patterns["inner"].match(text, match.end()) if match[0].endswith(words("parents")) else None
    return inner.end() if inner else match.end()


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    inside = rf"(?:(?![{lexicon.load('organisations')['breaks']}]){_HAN}|[（）])"
    not_before = f"(?!{'|'.join(words('not_before'))})"
    return {
        "outer": re.compile(rf"{inside}{{0,16}}?(?:{'|'.join(words('suffixes'))}){not_before}"),
        "inner": re.compile(rf"{inside}{{0,10}}?(?:{'|'.join(words('inner_suffixes'))}){not_before}"),
    }


@cache
def _by_code() -> dict[str, str]:
    table: dict[str, Any] = lexicon.load("regions")
    return {code: name for level in _LEVELS for code, name in table[level].items()}


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    result: dict[str, tuple[str, ...]] = {}
    for code, name in _by_code().items():
        result[name] = (*result.get(name, ()), code)
    return result
