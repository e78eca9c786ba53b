"""Ctrl-C during a run: noted when it comes, and raised between two steps.

Raised wherever it falls, KeyboardInterrupt is lost in callbacks of the import system, turned into other errors by C
modules, or hits a commit.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

_noted = False


@contextmanager
def deferred() -> Iterator[None]:
    """Until the end of the block Ctrl-C waits for `check`; a second one is raised at once."""
    global _noted  # noqa: PLW0603 - the one signal handler of the process
    _noted = False
    if current_thread() is not main_thread():  # which never hears it
        yield
        return
    usual = signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def check() -> None:
    """Raise the Ctrl-C that was noted.

    Raises:
        KeyboardInterrupt: there was one.
    """
    if _noted:
        raise KeyboardInterrupt


@contextmanager
def unheard() -> Iterator[None]:
    """Threads and processes that are started in the block never hear Ctrl-C, nor do those that they start."""
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting it later would end the deafness
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _note(number: int, frame: FrameType | None) -> None:
    global _noted  # noqa: PLW0603
    if _noted:
        signal.default_int_handler(number, frame)
    _noted = True
