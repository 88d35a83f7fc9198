"""Block coordinate descent: a plan is improved item by item, while all that is decided of the others stays as it is.

A block of a split (split.py) with its share of the rows is a far smaller problem than the whole, so that many more of
its neighbourhoods are searched in the same time. What binds blocks together, such as payments and stores, is in each of
them. Of funds there is what the others leave. Weekends stay in fractions, and are rounded for all blocks together once
what was found is settled (measured: see CONTRIBUTING.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.neighbourhoods import Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import Problem
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.split import Split

TRIES, IN_VAIN = 12, 3
"""Most neighbourhoods of a block in one sweep, and those in a row without a better plan after which it ends."""
ROOM = 1e-7
"""Room that scaled rows of a block leave for the plan."""


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
        self._blocks = blocks_of(runs, objective, slack_rows) if runs.problem.large else []
        self._kept = np.zeros(len(runs.matrix.columns), dtype=bool)
        self._waiting: list[int] = []
        self.renew()
        self._waited, self._wait = 0, 1  # neighbourhoods of the whole since the last sweep, and those until the next

    @property
    def promising(self) -> bool:
        """Tell whether blocks wait for a search."""
        return bool(self._waiting)

    def keep(self, columns: NDArray[np.bool_]) -> None:
        """Keep these columns from now on as they are in a plan."""
        self._kept |= columns

    def renew(self) -> None:
        """Let every block wait, those first that do already: the plan is another one."""
        others = [n for n in self._dice.permutation(len(self._blocks)).tolist() if n not in self._waiting]
        self._waiting = [*others, *self._waiting]

    def beside(self, *, better: bool) -> None:
        """Take in that a neighbourhood of the whole problem was searched, and whether that made the plan better.

        Then blocks have one more sweep, with other dice; so they have after 1, 2, 4 ... in vain (measured: see
        CONTRIBUTING.md).
        """
        self._waited += 1
        if better or self._waited >= self._wait:
            self.renew()
            self._waited, self._wait = 0, 2 if better else 2 * self._wait

    def improve(self, x: Floats, deadline: float, seconds: float) -> Outcome | None:
        """Search blocks that wait for it; return a better plan, its weekends in fractions, if one is found.

        `deadline` is on the clock of the search. After so many `seconds` what is found so far is returned.
        """
        found, better = x.copy(), False
        until = min(deadline, self._runs.clock.seconds + seconds) if self._timed else deadline
        while self._waiting and not self._runs.clock.past(until):
            columns = self._blocks[self._waiting.pop()]
            block = self._searched(columns, found, until)
            if block is not None:
                found[columns], better = block, True
        if self._runs.clock.past(deadline):
            self._waiting.clear()  # nothing that they find could be settled in time
        return Outcome("found", found, self._objective.value(found), -np.inf) if better else None

    # -- inside ----------------------------------------------------------------------------------------
    def _searched(self, columns: NDArray[np.int64], x: Floats, deadline: float) -> Floats | None:
        """Return the columns of a block in a better plan, if one is found, all other columns as they are."""
        runs = self._part(columns, x)
        (objective,) = runs.matrix.objectives
        bounds = runs.matrix.lower, runs.matrix.upper
        seed = int(self._dice.integers(2**31))
        search = Neighbourhoods(runs, objective, bounds, self._guide(columns), seed=seed, timed=self._timed, part=True)
        search.keep(self._kept[columns])
        best, vain, tries = None, 0, 0
        while vain < IN_VAIN and tries < TRIES and not search.exhausted and not self._runs.clock.past(deadline):
            found, tries, vain = search.improve(x[columns] if best is None else best, deadline), tries + 1, vain + 1
            if found is not None:
                best, vain = found.x, 0
        return best

    def _part(self, columns: NDArray[np.int64], x: Floats) -> Runs:
        """Return the engine of a block, where the other columns are as in the plan and objectives are held.

        The plan holds rows up to the tolerance of whatever found it. In a block, where little of a row is left, it
        could be called impossible for that: rows leave room for the plan (measured: see CONTRIBUTING.md).
        """
        whole, others = self._runs, x.copy()
        others[columns] = 0.0
        matrix = whole.matrix.part(columns, whole.matrix.rows_with(columns), others, self._objective)
        found = matrix.rows @ x[columns]
        room = ROOM / matrix.row_scale
        low, high = np.minimum(matrix.row_lower, found - room), np.maximum(matrix.row_upper, found + room)
        matrix = replace(matrix, row_lower=low, row_upper=high)
        problem = Problem(matrix, replace(whole.problem.settings, threads=1))
        own = Record(matrix.objectives[0], whole.record.gap, whole.clock, None)
        runs = Runs(problem, whole.clock, own, engines=1, decided=False)
        for objective, limit, _ in whole.holding():
            costs, most = objective.costs[columns], max(limit, objective.value(x))
            if costs.any():
                runs.engine.hold(Objective(objective.name, costs, 0.0), most - objective.value(others))
        runs.engine.minimise(matrix.objectives[0])
        return runs

    def _guide(self, columns: NDArray[np.int64]) -> Callable[[], Floats | None]:
        def guide() -> Floats | None:
            relaxed = self._relaxed()
            return None if relaxed is None else relaxed[columns]

        return guide


def blocks_of(runs: Runs, objective: Objective, slack_rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the columns of each block in which something is decided, and of what binds blocks together.

    Nothing could be paid, stored or shipped otherwise in a block alone. There are none where one block is nearly all.
    """
    split = Split(runs.matrix, objective, slack_rows)
    if not split.useful:
        return []
    links = split.links
    return [np.union1d(columns, links) for columns in split.blocks if runs.matrix.integer[columns].any()]
