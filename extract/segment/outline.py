"""The outline of a document: its headings, and the path of them that a place stands under."""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache

from extract import lexicon
from extract.segment.contents import plain, split_contents
from extract.segment.lines import Paragraph, paragraphs
from extract.segment.numbering import CN, number, ordinal
from schemas.document import Document
from schemas.report import Heading

_HEAD_MAX = 45  # "…支出（类）…（款）机关事业单位基本养老保险缴费支出（项）。" is a head of 44
_UNNUMBERED_MAX = 20
_NAME_MIN = 4
_TITLE_WITHIN = 20  # paragraphs; web pages put 下载, 打印, 字号 before the title
_TITLE_MAX = 50
_TITLE_LINES = 3  # above the one that names the report
_QUANTITY = re.compile(
    r"\d[\d,，]*(?:\.\d+)?\s*(?:[万亿]|元|%|％|[个名人家次项户期场起件处亩台套批篇份条]|公里|平方米)"
    r"|\d[\d,]*\.\d{2}|\d{1,3}(?:,\d{3})+",
)
_NESTED = re.compile(rf"\s{CN}、")  # two items side by side are a row of a table


@dataclass(frozen=True, slots=True)
class _Item:
    """A paragraph that opens like a heading. `family` numbers the run of siblings that it belongs to."""

    heading: Heading
    style: str
    is_head: bool
    family: int = 0


def headings(document: Document) -> tuple[Heading, ...]:
    """The outline: the title, then the headings in text order, never overlapping.

    Numbers and wording decide; a level that the format states (Word) makes a heading of an unnumbered line.
    Tables, notes, page headers and footers and the table of contents are not looked at.
    """
    text = document.text
    contents, body = split_contents(text, list(paragraphs(document)))
    known = _known(text, contents)
    title = _title(text, body)
    items = [item for p in body if not _overlap(p, title) and (item := _item(text, p, known))]
    found = _without_lists(_with_decimals(_accepted(_families(items))))
    return tuple(sorted([title, *found] if title else found, key=lambda heading: heading.start))


@dataclass(frozen=True, slots=True)
class Sections:
    """The path of titles that holds from each heading on, for many questions about one outline."""

    starts: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, outline: tuple[Heading, ...]) -> "Sections":
        """Walk the outline once, with the headings that are open at each place."""
        above: list[Heading] = []
        paths: list[tuple[str, ...]] = [()]
        for heading in outline:
            if _rank(heading) > 0:
                above = [*(open_ for open_ in above if _rank(open_) < _rank(heading)), heading]
            paths.append(tuple(open_.title for open_ in above))
        return cls(tuple(heading.start for heading in outline), tuple(paths))

    def at(self, offset: int) -> tuple[str, ...]:
        """Titles of the headings that `offset` stands under, outermost first, without the document's title."""
        return self.paths[bisect_right(self.starts, offset)]


def _rank(heading: Heading) -> float:
    """第一部分 and an unnumbered first-level head have the level of 一、, yet hold it."""
    outer = heading.level == 1 and not re.match(CN, heading.number)
    return 0.5 if outer and not heading.number[:1].isdecimal() else heading.level


# ---------------------------------------------------------------------------------------------- one paragraph


def _known(text: str, contents: list[Paragraph]) -> dict[str, int]:
    """Level of each entry of the contents, by its title without the words that vary ("2024年部门主要职能")."""
    found = [heading for paragraph in contents if (heading := _heading(text, paragraph))]
    names = [re.sub(r"^(?:\d{4}年)?(?:部门|单位)?", "", plain(heading.title)) for heading in found]
    return {name: heading.level for name, heading in zip(names, found, strict=True) if len(name) >= _NAME_MIN}


def _listed_level(line: str, known: dict[str, int]) -> int | None:
    """Level of a line that says what the contents say ("某某局（部门）主要职能" for "一、部门主要职能")."""
    bare = plain(line)
    if len(bare) > _HEAD_MAX or re.search("[。，；：]", bare):
        return None
    return next((level for name, level in known.items() if bare.endswith(name)), None)


def _title(text: str, body: list[Paragraph]) -> Heading | None:
    """The first short line that is called a report, before the first number of the outline."""
    for index, paragraph in enumerate(body[:_TITLE_WITHIN]):
        line = text[paragraph.start : paragraph.end]
        if number(line):
            return None
        if paragraph.level == 0 or _is_report_name(line):
            start = body[0].start if _continues(text, body[: index + 1]) else paragraph.start
            return Heading(start, paragraph.end, 0, "", _clean(text[start : paragraph.end]))
    return None


def _is_report_name(line: str) -> bool:
    name = re.sub(r"[（(][^（）()]*[）)]$", "", line).rstrip()
    return len(line) <= _TITLE_MAX and name.endswith(_words("titles")) and not re.search("[。，；：]", name)


def _continues(text: str, lines: list[Paragraph]) -> bool:
    """Whether the first lines of a document are one title: name of the unit, then "2024年度部门决算"."""
    *above, last = [text[line.start : line.end] for line in lines]
    bare = all(re.fullmatch(r"[\u4e00-\u9fff（）\d]{1,45}", line) for line in above)
    dated = re.match(r"\d{4}", last) or any(re.search(r"\d{4}年(?!\d)", line) for line in above)
    return len(above) <= _TITLE_LINES and bare and bool(dated)


def _overlap(paragraph: Paragraph, title: Heading | None) -> bool:
    return title is not None and paragraph.start < title.end and title.start < paragraph.end


def _item(text: str, paragraph: Paragraph, known: dict[str, int]) -> _Item | None:
    line = text[paragraph.start : paragraph.end]
    if found := number(line):
        heading = _heading(text, paragraph) or _stated(text, paragraph, found)
        return _Item(heading or _shell(paragraph, found), found[0], heading is not None)
    level = paragraph.level if paragraph.level is not None else _listed_level(line, known)
    if level is not None and len(line) <= _TITLE_MAX:
        end = paragraph.start + len(line.rstrip("。：:；; "))
        title = _clean(text[paragraph.start : end])
        return _Item(Heading(paragraph.start, end, max(level, 1), "", title), "stated", is_head=True)
    return _run_in(paragraph, line)


def _stated(text: str, paragraph: Paragraph, found: tuple[str, int, re.Match[str]]) -> Heading | None:
    """A numbered line that the format calls a heading, whatever its words are."""
    _, level, match = found
    title = _clean(text[paragraph.start + match.end() : paragraph.end])
    if paragraph.level is None or not title or len(title) > _TITLE_MAX:
        return None
    return Heading(paragraph.start, paragraph.end, level, match[0].rstrip(), title, ordinal=ordinal(match["n"]))


def _shell(paragraph: Paragraph, found: tuple[str, int, re.Match[str]]) -> Heading:
    """An item that is no heading still counts among its siblings."""
    _, level, match = found
    return Heading(paragraph.start, paragraph.start + match.end(), level, match[0], "", ordinal=ordinal(match["n"]))


def _heading(text: str, paragraph: Paragraph) -> Heading | None:
    """The paragraph as a numbered heading, alone on its line or with text after it."""
    line = text[paragraph.start : paragraph.end]
    found = number(line)
    if not found:
        return None
    _, level, match = found
    cut = _head_end(line, match.end())
    count = ordinal(match["n"])
    if cut is None or count is None:
        return None
    rest = line[cut:].lstrip("。：:；; ")
    title = _clean(line[match.end() : cut])
    return Heading(paragraph.start, paragraph.start + cut, level, match[0].rstrip(), title, bool(rest), count)


def _head_end(line: str, start: int) -> int | None:
    """Where the title that begins at `start` ends, None when the line is an item of a list or a row of a table."""
    stop = re.compile("[。：:；;？！]").search(line, start)
    end = stop.start() if stop else len(line.rstrip("，,、 "))
    title = line[start:end]
    if not title.strip() or end - start > _HEAD_MAX or _QUANTITY.search(title) or _NESTED.search(title):
        return None
    if stop is None:
        return end
    alone = not line[stop.end() :].strip()
    return end if _is_title(title, stop[0], alone=alone) else None


def _is_title(title: str, stop: str, *, alone: bool) -> bool:
    if stop in "；;？！" or title.endswith(_words("not_heads")):
        return False
    if title.startswith(_words("list_verbs")):
        return title.endswith(_words("nouns"))
    # "4.开展检查活动。" is a task, "三、主要绩效及评价结论。" a heading
    return not alone or stop in "：:" or title.endswith(_words("nouns"))


def _run_in(paragraph: Paragraph, line: str) -> _Item | None:
    """A phrase without a number that is followed by its text ("采购管理情况。统一…")."""
    match = re.match(rf"[^\s。，；：、:;,“”\d]{{4,{_UNNUMBERED_MAX}}}(?=[。：:]\s*\S)", line)
    if not match or not match[0].endswith(_words("nouns")) or match[0].endswith(_words("not_heads")):
        return None
    heading = Heading(paragraph.start, paragraph.start + match.end(), 4, "", match[0], run_in=True)
    return _Item(heading, "run_in", is_head=True)


def _clean(title: str) -> str:
    """A title without the line breaks of its page and without closing punctuation."""
    return re.sub(r"\s*\n\s*", "", title).strip().rstrip("。：:；;，,、 ")


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(lexicon.load("outline")[key])


# ------------------------------------------------------------------------------------- siblings decide together


def _families(items: list[_Item]) -> list[_Item]:
    """Items numbered into families: one style, one parent, the count starting anew at 1."""
    open_: dict[str, tuple[int, int]] = {}  # style → family, level
    result: list[_Item] = []
    for index, item in enumerate(items):
        level = item.heading.level
        open_ = {style: pair for style, pair in open_.items() if pair[1] <= level}
        if item.style not in open_ or item.heading.ordinal == 1:
            open_[item.style] = (index, level)
        result.append(replace(item, family=open_[item.style][0]))
    return result


def _accepted(items: list[_Item]) -> list[Heading]:
    """Headings whose siblings are headings too: most of a numbered list, at least two unnumbered ones."""
    votes: dict[int, list[bool]] = {}
    for item in items:
        votes.setdefault(item.family, []).append(item.is_head)
    return [item.heading for item in items if item.is_head and _carried(item, votes[item.family])]


def _carried(item: _Item, votes: list[bool]) -> bool:
    if item.style == "run_in":
        return len(votes) > 1
    return item.style == "stated" or item.heading.level == 1 or sum(votes) * 2 > len(votes)


def _with_decimals(found: list[Heading]) -> list[Heading]:
    """1.1 and 1.1.1 take their depth from their parts; without 一、 the outline begins at 1.

    A bare number heads only where such numbers are used ("1 概况" before "1.1 机构").
    """
    parts = [_parts(heading.number) for heading in found]
    if not any(len(part) > 1 for part in parts):
        return [heading for heading in found if not heading.number.isdecimal()]
    base = 2 if any(re.match(CN, heading.number.lstrip("（(")) for heading in found) else 0
    return [replace(h, level=len(part) + base) if part else h for h, part in zip(found, parts, strict=True)]


def _parts(number: str) -> list[str]:
    """["1", "2"] of "1.2", ["3"] of "3." and of a bare "3", nothing of other numbers."""
    return re.findall(r"\d+", number) if re.fullmatch(r"\d+(?:[.\uff0e]\d+)*[.\uff0e、]?", number) else []


def _without_lists(found: list[Heading]) -> list[Heading]:
    """Headings that are no items of a list of duties or of bodies."""
    result: list[Heading] = []
    closed: Heading | None = None  # the heading whose items are a list
    last = 0  # of the list's own count
    for heading in found:
        if closed and (
            _rank(heading) > _rank(closed) or (_rank(heading) == _rank(closed) and heading.ordinal == last + 1)
        ):
            last = last + 1 if _rank(heading) == _rank(closed) else last
            continue
        closed = heading if heading.title.endswith(_words("list_sections")) and not heading.run_in else None
        last = 0
        result.append(heading)
    return result
