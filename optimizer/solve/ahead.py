"""The relaxation of a later objective, solved on the last engine while the others are still at this one.

It is the longest single run of a search with several objectives, and all it needs is known early: how far this
objective may be given back follows from the first plan that is close enough, and which months promises are
kept in is mostly what was found possible at whatever cost. Where either turns out differently, the basis is
a start all the same, or is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.matrix import Objective
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree


class Ahead:
    """The relaxation of a later objective.

    Parameters
    ----------
    runs
        With at least two engines.
    held
        The objective that will be held.
    limit
        Value of a plan in it -> value at which it will be held.
    later
        The objective whose relaxation is solved.
    part
        Of all plans, for which it is solved.
    slack_rows
        Rows that the first run leaves out.
    """

    def __init__(
        self,
        runs: Runs,
        held: Objective,
        limit: Callable[[float], float],
        later: Objective,
        part: Node,
        slack_rows: NDArray[np.int64],
    ) -> None:
        self._runs, self._held, self._limit, self._later = runs, held, limit, later
        self._part, self._slack_rows = part, slack_rows
        self._engine = runs.engines[-1]
        self._job: Future[Any] | None = None
        self._rows: list[int] = []

    def begin(self, deadline: float) -> None:
        """Start, unless that is done, from the best plan so far; `deadline` is on the clock of the search."""
        if self._job is None:  # all engines get the row, so that the basis of one is a basis of the others
            self._rows = [engine.hold(self._held, np.inf) for engine in self._runs.engines]
            pool = ThreadPoolExecutor(1)
            self._job = pool.submit(self._solve, self._limit(self._runs.record.value), deadline)
            pool.shutdown(wait=False)

    def pause(self) -> None:
        """Wait for the answer and give the engine back to the objective at hand."""
        self._done()
        self._engine.minimise(self._runs.record.objective)
        self._engine.limit(self._rows[-1], self._held, np.inf)
        self._runs.free(self._engine)

    def hold(self, limit: float) -> None:
        """Hold the objective in all engines but the last, which may be busy."""
        for engine, row in zip(self._runs.engines[:-1], self._rows[:-1], strict=True):
            engine.limit(row, self._held, limit)

    def basis(self, limit: float) -> Any:
        """Wait for the answer, hold the objective in the last engine too; return the basis, None if there is none."""
        basis = self._done()
        self._engine.limit(self._rows[-1], self._held, limit)
        return basis

    # -- inside ----------------------------------------------------------------------------------------
    def _done(self) -> Any:
        if self._job is None:
            raise ValueError("the relaxation ahead has not begun")
        return self._job.result()

    def _solve(self, limit: float, deadline: float) -> Any:
        engine, runs = self._engine, self._runs
        engine.limit(self._rows[-1], self._held, limit)
        engine.minimise(self._later)
        engine.forget()
        engine.bounds(*Tree([engine], runs.units).columns(self._part))
        try:
            with engine.without(self._slack_rows):
                engine.run(seconds=runs.clock.until(deadline))
            if engine.run(seconds=runs.clock.until(deadline)).status == "optimal":
                return engine.basis()
        except SolverError:
            pass
        engine.forget()
        return None
