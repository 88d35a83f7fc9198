"""The opening of a search: the plan that changes nothing, and first plan and bound of a large problem.

The relaxation of a large problem is solved by interior point. Its answer is rounded: plants first, then crews and
weekends. For a huge problem both take too long. There the first plan comes from a model of its review blocks
(sketch.py). The first bound comes from the relaxation, split at the prices of that model (split.py).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import CHAINED, Floats, Matrix
from optimizer.solve.crews import rounded
from optimizer.solve.finish import HELD
from optimizer.solve.funds import made_again, with_cuts
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT, SHARPER
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import HUGE, cores
from optimizer.solve.rounding import ALL, PLANTS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.sketch import Sketch, by_sketch, draw, tightened
from optimizer.solve.split import Split


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
        Draws the same problem with review blocks for periods, or None; asked when the problem is huge.
    without_levers
        Answer within the bounds of `today`, as far as it is known.
    """

    runs: Runs
    today: tuple[Floats, Floats] | None
    slack_rows: NDArray[np.int64]
    sketch: Callable[[], Sketch | None] | None
    without_levers: Outcome | None = None

    def open(self, deadline: float) -> None:
        """Take the first plans of a large problem, until one of them is close enough, and prove a first bound."""
        runs, record = self.runs, self.runs.record
        huge = runs.matrix.rows.nnz >= HUGE and len(runs.engines) > 1
        drawn = self._sketched(deadline) if huge and record.best is None else False
        self.as_today(runs.engine, deadline)
        if not record.close_enough:
            relaxed = self._interior(deadline)
            if relaxed.x is not None and not drawn:
                self._near(relaxed, deadline)

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

    def _interior(self, deadline: float) -> Outcome:
        """Solve the linear relaxation by interior point: sooner a bound than by simplex."""
        runs, record = self.runs, self.runs.record
        runs.free()
        with record.timed("interior point"), runs.engine.without(self.slack_rows):
            relaxed = runs.engine.relax(
                seconds=runs.clock.until(deadline),
                method=INTERIOR_POINT,
                chains=runs.matrix.chains(*CHAINED),
                threads=runs.settings.threads or cores(),
            )
        record.prove_relaxed(relaxed.bound)
        return relaxed

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

    def _sketched(self, deadline: float) -> bool:
        """Find a plan by way of longer periods, and a bound at their prices beside it; tell whether the plan is found.

        The plan that changes nothing comes first, in the time that it takes to draw the sketch.
        """
        runs, record, engine = self.runs, self.runs.record, self.runs.engines[1]
        with ThreadPoolExecutor(1) as beside:
            today = beside.submit(self.as_today, engine, deadline)
            with record.timed("sketch"):
                sketch = self.sketch() if self.sketch else None
                if sketch is None:
                    return False
                drawn, relaxed = draw(sketch.matrix, record.objective.name, runs.clock, runs.settings.seed, deadline)
            today.result()
            plan = beside.submit(by_sketch, drawn, relaxed, engine, deadline)
            with record.timed("split"):
                record.prove_relaxed(self._split(sketch, relaxed, deadline))
            with record.timed("sketch"):
                step = plan.result()
        if step is not None:
            record.take(step.outcome)
        return step is not None

    def _split(self, sketch: Sketch, relaxed: Outcome, deadline: float) -> float:
        """Return the bound of the relaxation split at the prices of the sketch; -inf where that is of no use."""
        runs, objective = self.runs, self.runs.record.objective
        if not Split(runs.matrix, objective, self.slack_rows).useful:
            return -np.inf
        tight = tightened(sketch, relaxed, objective.name, runs.clock, runs.settings.seed, deadline)
        matrix = with_cuts(runs.matrix, made_again(tight.cuts, runs.matrix))
        split, prices = Split(matrix, objective, self.slack_rows), tight.relaxed.prices
        if prices is None:
            return -np.inf

        def bound(part: Matrix) -> float:
            try:
                engine = Engine(part, runs.clock, seed=runs.settings.seed)
            except SolverError:  # a block with extreme prices proves nothing, and must not cost the plan
                return -np.inf
            engine.minimise(part.objectives[0])
            chains = part.chains(*CHAINED)
            return engine.relax(seconds=runs.clock.until(deadline), method=SHARPER, chains=chains).bound

        return split.bound(tight.sketch.prices(prices, matrix, split.shared), bound)
