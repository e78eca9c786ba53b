"""A03: this year's figure, last year's, the change and the rate of change belong together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import FIGURE, Context, F, Passage
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.sentence.terms import MEASURED, alike, begin
from schemas.figure import Figure

WORDS = load("audit")["changes"]
UP: tuple[str, ...] = tuple(WORDS["up"])
MOVE = "|".join(sorted([*UP, *WORDS["down"]], key=len, reverse=True))
OTHER_RATES = re.compile("|".join(WORDS["other_rates"]))
YEAR = r"(?:19|20)\d\d年(?:度)?"
PRIOR = rf"上年同期|去年同期|上一?年度?|去年|上期|前一年|{YEAR}"
NOW = "本年度?|今年|当年|本期"
#: "比2025年预算执行数增加3.50万元，增长5.2%": an anchor, perhaps with its figure, a change, perhaps the other one.
CHANGE = re.compile(
    rf"(?P<anchor>(?:{NOW})?同比|(?:{NOW})(?=净?(?:{MOVE}))"
    rf"|(?:比|较|与|同)(?P<when>{PRIOR})(?P<base>[^，。；{F}]{{0,18}}?)(?P<given>{FIGURE})?(?:相?比(?=，))?)"
    rf"(?:(?:相比，?|，)(?P<subject>[^，。；：、{F}]{{0,24}}?))?"
    rf"净?(?P<move>{MOVE})(?:了|额|幅度?|率)?(?P<to>到|至)?[为达]?(?P<first>{FIGURE})"
    rf"(?:[，、（(](?:同比)?(?P<again>{MOVE}|增幅|降幅|幅度)(?:了|额|幅度?|率)?(?P<to2>到|至)?[为达]?(?P<second>{FIGURE}))?"
)
#: What the anchor may say of its base without naming another subject.
PLAIN_BASE = re.compile(
    "当年|年初|调整后|部门|公开|预算|执行|决算|支出|收入|安排|总额|实际|同期|水平|完成|年末|数|额|的|度"
)
#: "由40万元增加到50万元，增长25%"
FROM_TO = re.compile(
    rf"[由从][^，。；{F}]{{0,20}}(?P<prior>{FIGURE})，?[^，。；{F}]{{0,8}}?(?P<move>{MOVE})[到至为][^，。；{F}]{{0,12}}(?P<current>{FIGURE})"
    rf"(?:，(?P<again>{MOVE}|增幅|降幅)(?:了|幅度?)?[为达]?(?P<first>{FIGURE}))"
)
#: What a label may say beside the subject and still mean the whole of it.
WHOLE = re.compile("全年|年末|年度|本年|当年|累计|实际|完成|总|共|项目|资金|发生")
#: "某局2024年度收入总计为" names 收入总计.
DATED = re.compile(r"^.*(?:19|20)\d\d年度?|[为达是]$")
LAST_YEAR = re.compile("上一?年|去年|上期")
#: The anchor's words for what it compares with must be those of the prior figure.
BASES = ("执行", "决算", "预算", "目标", "计划")


@dataclass(frozen=True, slots=True)
class Change:
    """A comparison over time, with what is printed of its four terms; `sign` is -1 for a decrease.

    `near` are other figures of its sentence that the change might be a change of, `far` those of its paragraph.
    """

    sign: int
    current: Figure | None
    prior: Figure | None
    amount: Figure | None
    rate: Figure | None
    subject: str
    near: tuple[Figure, ...] = ()
    far: tuple[Figure, ...] = ()


def find(context: Context) -> Iterator[Found]:
    """Every comparison with an earlier time that prints enough to recompute one of its terms."""
    return (found for change in comparisons(context) for found in _judged(change))


def comparisons(context: Context) -> Iterator[Change]:
    """Every comparison with an earlier time whose terms can be told apart."""
    for index, sentence in enumerate(context.sentences):
        previous = context.sentences[index - 1] if index else None
        for match in CHANGE.finditer(sentence.text):
            if (change := _anchored(context, previous, sentence, match)) is not None:
                yield change
        for match in FROM_TO.finditer(sentence.text):
            if (change := _from_to(sentence, match)) is not None:
                yield change


def _anchored(context: Context, previous: Passage | None, sentence: Passage, match: re.Match[str]) -> Change | None:
    first = sentence.figure(match.start("first"))
    second = sentence.figure(match.start("second")) if match["second"] else None
    if match["to"] or match["to2"] or OTHER_RATES.search(match.group()) or is_against(match):
        return None  # 增长到 sets the figure itself
    amount = next((f for f in (first, second) if f and f.kind in MEASURED), None)
    rate = next((f for f in (first, second) if f and f.kind == "ratio" and f.unit == "%"), None)
    prior = sentence.figure(match.start("given")) if match["given"] else _prior(sentence, match)
    current = _current(sentence, match, amount or prior)
    if current is None and previous is not None and amount is not None:
        current = _carried(context, previous, sentence, match, amount)
    if any(prior is not None and other is not None and not alike(prior, other) for other in (current, amount)):
        return None
    known = tuple(figure for figure in (current, prior, amount) if figure is not None)
    near = _rivals(known, current, [sentence.figure(i) for i in _stretch(sentence, match)])
    far = _rivals((*known, *near), current, _paragraph(context, sentence).figures)
    return Change(1 if match["move"] in UP else -1, current, prior, amount, rate, _subject(match), near, far)


def _subject(match: re.Match[str]) -> str:
    """What is said to have changed: behind the anchor's comma, or inside the anchor ("比上年人员经费减少")."""
    return match["subject"] or PLAIN_BASE.sub("", match["base"] or "")


def is_against(match: re.Match[str]) -> bool:
    """增加3万元，下降5%: two directions for one change are another check's business."""
    again = match["again"]
    return again is not None and again in (*UP, *WORDS["down"]) and (again in UP) != (match["move"] in UP)


def _from_to(sentence: Passage, match: re.Match[str]) -> Change | None:
    prior, current = sentence.figure(match.start("prior")), sentence.figure(match.start("current"))
    third = sentence.figure(match.start("first"))
    if not alike(prior, current) or OTHER_RATES.search(match.group()):
        return None
    amount, rate = (third, None) if third.kind in MEASURED else (None, third if third.unit == "%" else None)
    if prior.kind == "ratio":  # 由92%提高到95%，提高3%: percent or points?
        return None
    return Change(1 if match["move"] in UP else -1, current, prior, amount, rate, "")


def _current(sentence: Passage, match: re.Match[str], like: Figure | None) -> Figure | None:
    """The nearest figure before the anchor in the same stretch, if it is what the change is a change of."""
    places = _stretch(sentence, match)
    if len(places) > 1 and "、" in sentence.text[places[-2] : places[-1]]:
        return None  # 造林A亩、B亩，同比多C亩: of the last one or of them all?
    for index in reversed(places):
        figure, label = sentence.figure(index), sentence.label(index)
        if figure.kind not in MEASURED or figure.role == "change" or figure.per is not None:
            continue
        if re.search(rf"(?:{MOVE})[了额]?[为达]?$", label):
            continue
        if (like is not None and not alike(figure, like)) or not _same_subject(_subject(match), label):
            return None
        return None if _is_earlier(label, match) or _speaks_of_another(sentence, index, match) else figure
    return None


def _speaks_of_another(sentence: Passage, index: int, match: re.Match[str]) -> bool:
    """As in "一批下达16.92亿元，总量比上年增加1.02亿元": the anchor's own clause names another thing."""
    clause = re.search("[，：]([^，：]+)$", sentence.text[index + 1 : match.start()])
    name = re.sub("[数额]$", "", WHOLE.sub("", DATED.sub("", clause[1]))) if clause else ""
    total = clause is not None and re.search("总[量额数]|合计|共计", clause[1]) is not None
    label = sentence.label(index)
    return (total and not re.search("[总共]|合计", label)) or bool(name and name not in label and label not in name)


def _stretch(sentence: Passage, match: re.Match[str]) -> list[int]:
    """The figures before the anchor that it can look back to: nearer than a 其中 or a semicolon."""
    return list(sentence.places(begin(sentence, match.start()), match.start()))


def _is_earlier(label: str, match: re.Match[str]) -> bool:
    """Whether a label names the time that is compared with: "上年支出93万元，本年增加6万元"."""
    if re.match(NOW, match["anchor"]):
        return bool(LAST_YEAR.search(label) or _year(label))
    return bool(LAST_YEAR.search(label)) or bool(_year(label) and _year(label) == _year(match["when"] or ""))


def _prior(sentence: Passage, match: re.Match[str]) -> Figure | None:
    """The one figure before the anchor that is labelled with the anchor's time and kind of base."""
    named = [i for i in _stretch(sentence, match) if _is_prior(sentence.label(i), match)]
    found = [f for f in map(sentence.figure, named) if f.kind in MEASURED and f.role != "change"]
    return found[0] if len(found) == 1 else None


def _is_prior(label: str, match: re.Match[str]) -> bool:
    if match["when"] is None:
        return _is_earlier(label, match)
    year = _year(match["when"])
    bases = [base for base in BASES if base in match["anchor"]]
    return (f"{year}年" in label if year else bool(LAST_YEAR.search(label))) and all(base in label for base in bases)


def _year(text: str) -> str:
    match = re.search(r"(?:19|20)\d\d(?=年)", text)
    return match.group() if match else ""


def _same_subject(subject: str, label: str) -> bool:
    """As in "支出17万元，比上年减少…" names none; "与上年相比，收入总计增加" must mean the figure labelled so."""
    bare = DATED.sub("", label)
    return not subject or (bool(bare) and (subject in label or bare in subject))


def _carried(
    context: Context, previous: Passage, sentence: Passage, match: re.Match[str], amount: Figure
) -> Figure | None:
    """The figure of the sentence before, if it is named again.

    As in "收入总计90万元。与2023年相比，收入总计增加10万元" and "全年支出87.93万元。支出比上年增加5.78万元".
    """
    subject = _subject(match) or _bare_subject(sentence.label(match.start()))
    together = context.paragraph_at(previous.start) == context.paragraph_at(sentence.start)
    if not subject or _stretch(sentence, match) or not together:
        return None
    named = [i for i in previous.places() if alike(previous.figure(i), amount) and previous.figure(i).role != "change"]
    found = [previous.figure(i) for i in named if _is_named_again(subject, previous.label(i))]
    return found[0] if len(found) == 1 else None


def _bare_subject(label: str) -> str:
    return WHOLE.sub("", label)


def _is_named_again(subject: str, label: str) -> bool:
    """As in "支出" may take up "全年实际支出", but not "培训支出"."""
    bare = DATED.sub("", label)
    return bool(bare) and (subject in bare or bare in subject) and not WHOLE.sub("", bare.replace(subject, "", 1))


def _rivals(known: Sequence[Figure], current: Figure | None, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Other figures of the kind that could have been meant instead of the current one."""
    values = {figure.value for figure in known}
    return tuple(f for f in figures if current and alike(f, current) and f.value not in values and f.role != "change")


def _paragraph(context: Context, sentence: Passage) -> Passage:
    around = context.paragraph_at(sentence.start)
    return context.passage(around.start, around.end) if around else sentence


# ------------------------------------------------------------------------------------------- the verdict


def _judged(change: Change) -> Iterator[Found]:
    if change.prior is not None and interval.contains(interval.of(change.prior), 0):
        return  # a rate over nothing is A04
    if change.current and change.prior and change.amount:
        yield _amount(change, change.current, change.prior, change.amount)
    if change.rate is None:
        return
    if change.current and change.prior:
        yield _rate(change, change.current, change.prior, change.rate)
    elif change.amount and (change.current or change.prior):
        yield _rate_of_amount(change, change.amount, change.rate)


def _amount(change: Change, current: Figure, prior: Figure, amount: Figure) -> Found:
    recomputed, stated = _difference(change, current, prior), interval.of(amount)
    fits = any(interval.meets(_difference(change, one, prior), stated) for one in change.near)
    return Found(
        kind="change",
        operands=(operand("本期", current), operand("上期", prior), operand("增减额", amount)),
        judgement=_refused_if(interval.judge(recomputed, stated), fits=fits),
        says=f"本期{current.text}与上期{prior.text}相差{show(recomputed.value, amount.unit)}，增减额印为{amount.text}",
        formula="本期 − 上期 = 增减额",
        substituted=f"{value(current)} − {value(prior)} = {show(signed_value(change.sign, recomputed))}{amount.unit}",
        recomputed=recomputed,
        stated=amount.text,
        difference=interval.decimal(interval.difference(recomputed, stated)),
        subject=change.subject,
    )


def _rate(change: Change, current: Figure, prior: Figure, rate: Figure) -> Found:
    recomputed, stated = growth(change.sign, interval.of(current), interval.of(prior)), interval.of(rate)
    fitting = [one for one in change.near if interval.meets(_growth(change, one, prior), stated)]
    quotient = show(signed_value(change.sign, recomputed), "%", 2)
    return Found(
        kind="change",
        operands=(operand("增减率", rate), operand("本期", current), operand("上期", prior)),
        judgement=_refused_if(interval.judge(recomputed, stated), fits=bool(fitting)),
        says=f"本期{current.text}、上期{prior.text}，变动率复算为{quotient}，所印为{_direction(change)}{rate.text}",
        formula="100 × (本期 − 上期) ÷ 上期 = 增减率",
        substituted=f"100 × ({value(current)} − {value(prior)}) ÷ {value(prior)} = {quotient}",
        recomputed=recomputed,
        stated=rate.text,
        difference=interval.decimal(interval.difference(recomputed, stated)),
        alternatives=tuple(
            f"若本期为同段所印的{one.text}则相符"
            for one in change.far
            if interval.meets(_growth(change, one, prior), stated)
        ),
        subject=change.subject,
    )


def _rate_of_amount(change: Change, amount: Figure, rate: Figure) -> Found:
    current, stated = change.current or amount, interval.of(rate)
    if change.prior is not None:
        recomputed = interval.scale(interval.divide(interval.of(amount), interval.of(change.prior)), 100)
        base, known = value(change.prior), operand("上期", change.prior)
    else:
        recomputed = growth_from(change.sign, interval.of(current), interval.of(amount))
        base = f"({value(current)} {'−' if change.sign > 0 else '+'} {value(amount)})"
        known = operand("本期", current)
    others = [growth_from(change.sign, interval.of(one), interval.of(amount)) for one in change.near]
    judgement = _refused_if(
        interval.judge(recomputed, stated), fits=any(interval.meets(other, stated) for other in others)
    )
    if recomputed.low is None and recomputed.high is None:
        judgement = Judgement("not_run", reason="上期数可能为零")
    quotient = show(recomputed.value, "%", 2)
    return Found(
        kind="change",
        operands=(operand("增减率", rate), operand("增减额", amount), known),
        judgement=judgement,
        says=f"{known.part}{known.text}、{_direction(change)}{amount.text}，变动率复算为{quotient}，所印为{rate.text}",
        formula="100 × 增减额 ÷ 上期 = 增减率",
        substituted=f"100 × {value(amount)} ÷ {base} = {quotient}",
        recomputed=recomputed,
        stated=rate.text,
        difference=interval.decimal(interval.difference(recomputed, stated)),
        subject=change.subject,
    )


def _refused_if(judgement: Judgement, *, fits: bool) -> Judgement:
    """A break is refused where another figure of the sentence makes the relation hold: it may be the one meant."""
    if judgement.verdict == "broken" and fits:
        return Judgement("ambiguous", reason="句中另有一数可作本期数")
    return judgement


def _difference(change: Change, current: Figure, prior: Figure) -> Interval:
    return signed(change.sign, interval.subtract(interval.of(current), interval.of(prior)))


def _growth(change: Change, current: Figure, prior: Figure) -> Interval:
    return growth(change.sign, interval.of(current), interval.of(prior))


def growth(sign: int, current: Interval, prior: Interval) -> Interval:
    """The rate of change in percent, positive in the stated direction: 100·(cur/prior − 1), each term used once."""
    quotient = interval.subtract(interval.divide(current, prior), interval.point(1))
    return signed(sign, interval.scale(quotient, 100))


def growth_from(sign: int, current: Interval, amount: Interval) -> Interval:
    """The rate when the prior figure is not printed: 100 / (cur/Δ ∓ 1), each term used once."""
    if interval.contains(amount, 0):
        prior = interval.subtract(current, signed(sign, amount))
        return interval.scale(interval.divide(amount, prior), 100)
    ratio = interval.subtract(interval.divide(current, amount), interval.point(sign))
    return interval.divide(interval.point(100), ratio)


def signed(sign: int, term: Interval) -> Interval:
    """The term as it is, or mirrored for a decrease."""
    return term if sign > 0 else interval.negate(term)


def signed_value(sign: int, term: Interval) -> Fraction | None:
    """The value with the sign of the change as it was computed: −91.11 for a stated increase that is none."""
    return None if term.value is None else sign * term.value


def _direction(change: Change) -> str:
    return "增加" if change.sign > 0 else "减少"
