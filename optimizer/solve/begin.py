"""A plan to begin with: its whole numbers are fixed and the rest is solved, for every objective in turn.

A plan that holds all rows competes for every objective, as long as it keeps the limits of the objectives before.
The search then ends with a plan that is no worse. A plan that does not hold all rows is repaired: targets are decided
anew, then weekends, then crews, then plants. Where no repair holds, it may have fewer of them.
"""

from __future__ import annotations

import numpy as np

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats
from optimizer.solve.highs import Engine
from optimizer.solve.measured import as_measured
from optimizer.solve.problem import Leg, Problem
from optimizer.solve.progress import Clock
from optimizer.structure import Variables

ALL, PART = True, False
"""Whether decisions stay as they are in the plan, or may be as many or fewer."""
STARTS, CREWS, WEEKENDS = Variables.STARTS, Variables.CREWS, Variables.WEEKENDS
KEPT = (
    (ALL, (STARTS, CREWS, WEEKENDS, Variables.TARGETS), ""),
    (ALL, (STARTS, CREWS, WEEKENDS), ""),
    (ALL, (STARTS, CREWS), "its plants and shifts were kept, and weekends decided anew"),
    (ALL, (STARTS,), "its plants were kept, and shifts and weekends decided anew"),
    (PART, (STARTS, CREWS, WEEKENDS), "of its plants, shifts and weekends those were kept that can be"),
)
"""What is kept of a plan, all of it first, and what is told then; targets follow from the rest."""
SHARE = 0.2
"""Most of the time of an objective that beginning may take."""
NOT_HELD = "the plan to start from does not hold here as it is"


class Begin:
    """The plan that a search begins with.

    Parameters
    ----------
    problem
        What is searched.
    clock
        Of the search.
    values
        Of every column; NaN where the plan says nothing, which is decided anew.

    Attributes
    ----------
    notes
        What could not be kept, in sentences.
    """

    def __init__(self, problem: Problem, clock: Clock, values: Floats) -> None:
        self._problem, self._clock, self._values = problem, clock, values
        self._kept: tuple[bool, tuple[Variables, ...]] | None = None
        self.notes: list[str] = []

    def plan(self, leg: Leg) -> Floats | None:
        """Return the best plan for a leg with the whole numbers of the plan; None where there is none.

        Once it was found how much can be kept, the same is kept for every leg.
        """
        if self._problem.settings.relaxed or (leg.rank and self._kept is None):
            return None
        seconds = self._clock.seconds + SHARE * leg.seconds
        try:
            engine = self._engine(leg)
            for how, kept, told in KEPT if self._kept is None else ((*self._kept, ""),):
                x = self._with(engine, how, kept, self._clock.until(seconds))
                if x is not None:
                    self._kept = how, kept
                    self.notes += [f"{NOT_HELD}: {told}"] if told else []
                    return as_measured(self._problem.matrix, x)
        except (SolverError, MemoryError):
            pass  # the search does without
        if not leg.rank:
            self.notes.append(f"{NOT_HELD}, nor does a part of it: the search began without it")
        return None

    # -- inside ----------------------------------------------------------------------------------------
    def _engine(self, leg: Leg) -> Engine:
        """Return an engine that minimises the objective of a leg and holds those before it."""
        problem = self._problem
        engine = Engine(problem.matrix, self._clock, threads=problem.settings.threads, seed=problem.settings.seed)
        for objective, limit in zip(problem.ranked, leg.held, strict=False):
            engine.hold(objective, limit)
        engine.minimise(problem.ranked[leg.rank])
        engine.integrality(problem.matrix.integer)
        return engine

    def _with(self, engine: Engine, how: bool, kept: tuple[Variables, ...], seconds: float) -> Floats | None:
        """Return the best plan with these variables as they are in the plan, or no more than that."""
        matrix = self._problem.matrix
        known = matrix.mask(*kept) & matrix.integer & np.isfinite(self._values)
        values = np.clip(np.round(self._values), matrix.lower, matrix.upper)
        lower, upper = np.where(known & how, values, matrix.lower), np.where(known, values, matrix.upper)
        engine.bounds(lower, upper)
        return engine.run(seconds=seconds, gap=self._problem.settings.gap).x
