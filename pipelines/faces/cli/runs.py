"""`jihe run`: archives into the store, and what that came to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.faces.cli.command import command, limit_options, store_option, timeout_option
from pipelines.faces.cli.console import progress, put_json, talk
from pipelines.faces.cli.exits import Exit
from pipelines.faces.cli.files import expanded

if TYPE_CHECKING:
    from pipelines.summary import RunSummary


@command(
    "run",
    "jihe run 档案/",
    "jihe run 2022年/ 2023年/*.docx --store 存储 --jobs 8",
    "jihe run 档案/ --retry-failed --json > 结果.json",
)
@click.argument("archives", nargs=-1, required=True, metavar="档案...")
@store_option
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="同时读几份，默认与处理器个数相同。")
@timeout_option
@limit_options
@click.option("--retry-failed", is_flag=True, help="上次没有读出或没有读全的也再试一次。")
@click.option("--fail-fast", is_flag=True, help="第一份读不出就停；读完的都已存好。")
@click.option("--max-failures", type=click.IntRange(min=1), metavar="N", help="读不出的达到 N 份就停。")
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON，不写成文字。")
@click.option("--quiet", is_flag=True, help="只报错误，不显示进度和结果。")
def run(
    archives: tuple[str, ...],
    folder: Path,
    jobs: int | None,
    timeout: float | None,
    retry_failed: bool,
    fail_fast: bool,
    max_failures: int | None,
    as_json: bool,
    quiet: bool,
) -> Exit:
    """把档案（文件夹、文件或压缩包）读进存储：抽取每一个数，核对每一处勾稽。

    已读过的不再读，中断后再运行一次就接着做。读不出的文件记下原因，不影响其余。
    """
    from time import perf_counter

    from pipelines.batch import run as read_all

    started, paths = perf_counter(), expanded(archives)
    with progress("读取", quiet=quiet) as bar:
        summary = read_all(
            paths,
            folder,
            jobs=jobs,
            timeout=timeout,
            retry_failed=retry_failed,
            fail_fast=fail_fast,
            max_failures=max_failures,
            progress=bar,
        )
    if not quiet:
        talk(f"√ 本次读取 {summary.read} 份文件，用时 {perf_counter() - started:.1f} 秒")
        _put(summary, folder, paths, as_json=as_json)
    return Exit.UNREAD if summary.failures or summary.unreached else Exit.DONE


def _put(summary: "RunSummary", folder: Path, paths: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        put_json(summary, indent=True)
        return
    from pipelines.faces.cli.summary import put_summary

    put_summary(summary, folder, paths)
