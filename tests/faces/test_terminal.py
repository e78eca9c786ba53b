"""Nothing that a document or a file name holds reaches a terminal as a command, and no console makes jihe fail."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.faces.cli.console import visible

Jihe = Callable[..., Any]
ROOT = Path(__file__).parents[2]

HOSTILE = "\x1b[31m\x07\x9b31m\u202e假\u2066"
#: A reader takes a short text full of control characters for a binary file, and rightly.
FILLER = "各项工作均按照年初计划有序推进，资料齐全，手续完备。\n" * 80
EVIL = "报告\x1b]0;偷换标题\x07\x1b[31m.txt"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A report with control characters in its text and in its name."""
    path = tmp_path / "档案" / EVIL
    path.parent.mkdir()
    path.write_text(f"自评报告\n2023年慰问困难职工{HOSTILE}66名，²³✓支出98.50万元。\n{FILLER}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("汉字\tA\n", "汉字\tA\n"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x07\x00\r", "\\x07\\x00\\x0d"),
        ("一\r\n二", "一\r\n二"),
        ("真\r假", "真\\x0d假"),
        ("\x9b", "\\x9b"),
        ("\u202eabc", "\\u202eabc"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract"],
        ["extract", "--coverage"],
        ["extract", "--claims"],
        ["extract", "--format", "jsonl"],
        ["extract", "--format", "csv"],
        ["text"],
        ["text", "--format", "jsonl"],
        ["text", "--format", "html"],
        ["check"],
        ["check", "--format", "sarif"],
    ],
)
def test_control_characters_of_a_document_stay_out(jihe: Jihe, hostile: Path, arguments: list[str]) -> None:
    result = jihe(*arguments, hostile)
    assert result.code in {0, 1}
    _assert_harmless(result)


def test_control_characters_stay_out_of_runs_and_lists(jihe: Jihe, hostile: Path, tmp_path: Path) -> None:
    (hostile.parent / "空\x1b[2J.txt").touch()
    folder = tmp_path / "存储\x1b[2J"
    first = jihe("run", hostile.parent, "--store", folder)
    assert "空\\x1b[2J.txt" in first.out
    _assert_harmless(first)
    for command in (["failures"], ["findings", "list"], ["compare"], ["check"], ["export", tmp_path / "\x1b[2J.xlsx"]):
        _assert_harmless(jihe(*command, "--store", folder))


def test_usage_errors_are_harmless_too(jihe: Jihe) -> None:
    for arguments in (["\x1b[31m"], ["run", "--\x1b[31m"], ["eval", "\x1b[31m"], ["compare", "--years", "\x1b[31m"]):
        _assert_harmless(jihe(*arguments))


def _assert_harmless(result: Any) -> None:
    written = result.out + result.err
    assert not {c for c in written if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066"} - {"\n", "\t", "\r"}
    assert "Traceback" not in result.err


@pytest.mark.parametrize("arguments", [["extract"], ["text"], ["check"], ["extract", "--coverage"]])
@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_console_of_any_encoding(spawn: Jihe, hostile: Path, arguments: list[str], encoding: str) -> None:
    result = spawn(*arguments, hostile, env={"PYTHONIOENCODING": encoding})
    assert result.code == 0
    assert "Traceback" not in result.err


def test_gbk_shows_what_it_can(spawn: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text("√ × ● ‰ ㎡ ✓²\n2023年支出98.50万元。\n", encoding="utf-8")
    assert spawn("text", path, env={"PYTHONIOENCODING": "gbk"}).out.startswith("√ × ● ‰ ㎡ ??\n")
    json_lines = subprocess.run(
        [sys.executable, "-m", "pipelines", "text", str(path), "--format", "jsonl"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "gbk"},
        check=True,
    )
    assert "✓²" in json.loads(json_lines.stdout.decode("utf-8").splitlines()[0])["text"]


def test_all_our_own_words_fit_gbk(spawn: Jihe, first_run: tuple[Path, Any], report: Path) -> None:
    spoken = [first_run[1].out, first_run[1].err, spawn("extract", report).out, spawn("--help").out]
    for text in spoken:
        text.encode("gbk")


def test_a_reader_that_leaves_is_no_error(archive: Path) -> None:
    document = next(archive.glob("*/2023*.pdf"))
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "extract", "--format", "jsonl", str(document)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as talk:
        assert talk.read() == b""
    assert process.wait(timeout=60) == 0


def test_a_pipe_gets_no_colours_and_no_progress_bar(first_run: tuple[Path, Any]) -> None:
    result = first_run[1]
    assert "\x1b" not in result.out + result.err
    assert result.err.startswith("√ 本次读取 24 份文件，用时 ")


def test_standard_input(spawn: Jihe, report: Path) -> None:
    lines = spawn("extract", "-", "--format", "jsonl", data=report.read_bytes()).out.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["101.83万元", "66名", "98.50%", "近3万余人"]
    assert json.loads(lines[0])["source"] == "标准输入"


def test_names_that_are_not_utf8(spawn: Jihe, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/" + "报告".encode("gb18030") + b".txt"
    with open(name, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write("2023年支出98.50万元。\n".encode())
    result = spawn("extract", os.fsdecode(name), "--format", "jsonl")
    assert json.loads(result.out)["source"].endswith("/报告.txt")
