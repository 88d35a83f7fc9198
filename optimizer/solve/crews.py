"""A plan of whole starts: their crews, with weekends relaxed, and then their weekends.

Rounding crews and weekends hardly raises the objective, so they are rounded first. A search of the crews takes longer
and improves the plan a little.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.solve.arrays import Floats, Matrix, fixed
from optimizer.solve.outcome import Outcome
from optimizer.solve.rounding import CREWS, WEEKENDS, Step, round_off, split_columns
from optimizer.solve.runs import Runs
from optimizer.solve.tree import WHOLE
from optimizer.structure import Variables


def rounded(runs: Runs, starts: Outcome, deadline: float, enough: float = -np.inf) -> Outcome:
    """Give whole starts the crews and weekends near their relaxation, or search them where that fails.

    Parameters
    ----------
    runs
        With the objective set and earlier ones held.
    starts
        Answer of a relaxation in which every start and target is whole.
    deadline
        On the clock of the search.
    enough
        Value from which on no better one is sought.
    """
    runs.free()
    for bounds in _open_lines(runs.matrix, starts):
        with runs.record.timed("crews"):
            step = round_off(runs.engines, (CREWS, WEEKENDS), Step(*bounds, starts), deadline, enough)
        if step is not None:
            runs.free()
            return step.outcome
    return searched(runs, starts, deadline)


def searched(runs: Runs, starts: Outcome, deadline: float, plan: Floats | None = None) -> Outcome:
    """Search the crews of whole starts and round their weekends, or search those, too.

    Parameters as in `rounded`; `plan` is one of these starts, if one is known, to begin with.
    """
    for low, high in (_open_crews(runs.matrix, starts), _all_open(runs.matrix, starts)):
        outcome = runs.restricted("crews", (Variables.CREWS,), low, high, deadline=deadline, plan=plan)
        if outcome.status != "infeasible":
            break
    if outcome.x is None:
        return outcome
    low, high = fixed(low, high, outcome.x, runs.matrix.mask(Variables.CREWS))
    with runs.record.timed("weekends"):
        step = round_off(runs.engines, (WEEKENDS,), Step(low, high, outcome), deadline)
        runs.free()
    if step is not None:
        return step.outcome
    near = runs.matrix.integer & (low < high)
    low = np.where(near, np.maximum(low, np.floor(outcome.x + WHOLE)), low)
    high = np.where(near, np.minimum(high, np.ceil(outcome.x - WHOLE)), high)
    return runs.restricted("weekends", None, low, high, deadline=deadline)


def _open_lines(matrix: Matrix, starts: Outcome) -> Iterator[tuple[Floats, Floats]]:
    """Return bounds that leave open the crews of lines on which whole starts split one, then of all lines."""
    assert starts.x is not None
    bounds = _all_open(matrix, starts)
    yield fixed(*bounds, starts.x, matrix.mask(Variables.CREWS) & ~split_columns(matrix, starts.x))
    yield bounds


def _open_crews(matrix: Matrix, starts: Outcome) -> tuple[Floats, Floats]:
    """Return bounds that leave open the crews that whole starts split, in the blocks in which they do.

    The other blocks stay as they are (measured: see CONTRIBUTING.md).
    """
    assert starts.x is not None
    whole = np.abs(starts.x - np.round(starts.x)) <= WHOLE
    return fixed(*_all_open(matrix, starts), starts.x, matrix.mask(Variables.CREWS) & whole)


def _all_open(matrix: Matrix, starts: Outcome) -> tuple[Floats, Floats]:
    """Return bounds that fix whole starts and leave everything else open."""
    assert starts.x is not None
    return fixed(matrix.lower, matrix.upper, starts.x, matrix.mask(Variables.STARTS, Variables.TARGETS))
