"""Weekends rounded up with money kept for it, where rounding near the relaxation leaves no plan.

Where output must reach a target and a budget is spent to the last cent, weekends rounded down lack output and weekends
rounded up lack money. So the rest is settled again with a few weekends' pay kept back, and all are rounded up. That
asks for nothing but money (measured: see CONTRIBUTING.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, fixed, places
from optimizer.solve.highs import Engine
from optimizer.solve.rounding import PAID, WEEKENDS, Step, decided_by
from optimizer.solve.tree import WHOLE

KEPT_BACK = 5.0
"""Weekends whose pay is kept back in every row of payments, each as dear as the dearest."""


def rounded_up(engine: Engine, base: Step, deadline: float) -> Step | None:
    """Return a plan with weekends rounded up; None where no money can be kept back for it, or that is not enough.

    Parameters
    ----------
    engine
        With the objective set and everything continuous.
    base
        What is decided before.
    deadline
        On the engine's clock.
    """
    matrix, clock = engine.matrix, engine.clock
    weekends = decided_by(WEEKENDS, matrix)
    rows, pay = _paying(matrix, weekends)
    engine.bounds(base.lower, base.upper)
    with engine.shifted(rows, KEPT_BACK * pay):
        settled = engine.relax(seconds=clock.until(deadline))
    if settled.status != "optimal" or settled.x is None:
        return None
    bounds = fixed(base.lower, base.upper, np.ceil(settled.x - WHOLE), weekends)
    engine.bounds(*bounds)
    outcome = engine.relax(seconds=clock.until(deadline))
    return Step(*bounds, outcome) if outcome.status == "optimal" else None


def _paying(matrix: Matrix, weekends: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Floats]:
    """Return the rows in which weekends are paid, and what the dearest weekend of each adds to it."""
    row, column = places(matrix.rows)
    pays = np.bincount(row[matrix.mask(*PAID)[column]], minlength=matrix.rows.shape[0]) > 0
    entries = np.flatnonzero(weekends[column] & pays[row])
    entries = entries[np.argsort(np.abs(matrix.rows.data[entries]), kind="stable")]
    dearest = np.zeros(matrix.rows.shape[0])
    dearest[row[entries]] = matrix.rows.data[entries]  # the last of each row stays
    rows = np.flatnonzero(dearest)
    return rows, dearest[rows]
