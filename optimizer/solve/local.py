"""Local search: neighbourhoods of the best plan, of the whole problem and block by block, in turns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.solve.arrays import Floats, Objective
from optimizer.solve.blocks import Blocks
from optimizer.solve.neighbourhoods import SETTLING, VAIN, Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import FINISHING_RATE
from optimizer.solve.reserve import budgeted
from optimizer.solve.runs import Runs

SWEEP = 2.0
"""Time for which blocks are searched before what they find is settled, in times that this takes."""


class LocalSearch:
    """The local search of one objective.

    Parameters
    ----------
    runs
        With one engine; earlier objectives held.
    objective, seed, timed
        As for `Neighbourhoods`.
    slack_rows
        Rows that hardly ever bind.
    relaxed
        Answer of the relaxation, None while it is not known. Asked again and again.
    rough
        What leads the way until then, if anything does.
    """

    def __init__(
        self,
        runs: Runs,
        objective: Objective,
        slack_rows: NDArray[np.int64],
        relaxed: Callable[[], Floats | None],
        rough: Callable[[], Floats | None],
        *,
        seed: int,
        timed: bool,
    ) -> None:
        self._runs, self._objective, self._slack_rows = runs, objective, slack_rows
        self._relaxed, self._rough, self._seed, self._timed = relaxed, rough, seed, timed
        self._settling = 0.0  # seconds that it took last

    def polish(self, deadline: float) -> None:
        """Improve a plan that was found for another objective, its decisions as they are: that takes a moment."""
        record = self._runs.record
        if record.best is None:
            return
        with record.timed("neighbourhoods"):
            better = self._search.polished(record.best, deadline)
        if better is not None:
            record.take(better)
        self._runs.free()

    def search(self, deadline: float, outdone: Callable[[], None] = lambda: None, *, patient: bool = True) -> None:
        """Search neighbourhoods of the best plan until it is close enough or time is up.

        Parameters
        ----------
        deadline
            On the clock of the search.
        outdone
            Called when another process has found a better plan.
        patient
            Whether to go on where they are in vain; otherwise something else is waiting for its turn.
        """
        runs, record, search = self._runs, self._runs.record, self._search
        blocks = Blocks(runs, self._objective, self._slack_rows, self._guide, seed=self._seed, timed=self._timed)
        turn: Neighbourhoods | Blocks = blocks if blocks.promising else search
        if blocks.promising and not runs.problem.huge:  # there it takes so long that blocks are searched before
            self.polish(deadline)
            if not runs.holding():
                turn = search
                search.staff()
        with record.timed("neighbourhoods"):
            own, vain, followed, keeping = record.best, 0, None, False
            while (
                (patient or vain < VAIN) and not record.close_enough and not runs.clock.past(deadline - search.settling)
            ):
                if record.best is None:
                    break
                if search.short and not keeping:
                    keeping = True
                    self._keep_budgeted(blocks)
                if self._timed and record.best is not own:
                    outdone()
                    blocks.renew()
                if (relaxed := self._relaxed()) is not followed:
                    followed, turn = relaxed, search
                    search.follow()
                better = search.improve(record.best, deadline) if turn is search else self._swept(blocks, deadline)
                if better is not None:
                    record.take(better)
                    own, vain = better.x, 0
                elif search.exhausted:
                    break
                else:
                    vain += 1
                if turn is search:
                    blocks.beside(better=better is not None)
                elif better is not None:
                    blocks.renew()
                turn = blocks if blocks.promising else search
        runs.free()

    def _keep_budgeted(self, blocks: Blocks) -> None:
        """Keep the weekends that a budget pays as they are from now on: money is too short to round them."""
        columns = budgeted(self._runs.matrix)
        self._search.keep(columns)
        blocks.keep(columns)
        blocks.renew()

    def _swept(self, blocks: Blocks, deadline: float) -> Outcome | None:
        """Return a better plan by blocks, if one is found; what they find is settled and rounded as a whole."""
        x = self._runs.record.best
        assert x is not None
        clock, rate = self._runs.clock, self._runs.matrix.rows.nnz / FINISHING_RATE
        settling = self._settling or max(self._search.settling, SETTLING * rate)
        swept = blocks.improve(x, deadline - settling, SWEEP * settling)
        if swept is None or swept.x is None:
            return None
        began = clock.seconds
        better = self._search.whole(swept.x, deadline)
        self._settling = clock.seconds - began
        return better if better is not None and better.value < self._objective.value(x) else None

    @cached_property
    def _search(self) -> Neighbourhoods:
        runs = self._runs
        bounds = runs.matrix.lower, runs.matrix.upper
        return Neighbourhoods(runs, self._objective, bounds, self._guide, seed=self._seed, timed=self._timed)

    def _guide(self) -> Floats | None:
        """Return what leads the way to neighbourhoods: the relaxation, before it is known what is rough."""
        relaxed = self._relaxed()
        return self._rough() if relaxed is None else relaxed
