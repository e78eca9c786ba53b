"""Every command explains itself, in Chinese, with examples that work, and quickly."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import split
from typing import Any

import click
import pytest

from pipelines.faces.cli import COMMANDS, jihe
from pipelines.faces.cli.command import Command, Context, cells, folded

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "pyarrow", "duckdb", "jieba", "spacy", "numpy", "lxml", "openpyxl", "docx", "pdfplumber", "rich"}


def _commands(group: tuple[click.Command, ...] = COMMANDS, path: tuple[str, ...] = ()) -> Iterator[Any]:
    for command in group:
        name = (*path, str(command.name))
        if isinstance(command, click.Group):
            yield from _commands(tuple(command.commands.values()), name)
        else:
            yield pytest.param(command, name, id=" ".join(name))


def _chinese(text: str | None) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text or "")


@pytest.mark.parametrize(("command", "name"), list(_commands()))
def test_command_documents_itself(command: click.Command, name: tuple[str, ...]) -> None:
    assert isinstance(command, Command)
    assert _chinese(command.help)
    assert command.examples
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or _chinese(parameter.help), parameter.name
    with Context(command, info_name=" ".join(("jihe", *name))) as context:
        text = command.get_help(context)
    assert all(example in text for example in command.examples)
    assert all(cells(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize(("command", "name"), list(_commands()))
def test_examples_are_understood(command: Command, name: tuple[str, ...], tmp_path: Path) -> None:
    for example in command.examples:
        line = example.rpartition("| ")[2].partition(" >")[0]
        words = split(line)
        assert words[: 1 + len(name)] == ["jihe", *name]
        given = [str(tmp_path) if "/" in word or ".jsonl" in word else word for word in words[1 + len(name) :]]
        command.make_context("jihe", given)  # raises where an option does not exist or a value is refused


def test_every_command_is_listed() -> None:
    with Context(jihe, info_name="jihe") as context:
        text = jihe.get_help(context)
    for command in COMMANDS:
        assert f"\n  {command.name} " in text


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys; from pipelines.faces.cli import call; call(['--help']); print({HEAVY} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.endswith("set()\n")


def test_help_is_quick() -> None:
    # a ratio, since machines differ: jieba alone would make it forty
    empty = _quickest("-c", "pass")
    assert _quickest("-m", "pipelines", "--help") < 25 * empty


def _quickest(*arguments: str) -> float:
    def once() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=ROOT)
        return time.perf_counter() - started

    return min(once() for _ in range(5))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("核对报告", 8, ["核对报告"]),
        ("核对报告。", 8, ["核对报", "告。"]),
        ("核对（报告）", 6, ["核对", "（报", "告）"]),
        ("读 --store 里", 8, ["读 ", "--store ", "里"]),
    ],
)
def test_folding(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines


def test_missing_words_are_named_by_those_that_are_like_them(jihe: Callable[..., Any]) -> None:
    assert "是不是 --jobs" in jihe("run", "x", "--jbs", "2").err
    assert "是不是 extract" in jihe("extrct").err
