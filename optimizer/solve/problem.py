"""What is searched, and one leg of the search: an objective, with those before it held at their limits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.settings import RunSettings
from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.progress import Clock
from optimizer.solve.tidiness import Tidiness

TINY = 500
"""Integer columns up to which one process searches the whole problem: it is done before others have started."""
SMALL = 2_500
"""Integer columns up to which HiGHS on the whole problem proves most; above, a tree of relaxations does."""
LARGE = 250_000
"""Nonzeros from which the relaxation is solved by interior point first, and nothing from a basis far away. Below, the
simplex method is as fast or faster."""
HUGE = 2_000_000
"""Nonzeros from which the simplex method does not come to the end of the relaxation in the time that people have
(measured: see CONTRIBUTING.md)."""
COARSE = 0.6
"""Share of the periods that review blocks may be for a model of them to be searched first, where a problem is large."""

VIOLATION = 1e-5
"""Largest violation of a scaled row, and distance from a whole number, in a plan that will be polished."""

STEADY = 0.4
"""Share of the slack that objectives leave to tidying: they would take all of it, and output may be steadier by far for
a little more (measured: see CONTRIBUTING.md)."""

FINISHING_SHARE, FINISHING_RATE = 0.02, 200_000
"""Of the time left, what is kept for polishing, and nonzeros whose polishing takes about a second."""
LATE_SHARE, LATE, MOST_LATE = 0.04, 4.0, 60.0
"""What the last step may take beyond the time: a share of it, and these seconds; and the most that it takes, unless
more was kept for it."""

TIDYING_SHARE, MOST_TIDYING, LEAST_TIDYING = 0.03, 0.1, 1.0
"""Share of the time in which a plan may be tidied, most of it for large ones, and the least in seconds."""
TIDYING_RATE = 15_000
"""Nonzeros of which tidying takes about a second."""
POLITE = 15
"""How much lower the priority of a process is that gives way."""
MOST_CROWDED = 3.0
"""How many times longer the last step is taken to last on a busy machine, at most."""


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def crowding(threads: int) -> float:
    """Return how many times longer one of our threads takes as other processes want the cores, too; 1 if none does.

    By the load of the last minute, less our own threads; 1 where the system does not tell.
    """
    with suppress(AttributeError, OSError):
        return min(MOST_CROWDED, max(1.0, (os.getloadavg()[0] - threads + 1) / cores()))
    return 1.0


def give_way() -> None:
    """Leave the cores to other processes, which make more of them, as long as they want them."""
    if hasattr(os, "nice"):
        os.nice(POLITE)


@dataclass(frozen=True)
class Problem:
    """A model with all that the search may know of it.

    Attributes
    ----------
    matrix
        The model; its objectives in order of rank, then any tie-breaks.
    settings
        Objectives, gap, slack, time limit, threads, seed.
    today
        Column -> (lower, upper) that switches every lever off; empty: the slack of the shortfall
        is a share of its value instead of what the levers gain.
    relaxed_today
        Rows that the plan without levers need not hold.
    tidiness
        What is tidied in the plan that is found; None: nothing.
    coarse
        Whether its review blocks are so few that a model of them is searched first.
    """

    matrix: Matrix
    settings: RunSettings
    today: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    relaxed_today: NDArray[np.int64] = field(default_factory=lambda: np.array([], dtype=np.int64))
    tidiness: Tidiness | None = None
    coarse: bool = False

    @property
    def ranked(self) -> list[Objective]:
        """Return the objectives that are searched, in order of rank."""
        return [o for o in self.matrix.objectives if o.name in self.settings.objectives]

    @property
    def money(self) -> Objective:
        """Return the objective in money, by which the rest is settled and the size of plants is told."""
        return next(o for o in self.matrix.objectives if o.name in ("weighted", "cost"))

    def sound(self, x: Floats) -> bool:
        """Tell whether values of the columns are a plan: within bounds, holding every row, and whole unless relaxed."""
        if self.settings.relaxed:
            return True
        matrix = self.matrix
        beyond = np.maximum(matrix.lower - x, x - matrix.upper) / matrix.column_scale
        parts = np.abs(x - np.round(x))[matrix.integer]
        return bool(max(matrix.violation(x), beyond.max(initial=0.0), parts.max(initial=0.0)) <= VIOLATION)

    @property
    def slack(self) -> float:
        """Return the share of an objective that later ones may give back; what is left is for dates and tidying."""
        return self.settings.slack if self.tidiness is None else (1 - STEADY) * self.settings.slack

    @property
    def tiny(self) -> bool:
        """Tell whether HiGHS alone searches it, at once."""
        return int(self.matrix.integer.sum()) <= TINY

    @property
    def small(self) -> bool:
        """Tell whether HiGHS on the whole problem is its prover."""
        return int(self.matrix.integer.sum()) <= SMALL

    @property
    def large(self) -> bool:
        """Tell whether the simplex method takes long on its relaxation."""
        return bool(self.matrix.rows.nnz >= LARGE)

    @property
    def huge(self) -> bool:
        """Tell whether the simplex method does not come to the end of its relaxation."""
        return bool(self.matrix.rows.nnz >= HUGE)

    @property
    def threads(self) -> int:
        """Return how many threads the search may use: those asked for, else one for every core it may use."""
        return self.settings.threads or cores()

    @property
    def tidying_seconds(self) -> float:
        """Return how long the plan that is found may be tidied."""
        limit = self.settings.time_limit
        wanted = max(TIDYING_SHARE * limit, self.matrix.rows.nnz / TIDYING_RATE)
        return float(max(LEAST_TIDYING, min(wanted, MOST_TIDYING * limit)))

    def kept_for_last(self, left: float) -> float:
        """Return how many of the seconds left are kept for the last step: more on a busy machine."""
        polishing = max(FINISHING_SHARE * left, self.matrix.rows.nnz / FINISHING_RATE)
        return crowding(self.threads) * float(polishing + self.tidying_seconds)

    def last_step(self, left: float) -> Clock:
        """Return the clock of the last step, which begins with so many seconds left.

        A plan is polished even when no time is left, on a busy machine; but not for long.
        """
        most = max(MOST_LATE, self.kept_for_last(min(left, MOST_LATE)))
        return Clock(min(most, left + LATE + LATE_SHARE * self.settings.time_limit))

    def switched_off(self) -> tuple[Floats, Floats] | None:
        """Return the column bounds that switch every lever off; None where there are none such."""
        if not self.today:
            return None
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        for column, (low, high) in self.today.items():
            lower[column], upper[column] = low, high
        return lower, upper


@dataclass(frozen=True)
class Leg:
    """The search of one objective, as it is asked of a lane.

    Attributes
    ----------
    number
        Of the leg, so that answers to an earlier one are told apart.
    rank
        Of the objective.
    held
        Limits of the objectives before it, in order of rank.
    seconds
        Longest search.
    start
        Best plan so far, or None.
    bound
        Proven of the objective so far.
    """

    number: int
    rank: int
    held: tuple[float, ...]
    seconds: float
    start: Floats | None
    bound: float


def limit(objective: Objective, without_levers: float | None, slack: float, value: float) -> float:
    """Return where later objectives hold this one: its value and what they may give back.

    That is a share of the value; of a shortfall no more than the share of what the levers gain, for half a per
    cent of a large value could throw all of a small gain away. Months until targets are kept are not given back.
    """
    whole = 0.0 if objective.name == "speed" else abs(value)
    if objective.name == "shortfall" and without_levers is not None:
        whole = min(whole, max(0.0, without_levers - value))
    return value + slack * whole
