"""Coarse to fine: the same problem with review blocks for periods is searched, and its plans are carried over.

A search of the sketch (sketch.py) is far shorter than one of the problem itself, for a plan that is nearly as good.
Objectives are held there at the values that they have there, which are others: what is made within a
block cannot be delivered in its first month (measured: see CONTRIBUTING.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np

from optimizer.errors import OptimizerError
from optimizer.solve.arrays import Floats, Matrix, Name
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import Leg, Problem, limit
from optimizer.solve.progress import Clock
from optimizer.solve.record import Record
from optimizer.solve.sketch import Sketch
from optimizer.structure import Variables


class Searching(Protocol):
    """What searches a leg."""

    def search(self, leg: Leg) -> None:
        """Search it; plans and bounds are in its record."""


class Coarse:
    """The search of a sketch.

    Parameters
    ----------
    sketch
        The same problem with review blocks for periods.
    problem
        The problem itself.
    clock
        Of the search.
    searcher
        Makes a search of the sketch; told whether it is to search neighbourhoods of a plan alone.
    """

    def __init__(
        self, sketch: Sketch, problem: Problem, clock: Clock, searcher: Callable[[Problem, Record, bool], Searching]
    ) -> None:
        self._sketch, self._clock, self._fine = sketch, clock, problem.matrix
        self._problem, self._slack = Problem(sketch.matrix, problem.settings), problem.slack
        self._record = Record(self._problem.ranked[0], problem.settings.gap, clock, None)
        self._search, self._searcher = searcher(self._problem, self._record, False), searcher
        self._known: dict[int, tuple[Floats, float]] = {}  # by rank: best plan, and what is proven
        self._best: Floats | None = None
        self._mark = b""

    def search(self, rank: int, seconds: float, gap: float) -> bool:
        """Search an objective in the sketch; tell whether another plan than before is the best.

        Parameters
        ----------
        rank
            Of the objective; those before it were searched before, or are searched first.
        seconds
            Longest search.
        gap
            At which it ends.
        """
        until = self._clock.seconds + seconds
        try:
            for earlier in range(rank):
                if earlier not in self._known:
                    self._find(earlier, (until - self._clock.seconds) / (rank + 1 - earlier), gap)
            self._find(rank, until - self._clock.seconds, gap)
        except OptimizerError:  # the sketch may be impossible where the problem is not
            return False
        return self._another(rank)

    def improve(self, seconds: float) -> bool:
        """Search neighbourhoods of the plan for the first objective, if there is one; returns as `search` does."""
        if 0 not in self._known:
            return False
        x, bound = self._known[0]
        self._record.gap = self._problem.settings.gap
        self._local.search(Leg(0, 0, (), seconds, x, bound))
        assert self._record.best is not None  # the search began with one
        self._known[0] = self._record.best, bound
        return self._another(0)

    def kept(self, matrix: Matrix) -> dict[Name, int]:
        """Return from when on the best plan keeps targets, as `Sketch.kept` does, in columns of the problem itself."""
        assert self._best is not None
        return self._sketch.kept(self._best, matrix, Variables.TARGETS)

    def plan(self, engine: Engine, deadline: float) -> Outcome | None:
        """Carry the best plan over; None where that leads nowhere. As `Sketch.plan`."""
        assert self._best is not None
        step = self._sketch.plan(self._best, engine, deadline)
        return None if step is None else step.outcome

    @property
    def guide(self) -> Floats | None:
        """Return plants and crews of the best plan in columns of the problem itself, NaN in others, if any."""
        return None if self._best is None else self._sketch.near(self._best, self._fine, np.nan)

    # -- inside ----------------------------------------------------------------------------------------
    @cached_property
    def _local(self) -> Searching:
        return self._searcher(self._problem, self._record, True)

    def _another(self, rank: int) -> bool:
        """Take the plan for an objective as the best; tell whether it was another one before."""
        self._best = self._known[rank][0]
        before, self._mark = self._mark, self._best[self._problem.matrix.integer].round().tobytes()
        return self._mark != before

    def _find(self, rank: int, seconds: float, gap: float) -> None:
        held = tuple(self._limit(earlier) for earlier in range(rank))
        known = self._known.get(rank)
        start = known[0] if known else self._known[rank - 1][0] if rank else None
        self._record.gap = gap
        self._search.search(Leg(0, rank, held, seconds, start, known[1] if known else -np.inf))
        if self._record.best is None:
            raise OptimizerError("no plan of the review blocks was found")
        self._known[rank] = self._record.best, self._record.bound

    def _limit(self, rank: int) -> float:
        """Return where an objective is held for those after it, as in the problem itself."""
        objective = self._problem.ranked[rank]
        value = objective.value(self._known[rank][0])
        room = self._problem.matrix.room(objective, value)
        return limit(objective, None, self._slack, value) + room
