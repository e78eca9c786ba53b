"""What heads a table cell: the labels above it and to its left, by geometry and not by position."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from extract.lexicon import load
from schemas.document import Cell, Table

_EMPTY = re.compile(r"[\s—–\-－/／\\.·无空]*")
#: Cells that hold a number: ≥95%, 1,204.70, （3.5）, 2023年12月, 30人次.
_NUMERIC = re.compile(
    r"[\s≥≤≧≦><＞＜=＝±+＋\-－−约近超不低少于高过大小（(]*[\d０-９][\d０-９,，.．\s]*[)）]?\s*(?:[%％‰]|\\%|[十百千万亿]*[\u4e00-\u9fa5㎡³²/a-zA-Z]{0,6}(?:以[上下内]|左右)?)\s*"
)
_YEAR_HEAD = re.compile(r"\s*(?:19|20)\d{2}\s*年.*|\s*(?:19|20)\d{2}\s*")
_SENTENCE = re.compile("[。；]|，.*，")
#: Labels whose value stands beside them and not below.
_FORM_FIELD = re.compile(
    "(?:项目|单位|部门)(?:名称|编码|代码)|主管部门|实施单位|项目单位|填报单位|预算单位|项目负责人|负责人|联系人|联系电话|填报日期|填表人"
)
_UNIT_LINE = re.compile(r".*(?:金额)?单位\s*[：:].*")
#: A longer cell is no bare number; the pattern above would try every way to part its blanks.
_NUMERIC_MAX = 60
#: No head is taller. Of more rows of labels on end only the first and the last head what is below them.
_HEAD_ROWS = 6
#: So far below a row of labels its numbers may begin: a head of two or three rows.
_BELOW = 3
_Row = tuple[Cell | None, ...]
#: Columns that hold answers and no labels.
_VALUE_COLUMN = re.compile(
    r"指标值|目标值|完成值|完成情况|完成程度|得分|分值|权重|原因|措施|备注|^说明|评分标准|评价标准|扣分|评分细则|预期目标|计划值"
)


def is_empty(text: str) -> bool:
    """Nothing, or a sign for nothing: —, /, 无."""
    return _EMPTY.fullmatch(text) is not None


def is_numeric(text: str) -> bool:
    """A number with at most an operator before and a short unit behind."""
    return len(text) <= _NUMERIC_MAX and _NUMERIC.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A table as rows of cells, merged ones repeated, and for each row whether it heads columns.

    `above` has, for each row, the nearest row above it that does, -1 where there is none.
    """

    table: Table
    rows: tuple[_Row, ...]
    headers: tuple[bool, ...]
    above: tuple[int, ...]

    @classmethod
    def of(cls, table: Table) -> "Grid":
        """Lay a table out."""
        rows = tuple(tuple(row) for row in table.grid())
        labels = [_is_header(row, rows[at + 1 : at + 1 + _BELOW]) for at, row in enumerate(rows)]
        headers = tuple(_heads(labels))
        above = [-1]
        for at, head in enumerate(headers):
            above.append(at if head else above[-1])
        return cls(table, rows, headers, tuple(above[:-1]))

    def column_labels(self, cell: Cell) -> tuple[str, ...]:
        """The labels above a cell, from the outermost in: the nearest block of rows without numbers."""
        row = self.above[cell.row]
        found: list[str] = []
        while row >= 0 and self.headers[row]:
            above = self.rows[row][cell.column]
            text = "" if above is None else _flat(above.text)
            if text and not is_empty(text) and not _UNIT_LINE.fullmatch(text) and text not in found:
                found.insert(0, text)
            row -= 1
        return tuple(found)

    def row_labels(self, cell: Cell) -> tuple[str, ...]:
        """The labels to the left of a cell, from the outermost in: the nearest run of cells that are no values."""
        found: list[str] = []
        for column in range(cell.column - 1, -1, -1):
            left = self.rows[cell.row][column]
            if left is None or left is cell or is_empty(left.text):
                continue
            if is_numeric(left.text) or _VALUE_COLUMN.search("/".join(self.column_labels(left))):
                if found:
                    break
                continue
            text = _flat(left.text)
            if text not in found:
                found.insert(0, text)
        return tuple(found)

    def row_cell(self, cell: Cell, heading: re.Pattern[str]) -> Cell | None:
        """The cell of the same row whose column label matches `heading`."""
        for other in self.rows[cell.row]:
            labels = self.column_labels(other) if other is not None and other is not cell else ()
            if labels and heading.search(labels[-1]):
                return other
        return None

    def is_running(self, row: int) -> bool:
        """A row of column numbers: 栏次 1 2 3 4 …"""
        cells = dict.fromkeys(cell for cell in self.rows[row] if cell is not None and not is_empty(cell.text))
        texts = [cell.text.strip() for cell in cells]
        numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 4]
        if len(numbers) < 2 or len(texts) - len(numbers) > 1:
            return False
        return numbers[0] <= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _heads(labels: Sequence[bool]) -> Iterator[bool]:
    """Which rows of labels are heads: all of a run of them, of a run too tall for a head the first and the last."""
    for labelled, run in groupby(labels):
        height = len(list(run))
        for at in range(height):
            yield labelled and (height <= _HEAD_ROWS or at in (0, height - 1))


def _is_header(row: _Row, below: Sequence[_Row]) -> bool:
    """A row of several short labels, without numbers or sentences, and no pair such as 项目名称 | 某某工程."""
    cells = dict.fromkeys(cell for cell in row if cell is not None and not is_empty(cell.text))
    texts = [cell.text for cell in cells]
    if len(texts) < 2 or any(len(text) > 40 or _SENTENCE.search(text) for text in texts):
        return False
    if _FORM_FIELD.fullmatch(_flat(texts[0])) and not _heads_numbers(row, below):
        return False
    return not any(is_numeric(text) and not _YEAR_HEAD.fullmatch(text) for text in texts)


def _heads_numbers(row: _Row, below: Sequence[_Row]) -> bool:
    """项目名称 | 预算数 | 执行率 above numbers heads columns; 项目名称 | 某某工程 is a field with its value."""
    under: _Row = next((one for one in below if any(cell is not None and is_numeric(cell.text) for cell in one)), ())
    named = [
        label
        for label, cell in zip(row, under, strict=False)
        if label is not None and cell is not None and is_numeric(cell.text) and _kinds().search(_flat(label.text))
    ]
    return len(named) > 1


@cache
def _kinds() -> re.Pattern[str]:
    """What a column of scores, rates or money is called."""
    return re.compile("|".join(load("headers")["kind"].values()))


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)
