"""Engines: each runs one function over many tasks, survives whatever a task does, and names the one that did it.

An engine is a function `run(tasks, work, jobs, timeout)` that yields an `Answer` for every task, in any order. It asks
for tasks only as it needs them. Work and tasks are pickled, so `work` is a function of a module.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: the value that the work returned, or the `Problem` that kept it from returning."""

    task: Any
    value: Any
    seconds: float


Answers = Generator[Answer, None, None]
#: Tasks, work, number of workers, and the seconds that one task may take.
Engine = Callable[[Iterable[Any], Callable[[Any], Any], int, float], Answers]
