"""Which report a document is: whose, of which year, of which kind, with which score; each with what established it."""

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import PurePath

from extract import lexicon
from extract.bodies import Body, Place, bodies, canonical, is_placeholder, region, words
from schemas.claim import Claim
from schemas.document import Document
from schemas.figure import Figure
from schemas.report import Basis, Heading, Report, ReportKind

_TITLE_PAGE = 300  # characters, where no heading ends it earlier
_NEAR = 12  # characters around a year that tell what it is the year of
_FILE_NAME = "文件名"


@dataclass(frozen=True, slots=True)
class _Unit:
    """The reporting body: its full name, its place if it is named by one, and where it is written."""

    name: str
    place: Place | None
    basis: Basis


def identify(
    document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...], claims: tuple[Claim, ...] = ()
) -> Report:
    """The identity of a report. The name of the file speaks only where the document is silent.

    `claims` back the score where no figure of the prose or of a total row states it.
    """
    page = _title_page(document, headings)
    unit = _unit(document, page)
    year = _year(document, page)
    kind = _kind(document, headings)
    project = _project(document, headings)
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


def _title_page(document: Document, headings: tuple[Heading, ...]) -> int:
    """Where the text ends that stands before the outline."""
    first = next((heading.start for heading in headings if heading.level > 0), len(document.text))
    return min(first, max(_TITLE_PAGE, *(heading.end for heading in headings if heading.level == 0), 0))


# -------------------------------------------------------------------------------------------------------- unit


def _unit(document: Document, page: int) -> _Unit | None:
    """The body that reports: from a label, the title, the text, the file name, in this order."""
    found = bodies(document.text)
    return (
        _labelled_unit(document, found)
        or _titled_unit(document, found, page)
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


def _titled_unit(document: Document, found: list[Body], page: int) -> _Unit | None:
    named = (body for body in found if body.end <= page and not _is_other(document.text, body))
    body = next(named, None)
    return _made(document, body, found, "标题") if body else None


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
    longer = [other for other in found if other.name.endswith(body.name) and other.place.code]
    full = max([body, *longer], key=lambda other: len(other.name))
    written = document.text[body.start : body.end]
    return _Unit(canonical(full.name), full.place, Basis("unit", rule, written, (body.start, body.end)))


def _is_other(text: str, body: Body) -> bool:
    """Whether the words around a name make it a parent, a partner or the author of a rule."""
    before, after = text[: body.start].rstrip()[-4:], text[body.end : body.end + 8].lstrip()
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
        rf"{re.escape(label)}(?:（[^）]*）)?\s*[：:]\s*(\S[^\n。，；：]*?)\s*(?=$|[\n。，；]|\s{{2}}|\t)", re.MULTILINE
    )
    spans = [match.span(1) for match in pattern.finditer(document.text)]
    for table in document.tables:
        for cell, following in zip(table.cells, table.cells[1:], strict=False):
            if _plain(cell.text).rstrip("：:") == label and following.row == cell.row and following.text:
                spans.append((following.start, following.end))
    return spans


# -------------------------------------------------------------------------------------------------- year, kind

_YEAR = re.compile(r"(?<![\d〔\[【（(])(20\d{2}|二[〇○零][一二三四五六七八九〇○零]{2})\s*年(度)?")
_DAY = re.compile(r"\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_PLANNED = re.compile("预算|决算|绩效|评价|自评|专项|项目")


def _year(document: Document, page: int) -> Basis | None:
    """The year that is reported on, never the day of publication."""
    titled = next((m for m in _YEAR.finditer(document.text, 0, page) if not _DAY.match(document.text, m.end())), None)
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

_PROJECT = re.compile(r"[^\s，。；：]{2,40}(?:项目|经费|资金|工程|补助|补贴|专项)$")
_PROJECT_TITLE = re.compile(
    r"(?:年度?|关于)\s*([^\s年，。]{2,40}?(?:项目|经费|资金|工程))(?=(?:支出)?(?:绩效|自评|评价))"
)
_OVERVIEW = re.compile("概况|基本情况")
_NO_NAME = re.compile(r"^(?:部门|单位|预算)?(?:整体|项目)?支出?项目$|^(?:财政|部门)?(?:预算)?项目$")


def _project(document: Document, headings: tuple[Heading, ...]) -> Basis | None:
    """The one project that the report is about; None where it is about several."""
    for start, end in _labelled(document, "项目名称"):
        return Basis("project", "标签“项目名称”", document.text[start:end], (start, end))
    for heading in headings[:1]:
        match = _PROJECT_TITLE.search(document.text, heading.start, heading.end)
        if heading.level == 0 and match and not _NO_NAME.match(match[1]):
            return Basis("project", "标题", match[1], match.span(1))
    named = _project_headings(headings)
    if len(named) != 1:
        return None
    start = named[0].start + document.text[named[0].start : named[0].end].find(named[0].title[0])
    return Basis("project", "概况下的小标题", document.text[start : named[0].end], (start, named[0].end))


def _project_headings(headings: tuple[Heading, ...]) -> list[Heading]:
    """Headings under 项目概况 that name a project ("1.劳模表彰专项经费。")."""
    result: list[Heading] = []
    overview: Heading | None = None
    for heading in headings:
        if overview and heading.level > overview.level:
            result += [heading] if _PROJECT.fullmatch(heading.title) else []
        else:
            overview = heading if _OVERVIEW.search(heading.title) else None
    return result


# ------------------------------------------------------------------------------------------------ score, grade

_SCORE_LABEL = re.compile(
    r"(?:自评|评价|综合|综合评价|最终|最后|绩效|绩效评价|考评|总体|总)(?:总)?(?:得|评)?分(?:数)?(?:值)?(?:为|是|达|：|:|共计|合计|\s)*$"
)
_FULL_MARKS = re.compile(r"满分|分值|分制")
_TOTAL_ROW = re.compile(r"(?:总分|合计|总计|总得分|评价得分|自评得分|综合得分)$")
_SCORE_COLUMN = re.compile(r"(?:得分|评分)[^/]{0,8}$")
_GRADE = re.compile(
    r"(?:等次|等级|评级|评定|评价结论|评价结果|绩效级别)[为是：:\s]*[“\"‘]?"
    r"(基本合格|不合格|合格|优秀|良好|优等|良等|中等|差等|较差|优|良|中|差)(?![、/\u4e00-\u9fff]|[”\"’](?:的|、|等))"
)
_GRADES = {"优秀": "优", "优等": "优", "良好": "良", "良等": "良", "中等": "中", "差等": "差", "较差": "差"}


def _score(
    document: Document, figures: tuple[Figure, ...], claims: tuple[Claim, ...]
) -> tuple[Decimal | None, Basis | None]:
    """The total score; None with a reason where several are stated, one for each project."""
    stated = [figure for figure in figures if figure.value is not None and _is_total(document.text, figure)]
    if not stated:
        return _claimed_score(claims)
    first = stated[0]
    values = dict.fromkeys(figure.value for figure in stated)
    if len(values) > 1:
        listed = "、".join(dict.fromkeys(figure.text for figure in stated))
        return None, Basis("score", "有多个得分", listed, (first.start, first.end))
    return first.value, Basis("score", "总分", first.text, (first.start, first.end))


def _is_total(text: str, figure: Figure) -> bool:
    """Whether a figure is the score of the whole: not the full marks, not the score of one indicator."""
    if figure.table:
        return bool(_TOTAL_ROW.search(figure.table.row_label) and _SCORE_COLUMN.search(figure.table.column_label))
    if figure.kind != "score":
        return False
    before = text[max(0, figure.start - 16) : figure.start]
    after = text[figure.end : figure.end + 2]
    return bool(_SCORE_LABEL.search(before)) and not _FULL_MARKS.search(before + after) and not after.startswith("以")


def _claimed_score(claims: tuple[Claim, ...]) -> tuple[Decimal | None, Basis | None]:
    total = next((claim for claim in claims if claim.level1 == "总体" and claim.score is not None), None)
    return (total.score, Basis("score", "总体结论", total.text, total.score_span)) if total else (None, None)


def _grade(document: Document) -> Basis | None:
    match = _GRADE.search(document.text)
    return Basis("grade", "等次", match[1], match.span(1)) if match else None


@cache
def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)
