"""Context of a figure in running text, clause by clause."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise, takewhile

from extract.bind import Binding, bind
from extract.lexicon import load
from extract.passages import Passage
from extract.quantities import Quantity
from extract.resolve.context import LAST_YEAR, Context
from extract.resolve.roles import Words, base_of, direction_of, handed_on, role_of, speaks_of_goals
from extract.segment import Sections, clauses, sentences
from schemas.mention import Mention

#: So far a figure without a noun of its own looks back in its sentence.
_REACH = 200
#: 其中 goes on with the money of the sentence before.
_GOES_ON = re.compile(r"\s*(?:其中|包括|具体|分别)")
#: Parts of the money before, in its role: 预算100万元，其中基本支出51万元、项目支出7万元.
_PARTS = re.compile("其中|包括")


def prose_contexts(
    passage: Passage, quantities: list[Quantity], dates: list[Mention], sections: Sections
) -> Iterator[Context]:
    """One context a quantity, sentence by sentence: a clause without a subject takes over the one before it."""
    bounds = [start for start, _ in sentences(passage.text, passage.start, passage.end)]
    years = [date for date in dates if date.value[:4].isdigit()]
    bare = _masked(passage, quantities)
    stretch = -1
    carried = Context()
    at, part = passage.start, False
    for clause, inside in _by_clause(passage, quantities):
        sentence = bisect_right(bounds, inside[0].start)
        begin = bounds[sentence - 1] if sentence else passage.start
        if sentence != stretch:
            stretch = sentence
            if not _GOES_ON.match(passage.text, begin):
                carried = Context(_head(bare, bounds[sentence - 2], begin) if sentence > 1 else "")
        goal = speaks_of_goals(sections.at(clause[0]))
        bindings = bind(passage.text, clause[0], clause[1], [(q.start, q.end) for q in inside])
        context = Context()
        members: list[str] = []
        for index, (quantity, binding) in enumerate(zip(inside, bindings, strict=True)):
            left = inside[index - 1].end if index else clause[0]
            gap = passage.text[at : quantity.start]
            part = _PARTS.search(gap) is not None or (part and gap.startswith("、"))
            at = quantity.end
            if not (index and quantity.kind == inside[index - 1].kind and _coordinate(passage.text, left, quantity)):
                context = _context(
                    passage, bare, quantity, binding, (left, clause[1]), begin, carried, goal=goal, part=part
                )
                period = _period(passage, quantity, years, begin, clause[0]) or carried.period
                context = replace(context, period=period)
                members = _members(passage.text, clause[0], inside[index:])
            if members:
                context = replace(context, subject=members.pop(0))
            carried = replace(context, direction=None, role=handed_on(context), money=quantity.kind == "amount")
            yield context


def _masked(passage: Passage, quantities: list[Quantity]) -> str:
    """The text with every figure blotted out by commas, so that no number is ever part of a subject."""
    pieces: list[str] = []
    at = 0
    for quantity in quantities:
        pieces += [passage.text[at : quantity.start], "，" * (quantity.end - quantity.start)]
        at = quantity.end
    return "".join([*pieces, passage.text[at:]])


def _head(bare: str, start: int, end: int) -> str:
    """A short sentence without a figure is the head of what follows: 行政运行（项）。年初预算为…"""
    head = bare[start:end].strip()
    if len(head) > 60 or "，" in head or not head.endswith("。"):
        return ""
    name = re.sub(r"[（(][^（）()]*[)）]$", "", head.rstrip("。"))  # …（03款）水利工程建设（05项）
    return re.split(r"[）)、.．]", name)[-1].strip()


def _coordinate(text: str, left: int, quantity: Quantity) -> bool:
    """分别下降25%、33.3%: a figure behind 、 or 和 stands in the role of the one before it."""
    return re.fullmatch(r"[\s、和及与]+", text[left : quantity.start]) is not None


_LISTED = re.compile(
    r"(?P<members>[^，。；：:、\s]+(?:[、和及与][^，。；：:、\s]+?)+)(?:分别|依次)(?:为|是|有)?[^，。；：、]{0,4}\Z"
)


def _members(text: str, start: int, quantities: list[Quantity]) -> list[str]:
    """刑事、民商事、执行案件分别为203件、1,962件和1,644件: what each figure is of; nothing if they do not pair off."""
    listed = _LISTED.search(text[start : quantities[0].start])
    if not listed:
        return []
    together = 1 + sum(1 for _ in takewhile(lambda pair: _coordinate(text, pair[0].end, pair[1]), pairwise(quantities)))
    members = [_phrase(name, (0, len(name)), 0) for name in re.split("[、和及与]", listed.group("members"))]
    return members if len(members) == together and all(members) else []


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
    passage: Passage,
    bare: str,
    quantity: Quantity,
    binding: Binding,
    clause: tuple[int, int],
    begin: int,
    carried: Context,
    *,
    goal: bool,
    part: bool,
) -> Context:
    text = passage.text
    left, sentence = text[clause[0] : quantity.start], text[max(begin, quantity.start - _REACH) : quantity.start]
    own = _subject(text, quantity, binding, clause)
    inherits = not own or (_is_role(own) and carried.subject and (carried.money or not carried.role or own in _GOALS))
    subject = (carried.subject if inherits else own) or _earlier(bare[begin : clause[0]]) or own
    if quantity.kind == "ratio":
        subject = _share(left, subject)
    words = Words(
        left.replace(own, "", 1) if own and not _is_role(own) and quantity.kind in ("amount", "count") else left,
        text[quantity.start : quantity.end],
        text[quantity.end : min(passage.end, quantity.end + 12)],
        sentence,
        goal,
        part,
    )
    role = role_of(quantity, words, own if _is_role(own) else subject, carried)
    changed = role == "change"
    return Context(subject, role, direction_of(left) if changed else None, base_of(sentence) if changed else None, None)


#: 年末在职93人，目标95人: the goal is one of what the clause before counts.
_GOALS = ("目标", "目标值", "指标值", "年度目标", "绩效目标")
_SHARE = re.compile(r"占(?:比|到|了)?[^，。；]{0,16}?的?(?:比例|比重)?(?:为|达|约)?\s*$")
_DONE = re.compile(r"(?P<done>(?:完成|为|达)(?:年初|全年|调整|年度)?(?:预算|目标|计划|任务|概算)数?)的\s*$")


def _share(left: str, subject: str) -> str:
    """基本支出50万元，占34.75% is the share of 基本支出; 完成年初预算的98% is how far it was carried out."""
    if _SHARE.search(left) and not subject.endswith(("比", "率", "比例", "比重")):
        return f"{subject}占比"
    done = _DONE.search(left)
    return subject + done.group("done") if done and not subject.endswith("率") else subject


@cache
def _role_words() -> frozenset[str]:
    roles = load("roles")
    cues = [cue for kind in ("amount", "score") for cues in roles[kind].values() for cue in cues]
    return frozenset([*cues, *roles["links"]["bare_money"], "目标", "人民币", "上年", "指标"])


def _is_role(subject: str) -> bool:
    """年初预算, 支出决算: a word for the role of money says nothing of what it is for."""
    return subject in _role_words()


def _subject(text: str, quantity: Quantity, binding: Binding, clause: tuple[int, int]) -> str:
    """The noun phrase that is counted or paid for: behind a count (66名劳动模范), else before the figure."""
    before = _compared(_phrase(text, binding.before, clause[0]))
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
    return after or _verb_subject(text, binding, clause[0])


def _verb_subject(text: str, binding: Binding, start: int) -> str:
    """The verb itself (竣工437个), or what changed where it is one of change (支出较上年减少7.82万元)."""
    verb = _phrase(text, binding.verb, start)
    if binding.verb is None or direction_of(verb) is None:
        return "" if verb in _BARE_VERBS else _compared(verb)
    changed = re.split("比|较|同比|环比|与", text[start : binding.verb[0]])[0].strip("，、 的")
    return _earlier(changed) or (changed if len(changed) <= 12 else "")


#: 满意度92%，比全市平均低3个百分点; 增幅1.4%: how far it is from something says not what it is.
_COMPARED = re.compile(
    r"(?:[比较].*|年均|平均|法定.*|前者|后者|目标|净|实|连续)?"
    r"(?:平均|[增减低高少多差晚]|缩短|延长|增长|增幅|降幅|负增长|超额|还有|两者|前者|后者|其余|中)了?"
)


#: 今年发76人, 辖9镇: verbs that name neither what is counted nor what was done.
_BARE_VERBS = frozenset("发限合去分晚辖含")


def _compared(subject: str) -> str:
    return "" if _COMPARED.fullmatch(subject) else subject


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
    phrase = re.sub(r"\s+", "", text[span[0] : span[1]])
    phrase = (
        re.sub(r"^(?:\d+[、.．]|[一二三四五六七八九十\d]+[）)])", "", phrase)
        .strip("，、。；：的")
        .lstrip("）)")
        .rstrip("（(")
    )
    leads = load("roles")["links"]["leads"]
    while lead := next((lead for lead in leads if phrase.startswith(lead) and len(phrase) > len(lead)), None):
        phrase = phrase[len(lead) :].lstrip("，、的")
    return "" if phrase in leads else re.sub(r"^(?:(?:19|20)\d{2}年度?)+", "", phrase)


def _earlier(text: str) -> str:
    """The last noun phrase of a stretch without figures, for 完成率达95% after 培训方面，."""
    stop = text[-_REACH:].rstrip("，、；。：:,; \n")
    for start, end in reversed(clauses(stop, 0, len(stop))):
        bindings = bind(stop + "#", start, end + 1, [(end, end + 1)])
        phrase = _phrase(stop, bindings[0].before, start) if bindings else ""
        if phrase:
            return phrase
    return ""


def _period(passage: Passage, quantity: Quantity, years: list[Mention], sentence: int, clause: int) -> str | None:
    """The year that the sentence last named before the figure; 上年 in the clause stands for the year before.

    比2022年 names what is compared with, and not the year of the figure.
    """
    begin = max(clause, quantity.start - _REACH)
    left = passage.text[begin : quantity.start]
    named = None
    for date in reversed(years[: bisect_left(years, quantity.start, key=lambda date: date.start)]):
        if date.start < sentence:
            break
        if passage.text[max(0, date.start - 1) : date.start] not in ("比", "较", "与", "同"):
            named = date
            break
    last = re.search(r"(?<![比较])(?:上年|去年)(?!同期)", left)
    if last and not (named and named.start > begin + last.start()):
        return LAST_YEAR
    return named.value[:4] if named else None
