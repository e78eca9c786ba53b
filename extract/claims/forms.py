"""Evaluation forms as wholes: what project they are of, their funds, goals and total, known by their labels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import cast

from extract import lexicon
from extract.claims.columns import fund_columns, goal_columns, indicator_columns
from extract.claims.wording import figures_in, is_blank, is_total
from extract.grid import Grid, Head, is_numeric, plain
from schemas.claim import Span
from schemas.document import Cell, Document
from schemas.figure import Figure
from schemas.form import Entry, Form, FormKind, Fund, FundRole, Goal

_Part = tuple[Grid, int]


@dataclass(slots=True)
class _Draft:
    """A form as far as it has been read: its rows, its heads and fields, and the roles of its columns of indicators."""

    parts: list[_Part] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    project: str | None = None
    funds: list[Fund] = field(default_factory=list)
    funded: bool = False
    goals: list[Goal] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    weight: Figure | None = None
    score: Figure | None = None


def forms(document: Document, grids: tuple[Grid, ...], figures: tuple[Figure, ...]) -> Iterator[Form]:
    """The forms of a document in order: each begins with the name of its project, with its funds or with a table."""
    draft = _Draft()
    for grid in grids:
        for row in range(len(grid.rows)):
            if _begins(draft, grid, row):
                yield from _finished(document, draft)
                draft = _Draft()
            draft.parts.append((grid, row))
            _read(draft, grid, row, figures)
    yield from _finished(document, draft)


def _begins(draft: _Draft, grid: Grid, row: int) -> bool:
    """A name after another name or an indicator, funds after other funds, a table after a form that has ended."""
    own = _own(grid, row)
    named = bool(own) and _is_name(own[0])
    ended = bool(draft.roles) and draft.parts[-1][0] is not grid and draft.score is not None
    again = draft.funded and bool(draft.roles) and any(_total_fund(cell) for cell in own)
    fresh = bool(draft.parts) and draft.parts[-1][0] is not grid and not (draft.project or draft.funded or draft.roles)
    return (named and (draft.project is not None or bool(draft.roles))) or ended or again or fresh


def _read(draft: _Draft, grid: Grid, row: int, figures: tuple[Figure, ...]) -> None:
    own, head, kind = _own(grid, row), grid.heads[row], grid.kinds[row]
    if kind in ("title", "head", "numbering", "blank") or not own:
        draft.labels += [plain(cell.text) for cell in own]
        return
    if _is_name(own[0]) and len(own) > 1:
        draft.project = plain(own[1].text)
        draft.labels.append(plain(own[0].text))
        return
    halves = head.ranges if head else ()
    indicators = [columns for half in halves if head and (columns := indicator_columns(head, half))]
    for columns in indicators:
        draft.roles |= columns.keys()
    if indicators:
        draft.labels += [plain(cell.text) for cell in own if cell.column == indicators[0].get("level1")]
        _read_total(draft, grid, row, indicators[0], figures)
        return
    draft.labels.append(plain(own[0].text))
    funds = fund_columns(head, halves[0]) if head else {}
    goals = goal_columns(head, range(len(head.paths))) if head else {}
    if funds and (fund := _fund(draft, grid, row, head, funds, figures)):
        draft.funds.append(fund)
        draft.funded = True
    elif goals and (found := list(_goals(grid, row, goals))):
        draft.goals += found
    else:
        _read_fields(draft, row, own, figures)


def _read_total(draft: _Draft, grid: Grid, row: int, columns: Mapping[str, int], figures: tuple[Figure, ...]) -> None:
    if any(is_total(cell.text) for cell in _own(grid, row)[:1]):
        weight, score = (
            _figure(figures, grid.rows[row][columns[role]]) if role in columns else None for role in ("weight", "score")
        )
        draft.weight, draft.score = weight or draft.weight, score or draft.score


def _fund(
    draft: _Draft, grid: Grid, row: int, head: Head | None, columns: Mapping[str, int], figures: tuple[Figure, ...]
) -> Fund | None:
    """A row of the block of funds, which begins with the row of the total."""
    cells = {role: grid.rows[row][column] for role, column in columns.items()}
    left = [cell for cell in _own(grid, row) if cell.column < min(columns.values())]
    if not left or not (_total_fund(left[-1]) or (draft.funds and head and _matches("fund", left[-1]))):
        return None
    entries = [
        Entry(cast("FundRole", role), figure.value, (figure.start, figure.end))
        for role, cell in cells.items()
        if cell and grid.column_labels(cell) and (figure := _figure(figures, cell)) and figure.value is not None
    ]
    return _made(left[-1], row, entries)


def _goals(grid: Grid, row: int, roles: Mapping[int, str]) -> Iterator[Goal]:
    """The goals of a row, each with what was reached of it."""
    own = [(role, cell) for column, role in roles.items() for cell in _own(grid, row) if cell.column == column]
    texts = [(role, cell) for role, cell in own if not is_blank(cell) and not is_numeric(cell.text)]
    expected = [cell for role, cell in texts if role == "expected"]
    reached = [cell for role, cell in texts if role == "actual"]
    for at in range(max(len(expected), len(reached))):
        goal = expected[at] if at < len(expected) else None
        actual = reached[at] if at < len(reached) else None
        yield Goal(*_said(goal), *_said(actual))


def _said(cell: Cell | None) -> tuple[str | None, Span | None]:
    return (cell.text, (cell.start, cell.end)) if cell else (None, None)


def _read_fields(draft: _Draft, row: int, own: list[Cell], figures: tuple[Figure, ...]) -> None:
    """What stands beside its label: 年度资金总额 | 96.50, 年度绩效目标 | …"""
    for label, value in pairwise(own):
        figure = _figure(figures, value)
        if figure and figure.kind == "amount" and figure.value is not None:
            if _total_fund(label) or (draft.funds and _matches("fund", label)):
                draft.funds.append(_made(label, row, [Entry("budget", figure.value, (figure.start, figure.end))]))
                draft.funded = True
        elif _matches("goal", label, whole=True) and not is_numeric(value.text):
            draft.goals.append(Goal(*_said(value)))


def _made(label: Cell, row: int, entries: list[Entry]) -> Fund:
    name = re.sub(r"[（(][^（()）]*元[)）]$", "", plain(label.text).rstrip("：:"))
    return Fund(name, row, name.startswith("其中"), tuple(entries))


def _own(grid: Grid, row: int) -> list[Cell]:
    """The cells that begin in a row and hold something."""
    return list(dict.fromkeys(cell for cell in grid.rows[row] if cell and cell.row == row and cell.text))


def _figure(figures: tuple[Figure, ...], cell: Cell | None) -> Figure | None:
    """The one figure of a cell."""
    inside = figures_in(figures, (cell.start, cell.end)) if cell else []
    return inside[0] if len(inside) == 1 else None


def _is_name(cell: Cell) -> bool:
    return _matches("project", cell, whole=True) or _matches("body", cell, whole=True)


def _total_fund(cell: Cell) -> bool:
    return _matches("total_fund", cell)


def _matches(name: str, cell: Cell, *, whole: bool = False) -> bool:
    text = plain(cell.text).rstrip("：:")
    return bool(_field(name).fullmatch(text) if whole else _field(name).search(text)) and not is_numeric(text)


@cache
def _field(name: str) -> re.Pattern[str]:
    return re.compile(lexicon.load("indicators")["fields"][name])


# ---------------------------------------------------------------------------------------------------------- a form


def _finished(document: Document, draft: _Draft) -> Iterator[Form]:
    """A form, if what was read is one: it has indicators, or funds with their total."""
    if not draft.roles and not draft.funded:
        return
    parts = [(grid, row) for grid, row in draft.parts if _own(grid, row)]
    (first, top), (last, bottom) = parts[0], parts[-1]
    yield Form(
        document=document.id,
        source=document.name,
        start=min(cell.start for cell in _own(first, top)),
        end=max(cell.end for cell in _own(last, bottom)),
        table=first.table.index,
        row=top,
        kind=_kind(draft),
        project=draft.project,
        funds=tuple(draft.funds),
        goals=tuple(draft.goals),
        weight=draft.weight.value if draft.weight else None,
        weight_span=(draft.weight.start, draft.weight.end) if draft.weight else None,
        score=draft.score.value if draft.score else None,
        score_span=(draft.score.start, draft.score.end) if draft.score else None,
    )


def _kind(draft: _Draft) -> FormKind:
    """What the labels of a form tell: words of one kind, else which columns it has."""
    labels = [*draft.labels, plain(draft.parts[0][0].table.caption)]
    for rule in lexicon.load("indicators")["form"]:
        if any(re.search(rule["label"], label) for label in labels):
            return cast("FormKind", rule["name"])
    if draft.roles and not draft.roles & {"actual", "score"}:
        return "绩效目标申报表"
    labels = [re.sub(r"[（(][^（()）]*[)）]", "", label) for label in labels]
    frame = any(label in lexicon.load("indicators")["level1"][head] for label in labels for head in ("决策", "过程"))
    return "评分表" if frame and "actual" not in draft.roles else "自评表"
