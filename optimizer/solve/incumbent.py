"""The best plan so far and what is proven of each objective: the one thing that changes while lanes search.

A plan counts when it holds every row, is whole, and keeps the objectives before it within their limits: it is
judged here, whoever found it. A bound counts by who proved it; a plan below it shows that it was wrong, and then
nothing that its prover says of that objective is believed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

import numpy as np

from optimizer.solve.arrays import HOLD_TOLERANCE, Floats, Objective
from optimizer.solve.problem import Leg, Problem
from optimizer.solve.progress import relative_gap

REFUTED = 10 * HOLD_TOLERANCE
"""Relative amount by which a plan must lie below a bound to refute it."""


class Incumbent:
    """The best plan so far, judged against the limits of the leg in hand.

    Attributes
    ----------
    best
        Best plan in the user's units, or None.
    notes
        What was found to be wrong, in sentences.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem, self._lock = problem, RLock()  # engines of one process run side by side
        self.best: Floats | None = None
        self.notes: list[str] = []
        self._bounds: dict[int, dict[str, float]] = {rank: {} for rank in range(len(problem.ranked))}
        self._distrusted: set[tuple[int, str]] = set()
        self._rank = 0
        self._held: Sequence[float] = ()
        self._within: dict[int, Sequence[float]] = {}  # limits within which bounds are proven, by rank

    def begin(self, leg: Leg) -> None:
        """Turn to the objective of a leg."""
        self._rank, self._held, self.best = leg.rank, leg.held, leg.start

    @property
    def objective(self) -> Objective:
        """Return the objective in hand."""
        return self._problem.ranked[self._rank]

    @property
    def value(self) -> float:
        """Return the value of the best plan, infinite without one."""
        return np.inf if self.best is None else self.objective.value(self.best)

    @property
    def bound(self) -> float:
        """Return what is proven of the objective in hand."""
        return self.proven(self._rank)

    @property
    def close_enough(self) -> bool:
        """Tell whether the best plan is proven as close to the bound as asked."""
        return self.best is not None and relative_gap(self.value, self.bound) <= self._problem.settings.gap

    def proven(self, rank: int) -> float:
        """Return what is proven of an objective; -inf when nothing is."""
        return max(self._bounds[rank].values(), default=-np.inf)

    def proven_within(self, rank: int, held: Sequence[float]) -> float:
        """Return what is proven of an objective where those before it have these limits; -inf when nothing is.

        What was proven within closer limits does not hold then, and is dropped.
        """
        if any(limit > before for limit, before in zip(held, self._within.get(rank, held), strict=True)):
            self._bounds[rank].clear()
        self._within[rank] = held
        return self.proven(rank)

    def offer(self, x: Floats) -> bool:
        """Take a plan if it holds everything and is the best so far; tell whether it is."""
        with self._lock:
            value = self.objective.value(x)
            if value >= self.value or not self._keeps_limits(x):
                return False
            if not self._problem.sound(x):
                told = f"a plan of less {self.objective.name} was not taken: it does not hold every rule"
                self.notes += [told] if told not in self.notes else []
                return False
            self.best = x
            self._refute(value)
            return True

    def prove(self, bound: float, source: str) -> bool:
        """Take a bound; tell whether more is proven than before."""
        with self._lock:
            if (self._rank, source) in self._distrusted:
                return False
            before = self.bound
            self._bounds[self._rank][source] = max(bound, self._bounds[self._rank].get(source, -np.inf))
            self._refute(self.value)
            return self.bound > before

    # -- inside ----------------------------------------------------------------------------------------
    def _keeps_limits(self, x: Floats) -> bool:
        room, ranked = self._problem.matrix.room, self._problem.ranked
        return all(o.value(x) <= limit + room(o, limit) for o, limit in zip(ranked, self._held, strict=False))

    def _refute(self, value: float) -> None:
        """Drop the bounds that lie clearly above the value of a plan."""
        bounds = self._bounds[self._rank]
        for source in [s for s, bound in bounds.items() if value < bound - REFUTED * max(1.0, abs(bound))]:
            del bounds[source]
            self._distrusted.add((self._rank, source))
            self.notes.append(f"a bound of {self.objective.name} was refuted by a plan ({source}), and is not believed")
