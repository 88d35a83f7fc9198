"""A scaling that keeps the numbers of a matrix near 1."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

SCALING_PASSES = 6


def geometric_scaling(
    rows: sp.csr_array, integer: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return row and column scales (powers of two) that bring the coefficients near 1.

    Geometric means of the smallest and largest magnitude, rows and columns in turn; integer
    columns keep scale 1, so that every other unit is measured against one crew, one plant, one
    weekend. Method: Tomlin, "On scaling linear programming problems" (1975).
    """
    logs = sp.csr_array(rows, copy=True)
    logs.data = np.log2(np.abs(np.where(logs.data == 0, 1.0, logs.data)))
    by_column = sp.csc_array(logs)
    row = np.zeros(rows.shape[0])
    column = np.zeros(rows.shape[1])
    row_of = by_column.indices
    for _ in range(SCALING_PASSES):
        row = -_middle(logs.data + column[logs.indices], logs.indptr)
        column = np.where(integer, 0.0, -_middle(by_column.data + row[row_of], by_column.indptr))
    return np.exp2(np.round(row)), np.exp2(np.round(column))


def _middle(logs: NDArray[np.float64], pointers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the middle between the least and the largest of each segment; 0 where it is empty."""
    filled = np.diff(pointers) > 0
    middle = np.zeros(len(pointers) - 1)
    if filled.any():
        starts = pointers[:-1][filled]
        middle[filled] = (np.minimum.reduceat(logs, starts) + np.maximum.reduceat(logs, starts)) / 2
    return middle
