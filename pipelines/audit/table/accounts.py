"""C07: what final accounts and budgets must keep to within a table and between tables."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from extract.lexicon import load
from pipelines.audit.context import Context
from pipelines.audit.table.equations import Equation, Term, is_plain, is_summable, rank
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets

WORDS: dict[str, Any] = load("audit")["accounts"]
BALANCE: list[list[str]] = WORDS["balance"]
NUMBER = re.compile(r"^(?:其中[：:]?|[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．])+")
#: Money that is moved beside revenue and expenditure.
MOVED = re.compile("分配|收回|调整|使用非财政")
PAIR = 2


def equations(context: Context) -> Iterator[Equation]:
    """Balances, kinds of expenditure, and the way from the opening to the closing balance; then links of tables."""
    found = context.once(sheets)
    for sheet in found:
        for block in sheet.blocks:
            yield from _balanced(sheet, block)
            for panel in block.panels:
                yield from _kinds(sheet, block, panel)
                yield from _carried(sheet, block, panel)
    yield from _linked(found)


def _term(sheet: Sheet, block: Block, line: Line, column: int, sign: int = 1) -> Term | None:
    figure = sheet.value(line.row, column).figure
    return Term(figure, line.label, "/".join(block.titles(column)), sign) if figure is not None else None


def _sum(sheet: Sheet, total: Term | None, parts: Sequence[Term | None], formula: str) -> Iterator[Equation]:
    known = tuple(part for part in parts if part is not None)
    if total is not None and known and is_summable([total.figure, *(part.figure for part in known)]):
        yield Equation("C07", sheet.name, total, known, formula=formula)


def _balanced(sheet: Sheet, block: Block) -> Iterator[Equation]:
    """The totals of both sides stand in one row, or one below the other."""
    totals = [(panel, line) for panel in block.panels for line in panel.lines if rank(line.label)]
    for left, right in BALANCE:
        for panel, line in totals:
            beside = [
                (other, one)
                for other, one in totals
                if one.label == right
                and ((one.row == line.row and other.columns > panel.columns) or (other is panel and left != right))
            ]
            if line.label == left and len(beside) == 1:
                other, one = beside[0]
                terms = [_term(sheet, block, one, other.columns[0])]
                yield from _sum(sheet, _term(sheet, block, line, panel.columns[0]), terms, f"{left} = {right}")
                return


def _kinds(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    """本年支出 is 基本支出 and 项目支出 and what else there is of the kind, where they stand in rows."""
    named = {NUMBER.sub("", line.label): line for line in panel.lines}
    total = next((named[word] for word in WORDS["expenditure"] if word in named), None)
    parts = [named[word] for word in WORDS["kinds_of_expenditure"] if word in named]
    if total is None or len(parts) < PAIR:
        return
    for column in panel.columns:
        terms = [_term(sheet, block, line, column) for line in parts]
        yield from _sum(
            sheet, _term(sheet, block, total, column), terms, "本年支出 = 基本支出 + 项目支出 + 其他各类支出"
        )


def _carried(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    """The closing balance is the opening one and revenue less expenditure, where they stand in columns."""
    columns = [_column(block, panel, WORDS[name]) for name in ("opening", "income", "spent", "closing")]
    opening, income, spent, closing = columns
    if opening is None or income is None or spent is None or closing is None:
        return
    moved = any(MOVED.search("/".join(block.titles(column))) for column in panel.columns)
    for line in panel.lines:
        signed = ((opening, 1), (income, 1), (spent, -1))
        terms = [_term(sheet, block, line, column, sign) for column, sign in signed]
        formula = "年末结转和结余 = 年初结转和结余 + 本年收入 − 本年支出"
        for one in _sum(sheet, _term(sheet, block, line, closing), terms, formula):
            yield one.doubted("另有结余分配、收回一类的列") if moved else one


def _column(block: Block, panel: Panel, words: Sequence[str]) -> int | None:
    """The one column of a name: its 合计 if it is parted further."""
    titles = {column: block.titles(column) for column in panel.columns}
    named = [column for column, path in titles.items() if path and any(one in words for one in path)]
    summed = [column for column in named if titles[column][-1] in words or rank(titles[column][-1])]
    return summed[0] if len(summed) == 1 else None


# ------------------------------------------------------------------------------------------- between tables


def _linked(found: Sequence[Sheet]) -> Iterator[Equation]:
    for link in WORDS["links"]:
        left, right = (_quantities(found, *link[side]) for side in ("left", "right"))
        if len(left) == 1 and right:
            sheet, total = left[0]
            yield from _sum(sheet, total, [term for _, term in right], f"两表{link['name']}相等")


def _quantities(found: Sequence[Sheet], caption: str, row: str, column: str) -> list[tuple[Sheet, Term]]:
    """The figures of one table in rows and columns so called; none if several tables have such a caption."""
    named = [sheet for sheet in found if re.search(caption, re.sub(r"\s", "", sheet.table.caption))]
    if len(named) != 1:
        return []
    sheet = named[0]
    terms = [
        term
        for block in sheet.blocks
        for panel in block.panels
        for line in panel.lines
        if re.search(row, line.label)
        for at in panel.columns
        if re.search(column, "/".join(block.titles(at))) and (term := _term(sheet, block, line, at)) is not None
    ]
    plain = [term for term in terms if is_plain(term.row)]
    kept = plain or terms
    return [(sheet, term) for term in kept] if len({term.row for term in kept}) == len(kept) else []
