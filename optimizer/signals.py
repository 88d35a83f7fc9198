"""Ctrl-C and being told to end: at once while nothing can be lost, else once there is a plan and its report."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Stoppable(Protocol):
    """What can be asked to end, such as the clock of a search."""

    def stop(self) -> None:
        """Ask it to end."""


class Signals:
    """What a signal does: the first one ends the search if there is one, any other gives up.

    Parameters
    ----------
    tell
        Says what the first signal does.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._search: Stoppable | None = None
        self._met = False

    def search_begins(self, search: Stoppable) -> None:
        """Let a signal end the search from now on; one that was met before, and got lost, gives up now."""
        if self._search is None and self._met:
            raise KeyboardInterrupt
        self._search = search

    def __call__(self, *_: object) -> None:
        """Meet a signal."""
        first, self._met = not self._met, True
        if self._search is None or not first:
            raise KeyboardInterrupt
        self._search.stop()
        self._tell()


@contextmanager
def heeding(signals: Signals) -> Iterator[None]:
    """Meet signals within the block; outside the main thread, where Python has none, nothing changes."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in NAMES:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and not (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):  # nohup
                before[number] = signal.signal(number, signals)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that was not set from Python
                signal.signal(number, handler)
