"""What a caller can watch while a plan is searched, and how it can stop the search."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """The state of the search at one moment.

    Attributes
    ----------
    stage
        Objective and step, say ``shortfall: whole plan``.
    seconds
        Since the search began.
    left
        Seconds until the time limit.
    value, bound
        Of the objective of the stage: best plan so far and proven bound; None where there is none.
    """

    stage: str
    seconds: float
    left: float
    value: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Return (value - bound) / |value|, if both are known."""
        if self.value is None or self.bound is None:
            return None
        return relative_gap(self.value, self.bound)


Watcher = Callable[[Progress], None]


SAME = 2e-6
"""Relative difference within which value and bound count as equal: what holding an objective allows."""
ROUNDING_ERROR = 1e-9
"""Amount by which a gap may pass the one asked for."""


def relative_gap(value: float, bound: float) -> float:
    """Return (value - bound) / |value|; 0 when they agree to `SAME`, also around 0; infinite without a value."""
    if not math.isfinite(value):
        return float("inf")
    difference = max(0.0, value - bound)
    if difference <= SAME * max(1.0, abs(value)):
        return 0.0
    return difference / abs(value) if value else float("inf")


def ended(gaps: Iterable[float], asked: float) -> str:
    """Return how a search that nobody interrupted ended, by the gaps of its objectives and the one asked for."""
    widest = max(gaps)
    if not widest:
        return "optimal"
    return "gap reached" if widest <= asked + ROUNDING_ERROR else "time limit"


class Clock:
    """The time limit of a search and a flag to stop it from outside (Ctrl-C, another thread)."""

    def __init__(self, limit: float) -> None:
        self._begin = time.monotonic()
        self._limit = limit
        self._stop = threading.Event()

    @property
    def seconds(self) -> float:
        """Return the seconds since the search began."""
        return time.monotonic() - self._begin

    @property
    def limit(self) -> float:
        """Return the seconds it was given."""
        return self._limit

    @property
    def left(self) -> float:
        """Return the seconds until the time limit, at least 0."""
        return max(0.0, self._limit - self.seconds)

    def until(self, deadline: float) -> float:
        """Return the seconds until a deadline on this clock, at least 0."""
        return max(0.0, deadline - self.seconds)

    def past(self, deadline: float) -> bool:
        """Tell whether a deadline has passed, or the search should end anyway."""
        return self.over or self.seconds >= deadline

    @property
    def stopped(self) -> bool:
        """Tell whether the search was asked to stop."""
        return self._stop.is_set()

    @property
    def over(self) -> bool:
        """Tell whether the search should end: time is up, or it was asked to stop."""
        return self.stopped or self.left <= 0

    def stop(self) -> None:
        """Ask the search to end at the next chance with the best plan so far."""
        self._stop.set()

    def part(self, seconds: float) -> Clock:
        """Return a clock of so many seconds from now, which is stopped with this one."""
        found = Clock(seconds)
        found._stop = self._stop
        return found

    def resume(self) -> None:
        """Take back that the search was asked to stop."""
        self._stop.clear()
