"""`jihe compare`, `failures` and `export`: what is in the store."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pipelines.faces.cli.command import command, format_option, store_option
from pipelines.faces.cli.console import cell, put, put_json, put_rows, rows_of, talk
from schemas.errors import UsageError

if TYPE_CHECKING:
    from pipelines.store import Store

#: Rows that a person still looks through on a screen.
MOST_ROWS = 200

FAILURES = ("source", "outcome", "message", "place")


def opened(folder: Path) -> "Store":
    """The store in a folder, for reading.

    Raises:
        UsageError: there is none.
    """
    from pipelines.store import Store

    if not (folder / "ledger.sqlite").exists():
        raise UsageError(f"这里没有存储：{folder}。先运行 jihe run 档案 --store {folder}")
    return Store(folder)


class Years(click.ParamType[tuple[str, ...]]):
    """Years as a person writes them: 2023, 2020-2023, 2020,2022."""

    name = "年度"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Each year that is meant."""
        years: list[str] = []
        for part in re.split("[,，、]", str(value)):
            bounds = re.fullmatch(r"\s*(\d{4})\s*(?:[-—–~～至]\s*(\d{4})\s*)?", part)
            if not bounds:
                self.fail("写成 2023、2020-2023 或 2020,2022", param, ctx)
            first, last = int(bounds[1]), int(bounds[2] or bounds[1])
            if first > last:
                self.fail(f"{first} 晚于 {last}", param, ctx)
            years += [str(year) for year in range(first, last + 1)]
        return tuple(years)


@command(
    "compare",
    "jihe compare --concept 项目支出 --years 2020-2023",
    "jihe compare --concept 在职职工 --units 某市总工会,某市林业局 --format csv > 对比.csv",
    "jihe compare --unit 某市总工会 --role spent --format json",
)
@store_option
@click.option("--concept", metavar="概念", help="比哪个数，如 项目支出、在职职工。")
@click.option("--unit", metavar="单位", help="一个填报单位。")
@click.option("--units", metavar="单位,单位", help="几个填报单位，用逗号隔开。")
@click.option("--region", metavar="地区", help="一个地区，如 某某市。")
@click.option("--years", type=Years(), metavar="年度", help="年度：2023、2020-2023 或 2020,2022。")
@click.option("--kind", metavar="种类", help="报告种类，如 项目自评、自评表、部门整体。")
@click.option("--project", metavar="项目", help="一个项目。")
@click.option("--role", metavar="口径", help="口径：budget 预算、spent 支出、target 目标、actual 实际等。")
@format_option("table", "csv", "json")
def compare(folder: Path, units: str | None, form: Literal["table", "csv", "json"], **conditions: Any) -> None:
    """同一个数在各年度、各单位的对比：行是概念和单位，列是年度，空格是没有记录（不是零）。

    一格里有两个数，说明不同的地方说法不一。json 逐条列出记录，连同出处。
    """
    from pipelines.compare import compare as compared
    from pipelines.compare import pivot

    listed = [name.strip() for name in re.split("[,，、]", units)] if units else None
    if listed and conditions["unit"]:
        listed, conditions["unit"] = [*listed, conditions["unit"]], None
    with opened(folder) as store:
        found = compared(store, units=listed, **conditions)
        if found.empty:
            _suggest(store, conditions["concept"])
    wide = pivot(found)
    if form == "json":
        put_json(rows_of(found), indent=True)
    elif form == "csv":
        put_rows(form, list(wide.columns), rows_of(wide))
    elif not found.empty:
        _put_comparison(list(wide.columns), rows_of(wide))


def _put_comparison(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """The table, with what is the same in all of its rows above it."""
    from pipelines.compare import ROWS

    if len(rows) > MOST_ROWS:
        talk(f"共 {len(rows)} 行，只列前 {MOST_ROWS} 行；加上条件，或用 --format csv 看全部")
    same = [name for name in ROWS if name != "unit_name" and len({row[name] for row in rows}) == 1]
    if same:
        put("，".join(filter(None, (cell(name, rows[0][name]) for name in same))))
    put_rows("table", [name for name in columns if name not in same], rows[:MOST_ROWS])


def _suggest(store: "Store", concept: str | None) -> None:
    """Say that nothing was found, and which concepts have a name like the one that was asked for."""
    from difflib import get_close_matches

    names = [row["concept"] for row in store.count("records", "concept")]
    alike = [name for name in names if concept and concept in name] or get_close_matches(concept or "", names, 8, 0.5)
    talk("没有这样的记录" + (f"；相近的概念：{'、'.join(alike[:8])}" if alike else ""))


@command("failures", "jihe failures", "jihe failures --store 存储 --format jsonl")
@store_option
@format_option("table", "jsonl", "csv")
def failures(folder: Path, form: Literal["table", "jsonl", "csv"]) -> None:
    """列出没有读出、或没有读全的文件和原因。"""
    with opened(folder) as store:
        rows = store.rows("failures")
    put_rows(form, FAILURES, rows)
    talk(f"没有读出或没有读全的文件：{len(rows) or '无'}")


def _xlsx(store: "Store", out: Path) -> None:
    """Write the workbook beside its place and move it there, so that it is there wholly or not at all."""
    from tempfile import TemporaryDirectory

    from xlsxwriter.exceptions import FileCreateError

    from pipelines.export.excel import export_xlsx

    try:
        with TemporaryDirectory(dir=out.parent, prefix=".jihe-") as folder:
            export_xlsx(store, Path(folder) / "book.xlsx").replace(out)
    except FileCreateError as error:  # not an OSError, though it holds one
        raise error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error)) from error


def _csv(store: "Store", out: Path) -> None:
    from pipelines.export.tables import export_csv

    export_csv(store, out)


def _parquet(store: "Store", out: Path) -> None:
    from pipelines.export.tables import export_parquet

    export_parquet(store, out)


_EXPORTS: Mapping[str, Callable[["Store", Path], None]] = {"xlsx": _xlsx, "csv": _csv, "parquet": _parquet}


@command(
    "export",
    "jihe export --xlsx 底稿.xlsx",
    "jihe export --csv 导出/",
    "jihe export --parquet 导出/ --store 存储",
)
@store_option
@click.option("--xlsx", "form", flag_value="xlsx", help="Excel 底稿：疑点、复算、数据、指标、对比、未读文件。")
@click.option("--csv", "form", flag_value="csv", help="文件夹，每张表一个 CSV（Excel 能直接打开的 UTF-8）。")
@click.option("--parquet", "form", flag_value="parquet", help="文件夹，每张表一个 Parquet。")
@click.option("--force", is_flag=True, help="底稿已存在时覆盖它，其中写下的意见会丢失。")
@click.argument("out", type=click.Path(path_type=Path), metavar="输出")
def export(folder: Path, form: str | None, out: Path, force: bool) -> None:
    """把存储导出成 Excel 底稿、CSV 或 Parquet。不写格式时看输出的扩展名：.xlsx 是底稿。"""
    form = form or ("xlsx" if out.suffix.lower() == ".xlsx" else None)
    if form is None:
        raise click.UsageError("要写明格式：--xlsx、--csv 或 --parquet")
    if form == "xlsx" and out.exists() and not force:
        raise FileExistsError(f"已有这个文件：{out}。要覆盖它，加 --force")
    with opened(folder) as store:
        _EXPORTS[form](store, out)
    talk(f"√ 已导出到 {out}")
