"""The optimum by trying every combination of whole numbers: slow, and with nothing to get wrong.

Rows that hold integers only sort out most points; each that is left is one linear program.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from optimizer.solve.matrix import Matrix, Objective

Floats = NDArray[np.float64]
ROOM = 1e-6


def count(matrix: Matrix) -> int:
    """Return the number of integer points within the bounds."""
    whole = matrix.integer
    return int(np.prod(matrix.upper[whole] - matrix.lower[whole] + 1))


def points(matrix: Matrix) -> Iterator[Floats]:
    """Yield the integer points that hold every row without continuous columns."""
    columns = np.flatnonzero(matrix.integer)
    dense = matrix.rows.toarray()
    pure = (dense[:, ~matrix.integer] == 0).all(axis=1)
    part, low, high = dense[np.ix_(pure, columns)], matrix.row_lower[pure], matrix.row_upper[pure]
    ranges = [range(int(matrix.lower[j]), int(matrix.upper[j]) + 1) for j in columns]
    for values in itertools.product(*ranges):
        point = np.array(values, dtype=float)
        body = part @ point
        if (body >= low - 1e-9).all() and (body <= high + 1e-9).all():
            yield point


def best(matrix: Matrix) -> list[float] | None:
    """Return the objectives of the lexicographic optimum, or None when no point is feasible."""
    alive = list(points(matrix))
    held: list[tuple[Objective, float]] = []
    found: list[float] = []
    for objective in matrix.objectives:
        values = [value_at(matrix, point, objective, held) for point in alive]
        least = min((value for value in values if value is not None), default=None)
        if least is None:
            return None
        room = ROOM * max(1.0, abs(least))
        alive = [p for p, value in zip(alive, values, strict=True) if value is not None and value <= least + room]
        held.append((objective, least + room))
        found.append(least)
    return found


def value_at(matrix: Matrix, point: Floats, objective: Objective, held: list[tuple[Objective, float]]) -> float | None:
    """Return the least value of an objective with the integers fixed and earlier objectives held."""
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[matrix.integer] = upper[matrix.integer] = point
    rows, low, high = matrix.rows.toarray(), matrix.row_lower, matrix.row_upper
    equal = low == high
    above, below = np.isfinite(low) & ~equal, np.isfinite(high) & ~equal
    answer = linprog(
        objective.costs,
        A_ub=np.vstack([-rows[above], rows[below], *(o.costs[None, :] for o, _ in held)]),
        b_ub=np.concatenate([-low[above], high[below], [limit - o.constant for o, limit in held]]),
        A_eq=rows[equal],
        b_eq=low[equal],
        bounds=np.column_stack([lower, upper]),
        method="highs",
    )
    assert answer.status in (0, 2), answer.message
    return float(answer.fun + objective.constant) if answer.status == 0 else None
