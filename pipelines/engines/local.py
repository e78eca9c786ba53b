"""The engine of one machine: a pool of processes that may hang, crash or run out of memory without harm to the rest."""

import ctypes
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any

from extract.ingest import limits
from pipelines.engines import Answer, Answers
from pipelines.interrupts import check, unheard
from schemas.errors import Problem

#: A worker is replaced after so many tasks, which bounds what leaks in foreign libraries can add up to.
MAX_TASKS = 500
#: Tasks handed to the pool ahead of time, for each worker.
AHEAD = 4
#: Seconds that Ctrl-C may wait to be answered.
_TICK = 0.2

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def run(tasks: Iterable[Any], work: Callable[[Any], Any], jobs: int, timeout: float) -> Answers:
    """Yield the answer of every task as it comes in. A worker that exceeds `timeout` seconds on a task is killed."""
    from multiprocessing import active_children, get_context

    from pebble import ProcessPool

    others = active_children()
    given = (os.getpid(), limits.MEMORY)
    pool: Any = ProcessPool(jobs, MAX_TASKS, initializer=_start, initargs=given, context=get_context("spawn"))
    queue = iter(tasks)
    waiting: dict[Future[Answer], Any] = {}
    try:
        while True:
            for task in islice(queue, AHEAD * jobs - len(waiting)):
                with unheard():  # the first task starts the workers
                    waiting[pool.schedule(_call, args=(work, task), timeout=timeout)] = task
            if not waiting:
                return
            wait(waiting, _TICK, FIRST_COMPLETED)
            check()
            for future in [future for future in waiting if future.done()]:
                yield _answer(future, waiting.pop(future), timeout)
    finally:
        pool.stop()
        for worker in set(active_children()) - set(others):
            worker.kill()  # also one that is only starting, which would complain that its pool is no more
        pool.join()


def _start(parent: int, memory: int) -> None:
    """Prepare a worker: it dies with its parent, has so many bytes of memory and leaves no core file."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(work: Callable[[Any], Any], task: Any) -> Answer:
    """Run in the worker. The one broad `except`: a Rust library's panic, too, is no `Exception`."""
    started = time.perf_counter()
    try:
        value = work(task)
    except MemoryError:
        value = Problem("memory", f"内存超过上限 {resource.getrlimit(resource.RLIMIT_AS)[0] >> 20} MB")
    except BaseException as error:  # noqa: BLE001 - hostile file meets foreign library
        value = Problem("error", f"程序出错：{type(error).__name__}: {error}"[:500], _origin(error))
    return Answer(task, value, time.perf_counter() - started)


def _origin(error: BaseException) -> str:
    """File and line where an exception was raised, for the person who mends it."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _answer(future: Future[Answer], task: Any, timeout: float) -> Answer:
    """The answer of a finished task, also of one whose worker is no more."""
    from pebble import ProcessExpired

    try:
        return future.result()
    except TimeoutError:
        return Answer(task, Problem("timeout", f"超过 {timeout:g} 秒未读完"), timeout)
    except ProcessExpired as error:
        return Answer(task, Problem("crash", f"读取进程异常退出（{_ending(error.exitcode)}）"), 0.0)
    except Exception as error:  # noqa: BLE001 - pebble hands on whatever kept an answer from coming over the pipe
        return Answer(task, Problem("error", f"结果传不回来：{type(error).__name__}: {error}"[:500]), 0.0)


def _ending(code: int | None) -> str:
    """How a process ended: the signal that killed it by its name, or its exit code."""
    if code in {-signal.SIGABRT, -signal.SIGKILL}:
        return f"{signal.Signals(-code).name}，多半是内存不够"
    named = code is not None and -code in {each.value for each in signal.Signals}
    return signal.Signals(-code).name if code is not None and named else f"返回值 {code}"
