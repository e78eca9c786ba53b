"""Where a text divides: headings, sentences, clauses, words. The only module that knows jieba."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from extract import lexicon
from schemas.document import Block, Document
from schemas.report import Heading

# ---------------------------------------------------------------------------------------------------- headings

_CN = "[一二三四五六七八九十]{1,3}"
#: The styles of heading numbers with the level of each, tried from top to bottom.
_STYLES: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("part", 1, re.compile(rf"第\s*(?P<n>{_CN}|\d{{1,2}})\s*(?:部分|[章篇编])[、：:\uff0e.]?\s*")),
    ("section", 2, re.compile(rf"第\s*(?P<n>{_CN}|\d{{1,2}})\s*节[、：:\uff0e.]?\s*")),
    ("cn", 1, re.compile(rf"(?P<n>{_CN})[、\uff0e.]\s*")),
    ("cn_paren", 2, re.compile(rf"[（(]\s*(?P<n>{_CN})\s*[）)][、\uff0e.]?\s*")),
    # 1.1 and 1.1.1, but not the amount of a wrapped line ("1.35 万元")
    (
        "decimal",
        3,
        re.compile(
            r"\d{1,2}(?:[.\uff0e]\d{1,2})*[.\uff0e](?P<n>[1-9]\d?)[、\uff0e.]?(?!\d|[%％‰万亿元])\s*(?![\d万亿元])"
        ),
    ),
    ("digit", 3, re.compile(r"(?P<n>\d{1,2})\s?[.\uff0e、](?!\d)\s*")),
    ("digit_paren", 4, re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[）)][、\uff0e.]?\s*")),
    ("digit_half", 5, re.compile(r"(?P<n>\d{1,2})\s?[）)][、\uff0e.]?\s*")),
    # "1 概况" beside "1.1 机构"; see _with_decimals
    ("bare", 3, re.compile(r"(?P<n>\d{1,2})[ \u3000]+(?=[\u4e00-\u9fff])")),
    ("circled", 5, re.compile(r"(?P<n>[①-⑳])[、\uff0e.]?\s*")),
)
_DEEPEST = 9
_HEAD_MAX = 45  # "…支出（类）…（款）机关事业单位基本养老保险缴费支出（项）。" is a head of 44
_UNNUMBERED_MAX = 20
_NAME_MIN = 4
_TITLE_WITHIN = 20  # paragraphs; web pages put 下载, 打印, 字号 before the title
_TITLE_MAX = 50
_TITLE_LINES = 3  # above the one that names the report

_LEADERS = re.compile(r"\s*(?:[…·\.\uff0e—_-]{3,}|\t)[\s…·\.\uff0e—_-]*\d*\s*$")
_QUANTITY = re.compile(
    r"\d[\d,，]*(?:\.\d+)?\s*(?:[万亿]|元|%|％|[个名人家次项户期场起件处亩台套批篇份条]|公里|平方米)"
    r"|\d[\d,]*\.\d{2}|\d{1,3}(?:,\d{3})+",
)
_NESTED = re.compile(rf"\s{_CN}、")  # two items side by side are a row of a table
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A logical line: wrapped lines joined, outer white space outside; `level` is what the format says."""

    start: int
    end: int
    level: int | None = None


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
    paragraphs = list(_paragraphs(document))
    contents, body = _split_contents(text, paragraphs)
    known = _known(text, contents)
    title = _title(text, body)
    items = [item for item in (_item(text, p, known) for p in body) if item and not _same(item, title)]
    found = _accepted(_families(items))
    return tuple(([title] if title else []) + _unlisted(_with_decimals(found)))


def section_path(outline: tuple[Heading, ...], offset: int) -> tuple[str, ...]:
    """Titles of the headings that `offset` stands under, outermost first, without the document's title."""
    index = bisect_right(outline, offset, key=lambda heading: heading.start)
    path: list[str] = []
    rank = float(_DEEPEST + 1)
    for heading in reversed(outline[:index]):
        if 0 < _rank(heading) < rank:
            rank = _rank(heading)
            path.append(heading.title)
    return tuple(reversed(path))


def _rank(heading: Heading) -> float:
    """第一部分 and an unnumbered first-level head have the level of 一、, yet hold it."""
    outer = heading.level == 1 and not re.match(_CN, heading.number)
    return 0.5 if outer and not heading.number[:1].isdecimal() else heading.level


def _paragraphs(document: Document) -> Iterator[_Paragraph]:
    wrap = _wrap_width(document.text) if document.format == "txt" else None
    for region in _regions(document):
        yield from _logical_lines(document.text, region, wrap)


def _regions(document: Document) -> Iterator[_Paragraph]:
    """The stretches of running text; a plain text is one, since its lines may be wrapped."""
    if document.format == "txt" or not document.blocks:
        yield _Paragraph(0, len(document.text))
        return
    for block in document.blocks:
        if block.kind in ("heading", "paragraph"):
            yield _Paragraph(block.start, block.end, _stated_level(block))


def _stated_level(block: Block) -> int | None:
    return block.level if block.kind == "heading" or block.level is not None else None


def _logical_lines(text: str, region: _Paragraph, wrap: int | None) -> Iterator[_Paragraph]:
    start = region.start
    for match in re.finditer(r"\n|\Z", text[region.start : region.end]):
        end = region.start + match.start()
        if end < region.end and _goes_on(text, start, end, wrap):
            continue
        if text[start:end].strip():
            yield _stripped(text, start, end, region.level)
        start = end + 1


def _stripped(text: str, start: int, end: int, level: int | None = None) -> _Paragraph:
    slice_ = text[start:end]
    return _Paragraph(start + len(slice_) - len(slice_.lstrip()), end - len(slice_) + len(slice_.rstrip()), level)


def _goes_on(text: str, start: int, line_end: int, wrap: int | None) -> bool:
    """Whether the line break at `line_end` is the work of a page width and not of the writer."""
    if wrap is None:
        return False
    line = text[max(start, text.rfind("\n", 0, line_end) + 1) : line_end].strip()
    following = text[line_end + 1 : line_end + 40].split("\n", 1)[0].strip()
    return len(line) >= wrap and bool(following) and _number(following) is None


def _wrap_width(text: str) -> int | None:
    """Lines of at least this length go on in the next one; None for a text that is not wrapped."""
    lengths = sorted(length for line in text.split("\n") if (length := len(line.strip())) > 1)
    if not lengths or lengths[-1] > 2 * _TITLE_MAX:
        return None
    return max(20, lengths[-1 - len(lengths) // 50] * 9 // 10)


def _number(line: str) -> tuple[str, int, re.Match[str]] | None:
    """Style, level and match of the heading number that a line begins with."""
    for style, level, pattern in _STYLES:
        if match := pattern.match(line):
            return style, level, match
    return None


def _ordinal(numeral: str) -> int | None:
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


# ---- the table of contents


def _split_contents(text: str, paragraphs: list[_Paragraph]) -> tuple[list[_Paragraph], list[_Paragraph]]:
    """Entries of the table of contents, and the paragraphs outside it."""
    first = next((i for i, p in enumerate(paragraphs) if _plain(text[p.start : p.end]) in _words("contents")), None)
    last = first + 1 + _contents_length(text, paragraphs[first + 1 :]) if first is not None else 0
    entries: list[_Paragraph] = []
    body: list[_Paragraph] = []
    for index, paragraph in enumerate(paragraphs):
        listed = first is not None and first <= index < last
        leaders = _LEADERS.search(text[paragraph.start : paragraph.end])
        if listed or leaders:
            end = paragraph.start + leaders.start() if leaders else paragraph.end
            entries.append(replace(paragraph, end=end))
        else:
            body.append(paragraph)
    return entries, body


def _contents_length(text: str, following: list[_Paragraph]) -> int:
    """The contents end where their first entry comes again as a heading, else at the first line of prose."""
    names = [_plain(_LEADERS.sub("", text[p.start : p.end])) for p in following]
    if names and names[0] in names[1:]:
        return names.index(names[0], 1)
    prose = (
        i for i, p in enumerate(following) if _number(text[p.start : p.end]) is None and p.end - p.start > _HEAD_MAX
    )
    unnumbered = (
        i
        for i, p in enumerate(following)
        if _number(text[p.start : p.end]) is None and not _LEADERS.search(text[p.start : p.end])
    )
    return min(next(prose, len(following)), next(unnumbered, len(following)))


def _known(text: str, contents: list[_Paragraph]) -> dict[str, int]:
    """Level of each entry of the contents, by its title without the words that vary ("2024年部门主要职能")."""
    found = [heading for paragraph in contents if (heading := _heading(text, paragraph))]
    names = [re.sub(r"^(?:\d{4}年)?(?:部门|单位)?", "", _plain(heading.title)) for heading in found]
    return {name: heading.level for name, heading in zip(names, found, strict=True) if len(name) >= _NAME_MIN}


def _listed_level(line: str, known: dict[str, int]) -> int | None:
    """Level of a line that says what the contents say ("某某局（部门）主要职能" for "一、部门主要职能")."""
    plain = _plain(line)
    if len(plain) > _HEAD_MAX or re.search("[。，；：]", plain):
        return None
    return next((level for name, level in known.items() if plain.endswith(name)), None)


def _plain(title: str) -> str:
    return _SPACE.sub("", title)


# ---- one paragraph


def _title(text: str, body: list[_Paragraph]) -> Heading | None:
    """The first short line that is called a report, before the first number of the outline."""
    for index, paragraph in enumerate(body[:_TITLE_WITHIN]):
        line = text[paragraph.start : paragraph.end]
        if _number(line):
            return None
        if paragraph.level == 0 or _is_report_name(line):
            start = body[0].start if _continues(text, body[: index + 1]) else paragraph.start
            return Heading(start, paragraph.end, 0, "", _clean(text[start : paragraph.end]))
    return None


def _is_report_name(line: str) -> bool:
    name = re.sub(r"[（(][^（）()]*[）)]$", "", line).rstrip()
    return len(line) <= _TITLE_MAX and name.endswith(_words("titles")) and not re.search("[。，；：]", name)


def _continues(text: str, lines: list[_Paragraph]) -> bool:
    """Whether the first lines of a document are one title: name of the unit, then "2024年度部门决算"."""
    *above, last = [text[line.start : line.end] for line in lines]
    plain = all(re.fullmatch(r"[\u4e00-\u9fff（）]{2,30}", line) for line in above)
    return len(above) <= _TITLE_LINES and plain and bool(re.match(r"\d{4}", last))


def _same(item: _Item, title: Heading | None) -> bool:
    return title is not None and item.heading.start == title.start


def _item(text: str, paragraph: _Paragraph, known: dict[str, int]) -> _Item | None:
    line = text[paragraph.start : paragraph.end]
    if found := _number(line):
        heading = _heading(text, paragraph)
        shell = heading or _shell(paragraph, found)
        return _Item(shell, found[0], heading is not None)
    level = paragraph.level if paragraph.level is not None else _listed_level(line, known)
    if level is not None and len(line) <= _TITLE_MAX:
        end = paragraph.start + len(line.rstrip("。：:；; "))
        return _Item(
            Heading(paragraph.start, end, max(level, 1), "", _clean(text[paragraph.start : end])), "stated", True
        )
    return _run_in(paragraph, line)


def _shell(paragraph: _Paragraph, found: tuple[str, int, re.Match[str]]) -> Heading:
    """An item that is no heading still counts among its siblings."""
    _, level, match = found
    return Heading(paragraph.start, paragraph.start + match.end(), level, match[0], "", ordinal=_ordinal(match["n"]))


def _heading(text: str, paragraph: _Paragraph) -> Heading | None:
    """The paragraph as a numbered heading, alone on its line or with text after it."""
    line = text[paragraph.start : paragraph.end]
    found = _number(line)
    if not found:
        return None
    _, level, match = found
    cut = _head_end(line, match.end())
    ordinal = _ordinal(match["n"])
    if cut is None or ordinal is None:
        return None
    rest = line[cut:].lstrip("。：:；; ")
    title = _clean(line[match.end() : cut])
    return Heading(paragraph.start, paragraph.start + cut, level, match[0].rstrip(), title, bool(rest), ordinal)


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


def _run_in(paragraph: _Paragraph, line: str) -> _Item | None:
    """A phrase without a number that is followed by its text ("项目成本控制情况。严格…")."""
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


# ---- siblings decide together


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

    A bare number heads only what goes on with it ("1 概况" before "1.1 机构").
    """
    parts = [_parts(heading.number) for heading in found]
    chapters = {part[0] for part in parts if len(part) > 1}
    if not chapters:
        return [heading for heading in found if not heading.number.isdecimal()]
    base = 2 if any(re.match(_CN, heading.number.lstrip("（(")) for heading in found) else 0
    leveled = [replace(h, level=len(part) + base) if part else h for h, part in zip(found, parts, strict=True)]
    return [heading for heading in leveled if not heading.number.isdecimal() or heading.number in chapters]


def _parts(number: str) -> list[str]:
    """["1", "2"] of "1.2", ["3"] of "3." and of a bare "3", nothing of other numbers."""
    return re.findall(r"\d+", number) if re.fullmatch(r"\d+(?:[.\uff0e]\d+)*[.\uff0e、]?", number) else []


def _unlisted(found: list[Heading]) -> list[Heading]:
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


# ------------------------------------------------------------------------------------------ sentences, clauses

_CLOSERS = "”’」』）)】》"
_STOP = re.compile(rf"[。！？；;!?][{_CLOSERS}。]*|\n")
_BOUND = re.compile(r"[，。；：！？,;:!?]|\n")
_WRAPPED_MIN = 18  # characters of a line that a page width may have broken


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in text[start:end], with their stops, without outer white space.

    Together they hold every character that is not white space. A line break inside a wrapped sentence is no end.
    """
    end = len(text) if end is None else end
    cuts = [m.end() for m in _STOP.finditer(text, start, end) if m[0] != "\n" or _line_ends(text, m.start())]
    return _pieces(text, [start, *cuts, end])


def clauses(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans between the marks ，。；：！？ (not 、) in text[start:end], without the marks and outer white space."""
    end = len(text) if end is None else end
    result: list[tuple[int, int]] = []
    begin = start
    for match in _BOUND.finditer(text, start, end):
        if _is_bound(text, match):
            result += _pieces(text, [begin, match.start()])
            begin = match.end()
    return result + _pieces(text, [begin, end])


def _is_bound(text: str, match: re.Match[str]) -> bool:
    if match[0] == "\n":
        return _line_ends(text, match.start())
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 4]
    # 4,838.27万元, 3，518.85万元 and 12:30 are one word
    return not (match[0] in ",，:" and before.isdecimal() and re.match(r"\d{3}(?!\d)|\d\d(?!\d)", after))


def _line_ends(text: str, position: int) -> bool:
    """Whether the line break at `position` ends its sentence."""
    line = text[text.rfind("\n", 0, position) + 1 : position].strip()
    following = text[position + 1 : position + 1 + _HEAD_MAX].split("\n", 1)[0].strip()
    return len(line) < _WRAPPED_MIN or not following or _number(following) is not None


def _pieces(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    """The stretches between cuts, stripped, the empty ones left out."""
    stripped = (_stripped(text, low, high) for low, high in pairwise(cuts))
    return [(piece.start, piece.end) for piece in stripped if piece.start < piece.end]


# ------------------------------------------------------------------------------------------------------ words


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its span and jieba's tag: n noun, v verb, m number, q classifier, ns place, x punctuation."""

    start: int
    end: int
    text: str
    tag: str


def words(text: str) -> list[Word]:
    """The words of `text`; joined they are the text. Words of the dictionary only: no guesses at new ones."""
    return list(_cut(text))


def is_word(text: str) -> bool:
    """Whether `text` is a word of the dictionary: 统一 and 一般 are, 统一了 is not."""
    return len(text) > 1 and bool(_tagger().tokenizer.FREQ.get(text))


def word_at(clause: str, offset: int) -> Word | None:
    """The word of `clause` that covers `offset`."""
    return next((word for word in _cut(clause) if word.start <= offset < word.end), None)


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[Word, ...]:
    result: list[Word] = []
    at = 0
    for pair in _tagger().cut(text, HMM=False):
        tag = "m" if pair.flag == "eng" and pair.word.replace(".", "").isdecimal() else pair.flag
        result.append(Word(at, at + len(pair.word), pair.word, tag))
        at += len(pair.word)
    return tuple(result)


@cache
def _tagger() -> Any:
    """An instance of jieba with our words. Made by hand, since its own way logs and leaves a cache in /tmp."""
    import jieba
    from jieba import posseg

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for name, tag in (("organisations", "nt"), ("indicators", "n")):
        for word in lexicon.load(name)["words"]:
            tokenizer.add_word(word, tag=tag)
    return posseg.POSTokenizer(tokenizer)
