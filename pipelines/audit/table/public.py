"""C06: 三公经费 is what goes abroad, what cars cost (bought and run) and what guests cost, in tables and text."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.lexicon import load
from pipelines.audit.context import Context, F, Passage
from pipelines.audit.table.equations import Equation, Term, is_summable, rank
from pipelines.audit.table.sheet import Block, Panel, Sheet, sheets

WORDS: dict[str, list[str]] = load("audit")["three_public"]
TOTAL, ABROAD, RECEPTION, CARS, BOUGHT, RUN = "total", "abroad", "reception", "cars", "bought", "run"
#: In this order: 公务用车购置及运行费 begins as 公务用车购置费 does.
ITEMS = (ABROAD, RECEPTION, CARS, BOUGHT, RUN, TOTAL)
NUMBER = re.compile(r"^(?:其中[：:]?|[（(]?[\d一二三四五六]{1,2}[）)、.．]|[①-⑥])+")
#: Back to these the words before a figure are about it; the brackets of 因公出国（境）费 are no end.
LEAD = re.compile(rf"[^，。；、：:,;{F}]*$")
YEAR = re.compile(r"^(?:19|20)\d\d年(?:度)?(?:本?部门|本?单位)?")
#: A figure so introduced is a change, a share or another year's.
OTHER = re.compile("比|较|减|增|占|上年|去年|人均|平均")
VIEWS = {"预算": re.compile("预算"), "决算": re.compile("决算|支出|执行|实际")}
WHOLE = {ABROAD, RECEPTION, CARS}
#: An item of its own view, so that 支出决算为 after it goes on with it.
BARE = re.compile(r"[（(]?(?:财政拨款)?(?:年初|全年)?(?:支出)?(?:预算|决算)?(?:支出|数)?[为是达]?")


@dataclass(frozen=True, slots=True)
class Item:
    """One of the items: its figure, or None where the table leaves it empty."""

    kind: str
    term: Term | None


def equations(context: Context) -> Iterator[Equation]:
    """The two sums wherever a total and items of it are printed together."""
    for sheet in context.once(sheets):
        for block in sheet.blocks:
            for panel in block.panels:
                for items in _grouped(sheet, block, panel):
                    yield from _sums(sheet.name, items)
    for sentence in context.sentences:
        if "公" in sentence.text and sentence.figures:
            for items in _in_sentence(sentence):
                yield from _sums("正文", items)


def _kind(label: str) -> str | None:
    bare = YEAR.sub("", NUMBER.sub("", label))
    return next((kind for kind in ITEMS if bare.startswith(tuple(WORDS[kind]))), None)


def _sums(where: str, items: Sequence[Item]) -> Iterator[Equation]:
    by_kind: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item)
    if any(len(alike) > 1 for alike in by_kind.values()):
        return
    terms = {kind: alike[0].term for kind, alike in by_kind.items()}
    cars = [terms.get(BOUGHT), terms.get(RUN)]
    parts = [terms.get(ABROAD), *([terms[CARS]] if CARS in terms else cars), terms.get(RECEPTION)]
    absent = WHOLE - set(terms) - ({CARS} if {BOUGHT, RUN} <= set(terms) else set())
    yield from _equation(where, terms.get(TOTAL), parts, missing=bool(absent))
    yield from _equation(where, terms.get(CARS), cars, missing=not {BOUGHT, RUN} <= set(terms))


def _equation(where: str, total: Term | None, parts: Sequence[Term | None], *, missing: bool) -> Iterator[Equation]:
    known = tuple(part for part in parts if part is not None)
    if total is None or not known or not is_summable([total.figure, *(part.figure for part in known)]):
        return
    equation = Equation("C06", where, total, known, formula="三公经费 = 出国 + 公务用车 + 公务接待")
    value, stated = equation.recomputed.value, total.figure.value
    short = value is not None and stated is not None and value < stated
    yield equation.doubted("没有列出全部三项") if missing and short else equation


def _grouped(sheet: Sheet, block: Block, panel: Panel) -> Iterator[list[Item]]:
    """The items of a panel that belong together: those of one row, or of one column."""
    groups: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for line in panel.lines:
        for column in panel.columns:
            titles = block.titles(column)
            kind = _named(titles, sheet.name)
            key: tuple[object, ...] = (
                "row",
                line.row,
                *(one for one in titles if _kind(one) is None and not rank(one)),
            )
            if kind is None:
                kind, key = _named(line.labels, sheet.name), ("column", column)
            if kind is not None and sheet.own(line.row, column):
                value = sheet.value(line.row, column)
                term = Term(value.figure, line.label, "/".join(titles)) if value.figure else None
                if term is not None or value.blank:
                    groups[key].append(Item(kind, term))
    yield from groups.values()


def _named(labels: Sequence[str], caption: str) -> str | None:
    """The item that a path of labels names; 合计 is the whole where table or path speak of 三公."""
    kind = next((kind for label in reversed(labels) if (kind := _kind(label)) is not None), None)
    if kind is not None and kind != TOTAL:
        return kind
    spoken = any("三公" in text for text in (*labels, caption))
    summed = any(rank(label) > 1 for label in labels) or (len(labels) == 1 and kind == TOTAL)
    return TOTAL if spoken and summed else None


# ------------------------------------------------------------------------------------------- in a sentence


def _in_sentence(sentence: Passage) -> Iterator[list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    last: str | None = None
    for at in sentence.places():
        lead = _lead(sentence, at)
        figure = sentence.figure(at)
        kind = _kind(lead.lstrip("（(“”").removeprefix("其中")) or _kind(lead.lstrip("（(“"))
        if kind is None and BARE.fullmatch(lead):
            kind = last
        elif figure.kind == "amount":
            last = kind
        if kind is None or figure.kind != "amount" or figure.role == "change" or OTHER.search(lead):
            continue
        view = next((name for name, pattern in VIEWS.items() if pattern.search(lead)), "")
        groups[view].append(Item(kind, Term(figure, NUMBER.sub("", lead)[-16:] or kind)))
    yield from groups.values()


def _lead(sentence: Passage, at: int) -> str:
    match = LEAD.search(sentence.text, max(0, at - 40), at)
    return match.group() if match else ""
