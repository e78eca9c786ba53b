"""The rules that know a clause as the target or the result of an indicator."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from extract import lexicon
from extract.claims.wording import standard
from schemas.figure import Figure


@dataclass(frozen=True, slots=True)
class Context:
    """What a clause stands in: its section, the indicator dimension that the section's heading names, its sentence."""

    section: tuple[str, ...]
    dimension: str | None
    sentence: str

    @property
    def tells_results(self) -> bool:
        """Whether the section is about what was reached."""
        return any(re.search(pattern("results"), title) for title in self.section)

    @property
    def promises(self) -> bool:
        """Whether the section is about what was aimed at."""
        return not self.tells_results and any(re.search(pattern("promises"), title) for title in self.section)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as a rule sees it."""

    text: str
    figures: list[Figure]
    context: Context


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule makes of a clause: a claim, or a part of one.

    `head` is the second-level head, `name` the indicator, `said` the words that state target or result where no figure
    does. Neighbours of one `group` make one claim, which needs `least` of them.
    """

    rule: str
    head: str
    name: str
    said: str
    target: bool = False
    group: str = ""
    least: int = 1


Rule = Callable[[Clause], Found | None]


def judge(clause: Clause) -> Found | None:
    """What the first rule that knows the clause makes of it."""
    return next((found for rule in RULES if (found := rule(clause))), None)


def _made(
    rule: str, head: str, name: str, said: str, *, target: bool = False, group: str = "", least: int = 1
) -> Found:
    return Found(f"prose:{rule}", head, name.strip(), said, target, group, least)


def _is_promise(clause: Clause) -> bool:
    """Whether a clause states a target: by its own word, or by its section if it has none."""
    promised, reached = (bool(re.search(pattern(side), clause.text)) for side in ("target", "actual"))
    return (promised or clause.context.promises) and not reached


def _overall(clause: Clause) -> Found | None:
    """自评分96分，评价等次为优."""
    match = re.search(pattern("score"), clause.text)
    scored = any(figure.kind == "score" and not figure.approx for figure in clause.figures)
    if not match or not (match["grade"] or scored):
        return None
    name = "评价等次" if match["grade"] else match[0]
    return _made("overall", "总体", name, clause.text[match.start() :], group="overall")


def _named(clause: Clause) -> Found | None:
    """质量指标计划完成98%以上."""
    match = re.search(pattern("named"), clause.text)
    said = clause.text[match.end() :] if match else ""
    stated = re.search(f"{pattern('trend')}|{pattern('done')}|完成|达到|实现", said)
    measured = any(figure.kind != "score" for figure in clause.figures)  # 产出指标得48分 is no result
    if not match or not (stated or measured):
        return None
    promised = _is_promise(clause)
    said = re.sub(f"^.*?(?:{pattern('target')})", "", said) if promised else said
    return _made("named", standard("level2", match["head"]) or match["head"], match[0], said, target=promised)


def _rate(clause: Clause) -> Found | None:
    """资金使用率98%."""
    match = re.search(pattern("rate"), clause.text)
    if not match or not any(figure.kind == "ratio" for figure in clause.figures):
        return None
    said = clause.text[match.end() :]
    return _made(
        "rate",
        _head_of_rate(match[0], clause.context.dimension),
        match[0],
        said,
        target=_is_promise(clause),
        group=_pair(clause.text),
    )


def _head_of_rate(name: str, dimension: str | None) -> str:
    rates: dict[str, str] = lexicon.load("indicators")["rates"]
    known = next((head for head, words in rates.items() if re.search(words, name)), None)
    return known or (dimension if dimension and dimension != "服务对象满意度指标" else "质量指标")


def _matched(rule: str, head: str) -> Rule:
    """A rule for clauses in which the pattern of that name occurs; what stands before it is the indicator."""

    def judge(clause: Clause) -> Found | None:
        match = re.search(pattern(rule), clause.text)
        if not match or match.end() < len(clause.text) - 12:
            return None
        name = match.groupdict().get("name") or clause.text[: match.start()].rstrip("均都已也")
        said = clause.text[match.start() :]
        return _made(rule, clause.context.dimension or head, name, said, target=_is_promise(clause))

    return judge


def _problem(clause: Clause) -> Found | None:
    """An admitted problem, where problems are spoken of ("用款进度不均")."""
    match = re.search(f"(?:{pattern('problem')})$", clause.text)
    titled = re.search(pattern("problems"), "".join(clause.context.section[-1:]))
    if not match or not match.start() or not (titled or "存在" in clause.context.sentence):
        return None
    return _made("problem", "预算执行", clause.text[: match.start()], match[0])


def _compared(clause: Clause) -> Found | None:
    """社会效益大于前期投入, under a heading that asks for it."""
    match = re.match(pattern("compared"), clause.text)
    if not match or clause.context.dimension is None or clause.figures:
        return None
    return _made("compared", clause.context.dimension, match["name"], match["said"])


def _effect(clause: Clause) -> Found | None:
    """较好保证了施工质量, under a heading that names the dimension."""
    dimension = clause.context.dimension
    if dimension is None or clause.context.promises or any(figure.role == "change" for figure in clause.figures):
        return None
    done = re.search(pattern("done"), clause.text)
    strong = re.match(pattern("strong"), clause.text)
    asked = dimension not in _DEMANDING and re.match(pattern("weak"), clause.text)
    if not (done or strong or asked):
        return None
    name = clause.text[: done.start()] if done else ""
    return _made("effect", dimension, name, clause.text, group="" if done else "effect")


def _goal(clause: Clause) -> Found | None:
    """Two or more promised effects in a row, where the project or its goals are described."""
    described = any(re.search(pattern("goals"), title) for title in clause.context.section)
    if not described or clause.context.tells_results or not re.match(pattern("goal"), clause.text):
        return None
    return _made("goal", "社会效益指标", "", clause.text, target=True, group="goal", least=2)


def _output(clause: Clause) -> Found | None:
    """A counted output, where targets or results are told ("建成村级驿站12个")."""
    counted = [figure for figure in clause.figures if _is_counted(figure)]
    context = clause.context
    asked = (context.tells_results or context.promises) and context.dimension != "服务对象满意度指标"
    if not counted or not asked or re.search(pattern("no_output"), clause.text):
        return None
    name = clause.text
    for figure in clause.figures:
        name = name.replace(figure.text, "")
    name = name.strip("、和及")
    head = context.dimension if context.dimension not in (None, "总体") else "数量指标"
    return _made("output", head, name, clause.text, target=_is_promise(clause), group=_pair(clause.text))


def _is_counted(figure: Figure) -> bool:
    """Whether a figure can be an output: 三大平台 and 增加8场 are none."""
    return figure.kind in _COUNTED and figure.role != "change" and bool(re.search(r"\d", figure.text))


def _pair(clause: str) -> str:
    """The group of both halves of 计划…，实际…."""
    return "pair" if re.search(f"(?:{pattern('target')})|^(?:{pattern('actual')})", clause) else ""


#: Tried from top to bottom; the first that knows a clause decides.
RULES: tuple[Rule, ...] = (
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
def pattern(name: str) -> str:
    """A regular expression of `indicators.toml` for the wording of prose."""
    return str(lexicon.load("indicators")["prose"][name])
