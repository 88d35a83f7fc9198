"""The opening of a search: the plan that changes nothing, and first plan and bound of a large problem.

The relaxation of a large problem is solved by interior point. Its answer is rounded: plants first, then crews and
weekends. Where review blocks make a much smaller problem, both come from there instead (coarse.py, crash.py), and the
relaxation is solved again with cuts (cuts.py, pairs.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import CHAINED, Floats, Objective
from optimizer.solve.crews import rounded
from optimizer.solve.cuts import WITHIN, Cut, rounding_cuts
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.outcome import Outcome
from optimizer.solve.pairs import paired_cuts
from optimizer.solve.rest import HELD
from optimizer.solve.rounding import ALL, PLANTS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.tree import WHOLE
from optimizer.structure import Variables

LEVERS_OFF_SHARE = 0.1
"""Most of the time that the plan with every lever off may take in whole numbers; few are left to be decided."""
ENOUGH = 0.02
"""Part of the gap that cuts of an answer must close, or no more are sought."""
AGAIN = 0.8
"""Time that must be left for the relaxation to be solved again, in times that it took last."""


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
    without_levers
        Answer within the bounds of `today`, as far as it is known.
    """

    runs: Runs
    today: tuple[Floats, Floats] | None
    slack_rows: NDArray[np.int64]
    without_levers: Outcome | None = None
    _took: float = field(default=0.0, init=False)  # seconds that the interior point method took last

    def find_without_levers(self, objective: Objective, relaxed: NDArray[np.int64]) -> Outcome | None:
        """Return the least of an objective within the bounds of `today` and without some rows, by whole numbers.

        Targets may be attained in fractions. None where there is no such plan, or none was found in time.
        """
        runs, engine = self.runs, self.runs.engine
        if self.today is None:
            return None
        whole = runs.matrix.integer & ~runs.matrix.mask(Variables.TARGETS)
        runs.record.begin(objective)
        engine.minimise(objective)
        runs.free()
        engine.bounds(*self.today)
        with engine.without(relaxed):
            outcome = runs.run("levers off")
            basis = engine.basis()
            if outcome.x is not None and not runs.problem.settings.relaxed and _fractions(outcome.x[whole]):
                engine.integrality(whole)
                outcome, basis = runs.run("levers off", seconds=LEVERS_OFF_SHARE * runs.clock.left), None
        runs.free()
        if outcome.x is None:
            return None
        self.without_levers = replace(outcome, basis=basis)
        return outcome

    def open(self, deadline: float, *, near: bool) -> Floats | None:
        """Prove a first bound of a large problem and take plans, until one is close enough; return what proves it.

        With `near` one of the plans is that answer, rounded.
        """
        record = self.runs.record
        self.as_today(self.runs.engine, deadline)
        if record.close_enough:
            return None
        relaxed = self._interior(deadline)
        if relaxed.x is not None and near:
            self._near(relaxed, deadline)
        return relaxed.x

    def as_today(self, engine: Engine, deadline: float) -> None:
        """Take the plan that changes nothing where there is none yet: better than none when time runs out."""
        record = self.runs.record
        if self.today is None or record.best is not None:
            return
        with record.timed("as today"):
            engine.bounds(*self.today)
            known = self.without_levers
            if known is None or known.x is None or engine.matrix.violation(known.x) > HELD:
                known = engine.relax(seconds=self.runs.clock.until(deadline))
            elif not _fractions(known.x[engine.matrix.integer]):  # to settle it again could fail
                record.take(known)
            step = None
            if record.best is None:
                step = round_off([engine], (ALL,), Step(*self.today, known), deadline)
            self.runs.free(engine)
        if step is not None:
            record.take(step.outcome)

    def cut(self, relaxed: Floats, deadline: float) -> Floats:
        """Cut off an answer of the relaxation and solve it again while that closes the gap; return the last answer.

        Cuts of single rows stay; those of several go, as in proving.py.
        """
        runs, record, clock = self.runs, self.runs.record, self.runs.clock
        single, several, passing = list[Cut](), list[Cut](), list[int]()
        while not record.close_enough and clock.until(deadline) > AGAIN * self._took:
            single += (one := rounding_cuts(runs.matrix, relaxed, WITHIN))
            several += (more := paired_cuts(runs.matrix, relaxed, [*runs.cuts, *single, *several], WITHIN))
            runs.engine.add_cuts([*one, *more])
            passing += range(runs.engine.row_count - len(more), runs.engine.row_count)
            before = record.bound
            found = self._interior(deadline, relaxed=False).x if one or more else None
            if found is None:
                break
            relaxed = found
            if record.bound - before < ENOUGH * (record.value - before):
                break
        runs.engine.drop(passing)
        runs.share(single)
        return relaxed

    def _interior(self, deadline: float, *, relaxed: bool = True) -> Outcome:
        """Solve the linear relaxation, or with cuts, by interior point: sooner a bound than by the simplex method."""
        runs, record = self.runs, self.runs.record
        runs.free()
        began = runs.clock.seconds
        with record.timed("interior point"), runs.engine.without(self.slack_rows):
            answer = runs.engine.relax(
                seconds=runs.clock.until(deadline),
                method=INTERIOR_POINT,
                chains=runs.matrix.chains(*CHAINED),
                threads=runs.problem.threads,
            )
        self._took = runs.clock.seconds - began
        record.prove(answer.bound, relaxed=relaxed)
        record.lead(answer.x)
        return answer

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


def _fractions(x: Floats) -> bool:
    """Tell whether any value is not whole."""
    return bool((np.abs(x - np.round(x)) > WHOLE).any())
