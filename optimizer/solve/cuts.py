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

from optimizer.solve.arrays import Floats, Matrix

VIOLATION = 1e-4
"""Least amount by which a cut must shut out the answer."""
FRACTION = 0.01
"""A right side nearer to a whole number gives cuts that are numerically worthless."""
SPLIT = 1e-5
"""Distance from a whole number from which on a number is a fraction worth cutting off."""
PARTS = (1.0, 2.0, 4.0)
"""A row is divided by each coefficient of a fractional column, by half and by a quarter of it."""
TIGHT = 1e-6
"""A row with more room than this, scaled, gives no cut worth having where the answer is a vertex."""
WITHIN = 1e-3
"""That where the answer is one of the interior point method, which lies within (measured: see CONTRIBUTING.md)."""


@dataclass(frozen=True)
class Cut:
    """The row sum values x[columns] <= limit, in the user's units."""

    columns: NDArray[np.int64]
    values: Floats
    limit: float


def rounding_cuts(matrix: Matrix, x: Floats, room: float = TIGHT) -> list[Cut]:
    """Return the best cut of every row that x fills, up to some room, and that has one which x violates."""
    cuts = []
    for columns, values, limit, _ in tight_rows(matrix, x, room):
        if np.isfinite(matrix.lower[columns]).all():
            found = best_rounding(matrix, x, columns, values, limit)
            if found is not None:
                cuts.append(found)
    return cuts


def tight_rows(
    matrix: Matrix, x: Floats, most: float = TIGHT
) -> Iterator[tuple[NDArray[np.int64], Floats, float, float]]:
    """Yield the rows that hold a fractional whole column, as sum values x <= limit, and the scale of each.

    Of rows x leaves at most so much room, scaled.
    """
    activity = matrix.rows @ x
    split = matrix.integer & fractional(x)
    holds = np.diff(np.concatenate([[0], np.cumsum(split[matrix.rows.indices])])[matrix.rows.indptr]) > 0
    for side, sign in ((matrix.row_upper, 1.0), (matrix.row_lower, -1.0)):
        room = np.where(np.isfinite(side), np.abs(side - activity) * matrix.row_scale, np.inf)
        for row in np.flatnonzero(holds & (room <= most)):
            entries = slice(matrix.rows.indptr[row], matrix.rows.indptr[row + 1])
            columns = matrix.rows.indices[entries].astype(np.int64)
            yield columns, sign * matrix.rows.data[entries], sign * float(side[row]), float(matrix.row_scale[row])


def best_rounding(matrix: Matrix, x: Floats, columns: NDArray[np.int64], values: Floats, limit: float) -> Cut | None:
    """Return the rounding of the row sum values x[columns] <= limit that x violates most, by distance; None without.

    The columns have finite lower bounds.
    """
    lower, upper = _ends(matrix, columns)
    back = matrix.integer[columns] & np.isfinite(upper) & (upper - x[columns] < x[columns] - lower)
    base, sign = np.where(back, upper, lower), np.where(back, -1.0, 1.0)
    away, whole = sign * (x[columns] - base), matrix.integer[columns]
    there = away != 0  # the others do not count for the violation
    coefficients, right = sign * values, limit - float(values @ base)
    found, most = None, 0.0
    for divisor in np.unique(np.abs(coefficients[whole & fractional(away)])):
        for scale in np.array(PARTS) / divisor:
            seen = round_row(coefficients[there] * scale, right * scale, whole[there])
            if seen is None or float(seen[0] @ away[there]) - seen[1] <= VIOLATION:
                continue
            full = round_row(coefficients * scale, right * scale, whole)
            assert full is not None  # the limit alone decides that
            cut = Cut(columns, sign * full[0], full[1] + float((sign * full[0]) @ base))
            distance = (float(cut.values @ x[columns]) - cut.limit) / float(np.linalg.norm(cut.values))
            if distance > most:
                found, most = cut, distance
    return found


def fractional(x: Floats) -> NDArray[np.bool_]:
    """Tell which numbers are clearly not whole."""
    return np.asarray(np.abs(x - np.round(x)) > SPLIT)


def _ends(matrix: Matrix, columns: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the bounds of columns, whole ones rounded inwards."""
    whole, lower, upper = matrix.integer[columns], matrix.lower[columns], matrix.upper[columns]
    return np.where(whole, np.ceil(lower - 1e-9), lower), np.where(whole, np.floor(upper + 1e-9), upper)


def round_row(values: Floats, limit: float, whole: NDArray[np.bool_]) -> tuple[Floats, float] | None:
    """Return the rounding of a row values y <= limit, y >= 0; None where it is numerically worthless."""
    fraction = limit - np.floor(limit)
    if not FRACTION <= fraction <= 1 - FRACTION:
        return None
    down = np.floor(values + 1e-9)
    steps = down + np.maximum(0.0, values - down - fraction) / (1 - fraction)
    return np.where(whole, steps, np.minimum(0.0, values) / (1 - fraction)), float(np.floor(limit))
