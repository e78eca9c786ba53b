"""The cells that ruling lines enclose, table by table, by pdfplumber's steps and with its results.

The one place that knows pdfplumber. The step from the points where lines cross to the cells is ours: pdfplumber's
looks at all points again for each point, which takes a third of the time of a page with a table.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from extract.ingest.paged.glyphs import Point, Rule

#: x0, top, x1, bottom.
CellBox = tuple[float, float, float, float]
#: Points: what pdfplumber takes unless it is told otherwise.
_SHORT, _TOLERANCE = 1, 3


def cells_by_table(rules: Sequence[Rule]) -> list[list[CellBox]]:
    """The cells of each table from top to bottom; a frame around a single text is none."""
    from pdfplumber.table import cells_to_tables, edges_to_intersections, merge_edges
    from pdfplumber.utils.geometry import filter_edges

    edges = filter_edges([_edge(rule) for rule in sorted(rules, key=_is_level)], min_length=_SHORT)
    merged = filter_edges(merge_edges(edges, *[_TOLERANCE] * 4), min_length=_TOLERANCE)
    cells = list(_cells(edges_to_intersections(merged, _TOLERANCE, _TOLERANCE)))
    tables: list[list[CellBox]] = cells_to_tables(cells)
    return tables


def _is_level(rule: Rule) -> bool:
    return rule.x0 != rule.x1


def _edge(rule: Rule) -> dict[str, Any]:
    return {
        "object_type": "line",
        "orientation": "h" if _is_level(rule) else "v",
        "x0": rule.x0,
        "x1": rule.x1,
        "top": rule.top,
        "bottom": rule.bottom,
        "width": rule.x1 - rule.x0,
        "height": rule.bottom - rule.top,
    }


def _cells(crossings: Mapping[Point, Mapping[str, Sequence[Mapping[str, float]]]]) -> Iterator[CellBox]:
    """The smallest rectangle below and right of each point whose four sides lie on lines."""
    upright = {point: _boxes(lines["v"]) for point, lines in crossings.items()}
    level = {point: _boxes(lines["h"]) for point, lines in crossings.items()}
    ys, xs = defaultdict(list), defaultdict(list)
    for x, y in sorted(crossings):
        ys[x].append(y)
        xs[y].append(x)
    for x, y in sorted(crossings):
        right = [other for other in xs[y] if other > x and not level[x, y].isdisjoint(level[other, y])]
        below = (other for other in ys[x] if other > y and not upright[x, y].isdisjoint(upright[x, other]))
        corner = next(
            (
                (across, down)
                for down in below
                for across in right
                if (across, down) in crossings
                and not upright[across, down].isdisjoint(upright[across, y])
                and not level[across, down].isdisjoint(level[x, down])
            ),
            None,
        )
        if corner:
            yield x, y, *corner


def _boxes(lines: Sequence[Mapping[str, float]]) -> frozenset[tuple[float, ...]]:
    return frozenset((line["x0"], line["top"], line["x1"], line["bottom"]) for line in lines)
