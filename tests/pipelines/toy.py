"""A toy of extraction and checks for tests of store and batch: every run of digits of a text file is a figure.

A line of the form `!hang` makes the worker misbehave; `!recheck` fails if it is extracted again.
"""

import os
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from pipelines.store import Entry, unpack
from pipelines.work import Task, entry
from schemas.claim import Claim
from schemas.document import Block, Box, Document, Page
from schemas.errors import Problem
from schemas.extraction import Extraction
from schemas.figure import CellRef, Figure
from schemas.finding import Evidence, Finding
from schemas.mention import Mention, Unexplained
from schemas.record import Record
from schemas.relation import Operand, Relation
from schemas.report import Basis, Heading, Report


def extraction(sha256: str, text: str, source: str = "档案/报告.txt") -> Extraction:
    """Digits are figures in 万元, "年" after four of them is a date, a lone 0 is unexplained."""
    numbers = list(re.finditer(r"\d+(\.\d+)?", text))
    dates = [m for m in numbers if text[m.end() : m.end() + 1] == "年"]
    zeros = [m for m in numbers if m.group() == "0"]
    figures = [m for m in numbers if m not in dates and m not in zeros]
    problems = (Problem("partial", "第2页读不出", "第2页"),) if "!partial" in text else ()
    year = dates[0].group() if dates else None
    return Extraction(
        document=Document(
            sha256,
            source.rpartition("/")[2],
            "txt",
            text,
            title=text.partition("\n")[0],
            blocks=(Block("paragraph", 0, len(text)),),
            pages=(Page(1, 595.5, 842.0, "text", 0, len(text)),),
            problems=problems,
        ),
        report=Report(
            sha256, source, "甲局", "甲局", None, year, "项目自评", established=(Basis("year", "标题", "x", (0, 2)),)
        ),
        headings=(Heading(0, 2, 1, "一、", "概况"),),
        figures=tuple(_figure(sha256, source, m) for m in figures),
        mentions=tuple(Mention(*m.span(), m.group(), "date", "year", "toy.year") for m in dates),
        unexplained=tuple(Unexplained(*m.span(), m.group(), "不成数") for m in zeros),
        claims=tuple(_claim(sha256, source, m) for m in figures[:1]),
        records=tuple(_record(sha256, source, m, year) for m in figures),
        numerals=len(numbers),
    )


def _figure(sha256: str, source: str, m: re.Match[str]) -> Figure:
    value = Decimal(m.group())
    return Figure(
        sha256, source, *m.span(), m.group(), "amount", value, "万元", value / 3, None, Decimal("0.01"), None, "toy",
        section=("一、概况",), page=1, box=(Box(1.5, 2, 3, 4),), table=CellRef(0, 1, 2, "合计", "预算/年初"),
    )  # fmt: skip


def _claim(sha256: str, source: str, m: re.Match[str]) -> Claim:
    return Claim(
        sha256, source, *m.span(), m.group(), "完成率", target=m.group(), target_span=m.span(), weight=Decimal("10.0")
    )


def _record(sha256: str, source: str, m: re.Match[str], year: str | None) -> Record:
    figure = f"{m.start()}:{m.end()}"
    return Record(
        sha256, source, "甲局", None, year, None, None, "支出", "money", "spent", None, Decimal(m.group()), "万元",
        None, None, None, figure,
    )  # fmt: skip


def checks(extraction: Extraction) -> tuple[tuple[Relation, ...], tuple[Finding, ...]]:
    """One relation and one finding for every document with two figures."""
    if len(extraction.figures) < 2:
        return (), ()
    one, two = extraction.figures[:2]
    operands = (Operand("分项", (one.start, one.end), one.text), Operand("合计", (two.start, two.end), two.text))
    relation = Relation(
        f"r-{extraction.document.id[:8]}", one.document, "toy", "sum", operands, "Σ分项 = 合计",
        f"{one.text} = {two.text}", one.low, two.low, two.text, "holds" if one.value == two.value else "broken",
    )  # fmt: skip
    evidence = Evidence(one.document, one.source, one.start, one.end, one.text, f"支出{one.text}", "第1页", 1, one.box)
    finding = Finding(
        "toy", "error", "两数不能同时成立", one.document, relation.id, (evidence,), "f1", "v1", difference=one.value
    )
    return (relation,), (finding,)


def work(task: Task) -> Entry | Problem:
    """As `pipelines.work.work`, with the toy in place of extraction and checks."""
    text = task.path.read_bytes().decode("utf-8", errors="replace")
    for word, misbehave in MISBEHAVIOUR.items():
        if word in text and not task.extracted:
            misbehave(text)
    if "!damaged" in text:
        return Problem("damaged", "文件损坏", "字节 7")
    found = unpack(task.extracted) if task.extracted else extraction(task.sha256, text, task.source)
    return entry(task, found, *checks(found))


def _slow(_: str) -> None:
    time.sleep(0.02)


def _hang(_: str) -> None:
    while True:
        time.sleep(0.1)


def _crash(_: str) -> None:
    os._exit(3)


def _memory(_: str) -> None:
    bytearray(64 << 30)


class Unpicklable(BaseException):
    """An exception that can't be sent over a pipe, and is no `Exception`, as those of Rust libraries are."""

    def __init__(self, message: str, handle: object) -> None:
        super().__init__(message)
        self.handle = handle


def _panic(_: str) -> None:
    raise Unpicklable("恐慌", Path(__file__).open(encoding="utf-8"))  # noqa: SIM115


def _recheck(text: str) -> None:
    mark = Path(re.findall(r"!recheck (\S+)", text)[0])
    if mark.exists():
        raise ValueError("又抽取了一次")
    mark.touch()


MISBEHAVIOUR: dict[str, Callable[[str], None]] = {
    "!slow": _slow,
    "!hang": _hang,
    "!crash": _crash,
    "!memory": _memory,
    "!panic": _panic,
    "!recheck": _recheck,
}
