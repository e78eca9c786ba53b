"""Family D: scores and grades. D07: the grade that a report names is the one that its score gives."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, words
from pipelines.audit.context import FIGURE, Context, F, Passage
from pipelines.audit.interval import Interval, Judgement
from schemas.figure import Figure
from schemas.finding import Severity
from schemas.relation import Operand

TABLE = load("grades")
WORDS: dict[str, str] = TABLE["words"]
GRADE = "|".join(sorted(WORDS, key=len, reverse=True))
FULL = 100
#: "评价等级为“优”", "评定等次：良好", "等级优", "（优）"
GRADED = re.compile(
    rf"(?:等级|等次|级别|档次|评级|评价结果|评价结论|结论|结果|评定|评为|评价为|定为|属于?|对应)[^，。；{F}“”\"]{{0,6}}?[为是属：:]?[“\"「]?"
    rf"(?P<grade>{GRADE})[”\"」]?(?:等级?|级|档)?(?=[，。；、）)…]|$)"
    rf"|(?<={FIGURE})[，、]?[（(][“\"]?(?P<brief>{GRADE})[”\"]?[）)]"
    rf"|(?<={FIGURE})，[“\"]?(?P<bare>{GRADE})[”\"]?(?:等级?|级)?(?=[，。；]|$)"
)
#: What the score of a whole report is called.
TOTAL = re.compile("自评|评价|综合|总[体分]?|最终|绩效|得分|评分")
PART = re.compile(
    "指标|满分|分值|权重|平均|均分|扣|加分|标准|其中|每|决策|过程|产出|效益|满意度|执行|质量|数量|成本|考核|考评|测评|考试|竞赛|比赛|检查|民意"
)
#: "90分（含）以上为优", "80（含）-90分为良", "60分以下为差": the report's own scale.
STATED = re.compile(
    r"(?<![\d.])(?P<low>\d{2,3}(?:\.\d+)?)分?(?:[（(]含(?:\d{2,3}分?)?[）)])?(?:分?以上|[-—–－~～至到](?P<high>\d{2,3}(?:\.\d+)?)分?(?:[（(]不?含(?:\d{2,3}分?)?[）)])?)"
    rf"[^，。；\d]{{0,6}}?[为是：:]?[“\"]?(?P<grade>{GRADE})[”\"]?"
)
#: So many thresholds make a scale: one alone may be a remark.
STATED_MIN = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """A scale of grades: each with its lowest score, from best to worst."""

    name: str
    grades: tuple[tuple[str, Fraction], ...]

    def reach(self, grade: str) -> Interval | None:
        """The scores of a grade, the upper end open unless it is the best; None if the scale has no such grade."""
        above = Fraction(FULL)
        for number, (name, low) in enumerate(self.grades):
            if name == grade:
                return Interval(low, above if number else None, high_closed=number == 0)
            above = low
        return None

    def grade(self, score: Fraction) -> str:
        """The grade that a score earns."""
        return next((name for name, low in self.grades if score >= low), self.grades[-1][0])


PROFILES = tuple(
    Profile(entry["name"], tuple((name, Fraction(low)) for name, low in entry["grades"])) for entry in TABLE["profiles"]
)
NATIONAL = PROFILES[0]
#: A report that names the national rule declares its scale.
DECLARED = re.compile(r"财预[〔\[［（(【]2020[〕\]］）)】]10号")


def grades(context: Context) -> Iterator[Found]:
    """D07: every sentence with one score of the whole and one grade."""
    stated = _stated_profile(context) or (NATIONAL if DECLARED.search(context.text) else None)
    for index, sentence in enumerate(context.sentences):
        previous = context.sentences[index - 1] if index else None
        for match in GRADED.finditer(sentence.text):
            score = _score(sentence, match.start()) or _score_before(previous, sentence, match.start())
            if score is not None:
                yield _graded(context, sentence, match, score, stated)


def _score(sentence: Passage, before: int) -> Figure | None:
    """The score of the whole that stands nearest before the grade, what it is made of left out."""
    scores = [i for i in sentence.places(0, before) if sentence.figure(i).kind == "score"]
    whole = [i for i in scores if _is_whole(sentence, i)]
    if not whole or any(sentence.figure(i).kind != "score" for i in sentence.places(whole[-1] + 1, before)):
        return None
    if whole[-1] != scores[-1] and "其中" not in sentence.text[whole[-1] : scores[-1]]:
        return None
    figure = sentence.figure(whole[-1])
    return figure if figure.value is not None and 0 <= figure.value <= FULL else None


def _is_whole(sentence: Passage, at: int) -> bool:
    label = sentence.label(at)
    return not PART.search(label) and TOTAL.search(label) is not None and not _is_out_of(sentence, at)


def _score_before(previous: Passage | None, sentence: Passage, before: int) -> Figure | None:
    """As in "综合得分92.3分。评价等级为优。": the score that closes the sentence before."""
    if previous is None or any(True for _ in sentence.places(0, before)):
        return None
    places = [i for i in previous.places() if previous.figure(i).kind == "score"]
    return _score(previous, len(previous.text)) if len(places) == 1 else None


def _is_out_of(sentence: Passage, at: int) -> bool:
    """Whether the score is out of something else than 100 (满分20分)."""
    full = [i for i in sentence.places() if re.search("满分|分值|权重", sentence.label(i))]
    return any(sentence.figure(i).value != FULL for i in full) or "得分率" in sentence.text[at:]


def _stated_profile(context: Context) -> Profile | None:
    """The scale that the report itself prints, if it prints one."""
    for sentence in context.sentences:
        text = context.passage(sentence.start, sentence.end, fold=False).text
        found = {WORDS[m["grade"]]: Fraction(Decimal(m["low"])) for m in STATED.finditer(text)}
        worst = re.search(
            rf"\d{{2,3}}(?:\.\d+)?分?(?:[（(]不?含[）)])?(?:分?以下|以内)[^，。；\d]{{0,6}}?[为是：:]?[“\"]?(?P<grade>{GRADE})",
            text,
        )
        if worst and WORDS[worst["grade"]] not in found:
            found[WORDS[worst["grade"]]] = Fraction(0)
        if len(found) > STATED_MIN or (len(found) == STATED_MIN and worst is None):
            return Profile("报告自定分档", tuple(sorted(found.items(), key=lambda item: -item[1])))
    return None


def _graded(context: Context, sentence: Passage, match: re.Match[str], score: Figure, stated: Profile | None) -> Found:
    group = match.lastgroup or "grade"
    word = match[group]
    place = words(context, "等级", sentence.span(*match.span(group)))
    profile = stated or NATIONAL
    earned = "" if score.value is None else f"{score.text} → {profile.grade(Fraction(score.value))}（{profile.name}）"
    return _found(operand("得分", score), place, earned, *judge(score, WORDS[word], stated))


def judge(score: Figure, grade: str, stated: Profile | None) -> tuple[Judgement, Severity | None, Sequence[str]]:
    """Whether a grade fits a score under the report's own scale, else the national one; and the scales that fit.

    A score printed without decimals stands for ± ½: 90 may have been 89.6.
    """
    profile = stated or NATIONAL
    others = [other.name for other in PROFILES if other is not profile and _fits(score, grade, other)]
    if _fits(score, grade, profile):
        return Judgement("holds"), None, ()
    if profile.reach(grade) is None:  # 合格 is no word of the national scale
        return Judgement("holds") if others else Judgement("not_run", reason="不知道这一等级的分数线"), None, ()
    if stated is None and others:
        return Judgement("broken"), "info", [f"按{name}则相符" for name in others]
    return Judgement("broken"), None, ()


def _fits(score: Figure, grade: str, profile: Profile) -> bool:
    reach = profile.reach(grade)
    if reach is None:
        return False
    exact = interval.of(score)
    around = interval.printed(score.value, 1) if score.step == 1 and score.value is not None else exact
    return interval.meets(exact, reach) or interval.meets(around, reach)


def _found(
    score: Operand,
    grade: Operand,
    earned: str,
    judgement: Judgement,
    severity: Severity | None,
    alternatives: Sequence[str],
) -> Found:
    return Found(
        kind="mapping",
        operands=(score, grade),
        judgement=judgement,
        says=f"得分{score.text}与等级“{grade.text}”不对应",
        formula="等级 = 分档(得分)",
        substituted=earned,
        stated=grade.text,
        severity=severity,
        alternatives=tuple(alternatives),
    )
