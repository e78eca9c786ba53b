"""The result of a run on one page: files, numerals, relations, findings, one comparison, and where to look next."""

import re
import sys
from collections.abc import Mapping, Sequence
from os.path import relpath
from pathlib import Path
from shlex import quote
from shutil import which
from typing import TYPE_CHECKING, Any

from pipelines.export.labels import word
from pipelines.faces.cli.console import findings_table, from_grave_to_light, put, rows_of, show, table, visible
from pipelines.store import Store
from pipelines.summary import RunSummary

if TYPE_CHECKING:
    from rich.table import Table

#: How many failures, findings, and units of the comparison are shown.
FAILURES, FINDINGS, UNITS = 5, 6, 12
#: The roles of what was really done and spent, which is what people compare first.
ROLES = ("spent", "actual")
DIMENSIONS = ("money", "count:")


def put_summary(summary: RunSummary, folder: Path, paths: Sequence[str]) -> None:
    """Print the page."""
    put(f"绩核　第 {summary.run} 次运行，{summary.inputs} 个文件")
    put()
    show(_overview(summary))
    with Store(folder) as store:
        found = _gravest(store, paths)
        concept = _widest(store)
        if found:
            _heading(f"要紧的疑点（{len(found)} 条中的 {min(len(found), FINDINGS)} 条）")
            show(findings_table(found[:FINDINGS]))
        if concept:
            _heading(f"对比：{concept['concept']}（{word('role', concept['role'])}，{concept['unit']}）")
            show(_comparison(store, concept))
    _heading("下一步")
    for line in _next(summary, folder, concept):
        put(f"  {line}")


def _heading(text: str) -> None:
    put()
    put(text)


def _overview(summary: RunSummary) -> "Table":
    """What was read and found, a line for each thing."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, text in _lines(summary):
        grid.add_row(name, visible(text))
    return grid


def _lines(summary: RunSummary) -> list[tuple[str, str]]:
    done = (("已完成而跳过", summary.skipped), ("内容重复", summary.duplicates), ("已不在", summary.gone))
    extra = "".join(
        f"；{name} {count}"
        for name, count in (*done, ("还没读到", summary.unreached), ("压缩包里略过", summary.left_out))
        if count
    )
    failures = [
        (word("outcome", one.outcome), f"{one.source}：{one.message}{f'（{one.place}）' if one.place else ''}")
        for one in summary.failures[:FAILURES]
    ]
    more = len(summary.failures) - FAILURES
    return [
        ("文件", _counted("outcome", summary.outcomes) + extra),
        *((f"× {name}", text) for name, text in failures),
        *([("×", f"还有 {more} 个，见 jihe failures")] if more > 0 else []),
        ("抽取", f"数据 {summary.figures} 个，指标 {summary.claims} 条"),
        ("数字", _accounted(summary.numerals)),
        ("勾稽", f"复算 {sum(summary.relations.values())} 处，{_counted('verdict', summary.relations)}"),
        ("疑点", _counted("severity", summary.findings)),
    ]


def _counted(column: str, counts: Mapping[str, int]) -> str:
    return (
        "，".join(f"{word(column, name)} {count}" for name, count in counts.items()) if any(counts.values()) else "无"
    )


def _accounted(numerals: Mapping[str, int]) -> str:
    """Where every numeral went; the shares add up to 100 %."""
    total = sum(numerals.values())
    names = {"figure": "数据", "date": "日期", "identifier": "编号类", "unexplained": "未解释"}
    parts = (f"{names[kind]} {count}（{100 * count / (total or 1):.1f}%）" for kind, count in numerals.items())
    return f"共 {total} 个：" + "，".join(parts)


def _gravest(store: Store, paths: Sequence[str]) -> list[Mapping[str, Any]]:
    """Errors, then warnings, in the archives of this run."""
    from pipelines.inputs import real

    roots = {real(path).name for path in paths}
    rows = [
        row for row in store.rows("findings", severity=["error", "warn"]) if re.split("[/!]", row["source"])[0] in roots
    ]
    return from_grave_to_light(rows)


def _widest(store: Store) -> Mapping[str, Any] | None:
    """What is stated for the most units and years, money counting double; None if nothing recurs."""
    by = ("concept", "dimension", "role", "unit", "unit_name", "year")
    cells: dict[tuple[str, ...], list[int]] = {}
    for row in store.count("comparisons", *by, role=list(ROLES)):
        if row["unit_name"] and row["year"] and row["dimension"].startswith(DIMENSIONS):
            cells.setdefault(tuple(row[name] for name in by[:4]), []).append(row["n"])
    if not cells:
        return None
    weight = {key: len(years) * (2 if key[1] == "money" else 1) for key, years in cells.items()}
    best = min(cells, key=lambda key: (-weight[key], sum(cells[key]), key))
    return dict(zip(by, best, strict=False)) if len(cells[best]) > 1 else None


def _comparison(store: Store, concept: Mapping[str, Any]) -> "Table":
    """Units as rows, years as columns."""
    from pipelines.compare import compare, pivot

    rows = compare(store, concept=concept["concept"], role=concept["role"], dimension=concept["dimension"])
    wide = pivot(rows[rows["unit"] == concept["unit"]])
    columns = [name for name in wide.columns if name not in {"concept", "dimension", "role", "unit"}]
    return table(columns, rows_of(wide.head(UNITS)))


def _next(summary: RunSummary, folder: Path, concept: Mapping[str, Any] | None) -> list[str]:
    """The commands that go on from here."""
    store = "" if folder == Path("jihe-store") else f" --store {_quoted(str(folder))}"
    lines = [("findings list", "逐条看疑点")] if any(summary.findings.values()) else []
    if concept:
        lines.append((f"compare --concept {_quoted(concept['concept'])}", "看一个数的各年各单位"))
    lines.append(("export --xlsx 底稿.xlsx", "导出 Excel 底稿"))
    if summary.failures:
        lines.append(("failures", "没有读出的文件"))
    return [f"{_program()} {command}{store}    # {meaning}" for command, meaning in lines]


def _quoted(text: str) -> str:
    """The text as a word of a command line."""
    return text if re.fullmatch(r"[\w./\\:-]+", text) else quote(text)


def _program() -> str:
    """How a person can call jihe from where they are."""
    if which("jihe"):
        return "jihe"
    return relpath(sys.argv[0]) if Path(sys.argv[0]).name == "jihe" else "python -m pipelines"
