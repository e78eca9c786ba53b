"""Claims from prose: clauses that state the target or the result of an indicator."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from extract import lexicon
from extract.claims.wording import bound, compared, figures_in, head_of, standard, verdict
from extract.segment import clauses, section_path, sentences
from schemas.claim import Claim, Span, Verdict
from schemas.document import Document
from schemas.figure import Figure
from schemas.report import Heading


@dataclass(frozen=True, slots=True)
class _Context:
    """What a clause stands in: its section, the indicator dimension of that section's heading, its sentence."""

    section: tuple[str, ...]
    dimension: str | None
    sentence: str

    @property
    def tells_results(self) -> bool:
        """Whether the section is about what was reached."""
        return any(re.search(_pattern("results"), title) for title in self.section)

    @property
    def promises(self) -> bool:
        """Whether the section is about what was aimed at."""
        return not self.tells_results and any(re.search(_pattern("promises"), title) for title in self.section)


@dataclass(frozen=True, slots=True)
class _Found:
    """A clause that is (a part of) a claim. Neighbours of one `group` make one claim."""

    start: int
    end: int
    rule: str
    head: str
    name: str
    said: str  # the words that state the result where no figure does
    target: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause as a rule sees it."""

    text: str
    figures: list[Figure]
    context: _Context


_Rule = Callable[[_Clause], _Found | None]


def prose_claims(document: Document, headings: tuple[Heading, ...], figures: tuple[Figure, ...]) -> Iterator[Claim]:
    """The claims of the running text of a report on performance; other texts (work reports) have none."""
    if not _on_performance(document, headings):
        return
    for start, end in _stretches(document, headings):
        text = document.text[start:end]
        section = section_path(headings, start)
        if re.search(_pattern("duties"), text):
            continue
        for low, high in sentences(document.text, start, end):
            context = _Context(section, _dimension(section), document.text[low:high])
            yield from _sentence_claims(document, (low, high), context, figures)


def _on_performance(document: Document, headings: tuple[Heading, ...]) -> bool:
    return any(re.search("绩效|自评|评价", heading.title) for heading in headings) or "自评" in document.text


def _stretches(document: Document, headings: tuple[Heading, ...]) -> Iterator[Span]:
    """The paragraphs of running text, without the headings that stand in them."""
    blocks = [(block.start, block.end) for block in document.blocks if block.kind in ("paragraph", "heading")]
    starts = {heading.start: heading.end for heading in headings}
    for start, end in blocks or [(0, len(document.text))]:
        cuts = [start, *(at for at in starts if start < at < end), end]
        for low, high in pairwise(cuts):
            for match in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", document.text[starts.get(low, low) : high]):
                begin = starts.get(low, low) + match.start()
                yield begin, begin + len(match[0])


def _dimension(section: tuple[str, ...]) -> str | None:
    """The indicator dimension that the innermost heading names, else the one around it."""
    for title in reversed(section[-2:]):
        for rule in lexicon.load("indicators")["dimension"]:
            if re.search(rule["title"], title):
                return str(rule["name"])
    return None


# ----------------------------------------------------------------------------------------------------- clauses


def _sentence_claims(
    document: Document, sentence: Span, context: _Context, figures: tuple[Figure, ...]
) -> Iterator[Claim]:
    spans = [_trimmed(document.text, span) for span in clauses(document.text, *sentence)]
    found = [_judge(document.text, span, figures_in(figures, span), context) for span in spans]
    for group in _grouped(_openings(document.text, spans, found)):
        if claim := _claim(document, group, context, figures):
            yield claim


def _judge(text: str, span: Span, figures: list[Figure], context: _Context) -> _Found | None:
    """The first rule that knows the clause."""
    clause = _Clause(text[span[0] : span[1]], figures, context)
    found = next((found for rule in _RULES if (found := rule(clause))), None)
    return replace(found, start=span[0], end=span[1]) if found else None


def _trimmed(text: str, span: Span) -> Span:
    """The clause without the words that introduce it or close its sentence ("但也存在…的现象")."""
    clause = text[span[0] : span[1]]
    before = re.match(_pattern("before"), clause)
    after = re.search(_pattern("after"), clause)
    start = span[0] + (before.end() if before else 0)
    end = span[0] + after.start() if after and re.search(_pattern("problem"), clause) else span[1]
    return (start, end) if start < end else span


def _openings(text: str, spans: list[Span], found: list[_Found | None]) -> list[_Found | None]:
    """A date that opens the sentence belongs to the claim after it ("截止2023年12月底，…")."""
    result = list(found)
    for index, (span, following) in enumerate(zip(spans, found[1:], strict=False)):
        if following and not found[index] and re.match(_pattern("time"), text[span[0] : span[1]]):
            result[index + 1] = replace(following, start=span[0])
    return result


def _grouped(found: list[_Found | None]) -> Iterator[list[_Found]]:
    group: list[_Found] = []
    for item in found:
        if group and item and _joins(group, item):
            group.append(item)
            continue
        if group:
            yield group
        group = [item] if item else []
    if group:
        yield group


def _joins(group: list[_Found], item: _Found) -> bool:
    """Whether a clause goes on with a claim; after the result of one pair a new target begins another."""
    return bool(item.group) and item.group == group[-1].group and not (item.target and not group[-1].target)


def _claim(document: Document, group: list[_Found], context: _Context, figures: tuple[Figure, ...]) -> Claim | None:
    first, start, end = group[0], group[0].start, group[-1].end
    if first.rule == "prose:goal" and len(group) < 2:
        return None
    inside = figures_in(figures, (start, end))
    targets, actuals = _sides(document.text, (start, end), inside, target=first.target)
    said = first.said if len(group) == 1 else document.text[start:end]
    target_text, target_span = _part(document.text, targets, said if first.target else "", (start, end))
    actual_text, actual_span = _part(document.text, actuals, "" if first.target else said, (start, end))
    return Claim(
        document=document.id,
        source=document.name,
        start=start,
        end=end,
        text=document.text[start:end],
        level1=head_of(first.head),
        level2=first.head if head_of(first.head) != first.head or standard("level2", first.head) else None,
        level3=first.name or (context.section[-1] if context.section else first.head),
        operator=(bound(targets[0]) if targets else "定性") if target_text else None,
        target=target_text,
        target_span=target_span,
        actual=actual_text,
        actual_span=actual_span,
        unit=(targets + actuals)[0].unit if inside else None,
        score=_score(actuals),
        score_span=actual_span if _score(actuals) is not None else None,
        verdict=_verdict(targets, actuals, actual_text or ""),
        quantified=bool(targets or actuals),
        rule=first.rule,
    )


def _sides(text: str, span: Span, figures: list[Figure], *, target: bool) -> tuple[list[Figure], list[Figure]]:
    """The figures on the side of the target and on that of the result, by the last word before each."""
    sides: tuple[list[Figure], list[Figure]] = ([], [])
    for figure in figures:
        before = text[span[0] : figure.start]
        promised, reached = _last(_pattern("target"), before), _last(_pattern("actual"), before)
        is_target = target if promised == reached else promised > reached
        sides[0 if is_target else 1].append(figure)
    return sides


def _last(pattern: str, text: str) -> int:
    return max((match.start() for match in re.finditer(pattern, text)), default=-1)


def _part(text: str, figures: list[Figure], said: str, span: Span) -> tuple[str | None, Span | None]:
    """A part in the report's words: its figure, from its first figure to its last, or the words that state it."""
    if figures:
        start, end = figures[0].start, figures[-1].end
        return text[start:end], (start, end)
    at = text.find(said, span[0], span[1]) if said else -1
    return (said, (at, at + len(said))) if at >= 0 else (None, None)


def _score(actuals: list[Figure]) -> Decimal | None:
    return next((figure.value for figure in actuals if figure.kind == "score"), None)


def _verdict(targets: list[Figure], actuals: list[Figure], actual: str) -> Verdict:
    if len(targets) == len(actuals) == 1:
        return compared(bound(targets[0]), targets[0], actuals[0])
    return verdict(actual) if actual else "unstated"


# ------------------------------------------------------------------------------------------------------- rules


def _found(rule: str, head: str, name: str, said: str, *, target: bool = False, group: str = "") -> _Found:
    return _Found(0, 0, f"prose:{rule}", head, name.strip(), said, target, group)


def _is_promise(clause: _Clause) -> bool:
    """Whether a clause states a target: by its own word, or by its section if it has none."""
    promised, reached = (bool(re.search(_pattern(side), clause.text)) for side in ("target", "actual"))
    return (promised or clause.context.promises) and not reached


def _overall(clause: _Clause) -> _Found | None:
    """自评分100分，评价等次为优等."""
    match = re.search(_pattern("score"), clause.text)
    if not match or not (match["grade"] or any(figure.kind == "score" for figure in clause.figures)):
        return None
    name = "评价等次" if match["grade"] else match[0]
    return _found("overall", "总体", name, clause.text[match.start() :], group="overall")


def _named(clause: _Clause) -> _Found | None:
    """质量指标计划完成95%以上."""
    match = re.search(_pattern("named"), clause.text)
    said = clause.text[match.end() :] if match else ""
    stated = re.search(f"{_pattern('trend')}|{_pattern('done')}|完成|达到|实现", said)
    if not match or not (stated or clause.figures):
        return None
    promised = _is_promise(clause)
    said = re.sub(f"^.*?(?:{_pattern('target')})", "", said) if promised else said
    return _found("named", standard("level2", match["head"]) or match["head"], match[0], said, target=promised)


def _rate(clause: _Clause) -> _Found | None:
    """使用率100%."""
    match = re.search(_pattern("rate"), clause.text)
    if not match or not any(figure.kind == "ratio" for figure in clause.figures):
        return None
    head = "服务对象满意度指标" if "满意" in match[0] else clause.context.dimension or "预算执行"
    said = clause.text[match.end() :]
    return _found("rate", head, match[0], said, target=_is_promise(clause), group=_pair(clause.text))


def _matched(rule: str, head: str) -> _Rule:
    """A rule for clauses in which the pattern of that name occurs; what stands before it is the indicator."""

    def judge(clause: _Clause) -> _Found | None:
        match = re.search(_pattern(rule), clause.text)
        if not match or match.end() < len(clause.text) - 12:
            return None
        name = match.groupdict().get("name") or clause.text[: match.start()].rstrip("均都已也")
        said = clause.text[match.start() :]
        return _found(rule, clause.context.dimension or head, name, said, target=_is_promise(clause))

    return judge


def _problem(clause: _Clause) -> _Found | None:
    """An admitted problem, where problems are spoken of ("支出进度不均衡")."""
    match = re.search(f"(?:{_pattern('problem')})$", clause.text)
    titled = re.search(_pattern("problems"), "".join(clause.context.section[-1:]))
    if not match or not match.start() or not (titled or "存在" in clause.context.sentence):
        return None
    return _found("problem", "预算执行", clause.text[: match.start()], match[0])


def _compared(clause: _Clause) -> _Found | None:
    """社会效益大于投资成本, under a heading that asks for it."""
    match = re.match(_pattern("compared"), clause.text)
    if not match or clause.context.dimension is None or clause.figures:
        return None
    return _found("compared", clause.context.dimension, match["name"], match["said"])


def _effect(clause: _Clause) -> _Found | None:
    """较好保证了项目质量, under a heading that names the dimension."""
    dimension = clause.context.dimension
    if dimension is None or clause.context.promises:
        return None
    done = re.search(_pattern("done"), clause.text)
    strong = re.match(_pattern("strong"), clause.text)
    asked = dimension not in _DEMANDING and re.match(_pattern("weak"), clause.text)
    if not (done or strong or asked):
        return None
    name = clause.text[: done.start()] if done else ""
    return _found("effect", dimension, name, clause.text, group="" if done else "effect")


def _goal(clause: _Clause) -> _Found | None:
    """Two or more promised effects in a row, where the project or its goals are described."""
    described = any(re.search(_pattern("goals"), title) for title in clause.context.section)
    if not described or clause.context.tells_results or not re.match(_pattern("goal"), clause.text):
        return None
    return _found("goal", "社会效益指标", "", clause.text, target=True, group="goal")


def _output(clause: _Clause) -> _Found | None:
    """A counted output, where targets or results are told ("命名市级职工书屋示范点16家")."""
    counted = [figure for figure in clause.figures if figure.kind in _COUNTED and re.search(r"\d", figure.text)]
    if not counted or not (clause.context.tells_results or clause.context.promises):
        return None
    name = clause.text.replace(counted[0].text, "")
    head = clause.context.dimension or "数量指标"
    return _found("output", head, name, clause.text, target=_is_promise(clause), group=_pair(clause.text))


def _pair(clause: str) -> str:
    """The group of both halves of 计划…，实际…."""
    return "pair" if re.search(f"(?:{_pattern('target')})|^(?:{_pattern('actual')})", clause) else ""


#: Tried from top to bottom; the first that knows a clause decides.
_RULES: tuple[_Rule, ...] = (
    _overall,
    _named,
    _rate,
    _matched("zero", "预算执行"),
    _matched("funds", "预算执行"),
    _problem,
    _matched("trend", "社会效益指标"),
    _matched("whole", "总体"),
    _compared,
    _effect,
    _goal,
    _output,
)
#: Under these heads a weak verb alone is no result.
_DEMANDING = frozenset({"质量指标", "时效指标", "总体"})
_COUNTED = frozenset({"count", "measure"})


@cache
def _pattern(name: str) -> str:
    return str(lexicon.load("indicators")["prose"][name])
