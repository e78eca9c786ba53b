"""C04: the block of funds of a 自评表: its total is the sum of its sources, column by column."""

from collections.abc import Iterator, Sequence

from extract.lexicon import load
from pipelines.audit.context import Context
from pipelines.audit.table.equations import Equation, Term, is_summable
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets

WORDS = load("audit")["funds"]
TOTALS: list[str] = WORDS["total"]
WITHIN: tuple[str, ...] = tuple(WORDS["within"])
SOURCES: list[list[list[str]]] = [profile["rows"] for profile in WORDS["sources"]]


def is_total(line: Line) -> bool:
    """Whether a line is the total of a block of funds."""
    return any(label in TOTALS for label in line.labels[-2:])


def equations(context: Context) -> Iterator[Equation]:
    """Every column of every block of funds."""
    for sheet in context.once(sheets):
        for block in sheet.blocks:
            for panel in block.panels:
                for at, line in enumerate(panel.lines):
                    if is_total(line):
                        yield from _block(sheet, block, panel, at)


def _block(sheet: Sheet, block: Block, panel: Panel, at: int) -> Iterator[Equation]:
    total, below = panel.lines[at], _below(panel, at)
    parts, doubt = _sources(below)
    for column in panel.columns:
        stated = sheet.value(total.row, column).figure
        title = "/".join(block.titles(column))
        terms = tuple(
            Term(figure, line.label, title)
            for line in parts
            if sheet.own(line.row, column) and (figure := sheet.value(line.row, column).figure) is not None
        )
        if stated is None or stated.kind in {"ratio", "score"} or not terms:
            continue
        if is_summable([stated, *(term.figure for term in terms)]):
            yield Equation("C04", sheet.name, Term(stated, total.label, title), terms, doubt=doubt)


def _below(panel: Panel, at: int) -> list[Line]:
    """The lines of the block below its total: those that share its outer label, or all."""
    total, lines = panel.lines[at], panel.lines[at + 1 :]
    outer = total.labels[:-1]
    return [line for line in lines if line.labels[: len(outer)] == outer and not is_total(line)]


def _sources(lines: Sequence[Line]) -> tuple[list[Line], str]:
    """The lines that make up the total by one of the profiles, and what speaks against it."""
    names = [(line, line.label.removeprefix("其中").lstrip("：:")) for line in lines]
    names = [(line, name) for line, name in names if name]
    best: list[Line] = []
    for profile in SOURCES:
        kept = [line for line, name in names if any(name.startswith(tuple(words)) for words in profile)]
        best = max(best, kept, key=len)
    unknown = [line for line, name in names if line not in best and not name.startswith(WITHIN)]
    return best, "资金来源中有不认识的行" if unknown else ""
