"""A scored form: the rows of a 自评表 with weight, score, target and result, and its totals."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.lexicon import load
from pipelines.audit.context import Context
from pipelines.audit.table import funds
from pipelines.audit.table.sheet import Block, Sheet, flat, sheets
from schemas.claim import Claim, Span
from schemas.figure import Figure

TOTALS: frozenset[str] = frozenset(load("indicators")["totals"])
WORDS = load("scoring")
BONUS = re.compile("|".join(WORDS["indicators"]["bonus"]))
EXECUTION = re.compile("预算执行率|资金执行率|^执行率")


@dataclass(frozen=True, slots=True)
class Row:
    """One scored row. `execution` tells that it is the one for the execution of the budget."""

    claim: Claim
    weight: Figure | None
    score: Figure | None
    target: Figure | None
    actual: Figure | None
    execution: bool
    sheet: Sheet

    @property
    def name(self) -> str:
        """The indicator in the report's words."""
        return self.claim.level3


@dataclass(frozen=True, slots=True)
class Money:
    """What the total row of the block of funds says: budgets by name, what was spent, and the printed rate."""

    budgets: tuple[tuple[str, Figure], ...]
    spent: Figure | None
    rate: Figure | None


@dataclass(frozen=True, slots=True)
class Form:
    """All rows of one form, the execution of the budget first if there is one, and the totals that it prints."""

    sheet: Sheet
    rows: tuple[Row, ...]
    weight: Figure | None
    score: Figure | None

    @property
    def execution(self) -> Row | None:
        """The row for the execution of the budget, if the form has exactly one."""
        found = [row for row in self.rows if row.execution]
        return found[0] if len(found) == 1 else None

    @property
    def indicators(self) -> tuple[Row, ...]:
        """The rows of indicators."""
        return tuple(row for row in self.rows if not row.execution)

    def figures(self, rows: Sequence[Row], part: str) -> list[Figure]:
        """The weights or scores of rows; a merged cell that several rows share counts once."""
        found = {(one.start, one.end): one for row in rows if (one := getattr(row, part)) is not None}
        return list(found.values())

    @property
    def is_misread(self) -> bool:
        """Whether most rows have more points than they can have: the columns are hardly what they seem."""
        pairs = [(row.weight, row.score) for row in self.rows if row.weight is not None and row.score is not None]
        beyond = [weight for weight, score in pairs if (score.value or 0) > (weight.value or 0)]
        return len(beyond) > 1 and 2 * len(beyond) > len(pairs)

    @property
    def shares(self) -> bool:
        """Whether rows share a merged cell of weights or scores, so that no single row can be judged."""
        return any(
            len(self.figures(self.rows, part)) < sum(getattr(row, part) is not None for row in self.rows)
            for part in ("weight", "score")
        )


def forms(context: Context) -> tuple[Form, ...]:
    """The scored forms of a document."""
    by_table: dict[int, list[Claim]] = defaultdict(list)
    for claim in context.extraction.claims:
        if claim.table is not None:
            by_table[claim.table].append(claim)
    return tuple(_forms(context, by_table))


def _forms(context: Context, by_table: dict[int, list[Claim]]) -> Iterator[Form]:
    before: list[Row] = []
    for sheet in context.once(sheets):
        rows = [_row(context, claim, sheet) for claim in by_table.get(sheet.table.index, [])]
        own = [row for row in rows if not row.execution]
        if own:
            # the block of funds may be a table of its own above the indicators
            kept = rows if any(row.execution for row in rows) else [*before, *rows]
            if any(row.weight is not None or row.score is not None for row in own):
                yield Form(sheet, tuple(kept), *_totals(sheet, rows))
        before = rows if rows and not own else []


def _row(context: Context, claim: Claim, sheet: Sheet) -> Row:
    parts = [
        _figure(context, span) for span in (claim.weight_span, claim.score_span, claim.target_span, claim.actual_span)
    ]
    execution = claim.level1 == "预算执行" or EXECUTION.search(claim.level3) is not None
    return Row(claim, parts[0], parts[1], parts[2], parts[3], execution=execution, sheet=sheet)


def _figure(context: Context, span: Span | None) -> Figure | None:
    figure = context.figure_at(span) if span is not None else None
    return figure if figure is not None and figure.value is not None else None


def _totals(sheet: Sheet, rows: Sequence[Row]) -> tuple[Figure | None, Figure | None]:
    """Total weight and total score: the last row that is called 总分 or 合计, below the rows of indicators."""
    indicators = [row for row in rows if not row.execution]
    last = max((row.claim.row or 0 for row in indicators), default=0)
    columns = [_column(indicators, part) for part in ("weight", "score")]
    for at in range(sheet.table.rows - 1, last, -1):
        cells = [cell for cell in sheet.grid.rows[at] if cell is not None and cell.text.strip()]
        if cells and flat(cells[0].text) in TOTALS:
            found = [sheet.value(at, column).figure if column is not None else None for column in columns]
            figures = list(
                {one.start: one for c in range(sheet.table.columns) if (one := sheet.value(at, c).figure)}.values()
            )
            if found == [None, None] and len(figures) == 1:
                return None, figures[0]
            return found[0], found[1]
    return None, None


def _column(rows: Sequence[Row], part: str) -> int | None:
    found: set[int] = {one.table.column for row in rows if (one := getattr(row, part)) is not None and one.table}
    return found.pop() if len(found) == 1 else None


def money(row: Row) -> Money:
    """The amounts beside the score for the execution of the budget."""
    for block in row.sheet.blocks:
        for panel in block.panels:
            for line in panel.lines:
                if line.row == row.claim.row and funds.is_total(line):
                    return _money(row.sheet, block, line.row, panel.columns)
    return Money((), None, None)


def _money(sheet: Sheet, block: Block, row: int, columns: Sequence[int]) -> Money:
    named = [("/".join(block.titles(column)), sheet.value(row, column).figure) for column in columns]
    amounts = [(title, one) for title, one in named if one is not None and one.kind == "amount"]
    budgets = [(title, one) for title, one in amounts if "预算" in title and not re.search("执行|支出|决算", title)]
    spent = [one for title, one in amounts if re.search("执行数|执行金额|支出数|实际支出|决算数|执行$", title)]
    rates = [
        one
        for title, one in named
        if one is not None and one.kind == "ratio" and re.search("执行率|支出率|完成率", title)
    ]
    ordered = sorted(budgets, key=lambda pair: "年初" in pair[0])
    return Money(tuple(ordered), spent[0] if len(spent) == 1 else None, rates[0] if len(rates) == 1 else None)
