"""The whole problem of an objective by the branch and bound of HiGHS, started from the best plan so far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.errors import ImpossibleError
from optimizer.solve.arrays import Floats
from optimizer.solve.outcome import Outcome
from optimizer.solve.record import WHOLE_PLAN
from optimizer.solve.runs import Runs

FEW = 500
"""Integer columns up to which HiGHS searches no neighbourhoods beside its tree (measured: see CONTRIBUTING.md)."""
NO_NEIGHBOURHOODS = {
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
RESTARTS = 3
"""Most times that the search starts again from a much better plan of another lane: HiGHS takes none on the way."""
OUTDONE = 0.1
"""Share of the gap by which a plan of another lane must be better for that."""
RESTART_SECONDS = 2.0
"""Seconds that such a search gets at least: good plans often come several at once."""


def search_whole(
    runs: Runs, deadline: float, enough: Callable[[], bool] = lambda: False, *, restarts: int = RESTARTS
) -> None:
    """Search the whole problem until the plan is close enough or time is up; plans and bounds are in the record.

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    deadline
        On the clock of the search.
    enough
        Asked now and then; True ends the search, too.
    restarts
        Most times that the search starts again from a much better plan of another lane.

    Raises
    ------
    ImpossibleError
        When no plan can hold every constraint.
    """
    record = runs.record
    runs.engine.integrality(runs.matrix.integer)
    for left in reversed(range(1 + restarts)):
        outcome = _once(runs, deadline, enough, alone=not left)
        if outcome.status == "infeasible" and record.best is None:
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        record.prove(outcome.bound)
        record.take(outcome)
        if outcome.status != "time limit" or record.close_enough or runs.clock.past(deadline) or enough():
            break
    runs.free()


def _once(runs: Runs, deadline: float, enough: Callable[[], bool], *, alone: bool) -> Outcome:
    """Search the whole problem until another lane finds a much better plan to start from, or alone to the end."""
    record, clock = runs.record, runs.clock
    own, began, later = record.value, clock.seconds, clock.until(deadline) / 2

    def improved(x: Floats) -> None:
        nonlocal own
        own = min(own, record.objective.value(x))
        record.take(Outcome("improving", x, record.objective.value(x), -np.inf))

    def outdone() -> bool:
        much = own - record.value > OUTDONE * (own - record.bound) if np.isfinite(record.value) else False
        return not alone and much and RESTART_SECONDS < clock.seconds - began < later

    return runs.run(
        WHOLE_PLAN,
        seconds=clock.until(deadline),
        gap=runs.settings.gap,
        start=record.best,
        improved=improved,
        ended=lambda: outdone() or record.close_enough or enough(),  # by what is proven or found elsewhere, too
        **(NO_NEIGHBOURHOODS if runs.matrix.integer.sum() <= FEW else {}),
    )
