"""The opening of a search: the plan that changes nothing, and first plan and bound of a large problem.

The relaxation of a large problem is solved by interior point and its answer rounded: plants, then
crews and weekends. Of a huge one the rounding comes too late, so the plan comes from a model of its
review blocks, on the core that the interior point method leaves free.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.crews import rounded
from optimizer.solve.finish import HELD
from optimizer.solve.highs import Engine, Outcome
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.matrix import CHAINED, Floats, Matrix
from optimizer.solve.rounding import ALL, PLANTS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.sketch import by_sketch

HUGE = 1_500_000
"""Nonzeros from which a plan is sought by way of longer periods; below, rounding finds a better one in time."""


@dataclass
class Opening:
    """What is done before anything is branched on.

    Parameters
    ----------
    runs
        With the objective set.
    today
        Column bounds that switch every lever off; None where there is no such plan.
    slack_rows
        Rows that the interior point method leaves out.
    sketch
        Builds the same problem with review blocks for periods, or None; asked when the problem is huge.
    without_levers
        Answer within the bounds of `today`, as far as it is known.
    """

    runs: Runs
    today: tuple[Floats, Floats] | None
    slack_rows: NDArray[np.int64]
    sketch: Callable[[], Matrix | None] | None
    without_levers: Outcome | None = None

    def open(self, deadline: float) -> None:
        """Take the first plans of a large problem, until one of them is close enough, and prove a first bound."""
        runs, record = self.runs, self.runs.record
        huge = runs.matrix.rows.nnz >= HUGE and len(runs.engines) > 1
        sketched = huge and self.sketch is not None and record.best is None
        if not sketched:
            self.as_today(runs.engine, deadline)
        self._interior(deadline, sketched=sketched)

    def as_today(self, engine: Engine, deadline: float) -> None:
        """Take the plan that changes nothing where there is none yet: better than none when time runs out."""
        if self.today is None or self.runs.record.best is not None:
            return
        with self.runs.record.timed("as today"):
            engine.bounds(*self.today)
            known = self.without_levers
            if known is None or known.x is None or engine.violation(known.x) > HELD:
                known = engine.relax(seconds=self.runs.clock.until(deadline))
            step = round_off([engine], (ALL,), Step(*self.today, known), deadline)
            self.runs.free(engine)
        if step is not None:
            self.runs.record.take(step.outcome)

    def _interior(self, deadline: float, *, sketched: bool) -> None:
        """Solve the linear relaxation by interior point, sooner a bound, and find a plan beside it or near it."""
        runs, record = self.runs, self.runs.record
        runs.free()
        with ThreadPoolExecutor(1) as beside:
            sketch = beside.submit(self._beside, deadline) if sketched else None
            with record.timed("interior point"), runs.engine.without(self.slack_rows):
                relaxed = runs.engine.relax(
                    seconds=runs.clock.until(deadline),
                    method=INTERIOR_POINT,
                    chains=runs.matrix.chains(*CHAINED),
                    threads=None if sketch else runs.settings.threads or os.cpu_count(),
                )
            record.prove_relaxed(relaxed.bound)
            drawn = False
            if sketch is not None:
                with record.timed("sketch"):
                    drawn = sketch.result()
        if relaxed.x is not None and not drawn:
            self._near(relaxed, deadline)

    def _near(self, relaxed: Outcome, deadline: float) -> None:
        """Round the answer of a relaxation to a plan."""
        runs, record = self.runs, self.runs.record
        if record.close_enough or runs.clock.past(deadline):
            return
        runs.free()
        with record.timed("rounding"):
            step = round_off(runs.engines, (PLANTS,), Step(runs.matrix.lower, runs.matrix.upper, relaxed), deadline)
        if step is not None:
            record.take(rounded(runs, step.outcome, deadline))

    def _beside(self, deadline: float) -> bool:
        """Take the plan that changes nothing, then one found by way of longer periods, each as soon as it is there.

        Tell whether the latter is found. Then the relaxation is not rounded: at full size that found nothing in 50 s.
        """
        record, engine = self.runs.record, self.runs.engines[1]
        self.as_today(engine, deadline)
        record.tell("interior point")
        drawn = self.sketch() if self.sketch else None
        step = by_sketch(drawn, engine, record.objective.name, deadline) if drawn else None
        if step is not None:
            record.take(step.outcome)
            record.tell("interior point")
        return step is not None
