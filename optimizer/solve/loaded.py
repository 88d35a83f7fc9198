"""A model inside HiGHS: handed over scaled, and changed between runs in the user's units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective
from optimizer.solve.cuts import Cut
from optimizer.solve.program import Program

LOWER, UPPER, BASIC = (getattr(highspy.HighsBasisStatus, name) for name in ("kLower", "kUpper", "kBasic"))
"""Statuses of columns and rows in a basis."""


@dataclass(frozen=True)
class Bought:
    """More of a row's right side, at a price: rise of the objective per unit of the scaled row."""

    row: int
    price: float


class Loaded:
    """One model inside HiGHS, whose objective, bounds, integrality and further rows change.

    Parameters
    ----------
    matrix
        The model.

    Raises
    ------
    SolverError
        When HiGHS refuses the model.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()
        self._objective = Objective("none", np.zeros(len(matrix.lower)), 0.0)
        self._sigma = 1.0
        self._integer = matrix.integer.copy()
        self._counts: dict[int, float] = {}
        self.highs = highspy.Highs()
        self._option("log_to_console", False)  # with output off altogether HiGHS tells no progress
        self._pass()

    @property
    def row_count(self) -> int:
        """Return how many rows there are, added ones too."""
        return int(self.highs.getNumRow())

    # -- objective and rows -------------------------------------------------------------------------
    def minimise(self, objective: Objective) -> None:
        """Take an objective, scaled so that its typical coefficient is near 1."""
        self._objective = objective
        costs = objective.costs * self.matrix.column_scale
        sizes = np.abs(costs[costs != 0])
        self._sigma = self.matrix.objective_scale(objective)
        if len(sizes) and sizes.max() * self._sigma > 1e6:
            self._sigma = float(np.exp2(np.floor(np.log2(1e6 / sizes.max()))))
        n = len(costs)
        self.highs.changeColsCost(n, np.arange(n, dtype=np.int32), costs * self._sigma)
        self.highs.changeObjectiveOffset(objective.constant * self._sigma)

    def hold(self, objective: Objective, limit: float) -> int:
        """Add the row `objective <= limit`, scaled so that its typical coefficient is near 1, and return its number."""
        scale = self.matrix.objective_scale(objective)
        self.add(np.arange(len(objective.costs)), objective.costs * scale, (limit - objective.constant) * scale)
        return self.row_count - 1

    def limit(self, row: int, objective: Objective, limit: float) -> None:
        """Change the limit of a row added by `hold`."""
        scale = self.matrix.objective_scale(objective)
        self.highs.changeRowBounds(row, -highspy.kHighsInf, (limit - objective.constant) * scale)

    def add(self, columns: NDArray[np.int64], values: Floats, limit: float) -> None:
        """Add the row sum values x[columns] <= limit."""
        kept = np.flatnonzero(values)
        scaled = values[kept] * self.matrix.column_scale[columns[kept]]
        self.highs.addRow(-highspy.kHighsInf, limit, len(kept), columns[kept].astype(np.int32), scaled)

    def add_cuts(self, cuts: Iterable[Cut]) -> None:
        """Add cuts as rows."""
        for cut in cuts:
            self.add(cut.columns, cut.values, cut.limit)

    def drop(self, rows: Sequence[int]) -> None:
        """Take away rows that were added; rows added after them move up."""
        self.highs.deleteRows(len(rows), np.array(rows, dtype=np.int32))

    def count(self, columns: NDArray[np.int64]) -> int:
        """Add a free row that sums some columns and return its number."""
        ones = np.ones(len(columns))
        self.highs.addRow(-highspy.kHighsInf, highspy.kHighsInf, len(columns), columns.astype(np.int32), ones)
        return self.row_count - 1

    def at_least(self, counts: Mapping[int, float]) -> None:
        """Ask for the least sums of rows added by `count`; 0 asks for nothing."""
        for row, least in counts.items():
            if self._counts.get(row, 0.0) != least:
                self.highs.changeRowBounds(row, least or -highspy.kHighsInf, highspy.kHighsInf)
                self._counts[row] = least

    # -- columns and bounds --------------------------------------------------------------------------
    def integrality(self, mask: NDArray[np.bool_]) -> None:
        """Make exactly these columns integer."""
        self._integer = mask.copy()
        kinds = np.where(mask, np.uint8(1), np.uint8(0)).astype(np.uint8)
        self.highs.changeColsIntegrality(len(kinds), np.arange(len(kinds), dtype=np.int32), kinds)

    def bounds(self, lower: Floats, upper: Floats) -> None:
        """Set the bounds of all columns."""
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper)).astype(np.int32)
        if len(changed):
            scale = self.matrix.column_scale[changed]
            self.highs.changeColsBounds(len(changed), changed, lower[changed] / scale, upper[changed] / scale)
        self.lower, self.upper = lower.copy(), upper.copy()

    def row_bounds(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Set the bounds of some rows."""
        scale = self.matrix.row_scale[rows]
        self.highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower * scale, upper * scale)

    @contextmanager
    def asking(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> Iterator[None]:
        """Set the bounds of some rows of the model for a while."""
        self.row_bounds(rows, lower, upper)
        try:
            yield
        finally:
            self.row_bounds(rows, self.matrix.row_lower[rows], self.matrix.row_upper[rows])

    def without(self, rows: NDArray[np.int64]) -> AbstractContextManager[None]:
        """Let some rows of the model go for a while; the basis of a run meanwhile is one of the whole model, too."""
        endless = np.full(len(rows), np.inf)
        return self.asking(rows, -endless, endless)

    def shifted(self, rows: NDArray[np.int64], by: Floats) -> AbstractContextManager[None]:
        """Ask for a while of some rows of the model what they would have to be with so much more in them."""
        return self.asking(rows, self.matrix.row_lower[rows] - by, self.matrix.row_upper[rows] - by)

    @contextmanager
    def lending(self, bought: Sequence[Bought]) -> Iterator[None]:
        """Add for a while columns that say what is bought of some rows: nothing."""
        n, first = len(bought), self.highs.getNumCol()
        prices = np.array([each.price * self._sigma for each in bought])
        rows = np.array([each.row for each in bought], dtype=np.int32)
        self.highs.addCols(n, prices, np.zeros(n), np.zeros(n), n, np.arange(n, dtype=np.int32), rows, np.ones(n))
        try:
            yield
        finally:
            self.highs.deleteCols(n, np.arange(first, first + n, dtype=np.int32))

    def release(self) -> None:
        """Free every row that was added since the model was handed over."""
        for row in range(len(self.matrix.row_scale), self.row_count):
            self.highs.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)

    # -- inside --------------------------------------------------------------------------------------
    def _pass(self) -> None:
        matrix, row, column = self.matrix, self.matrix.row_scale, self.matrix.column_scale
        program = Program(
            rows=sp.csr_array(sp.diags_array(row) @ matrix.rows @ sp.diags_array(column)),
            row_lower=matrix.row_lower * row,
            row_upper=matrix.row_upper * row,
            lower=matrix.lower / column,
            upper=matrix.upper / column,
            costs=np.zeros(len(column)),
            offset=0.0,
        )
        if self.highs.passModel(program.for_highs(matrix.integer)) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refuses the model; look for infinite or extreme numbers in the workbook")

    def _option(self, name: str, value: Any) -> None:
        if self.highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS does not accept the option {name} = {value!r}")
