"""Block coordinate descent: a plan is improved item by item, while all that is decided of the others stays as it is.

A block of a split (split.py) with its share of the rows is a far smaller problem than the whole, so that many more of
its neighbourhoods are searched in the same time (measured: see CONTRIBUTING.md). What items share, such as funds, is
what the others leave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.finish import HELD
from optimizer.solve.neighbourhoods import LITTLE, Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.split import Split

TRIES, IN_VAIN = 12, 3
"""Most neighbourhoods of a block in one turn, and those in a row without a better plan after which the turn ends."""


class Blocks:
    """The blocks of the best plan so far, for one objective.

    Parameters
    ----------
    runs
        Of the whole problem; earlier objectives held.
    objective, relaxed, seed, timed
        As for `Neighbourhoods`.
    slack_rows
        Rows that hardly ever bind.
    """

    def __init__(
        self,
        runs: Runs,
        objective: Objective,
        slack_rows: NDArray[np.int64],
        relaxed: Callable[[], Floats | None],
        *,
        seed: int = 0,
        timed: bool = True,
    ) -> None:
        self._runs, self._objective, self._relaxed, self._timed = runs, objective, relaxed, timed
        self._dice = np.random.default_rng(seed)
        self._blocks = blocks_of(runs, objective, slack_rows) if runs.large else []
        self._vain = np.zeros(len(self._blocks))  # turns since the block was improved
        self._waited, self._wait = 0, 1  # neighbourhoods of the whole since the last round, and those until the next

    @property
    def promising(self) -> bool:
        """Tell whether a block had no turn since it was improved last."""
        return bool((self._vain == 0).any())

    def renew(self) -> None:
        """Take every block as promising: the plan is another one."""
        self._vain[:] = 0

    def beside(self, *, better: bool) -> None:
        """Take in that a neighbourhood of the whole problem was searched, and whether that made the plan better.

        Then blocks have one more round, with other dice; so they have after 1, 2, 4 ... in vain (measured: see
        CONTRIBUTING.md).
        """
        self._waited += 1
        if better or self._waited >= self._wait:
            self.renew()
            self._waited, self._wait = 0, 2 if better else 2 * self._wait

    def improve(self, x: Floats, deadline: float) -> Outcome | None:
        """Search one block of a plan; return a better plan, if one is found.

        `deadline` is on the clock of the search.
        """
        number = int(np.argmin(self._vain + self._dice.random(len(self._blocks))))
        columns, before = self._blocks[number], self._objective.value(x)
        found = x.copy()
        found[columns] = self._searched(columns, x, deadline)
        value = self._objective.value(found)
        better = value < before - LITTLE * max(1.0, abs(before)) and self._runs.engine.violation(found) <= HELD
        self._vain[number] = 0 if better else self._vain[number] + 1
        if better:
            self._wait = 1
        return Outcome("found", found, value, -np.inf) if better else None

    # -- inside ----------------------------------------------------------------------------------------
    def _searched(self, columns: NDArray[np.int64], x: Floats, deadline: float) -> Floats:
        """Return the columns of a block in the best plan that is found, all other columns as they are."""
        others = x.copy()
        others[columns] = 0.0
        runs = self._part(columns, others)
        (objective,) = runs.matrix.objectives
        bounds = runs.matrix.lower, runs.matrix.upper
        seed = int(self._dice.integers(2**31))
        search = Neighbourhoods(runs, objective, bounds, self._guide(columns), seed=seed, timed=self._timed)
        best, vain, tries = x[columns], 0, 0
        while vain < IN_VAIN and tries < TRIES and not self._runs.clock.past(deadline):
            found, tries = search.improve(best, deadline), tries + 1
            vain += 1
            if found is not None and found.x is not None and objective.value(found.x) < objective.value(best):
                best, vain = found.x, 0
            if search.exhausted:
                break
        return best

    def _part(self, columns: NDArray[np.int64], others: Floats) -> Runs:
        """Return the engine of a block, where the other columns are as in the plan and objectives are held."""
        whole = self._runs
        matrix = whole.matrix.part(columns, whole.matrix.rows_with(columns), others, self._objective)
        settings, record = replace(whole.settings, threads=1), whole.record
        own = Record(matrix.objectives[0], record.gap, whole.clock, None)
        runs = Runs(matrix, settings, whole.clock, own, engines=1, decided=False)
        for objective, limit, _ in whole.holding():
            costs = objective.costs[columns]
            if costs.any():
                runs.engine.hold(Objective(objective.name, costs, 0.0), limit - objective.value(others))
        runs.engine.minimise(matrix.objectives[0])
        return runs

    def _guide(self, columns: NDArray[np.int64]) -> Callable[[], Floats | None]:
        def guide() -> Floats | None:
            relaxed = self._relaxed()
            return None if relaxed is None else relaxed[columns]

        return guide


def blocks_of(runs: Runs, objective: Objective, slack_rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the columns of each block in which something is decided; none where one block is nearly all."""
    split = Split(runs.matrix, objective, slack_rows)
    return [columns for columns in split.blocks if runs.matrix.integer[columns].any()] if split.useful else []
