"""Engines: each runs one function over many tasks, survives whatever a task does, and names the one that did it.

An engine is a function `run(tasks, work, jobs, timeout)` that yields an `Answer` for every task, in any order. It pulls
tasks as it needs them. Work and tasks are pickled, so `work` is a function of a module.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from schemas.errors import Problem

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T, R]):
    """What became of a task: the value that the work returned, or the problem that kept it from returning."""

    task: T
    value: R | Problem
    seconds: float


class Engine(Protocol):
    """The shape of an engine; `timeout` is in seconds for one task."""

    def __call__(
        self, tasks: Iterable[T], work: Callable[[T], R], jobs: int, timeout: float
    ) -> Iterator[Answer[T, R]]: ...  # noqa: D102 - said above
