"""The same problem with review blocks for periods, and how its plans are carried over.

Shift patterns change only at the beginning of review blocks. So a model whose periods are the review blocks has every
pattern that the plan can have, and most months in which a plant can start, and is far smaller. Its plants and crews are
carried over. Output, stocks, deliveries and weekends are decided month by month in the plan itself.

Nothing here needs a proof. A split is a bound at any prices (split.py), and a plan is checked against all rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Matrix, Name, fixed
from optimizer.solve.highs import Engine
from optimizer.solve.progress import Clock
from optimizer.solve.rounding import CARRIED, WEEKENDS, Step, nearest, round_off
from optimizer.structure import Constraints, Variables


@dataclass(frozen=True)
class Sketch:
    """The same problem with review blocks for periods.

    Attributes
    ----------
    matrix
        The problem.
    middles
        Middle of each of its periods, in months from the start.
    periods
        Middle of each period of the plan itself.
    """

    matrix: Matrix
    middles: Floats
    periods: Floats

    def prices(self, found: Floats, matrix: Matrix, rows: NDArray[np.int64]) -> Floats:
        """Return prices for all rows of the problem itself, from those found for the rows of the sketch.

        Only those of `rows` are told, the others are 0. Between the middles of two long periods a price changes
        in proportion to time; a row that the sketch does not have gets none.
        """
        by_period = set(self.matrix.names(Constraints.BALANCES, Constraints.SHARED_BY_PERIOD))
        series: dict[Any, tuple[list[float], list[float]]] = {}
        for (name, key), price in zip(self.matrix.row_names, found.tolist(), strict=True):
            if name in by_period:
                times, prices = series.setdefault((name, key[:-1]), ([], []))
                times.append(self.middles[key[-1]])
                prices.append(price)
        told = np.zeros(len(matrix.row_names))
        for row in rows:
            name, key = matrix.row_names[row]
            same = self.matrix.row_position.get((name, key))
            if name in by_period and (name, key[:-1]) in series:
                told[row] = np.interp(self.periods[key[-1]], *series[name, key[:-1]])
            elif name not in by_period and same is not None:
                told[row] = found[same]
        return told

    def kept(self, x: Floats, matrix: Matrix, lasting: Variables) -> dict[Name, int]:
        """Return when decisions that last are taken: first column of each -> how many of its columns are before.

        `x` holds the values of the columns of the sketch; what is returned counts columns of `matrix`.
        """
        begins = self._begins
        blocks = {self.matrix.columns[chain[0]][1][:-1]: chain for chain in self.matrix.chains(lasting)}
        found = {}
        for chain in matrix.chains(lasting):
            name = matrix.columns[chain[0]]
            if (same := blocks.get(name[1][:-1])) is not None:
                block = len(same) - int(np.round(x[same]).sum())
                begin = begins[self.matrix.columns[same[block]][1][-1]] if block < len(same) else np.inf
                times = np.array([self.periods[matrix.columns[column][1][-1]] for column in chain])
                found[name] = int(np.searchsorted(times, begin))
        return found

    def near(self, x: Floats, matrix: Matrix, otherwise: float) -> Floats:
        """Return values of the columns of `matrix` with plants and crews as in values of the sketch."""
        near = np.full(len(matrix.lower), otherwise)
        for column in matrix.of(*CARRIED.decided):
            drawn = self.matrix.position.get(matrix.columns[column])
            if drawn is not None:
                near[column] = np.round(x[drawn])
        return near

    def plan(self, x: Floats, engine: Engine, deadline: float) -> Step | None:
        """Return a plan with the plants and crews of a plan of the sketch; None where that leads nowhere.

        Parameters
        ----------
        x
            Values of the columns of the sketch.
        engine
            Of the plan itself, with the objective set, earlier ones held and everything continuous.
        deadline
            On the engine's clock.
        """
        bounds = carried(self, engine.matrix, x, engine.clock, engine.seed, deadline)
        if bounds is None:
            return None
        engine.bounds(*bounds)
        engine.forget()  # and by the simplex method (measured: see CONTRIBUTING.md)
        outcome = engine.run(seconds=engine.clock.until(deadline))
        if outcome.status != "optimal":
            return None
        return round_off([engine], (WEEKENDS,), Step(*bounds, replace(outcome, basis=engine.basis())), deadline)

    @property
    def _begins(self) -> Floats:
        """Return the begins of its periods, and the end, in months from the start."""
        begins = np.zeros(len(self.middles) + 1)
        for block in range(len(self.middles)):
            begins[block + 1] = 2 * self.middles[block] - begins[block]
        return begins


def carried(
    sketch: Sketch, matrix: Matrix, x: Floats, clock: Clock, seed: int = 0, deadline: float = np.inf
) -> tuple[Floats, Floats] | None:
    """Return bounds of a matrix in which plants and crews are those of its sketch, or as near as its rows allow.

    A start in a block falls to its first month, where an order that the block counts may not be
    placed yet: then it moves. None where no move helps.
    """
    near = sketch.near(x, matrix, 0.0)
    (half,) = CARRIED.thresholds
    moved = nearest(matrix, CARRIED, near, matrix.lower, matrix.upper, half, clock, seed, deadline)
    if moved is None:
        return None
    return fixed(matrix.lower, matrix.upper, moved, matrix.mask(*CARRIED.decided))
