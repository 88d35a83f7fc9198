"""What the decisions of a plan come to: units late and soft gaps at their least, targets as soon as they are kept.

A search may leave such columns anywhere within the limits of the objectives. Then the plan would state more units
late, or later targets, than follow from its decisions.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from optimizer.solve.arrays import Floats, Matrix
from optimizer.solve.highs import MIP_FEASIBILITY
from optimizer.structure import Variables


def as_measured(matrix: Matrix, x: Floats) -> Floats:
    """Return a plan with every measuring column as low, or as high, as its rows and bounds let it be.

    One column after the other: each measures decisions alone, so that the order does not matter; but a target
    is attained only if it is in every later period. No objective gets worse by it.
    """
    rows = Rows(matrix, x)
    costs = np.array([objective.costs for objective in matrix.objectives])
    free_to_fall, free_to_rise = (np.asarray(worse.all(axis=0)) for worse in (costs >= 0, costs <= 0))
    least = matrix.of(Variables.MISSED)
    for j in least[free_to_fall[least]].tolist():
        rows.move(j, max(matrix.lower[j], rows.x[j] - rows.room(j, -1.0)))
    for chain in matrix.chains(Variables.TARGETS):
        for j in chain[free_to_rise[chain]][::-1].tolist():
            step = np.round(matrix.upper[j] - rows.x[j])
            if step > 0 and rows.room(j, 1.0, MIP_FEASIBILITY) >= step:
                rows.move(j, matrix.upper[j])
    return rows.x


class Rows:
    """The rows of a matrix at a point that moves."""

    def __init__(self, matrix: Matrix, x: Floats) -> None:
        self.matrix, self.x = matrix, x.copy()
        self.activity = matrix.rows @ x
        self._columns = sp.csc_array(matrix.rows)

    def room(self, j: int, direction: float, tolerance: float = 0.0) -> float:
        """Return how far a column can go up (1) or down (-1) until a row would not hold; negative if one does not."""
        matrix, (rows, values) = self.matrix, self._entries(j)
        slope = direction * values
        side = np.where(slope > 0, matrix.row_upper[rows], matrix.row_lower[rows])
        left = (side - self.activity[rows]) / slope + tolerance / (np.abs(slope) * matrix.row_scale[rows])
        return float(left.min(initial=np.inf))

    def move(self, j: int, value: float) -> None:
        """Give a column another value."""
        rows, values = self._entries(j)
        self.activity[rows] += values * (value - self.x[j])
        self.x[j] = value

    def _entries(self, j: int) -> tuple[np.ndarray, np.ndarray]:
        begin, end = self._columns.indptr[j : j + 2]
        return self._columns.indices[begin:end], self._columns.data[begin:end]
