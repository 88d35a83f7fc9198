"""Linear programs solved for values and prices, without a basis, and the bound that the prices prove.

On large relaxations the interior point method of HiGHS (HiPO) is much faster than the dual simplex method. Two things
help it. First, starts and pledges enter as running totals: a plant that starts in March stands in every row from then
on, its running total in a few. Second, no vertex is asked for, so there is no crossover. Small programs, with all
integers fixed, are solved by the simplex method. They too are faster without a basis carried back through presolve.

The bound does not need the method to converge: the prices prove it (program.py), also when time runs out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve import pool
from optimizer.solve.arrays import Floats
from optimizer.solve.cycling import Cycling
from optimizer.solve.program import DUAL_TOLERANCE, Program

NOTHING = 1e-10
"""What is left of coefficients that cancel in running totals."""
INTERIOR_POINT = {
    "solver": "hipo",
    "run_crossover": "off",
    "hipo_ordering": "amd",
    "ipm_optimality_tolerance": 1e-3,
    "optimality_tolerance": 1e-6,
    "dual_feasibility_tolerance": 1e-6,
}
"""The last two are checked once the first holds. They are wider than their defaults, which take many iterations after
the gap is closed."""
PRICING = 1
"""Dual simplex pricing: Devex. The default is steepest edge (measured: see CONTRIBUTING.md)."""
PERTURBATION = 10.0
"""Multiplier of the cost perturbation from scratch, for the programs are degenerate (measured: see CONTRIBUTING.md)."""
SIMPLEX = {
    "solver": "simplex",
    "simplex_dual_edge_weight_strategy": PRICING,
    "dual_simplex_cost_perturbation_multiplier": PERTURBATION,
}
OTHERWISE = {"solver": "simplex", "simplex_dual_edge_weight_strategy": -1}
"""What is tried when the method breaks down: another pricing takes another path."""

INSTEAD = {**INTERIOR_POINT, "run_crossover": "on"}
"""Where the simplex method takes too many iterations: its answer is to be a plan, which holds rows as well as a vertex
does (measured: see CONTRIBUTING.md)."""
MANY_ROWS = 50_000
"""Rows, after presolve, from which the simplex method may take too long: half as many iterations decide."""

_BROKEN = (
    highspy.HighsModelStatus.kNotset,
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kUnknown,
    highspy.HighsModelStatus.kIterationLimit,
)
_CUT_SHORT = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt)
_PRESOLVED = (highspy.HighsPresolveStatus.kReduced, highspy.HighsPresolveStatus.kNotReduced)


@dataclass(frozen=True)
class Relaxed:
    """What a run came to, in the units of the program: x near optimal if finished, the bound of the prices anyway."""

    x: Floats
    bound: float
    prices: Floats
    finished: bool


def relax(
    program: Program,
    chains: Sequence[tuple[NDArray[np.int64], Floats]],
    *,
    method: Mapping[str, Any],
    seconds: float,
    threads: int | None,
    stopped: Callable[[], bool],
) -> Relaxed | None:
    """Solve a linear program without asking for a basis; None when that fails, or ends before there are prices.

    Only values and prices are carried back through presolve. A basis that comes back is often useless, and to repair
    it takes longer than the solve (measured: see CONTRIBUTING.md).

    Parameters
    ----------
    program
        What to minimise; its columns have finite lower bounds.
    chains
        Columns that follow each other in time, with what one of each weighs in a common unit: they
        enter as running totals.
    method
        Options of HiGHS: `INTERIOR_POINT` or `SIMPLEX`.
    seconds
        Longest run.
    threads
        Of HiGHS; None leaves them as they are.
    stopped
        Asked again and again; True ends the run.
    """
    changed, back = running_totals(program, chains)
    first = _highs({"output_flag": False}, changed)
    first.presolve()
    finished = True
    if first.getModelPresolveStatus() == highspy.HighsPresolveStatus.kReducedToEmpty:
        first.run()  # nothing is left to do
    elif first.getModelPresolveStatus() in _PRESOLVED:
        answer, finished = _reduced(first.getPresolvedLp(), method, seconds, threads, stopped)
        if answer is None:
            return None
        first.postsolve(answer)
    else:
        return None  # impossible: a matter for the simplex method, which is sure
    answer = first.getSolution()
    if not (answer.value_valid and answer.dual_valid):
        return None
    prices = np.array(answer.row_dual)[: program.rows.shape[0]]
    x = back @ np.array(answer.col_value)
    bound = program.bound(prices, x)
    bound -= DUAL_TOLERANCE * max(1.0, abs(bound))  # what tolerances may have added
    return Relaxed(x, bound, prices, finished)


def _reduced(
    lp: highspy.HighsLp, method: Mapping[str, Any], seconds: float, threads: int | None, stopped: Callable[[], bool]
) -> tuple[highspy.HighsSolution | None, bool]:
    """Solve what presolve leaves, by a method and, where that breaks down or cycles, another way.

    The simplex method gives way to the interior point method where it takes too many iterations. Returns the answer,
    or what was last when time ran out, and whether it is the answer.
    """
    until, ways = time.monotonic() + seconds, [method, OTHERWISE]
    if method["solver"] == "simplex" and lp.num_row_ > MANY_ROWS:
        ways = [{**method, "simplex_iteration_limit": lp.num_row_ // 2}, INSTEAD, OTHERWISE]
    for options in ways:
        left = max(until - time.monotonic(), 0.0)
        highs = _highs(
            {**options, "presolve": "off", "log_to_console": False, "time_limit": left, "threads": threads or 0}
        )
        highs.cbIpmInterrupt += lambda event: event.interrupt(stopped())
        cycling = Cycling()
        highs.cbSimplexInterrupt += lambda event, cycling=cycling: event.interrupt(cycling.asked(event) or stopped())
        highs.passModel(lp)
        pool.run(highs)
        if highs.getModelStatus() not in _BROKEN and not cycling.seen:
            break
    answer, status = highs.getSolution(), highs.getModelStatus()
    told = answer.dual_valid and status in (highspy.HighsModelStatus.kOptimal, *_CUT_SHORT)
    return answer if told else None, status == highspy.HighsModelStatus.kOptimal


def running_totals(
    program: Program, chains: Sequence[tuple[NDArray[np.int64], Floats]]
) -> tuple[Program, sp.csr_array]:
    """Return the same program with chains of columns as running totals, and the matrix that undoes it.

    The bounds of a column of a chain become rows: what it adds to the running total.
    """
    n = len(program.costs)
    before, after, steps = _steps(chains)
    back = sp.csr_array(sp.eye_array(n) - sp.csr_array((steps, (after, before)), shape=(n, n)))
    chained = np.concatenate([np.array([], dtype=np.int64), *(columns for columns, _ in chains)])
    added = back[chained]
    rows = sp.csr_array(program.rows @ back)
    rows.data[np.abs(rows.data) < NOTHING] = 0.0
    rows.eliminate_zeros()
    lower, upper = program.lower.copy(), program.upper.copy()
    for columns, weights in chains:
        lower[columns] = np.cumsum(program.lower[columns] * weights) / weights
    upper[chained] = np.inf
    changed = Program(
        sp.csr_array(sp.vstack([rows, added])),
        np.concatenate([program.row_lower, program.lower[chained]]),
        np.concatenate([program.row_upper, np.where(program.upper[chained] == 1.0, np.inf, program.upper[chained])]),
        lower,
        upper,
        back.T @ program.costs,
        program.offset,
    )
    return changed, back


def _steps(
    chains: Sequence[tuple[NDArray[np.int64], Floats]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return which column follows which, and what the running total before weighs in units of the one after."""
    nothing = np.array([], dtype=np.int64)
    before = np.concatenate([nothing, *(columns[:-1] for columns, _ in chains)])
    after = np.concatenate([nothing, *(columns[1:] for columns, _ in chains)])
    steps = np.concatenate([np.array([]), *(weights[:-1] / weights[1:] for _, weights in chains)])
    return before, after, steps


def _highs(options: Mapping[str, Any], program: Program | None = None) -> highspy.Highs:
    highs = highspy.Highs()
    for name, value in options.items():
        highs.setOptionValue(name, value)
    if program is not None:
        highs.passModel(program.for_highs())
    return highs
