"""Forms that a converter flattened to one cell a line, put back into rows where the labels leave one way to do it.

    年初预算数⏎全年预算数⏎全年执行数⏎分值⏎执行率⏎得分⏎年度资金总额⏎126.00⏎138.50⏎131.58⏎10⏎95.00%⏎9.5

A row counts only when it has just the values that its header asks for; the first one that does not ends the table, and
its lines stay lines. Such a table is suspect: its columns are inferred, not seen.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from extract.grid import is_empty, is_numeric
from extract.lexicon import load
from schemas.claim import Span
from schemas.document import Cell, Table

_LEAST = 4  # labels in a header; fewer may be the words of a sentence
_LONGEST = 40
_NEAR = 20  # lines between the statement of the unit and the header: name, department, period
_UNIT = re.compile(r"单位\s*[：:]\s*(?:人民币)?(?P<unit>[百千万亿]{0,2}元)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:分)?")
_REMARK = re.compile(r"[（(][^（）()]*[)）]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text without its outer white space."""

    start: int
    end: int
    text: str


#: A row: the line of each column that has one.
_Row = dict[int, Line]


def tables(lines: Sequence[Line]) -> Iterator[tuple[Span, Table]]:
    """The tables in a text with the half-open range of lines that each takes up, in order."""
    at = index = 0
    while at < len(lines):
        header = _header(lines, at)
        rows, stop = _rows(lines, at, header) if len(header) >= _LEAST else ([], at)
        if rows:
            yield (at, stop), _with_unit(_table(index, lines[at:stop], header, rows), lines[max(0, at - _NEAR) : at])
            at, index = stop, index + 1
        else:
            at += max(1, len(header))


def _with_unit(table: Table, above: Sequence[Line]) -> Table:
    """The unit that a line not far above states: 金额单位：万元."""
    for line in reversed(above):
        if match := _UNIT.search(line.text):
            span = (line.start + match.start(), line.start + match.end())
            return replace(table, unit=match.group("unit"), unit_span=span)
    return table


@cache
def _words(group: str) -> frozenset[str]:
    return frozenset(load("stacked")[group])


@cache
def _all_words() -> frozenset[str]:
    return frozenset[str]().union(*(_words(group) for group in load("stacked")))


def _label(line: Line) -> str:
    return _REMARK.sub("", re.sub(r"\s+", "", line.text))


def _header(lines: Sequence[Line], at: int) -> list[str]:
    """The run of different column labels from a line on."""
    known = _all_words()
    found: list[str] = []
    for line in lines[at:]:
        label = _label(line)
        if label not in known or label in found:
            break
        found.append(label)
    return found


def _rows(lines: Sequence[Line], at: int, header: list[str]) -> tuple[list[_Row], int]:
    begin = at + len(header)
    if set(header) <= _words("funds"):
        return _fund_rows(lines, begin, len(header))
    return _indicator_rows(lines, begin, header)


def _table(index: int, lines: Sequence[Line], header: list[str], rows: list[_Row]) -> Table:
    """The header as row 0, above the columns; the labels of a block of funds have none."""
    shift = 1 if set(header) <= _words("funds") else 0
    heads = {column + shift: line for column, line in enumerate(lines[: len(header)])}
    cells = tuple(
        Cell(row, column, line.start, line.end, line.text)
        for row, members in enumerate([heads, *rows])
        for column, line in sorted(members.items())
    )
    size = (len(rows) + 1, len(header) + shift)
    return Table(index, lines[0].start, cells[-1].end, *size, cells, header_rows=1, quality="suspect")


def _is_value(line: Line) -> bool:
    return is_numeric(line.text) or is_empty(line.text)


def _fund_rows(lines: Sequence[Line], at: int, width: int) -> tuple[list[_Row], int]:
    """Rows of a label and exactly `width` values."""
    rows: list[_Row] = []
    while at + width < len(lines):
        label, values = lines[at], lines[at + 1 : at + 1 + width]
        after = lines[at + 1 + width : at + 2 + width]
        if _is_value(label) or len(label.text) > _LONGEST or not all(map(_is_value, values)):
            break
        if after and _is_value(after[0]):
            break
        rows.append(dict(enumerate([label, *values])))
        at += 1 + width
    return rows, at


def _indicator_rows(lines: Sequence[Line], at: int, header: list[str]) -> tuple[list[_Row], int]:
    """Rows of (levels) indicator, target, result, weight, score (reason); levels and reason may be missing."""
    groups = [_group(label) for label in header]
    if groups.count("name") != 1 or groups[groups.index("name") :][: groups.count("middle") + 3] != _shape(groups):
        return [], at
    name, middle = groups.index("name"), groups.count("middle")
    rows: list[_Row] = []
    while True:
        levels = _levels(lines, at, name)
        begin = at + len(levels)
        if not _is_row(lines, begin, middle):
            break
        row: _Row = {column: lines[at + offset] for offset, column in enumerate(levels)}
        row |= {name + offset: lines[begin + offset] for offset in range(middle + 3)}
        at = begin + middle + 3
        if "reason" in groups and _is_reason(lines, at, name, middle):
            row[groups.index("reason")] = lines[at]
            at += 1
        rows.append(row)
    if rows and _is_total(lines, at):
        rows.append({name: lines[at], name + middle + 1: lines[at + 1], name + middle + 2: lines[at + 2]})
        at += 3
    return rows, at


def _is_total(lines: Sequence[Line], at: int) -> bool:
    """总分⏎100⏎94.02 at the end."""
    return at + 2 < len(lines) and _label(lines[at]) in load("indicators")["totals"] and _is_row(lines, at, 0)


def _group(label: str) -> str:
    return next((group for group in load("stacked") if group != "funds" and label in _words(group)), "")


def _shape(groups: list[str]) -> list[str]:
    """The order that a row must have from the indicator on."""
    return ["name", *["middle"] * groups.count("middle"), "weight", "score"]


def _levels(lines: Sequence[Line], at: int, name: int) -> list[int]:
    """The columns of the level names that stand before the indicator."""
    framework = load("indicators")
    found: list[int] = []
    for line in lines[at : at + name]:
        first = any(_label(line) in forms for forms in framework["level1"].values())
        second = any(_label(line) in forms for forms in framework["level2"].values())
        if not found and first and name > 1:
            found.append(0)
        elif second and (not found or found[-1] == 0):
            found.append(name - 1)
        else:
            break
    return found


def _is_row(lines: Sequence[Line], at: int, middle: int) -> bool:
    """An indicator, its values, and two bare numbers of which the second is not the larger."""
    if at + middle + 3 > len(lines) or _is_value(lines[at]) or len(lines[at].text) > _LONGEST:
        return False
    weight, score = lines[at + middle + 1].text, lines[at + middle + 2].text
    if not _NUMBER.fullmatch(weight) or not _NUMBER.fullmatch(score):
        return False
    return float(score.rstrip("分")) <= float(weight.rstrip("分")) <= 100


def _is_reason(lines: Sequence[Line], at: int, name: int, middle: int) -> bool:
    """A line that begins no row itself, before one that does or before the end."""
    if at >= len(lines) or _is_value(lines[at]) or _is_total(lines, at):
        return False

    def starts(place: int) -> bool:
        return _is_row(lines, place + len(_levels(lines, place, name)), middle)

    return not starts(at) and (starts(at + 1) or not _levels(lines, at, name))
