"""Ctrl-C and being told to end: at once while nothing can be lost, else once there is a plan and its report."""

from __future__ import annotations

import signal
import threading

import pytest

from optimizer import Clock
from optimizer.signals import Signals, heeding


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_first_signal_ends_the_search_and_the_second_gives_up(name: str) -> None:
    """The clock stops and it is told, once; the next one raises, and afterwards all is as before."""
    told: list[str] = []
    signals, clock, number = Signals(lambda: told.append("stopping")), Clock(60), getattr(signal, name)
    whoever_began_this = signal.signal(number, signal.default_int_handler)  # may ignore it, as nohup does
    before = signal.getsignal(number)
    with heeding(signals):
        signals.search_begins(clock)
        signal.raise_signal(number)
        assert clock.stopped and told == ["stopping"]
        signals.search_begins(clock)  # is told with every step of the search
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) == before
    signal.signal(number, whoever_began_this)


def test_before_the_search_a_signal_gives_up_at_once() -> None:
    """Nothing can be lost while a workbook is read; one that a library swallowed gives up when the search begins."""
    signals = Signals(lambda: pytest.fail("nothing is written"))
    with heeding(signals):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signals.search_begins(Clock(60))


def test_a_terminal_that_closes_is_ignored_under_nohup() -> None:
    """Who ignores it already goes on ignoring it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeding(Signals(lambda: None)):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_signals_are_left_alone() -> None:
    """Python meets signals in its main thread only; elsewhere a command runs without them."""
    met: list[object] = []

    def work() -> None:
        with heeding(Signals(lambda: None)):
            met.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert met == [before]
