"""E01: rates of execution recomputed from the amounts of their row; E02: rates beyond 100 %, or of nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets
from schemas.figure import Figure

RATE = re.compile(
    r"(?:执行|支出|支付|使用|完成|到位)(?:率|进度|比例)|完成.{0,8}预算.{0,4}(?:百分比|比例|比率|%|％)|(?:占|为).{0,6}预算.{0,4}(?:百分比|比例|比率|%|％)"
)
#: What is divided, in columns beside the rate; 到位率 has its own.
TOPS = re.compile("执行数|执行金额|支出数|支出金额|实际支出|决算数|支付数|已支出|^(?:.*/)?支出$")
RECEIVED = re.compile("到位")
BASES = re.compile("预算|下达|安排|到位|指标")
NAMED = (re.compile("年初预算"), re.compile("(?:全年|调整后?|本年)预算"), re.compile("到位资金|到位数"))
CARRIED = re.compile("结转|结余|追加|调增|调剂")
FULL = 100


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate with its numerator and the columns that may be its base; `named` tells that its head names the base."""

    sheet: Sheet
    line: Line
    title: str
    rate: Figure
    top: Figure
    bases: tuple[tuple[str, Figure], ...]
    named: tuple[tuple[str, Figure], ...]


def rates(context: Context) -> Iterator[Found]:
    """E01: a rate fits the base that its column names, or, if it names none, one of those in its row."""
    for one in context.once(rated):
        yield _recomputed(one)


def limits(context: Context) -> Iterator[Found]:
    """E02: no rate of a budget of nothing, and none above 100 % unless money was carried over or added."""
    for one in context.once(rated):
        found = _limited(context, one)
        if found is not None:
            yield found


def rated(context: Context) -> tuple[Rated, ...]:
    """The rates of execution of all tables."""
    return tuple(
        one
        for sheet in context.once(sheets)
        for block in sheet.blocks
        for panel in block.panels
        for one in _rated(sheet, block, panel)
    )


def _rated(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Rated]:
    titles = {column: "/".join(block.titles(column)) for column in panel.columns}
    shares = [column for column in panel.columns if RATE.search(titles[column])]
    if len(shares) != 1:
        return
    share = titles[shares[0]]
    arrival = "到位率" in share
    tops = [c for c in panel.columns if c not in shares and (RECEIVED if arrival else TOPS).search(titles[c])]
    bases = [c for c in panel.columns if c not in (*shares, *tops) and BASES.search(titles[c])]
    if len(tops) != 1:
        return
    for line in panel.lines:
        rate, top = (sheet.value(line.row, column).figure for column in (shares[0], tops[0]))
        found = [(titles[c], one) for c in bases if (one := sheet.value(line.row, c).figure) is not None]
        kept = [(title, one) for title, one in found if top and (one.kind, one.unit) == (top.kind, top.unit)]
        if rate is None or top is None or rate.unit != "%" or not kept:
            continue
        wanted = next((pattern for pattern in NAMED if pattern.search(share)), None)
        named = [(title, one) for title, one in kept if wanted and wanted.search(title)]
        yield Rated(sheet, line, share, rate, top, tuple(kept), tuple(named))


def _percent(top: Figure, base: Figure) -> Interval:
    return interval.scale(interval.divide(interval.of(top), interval.of(base)), FULL)


def _recomputed(one: Rated) -> Found:
    stated = interval.of(one.rate)
    choice = one.named or one.bases
    possible = [(title, base, _percent(one.top, base)) for title, base in choice]
    judged = [
        (title, base, share, interval.judge(share, stated))
        for title, base, share in possible
        if share.value is not None
    ]
    if not judged:
        return _found(one, choice[-1][1], Judgement("not_run", reason="基数为零"), [])
    best = next((entry for entry in judged if entry[3].verdict != "broken"), None)
    light = next((entry for entry in judged if entry[3].cause), None)
    title, base, _, judgement = best or light or judged[-1]
    others = [other for name, other in one.bases if (name, other) not in choice]
    fits = [other for other in others if interval.meets(_percent(one.top, other), stated)]
    return _found(one, base, judgement, fits if judgement.verdict == "broken" else [], title)


def _found(one: Rated, base: Figure, judgement: Judgement, fits: Sequence[Figure], title: str = "") -> Found:
    share = _percent(one.top, base)
    recomputed = show(share.value, "%", 2)
    return Found(
        kind="ratio",
        operands=(operand("率", one.rate), operand("分子", one.top), operand("基数", base)),
        judgement=judgement,
        says=f"{one.sheet.name}“{one.line.label}”所印“{one.title}”{one.rate.text}，按{one.top.text}÷{base.text}复算为{recomputed}",
        formula="100 × 执行数 ÷ 预算数 = 执行率",
        substituted=f"100 × {value(one.top)} ÷ {value(base)} = {recomputed}{f'（以{title}为基数）' if title else ''}",
        recomputed=share,
        stated=one.rate.text,
        difference=interval.decimal(interval.difference(share, interval.of(one.rate))),
        alternatives=tuple(f"若以{other.text}为基数则相符" for other in fits),
        subject=f"{one.sheet.name}/{one.line.label}/{one.title}",
    )


def _limited(context: Context, one: Rated) -> Found | None:
    rate = interval.of(one.rate)
    choice = one.named or one.bases
    nothing = all(base.value == 0 for _, base in choice)
    above = rate.low is not None and rate.low >= FULL
    if rate.value is None or (nothing and not rate.value):
        return None
    explained = above and not nothing and _is_explained(context, one)
    broken = nothing or (above and not explained)
    base = choice[0][1]
    said = "，而预算数为零" if nothing else "，超过100%" if broken else ""
    return Found(
        kind="bounds",
        operands=(operand("率", one.rate), operand("基数", base)),
        judgement=Judgement("broken" if broken else "holds"),
        says=f"{one.sheet.name}“{one.line.label}”所印“{one.title}”{one.rate.text}{said}",
        formula="0 ≤ 率 ≤ 100%；基数为零则无率",
        substituted=f"基数{base.text}，率{one.rate.text}",
        recomputed=interval.point(FULL),
        stated=one.rate.text,
        plain=True,
        severity="error" if nothing and one.top.value else None,
        subject=f"{one.sheet.name}/{one.line.label}/{one.title}",
    )


def _is_explained(context: Context, one: Rated) -> bool:
    """Whether money came from elsewhere: a row of it that is not empty, another budget of the row, or a sentence."""
    if len({base.value for _, base in one.bases}) > 1 or CARRIED.search(one.line.label):
        return True
    rows = [
        line
        for block in one.sheet.blocks
        for panel in block.panels
        for line in panel.lines
        if CARRIED.search(line.label)
    ]
    for line in rows:
        for column in range(one.sheet.table.columns):
            figure = one.sheet.value(line.row, column).figure
            if figure is not None and figure.value:
                return True
    return any(CARRIED.search(sentence.text) for sentence in context.sentences)
