"""The last step of a search: integers are fixed, the rest is solved again, and rows get prices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock
from optimizer.solve.rest import rest
from optimizer.solve.runs import Runs
from optimizer.structure import Variables

PRICE_SECONDS = 2.0
"""Longest run for what one more unit would bring, after the plan is found."""


def finish(runs: Runs, x: Floats, clock: Clock) -> tuple[Floats, Floats | None]:
    """Return a plan polished by a clock of its own, and what more or less in any row would change.

    Both are solved side by side, unless the plan is large: two runs of it at once would take too much memory.

    Raises
    ------
    SolverError
        When no plan has these integers.
    """
    first, *others = runs.engines
    if not others or runs.problem.large:
        return polish(runs, x, clock), prices(runs, first, x)
    with ThreadPoolExecutor(1) as beside:
        worth = beside.submit(prices, runs, others[0], x)
        return polish(runs, x, clock), worth.result()


def polish(runs: Runs, x: Floats, clock: Clock) -> Floats:
    """Fix every integer of a plan at its rounded value and solve the rest again, cheapest first.

    Raises
    ------
    SolverError
        When no plan has these integers, or time is up before it is found.
    """
    matrix = runs.matrix
    runs.free(runs.engine)
    runs.engine.bounds(*fixed(matrix.lower, matrix.upper, x, matrix.integer))
    runs.engine.minimise(runs.problem.money)
    runs.engine.forget()
    runs.engine.clock = clock
    outcome = rest(runs.engine)
    if outcome.x is None or outcome.status != "optimal":
        raise SolverError("HiGHS could not confirm its plan with whole crews, weekends and plants; try another seed")
    x = _taken_back(runs, outcome)
    return np.where(matrix.integer, np.round(x), x)


def booked(matrix: Matrix, money: Objective, x: Floats, clock: Clock) -> Floats:
    """Return a plan with the least changes of crews and payments for what it does; as it is where that fails.

    All else stays as found. This takes a moment where to polish a plan takes minutes.
    """
    open_ = matrix.mask(Variables.STAFF, Variables.PAYMENTS) & ~matrix.integer
    columns, whole = np.flatnonzero(open_), np.where(matrix.integer, np.round(x), x)
    part = matrix.part(columns, matrix.rows_with(columns), np.where(open_, 0.0, whole), money)
    engine = Engine(part, clock)
    engine.minimise(part.objectives[0])
    with suppress(SolverError):
        found = engine.run().x
        if found is not None:
            whole[columns] = found
    return whole


def prices(runs: Runs, engine: Engine, x: Floats) -> Floats | None:
    """Return what more or less in any row would change of the first objective, integers as in the plan."""
    if runs.clock.over:
        return None
    runs.free(engine)
    engine.bounds(*fixed(runs.matrix.lower, runs.matrix.upper, x, runs.matrix.integer))
    engine.release()  # what was held may give way: the question is about the first objective alone
    engine.minimise(runs.matrix.objectives[0])
    engine.forget()
    try:
        outcome = engine.run(seconds=PRICE_SECONDS)
    except SolverError:
        return None
    return engine.prices() if outcome.status == "optimal" else None


def _taken_back(runs: Runs, outcome: Outcome) -> Floats:
    """Return the plan without the slack that it took from other objectives and that saves no cost."""
    money, whole, x = runs.problem.money, runs.matrix.integer, outcome.x
    assert x is not None
    open_still = [o for o in runs.problem.ranked if o is not money and o.costs[~whole].any()]
    if not runs.problem.settings.slack:
        return x
    held = money, outcome.value
    for objective in open_still:
        runs.engine.hold(held[0], held[1] + runs.matrix.room(*held))
        runs.engine.minimise(objective)
        again = rest(runs.engine)
        if again.x is None or again.status != "optimal":
            break
        x, held = again.x, (objective, again.value)
    return x
