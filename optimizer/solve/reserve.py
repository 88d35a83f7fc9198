"""Weekends rounded up where rounding near the relaxation leaves no plan, for money is short.

Where output must reach a target and a budget is spent to the last cent, weekends rounded down lack output, and weekends
rounded up lack money. There are two ways out. Weekends that a budget pays stay as in the plan so far, which could pay
them, and all others are rounded up. Where decisions have changed too much for that, the rest is settled with the pay of
a few weekends kept back in every budget, and all are rounded up (measured: see CONTRIBUTING.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, fixed, places
from optimizer.solve.highs import Engine
from optimizer.solve.problem import VIOLATION
from optimizer.solve.rest import settled
from optimizer.solve.rounding import WEEKENDS, Step, decided_by
from optimizer.solve.tree import WHOLE
from optimizer.structure import Variables

KEPT_BACK = 5.0
"""Weekends whose pay is kept back in every row of payments, each as dear as the dearest."""
Bounds = tuple[Floats, Floats]


def rounded_up(engine: Engine, base: Step, plan: Floats | None, deadline: float) -> Step | None:
    """Return a plan with weekends rounded up; None where neither way leads to one.

    Parameters
    ----------
    engine
        With the objective set and everything continuous.
    base
        What is decided before.
    plan
        Values of the columns in the plan so far, if there is one.
    deadline
        On the engine's clock.
    """
    matrix, bounds = engine.matrix, (base.lower, base.upper)
    paid = budgeted(matrix) & (base.lower < base.upper)
    if not paid.any():  # both ways would settle the rest as it is settled already
        return _up(engine, bounds, base.outcome.x, deadline)

    def as_in_the_plan() -> Step | None:
        if plan is None:
            return None
        kept = fixed(*bounds, plan, paid)
        return _up(engine, kept, _answer(engine, kept, deadline), deadline)

    def with_money_kept_back() -> Step | None:
        rows, dearest = _dearest(matrix)
        with engine.shifted(rows, KEPT_BACK * dearest):
            answer = _answer(engine, bounds, deadline)
        return _up(engine, bounds, answer, deadline)

    same = plan is not None and bool(np.all((plan >= base.lower - WHOLE) & (plan <= base.upper + WHOLE)))
    if same:  # sure to lead to one
        return as_in_the_plan() or with_money_kept_back()
    return with_money_kept_back() or as_in_the_plan()


def _answer(engine: Engine, bounds: Bounds, deadline: float) -> Floats | None:
    engine.bounds(*bounds)
    outcome = engine.relax(seconds=engine.clock.until(deadline))
    return outcome.x if outcome.status == "optimal" else None


def _up(engine: Engine, bounds: Bounds, x: Floats | None, deadline: float) -> Step | None:
    """Return the rest settled with the weekends of an answer rounded up, if there is an answer."""
    if x is None:
        return None
    bounds = fixed(*bounds, np.ceil(x - WHOLE), decided_by(WEEKENDS, engine.matrix))
    engine.bounds(*bounds)
    outcome = settled(engine, engine.clock.until(deadline), VIOLATION)
    return Step(*bounds, outcome) if outcome.status == "optimal" else None


def budgeted(matrix: Matrix) -> NDArray[np.bool_]:
    """Return which columns are weekends that a budget pays."""
    found = np.zeros(len(matrix.columns), dtype=bool)
    found[_paid(matrix)[1]] = True
    return found


def _dearest(matrix: Matrix) -> tuple[NDArray[np.int64], Floats]:
    """Return the rows in which weekends are paid, and what the dearest weekend of each adds to it."""
    row, _, amount = _paid(matrix)
    order = np.argsort(np.abs(amount), kind="stable")
    dearest = np.zeros(matrix.rows.shape[0])
    dearest[row[order]] = amount[order]  # the last of each row stays
    rows = np.flatnonzero(dearest)
    return rows, dearest[rows]


def _paid(matrix: Matrix) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return row, column and amount wherever a weekend stands in a row of payments."""
    row, column = places(matrix.rows)
    pays = np.bincount(row[matrix.mask(Variables.PAYMENTS)[column]], minlength=matrix.rows.shape[0]) > 0
    entries = np.flatnonzero(decided_by(WEEKENDS, matrix)[column] & pays[row])
    return row[entries], column[entries], matrix.rows.data[entries]
