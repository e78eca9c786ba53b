"""Claims from indicator tables, whose columns are known by their labels and not by their position."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from extract import lexicon
from extract.claims.wording import compared, figures_in, number, operator, plain, standard, verdict
from schemas.claim import Claim, Span
from schemas.document import Cell, Document, Table
from schemas.figure import Figure

_LEVELS = ("level1", "level2", "level3")
_PARTS = ("target", "actual", "weight", "score")
_Row = list[Cell | None]


@dataclass(slots=True)
class _Header:
    """The columns of the roles, and the heads that merged or blank cells carry down."""

    columns: dict[str, int] = field(default_factory=dict)
    level1: str = ""
    level2: str = ""


def table_claims(document: Document, figures: tuple[Figure, ...]) -> Iterator[Claim]:
    """One claim for each row of an indicator table, and one for the execution of the budget."""
    for table in document.tables:
        header = _Header()
        for index, row in enumerate(table.grid()):
            roles = _roles(row)
            if _is_header(roles):
                header = _Header(roles)
            elif header.columns and (claim := _claim(document, table, index, row, header, figures)):
                yield claim


def _roles(row: _Row) -> dict[str, int]:
    """The role of each column as the labels of a row tell it; of two columns with one role the first."""
    roles: dict[str, int] = {}
    seen: set[int] = set()
    for column, cell in enumerate(row):
        if cell and id(cell) not in seen and (role := _role(re.sub(r"[（(].*?[）)]|[：:]", "", plain(cell.text)))):
            roles.setdefault(role, column)
        seen.add(id(cell))
    return roles


@lru_cache(maxsize=4096)
def _role(label: str) -> str | None:
    table: dict[str, list[str]] = lexicon.load("indicators")["columns"]
    fitting = [(len(name), role) for role, names in table.items() for name in names if label.endswith(name)]
    return max(fitting)[1] if fitting and len(label) <= 16 else None


def _is_header(roles: dict[str, int]) -> bool:
    named = any(role in roles for role in _LEVELS) and any(role in roles for role in _PARTS)
    return named or ("budget" in roles and "rate" in roles)


def _claim(
    document: Document, table: Table, index: int, row: _Row, header: _Header, figures: tuple[Figure, ...]
) -> Claim | None:
    name = _indicator(row, header)
    cells = {role: row[column] for role, column in header.columns.items()}
    parts = {role: cell for role in (*_PARTS, "rate") if (cell := cells.get(role)) and not _is_blank(cell)}
    if not name or not parts:
        return None
    start, end = _span(row, index, name)
    target, actual = parts.get("target"), parts.get("actual") or parts.get("rate")
    target_figure, actual_figure = _only(figures, target), _only(figures, actual)
    sign = operator(target.text, _text(cells.get("nature"))) if target else None
    judged = verdict(actual.text) if actual else "unstated"
    if target_figure and actual_figure:
        judged = compared(sign, target_figure, actual_figure)
    return Claim(
        document=document.id,
        source=document.name,
        start=start,
        end=end,
        text=document.text[start:end],
        level1=standard("level1", header.level1) or header.level1 or None,
        level2=standard("level2", header.level2) or header.level2 or None,
        level3=plain(name.text),
        operator=sign,
        target=target.text if target else None,
        target_span=_part_span(target, target_figure),
        actual=actual.text if actual else None,
        actual_span=_part_span(actual, actual_figure),
        unit=_text(cells.get("unit")) or (target_figure.unit if target_figure else None),
        weight=number(_text(parts.get("weight"))),
        weight_span=_part_span(parts.get("weight"), _only(figures, parts.get("weight"))),
        score=number(_text(parts.get("score"))),
        score_span=_part_span(parts.get("score"), _only(figures, parts.get("score"))),
        verdict=judged,
        reason=_text(cells.get("reason")) or None,
        quantified=any(part and figures_in(figures, (part.start, part.end)) for part in (target, actual)),
        table=table.index,
        row=index,
        rule="table:indicator" if "level3" in header.columns or "level2" in header.columns else "table:execution",
    )


def _indicator(row: _Row, header: _Header) -> Cell | None:
    """The cell that names the row's indicator; carries the heads of the framework down on the way."""
    levels = [row[header.columns[level]] for level in _LEVELS if level in header.columns]
    if not levels:
        return _execution(row, header)
    if any(cell and plain(cell.text).rstrip("：:") in _list("totals") for cell in (*levels, row[0])):
        return None
    _carry_down(row, header)
    name = next((cell for cell in reversed(levels) if cell and not _is_blank(cell)), None)
    return name if name is levels[-1] or len(levels) == 1 else None


def _carry_down(row: _Row, header: _Header) -> None:
    first, second = (row[header.columns[level]] if level in header.columns else None for level in _LEVELS[:2])
    if first and not _is_blank(first) and plain(first.text) != header.level1:
        header.level1, header.level2 = plain(first.text), ""
    if second and not _is_blank(second) and second is not first:
        header.level2 = plain(second.text)


def _execution(row: _Row, header: _Header) -> Cell | None:
    """The total row of the block of funds ("年度资金总额"), which carries the score for the execution."""
    name = next((cell for cell in row[: min(header.columns.values())] if cell and "总额" in cell.text), None)
    header.level1, header.level2 = ("预算执行", "") if name else ("", "")
    return name


def _span(row: _Row, index: int, name: Cell) -> Span:
    """From the indicator's name to the end of the last cell that begins in its row."""
    own = [cell for cell in row if cell and cell.row == index and cell.start >= name.start]
    return name.start, max((cell.end for cell in own), default=name.end)


def _only(figures: tuple[Figure, ...], cell: Cell | None) -> Figure | None:
    inside = figures_in(figures, (cell.start, cell.end)) if cell else []
    return inside[0] if len(inside) == 1 else None


def _part_span(cell: Cell | None, figure: Figure | None) -> Span | None:
    part = figure or cell
    return (part.start, part.end) if part else None


def _text(cell: Cell | None) -> str:
    return "" if cell is None or _is_blank(cell) else cell.text


def _is_blank(cell: Cell) -> bool:
    return plain(cell.text) in _list("blanks")


@cache
def _list(key: str) -> frozenset[str]:
    return frozenset(lexicon.load("indicators")[key])
