"""Claims from indicator tables, whose columns are known by their labels and not by their position."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extract.claims.columns import LEVELS, PARTS, fund_columns, indicator_columns
from extract.claims.wording import (
    figures_in,
    is_blank,
    is_total,
    judged,
    number,
    operator,
    standard,
)
from extract.grid import Grid, plain
from schemas.claim import Claim, Span
from schemas.document import Cell, Document
from schemas.figure import Figure

#: A result so far, or one that is expected: it says nothing of the fulfilment yet.
_INTERIM = re.compile(r"\d月|预计|上半年")


@dataclass(slots=True)
class _Levels:
    """The heads of the framework that merged or blank cells carry down, and the columns that they hold for."""

    columns: Mapping[str, int]
    level1: str = ""
    level2: str = ""


def table_claims(document: Document, grids: tuple[Grid, ...], figures: tuple[Figure, ...]) -> Iterator[Claim]:
    """One claim for each row of an indicator table, and one for the execution of the budget."""
    for grid in grids:
        levels: dict[int, _Levels] = {}
        for index, row in enumerate(grid.rows):
            head = grid.heads[index]
            if head is None or grid.kinds[index] not in ("data", "total", "part"):
                continue
            for half in head.ranges:
                claim = _indicator_claim(document, grid, index, half, levels, figures) if any(row) else None
                if claim := claim or _execution_claim(document, grid, index, half, figures):
                    yield claim


def _indicator_claim(
    document: Document, grid: Grid, index: int, half: range, levels: dict[int, _Levels], figures: tuple[Figure, ...]
) -> Claim | None:
    head, row = grid.heads[index], grid.rows[index]
    columns = indicator_columns(head, half) if head else {}
    if head is None or not columns:
        return None
    if half.start:  # one first level for both halves
        first = indicator_columns(head, head.ranges[0])
        columns = {**{role: column for role, column in first.items() if role == "level1"}, **columns}
    carried = levels.get(half.start)
    if carried is None or carried.columns != columns:
        carried = levels[half.start] = _Levels(columns)
    cells = {role: row[column] for role, column in columns.items()}
    name = _name(row, cells, carried)
    parts = {role: cell for role, cell in _parts(cells).items() if cell is not name}
    if name is None or not parts:
        return None
    interim = "actual" in columns and _INTERIM.search("/".join(head.paths[columns["actual"]])) is not None
    own = [cell for column in half if (cell := row[column]) and cell.row == index]
    return _claim(
        document, grid, (index, name, own), cells, parts, (carried.level1, carried.level2), figures, interim=interim
    )


def _name(row: tuple[Cell | None, ...], cells: dict[str, Cell | None], carried: _Levels) -> Cell | None:
    """The cell that names the row's indicator; carries the heads of the framework down on the way."""
    levels = [cells[level] for level in LEVELS if level in cells]
    if any(cell and is_total(cell.text) for cell in (*levels, row[0])):
        return None
    first, second = cells.get("level1"), cells.get("level2")
    if first and not is_blank(first) and plain(first.text) != carried.level1:
        carried.level1, carried.level2 = plain(first.text), ""
    if second and not is_blank(second) and second is not first:
        carried.level2 = plain(second.text)
    name = next((cell for cell in reversed(levels) if cell and not is_blank(cell)), None)
    return name if name is levels[-1] or len(levels) == 1 else None


def _parts(cells: dict[str, Cell | None]) -> dict[str, Cell]:
    """The parts of a claim that say something; a cell over several columns counts for the first of them."""
    found: dict[str, Cell] = {}
    for role in PARTS:
        cell = cells.get(role)
        if cell and not is_blank(cell) and cell not in found.values():
            found[role] = cell
    return found


def _execution_claim(
    document: Document, grid: Grid, index: int, half: range, figures: tuple[Figure, ...]
) -> Claim | None:
    """The total row of the block of funds (年度资金总额), which carries the score for the execution."""
    head, row = grid.heads[index], grid.rows[index]
    columns = fund_columns(head, half) if head else {}
    if "rate" not in columns:
        return None
    left = row[half.start : min(columns.values())]
    name = next((cell for cell in left if cell and "总额" in cell.text and cell.row == index), None)
    cells = {"actual" if role == "rate" else role: row[column] for role, column in columns.items()}
    parts = _parts(cells)
    if name is None or not parts:
        return None
    own = [cell for column in half if (cell := row[column]) and cell.row == index]
    return _claim(document, grid, (index, name, own), {}, parts, ("预算执行", ""), figures, interim=True)


def _claim(
    document: Document,
    grid: Grid,
    place: tuple[int, Cell, list[Cell]],
    cells: dict[str, Cell | None],
    parts: dict[str, Cell],
    levels: tuple[str, str],
    figures: tuple[Figure, ...],
    *,
    interim: bool,
) -> Claim:
    index, name, own = place
    start, end = name.start, max((cell.end for cell in own if cell.start >= name.start), default=name.end)
    target, actual = parts.get("target"), parts.get("actual")
    promised, reached = _inside(figures, target), _inside(figures, actual)
    sign = operator(target.text, _text(cells.get("nature"))) if target else None
    verdict = judged(sign, _text(target), _text(actual), promised, reached) if actual and not interim else "unstated"
    units = {figure.unit for figure in promised}
    return Claim(
        document=document.id,
        source=document.name,
        start=start,
        end=end,
        text=document.text[start:end],
        level1=_standard("level1", levels[0]),
        level2=_standard("level2", levels[1]),
        level3=plain(name.text).rstrip("：:"),
        operator=sign,
        target=target.text if target else None,
        target_span=_part_span(target, promised),
        actual=actual.text if actual else None,
        actual_span=_part_span(actual, reached),
        unit=_text(cells.get("unit")) or (units.pop() if len(units) == 1 else None) or None,
        weight=number(_text(parts.get("weight"))),
        weight_span=_part_span(parts.get("weight"), _inside(figures, parts.get("weight"))),
        score=number(_text(parts.get("score"))),
        score_span=_part_span(parts.get("score"), _inside(figures, parts.get("score"))),
        verdict=verdict,
        reason=_text(cells.get("reason")) or None,
        quantified=bool(promised or reached),
        table=grid.table.index,
        row=index,
        rule="table:indicator" if cells else "table:execution",
    )


def _standard(level: str, label: str) -> str | None:
    """The standard form of a head without its points: 产出指标（50分）."""
    name = re.sub(r"[（(][^（()）]*[)）]$", "", label)
    return standard(level, name) or name or None


def _inside(figures: tuple[Figure, ...], cell: Cell | None) -> list[Figure]:
    return figures_in(figures, (cell.start, cell.end)) if cell else []


def _part_span(cell: Cell | None, figures: list[Figure]) -> Span | None:
    """The one figure that a part holds, else its cell."""
    part = figures[0] if len(figures) == 1 else cell
    return (part.start, part.end) if part else None


def _text(cell: Cell | None) -> str:
    return "" if cell is None or is_blank(cell) else cell.text
