"""A basis to begin with for a large relaxation, put together from the bases of its blocks.

Shared rows get prices, and the relaxation falls apart (split.py). What its blocks come to is an answer of the whole
problem in which the right side of a shared row can be bought at its price. That answer has a basis, and the basis
is dual feasible. Then nothing can be bought any more, and the dual simplex method drives out what was bought. That
is little where the prices are those of a model of review blocks (sketch.py). The sum of the blocks is a bound
meanwhile (measured: see CONTRIBUTING.md).

Methods: Lagrangian relaxation as in split.py; an advanced basis for the dual simplex method, as surveyed by Bixby,
"Implementing the simplex method: the initial basis" (1992).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import CHAINED, Floats, Matrix, Name, Objective
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.loaded import BASIC, LOWER, UPPER, Bought
from optimizer.solve.outcome import Outcome
from optimizer.solve.sketch import Sketch
from optimizer.solve.split import USED_UP, Split

BLOCK_SHARE = 0.1
"""Most of the time left that the simplex method may take for one block."""


def crash(
    engine: Engine,
    sketch: Sketch,
    objective: Objective,
    slack: NDArray[np.int64],
    deadline: float,
    proven: Callable[[float], None],
    *,
    on: bool = True,
) -> None:
    """Bring an engine to the optimum of its relaxation, or as near as time allows.

    The engine is as it was, and nothing is proven, where the problem does not fall apart or a part of this fails.

    Parameters
    ----------
    engine
        With the objective set, none held, everything continuous, and the slack rows let go.
    sketch
        The same problem with review blocks for periods.
    objective
        What is minimised.
    slack
        Rows that are let go.
    deadline
        On the engine's clock.
    proven
        Called with the bound of the blocks once it is known: the simplex method may take long after it.
    on
        Whether the simplex method goes on from there; otherwise the bound is all.
    """
    split = Split(engine.matrix, objective, slack)
    prices = _priced(engine, sketch, objective, deadline) if split.useful else None
    if prices is None:
        return
    prices = split.useful_prices(sketch.prices(prices, engine.matrix, split.shared))
    blocks = _Blocks(engine, deadline)
    bound = split.bound(prices, blocks.solve)
    if np.isfinite(bound):
        proven(bound)
    if blocks.basic and on:
        bought = blocks.bought(split, prices)
        engine.go_on(blocks.columns, blocks.rows, list(bought), seconds=engine.clock.until(deadline))


def _priced(engine: Engine, sketch: Sketch, objective: Objective, deadline: float) -> Floats | None:
    """Return the prices of the rows of the sketch in its relaxation."""
    (drawn,) = (o for o in sketch.matrix.objectives if o.name == objective.name)
    small = Engine(sketch.matrix, engine.clock, seed=engine.seed)
    small.integrality(np.zeros_like(sketch.matrix.integer))
    small.minimise(drawn)
    chains = sketch.matrix.chains(*CHAINED)
    relaxed = small.relax(seconds=engine.clock.until(deadline), method=INTERIOR_POINT, chains=chains)
    return relaxed.prices if relaxed.status == "optimal" else None


class _Blocks:
    """The blocks of an engine's relaxation, solved one after the other, and the basis that they make together.

    Attributes
    ----------
    columns, rows
        Statuses of the engine's columns and rows; rows that stand in no block are basic.
    basic
        Whether every block has a basis.
    """

    def __init__(self, engine: Engine, deadline: float) -> None:
        self._engine, self._deadline = engine, deadline
        self.columns = [LOWER] * len(engine.lower)
        self.rows = [BASIC] * engine.row_count
        self.basic = True
        self._basic: set[Name] = set()

    def solve(self, part: Matrix) -> float:
        """Solve a block and note its basis; return its optimum, or a bound of it, -inf where it fails.

        A block that takes the simplex method long has a bound alone, by interior point.
        """
        whole, clock = self._engine.matrix, self._engine.clock
        try:
            engine = Engine(part, clock, seed=self._engine.seed)
            engine.minimise(part.objectives[0])
            outcome = engine.run(seconds=BLOCK_SHARE * clock.until(self._deadline))
            if outcome.status == "time limit":
                self.basic = False
                left, chains = clock.until(self._deadline), part.chains(*CHAINED)
                return engine.relax(seconds=left, method=INTERIOR_POINT, chains=chains).bound
        except SolverError:  # of extreme prices nothing comes, and that must not cost the plan
            outcome = Outcome("failed", None, np.inf, -np.inf)
        if outcome.status != "optimal":
            self.basic = False
            return -np.inf
        basis = engine.basis()
        for name, status in zip(part.columns, basis.col_status, strict=True):
            if name[0] == USED_UP:
                self._basic |= {name} if status == BASIC else set()
            else:
                self.columns[whole.position[name]] = status
        for name, status in zip(part.row_names, basis.row_status, strict=True):
            self.rows[whole.row_position[name]] = status
        return outcome.bound

    def bought(self, split: Split, prices: Floats) -> Iterable[Bought]:
        """Yield what is bought of shared rows, and note that these bind."""
        matrix = self._engine.matrix
        for row, at_home, price in zip(split.shared.tolist(), split.at_home.tolist(), prices.tolist(), strict=True):
            if at_home:
                bought = (USED_UP, matrix.row_names[row][1]) in self._basic
            else:
                bought = price != 0
                if bought:
                    self.rows[row] = LOWER if price > 0 else UPPER
            if bought:
                yield Bought(row, price / matrix.row_scale[row])
