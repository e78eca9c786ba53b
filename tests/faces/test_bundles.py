"""Bundles on the command line: whole, a member of one, and the options that set limits."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extract.ingest import limits

Jihe = Callable[..., Any]


@pytest.fixture
def bundle(report: Path) -> Path:
    """The report twice, once in a folder, and a bundle in the bundle."""
    path = report.with_name("2023.zip")
    inner = report.with_name("内.zip")
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("三.txt", "全年培训75人次。\n")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(report, "一.txt")
        archive.writestr("某局/二.txt", "慰问困难职工66名。\n")
        archive.write(inner, "内.zip")
    inner.unlink()
    return path


def figures(result: Any) -> list[str]:
    return [json.loads(line)["text"] for line in result.out.splitlines()]


def test_every_member_is_extracted(jihe: Jihe, bundle: Path) -> None:
    result = jihe("extract", bundle)
    assert result.code == 0
    assert [line for line in result.out.splitlines() if line.startswith(str(bundle))] == [
        f"{bundle}!一.txt",
        f"{bundle}!某局/二.txt",
        f"{bundle}!内.zip!三.txt",
    ]


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("某局/二.txt", ["66名"]),
        ("某局", ["66名"]),
        ("某局/", ["66名"]),
        ("内.zip!三.txt", ["75人次"]),
        ("内.zip", ["75人次"]),
    ],
)
def test_a_member_is_named(member: str, found: list[str], jihe: Jihe, bundle: Path) -> None:
    assert figures(jihe("extract", f"{bundle}!{member}", "--format", "jsonl")) == found


def test_a_member_that_is_not_there(jihe: Jihe, bundle: Path, report: Path) -> None:
    result = jihe("extract", f"{bundle}!没有.txt")
    assert (result.code, result.out) == (65, "")
    assert "压缩包里没有这个文件" in result.err
    assert "不是压缩包" in jihe("extract", f"{report}!a.txt").err
    assert "没有这个文件" in jihe("extract", report.with_name("没有.zip!a.txt")).err


def test_a_file_with_the_mark_in_its_name(jihe: Jihe, report: Path) -> None:
    odd = report.rename(report.with_name("报告!终稿.txt"))
    assert "101.83万元" in figures(jihe("extract", odd, "--format", "jsonl"))


def test_text_and_check(jihe: Jihe, bundle: Path) -> None:
    assert jihe("text", f"{bundle}!某局/二.txt").out == "慰问困难职工66名。\n"
    result = jihe("text", bundle)
    assert "培训75人次" in result.out
    assert result.err.splitlines()[-1] == f"● {bundle}!内.zip!三.txt"
    assert jihe("check", bundle).code == 0


def test_from_standard_input(spawn: Jihe, bundle: Path) -> None:
    result = spawn("text", "-", data=bundle.read_bytes())
    assert result.code == 0
    assert "培训75人次" in result.out


def test_a_run_names_the_members(jihe: Jihe, bundle: Path) -> None:
    store = bundle.with_name("存储")
    result = jihe("run", bundle, "--store", store)
    assert result.code == 0
    assert "已读 3" in result.out
    wrong = bundle.with_name("错.zip")
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr("错.txt", "全年共培训职工2588人次，其中焊工1351人次、电工768人次、护工505人次。\n")
    assert "错.zip!错.txt　第1段" in jihe("run", wrong, "--store", store).out


@pytest.mark.parametrize(
    ("option", "number", "said"),
    [("--max-size", "1", "上限 1 MB"), ("--max-unpacked", "1", "上限 1 MB"), ("--max-members", "2", "上限 2 个")],
)
def test_limits_are_options(option: str, number: str, said: str, jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "大.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in "甲乙丙":
            archive.writestr(f"{each}.txt", bytes(2 << 20) if option == "--max-size" else bytes(500 << 10))
    usual = limits.current()
    for command in ("extract", "run"):
        arguments = ["--store", tmp_path / "存储"] if command == "run" else []
        result = jihe(command, path, option, number, *arguments)
        assert result.code == 65
        assert said in result.out + result.err
    assert limits.current() == usual
