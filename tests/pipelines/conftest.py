import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from pipelines.engines import Answer, Answers, Engine, local

sys.path.insert(0, str(Path(__file__).parent))  # workers, which are spawned, find `toy` by this

import toy


@pytest.fixture(autouse=True)
def versions(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Sets the versions of extractor and checks."""
    import extract
    from pipelines import audit

    def put(extractor: str, checks: str) -> None:
        monkeypatch.setattr(extract, "VERSION", extractor)
        monkeypatch.setattr(audit, "VERSION", checks)

    put("1", "1")
    return put


@pytest.fixture
def pool() -> Engine:
    """The local engine with the toy's work in place of the real one."""

    def run(tasks: Iterable[Any], _: Callable[[Any], Any], jobs: int, timeout: float) -> Answers:
        return local.run(tasks, toy.work, jobs, timeout)

    return run


@pytest.fixture
def engine() -> Engine:
    """An engine without processes, for what has nothing to do with them."""

    def run(tasks: Iterable[Any], *_: object) -> Answers:
        for task in tasks:
            yield Answer(task, toy.work(task), 0.25)

    return run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Twelve small reports in three folders."""
    root = tmp_path / "档案"
    for number in range(12):
        folder = root / f"{2021 + number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"报告{number:02}.txt").write_text(
            f"自评报告\n{2021 + number % 3}年支出{number}.50万元，预算{number * 2}万元。", encoding="utf-8"
        )
    return root
