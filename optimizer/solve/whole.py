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
MOST_THREADS = 8
"""Threads that search one tree at most: each takes memory of its own, and with more nothing was measured."""
NO_NEIGHBOURHOODS = {
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


def search_whole(runs: Runs, deadline: float, enough: Callable[[], bool] = lambda: False, *, threads: int = 1) -> None:
    """Search the whole problem until the plan is close enough or time is up; plans and bounds are in the record.

    It goes on from its own plans when others find a better one: to start again from that loses its tree (measured: see
    CONTRIBUTING.md).

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    deadline
        On the clock of the search.
    enough
        Asked now and then; True ends the search, too.
    threads
        That search the tree, as far as there is use for them (measured: see CONTRIBUTING.md); one works on its root.

    Raises
    ------
    ImpossibleError
        When no plan can hold every constraint.
    """
    record, clock = runs.record, runs.clock
    runs.engine.integrality(runs.matrix.integer)

    def improved(x: Floats) -> None:
        record.take(Outcome("improving", x, record.objective.value(x), -np.inf))

    outcome = runs.run(
        WHOLE_PLAN,
        seconds=clock.until(deadline),
        gap=runs.problem.settings.gap,
        start=record.best,
        improved=improved,
        ended=lambda: record.close_enough or enough(),  # by what is proven or found elsewhere, too
        **({"parallel": "on", "threads": min(threads, MOST_THREADS)} if threads > 1 else {}),
        **(NO_NEIGHBOURHOODS if runs.matrix.integer.sum() <= FEW else {}),
    )
    if outcome.status == "infeasible" and record.best is None:
        raise ImpossibleError("no plan can hold every rule of the workbook at once")
    record.prove(outcome.bound)
    record.take(outcome)
    runs.free()
