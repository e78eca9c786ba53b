"""What heads a table cell: the labels above it and to its left, by geometry and wording and not by position.

A table is laid out in rows, and each row is a title, a head, one that numbers the columns, or data. Rows of labels in a
run make one head; it holds for the rows below it down to the next one. Tables side by side under one head are halves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import Any, Literal

from extract.lexicon import load
from extract.quantities import parse_unit
from schemas.document import Cell, Table

#: `title` is a bar over all columns or the statement of a unit, `numbering` a row of column numbers, `part` a row that
#: says 其中; rows of data that nothing else is known of are `data`.
RowKind = Literal["title", "head", "numbering", "blank", "total", "part", "data"]

_EMPTY = re.compile(r"[\s—–\-－/／\\.·无空]*")
#: Cells that hold a number: ≥95%, 1,204.70, （3.5）, 30人次; not "1. 一般公共预算".
_NUMERIC = re.compile(
    r"[\s≥≤≧≦><＞＜=＝±+＋\-－−约近超不低少于高过大小（(]*[\d０-９](?:[\d０-９,，.．\s]*[\d０-９])?\s*[)）]?\s*(?:[%％‰]|\\%|(?P<unit>[十百千万亿]*[\u4e00-\u9fa5㎡³²/a-zA-Z]{0,6}?)(?:以[上下内]|左右)?)\s*"
)
_YEAR_HEAD = re.compile(r"\s*(?:19|20)\d{2}\s*年.*|\s*(?:19|20)\d{2}\s*")
_SENTENCE = re.compile("[。；]|，.*，")
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[、.．)）]|其中")
_UNIT_LINE = re.compile(r".*(?:金额)?单位\s*[：:].*")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_UNIT_TAIL = re.compile(r"[（(](?P<unit>[^（()）\d]{1,4})[)）]$")
#: What stands beside the numbers in a row that numbers the columns.
_COUNTING = re.compile("栏次|行次|序号|[甲乙丙丁戊类款项]")
#: A longer cell is no bare number; the pattern above would try every way to part its blanks.
_NUMERIC_MAX = 60
_LABEL_MAX = 40
#: A longer unit must be one that is known.
_UNIT_MAX = 3
_Row = tuple[Cell | None, ...]


def is_empty(text: str) -> bool:
    """Nothing, or a sign for nothing: —, /, 无."""
    return _EMPTY.fullmatch(text) is not None


def is_numeric(text: str) -> bool:
    """A number with at most an operator before and a unit behind: no word that only begins with one (3处需整改)."""
    match = _NUMERIC.fullmatch(text) if len(text) <= _NUMERIC_MAX else None
    unit = match["unit"] or "" if match else ""
    return match is not None and (len(unit) <= _UNIT_MAX or parse_unit(unit) is not None)


def plain(text: str) -> str:
    """Text without white space."""
    return re.sub(r"\s+", "", text)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Rows that head the columns: the labels of each column from the outermost in, and where halves begin.

    Each is itself and equal to no other, so that what is known of it can be kept.
    """

    paths: tuple[tuple[str, ...], ...]
    halves: tuple[int, ...]

    @property
    def ranges(self) -> tuple[range, ...]:
        """The columns of each half."""
        return tuple(range(low, high) for low, high in pairwise((*self.halves, len(self.paths))))

    def label(self, column: int) -> str:
        """The innermost label of a column, "" where it has none."""
        return self.paths[column][-1] if self.paths[column] else ""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table as rows of cells, merged ones repeated, with the kind of each row and the head that holds for it."""

    table: Table
    rows: tuple[_Row, ...]
    kinds: tuple[RowKind, ...]
    heads: tuple[Head | None, ...]

    @classmethod
    def of(cls, table: Table) -> "Grid":
        """Lay a table out."""
        rows = tuple(tuple(row) for row in table.grid())
        kinds = _kinds(rows)
        heads = tuple(_heads(rows, kinds))
        named = tuple(_named(at, row, kinds[at]) for at, row in enumerate(rows))
        return cls(table, rows, named, heads)

    @property
    def headers(self) -> tuple[bool, ...]:
        """For each row whether it heads columns."""
        return tuple(kind == "head" for kind in self.kinds)

    def column_labels(self, cell: Cell) -> tuple[str, ...]:
        """The labels above a cell, from the outermost in; over several columns those that all have."""
        head = self.heads[cell.row]
        if head is None:
            return ()
        first, *others = head.paths[cell.column : cell.column + cell.column_span]
        common = takewhile(lambda labels: len(set(labels)) == 1, zip(first, *others, strict=False))
        return tuple(labels[0] for labels in common)

    def row_labels(self, cell: Cell) -> tuple[str, ...]:
        """The labels to the left of a cell, from the outermost in; the code of its row where there is nothing else."""
        labels = tuple(dict.fromkeys(plain(left.text) for left in self.row_label_cells(cell)))
        code = self.code(cell) if not labels else ""
        return (code,) if code else labels

    def row_label_cells(self, cell: Cell) -> tuple[Cell, ...]:
        """The cells that label the row of a cell: the nearest run to its left of cells that are no values or codes.

        Where there is none, the first text of the row does (问题 | 满意 | 一般).
        """
        head = self.heads[cell.row] if self.column_labels(cell) else None
        found: list[Cell] = []
        texts: list[Cell] = []
        for column in range(cell.column - 1, self.half(cell).start - 1, -1):
            left = self.rows[cell.row][column]
            if left is None or left is cell or is_empty(left.text) or (found and left is found[0]):
                continue
            label = head.label(column) if head else ""
            numeric = is_numeric(left.text) and not (_YEAR_HEAD.fullmatch(left.text) and not column)
            if numeric or _pattern("answer").search(label):
                if found:
                    break
                texts += [] if numeric else [left]
            elif not _pattern("code").search(label):
                found.insert(0, left)
        return tuple(found or texts[-1:])

    def code(self, cell: Cell) -> str:
        """The code of the row of a cell, as its code columns (类, 款, 项) make it up; "" where it has none."""
        head = self.heads[cell.row]
        columns = self.half(cell) if head else ()
        lefts = (self.rows[cell.row][column] for column in columns if head and _is_code(head.paths[column]))
        parts = [left.text.strip() for left in lefts if left is not None]
        return "".join(part for part in parts if part.isascii() and part.isalnum())

    def half(self, cell: Cell) -> range:
        """The columns of the logical table that a cell stands in: all of them but where two stand side by side."""
        head = self.heads[cell.row]
        return next(columns for columns in head.ranges if cell.column in columns) if head else range(self.table.columns)

    def row_cell(self, cell: Cell, heading: re.Pattern[str]) -> Cell | None:
        """The cell of the same row and half whose column label matches `heading`."""
        head = self.heads[cell.row]
        for column in self.half(cell) if head else ():
            other = self.rows[cell.row][column]
            if other is not None and other is not cell and head and heading.search(head.label(column)):
                return other
        return None

    def is_running(self, row: int) -> bool:
        """A row of column numbers: 栏次 1 2 3 4 …"""
        return self.kinds[row] == "numbering"


# -------------------------------------------------------------------------------------------------- kinds of rows


def _kinds(rows: Sequence[_Row]) -> tuple[RowKind, ...]:
    """Which rows are titles, heads and numbering; the others are data."""
    kinds: list[RowKind] = []
    named = [_column_names(at, row) for at, row in enumerate(rows)]
    fresh = True  # nothing but titles since the table began, or since a bar
    for at, row in enumerate(rows):
        own = _own(at, row)
        kind: RowKind = "data"
        if not own:
            kind = "head" if at and kinds[-1] == "head" and _is_covered(row) else "blank"
        elif _is_running(own):
            kind = "numbering"
        elif named[at] > 1:
            kind = "head"
        elif _is_title(row, own, first="head" not in kinds):
            kind, fresh = "title", True
        elif _is_labels(own) and not _is_field(own):
            goes_on = bool(at) and kinds[-1] == "head" and _goes_on(rows, at)
            begins = fresh and ("head" not in kinds or named[at] > 0) and _stands_over(rows, named, at, own)
            kind = "head" if goes_on or begins else "data"
        if kind == "head" or (kind == "data" and any(is_numeric(cell.text) for cell in own)):
            fresh = False
        kinds.append(kind)
    return tuple(kinds)


def _own(at: int, row: _Row) -> list[Cell]:
    """The cells that begin in a row and hold something."""
    return list(dict.fromkeys(cell for cell in row if cell and cell.row == at and not is_empty(cell.text)))


def _is_covered(row: _Row) -> bool:
    return all(cell is not None and cell.text for cell in row)


def _column_names(at: int, row: _Row) -> int:
    """How many different labels of a row name columns and nothing else; 0 where a number or a field stands there."""
    own = _own(at, row)
    if any(is_numeric(cell.text) and not _YEAR_HEAD.fullmatch(cell.text) for cell in own):
        return 0
    names = dict.fromkeys(
        label
        for cell in own
        if len(label := _bare(cell.text)) <= _LABEL_MAX and (_names_column(label) or _states_unit(plain(cell.text)))
    )
    if own and _is_field(own[:1]) and len(names) < 3 and not (_is_field(own[1:2]) or _bare(own[-1].text) in names):
        return 0  # 项目名称 | 某某工程 | 资金来源 | 财政拨款
    return len(names)


def _is_running(own: Sequence[Cell]) -> bool:
    """栏次 1 2 3, 甲 乙 1 2 3, 类 款 项 栏次 1 2."""
    texts = [cell.text.strip() for cell in own]
    others = [text for text in texts if not (text.isascii() and text.isdigit())]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 4]
    if len(numbers) < 2 or len(numbers) + len(others) < len(texts):
        return False
    if len(others) > 1 and not all(_COUNTING.fullmatch(plain(text)) for text in others):
        return False
    return numbers[0] <= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_title(row: _Row, own: Sequence[Cell], *, first: bool) -> bool:
    """A bar over all columns, a text alone above the first head, or what states the unit of the table."""
    if len(own) == 1 and not is_numeric(own[0].text):
        return own[0].column_span == len(row) > 1 or (first and own[0].column == 0 and all(_blank(c, own) for c in row))
    return first and any(_UNIT_LINE.fullmatch(cell.text) for cell in own) and len(own) <= 3


def _blank(cell: Cell | None, own: Sequence[Cell]) -> bool:
    return cell is None or cell in own or is_empty(cell.text)


def _is_labels(own: Sequence[Cell]) -> bool:
    """Short texts without numbers and sentences, and not items of a list: 一、…, 其中：…"""
    texts = [_bare(cell.text) for cell in own]
    if any(len(text) > _LABEL_MAX or _SENTENCE.search(text) or _NUMBERED.match(text) for text in texts):
        return False
    return not any(is_numeric(cell.text) and not _YEAR_HEAD.fullmatch(cell.text) for cell in own)


def _is_field(own: Sequence[Cell]) -> bool:
    """项目名称 | 某某工程: a label with its value beside it."""
    return any(_pattern("field").fullmatch(plain(cell.text).rstrip("：:")) for cell in own)


def _goes_on(rows: Sequence[_Row], at: int) -> bool:
    """Whether a row of labels parts the columns of the head above it (合计 | 其中：… under one wide label).

    A row that stands under whole labels is data. One that neither parts nor ends columns is a middle row of a head if
    the label at its left reaches down to a last row that does.
    """
    own, above = _own(at, rows[at]), rows[at - 1]
    under = [_stretch(above, cell.column) for cell in own]
    if any(
        len(wide) == 1 and label and not is_empty(label) and plain(label) != plain(cell.text)
        for cell, (wide, label) in zip(own, under, strict=True)
    ):
        return False
    wide = [columns for columns, label in under if label and len(columns) > 1]
    parted = [columns for columns in wide if wide.count(columns) > 1]
    return bool(parted) or (bool(wide) and _reaches_down(rows, at))


def _stretch(row: _Row, column: int) -> tuple[range, str]:
    """The columns that the label at a place of a head stands over, and the label: cells that are blank belong to it."""
    start = column
    while start and (row[start] is row[start - 1] or _text(row, start) in ("", _text(row, start - 1))):
        start -= 1
    label, stop = _text(row, start), start + 1
    while stop < len(row) and (row[stop] is row[stop - 1] or _text(row, stop) in ("", label)):
        stop += 1
    return range(start, stop), label


def _text(row: _Row, column: int) -> str:
    cell = row[column]
    return "" if cell is None else plain(cell.text)


def _reaches_down(rows: Sequence[_Row], at: int) -> bool:
    stub = rows[at][0]
    last = stub.row + stub.row_span - 1 if stub is not None and stub.row < at else at
    return last > at and all(_is_labels(_own(row, rows[row])) for row in range(at, last + 1)) and last < len(rows) - 1


def _stands_over(rows: Sequence[_Row], named: Sequence[int], at: int, own: Sequence[Cell]) -> bool:
    """Whether labels stand over numbers of their kind, or head every column of a table without numbers."""
    stop = next((row for row in range(at + 1, len(rows)) if named[row] > 1), len(rows))
    below = [cell for row in range(at + 1, stop) for cell in _own(row, rows[row]) if is_numeric(cell.text)]
    covered = {column: cell for cell in own for column in range(cell.column, cell.column + cell.column_span)}
    whole = all(column in covered or not column for column in range(len(rows[at])))
    if not below:
        return whole and len(own) > 1 and at + 1 < len(rows)
    counts = {column: sum(cell.column == column for cell in below) for column in covered}
    return any(
        counts[column] and (_pattern("value").search(plain(label.text)) or (counts[column] > 1 and whole))
        for column, label in covered.items()
        if column or len(own) > 1
    )


def _named(at: int, row: _Row, kind: RowKind) -> RowKind:
    """A row of data by its first label: a total, or a part of the one above."""
    if kind != "data":
        return kind
    labels = (plain(cell.text).rstrip("：:") for cell in _own(at, row))
    first = next((label for label in labels if not is_numeric(label) and not label.isascii()), "")
    if _pattern("part").match(first):
        return "part"
    return "total" if _pattern("total").search(_bare(first)) else "data"


# ---------------------------------------------------------------------------------------------------------- heads


def _heads(rows: Sequence[_Row], kinds: Sequence[RowKind]) -> Iterator[Head | None]:
    """For each row the head above it; a row of a head has the rows of that head above it."""
    run: list[int] = []
    head: Head | None = None
    for at in range(len(rows)):
        if kinds[at] == "head":
            if run and (run[-1] < at - 1 or _begins_anew(rows, at)):
                run = []
            yield _head(rows, kinds, run) if run else None
            run.append(at)
        else:
            if run and run[-1] == at - 1:
                head = _head(rows, kinds, run)
            yield head


def _begins_anew(rows: Sequence[_Row], at: int) -> bool:
    """A head right under another that shares no column with it."""
    return all(cell is None or cell.row == at for cell in rows[at]) and not _goes_on(rows, at)


def _head(rows: Sequence[_Row], kinds: Sequence[RowKind], run: Sequence[int]) -> Head:
    labels = [_labels_of(rows, run, place) for place in range(len(run))]
    paths = tuple(tuple(dict.fromkeys(filter(None, column))) for column in zip(*labels, strict=True))
    return Head(paths, _halves(paths, _numbers_below(rows, kinds, run[-1] + 1)))


def _labels_of(rows: Sequence[_Row], run: Sequence[int], place: int) -> list[str]:
    """The label that each column has in a row of a head; a wide one that is not merged reaches over blanks."""
    row = rows[run[place]]
    texts = [_text(row, column) for column in range(len(row))]
    found = ["" if is_empty(text) or _UNIT_LINE.fullmatch(text) else text for text in texts]
    if place + 1 < len(run):
        below = rows[run[place + 1]]
        for column in range(1, len(row)):
            blank = not found[column] and _text(row, column) == "" and _text(below, column)
            if blank and found[column - 1] and _text(below, column - 1) not in ("", found[column - 1]):
                found[column] = found[column - 1]
    return found


def _numbers_below(rows: Sequence[_Row], kinds: Sequence[RowKind], start: int) -> list[bool]:
    """For each column whether it holds numbers between a head and the next one."""
    stop = next((at for at in range(start, len(rows)) if kinds[at] == "head"), len(rows))
    found = [False] * len(rows[0])
    for at in range(start, stop):
        for cell in _own(at, rows[at]) if kinds[at] != "numbering" else ():
            found[cell.column] = found[cell.column] or is_numeric(cell.text)
    return found


def _halves(paths: Sequence[tuple[str, ...]], numbers: Sequence[bool]) -> tuple[int, ...]:
    """Where logical tables begin: at the left, and where its first labels come again behind a column of values."""
    starts = [0]
    labels = [_side(path[-1]) if path else "" for path in paths]
    for column in range(1, len(paths)):
        label = labels[column]
        same = label in labels[starts[-1] : column] and label != labels[column - 1]
        values = any(
            numbers[place] and not _is_code(paths[place]) and not _is_stub(labels[place])
            for place in range(starts[-1], column)
        )
        if _is_stub(label) and same and values:
            starts.append(column)
    return tuple(starts)


def _is_stub(label: str) -> bool:
    return _pattern("stub").search(label) is not None


@lru_cache(maxsize=4096)
def _side(label: str) -> str:
    """收入项目 and 支出项目 are one label on two sides, so are 收入 and 支出."""
    return re.sub(_pattern("sides"), "", _bare(label)) or "收入"


def _is_code(path: Sequence[str]) -> bool:
    return bool(path) and _pattern("code").search("/".join(path)) is not None


@lru_cache(maxsize=4096)
def _states_unit(label: str) -> bool:
    """批复规模（㎡）, 金额（万元）."""
    match = _UNIT_TAIL.search(label)
    return match is not None and parse_unit(match["unit"]) is not None


@lru_cache(maxsize=4096)
def _names_column(label: str) -> bool:
    return _pattern("column").search(label) is not None


def _bare(text: str) -> str:
    """A label without what it says in brackets: 预算数（A） is 预算数."""
    flat = plain(text)
    return _BRACKETS.sub("", flat) or flat


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words: dict[str, Any] = load("headers")
    return re.compile(re.sub(r"\s", "", words["identifier"][name] if name == "code" else words[name]))
