"""The fewest months until targets are kept: the epsilon-constraint method, by bisection.

The months that the objective counts are held at a number, the objectives before it at their limits. Any plan will do
then: HiGHS finds one on the whole problem, or proves that there is none. That is far easier than to search the fewest
months (measured: see CONTRIBUTING.md).

Method: Haimes, Lasdon and Wismer, "On a bicriterion formulation of the problems of integrated system identification
and system optimization" (1971).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.runs import Runs
from optimizer.solve.tree import WHOLE

TRY_SHARE = 0.2
"""Share of the time left that one number of months is tried at first (measured: see CONTRIBUTING.md)."""
LEAST_TRY = 10.0
"""Seconds that it is tried at least."""
DIGIT = 0.001
"""What weights of targets are mostly whole multiples of."""
LEAST_STEP = 1e-4
"""Share of the most months by which numbers that are tried differ at least, where weights have more digits."""
MORE = 2.0
"""Times as long as before that numbers are tried once every one that is left was in vain."""


class Months:
    """The months of an objective that counts them.

    Parameters
    ----------
    runs
        With every objective before this one held.
    speed
        The objective.
    guide
        What is minimised while months are held: the objective held last.
    enough
        Called now and then; True ends the search.
    """

    def __init__(self, runs: Runs, speed: Objective, guide: Objective, enough: Callable[[], bool]) -> None:
        self._runs, self._speed, self._enough = runs, speed, enough
        self._vain: list[float] = []  # months that were tried without an answer
        self._patience = 1.0
        # an engine of its own: it goes on beside those of the runs, with the threads that these have set
        self._engine = Engine(runs.matrix, runs.clock, seed=runs.problem.settings.seed)
        self._engine.minimise(guide)
        self._engine.integrality(runs.matrix.integer)
        for objective, limit, _ in runs.holding():
            self._engine.hold(objective, limit)
        self._row = self._engine.hold(speed, np.inf)

    def bisect(self, deadline: float) -> None:
        """Refute months until the best plan is proven or time is up, and take what is found.

        `deadline` is on the clock of the search.
        """
        record = self._runs.record
        with record.timed("dates"):
            record.prove(self._ends[0])
            while (months := self._next()) is not None and not self._runs.clock.past(deadline) and not self._enough():
                before, answer = record.value, self._any(months, deadline)
                if answer.x is not None:
                    value = self._speed.value(answer.x)
                    if value >= before:  # no less, but for the tolerances of HiGHS
                        break
                    record.take(Outcome("found", answer.x, value, -np.inf))
                elif answer.status == "infeasible":
                    record.prove(months + self._step)
                elif answer.status == "failed":
                    break
                else:
                    self._vain.append(months)

    # -- inside ----------------------------------------------------------------------------------------
    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Return the least and the most that the objective can be by the bounds of its columns."""
        matrix, speed = self._runs.matrix, self._speed
        counted = np.flatnonzero(speed.costs)
        ends = speed.costs[counted] * np.array([matrix.lower[counted], matrix.upper[counted]])
        return float(speed.constant + ends.min(0).sum()), float(speed.constant + ends.max(0).sum())

    @cached_property
    def _step(self) -> float:
        """Return by how much two values of the objective differ at least; 0 where its weights have many digits."""
        counted = np.flatnonzero(self._speed.costs)
        costs = np.abs(self._speed.costs[counted]) / DIGIT
        whole = np.round(costs)
        if not self._runs.matrix.integer[counted].all() or np.abs(costs - whole).max(initial=0.0) > WHOLE:
            return 0.0
        return DIGIT * float(np.gcd.reduce(whole.astype(np.int64)))

    def _next(self) -> float | None:
        """Return how many months to try: half way from what is proven to the least that was in vain."""
        low, high, (least, most) = self._runs.record.bound, self._runs.record.value, self._ends
        if not np.isfinite(high):  # any plan, to begin with
            return most if low <= most else None
        closer = max(self._runs.problem.settings.gap * abs(high), LEAST_STEP * (most - least))
        if self._step:  # what is tried is a value that the objective can have
            closer = self._step * max(1.0, np.floor(closer / self._step))
        alike = closer - WHOLE if self._step else closer + WHOLE
        if high - low < alike:
            return None
        vain = min((months for months in self._vain if low <= months < high), default=high)
        if vain - low < alike:
            self._vain.clear()
            self._patience *= MORE
            return self._next()
        return float(high - closer * np.ceil((high - (low + vain) / 2) / closer - WHOLE))

    def _any(self, months: float, deadline: float) -> Outcome:
        """Look for any plan with at most so many months."""
        record, found, most = self._runs.record, False, months + self._step / 2
        left = self._runs.clock.until(deadline)
        seconds = min(left, max(LEAST_TRY, TRY_SHARE * left) * self._patience)

        def improved(_: Floats) -> None:
            nonlocal found
            found = True

        def ended() -> bool:
            return found or record.value <= most or record.bound > most or self._enough()

        self._engine.limit(self._row, self._speed, most)
        try:
            return self._engine.run(seconds=seconds, gap=1.0, improved=improved, ended=ended)
        except SolverError:
            self._engine.forget()
            return Outcome("failed", None, np.inf, -np.inf)
