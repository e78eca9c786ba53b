"""A table as the checks see it: blocks of rows under one head, cut into panels of labels and the values beside them.

A form of several heads (funds above, indicators below) is several blocks; an account with revenue on the left and
expenditure on the right is one block of two panels.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from extract.grid import Grid, is_empty, is_numeric
from extract.lexicon import load
from pipelines.audit.context import Context
from schemas.document import Cell, Table
from schemas.figure import Figure

CODE_HEAD = re.compile(load("headers")["identifier"]["code"])
#: 208, 20805, 2080501: what a budget code looks like; 类, 款 and 项 may also stand in columns of their own.
JOINED_CODE = re.compile(r"\d{3}(?:\d{2}){0,3}")
LEADING_CODE = re.compile(r"(?P<code>\d{3}(?:\d{2}){0,2})(?=[^\d.,，%％年月])")
SPLIT_HEADS = ("类", "款", "项")
#: A code that stands in a column of its own has two digits below the first one: 2 is 02.
PART_WIDTH = 2
CODE_MIN = 3


def flat(text: str) -> str:
    """A label without white space, a closing colon and a unit in brackets: 合 计（万元）： is 合计."""
    bare = re.sub(r"\s+", "", text).rstrip("：:")
    return re.sub(r"[（(](?:单位[：:])?(?:人民币)?[万亿]?元[)）]$|[（(]分[)）]$", "", bare)


@dataclass(frozen=True, slots=True)
class Value:
    """What stands where a row meets a column: a figure, nothing (`blank`), or else words that are no number."""

    figure: Figure | None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a panel: its labels from the outermost in, its code (20805) or ""."""

    row: int
    labels: tuple[str, ...]
    code: str = ""

    @property
    def label(self) -> str:
        """The innermost label."""
        return self.labels[-1] if self.labels else ""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Label columns and the value columns to their right, with the lines that have any label."""

    lines: tuple[Line, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The rows below one head. `head` and `rows` are row indices; the head may be empty."""

    sheet: "Sheet"
    head: tuple[int, ...]
    rows: tuple[int, ...]
    panels: tuple[Panel, ...]

    def stack(self, column: int) -> tuple[Cell, ...]:
        """The cells of the head above a column, from the outermost in, a merged one once."""
        cells = (self.sheet.grid.rows[row][column] for row in self.head)
        return tuple(dict.fromkeys(cell for cell in cells if cell is not None and not is_empty(cell.text)))

    def titles(self, column: int) -> tuple[str, ...]:
        """The labels above a column, from the outermost in."""
        return tuple(flat(cell.text) for cell in self.stack(column))


class Sheet:
    """One table with its figures by cell."""

    def __init__(self, table: Table, figures: Sequence[Figure]) -> None:
        """Lay out a table; `figures` are those that stand in it."""
        self.table = table
        self.grid = Grid.of(table)
        self._figures: dict[tuple[int, int], list[Figure]] = {}
        for figure in figures:
            if figure.table is not None:
                self._figures.setdefault((figure.table.row, figure.table.column), []).append(figure)
        self.name = flat(table.caption)[:40] or f"表{table.index + 1}"

    def value(self, row: int, column: int) -> Value:
        """What a cell says, by the figure that fills it."""
        cell = self.grid.rows[row][column]
        if cell is None or is_empty(cell.text):
            return Value(None, blank=True)
        found = self._figures.get((cell.row, cell.column), [])
        if len(found) == 1 and _fills(found[0], cell):
            return Value(found[0])
        return Value(None)

    def own(self, row: int, column: int) -> bool:
        """Whether a cell begins here and is no other one that reaches this far."""
        cell = self.grid.rows[row][column]
        return cell is not None and (cell.row, cell.column) == (row, column)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The table cut at its heads."""
        valued = {column for _, column in self._figures}
        heads = [self.grid.headers[row] and self._is_head(row, valued) for row in range(self.table.rows)]
        blocks: list[Block] = []
        head: tuple[int, ...] = ()
        for is_head, run in groupby(range(self.table.rows), key=heads.__getitem__):
            if is_head:
                head = tuple(run)
            elif blocks and head and self._says(head) == self._says(blocks[-1].head):  # the head again on a new page
                blocks[-1] = self._block(blocks[-1].head, (*blocks[-1].rows, *run))
            else:
                blocks.append(self._block(head, tuple(run)))
        return tuple(blocks)

    def _says(self, rows: Sequence[int]) -> list[str]:
        return [flat(cell.text) for row in rows for cell in self.grid.rows[row] if cell is not None]

    def _is_head(self, row: int, valued: set[int]) -> bool:
        """Whether a row of labels heads columns.

        Not one whose cells in the columns of figures are empty (外交支出 | ), and below numbers not one with words in a
        single column of figures (设备更新 | 详见附件), unless it says what the first row says.
        """
        cells = {self.grid.rows[row][column] for column in valued}
        written = [cell for cell in cells if cell is not None and not is_empty(cell.text)]
        below = any(at < row for at, _ in self._figures)
        return not valued or len(written) > 1 or (bool(written) and (not below or self._says([row]) == self._says([0])))

    def _block(self, head: tuple[int, ...], rows: tuple[int, ...]) -> Block:
        block = Block(self, head, rows, ())
        sorts = [self._sort(block, column) for column in range(self.table.columns)]
        panels: list[Panel] = []
        labels: list[int] = []
        values: list[int] = []
        for column, sort in enumerate([*sorts, "label"]):
            if sort == "label" and values:
                panels.append(Panel(tuple(self._lines(block, labels, rows)), tuple(values)))
                labels, values = [], []
            if sort == "label":
                labels.append(column)
            else:
                values.append(column)
        return Block(self, head, rows, tuple(panels))

    def _sort(self, block: Block, column: int) -> str:
        """Whether a column of a block holds labels or values; one that is empty holds values that are not given."""
        figures = words = 0
        for row in block.rows:
            cell = self.grid.rows[row][column]
            if cell is None or is_empty(cell.text) or cell.column != column:
                continue
            figures += self.value(row, column).figure is not None
            words += self.value(row, column).figure is None
        return "label" if words > figures else "value"

    def _lines(self, block: Block, columns: Sequence[int], rows: Sequence[int]) -> Iterator[Line]:
        if not columns:
            yield from (Line(row, ()) for row in rows)
            return
        split = [c for c in columns if block.titles(c) and block.titles(c)[-1] in SPLIT_HEADS]
        for row in rows:
            cells = [(c, self.grid.rows[row][c]) for c in columns]
            written = [(c, cell) for c, cell in cells if cell is not None and not is_empty(cell.text)]
            code, labels = "", []
            for column, cell in dict.fromkeys(written):
                text = flat(cell.text)
                if text.isascii() and text.isdigit():
                    code += text.zfill(PART_WIDTH) if column in split and code else _joined(block, column, text)
                elif text not in labels:
                    labels.append(text)
            leading = LEADING_CODE.match(labels[-1]) if labels and not code else None
            if leading:
                code, labels[-1] = leading["code"], labels[-1][leading.end() :].lstrip("-—、.．")
            if labels:
                yield Line(row, tuple(labels), code if len(code) >= CODE_MIN else "")


def _joined(block: Block, column: int, text: str) -> str:
    """A code of a column of codes; a running number (序号) is none."""
    head = "/".join(block.titles(column))
    return text if JOINED_CODE.fullmatch(text) and (not head or CODE_HEAD.search(head) or "科目" in head) else ""


def _fills(figure: Figure, cell: Cell) -> bool:
    """Whether a figure is all that a cell says."""
    rest = cell.text[: max(0, figure.start - cell.start)] + cell.text[figure.end - cell.start :]
    return is_numeric(cell.text) or not re.search(r"[\w≥≤]", rest)


def sheets(context: Context) -> tuple[Sheet, ...]:
    """The tables of a document, in order."""
    by_table: dict[int, list[Figure]] = {}
    for figure in context.extraction.figures:
        if figure.table is not None:
            by_table.setdefault(figure.table.index, []).append(figure)
    return tuple(Sheet(table, by_table[table.index]) for table in context.document.tables if table.index in by_table)
