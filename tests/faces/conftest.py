"""The command line as people call it: in a process of its own, or, where only its output matters, in this one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import direct
from pipelines.engines import Answer, Answers
from pipelines.faces.cli import call

ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "samples" / "archive"
REPORT = "云川市某局2023年度自评报告\n2023年支出101.83万元，慰问困难职工66名，完成率98.50%，参加者近3万余人。\n"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Jihe = Callable[..., Result]


def spawn(*arguments: str | Path, data: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
    surroundings = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "PYTHONIOENCODING"}}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *map(os.fsencode, arguments)],
        input=data,
        capture_output=True,
        env={**surroundings, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(env or {})},
        check=False,
        timeout=120,
    )
    encoding = (env or {}).get("PYTHONIOENCODING", "utf-8")
    return Result(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


@pytest.fixture(name="spawn", scope="session")
def _spawn() -> Jihe:
    """Runs a command line in a process of its own."""
    return spawn


def _here(tasks: Iterable[Any], work: Callable[[Any], Any], *_: object) -> Answers:
    for task in tasks:
        yield Answer(task, work(task), 0.0)


@pytest.fixture
def jihe(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Jihe:
    """Runs a command line in this process, and documents that are named on it, too: a worker would load all anew."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(direct, "local", SimpleNamespace(run=_here))

    def run(*arguments: str | Path) -> Result:
        capfdbinary.readouterr()
        code = call([str(argument) for argument in arguments])
        written = capfdbinary.readouterr()
        return Result(code, written.out.decode(), written.err.decode())

    return run


@pytest.fixture(scope="session")
def archive() -> Path:
    return ARCHIVE


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A small report."""
    path = tmp_path / "报告.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The samples read into a store, and what that said."""
    folder = tmp_path_factory.mktemp("faces") / "存储"
    return folder, spawn("run", ARCHIVE, "--store", folder)


@pytest.fixture(scope="session")
def store(first_run: tuple[Path, Result]) -> Path:
    """A store with the samples in it."""
    return first_run[0]
