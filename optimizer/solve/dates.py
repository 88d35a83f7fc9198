"""How early targets that are wanted as soon as possible can be kept: months refuted, and months reached.

A month is refuted when the relaxation with the target kept from that month on has no answer within the limits of
earlier objectives. No plan can do what the relaxation cannot. A month is reached by a plan in which the target is hard
from that month on: the objective held last is minimised until it is within its limit. A target with a given date is
far easier to search than the date itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.arrays import CHAINED, Floats, Name, Objective, fixed
from optimizer.solve.crews import rounded
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT
from optimizer.solve.neighbourhoods import VAIN, Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.plants import branch
from optimizer.solve.record import Record, Within
from optimizer.solve.rounding import WEEKENDS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree, root_of

ATTEMPT_SHARE = 0.3
"""Most of the time left that one attempt to reach a month may take."""
REFUTING_SHARE = 0.2
"""Most of the time left that the refutation of one month may take."""
STEP = 4
"""Bisection takes the last part of so many: from later months to earlier ones a basis leads sooner."""
STARTS_SHARE = 0.7
"""Most of the time of an attempt in which starts are searched; the rest is for neighbourhoods of what is found."""
LEAST_ATTEMPT = 5.0
"""Seconds that an attempt gets at least."""
VAIN_SHARE = 0.4
"""Share of the time after which no more is tried where nothing earlier was found: later objectives need it more."""


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
    basis
        Of a relaxation with the guide as objective, to begin from.
    far
        Whether the simplex method takes too long without such a basis.

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
        basis: Any = None,
        far: bool = False,
    ) -> None:
        self._patient = patient
        self._runs, self._speed, self._guide, self._slack_rows, self._enough = runs, speed, guide, slack_rows, enough
        self._tree = Tree(runs.engines, runs.units)
        self._everything = root_of(runs.units, Outcome("none", None, np.inf, -np.inf), None)
        counted = [k for k, unit in enumerate(runs.units) if unit.row is None and np.any(speed.costs[unit.columns])]
        self.first = dict.fromkeys(counted, 0)
        self._costs = dict.fromkeys(counted, np.inf)  # of a relaxation in which the target is kept as early as can be
        self._failed: dict[int, int] = dict.fromkeys(counted, -1)  # latest month at which an attempt came to nothing
        self._as_early: Floats | None = None  # the plan whose plants keep no target earlier
        self._basis = basis
        self._far = far and basis is None

    @property
    def record(self) -> Record:
        """Return where plans and bounds are kept."""
        return self._runs.record

    @property
    def bound(self) -> float:
        """Return what the months refuted prove of the objective that counts them."""
        return self._months(self.first)

    def refute(self, deadline: float) -> None:
        """Refute as many months of each target by itself as the relaxation can, by bisection.

        Late months come first: each basis is near the next one then. A month that takes too long is left out, and so
        is one from which the best plan keeps the target.
        """
        runs = self._runs
        self._begin()
        for k in self.first:
            stop = len(runs.units[k].columns) if runs.record.best is None else self._reached(runs.record.best)[k]
            least = month = self.first[k]  # many a target can be kept at once
            while least < stop and not runs.clock.past(deadline) and not self._enough():
                seconds = REFUTING_SHARE * runs.clock.until(deadline)
                answer = self._relaxed({k: month}, min(deadline, runs.clock.seconds + seconds))
                if answer is not None and not self._refuted(answer):
                    stop = month
                    self._costs[k] = answer.bound
                else:
                    least = month + 1
                    if answer is not None:
                        self.first[k] = least
                        runs.record.prove(self.bound)
                month = stop - max(1, (stop - least) // STEP)

    def reach(self, deadline: float, *, boldly: bool) -> None:
        """Look for plans that keep targets earlier, until what is proven is reached, time is up or tries are in vain.

        Parameters
        ----------
        deadline
            On the clock of the search.
        boldly
            Whether each target is first tried in the first month that is not refuted. Otherwise a target is tried half
            way to that month.
        """
        runs, record = self._runs, self._runs.record
        vain = VAIN_SHARE * runs.clock.until(deadline)
        self.adapt(deadline)
        until, value = runs.clock.seconds + vain, record.value
        for months in self._tries(boldly):
            if runs.clock.past(min(until, deadline)) or self._enough():
                break
            self.attempt(months, deadline)
            if record.value < value:
                self.adapt(deadline)
                until, value = runs.clock.seconds + vain, record.value

    def _tries(self, boldly: bool) -> Iterator[dict[int, int]]:
        """Yield what to try, by what is known each time."""
        if boldly and self.record.value > self.bound:
            yield from self._singly(self.record.best)
        while self.record.best is not None and (aims := self._aims(self.record.best)):
            yield from aims

    def adapt(self, deadline: float) -> None:
        """Keep each target as early as the plants of the best plan allow: at first the last month, then bisection."""
        runs, record = self._runs, self._runs.record
        if record.best is self._as_early:
            return
        self._begin()
        for k, failed in self.first.items():
            failed -= 1
            while record.best is not None and not runs.clock.past(deadline) and not self._enough():
                reached = self._reached(record.best)
                now = reached[k]
                if now <= failed + 1:
                    break
                never = now == len(runs.units[k].columns)
                month = now - 1 if never else (failed + now) // 2
                x = self._adapted(reached | {k: month}, deadline)
                if x is not None:
                    self._take(x)
                elif never:
                    break
                else:
                    failed = month
        self._as_early = record.best

    def _singly(self, x: Floats | None) -> Iterator[dict[int, int]]:
        """Yield the first month of each target that is not refuted, the easiest first, others as reached by then."""
        for k in sorted(self.first, key=lambda k: self._costs[k]):
            x = x if self.record.best is None else self.record.best
            late = {other: len(self._runs.units[other].columns) for other in self.first}
            yield (late if x is None else self._reached(x)) | {k: self.first[k]}

    def attempt(self, months: Mapping[int, int], deadline: float) -> None:
        """Look for a plan that keeps targets from these months on, and take it."""
        runs, record, guide = self._runs, self._runs.record, self._guide
        if self._months(months) >= record.value:
            return
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
            return
        x = self._plan(months, relaxed, until)
        if x is not None and guide.objective.value(x) > guide.limit:
            x = self._nearer(x, months, relaxed.x, until)
        if x is None or guide.objective.value(x) > guide.limit:
            self._fail(months, changed)
        else:
            self._take(x)

    def follow(self, kept: Mapping[Name, int], planned: Callable[[Engine], Outcome | None], deadline: float) -> None:
        """Take a plan made elsewhere, or a neighbour of it, that keeps targets from some months on.

        Parameters
        ----------
        kept
            First column of a target -> how many of its columns are before it is kept.
        planned
            Makes the plan with an engine in which these months are asked for.
        deadline
            On the clock of the search.
        """
        runs, guide = self._runs, self._guide
        names = {runs.matrix.columns[runs.units[k].columns[0]]: k for k in self.first}
        months = {k: kept.get(name, len(runs.units[k].columns)) for name, k in names.items()}
        if self._months(months) >= self.record.value:
            return
        self._begin()
        with runs.within(*self._tree.columns(self._node(months))):
            found = planned(runs.engine)
        x = None if found is None else found.x
        if x is not None and guide.objective.value(x) > guide.limit:
            x = self._nearer(x, months, None, deadline)
        if x is not None and guide.objective.value(x) <= guide.limit:
            self._take(x)

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

    def _take(self, x: Floats) -> None:
        self.record.take(Outcome("found", x, self._speed.value(x), -np.inf))

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
        """Return what to try next: one target half the way to what failed or is refuted, the others as now.

        A target that is not kept at all is tried in the last month.
        """
        reached, aims = self._reached(x), []
        for k, now in reached.items():
            least = max(self.first[k], self._failed[k] + 1)
            never = now == len(self._runs.units[k].columns)
            if least < now:
                aims.append(reached | {k: now - 1 if never else (least + now) // 2})
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
            if self._far:
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

    def _adapted(self, months: Mapping[int, int], deadline: float) -> Floats | None:
        """Return a plan within the guide's limit with plants, and crews if may be, of the best plan, if any."""
        runs, best, limit = self._runs, self._runs.record.best, self._guide.limit
        if best is None:
            return None
        low, high = self._tree.columns(self._node(months))
        counted = np.concatenate([runs.units[k].columns for k in months])
        high[counted] = low[counted]  # what is not asked for would be kept in fractions
        with runs.within(low, high), runs.record.timed("dates"):
            for kept in (("build", "run"), ("build",)):
                bounds = fixed(low, high, best, runs.matrix.mask(*kept))
                runs.free()
                runs.engine.bounds(*bounds)
                starts = runs.engine.relax(seconds=runs.clock.until(deadline))
                if starts.x is None or starts.value > limit:
                    continue
                if "run" in kept:
                    step = round_off([runs.engine], (WEEKENDS,), Step(*bounds, starts), deadline, limit)
                    found = None if step is None else step.outcome
                else:
                    found = rounded(runs, starts, deadline, limit)
                if found is not None and found.x is not None and self._guide.objective.value(found.x) <= limit:
                    return found.x
        return None

    def _plan(self, months: Mapping[int, int], relaxed: Outcome, deadline: float) -> Floats | None:
        """Search the starts of a plan with dates fixed until the guide is within its limit; return the best found."""
        runs, guide = self._runs, self._guide
        node = replace(self._node(months), bound=relaxed.bound, x=relaxed.x, basis=self._basis)
        with runs.within(*self._tree.columns(self._node(months))), runs.record.timed("dates"):
            inner = copy(runs)
            inner.record = Within(guide.objective, guide.limit, runs.settings.gap, runs.clock)
            branch(inner, node, runs.clock.seconds + STARTS_SHARE * runs.clock.until(deadline))
            return inner.record.best

    def _nearer(self, x: Floats, months: Mapping[int, int], relaxed: Floats | None, deadline: float) -> Floats:
        """Search neighbourhoods of a plan that keeps the dates until the guide is within its limit."""
        runs, guide = self._runs, self._guide
        with runs.within(*self._tree.columns(self._node(months))), runs.record.timed("neighbourhoods"):
            bounds = runs.matrix.lower, runs.matrix.upper
            search = Neighbourhoods(runs, guide.objective, bounds, lambda: relaxed, seed=runs.settings.seed)
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
