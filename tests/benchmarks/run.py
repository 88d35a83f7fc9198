"""What one run of one solver on one instance came to: its trace, its parts, its memory."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass, field
from math import inf
from typing import Any

TINY = 1e-9
MARKS = (30, 60, 120, 300)
"""Seconds at which the gap is read."""
CLOSE = (0.01, 0.005)
"""Gaps whose time is read."""

Point = tuple[float, float | None, float | None]
"""(seconds since the solver was given the scenario, best value, proven bound)"""


@dataclass(frozen=True)
class Limits:
    """How long to search, to which gap, with how many threads (None: as many as the solver likes)."""

    seconds: float
    gap: float
    threads: int | None = None


@dataclass
class Run:
    """The outcome of one run.

    Attributes
    ----------
    objective
        The objective the trace is about: the first one.
    trace
        Points in time at which value or bound changed; the last one is the end of the search.
    finished
        True when the solver ended because it had proven what was asked, not because time was up.
    parts
        Part -> seconds, in order.
    stages
        Of our search: objective, stage, seconds, value, bound.
    memory
        Largest resident set of the process until the search ended, in MB.
    note
        What a reader must know, or why the run failed.
    """

    solver: str
    rows: int = 0
    columns: int = 0
    integers: int = 0
    objective: str = ""
    trace: list[Point] = field(default_factory=list)
    finished: bool = False
    parts: dict[str, float] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    memory: float = 0.0
    note: str = ""

    def tell(self, seconds: float, value: float | None, bound: float | None) -> None:
        """Add a point to the trace, if it tells something new."""
        if not self.trace or self.trace[-1][1:] != (value, bound):
            self.trace.append((seconds, value, bound))

    def end(self, seconds: float) -> None:
        """Close the trace: what was known last held until now."""
        value, bound = self.trace[-1][1:] if self.trace else (None, None)
        self.trace.append((seconds, value, bound))

    @property
    def settled(self) -> list[Point]:
        """Return the trace with no bound above a later one: a bound that was taken back was not proven."""
        lowest, found = inf, []
        for seconds, value, bound in reversed(self.trace):
            lowest = lowest if bound is None else min(lowest, bound)
            found.append((seconds, value, None if bound is None else lowest))
        return found[::-1]

    def gap_at(self, seconds: float) -> float | None:
        """Return the gap at a time: infinite without a plan, None when the run had been cut off before."""
        if not self.trace or (self.trace[-1][0] < seconds and not self.finished):
            return None
        return next((gap(*point[1:]) for point in reversed(self.settled) if point[0] <= seconds), inf)

    def seconds_to(self, close: float) -> float | None:
        """Return when the gap first was this small, None if never."""
        return next((point[0] for point in self.settled if gap(*point[1:]) <= close), None)


def gap(value: float | None, bound: float | None) -> float:
    """Return |value - bound| / |value|; infinite without a plan or a bound."""
    if value is None or bound is None:
        return inf
    return abs(value - bound) / max(abs(value), TINY)


def memory() -> float:
    """Return the largest resident set of this process so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
