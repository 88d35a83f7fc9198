"""What a search draws from review blocks: the begin of its relaxations, plans, and dates of targets.

The problem with review blocks for periods is drawn once, when it is asked for first (sketch.py). It prices the blocks
that a relaxation begins from (crash.py), and it is searched itself (coarse.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats
from optimizer.solve.coarse import Coarse, Searching
from optimizer.solve.crash import crash
from optimizer.solve.dates import Dates
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.sketch import Sketch

ROUGH, ROUGH_SHARE = 0.1, 0.6
"""Gap at which a plan of the review blocks is carried over at first, and most of the time that it may take."""
CLOSER_SHARE = 0.35
"""Most of the time for an objective in which review blocks are searched more closely."""
NEIGHBOURS_SHARE = 0.4
"""That in which neighbourhoods of a rough plan of the review blocks of a huge problem are searched (measured: see
CONTRIBUTING.md)."""


class Review:
    """The review blocks of a problem.

    Parameters
    ----------
    problem
        The problem itself.
    clock
        Of the search.
    record
        Where plans and bounds go.
    draw
        Builds the sketch; None, and None from it, where there is none.
    searcher
        Makes a search of the sketch, as for `Coarse`.
    """

    def __init__(
        self,
        problem: Problem,
        clock: Clock,
        record: Record,
        draw: Callable[[], Sketch | None] | None,
        searcher: Callable[[Problem, Record, bool], Searching],
    ) -> None:
        self._problem, self._clock, self._record = problem, clock, record
        self._draw, self._searcher = draw, searcher

    @property
    def guide(self) -> Floats | None:
        """Return plants and crews of the best plan of the review blocks, NaN in all other columns; None without one."""
        return None if self._coarse is None else self._coarse.guide

    @property
    def useful(self) -> bool:
        """Tell whether there are so few review blocks that they are searched first."""
        return self._sketch is not None

    def begin(self, runs: Runs, slack_rows: NDArray[np.int64], deadline: float, *, on: bool = True) -> None:
        """Prove a bound of the relaxation by blocks, and bring the first engine near its optimum. See `crash`.

        Without `on` the bound is all.
        """
        record, sketch = self._record, self._sketch
        if sketch is None:
            return
        with record.timed("split"):
            crash(runs.engine, sketch, record.objective, slack_rows, deadline, record.prove_relaxed, on=on)

    def search(self, runs: Runs, deadline: float) -> None:
        """Search the first objective and take the plans that come of it: a rough one at first, then a closer one.

        That of a huge problem is sought among neighbourhoods of the rough one: most of them are searched far sooner
        here than in the problem itself.
        """
        record, coarse = self._record, self._coarse
        if coarse is None:
            return
        with record.timed("review blocks"):
            carrying = 0.0  # seconds that it took last
            for found in (self._rough, self._closer):
                if record.close_enough or self._clock.past(deadline - carrying):
                    break
                if found(coarse, self._clock.until(deadline - carrying)):
                    began = self._clock.seconds
                    runs.free()
                    plan = coarse.plan(runs.engine, deadline)
                    if plan is not None:
                        record.take(plan)
                    carrying = self._clock.seconds - began
        runs.free()

    def keep(self, runs: Runs, rank: int, dates: Dates, deadline: float) -> None:
        """Search the dates of targets and keep those that come of it."""
        coarse = self._coarse
        if coarse is None:
            return
        with self._record.timed("review blocks"):
            found = coarse.search(rank, CLOSER_SHARE * self._clock.until(deadline), self._record.gap)
        if found:
            dates.follow(coarse.kept(runs.matrix), lambda engine: coarse.plan(engine, deadline), deadline)

    # -- inside ----------------------------------------------------------------------------------------
    def _rough(self, coarse: Coarse, seconds: float) -> bool:
        return coarse.search(0, ROUGH_SHARE * seconds, ROUGH)

    def _closer(self, coarse: Coarse, seconds: float) -> bool:
        if self._problem.huge:
            return coarse.improve(NEIGHBOURS_SHARE * seconds)
        return coarse.search(0, CLOSER_SHARE * seconds, self._record.gap)

    @cached_property
    def _sketch(self) -> Sketch | None:
        return self._draw() if self._problem.coarse and self._draw is not None else None

    @cached_property
    def _coarse(self) -> Coarse | None:
        return None if self._sketch is None else Coarse(self._sketch, self._problem, self._clock, self._searcher)
