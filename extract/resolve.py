"""From candidates to figures: overlaps settled, every numeral accounted for, and subject, role and period read."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from extract.bind import Binding, bind
from extract.find import candidates, words
from extract.grid import column_labels, row_labels
from extract.lexicon import load
from extract.numerals import Numeral
from extract.passages import Candidate, Passage, passages
from extract.quantities import Quantity
from extract.segment import clauses, section_path, sentences
from schemas.document import Document
from schemas.figure import CellRef, Direction, Figure, Reading, Role
from schemas.mention import Mention, Unexplained
from schemas.report import Heading

_T = TypeVar("_T", bound=Candidate)

#: Stands for the year before the report's, until the report's year is known.
LAST_YEAR = "上年"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The figures and mentions of a document, what nothing accounts for, and how many numerals there were."""

    figures: tuple[Figure, ...]
    mentions: tuple[Mention, ...]
    unexplained: tuple[Unexplained, ...]
    numerals: int


def resolve(document: Document, headings: tuple[Heading, ...], source: str) -> Resolved:
    """All figures of a document, and the account of its numerals."""
    figures: list[Figure] = []
    mentions: list[Mention] = []
    unexplained: list[Unexplained] = []
    numerals = 0
    for passage in passages(document):
        kept = settle(passage, _headings_in(passage, headings))
        dates = [m for m in kept if isinstance(m, Mention) and m.kind == "date"]
        quantities = [q for q in kept if isinstance(q, Quantity)]
        figures += _figures(document, headings, source, passage, quantities, dates)
        rest = _left_over(passage.numerals, kept)
        named = _disjoint(words.find(passage, iter(rest)))
        mentions += sorted([*(m for m in kept if isinstance(m, Mention)), *named], key=lambda m: m.start)
        unexplained += [_unexplained(numeral) for numeral in _left_over(rest, named)]
        numerals += len(passage.numerals)
    return Resolved(tuple(figures), tuple(mentions), tuple(unexplained), numerals)


# --- overlaps ---------------------------------------------------------------------------------------------------------


def settle(passage: Passage, heading_numbers: Sequence[Mention]) -> list[Candidate]:
    """The candidates that stand, in text order: the earlier finder's first, then the longer."""
    ranked: list[tuple[int, Candidate]] = [(-1, mention) for mention in heading_numbers]
    ranked += candidates(passage)
    ranked.sort(key=lambda pair: (pair[0], pair[1].start - pair[1].end, pair[1].start))
    return sorted(_disjoint(candidate for _, candidate in ranked), key=lambda candidate: candidate.start)


def _disjoint(found: Iterator[_T]) -> list[_T]:
    """Those that overlap no earlier one."""
    starts: list[int] = []
    kept: list[_T] = []
    for candidate in found:
        at = bisect_left(starts, candidate.start)
        clear_left = at == 0 or kept[at - 1].end <= candidate.start
        clear_right = at == len(kept) or candidate.end <= kept[at].start
        if clear_left and clear_right:
            starts.insert(at, candidate.start)
            kept.insert(at, candidate)
    return kept


def _headings_in(passage: Passage, headings: tuple[Heading, ...]) -> list[Mention]:
    """The numbers of the headings: 一、 （二） 1."""
    found = []
    for heading in headings:
        if heading.number and passage.start <= heading.start < passage.end:
            end = heading.start + len(heading.number)
            text = passage.text[heading.start : end]
            found.append(Mention(heading.start, end, text, "identifier", "heading", "标识.标题"))
    return found


def _left_over(numerals: Sequence[Numeral], kept: Sequence[Candidate]) -> list[Numeral]:
    starts = [candidate.start for candidate in kept]
    rest = []
    for numeral in numerals:
        at = bisect_right(starts, numeral.start) - 1
        covered = at >= 0 and numeral.start < kept[at].end
        reached = at + 1 < len(kept) and kept[at + 1].start < numeral.end
        if not (covered or reached):
            rest.append(numeral)
    return rest


def _unexplained(numeral: Numeral) -> Unexplained:
    return Unexplained(numeral.start, numeral.end, numeral.text, numeral.reason or "没有单位，上下文也没有说明它是什么")


# --- figures ----------------------------------------------------------------------------------------------------------


def _figures(
    document: Document,
    headings: tuple[Heading, ...],
    source: str,
    passage: Passage,
    quantities: list[Quantity],
    dates: list[Mention],
) -> Iterator[Figure]:
    if not quantities:
        return
    contexts = _cell_contexts(passage, quantities) if passage.cell else _prose_contexts(passage, quantities, dates)
    for quantity, context in zip(quantities, contexts, strict=True):
        page, box = document.locate(quantity.start, quantity.end)
        section = section_path(headings, quantity.start)
        yield Figure(
            document=document.id,
            source=source,
            start=quantity.start,
            end=quantity.end,
            text=document.text[quantity.start : quantity.end],
            kind=quantity.kind,
            value=quantity.value,
            unit=quantity.unit,
            low=quantity.low,
            high=quantity.high,
            step=quantity.step,
            approx=quantity.approx,
            rule=quantity.rule,
            per=quantity.per,
            subject=_named(context.subject, section),
            role=context.role,
            direction=context.direction,
            base=context.base,
            period=context.period,
            section=section,
            page=page,
            box=box,
            table=_cell_ref(passage),
            reading=_reading(document, quantity),
            note=quantity.note,
        )


def _named(subject: str, section: tuple[str, ...]) -> str:
    """经费30万元 under the heading 表彰大会专项经费 is that money."""
    if (
        section
        and subject in load("roles")["links"]["bare_money"]
        and re.search("(?:经费|资金|费|项目|支出)$", section[-1])
    ):
        return section[-1]
    return subject


def _reading(document: Document, quantity: Quantity) -> Reading:
    at = bisect_right(document.joints, quantity.start)
    return "repaired" if at < len(document.joints) and document.joints[at] < quantity.end else "plain"


def _cell_ref(passage: Passage) -> CellRef | None:
    if passage.table is None or passage.cell is None:
        return None
    table, cell = passage.table, passage.cell
    return CellRef(
        table.index,
        cell.row,
        cell.column,
        "/".join(row_labels(table, cell)),
        "/".join(column_labels(table, cell)),
        cell.place.sheet or table.place.sheet,
        cell.place.cell,
    )


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a figure say of it."""

    subject: str = ""
    role: Role | None = None
    direction: Direction | None = None
    base: str | None = None
    period: str | None = None


# --- cells ------------------------------------------------------------------------------------------------------------

_COLUMN_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("adjusted", re.compile("全年预算|调整后?预算|预算调整")),
    ("budget", re.compile("年初预算|预算数|预算金额|批复|预算$|预算[（(]")),
    ("standard", re.compile("分值|权重|满分|标准分|标准$")),
    ("target", re.compile("指标值|目标值|计划|预期|目标$")),
    ("carryover", re.compile("结转")),
    ("surplus", re.compile("结余")),
    ("received", re.compile("到位|收入|拨款")),
    ("allocated", re.compile("下达|拨付")),
    ("change", re.compile("增减|同比|增长|差异|变动")),
    ("spent", re.compile("执行数|决算|支出|全年执行|已用")),
    ("actual", re.compile("完成值|实际|得分|执行率|完成率|完成情况|率$")),
    ("total", re.compile("合计|总计")),
)
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年|$)")


def _cell_contexts(passage: Passage, quantities: list[Quantity]) -> Iterator[Context]:
    if passage.table is None or passage.cell is None:
        return
    columns, rows = column_labels(passage.table, passage.cell), row_labels(passage.table, passage.cell)
    column, row = "/".join(columns), "/".join(rows)
    role = next((role for role, pattern in _COLUMN_ROLES if pattern.search(column)), None)
    if role is None:
        role = next((role for role, pattern in _COLUMN_ROLES if pattern.search(row)), None)
    year = _YEAR.search(column) or _YEAR.search(row)
    period = year.group() if year else LAST_YEAR if re.search("上年|去年", column) else None
    subject = rows[-1] if rows else columns[-1] if columns else ""
    for _ in quantities:
        yield Context(subject, role, None, None, period)


#: 其中 goes on with the money of the sentence before.
_GOES_ON = re.compile(r"\s*(?:其中|包括|具体|分别)")

# --- prose ------------------------------------------------------------------------------------------------------------


def _prose_contexts(passage: Passage, quantities: list[Quantity], dates: list[Mention]) -> Iterator[Context]:
    """One context a quantity, sentence by sentence: a clause without a subject takes over the one before it."""
    bounds = [start for start, _ in sentences(passage.text, passage.start, passage.end)]
    stretch = -1
    carried = Context()
    for clause, inside in _by_clause(passage, quantities):
        sentence = bisect_right(bounds, inside[0].start)
        if sentence != stretch:
            stretch = sentence
            if not _GOES_ON.match(passage.text, bounds[sentence - 1] if sentence else passage.start):
                carried = Context()
        begin = bounds[sentence - 1] if sentence else passage.start
        bindings = bind(passage.text, clause[0], clause[1], [(q.start, q.end) for q in inside])
        for index, (quantity, binding) in enumerate(zip(inside, bindings, strict=True)):
            left = inside[index - 1].end if index else clause[0]
            context = _context(passage, quantity, binding, (left, clause[1]), begin, carried)
            context = replace(context, period=_period(passage, quantity, dates, begin, clause[0]) or carried.period)
            carried = replace(context, direction=None, role=_handed_on(context))
            yield context


def _by_clause(passage: Passage, quantities: list[Quantity]) -> Iterator[tuple[tuple[int, int], list[Quantity]]]:
    """The clauses that hold a quantity, with those that begin in them."""
    bounds = clauses(passage.text, passage.start, passage.end)
    starts = [start for start, _ in bounds]
    groups: dict[int, list[Quantity]] = {}
    for quantity in quantities:
        groups.setdefault(max(0, bisect_right(starts, quantity.start) - 1), []).append(quantity)
    for index, inside in groups.items():
        start, end = bounds[index]
        yield (min(start, inside[0].start), max(end, inside[-1].end)), inside


def _context(
    passage: Passage, quantity: Quantity, binding: Binding, clause: tuple[int, int], begin: int, carried: Context
) -> Context:
    left = passage.text[clause[0] : quantity.start]
    subject = _subject(passage.text, quantity, binding, clause) or carried.subject
    if not subject:
        subject = _earlier(passage.text[begin : clause[0]])
    role = _role(
        quantity,
        left.replace(subject, "", 1) if subject else left,
        subject,
        passage.text[begin : quantity.start],
        carried,
    )
    direction = _direction(left) if role == "change" else None
    base = _base(passage.text[begin : quantity.start]) if role == "change" else None
    return Context(subject, role, direction, base, None)


def _subject(text: str, quantity: Quantity, binding: Binding, clause: tuple[int, int]) -> str:
    """The noun phrase that is counted or paid for: behind a count (66名劳动模范), else before the figure."""
    before = _phrase(text, binding.before, clause[0])
    after = _phrase(text, binding.after, clause[0])
    following = text[quantity.end : quantity.end + 1]
    preposed = bool(re.match(r"[\u4e00-\u9fa5“\"‘《A-Za-z]", following)) and after
    if quantity.kind in ("count", "measure") and preposed:
        return _with_action(text, after, binding)
    if before:
        return before
    if quantity.kind in ("ratio", "score"):
        return ""
    if quantity.kind == "amount" and (purpose := _purpose(text[quantity.end : clause[1]])):
        return purpose
    return after or _phrase(text, binding.verb, clause[0])


def _purpose(text: str) -> str:
    """What money was for, said behind it: 投入百万余元为职工提供技能培训, 支出30万元用于道路维修."""
    if not re.match(r"\s*(?:[，,]?\s*(?:主要)?用于|[，,]?\s*为|给|支持|开展|对)", text):
        return ""
    return _earlier(text)


def _with_action(text: str, subject: str, binding: Binding) -> str:
    """15000余名职工参与竞赛: a generic noun takes what it does along."""
    if subject not in load("roles")["links"]["generic"] or binding.next_verb is None:
        return subject
    action = text[binding.next_verb[0] : binding.next_verb[1]]
    return subject + action if len(action) <= 20 else subject


def _phrase(text: str, span: tuple[int, int] | None, clause_start: int) -> str:
    if span is None or span[0] < clause_start:
        return ""
    phrase = re.sub(r"\s+", "", text[span[0] : span[1]]).strip("，、。；：的")
    leads = load("roles")["links"]["leads"]
    while lead := next((lead for lead in leads if phrase.startswith(lead) and len(phrase) > len(lead)), None):
        phrase = phrase[len(lead) :].lstrip("，、的")
    return "" if phrase in leads else re.sub(r"^(?:(?:19|20)\d{2}年度?)+", "", phrase)


def _earlier(text: str) -> str:
    """The last noun phrase of a stretch without figures, for 完成率达95% after 培训方面，."""
    stop = text.rstrip("，、；。：:,; \n")
    for start, end in reversed(clauses(stop, 0, len(stop))):
        bindings = bind(stop + "#", start, end + 1, [(end, end + 1)])
        phrase = _phrase(stop, bindings[0].before, start) if bindings else ""
        if phrase:
            return phrase
    return ""


# --- role, direction, base, period ------------------------------------------------------------------------------------


@cache
def _cues(kind: str) -> tuple[re.Pattern[str], dict[str, Role]]:
    """A pattern over all cue words of a kind, the longest first, and the role of each."""
    table: dict[str, Role] = {}
    for role, cues in load("roles").get(kind, {}).items():
        table |= dict.fromkeys(cues, role)
    return re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))), table


def _last_cue(kind: str, text: str) -> Role | None:
    pattern, table = _cues(kind)
    last = None
    for match in pattern.finditer(text):
        last = table[match.group()]
    return last


def _role(quantity: Quantity, left: str, subject: str, sentence: str, carried: Context) -> Role:
    """The role that the nearest cue gives, in the clause, then the subject, then the sentence before."""
    if quantity.per is not None:
        return "standard"
    kind = "count" if quantity.kind == "measure" else quantity.kind
    cue = _last_cue(kind, left)
    if kind != "amount":
        return cue or _last_cue(kind, subject) or "actual"
    return cue or carried.role or _last_cue(kind, subject) or _last_cue(kind, sentence[-60:]) or "other"


def _handed_on(context: Context) -> Role | None:
    """The role that parts inherit: 部门预算资金共计 hands on budget and not total; a change is not handed on."""
    if context.role == "total":
        return _last_cue("amount", context.subject)
    return None if context.role == "change" else context.role


@cache
def _directions() -> tuple[re.Pattern[str], dict[str, Direction]]:
    table: dict[str, Direction] = {}
    for direction, cues in load("roles")["direction"].items():
        table |= dict.fromkeys(cues, direction)
    return re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True)))), table


def _direction(left: str) -> Direction | None:
    pattern, table = _directions()
    found = [table[match.group()] for match in pattern.finditer(left)]
    return found[-1] if found else None


@cache
def _base_pattern() -> re.Pattern[str]:
    bases = "|".join(map(re.escape, sorted(load("roles")["base"]["words"], key=len, reverse=True)))
    return re.compile(rf"(?:[比较]|相比|与|同)?(?P<base>{bases}|(?:19|20)\d{{2}}年(?:度|同期)?)")


def _base(sentence: str) -> str | None:
    """What a change is measured against: 比上年, 较2022年, 同比."""
    found = [
        m.group("base")
        for m in _base_pattern().finditer(sentence)
        if m.group()[0] in "比较同环" or m.group("base") in ("同比", "环比")
    ]
    return found[-1] if found else None


def _period(passage: Passage, quantity: Quantity, dates: list[Mention], sentence: int, clause: int) -> str | None:
    """The year that the sentence last named before the figure; 上年 in the clause stands for the year before."""
    left = passage.text[clause : quantity.start]
    named = [date for date in dates if sentence <= date.start < quantity.start and date.value[:4].isdigit()]
    last = re.search(r"(?<![比较])(?:上年|去年)(?!同期)", left)
    if last and not (named and named[-1].start > clause + last.start()):
        return LAST_YEAR
    return named[-1].value[:4] if named else None
