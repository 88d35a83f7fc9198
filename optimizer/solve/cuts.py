"""Cuts that hold for every plan and shut out fractional answers of the relaxation.

Mixed-integer rounding of single rows. Say a row reads sum a x + sum c y <= b with x whole and
y >= 0. Divide by some d > 0, let f be the fraction of b/d, and round: then

    sum (floor(a/d) + max(0, frac(a/d) - f) / (1 - f)) x + sum min(0, c/d) / (1 - f) y <= floor(b/d)

holds for every whole x. Whole columns nearer to their upper bound are counted from it. Rows that ask
for firm orders gain the most: half an order book no longer starts half a plant.

Method: Nemhauser and Wolsey, "A recursive procedure to generate all cuts for 0-1 mixed integer
programs" (1990); the choice of d as in Marchand and Wolsey, "Aggregation and mixed integer rounding
to solve MIPs" (2001).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.matrix import Floats, Matrix

VIOLATION = 1e-4
"""Least amount by which a cut must shut out the answer."""
FRACTION = 0.01
"""A right side nearer to a whole number gives cuts that are numerically worthless."""
TIGHT = 1e-6
"""A row with more room than this, scaled, gives no cut worth having."""


@dataclass(frozen=True)
class Cut:
    """The row sum values x[columns] <= limit, in the user's units."""

    columns: NDArray[np.int64]
    values: Floats
    limit: float


def rounding_cuts(matrix: Matrix, x: Floats) -> list[Cut]:
    """Return the best cut of every row that has one which x violates."""
    cuts = []
    for columns, values, limit, _ in tight_rows(matrix, x):
        if np.isfinite(matrix.lower[columns]).all():
            cut = _best(matrix, x, columns, values, limit)
            if cut is not None:
                cuts.append(cut)
    return cuts


def tight_rows(matrix: Matrix, x: Floats) -> Iterator[tuple[NDArray[np.int64], Floats, float, float]]:
    """Yield the rows x fills that hold a fractional whole column, as sum values x <= limit, and the scale of each."""
    activity = matrix.rows @ x
    split = matrix.integer & (np.abs(x - np.round(x)) > 1e-5)
    holds = np.diff(np.concatenate([[0], np.cumsum(split[matrix.rows.indices])])[matrix.rows.indptr]) > 0
    for side, sign in ((matrix.row_upper, 1.0), (matrix.row_lower, -1.0)):
        room = np.where(np.isfinite(side), np.abs(side - activity) * matrix.row_scale, np.inf)
        for row in np.flatnonzero(holds & (room <= TIGHT)):
            entries = slice(matrix.rows.indptr[row], matrix.rows.indptr[row + 1])
            columns = matrix.rows.indices[entries].astype(np.int64)
            yield columns, sign * matrix.rows.data[entries], sign * float(side[row]), float(matrix.row_scale[row])


def _best(matrix: Matrix, x: Floats, columns: NDArray[np.int64], values: Floats, limit: float) -> Cut | None:
    """Return the cut of one row that x violates most, by distance."""
    whole, lower, upper = matrix.integer[columns], matrix.lower[columns], matrix.upper[columns]
    lower, upper = np.where(whole, np.ceil(lower - 1e-9), lower), np.where(whole, np.floor(upper + 1e-9), upper)
    turned = whole & np.isfinite(upper) & (upper - x[columns] < x[columns] - lower)  # counted from the upper bound
    base, sign = np.where(turned, upper, lower), np.where(turned, -1.0, 1.0)
    away = sign * (x[columns] - base)
    coefficients, right = sign * values, limit - float(values @ base)
    found, most = None, 0.0
    for divisor in np.unique(np.abs(coefficients[whole & (np.abs(away - np.round(away)) > 1e-5)])):
        for part in (1, 2, 4):
            rounded = round_row(coefficients * part / divisor, right * part / divisor, whole)
            if rounded is None:
                continue
            violation = float(rounded[0] @ away) - rounded[1]
            distance = violation / float(np.linalg.norm(rounded[0]) or np.inf)
            if violation > VIOLATION and distance > most:
                back = sign * rounded[0]
                found, most = Cut(columns, back, rounded[1] + float(back @ base)), distance
    return found


def round_row(values: Floats, limit: float, whole: NDArray[np.bool_]) -> tuple[Floats, float] | None:
    """Return the rounding of a row values y <= limit, y >= 0; None where it is numerically worthless."""
    fraction = limit - np.floor(limit)
    if not FRACTION <= fraction <= 1 - FRACTION:
        return None
    down = np.floor(values + 1e-9)
    steps = down + np.maximum(0.0, values - down - fraction) / (1 - fraction)
    return np.where(whole, steps, np.minimum(0.0, values) / (1 - fraction)), float(np.floor(limit))
