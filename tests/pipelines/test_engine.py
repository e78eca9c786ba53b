"""The local engine: whatever one task does, all others come back, and that one is named."""

import os
import sys
import time

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

    def tasks() -> list[int]:
        return [asked.append(number) or number for number in range(0)]

    def lazily() -> object:
        for number in range(100):
            asked.append(number)
            yield f"good {number}"

    answers = local.run(lazily(), bad.work, 1, 10)  # type: ignore[arg-type]
    next(answers)
    answers.close()
    assert len(asked) <= local.AHEAD + 1


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


def test_workers_die_with_their_parent(tmp_path: object) -> None:
    import subprocess

    script = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import bad\nfrom pipelines.engines import local\n"
        "if __name__ == '__main__':\n"
        "    for answer in local.run(['pid', 'hang', 'hang'], bad.work, 2, 60): print(answer.value, flush=True)\n"
    )
    folder = os.path.dirname(__file__)
    path = f"{tmp_path}/parent.py"
    with open(path, "w", encoding="utf-8") as file:
        file.write(script)
    root = os.path.dirname(os.path.dirname(folder))
    parent = subprocess.Popen([sys.executable, path, folder, root], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    family = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone, alive = psutil.wait_procs(family, timeout=4)
    assert worker in {process.pid for process in gone}
    assert not alive
