"""The working paper: one workbook with findings, recomputations, figures, claims, comparison, and what was not read."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipelines.compare import ROWS, compare, pivot
from pipelines.export.cells import fitting, is_exact, number_format
from pipelines.export.labels import label, word
from pipelines.store import Store
from schemas.decision import STATUSES

Row = Mapping[str, Any]

#: Rows of a sheet, heading included; what is more goes on in a second sheet.
MOST_ROWS = 1_048_576

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "宋体", "font_size": 10.5},
}
_HEAD = {"bold": True, "bg_color": "#1F3A5F", "font_color": "white", "border": 1, "align": "center", "text_wrap": True}
_TEXT = {"border": 1, "valign": "top", "text_wrap": True, "quote_prefix": True}
#: Points of a line of text, and of the tallest row that Excel takes.
_LINE, _TALLEST = 14.5, 409
_COLOURS = {
    "错误": "#F8D7DA",
    "不符": "#F8D7DA",
    "警告": "#FFE8CC",
    "尾差": "#FFE8CC",
    "复核": "#FFF8DC",
    "不能确定": "#FFF8DC",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its rows out of the store, and the columns shown of them with their widths in characters."""

    name: str
    rows: Callable[[Store], Iterable[Row]]
    columns: tuple[tuple[str, int], ...]


def _view(name: str) -> Callable[[Store], Iterable[Row]]:
    return lambda store: store.iterate(name)


@cache
def _titles() -> dict[str, str]:
    """The title of each check by its id."""
    from pipelines.audit import CHECKS

    return {check.id: check.title for check in CHECKS}


def _findings(store: Store) -> Iterator[Row]:
    for row in store.iterate("judged"):
        evidence = row["evidence"]
        places = "\n".join(f"{one['place']}：{one['text']}" for one in evidence)
        check = f"{row['check']} {_titles().get(row['check'], '')}".strip()
        yield {
            **row,
            "check": check,
            "evidence": places,
            "text": "\n".join(dict.fromkeys(one["snippet"] for one in evidence)),
        }


def _relations(store: Store) -> Iterator[Row]:
    for row in store.iterate("relations"):
        check = f"{row['check']} {_titles().get(row['check'], '')}".strip()
        yield {**row, "check": check, "operands": "；".join(f"{one['part']} {one['text']}" for one in row["operands"])}


def _figures(store: Store) -> Iterator[Row]:
    for row in store.iterate("figures"):
        cell = row["table"] or {}
        place = "／".join(part for part in (cell.get("row_label"), cell.get("column_label")) if part)
        yield {**row, "cell": cell.get("cell"), "table": place}


def _forms(store: Store) -> Iterator[Row]:
    """Forms with a line for each row of their funds and each goal."""
    for row in store.iterate("forms"):
        funds = (" ".join((fund["name"], *map(_entry, fund["entries"]))) for fund in row["funds"] or ())
        goals = ("；".join(filter(None, (goal["expected"], goal["actual"]))) for goal in row["goals"] or ())
        yield {**row, "funds": "\n".join(funds), "goals": "\n".join(goals)}


def _entry(entry: Row) -> str:
    return f"{word('role', entry['role'])}{entry['value']}"


_NUMERALS = ("numerals", "figures", "dates", "identifiers", "unexplained")
_MEANINGS = (
    ("数字串", "原文里的每一串数字；一个数据、日期或编号可以含几串（“4月18日”有两串）。"),
    ("疑点", "只说明哪些数不能同时成立，不判断哪一个错。"),
    ("相符", "按所印位数复算，结果一致。"),
    ("尾差", "各数四舍五入后可以同时成立。"),
    ("不符", "无论各数如何四舍五入，都不能同时成立。"),
    ("不能确定", "有不止一种合理的读法。"),
    ("未核", "缺少复算所需的数，原因见“原因”一栏。"),
    ("对比", "一格有两个数，表示不同的地方说法不一；空格表示没有记录，不是零。"),
    ("金额", "单位为万元；上限、下限是所印位数代表的区间。"),
)


def _notes(store: Store) -> Iterator[Row]:
    """What the workbook rests on: files by outcome, numerals by what they are; and what the words mean."""
    documents = store.rows("documents")
    outcomes = Counter(word("outcome", row["outcome"]) for row in documents)
    numerals = {label(name): sum(row[name] or 0 for row in documents) for name in _NUMERALS}
    for name, counts in (("文档", outcomes), ("数字", numerals)):
        yield {"名称": name, "内容": "，".join(f"{what} {count}" for what, count in counts.items())}
    for name, text in _MEANINGS:
        yield {"名称": name, "内容": text}


NOTES = Sheet("说明", _notes, (("名称", 14), ("内容", 90)))
CONTENTS: tuple[Sheet, ...] = (
    Sheet(
        "疑点清单",
        _findings,
        (
            ("severity", 7), ("check", 14), ("statement", 44), ("source", 28), ("evidence", 28), ("text", 44),
            ("recomputation", 30), ("difference", 12), ("alternatives", 18), ("materiality", 12), ("status", 9),
            ("note", 24), ("person", 9), ("until", 12), ("decided", 20), ("fingerprint", 18),
        ),
    ),
    Sheet(
        "复算",
        _relations,
        (
            ("verdict", 9), ("kind", 8), ("check", 14), ("source", 28), ("formula", 24), ("substituted", 36),
            ("stated", 14), ("low", 14), ("high", 14), ("operands", 36), ("cause", 8), ("reason", 24), ("id", 18),
        ),
    ),
    Sheet(
        "数据清单",
        _figures,
        (
            ("source", 28), ("section", 24), ("page", 6), ("cell", 8), ("text", 18), ("kind", 7), ("value", 14),
            ("unit", 8), ("low", 14), ("high", 14), ("approx", 7), ("role", 9), ("subject", 22), ("period", 12),
            ("direction", 6), ("base", 12), ("per", 8), ("table", 24), ("reading", 7), ("confidence", 8), ("rule", 18),
            ("note", 18),
        ),
    ),
    Sheet(
        "指标",
        _view("claims"),
        (
            ("source", 28), ("level1", 12), ("level2", 12), ("level3", 28), ("operator", 6), ("target", 16),
            ("actual", 16), ("unit", 8), ("weight", 8), ("score", 8), ("verdict", 9), ("reason", 28), ("text", 36),
        ),
    ),
    Sheet(
        "评价表",
        _forms,
        (
            ("source", 28), ("kind", 14), ("project", 28), ("weight", 8), ("score", 8), ("funds", 60), ("goals", 60),
        ),
    ),
)  # fmt: skip
REST: tuple[Sheet, ...] = (
    Sheet("未读文件", _view("failures"), (("source", 44), ("outcome", 10), ("message", 44), ("place", 16))),
    Sheet(
        "未解释数字",
        _view("unexplained"),
        (("source", 44), ("text", 16), ("reason", 36), ("char_start", 9), ("char_end", 9)),
    ),
)


def export_xlsx(store: Store, path: Path | str) -> Path:
    """Write the working paper and return its path. Numbers are numbers, and no text becomes a formula or a link."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        paper = _Paper(book)
        for sheet in (NOTES, *CONTENTS, _comparison(store), *REST):
            paper.write(sheet, sheet.rows(store))
    return Path(path)


def _comparison(store: Store) -> Sheet:
    """Its columns are the years that there are."""
    table = pivot(compare(store))
    columns = tuple((str(name), 20 if name in ROWS else 14) for name in table.columns)
    rows = [dict(zip(table.columns, values, strict=True)) for values in table.itertuples(index=False, name=None)]
    return Sheet("对比", lambda _: rows, columns)


class _Paper:
    """A workbook in the making, with its formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format(_HEAD)
        self._text = book.add_format(_TEXT)
        self._coloured = {name: book.add_format({**_TEXT, "bg_color": colour}) for name, colour in _COLOURS.items()}
        self._numbers: dict[str, Any] = {}

    def write(self, sheet: Sheet, rows: Iterable[Row]) -> None:
        """Write the rows, on as many sheets as it takes."""
        rest = iter(rows)
        self._sheet(sheet.name, sheet.columns, islice(rest, MOST_ROWS - 1))
        for number, row in enumerate(rest, 2):
            self._sheet(f"{sheet.name}{number}", sheet.columns, chain([row], islice(rest, MOST_ROWS - 2)))

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Row]) -> None:
        page = self._book.add_worksheet(name)
        for index, (column, width) in enumerate(columns):
            page.set_column(index, index, width)
            page.write_string(0, index, label(column), self._head)
        last = 0
        for last, row in enumerate(rows, 1):
            values = [_shown(column, row[column]) for column, _ in columns]
            lines = max((_lines(value, width) for value, (_, width) in zip(values, columns, strict=True)), default=1)
            if lines > 1:
                page.set_row(last, min(lines * _LINE, _TALLEST))
            for index, value in enumerate(values):
                self._cell(page, last, index, value)
        for index, (column, _) in enumerate(columns):
            if column == "status" and last:  # to be filled in, and read back by `jihe findings import`
                page.data_validation(1, index, last, index, {"validate": "list", "source": list(STATUSES)})
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, len(columns) - 1)
        _prepare_print(page, name)

    def _cell(self, page: Any, row: int, column: int, value: str | int | Decimal | None) -> None:
        if value is None or value == "":
            page.write_blank(row, column, None, self._text)
        elif isinstance(value, int) or (isinstance(value, Decimal) and is_exact(value)):
            page.write_number(row, column, float(value), self._number(Decimal(value)))
        else:
            text = fitting(value if isinstance(value, str) else f"{value:f}")
            page.write_string(row, column, text, self._coloured.get(text, self._text))

    def _number(self, value: Decimal) -> Any:
        shape = number_format(value)
        if shape not in self._numbers:
            self._numbers[shape] = self._book.add_format({"border": 1, "valign": "top", "num_format": shape})
        return self._numbers[shape]


def _lines(value: str | int | Decimal | None, width: int) -> int:
    """Lines that a text takes in a column of so many digits; a Chinese character is as wide as two."""
    if not isinstance(value, str):
        return 1
    return sum(-(-max(1, sum(1 + (ord(c) > 0x2E7F) for c in line)) // (width - 1)) for line in value.split("\n"))


def _shown(column: str, value: Any) -> str | int | Decimal | None:
    """A value as it stands in a cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return word(column, value)
    if isinstance(value, list):
        return " / ".join(str(part) for part in value)
    return value if isinstance(value, int | Decimal) else None


def _prepare_print(page: Any, name: str) -> None:
    """A4, landscape, as wide as the page, the heading on every page."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{name}&R第 &P 页，共 &N 页")
