"""Exit codes are a contract: the table itself, and real commands that end in each of them."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from pipelines.faces import cli
from pipelines.faces.cli.command import Context
from pipelines.faces.cli.exits import GRAVITY, MEANINGS, Exit, code_of, gravest, of_findings
from schemas.errors import DataError, StoreBusy, StoreError, StoreNewer, UsageError

Jihe = Callable[..., Any]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("x"), 2),
        (UsageError("x"), 2),
        (DataError("x"), 2),
        (StoreBusy("x"), 75),
        (StoreNewer("x"), 74),
        (StoreError("x"), 74),
        (PermissionError(errno.EACCES, "x"), 73),
        (FileExistsError("x"), 73),
        (FileNotFoundError(errno.ENOENT, "x"), 73),
        (OSError(errno.ENOSPC, "x"), 74),
        (OSError(errno.EROFS, "x"), 74),
        (OSError(errno.EBADF, "x"), 70),
        (ValueError("x"), 70),
        (AssertionError(), 70),
    ],
)
def test_exception_ends_in_its_code(error: BaseException, code: int) -> None:
    assert code_of(error) == code


def test_every_code_is_ranked_and_explained_once() -> None:
    assert set(GRAVITY) == set(Exit) == set(MEANINGS)
    assert len(GRAVITY) == len(Exit)


@pytest.mark.parametrize(
    ("codes", "worst"),
    [([], 0), ([0, 1], 1), ([1, 65, 0], 65), ([65, 2], 2), ([2, 130], 130), ([130, 75], 75), ([75, 73], 73),
     ([73, 74], 74), ([74, 70, 1], 70)],
)  # fmt: skip
def test_a_mixed_result_is_the_gravest(codes: list[int], worst: int) -> None:
    assert gravest(map(Exit, codes)) == worst
    assert gravest(map(Exit, reversed(codes))) == worst


@pytest.mark.parametrize(
    ("severities", "fail_on", "code"),
    [
        ([], "review", 0),
        (["info"], "review", 0),
        (["warn"], "error", 0),
        (["review", "error"], "error", 1),
        (["warn"], "warn", 1),
        (["review"], "warn", 0),
        (["review"], "review", 1),
    ],
)
def test_threshold(severities: list[Any], fail_on: Any, code: int) -> None:
    assert of_findings(severities, fail_on) == code


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["run"],
        ["run", "x", "--jobs", "0"],
        ["extract", "--claims", "--coverage", "x"],
        ["check", "--fail-on", "info"],
        ["compare", "--years", "2023-2020"],
        ["failures", "--store", "/nonexistent"],
        ["export", "out", "--store", "/nonexistent"],
        ["eval", "/nonexistent.figures.jsonl"],
    ],
)
def test_wrong_usage_is_2_and_says_why_in_chinese(jihe: Jihe, arguments: list[str]) -> None:
    result = jihe(*arguments)
    assert (result.code, result.out) == (2, "")
    assert any("\u4e00" <= character <= "\u9fff" for character in result.err)


def test_help_and_version_are_0(jihe: Jihe) -> None:
    assert jihe("--help").code == jihe("run", "--help").code == jihe("--version").code == 0


def test_a_missing_file_is_65_and_the_others_are_read(jihe: Jihe, report: Path) -> None:
    result = jihe("extract", report.with_name("没有.txt"), report)
    assert result.code == 65
    assert "101.83万元" in result.out
    assert "没有这个文件" in result.err


def test_unread_is_graver_than_findings(jihe: Jihe, tmp_path: Path) -> None:
    wrong = tmp_path / "错.txt"
    wrong.write_text(
        "自评报告\n全年共培训职工2588人次，其中焊工1351人次、电工768人次、护工505人次。\n", encoding="utf-8"
    )
    assert jihe("check", wrong).code == 1
    assert jihe("check", wrong, tmp_path / "没有.txt").code == 65


def test_a_folder_is_no_file(jihe: Jihe, tmp_path: Path) -> None:
    result = jihe("extract", tmp_path)
    assert result.code == 2
    assert "jihe run" in result.err


def test_a_bug_is_70_and_shows_where(jihe: Jihe, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("extract.pipeline.extract", broken)
    result = jihe("extract", report)
    assert result.code == 70
    assert "ZeroDivisionError: of all things" in result.err
    assert "程序出错" in result.err


def test_an_interrupt_is_130_in_one_line(jihe: Jihe, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("extract.pipeline.extract", interrupted)
    result = jihe("extract", report)
    assert result.code == 130
    assert "Traceback" not in result.err
    assert result.err.strip().count("\n") == 0


def test_a_run_that_is_interrupted_goes_on_later(spawn: Jihe, archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "存储"
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", str(archive), "--store", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    while not (folder / "ledger.sqlite").exists() and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in talk.decode()
    assert spawn("run", archive / "澜桥街道办事处", "--store", folder).code == 0


def test_a_store_in_use_is_75(jihe: Jihe, report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "存储"
    (folder / "parts").mkdir(parents=True)
    with (folder / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = jihe("run", report, "--store", folder)
    assert result.code == 75
    assert "另一个进程" in result.err


def test_a_store_that_cannot_be_made_is_74(jihe: Jihe, report: Path) -> None:
    assert jihe("run", report, "--store", report / "存储").code == 74


def test_the_table_of_codes_is_in_the_help() -> None:
    with Context(cli.jihe, info_name="jihe") as context:
        text = cli.jihe.get_help(context)
    for code, meaning in MEANINGS.items():
        assert f"{code:>3}  {meaning}" in text
