"""The local engine: whatever one task does, all others come back, and that one is named."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import bad
import psutil
import pytest

from pipelines.engines import local
from schemas.errors import Problem


def outcomes(tasks: list[str], jobs: int, timeout: float) -> dict[str, str]:
    answers = list(local.run(tasks, bad.work, jobs, timeout))
    assert len(answers) == len(tasks)
    return {a.task: a.value.outcome if isinstance(a.value, Problem) else a.value for a in answers}


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_tasks_are_named_and_the_others_come_back(jobs: int) -> None:
    good = [f"good {number}" for number in range(20)]
    expected = {
        "hang": "timeout",
        "hang holding the lock": "timeout",
        "exit": "crash",
        "kill": "crash",
        "memory": "memory",
        "raise": "error",
        "panic": "error",
    }
    found = outcomes([*expected, *good], jobs, timeout=1.5)
    assert {task: found[task] for task in expected} == expected
    assert all(found[task] == task.upper() for task in good)


def test_an_error_says_where_it_came_from() -> None:
    (answer,) = local.run(["raise"], bad.work, 1, 10)
    assert answer.value.message == "程序出错：ValueError: 坏了"
    assert "bad.py" in answer.value.place


def test_tasks_are_asked_for_as_they_are_needed() -> None:
    asked: list[int] = []

    def tasks() -> Iterator[str]:
        for number in range(100):
            asked.append(number)
            yield f"good {number}"

    answers = local.run(tasks(), bad.work, 1, 10)
    next(answers)
    answers.close()
    assert len(asked) <= local.AHEAD + 1


def test_workers_hear_no_interrupt_nor_do_those_that_replace_them() -> None:
    answers = {answer.task: answer.value for answer in local.run(["kill", "exit", "deaf"], bad.work, 1, 20)}
    assert answers["deaf"] is True


def test_no_tasks_start_no_process() -> None:
    before = len(psutil.Process().children(recursive=True))
    assert list(local.run([], bad.work, 2, 10)) == []
    assert len(psutil.Process().children(recursive=True)) == before


def test_closing_kills_the_workers_at_once() -> None:
    answers = local.run(["pid", "hang", "hang", "hang"], bad.work, 2, 60)
    pid = next(answers).value
    started = time.monotonic()
    answers.close()
    assert time.monotonic() - started < 3
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


PARENT = """
import sys
sys.path[:0] = sys.argv[1:]
import bad
from pipelines.engines import local
if __name__ == "__main__":
    for answer in local.run(["pid", "hang", "hang"], bad.work, 2, 60):
        print(answer.value, flush=True)
"""


def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    script, here = tmp_path / "parent.py", Path(__file__).parent
    script.write_text(PARENT, encoding="utf-8")
    command = [sys.executable, str(script), str(here), str(here.parents[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline()) if parent.stdout else 0
        family = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    gone, alive = psutil.wait_procs(family, timeout=4)
    assert worker in {process.pid for process in gone}
    assert not alive
