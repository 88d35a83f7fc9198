"""Whole numbers near an answer of the relaxation, one kind of decision at a time.

Plants are rounded first, then crews, then weekends. After each the rest is solved again, so that it can adapt. One
kind is rounded by a small mixed-integer program. Its rows are those that hold only this kind and what moves along with
it, and those of the funds, with what the rest spends. Its objective is the distance from the relaxation. The numbers
are 0 or 1, so the distance is linear in them.

Starts are compared by running totals: a start two months off is nearer than one a year off, and two
plants that are half built each are near one that is built.

Method: a rounding in the spirit of Fischetti, Glover and Lodi, "The feasibility pump" (2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed, places
from optimizer.solve.highs import Engine
from optimizer.solve.outcome import Outcome
from optimizer.solve.parallel import side_by_side
from optimizer.solve.problem import VIOLATION
from optimizer.solve.progress import Clock
from optimizer.solve.rest import settled
from optimizer.solve.tree import WHOLE
from optimizer.structure import Variables

GAP = 0.002
"""Relative gap to which the nearest whole numbers are sought: the distance is a guide, no more."""
NODES = 20
"""Most nodes of that search: the root nearly always does. Not a time limit: the same input gives the same plan."""


@dataclass(frozen=True)
class Kind:
    """Decisions that are rounded together.

    Attributes
    ----------
    decided
        Variables, by kind.
    along
        Variables that stay open beside them, so that the rows which hold only these can be held.
    thresholds
        Fractions from which up is nearer than down; each is tried and the best kept.
    started
        Those of the decided whose distance is taken of running totals.
    paid
        Whether what pays must suffice for what the answer spends: rows with payments are held even where other
        variables stand in them, as the answer has them.
    last
        Whether nothing is decided after it: whole numbers of a caller's own are rounded along.
    """

    decided: tuple[Variables, ...]
    along: tuple[Variables, ...]
    thresholds: tuple[float, ...]
    started: tuple[Variables, ...] = ()
    paid: bool = True
    last: bool = False


STARTS, TARGETS, PAID = Variables.STARTS, Variables.TARGETS, Variables.PAYMENTS
PLANTS = Kind((STARTS, TARGETS), (Variables.ORDERS, PAID), (0.2, 0.4), (STARTS,))
FINELY = replace(PLANTS, thresholds=(0.5, 0.7))
"""Plants where fewer may leave a better plan (measured: see CONTRIBUTING.md)."""
CREWS = Kind((Variables.CREWS,), (Variables.STAFF, PAID), (0.2, 0.4))
WEEKENDS = Kind((Variables.WEEKENDS, TARGETS), (PAID,), (0.3,), last=True)
DECIDED = (STARTS, TARGETS, Variables.CREWS, Variables.WEEKENDS)
ALL = Kind(DECIDED, (Variables.ORDERS, Variables.STAFF, PAID), (0.5,), (STARTS,), last=True)
"""Everything at once, where next to nothing is left to decide."""
CARRIED = Kind(
    (STARTS, Variables.CREWS), (Variables.STAFF, Variables.ORDERS, TARGETS, PAID), (0.5,), (STARTS,), paid=False
)
"""Plants and crews as another model has them, moved no more than rows of this one ask for."""
GENEROUS = (0.1, 0.02)
"""Thresholds tried where the usual ones leave no answer: a little more of everything meets what is held."""
IN_FULL = 0.999
"""Fraction from which a target counts as attained: kept a little less, it is not kept."""


@dataclass(frozen=True)
class Step:
    """What is decided so far, as bounds of the columns, and the answer of the rest in fractions."""

    lower: Floats
    upper: Floats
    outcome: Outcome


def decided_by(kind: Kind, matrix: Matrix) -> NDArray[np.bool_]:
    """Return which columns are decided by a kind."""
    own = matrix.integer & ~matrix.mask(*DECIDED) & kind.last
    return matrix.mask(*kind.decided) | own


def settle(
    engines: Sequence[Engine],
    kind: Kind,
    step: Step,
    deadline: float,
    enough: float = -np.inf,
) -> Step | None:
    """Round one kind of decision near an answer and solve the rest again; None where no rounding leaves one.

    Parameters
    ----------
    engines
        With the objective set and everything continuous; thresholds are tried side by side.
    kind
        What is rounded.
    step
        What is decided before, and the answer.
    deadline
        On the engines' clock.
    enough
        Value from which on no better one is sought.
    """
    clock, tried = engines[0].clock, set[bytes]()

    def rest(engine: Engine, rounded: Floats) -> Step | None:
        bounds = fixed(step.lower, step.upper, rounded, decided_by(kind, engine.matrix))
        engine.bounds(*bounds)
        outcome = _solved(engine, step.outcome.basis, clock.until(deadline))
        return Step(*bounds, outcome) if outcome.status == "optimal" else None

    for thresholds in (kind.thresholds, GENEROUS):
        best: Step | None = None
        for begin in range(0, len(thresholds), len(engines)):
            at_once = replace(kind, thresholds=thresholds[begin : begin + len(engines)])
            roundings = _roundings(engines, at_once, step, deadline, tried)
            steps = [best, *side_by_side(engines, rest, roundings)]
            best = min((s for s in steps if s is not None), key=lambda step: step.outcome.value, default=None)
            if best is not None and best.outcome.value <= enough:
                break
        if best is not None:
            return best
    return None


def _solved(engine: Engine, basis: Any, seconds: float) -> Outcome:
    """Solve what is left once more is decided, from the basis before if there is one.

    The basis is still dual feasible (measured: see CONTRIBUTING.md). Without one an answer may violate rows.
    """
    try:
        if basis is None:
            return settled(engine, seconds, VIOLATION)
        return replace(engine.run(seconds=seconds, basis=basis), basis=engine.basis())
    except SolverError:
        return Outcome("failed", None, np.inf, -np.inf)


def _roundings(
    engines: Sequence[Engine],
    kind: Kind,
    step: Step,
    deadline: float,
    tried: set[bytes],
) -> list[Floats]:
    """Return the different roundings of one kind of decision by its thresholds, those not tried yet, and note them."""
    decided, x = decided_by(kind, engines[0].matrix), step.outcome.x
    assert x is not None

    def near(engine: Engine, threshold: float) -> Floats | None:
        for paid in dict.fromkeys((kind.paid, False)):  # funds without a cent to spare hold no rounding at all
            asked = replace(kind, paid=paid)
            rounded = nearest(
                engine.matrix, asked, x, step.lower, step.upper, threshold, engine.clock, engine.seed, deadline
            )
            if rounded is not None:
                break
        return rounded

    found = []
    for rounded in side_by_side(engines, near, kind.thresholds):
        if rounded is not None and (mark := np.round(rounded[decided]).tobytes()) not in tried:
            tried.add(mark)
            found.append(rounded)
    return found


def round_off(
    engines: Sequence[Engine], kinds: Sequence[Kind], step: Step, deadline: float, enough: float = -np.inf
) -> Step | None:
    """Round one kind of decision after the other; None where one of them leads nowhere. See `settle`."""
    for kind in kinds:
        if step.outcome.x is None:
            return None
        following = settle(engines, kind, step, deadline, enough)
        if following is None:
            return None
        step = following
    return step


def split_columns(matrix: Matrix, x: Floats) -> NDArray[np.bool_]:
    """Return the crews of every line on which an answer splits one."""
    columns = matrix.of(Variables.CREWS)
    lines = [matrix.columns[j][1][0] for j in columns]
    split = {line for line, value in zip(lines, x[columns], strict=True) if abs(value - round(value)) > WHOLE}
    mask = np.zeros_like(matrix.integer)
    mask[columns[[line in split for line in lines]]] = True
    return mask


def nearest(
    matrix: Matrix,
    kind: Kind,
    x: Floats,
    lower: Floats,
    upper: Floats,
    threshold: float,
    clock: Clock,
    seed: int = 0,
    deadline: float = np.inf,
) -> Floats | None:
    """Return x with one kind of decision whole, as near to x as rows allow; None where there is no such.

    Parameters
    ----------
    matrix
        The model.
    kind
        What is rounded.
    x
        Answer of the relaxation, in the user's units.
    lower, upper
        Bounds of the columns; what is decided already is fixed there.
    threshold
        Fraction from which up is nearer than down, between 0 and 1.
    clock, seed
        Of the search.
    deadline
        On the clock.
    """
    if clock.past(deadline):
        return None
    open_ = lower < upper
    lower, upper = _neighbours(matrix, kind, x, lower, upper)
    moving = decided_by(kind, matrix) | matrix.mask(*kind.along)
    columns = np.flatnonzero(moving & open_)
    rows = _rows(matrix, moving | ~open_, columns, paid=kind.paid)
    rest = np.where(open_, x, lower)
    rest[columns] = 0.0
    distance = Objective("distance", _distance(matrix, kind, x, lower, threshold), 0.0)
    part = replace(matrix, lower=lower, upper=upper).part(columns, rows, rest, distance)
    engine = Engine(part, clock, seed=seed)
    engine.minimise(part.objectives[0])
    try:
        found = engine.run(seconds=clock.until(deadline), gap=GAP, mip_max_nodes=NODES).x
    except SolverError:
        found = None
    if found is None:
        return None
    rounded = np.where(open_, x, lower)
    rounded[columns] = np.where(part.integer, np.round(found), found)
    return rounded


def _neighbours(matrix: Matrix, kind: Kind, x: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return bounds that leave each decided number the two whole ones beside it, so that distance is linear."""
    decided = np.flatnonzero(decided_by(kind, matrix))
    decided = decided[upper[decided] - lower[decided] > 1.0]
    lower, upper = lower.copy(), upper.copy()
    down = np.floor(x[decided] + WHOLE)
    lower[decided] = np.clip(down, lower[decided], upper[decided])
    upper[decided] = np.minimum(upper[decided], down + 1.0)
    return lower, upper


def _rows(matrix: Matrix, settled: NDArray[np.bool_], columns: NDArray[np.int64], *, paid: bool) -> NDArray[np.int64]:
    """Return the rows with some of the columns that are settled by them, or that say what is paid."""
    of_row, of_column = places(matrix.rows)
    entering, paying = np.zeros(len(settled), dtype=bool), matrix.mask(PAID) & paid
    entering[columns] = True

    def count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(of_row[mask[of_column]], minlength=matrix.rows.shape[0])

    return np.flatnonzero((count(entering) > 0) & ((count(~settled) == 0) | (count(paying) > 0)))


def _distance(matrix: Matrix, kind: Kind, x: Floats, lower: Floats, threshold: float) -> Floats:
    """Return the cost of every column: what one more of it adds to the distance from x."""
    costs = np.zeros(len(x))
    decided = np.flatnonzero(decided_by(kind, matrix))
    costs[decided] = threshold - (x[decided] - lower[decided])
    lasting = matrix.of(TARGETS)
    costs[lasting] = IN_FULL - x[lasting]
    for chain in matrix.chains(*kind.started):
        costs[chain] = np.cumsum((threshold - np.cumsum(x[chain]))[::-1])[::-1]
    return costs
