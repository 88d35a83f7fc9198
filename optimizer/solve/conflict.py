"""Why nothing is possible: the smallest change that would do, and a minimal set that clashes.

Methods: elastic programming (Brown and Graves, "Elastic programming: a new approach to large-scale
mixed-integer optimisation", 1975), with one elastic variable per statement instead of one per row;
minimal conflicts by divide and conquer (Junker, "QuickXplain", AAAI 2004), which asks of a set of
statements only whether any plan holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.highs import Engine
from optimizer.solve.progress import Clock
from optimizer.solve.scaling import geometric_scaling

ASK_SECONDS = 20.0
"""Longest time to find out whether a set of statements can be held; beyond it they are taken to be."""
NOTHING = 1e-9
"""Share of a lower bound that counts as none: what is left of sums that cancel."""


@dataclass(frozen=True)
class Held:
    """Bounds of rows and columns, to be freed in place."""

    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Demand:
    """A statement as the matrix holds it.

    Attributes
    ----------
    rows, row_amounts
        Rows, and by how much each is weaker when the statement gives way by one.
    columns, column_amounts
        The same for bounds of columns.
    column_parts
        How much of each lower bound it asks for: several statements may add up to one.
    raises
        For bounds: whether the upper one gives way instead of the lower one.
    most
        Most by which it can give way.
    weight
        What giving way by one costs.
    whole
        Whether it gives way in whole numbers.
    """

    rows: NDArray[np.int64]
    row_amounts: Floats
    columns: NDArray[np.int64]
    column_amounts: Floats
    column_parts: Floats
    raises: bool
    most: float
    weight: float
    whole: bool

    def let_go(self, matrix: Matrix, held: Held) -> None:
        """Give way altogether: free the sides of rows, and the bounds of columns, that the statement holds."""
        asks = np.isfinite(matrix.row_lower[self.rows])
        held.row_lower[self.rows[asks]] = -np.inf
        held.row_upper[self.rows[~asks]] = np.inf
        if self.raises:
            held.upper[self.columns] = np.inf
        else:
            left = held.lower[self.columns] - self.column_parts
            held.lower[self.columns] = np.where(left > NOTHING * matrix.lower[self.columns], left, 0.0)


class Claim(Protocol):
    """What may give way: a statement of the workbook, or a change a caller made to the model."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """Return the rows it stands in."""

    def let_go(self, matrix: Matrix, held: Held) -> None:
        """Give way altogether, in the bounds held."""


class Conflict:
    """Statements that may or may not be held together.

    Parameters
    ----------
    matrix
        The model.
    demands
        Its statements; whatever else the matrix holds cannot give way.
    clock
        When to stop.
    """

    def __init__(self, matrix: Matrix, demands: Sequence[Claim], clock: Clock) -> None:
        self.matrix, self.demands, self.clock = matrix, demands, clock
        self.complete = True
        """Whether every question was answered in time, so that the conflict found is minimal."""
        nothing = Objective("no objective", np.zeros(len(matrix.lower)), 0.0)
        self._engine = Engine(matrix, clock, threads=1)
        self._engine.minimise(nothing)
        self._rows = np.unique(np.concatenate([np.array([], dtype=np.int64), *(d.rows for d in demands)]))

    def minimal(self) -> list[int] | None:
        """Return the positions of statements that cannot all be held, though without any one of them they can.

        None when even without all statements there is no plan.
        """
        everyone = list(range(len(self.demands)))
        if self._clash([]):
            return None
        return sorted(self._explain([], [], everyone))

    def possible(self, held: Sequence[int]) -> bool | None:
        """Tell whether a plan holds these statements and everything that cannot give way; None: not known in time."""
        self._hold(held)
        integer = self.matrix.integer
        status = ""
        for mask in (np.zeros_like(integer), integer):  # the relaxation often says it at once
            self._engine.integrality(mask)
            self._engine.forget()
            status = self._engine.run(seconds=ASK_SECONDS).status
            if status == "infeasible":
                return False
        return True if status == "optimal" else None

    def _clash(self, held: Sequence[int]) -> bool:
        """Tell whether these statements are known to clash."""
        found = self.possible(held)
        self.complete = self.complete and found is not None
        return found is False

    def _explain(self, background: list[int], added: list[int], among: list[int]) -> list[int]:
        """Return a minimal part of `among` that clashes with the background."""
        if added and self._clash(background):
            return []
        if len(among) == 1:
            return among
        first, second = among[: len(among) // 2], among[len(among) // 2 :]
        late = self._explain([*background, *first], first, second)
        early = self._explain([*background, *late], late, first)
        return early + late

    def _hold(self, held: Sequence[int]) -> None:
        """Hold some statements and let the others go."""
        matrix = self.matrix
        bounds = Held(*(side.copy() for side in (matrix.row_lower, matrix.row_upper, matrix.lower, matrix.upper)))
        kept = set(held)
        for position, demand in enumerate(self.demands):
            if position not in kept:
                demand.let_go(matrix, bounds)
        self._engine.row_bounds(self._rows, bounds.row_lower[self._rows], bounds.row_upper[self._rows])
        self._engine.bounds(bounds.lower, bounds.upper)


def smallest_change(
    matrix: Matrix, demands: Sequence[Demand], clock: Clock, *, seconds: float
) -> tuple[Floats, Floats] | None:
    """Return by how much each statement gives way at the least weight, and the plan that goes with it.

    None when no plan was found, in time or at all.
    """
    elastic = _elastic(matrix, demands)
    engine = Engine(elastic, clock, threads=1)
    engine.minimise(elastic.objectives[0])
    engine.integrality(elastic.integer)
    outcome = engine.run(seconds=seconds, gap=0.01)
    if outcome.x is None:
        return None
    columns = len(matrix.lower)
    whole = np.where(elastic.integer, np.round(outcome.x), outcome.x)
    engine.integrality(np.zeros_like(elastic.integer))
    engine.forget()
    engine.bounds(np.where(elastic.integer, whole, elastic.lower), np.where(elastic.integer, whole, elastic.upper))
    exact = engine.run(seconds=seconds)
    x = outcome.x if exact.x is None else exact.x
    return np.maximum(x[columns:], 0.0), x[:columns]


def _elastic(matrix: Matrix, demands: Sequence[Demand]) -> Matrix:
    """Return the matrix with a column per statement that weakens its rows, and bounds of columns as rows.

    Statements that add up to one bound share its row.
    """
    columns, rows, count = len(matrix.lower), matrix.rows.shape[0], len(demands)
    where: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    givers: dict[tuple[int, bool], list[tuple[int, float]]] = {}
    for position, demand in enumerate(demands):
        sign = np.where(np.isfinite(matrix.row_lower[demand.rows]), 1.0, -1.0)
        where.append((demand.rows, np.full(len(demand.rows), columns + position), sign * demand.row_amounts))
        for column, amount in zip(demand.columns.tolist(), demand.column_amounts.tolist(), strict=True):
            given = (columns + position, -amount if demand.raises else amount)
            givers.setdefault((column, demand.raises), [(column, 1.0)]).append(given)
            (upper if demand.raises else lower)[column] = np.inf if demand.raises else 0.0
    for row, entries in enumerate(givers.values(), rows):
        among, amounts = (np.array(part) for part in zip(*entries, strict=True))
        where.append((np.full(len(entries), row), among, amounts))
    least = [-np.inf if raises else matrix.lower[column] for column, raises in givers]
    most = [matrix.upper[column] if raises else np.inf for column, raises in givers]
    built = matrix.rows.tocoo()
    row_of, column_of = [built.row, *(w[0] for w in where)], [built.col, *(w[1] for w in where)]
    values = [built.data, *(w[2] for w in where)]
    shape = (rows + len(givers), columns + count)
    stacked = sp.csr_array(
        sp.coo_array((np.concatenate(values), (np.concatenate(row_of), np.concatenate(column_of))), shape=shape)
    )
    integer = np.concatenate([matrix.integer, np.array([d.whole for d in demands], dtype=bool)])
    row_scale, column_scale = geometric_scaling(stacked, integer)
    weights = np.array([d.weight for d in demands])
    return replace(
        matrix,
        rows=stacked,
        row_lower=np.concatenate([matrix.row_lower, least]),
        row_upper=np.concatenate([matrix.row_upper, most]),
        lower=np.concatenate([lower, np.zeros(count)]),
        upper=np.concatenate([upper, [d.most for d in demands]]),
        integer=integer,
        objectives=(Objective("change", np.concatenate([np.zeros(columns), weights]), 0.0),),
        row_scale=row_scale,
        column_scale=column_scale,
    )
