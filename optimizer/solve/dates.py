"""How early targets that are wanted as soon as possible can be kept: months refuted, and months reached.

A month is refuted when the relaxation with the target kept from that month on has no answer within the limits of
earlier objectives. No plan can do what the relaxation cannot. A month is reached by a plan in which the target is hard
from that month on: the objective held last is minimised until it is within its limit. A target with a given date is
far easier to search than the date itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import CHAINED, Floats, Objective, fixed
from optimizer.solve.crews import rounded
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.neighbourhoods import VAIN, Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.plants import leaf
from optimizer.solve.problem import HUGE
from optimizer.solve.record import Record
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree, root_of

ATTEMPT_SHARE = 0.3
"""Most of the time left that one attempt to reach a month may take."""
LEAST_ATTEMPT = 5.0
"""Seconds that an attempt gets at least."""


@dataclass(frozen=True)
class Guide:
    """What is minimised while dates are fixed, and the limit within which it must come."""

    objective: Objective
    limit: float


class Dates:
    """The dates of all targets of a search.

    Parameters
    ----------
    runs
        With the objectives before the guide held.
    speed
        The objective that counts the months.
    guide
        The objective held last.
    slack_rows
        Rows that hardly ever bind.
    enough
        Called now and then; True ends the search.
    patient
        Whether there is nothing else to do: what failed is then tried again with other random seeds.

    Attributes
    ----------
    first
        Target (number of its unit) -> first month that is not refuted.
    """

    def __init__(
        self,
        runs: Runs,
        speed: Objective,
        guide: Guide,
        slack_rows: NDArray[np.int64],
        enough: Callable[[], bool],
        *,
        patient: bool = True,
    ) -> None:
        self._patient = patient
        self._runs, self._speed, self._guide, self._slack_rows, self._enough = runs, speed, guide, slack_rows, enough
        self._tree = Tree(runs.engines, runs.units)
        self._everything = root_of(runs.units, Outcome("none", None, np.inf, -np.inf), None)
        counted = [k for k, unit in enumerate(runs.units) if unit.row is None and np.any(speed.costs[unit.columns])]
        self.first = dict.fromkeys(counted, 0)
        self._failed: dict[int, int] = dict.fromkeys(counted, -1)  # latest month at which an attempt came to nothing
        self._basis = None

    @property
    def record(self) -> Record:
        """Return where plans and bounds are kept."""
        return self._runs.record

    @property
    def bound(self) -> float:
        """Return what the months refuted prove of the objective that counts them."""
        return self._months(self.first)

    def refute(self, deadline: float) -> None:
        """Refute as many months of each target by itself as the relaxation can, by bisection."""
        runs = self._runs
        self._begin()
        for k in self.first:
            stop, month = len(runs.units[k].columns), self.first[k]  # many a target can be kept at once
            while self.first[k] < stop and not runs.clock.past(deadline) and not self._enough():
                answer = self._relaxed({k: month}, deadline)
                if answer is None:
                    break
                if self._refuted(answer):
                    self.first[k] = month + 1
                    runs.record.prove(self.bound)
                else:
                    stop = month
                month = (self.first[k] + stop) // 2

    def reach(self, deadline: float, *, boldly: bool) -> None:
        """Look for plans that keep targets earlier, until what is proven is reached or time is up.

        Parameters
        ----------
        deadline
            On the clock of the search.
        boldly
            Whether all targets are first tried in the first month that is not refuted. Otherwise one target at a time
        is tried, half way to that month.
        """
        runs, record = self._runs, self._runs.record
        if boldly and record.value > self.bound:
            self.attempt(dict(self.first), deadline)
        while record.best is not None and not runs.clock.past(deadline) and not self._enough():
            aims = self._aims(record.best)
            if not aims:
                break
            for months in aims:
                if runs.clock.past(deadline) or self._enough():
                    break
                self.attempt(months, deadline)

    def attempt(self, months: Mapping[int, int], deadline: float) -> bool:
        """Look for a plan that keeps targets from these months on; tell whether it is found and better."""
        runs, record, guide = self._runs, self._runs.record, self._guide
        if self._months(months) >= record.value:
            return False
        seconds = max(LEAST_ATTEMPT, ATTEMPT_SHARE * runs.clock.until(deadline))
        until = min(deadline, runs.clock.seconds + seconds)
        self._begin()
        relaxed = self._relaxed(months, until)
        changed = [k for k, month in months.items() if record.best is None or month < self._reached(record.best)[k]]
        if relaxed is None or self._refuted(relaxed):
            if relaxed is not None and len(changed) == 1 and self._alone(months, changed[0]):
                self.first[changed[0]] = max(self.first[changed[0]], months[changed[0]] + 1)
                record.prove(self.bound)
            self._fail(months, changed)
            return False
        x = self._plan(months, relaxed, until)
        if x is not None and guide.objective.value(x) > guide.limit:
            x = self._nearer(x, months, relaxed, until)
        if x is None or guide.objective.value(x) > guide.limit:
            self._fail(months, changed)
            return False
        record.take(Outcome("found", x, self._speed.value(x), -np.inf))
        return True

    def kept(self, x: Floats) -> tuple[Floats, Floats]:
        """Return bounds of the columns with the targets that count settled as a plan keeps them."""
        mask = np.zeros_like(self._runs.matrix.integer)
        mask[np.flatnonzero(self._speed.costs)] = True
        return fixed(self._runs.matrix.lower, self._runs.matrix.upper, x, mask)

    # -- inside ----------------------------------------------------------------------------------------
    def _begin(self) -> None:
        for engine in self._runs.engines:
            engine.minimise(self._guide.objective)
        self._runs.free()

    def _months(self, months: Mapping[int, int]) -> float:
        """Return the value of the objective when targets are kept from these months on."""
        units, speed = self._runs.units, self._speed
        kept = sum(float(speed.costs[units[k].columns[month:]].sum()) for k, month in months.items())
        return float(speed.constant + kept)

    def _reached(self, x: Floats) -> dict[int, int]:
        """Return from which month on a plan keeps each target."""
        units = self._runs.units
        return {k: len(units[k].columns) - int(np.round(x[units[k].columns]).sum()) for k in self.first}

    def _alone(self, months: Mapping[int, int], k: int) -> bool:
        """Tell whether only one target is asked for anything at all."""
        lengths = {other: len(self._runs.units[other].columns) for other in months}
        return all(other == k or month >= lengths[other] for other, month in months.items())

    def _aims(self, x: Floats) -> list[dict[int, int]]:
        """Return what to try next: one target half the way to what failed or is refuted, the others as now."""
        reached, aims = self._reached(x), []
        for k, now in reached.items():
            least = max(self.first[k], self._failed[k] + 1)
            if least < now:
                aims.append(reached | {k: (least + now) // 2 if now - least > 1 else least})
        again = any(self.first[k] < now and self._failed[k] >= self.first[k] for k, now in reached.items())
        if self._patient and not aims and again:
            self._failed = dict.fromkeys(self._failed, -1)  # once more, with other dice and what is known by now
            if not self._runs.clock.over:
                return self._aims(x)
        return aims

    def _fail(self, months: Mapping[int, int], changed: list[int]) -> None:
        if len(changed) == 1:
            self._failed[changed[0]] = max(self._failed[changed[0]], months[changed[0]])

    def _node(self, months: Mapping[int, int]) -> Node:
        node = self._everything
        for k, month in months.items():
            if month < len(self._runs.units[k].columns):
                node = node.part(k, last=month, must=True)
        return node

    def _relaxed(self, months: Mapping[int, int], deadline: float) -> Outcome | None:
        """Solve the relaxation in which targets are kept from these months on; None where that takes too long."""
        runs, engine = self._runs, self._runs.engine
        low, high = self._tree.columns(self._node(months))
        seconds = runs.clock.until(deadline)
        with runs.record.timed("dates"):
            if runs.matrix.rows.nnz >= HUGE:
                engine.bounds(low, high)
                with engine.without(self._slack_rows):
                    outcome = engine.relax(seconds=seconds, method=INTERIOR_POINT, chains=runs.matrix.chains(*CHAINED))
                return outcome if outcome.x is not None else None
            engine.bounds(low, high)
            try:
                outcome = engine.run(seconds=seconds, basis=self._basis)
            except SolverError:
                engine.forget()
                self._basis = None
                return None
            if outcome.status == "optimal":
                self._basis = engine.basis()
            return outcome if outcome.status in ("optimal", "infeasible") else None

    def _refuted(self, relaxed: Outcome) -> bool:
        return relaxed.status == "infeasible" or relaxed.bound > self._guide.limit

    def _plan(self, months: Mapping[int, int], relaxed: Outcome, deadline: float) -> Floats | None:
        """Round a relaxation with dates fixed to a plan."""
        runs = self._runs
        node = replace(self._node(months), bound=relaxed.bound, x=relaxed.x, basis=self._basis)
        with runs.within(*self._tree.columns(self._node(months))):
            starts = leaf(runs, Tree(runs.engines, runs.units), node, deadline, self._guide.limit)
            return None if starts is None else rounded(runs, starts.answer, deadline, self._guide.limit).x

    def _nearer(self, x: Floats, months: Mapping[int, int], relaxed: Outcome, deadline: float) -> Floats | None:
        """Search neighbourhoods of a plan that keeps the dates until the guide is within its limit."""
        runs, guide = self._runs, self._guide
        with runs.within(*self._tree.columns(self._node(months))), runs.record.timed("neighbourhoods"):
            bounds = runs.matrix.lower, runs.matrix.upper
            search = Neighbourhoods(runs, guide.objective, bounds, lambda: relaxed.x, seed=runs.settings.seed)
            vain = 0
            while not runs.clock.past(deadline) and not search.exhausted and not self._enough():
                if vain == VAIN and not self._patient:
                    break
                better, vain = search.improve(x, deadline), vain + 1
                if better is not None and better.x is not None:
                    if guide.objective.value(better.x) < guide.objective.value(x):
                        x, vain = better.x, 0
                    if guide.objective.value(x) <= guide.limit:
                        break
        return x
