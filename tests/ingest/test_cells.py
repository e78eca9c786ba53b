"""Our step from lines to cells gives what pdfplumber's gives, as slowly as it likes."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pdfplumber.table import TableFinder

from extract.ingest.paged import cells
from extract.ingest.paged.glyphs import Rule

PLACES = st.integers(0, 12).map(lambda step: step * 4.5)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    at, start, end = draw(PLACES), *sorted((draw(PLACES), draw(PLACES)))
    return Rule(start, at, end, at) if draw(st.booleans()) else Rule(at, start, at, end)


@settings(max_examples=150, deadline=None)
@given(st.lists(rules(), max_size=40))
def test_cells_are_those_of_pdfplumber(drawn: list[Rule]) -> None:
    page: Any = SimpleNamespace(edges=[cells._edge(rule) for rule in drawn])
    assert cells.cells_by_table(drawn) == [table.cells for table in TableFinder(page).tables]


def test_a_grid_of_two_rows() -> None:
    level = [Rule(0, y, 100, y) for y in (0, 20, 40)]
    upright = [Rule(x, 0, x, 40) for x in (0, 50, 100)]
    assert cells.cells_by_table([*level, *upright]) == [
        [(0, 0, 50, 20), (0, 20, 50, 40), (50, 0, 100, 20), (50, 20, 100, 40)]
    ]
    assert cells.cells_by_table(level) == []
