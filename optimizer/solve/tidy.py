"""The last pass: among plans that keep every limit of the objectives, the steadiest, and then the plainest.

Objectives are held as for an objective that comes after them: at their values and the slack. There are three steps.
First, falls of output are minimised with every whole number kept. Second, plans are searched with fewer changes of
crews and weekends, without crews and weekends that have no work, and without purchases that are next to nothing. Third,
pledges and gifts are reduced to what is needed, and common cost is paid by own funds first, then by cost key. A fall of
output counts only while something that is asked for is missed from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed
from optimizer.solve.finish import HELD, booked, rest
from optimizer.solve.frame import BESIDE, CREWS, FALL, LITTLE, MISSED, Frame
from optimizer.solve.highs import FEASIBILITY, Engine
from optimizer.solve.measured import Rows
from optimizer.solve.progress import Clock
from optimizer.solve.rounding import PAID
from optimizer.solve.tidiness import Tidiness

NODES, SEARCH_SHARE = 200, 0.4
"""Most nodes of a search, and the share of the time that the search for fewer changes may take; that for crews without
work may take the rest."""
BOOKING = 5.0
"""Seconds that there are at least for the payments of a plan with fewer weekends."""
LINEAR = 5
"""Linear programs that may follow a search."""
PATIENCE, LEAST_PATIENCE = 10.0, 2.0
"""How many times longer than all before it a linear program may take, and the seconds that it may take in any case: the
simplex method may cycle."""
ENOUGH = 1.1
"""Hundredths of a month that are bought at least where something must be: what is used may change a little."""
MADE = "make"
"""What crews and weekends are there for."""
ABLE = ("effective", "gain")
"""What crews and expansions are used for, up to what they could do."""


class Tidying:
    """The last pass over one plan.

    Parameters
    ----------
    matrix
        The model.
    what
        What is tidied.
    held
        Objectives and where they are held.
    money
        The objective by which the rest is settled.
    seconds
        How long crews and weekends may be searched; the linear programs beside that take what they need.
    last
        When all of it ends.
    """

    def __init__(
        self,
        matrix: Matrix,
        what: Tidiness,
        held: Sequence[tuple[Objective, float]],
        money: Objective,
        seconds: float,
        last: Clock,
        threads: int | None = None,
        seed: int = 0,
    ) -> None:
        self._plain, self._what, self._held, self._money = matrix, what, held, money
        self._seconds, self._last, self._threads, self._seed = seconds, last, threads, seed
        self._longest = 0.0  # of the linear programs

    def tidy(self, x: Floats, *, searching: bool, everywhere: bool, polished: bool = True) -> Floats:
        """Return the plan tidied, or as it is where nothing is found; a step in which HiGHS fails is left out.

        Parameters
        ----------
        searching
            Whether other crews and weekends are searched; without slack there is no room for any.
        everywhere
            Whether that is over the whole horizon, or near falls of output alone.
        polished
            Whether what is not whole was settled before; otherwise that is done, too.
        """
        frame = Frame(self._plain, self._what, x)
        self._least, self._most = frame.matrix.lower, frame.matrix.upper
        engine = Engine(frame.matrix, self._last, threads=self._threads, seed=self._seed)
        for objective, limit in self._held:
            engine.hold(frame.widened(objective), limit)
        start = best = frame.extended(x)
        with suppress(SolverError):
            best = self._steadier(engine, frame, best)
        for free in (frame.leaving, partial(frame.free, everywhere=everywhere)) if searching else ():
            with suppress(SolverError):
                best = self._fewer_changes(engine, frame, best, free(best))
        best = self._cheapest(engine, frame, best, moved=best is not start or not polished)
        if searching:
            with suppress(SolverError):
                best = self._restaffed(engine, frame, best)
        with suppress(SolverError):
            best = self._without_idle_weekends(engine, frame, best)
        with suppress(SolverError):
            best = self._plainest(engine, frame, best)
        return best[: len(x)]

    # -- inside --------------------------------------------------------------------------------------
    def _restaffed(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Find cheaper and steadier crews and weekends for what is made: none without work."""
        matrix, staffing = frame.matrix, frame.staffing(self._money, x)
        crews, made = matrix.mask(*CREWS), matrix.mask(MADE)
        low, high = fixed(matrix.lower, matrix.upper, x, matrix.integer & ~crews)
        low, high = np.where(made, (1 - MISSED) * x, low), np.where(made, (1 + MISSED) * x, high)
        engine.minimise(staffing)
        engine.integrality(matrix.integer & crews)
        engine.bounds(low, high)
        outcome = engine.run(seconds=self._share(1 - SEARCH_SHARE), gap=LITTLE, start=x, mip_max_nodes=NODES)
        if outcome.x is None or outcome.value > staffing.value(x) - LITTLE:
            return x
        return self._kept(engine, frame, outcome.x)

    def _without_idle_weekends(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Take away weekends for whose work there is room without them, higher crews first."""
        matrix = frame.matrix
        runs = sorted(matrix.of(CREWS[1]).tolist(), key=lambda j: -matrix.columns[j][1][1])
        rows = Rows(matrix, x, adapting=matrix.mask(*PAID, BESIDE))
        for j in matrix.of(*ABLE).tolist():  # what crews could do, not only what they do
            rows.move(j, rows.x[j] + max(0.0, min(matrix.upper[j] - rows.x[j], rows.room(j, 1.0))))
        for j in runs:
            idle = min(rows.x[j] - matrix.lower[j], np.floor(rows.room(j, -1.0, FEASIBILITY) + FEASIBILITY))
            if idle >= 1:
                rows.move(j, rows.x[j] - idle)
        if np.array_equal(rows.x[runs], x[runs]):
            return x
        clock = self._last.part(max(self._last.left, BOOKING))  # a moment, even where time is up
        found = frame.extended(booked(self._plain, self._money, rows.x[: len(self._plain.lower)], clock))
        return found if engine.violation(found) <= HELD else x

    def _steadier(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Make falls of output small with every whole number kept."""
        if not frame.falls.costs.any():
            return x
        engine.minimise(frame.unrest)
        return self._better(frame, x, self._kept(engine, frame, x))

    def _fewer_changes(self, engine: Engine, frame: Frame, x: Floats, free: NDArray[np.bool_]) -> Floats:
        """Search crews and weekends, those that are masked, that come and go less, and let output fall less."""
        if self._last.over or not free.any():
            return x
        engine.minimise(frame.unrest)
        engine.integrality(free & frame.matrix.integer)
        engine.bounds(*fixed(frame.matrix.lower, frame.matrix.upper, x, frame.matrix.integer & ~free))
        outcome = engine.run(seconds=self._share(SEARCH_SHARE), gap=FALL, start=x, mip_max_nodes=NODES)
        if outcome.x is None or self._better(frame, x, outcome.x) is x:
            return x
        return self._kept(engine, frame, outcome.x)

    def _share(self, share: float) -> float:
        """Return the seconds that a search may take: a share of all, and no more than linear programs leave."""
        return min(share * self._seconds, self._last.left - LINEAR * self._longest)

    def _better(self, frame: Frame, x: Floats, other: Floats) -> Floats:
        """Return another plan if it is steadier by more than rounding, else the plan itself."""
        return other if frame.unrest.value(other) < frame.unrest.value(x) - LITTLE else x

    def _kept(self, engine: Engine, frame: Frame, x: Floats, also: NDArray[np.bool_] | None = None) -> Floats:
        """Solve the rest with every whole number kept, and what else is masked.

        Raises
        ------
        SolverError
            When that fails.
        """
        integer = frame.matrix.integer
        engine.integrality(np.zeros_like(integer))
        low, high = fixed(self._least, self._most, x, integer)
        if also is not None:
            low, high = np.where(also, x, low), np.where(also, x, high)
        engine.bounds(low, high)
        began = self._last.seconds
        outcome = rest(engine, max(LEAST_PATIENCE, PATIENCE * self._longest) if self._longest else np.inf)
        if outcome.x is None or outcome.status != "optimal":
            raise SolverError("a plan could not be tidied")
        self._longest = max(self._longest, self._last.seconds - began)
        return np.where(integer, np.round(outcome.x), outcome.x)

    def _cheapest(self, engine: Engine, frame: Frame, x: Floats, *, moved: bool) -> Floats:
        """Settle what is open by money, then by the other objectives, as in any finished plan."""
        engine.hold(frame.calm, frame.calm.value(x) + frame.matrix.room(frame.calm, frame.calm.value(x)))
        order = [frame.widened(self._money), *(frame.widened(o) for o, _ in self._held if o is not self._money)]
        moved |= bool(self._what.little(x))
        for objective in order:
            if moved and objective.costs[~frame.matrix.integer].any():
                engine.minimise(objective)
                with suppress(SolverError):
                    x = self._kept(engine, frame, x)
                if objective is order[0]:
                    x = self._without_little_purchases(engine, frame, x)
            value = objective.value(x)
            engine.hold(objective, value + frame.matrix.room(objective, value))
        return x

    def _without_little_purchases(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Buy nothing where a plan buys next to nothing, or else a hundredth of a month, or else leave it.

        Nothing is bought instead in months in which nothing is bought.
        """
        for share in (0.0, ENOUGH, 0.0, ENOUGH):
            little = self._what.little(x)
            if not little or self._share(1.0) <= 0:
                break
            before = self._least, self._most
            self._least, self._most = self._least.copy(), self._most.copy()
            self._most[self._what.not_bought(x)] = 0.0
            (self._least if share else self._most)[list(little)] = share * np.array(list(little.values()))
            try:
                x = self._kept(engine, frame, x)
            except SolverError:
                self._least, self._most = before
        return x

    def _plainest(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Pledge and give no more than is needed, and pay by own funds first, then by cost key."""
        if frame.plain.value(x) <= LITTLE:
            return x
        money = frame.widened(self._money)
        engine.hold(money, money.value(x) + frame.matrix.room(money, money.value(x)))
        engine.minimise(frame.plain)
        return self._kept(engine, frame, x, frame.settled(x))
