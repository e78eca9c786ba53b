"""A run with the toy's work, to be killed: `python interrupted.py ARCHIVE STORE`; prints a line for every document."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

import toy  # noqa: E402

import extract  # noqa: E402
from pipelines import audit, batch  # noqa: E402
from pipelines.engines import Answers, local  # noqa: E402


def engine(tasks: Iterable[Any], _: Callable[[Any], Any], jobs: int, timeout: float) -> Answers:
    return local.run(tasks, toy.work, jobs, timeout)


def progress(done: int, *_: object) -> None:
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    vars(extract)["VERSION"] = vars(audit)["VERSION"] = "1"
    batch.WINDOW = 3
    batch.run([sys.argv[1]], sys.argv[2], engine=engine, jobs=2, timeout=30, progress=progress)
