"""Which report a document is: whose, of which year, of which kind, with which score; each with what established it."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import PurePath

from extract import lexicon
from extract.bodies import Body, Place, bodies, canonical, is_placeholder, region, words
from schemas.claim import Claim, Span
from schemas.document import Document
from schemas.figure import Figure
from schemas.report import Basis, Heading, Report, ReportKind

_FRONT = 300  # characters, where no heading ends it earlier
_NEAR = 12  # characters around a year that tell what it is the year of
_FILE_NAME = "文件名"


@dataclass(frozen=True, slots=True)
class _Unit:
    """The reporting body: its full name, its place if it is named by one, and where it is written."""

    name: str
    place: Place | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class _Front:
    """What stands before the outline: the span of the title, and where the title page ends."""

    title: Span | None
    end: int


def identify(
    document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...], claims: tuple[Claim, ...] = ()
) -> Report:
    """The identity of a report. The name of the file speaks only where the document is silent.

    `claims` back the score where no figure of the prose or of a total row states it.
    """
    front = _front(document, headings)
    unit = _unit(document, front)
    year = _year(document, front)
    kind = _kind(document, headings)
    project = _project(document, headings, front, unit.name if unit else "")
    score, scored = _score(document, figures, claims)
    grade = _grade(document)
    placed = Basis("region", "单位名称", unit.place.name, unit.basis.span) if unit and unit.place else None
    bases = (unit.basis if unit else None, placed, year, kind and kind[1], project, scored, grade)
    return Report(
        document=document.id,
        source=document.name,
        unit=unit.name if unit else None,
        unit_written=unit.basis.text if unit else None,
        region=region(unit.place) if unit and unit.place else None,
        year=_western(year.text) if year else None,
        kind=kind[0] if kind else "其他",
        project=re.sub(r"\s", "", project.text) if project else None,
        score=score,
        grade=_GRADES.get(grade.text, grade.text) if grade else None,
        established=tuple(basis for basis in bases if basis),
    )


def _front(document: Document, headings: tuple[Heading, ...]) -> _Front:
    title = next(((heading.start, heading.end) for heading in headings if heading.level == 0), None)
    first = next((heading.start for heading in headings if heading.level > 0), len(document.text))
    return _Front(title, min(first, max(_FRONT, title[1] if title else 0)))


# -------------------------------------------------------------------------------------------------------- unit


def _unit(document: Document, front: _Front) -> _Unit | None:
    """The body that reports: from a label, the title, the text, the file name, in this order."""
    found = bodies(document.text)
    return (
        _labelled_unit(document, found)
        or _titled_unit(document, found, front)
        or _named_unit(document, found)
        or _filed_unit(document)
    )


def _labelled_unit(document: Document, found: list[Body]) -> _Unit | None:
    for label in words("labels"):
        for start, end in _labelled(document, label):
            inside = next((body for body in found if start <= body.start and body.end <= end), None)
            if inside:
                return _made(document, inside, found, f"标签“{label}”")
            written = document.text[start:end]
            if written.endswith(words("suffixes")) and not is_placeholder(written):
                return _Unit(_plain(written), None, Basis("unit", f"标签“{label}”", written, (start, end)))
    return None


def _titled_unit(document: Document, found: list[Body], front: _Front) -> _Unit | None:
    """A body in the title, where "某局关于…的报告" names the author, or on the title page."""
    low, high = front.title or (0, 0)
    titled = [body for body in found if low <= body.start < high]
    own = titled or [body for body in found if body.end <= front.end and not _is_other(document.text, body)]
    if own:
        return _made(document, own[0], found, "标题")
    match = _placeless().match(document.text, low, high)
    if not match or is_placeholder(match[0]):
        return None
    full = next((body for body in found if body.name.endswith(_plain(match[0]))), None)
    name, place = (canonical(full.name), full.place) if full else (_plain(match[0]), None)
    return _Unit(name, place, Basis("unit", "标题", match[0], match.span()))


@cache
def _placeless() -> re.Pattern[str]:
    """A body without its place at the beginning of a title (澜桥街道办事处关于…)."""
    return re.compile(rf"[\u4e00-\u9fff]{{2,12}}?(?:{'|'.join(words('suffixes'))})(?=关于|\s*20\d{{2}})")


def _named_unit(document: Document, found: list[Body]) -> _Unit | None:
    """The body that the text names most, above all one that "我会" can stand for; of equals the first."""
    own = [body for body in found if not _is_other(document.text, body)]
    if not own:
        return None
    endings, said = _self_endings(document.text)
    counts = Counter(_plain(body.name) for body in own)
    best = max(own, key=lambda body: (bool(endings) and body.name.endswith(endings), counts[body.name], -body.start))
    stands = endings and best.name.endswith(endings)
    return _made(document, best, found, f"正文名称，“{said}”所指" if stands else "正文名称")


def _filed_unit(document: Document) -> _Unit | None:
    body = next(iter(bodies(PurePath(document.name).stem)), None)
    return _Unit(canonical(body.name), body.place, Basis("unit", _FILE_NAME, body.name)) if body else None


def _made(document: Document, body: Body, found: list[Body], rule: str) -> _Unit:
    """The unit under its longest name in the document (普陀区司法局 → 上海市普陀区司法局)."""
    longer = [other for other in found if other.name.endswith(body.name) and other.place.name.endswith(body.place.name)]
    full = max([body, *longer], key=lambda other: len(other.name))
    written = document.text[body.start : body.end]
    return _Unit(canonical(full.name), full.place, Basis("unit", rule, written, (body.start, body.end)))


def _is_other(text: str, body: Body) -> bool:
    """Whether the words around a name make it a parent, a partner or the author of a rule."""
    before, after = text[max(0, body.start - 40) : body.start].rstrip()[-4:], text[body.end : body.end + 8].lstrip()
    return before.endswith(words("before_others")) or after.startswith(words("after_others"))


def _self_endings(text: str) -> tuple[tuple[str, ...], str]:
    """How the name of the reporting body ends if it calls itself 我会, and that word."""
    selves: dict[str, list[str]] = lexicon.load("organisations")["selves"]
    counts = {word: text.count(word) for word in selves}
    said = max(counts, key=lambda word: counts[word])
    return (tuple(selves[said]), said) if counts[said] else ((), "")


def _labelled(document: Document, label: str) -> list[tuple[int, int]]:
    """Spans of what follows a label, after a colon in the text or in the next cell of a table."""
    pattern = re.compile(
        rf"{re.escape(label)}(?:（[^）]*）)?\s*[：:为]\s*(\S[^\n。，；：]*?)\s*(?=$|[\n。，；]|\s{{2}}|\t)",
        re.MULTILINE,
    )
    spans = [match.span(1) for match in pattern.finditer(document.text)]
    for table in document.tables:
        for cell, following in zip(table.cells, table.cells[1:], strict=False):
            if _plain(cell.text).rstrip("：:") == label and following.row == cell.row and following.text:
                spans.append((following.start, following.end))
    return spans


# -------------------------------------------------------------------------------------------------- year, kind

_YEAR = re.compile(r"(?<!\d)(20\d{2}|二[〇○零][一二三四五六七八九〇○零]{2})\s*年(度)?")
_DAY = re.compile(r"\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_PLANNED = re.compile("预算|决算|绩效|评价|自评|专项|项目")


def _year(document: Document, front: _Front) -> Basis | None:
    """The year that is reported on, never the day of publication."""
    titled = next(
        (m for m in _YEAR.finditer(document.text, 0, front.end) if not _DAY.match(document.text, m.end())), None
    )
    if titled:
        return Basis("year", "标题", titled[0], titled.span())
    weights: Counter[str] = Counter()
    first: dict[str, re.Match[str]] = {}
    for match in _YEAR.finditer(document.text):
        first.setdefault(_western(match[0]), match)
        weights[_western(match[0])] += _year_weight(document.text, match)
    if weights:
        best = first[max(weights, key=lambda year: (weights[year], year))]
        return Basis("year", "正文年度", best[0], best.span())
    filed = re.search(r"(?<!\d)20\d{2}(?!\d)", PurePath(document.name).stem)
    return Basis("year", _FILE_NAME, filed[0]) if filed else None


def _year_weight(text: str, match: re.Match[str]) -> int:
    if _DAY.match(text, match.end()):
        return 0
    near = _PLANNED.search(text, match.end(), match.end() + _NEAR)
    return 1 + 2 * bool(near) + 3 * bool(match[2])


def _western(year: str) -> str:
    digits = str.maketrans("〇○零一二三四五六七八九", "000123456789")
    return year.translate(digits)[:4]


def _kind(document: Document, headings: tuple[Heading, ...]) -> tuple[ReportKind, Basis] | None:
    """The kind by the title, else by what only such a report says in its text."""
    titles = [(document.text[h.start : h.end], (h.start, h.end)) for h in headings if h.level == 0]
    captions = [(table.caption, (table.start, table.end)) for table in document.tables[:1] if table.caption]
    stem = PurePath(document.name).stem
    for rule in lexicon.load("kinds")["kind"]:
        for title, span in titles + captions:
            if _matches(rule["title"], title):
                return rule["name"], Basis("kind", "标题", title, span)
    for rule in lexicon.load("kinds")["kind"]:
        for pattern in rule["text"]:
            if match := re.search(pattern, document.text):
                return rule["name"], Basis("kind", "正文", match[0], match.span())
    for rule in lexicon.load("kinds")["kind"]:
        if _matches(rule["title"], stem):
            return rule["name"], Basis("kind", _FILE_NAME, stem)
    return None


def _matches(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, _plain(text)) for pattern in patterns)


# ----------------------------------------------------------------------------------------------------- project

_PROJECT = re.compile(r"[^\s，。；：]{2,40}(?:项目|经费|资金|工程|补助|补贴|专项)")
_PROJECT_TITLE = re.compile(
    r"(?:关于)?(?:20\d{2}年度?)?(?P<name>[^\s\d，。；：]{2,40}?(?:项目|经费|资金|工程))"
    r"(?=(?:20\d{2}年度?)?(?:支出)?的?(?:绩\s*效|自评|评价))"
)
_OPENING = re.compile(r"(?:关于)?(?:20\d{2}\s*年度?)?")
_PROJECT_LINE = re.compile(r"^\s*[（(]([^\s（()）]{2,40}(?:项目|经费|资金|工程))[）)]\s*$", re.MULTILINE)
_OVERVIEW = re.compile("概况|基本情况")
_ALL_PROJECTS = re.compile(r"(?:部门|单位|财政|预算|整体|支出)*项目")
_SHORT_NAME = re.compile("[街道镇乡县市区]$")


def _project(document: Document, headings: tuple[Heading, ...], front: _Front, unit: str) -> Basis | None:
    """The one project that the report is about; None where it is about several."""
    for start, end in _labelled(document, "项目名称"):
        return Basis("project", "标签“项目名称”", document.text[start:end], (start, end))
    if front.title and (titled := _titled_project(document.text, front.title, unit)):
        return titled
    if match := _PROJECT_LINE.search(document.text, 0, front.end):
        return Basis("project", "标题", match[1], match.span(1))
    named = _project_headings(headings)
    if len(named) != 1:
        return None
    start = document.text.find(named[0].title, named[0].start)
    return Basis("project", "概况下的小标题", named[0].title, (start, named[0].end))


def _titled_project(text: str, title: Span, unit: str) -> Basis | None:
    """The project in a title, after the name of the unit ("某局某项目2022年度绩效自评报告")."""
    opening = _OPENING.match(text, *title)
    start = opening.end() if opening else title[0]
    for begin in (_after_unit(text, (start, title[1]), unit), start):
        match = _PROJECT_TITLE.match(text, begin, title[1])
        if match and not _ALL_PROJECTS.fullmatch(match["name"]):
            return Basis("project", "标题", match["name"], match.span("name"))
    return None


def _after_unit(text: str, title: Span, unit: str) -> int:
    """Where the title goes on after the unit's name, or after its short name (澜桥街道)."""
    for length in range(title[1] - title[0], 2, -1):
        name = text[title[0] : title[0] + length]
        if name in unit and (unit.endswith(name) or _SHORT_NAME.search(name)):
            return title[0] + length
    return title[0]


def _project_headings(headings: tuple[Heading, ...]) -> list[Heading]:
    """Headings under 项目概况 that name a project ("1.仓房维修专项经费。")."""
    result: list[Heading] = []
    overview: Heading | None = None
    for heading in headings:
        if overview and heading.level > overview.level:
            result += [heading] if heading.level > 2 and _PROJECT.fullmatch(heading.title) else []
        else:
            overview = heading if _OVERVIEW.search(heading.title) else None
    return result


# ------------------------------------------------------------------------------------------------ score, grade

_SCORE_LABEL = re.compile(
    r"(?:(?:自评|评价|综合|最终|最后|绩效|考评|总体|评定)总?(?:得|评)?分(?:数)?|自评|(?P<weak>总(?:得|评)?分))(?:为|是|达|：|:|共计|合计|\s)*$"
)
_FULL_MARKS = re.compile(r"满分|分值|分制")
_TOTAL_ROW = re.compile(r"(?:总分|合计|总计|总得分|评价得分|自评得分|综合得分)$")
_SCORE_COLUMN = re.compile(r"(?:得分|评分)[^/]{0,8}$")
_GRADE = re.compile(
    r"(?:等次|等级|评级|评定|评价结论|评价结果|绩效级别|(?<=分，)属|(?<=分，)为)[为是：:\s]*[“\"‘]?"
    r"(基本合格|不合格|合格|优秀|良好|优等|良等|中等|差等|较差|优|良|中|差)(?![、/\u4e00-\u9fff]|[”\"’](?:的|、|等))"
)
_GRADES = {"优秀": "优", "优等": "优", "良好": "良", "良等": "良", "中等": "中", "差等": "差", "较差": "差"}


def _score(
    document: Document, figures: tuple[Figure, ...], claims: tuple[Claim, ...]
) -> tuple[Decimal | None, Basis | None]:
    """The total score; None with a reason where several are stated, one for each project."""
    ranked = [(rank, figure) for figure in figures if (rank := _rank(document.text, figure))]
    if not ranked:
        return _claimed_score(claims)
    best = max(rank for rank, _ in ranked)
    stated = [figure for rank, figure in ranked if rank == best]
    first = stated[0]
    if len({figure.value for figure in stated}) > 1:
        listed = "、".join(dict.fromkeys(figure.text for figure in stated))
        return None, Basis("score", "有多个得分", listed, (first.start, first.end))
    return first.value, Basis("score", "总分", first.text, (first.start, first.end))


def _rank(text: str, figure: Figure) -> int:
    """2 for a figure that is called the score, 1 for one called 总分, which the full marks are too, else 0."""
    if figure.value is None or figure.approx:
        return 0
    if figure.table:
        total = _TOTAL_ROW.search(figure.table.row_label) and _SCORE_COLUMN.search(figure.table.column_label)
        return 2 if total else 0
    before = text[max(0, figure.start - 16) : figure.start]
    after = text[figure.end : figure.end + 2]
    label = _SCORE_LABEL.search(before)
    if figure.kind != "score" or not label or _FULL_MARKS.search(before + after) or re.match("及?以|[（(]含", after):
        return 0
    return 1 if label["weak"] else 2


def _claimed_score(claims: tuple[Claim, ...]) -> tuple[Decimal | None, Basis | None]:
    total = next((claim for claim in claims if claim.level1 == "总体" and claim.score is not None), None)
    return (total.score, Basis("score", "总体结论", total.text, total.score_span)) if total else (None, None)


def _grade(document: Document) -> Basis | None:
    match = _GRADE.search(document.text)
    return Basis("grade", "等次", match[1], match.span(1)) if match else None


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)
