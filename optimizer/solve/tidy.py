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
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import Floats, Matrix, Objective, fixed
from optimizer.solve.frame import BESIDE, FALL, LITTLE, STAFFED, Frame
from optimizer.solve.highs import Engine
from optimizer.solve.progress import Clock
from optimizer.solve.rest import HELD, rest
from optimizer.solve.tidiness import Tidiness
from optimizer.structure import Variables

NODES, SEARCH_SHARE = 200, 0.5
"""Most nodes of a search, and the share of the time that each of the two for fewer changes may take."""
RESTAFFING, FINELY = 5.0, 1e-6
"""Seconds that there are at least for crews without work, and the gap of their search, a share of what all crews cost:
less than one weekend of one of them."""
STILL = 2
"""Linear programs that may follow that search."""
LINEAR = 5
"""Linear programs that may follow a search."""
PATIENCE, LEAST_PATIENCE = 10.0, 2.0
PATIENCE_SHARE, LAST_SHARE = 0.25, 0.5
"""How many times longer than all before it a linear program may take, but for the seconds that it may take in any case,
and most of the time left, for the last one more: the simplex method may cycle."""
CALM = 0.02
"""Share by which a plan may be less steady than the steadiest. To be that to the last digit is dear (measured: see
CONTRIBUTING.md)."""
ROUNDING = 1e-6
"""Share by which what stays may change: without any, rows that it holds to the last digit have no solution."""
ENOUGH = 1.1
"""Hundredths of a month that are bought at least where something must be: what is used may change a little."""
FOLLOWING = (Variables.CAPACITY, Variables.STAFF, Variables.PAYMENTS)
"""Amounts that follow crews and weekends while what is made stays."""


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
        with suppress(SolverError):
            best = self._restaffed(engine, frame, best)
        with suppress(SolverError):
            best = self._plainest(engine, frame, best)
        return best[: len(x)]

    # -- inside --------------------------------------------------------------------------------------
    def _restaffed(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Find the cheapest and steadiest crews and weekends for what is made: none without work.

        All else stays as it is. Lines then share nothing but people and funds, and the search is short (measured: see
        CONTRIBUTING.md).
        """
        matrix, crews = frame.matrix, frame.matrix.mask(*STAFFED)
        if not crews.any():
            return x
        open_ = crews | (matrix.mask(*FOLLOWING, BESIDE) & ~matrix.integer)
        columns = np.flatnonzero(open_)
        staffing = frame.staffing(self._money, x)
        part = matrix.part(columns, matrix.rows_with(columns), np.where(open_, 0.0, x), staffing)
        clock = self._last.part(max(self._last.left - STILL * self._longest, RESTAFFING))  # even where time is up
        inside = Engine(part, clock, threads=self._threads, seed=self._seed)
        inside.minimise(part.objectives[0])
        inside.integrality(part.integer)
        changes = Objective("changes", frame.calm.costs[columns], 0.0)
        inside.hold(changes, changes.value(x[columns]) + part.room(changes, 1.0))
        outcome = inside.run(gap=FINELY, start=x[columns], mip_max_nodes=NODES)
        if outcome.x is None:
            return x
        found = x.copy()
        found[columns] = np.where(part.integer, np.round(outcome.x), outcome.x)
        better = staffing.value(found) < staffing.value(x) - FINELY
        return found if better and engine.matrix.violation(found) <= HELD else x

    def _steadier(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Make falls of output small with every whole number kept."""
        if not frame.falls.costs.any():
            return x
        engine.minimise(frame.unrest)
        return self._better(frame, x, self._kept(engine, frame, x))

    def _fewer_changes(self, engine: Engine, frame: Frame, x: Floats, free: NDArray[np.bool_]) -> Floats:
        """Search crews and weekends, those that are masked, that come and go less, and let output fall less.

        What is done long before the first of them stays (measured: see CONTRIBUTING.md).
        """
        if self._last.over or not free.any():
            return x
        engine.minimise(frame.unrest)
        engine.integrality(free & frame.matrix.integer)
        low, high = fixed(frame.matrix.lower, frame.matrix.upper, x, frame.matrix.integer & ~free)
        engine.bounds(*_stay(low, high, x, frame.before(free)))
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
        low, high = fixed(frame.matrix.lower, frame.matrix.upper, x, integer)
        engine.bounds(*(low, high) if also is None else _stay(low, high, x, also))
        began = self._last.seconds
        share = PATIENCE_SHARE if also is None else LAST_SHARE
        patience = min(PATIENCE * self._longest, share * self._last.left) if self._longest else np.inf
        outcome = rest(engine, max(LEAST_PATIENCE, patience))
        if outcome.x is None or outcome.status != "optimal":
            raise SolverError("a plan could not be tidied")
        self._longest = max(self._longest, self._last.seconds - began)
        return np.where(integer, np.round(outcome.x), outcome.x)

    def _cheapest(self, engine: Engine, frame: Frame, x: Floats, *, moved: bool) -> Floats:
        """Settle what is open by money, then by the other objectives, as in any finished plan."""
        calm = frame.calm.value(x)
        engine.hold(frame.calm, (1 + CALM) * calm + frame.matrix.room(frame.calm, calm))
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
            before = frame.matrix
            lower, upper = before.lower.copy(), before.upper.copy()
            upper[self._what.not_bought(x)] = 0.0
            (lower if share else upper)[list(little)] = share * np.array(list(little.values()))
            frame.matrix = replace(before, lower=lower, upper=upper)
            try:
                x = self._kept(engine, frame, x)
            except SolverError:
                frame.matrix = before
        return x

    def _plainest(self, engine: Engine, frame: Frame, x: Floats) -> Floats:
        """Pledge and give no more than is needed, and pay by own funds first, then by cost key."""
        if frame.plain.value(x) <= LITTLE:
            return x
        money = frame.widened(self._money)
        engine.hold(money, money.value(x) + frame.matrix.room(money, money.value(x)))
        engine.minimise(frame.plain)
        return self._kept(engine, frame, x, frame.settled(x))


def _stay(low: Floats, high: Floats, x: Floats, mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return bounds between which the masked columns stay as they are but for rounding."""
    x, room = np.clip(x, low, high), ROUNDING * np.abs(x)
    return np.where(mask, np.maximum(low, x - room), low), np.where(mask, np.minimum(high, x + room), high)
