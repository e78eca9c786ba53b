"""What goes to the two streams: data to standard output, talk to standard error, nothing that could harm a terminal."""

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TextIO

from schemas.finding import SEVERITIES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = Mapping[str, Any]

#: Columns of a page that is not a terminal (a pipe, a file) unless COLUMNS says otherwise.
WIDTH = 100

# C0 but tab and line end, C1, line and paragraph separators, and what turns the direction of writing
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)"
)
#: So many characters of a fingerprint name a finding.
NAME_LENGTH = 8
#: The status of a finding that nobody has decided about.
OPEN = "待核实"
#: Columns of numbers, beside those of years.
_NUMBERS = {"value", "个数", "占比", "应有", "找到", "漏", "多", "对不上", "准确率", "召回率", "F1"}
_STYLES = {"error": "bold red", "warn": "yellow", "review": "cyan"}


def prepare() -> None:
    """Make both streams print what their encoding does not have as "?" instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def visible(text: str) -> str:
    r"""The text with control characters written out (\x1b), so that none reaches a terminal."""
    return _UNSAFE.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """The visible text on one line."""
    return visible(" ".join(text.split()))


def put(text: str = "") -> None:
    """A line of data for people to standard output."""
    sys.stdout.write(f"{visible(text)}\n")


def talk(text: str) -> None:
    """A line to standard error."""
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


def put_json(value: Any, *, indent: bool = False) -> None:
    """A value as JSON, always in UTF-8: decimals as text, records as objects; one line unless `indent`."""
    import json

    from pipelines.store.values import to_json

    text = to_json(value)
    put_utf8((json.dumps(json.loads(text), ensure_ascii=False, indent=2) if indent else text) + "\n")


def plain(record: Any) -> dict[str, Any]:
    """A record as plain values, as the store gives its rows; decimals as text."""
    import json

    from pipelines.store.values import to_json

    values: dict[str, Any] = json.loads(to_json(record))
    return values


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """The rows of a DataFrame."""
    return [dict(zip(frame.columns, values, strict=True)) for values in frame.itertuples(index=False, name=None)]


def put_utf8(text: str) -> None:
    """Text to standard output in UTF-8, whatever the console speaks; control characters of JSON as its escapes."""
    sys.stdout.flush()
    escaped = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    sys.stdout.buffer.write(escaped.encode("utf-8", errors="replace"))


def put_csv(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows as CSV in UTF-8, safe to open in a spreadsheet."""
    from pipelines.export.cells import csv_text

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([csv_text(row.get(column)) for column in columns] for row in rows)
    put_utf8(buffer.getvalue())


def put_rows(form: Literal["table", "jsonl", "csv"], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows in the form that was asked for; JSON Lines hold all of a row, the others the given columns."""
    if form == "jsonl":
        for row in rows:
            put_json(row)
    elif form == "csv":
        put_csv(columns, rows)
    else:
        show(table(columns, rows))


def show(table: "Table") -> None:
    """A table of rich to standard output, without the blanks that it ends its lines with."""
    page = _page(sys.stdout)
    with page.capture() as held:
        page.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in held.get().splitlines())


def _page(stream: TextIO) -> "Console":
    """A page of rich that takes no text for markup."""
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def table(columns: Sequence[str], rows: Iterable[Row]) -> "Table":
    """Rows as a table under Chinese headings, words of closed lists by their labels, numbers to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from pipelines.export.labels import label

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        right = column in _NUMBERS or column.isdecimal()
        made.add_column(visible(label(column)), justify="right" if right else "left", overflow="fold")
    for row in rows:
        styles = (_STYLES.get(row[column], "") if column == "severity" else "" for column in columns)
        made.add_row(
            *(Text(cell(column, row.get(column)), style) for column, style in zip(columns, styles, strict=True))
        )
    return made


def from_grave_to_light(rows: Iterable[Row]) -> list[Row]:
    """Findings by their severity, those of one severity as they come."""
    return sorted(rows, key=lambda row: SEVERITIES.index(row["severity"]))


def findings_table(rows: Iterable[Row]) -> "Table":
    """Findings: where the first of its evidence stands, what does not fit together, and the recomputation."""
    return table(("severity", "check", "statement"), [{**row, "statement": _told(row)} for row in rows])


def _told(row: Row) -> str:
    recomputed = f"\n复算 {row['recomputation']}" if row["recomputation"] else ""
    decided = f"〔{row['status']}〕{row['note']}\n" if row.get("note") is not None and row["status"] != OPEN else ""
    name = f"　#{row['fingerprint'][:NAME_LENGTH]}"
    return f"{row['source']}　{row['evidence'][0]['place']}{name}\n{decided}{row['statement']}{recomputed}"


def cell(column: str, value: Any) -> str:
    """A value as it stands in a table: a control character is written out, a line end of ours stays."""
    from pipelines.export.labels import word

    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return one_line(" / ".join(str(part) for part in value))
    return visible(word(column, str(value)))


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Any]:
    """A function `(done, total, what)` that draws a bar on standard error if that is a terminal, else None."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[what]}"))
    with Progress(TextColumn(title), *columns, console=_page(sys.stderr), transient=True) as bar:
        task = bar.add_task("", total=None, what="")
        yield lambda done, total, what: bar.update(task, completed=done, total=total, what=one_line(what)[-40:])


def silence() -> None:
    """Nobody reads any more: let what is still in the buffers go nowhere."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives until the process ends
