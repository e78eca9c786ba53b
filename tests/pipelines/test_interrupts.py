"""Ctrl-C waits for the next step of a run, and only for that."""

import os
import signal
from threading import Thread

import pytest

from pipelines.interrupts import check, deferred, unheard


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_is_noted_and_raised_by_the_next_check() -> None:
    with deferred():
        check()
        press()
        with pytest.raises(KeyboardInterrupt):
            check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_second_one_is_raised_at_once() -> None:
    with deferred():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_new_run_knows_nothing_of_an_earlier_one() -> None:
    with deferred():
        press()
    with deferred():
        check()


def test_another_thread_sets_no_handler() -> None:
    found: list[object] = []

    def run() -> None:
        with deferred():
            found.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_this_thread_hears_again_afterwards() -> None:
    with unheard():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
