"""How early the plants of a plan allow targets to be kept that are wanted as soon as possible.

A target with a given date is far easier to search than the date itself: it is kept from the last month on at first,
then by bisection, with the plants of the plan and, if may be, its crews.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.solve.arrays import Floats, Name, Objective, fixed
from optimizer.solve.crews import rounded
from optimizer.solve.highs import Engine
from optimizer.solve.neighbourhoods import Neighbourhoods
from optimizer.solve.outcome import Outcome
from optimizer.solve.record import Record
from optimizer.solve.rounding import WEEKENDS, Step, round_off
from optimizer.solve.runs import Runs
from optimizer.solve.tree import Node, Tree, root_of
from optimizer.structure import Variables


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
    enough
        Called now and then; True ends the search.
    """

    def __init__(self, runs: Runs, speed: Objective, guide: Guide, enough: Callable[[], bool]) -> None:
        self._runs, self._speed, self._guide, self._enough = runs, speed, guide, enough
        self._tree = Tree(runs.engines, runs.units)
        self._everything = root_of(runs.units, Outcome("none", None, np.inf, -np.inf), None)
        self._targets = [k for k, u in enumerate(runs.units) if u.row is None and np.any(speed.costs[u.columns])]

    @property
    def record(self) -> Record:
        """Return where plans and bounds are kept."""
        return self._runs.record

    def adapt(self, deadline: float) -> None:
        """Keep each target as early as the plants of the best plan allow: at first the last month, then bisection."""
        runs, record = self._runs, self._runs.record
        self._begin()
        for k in self._targets:
            failed = -1
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
        names = {runs.matrix.columns[runs.units[k].columns[0]]: k for k in self._targets}
        months = {k: kept.get(name, len(runs.units[k].columns)) for name, k in names.items()}
        if self._months(months) >= self.record.value:
            return
        self._begin()
        with runs.within(*self._tree.columns(self._node(months))):
            found = planned(runs.engine)
        x = None if found is None else found.x
        if x is not None and guide.objective.value(x) > guide.limit:
            x = self._nearer(x, months, deadline)
        if x is not None and guide.objective.value(x) <= guide.limit:
            self._take(x)

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
        return {k: len(units[k].columns) - int(np.round(x[units[k].columns]).sum()) for k in self._targets}

    def _node(self, months: Mapping[int, int]) -> Node:
        node = self._everything
        for k, month in months.items():
            if month < len(self._runs.units[k].columns):
                node = node.part(k, last=month, must=True)
        return node

    def _adapted(self, months: Mapping[int, int], deadline: float) -> Floats | None:
        """Return a plan within the guide's limit with plants, and crews if may be, of the best plan, if any."""
        runs, best, limit = self._runs, self._runs.record.best, self._guide.limit
        if best is None:
            return None
        low, high = self._tree.columns(self._node(months))
        counted = np.concatenate([runs.units[k].columns for k in months])
        high[counted] = low[counted]  # what is not asked for would be kept in fractions
        with runs.within(low, high), runs.record.timed("dates"):
            for kept in ((Variables.STARTS, Variables.CREWS), (Variables.STARTS,)):
                bounds = fixed(low, high, best, runs.matrix.mask(*kept))
                runs.free()
                runs.engine.bounds(*bounds)
                starts = runs.engine.relax(seconds=runs.clock.until(deadline))
                if starts.x is None or starts.value > limit:
                    continue
                if Variables.CREWS in kept:
                    step = round_off([runs.engine], (WEEKENDS,), Step(*bounds, starts), deadline, limit)
                    found = None if step is None else step.outcome
                else:
                    found = rounded(runs, starts, deadline, limit)
                if found is not None and found.x is not None and self._guide.objective.value(found.x) <= limit:
                    return found.x
        return None

    def _nearer(self, x: Floats, months: Mapping[int, int], deadline: float) -> Floats:
        """Search neighbourhoods of a plan that keeps the dates until the guide is within its limit."""
        runs, guide = self._runs, self._guide
        with runs.within(*self._tree.columns(self._node(months))), runs.record.timed("neighbourhoods"):
            bounds = runs.matrix.lower, runs.matrix.upper
            search = Neighbourhoods(runs, guide.objective, bounds, seed=runs.problem.settings.seed)
            while not (runs.clock.past(deadline - search.settling) or search.exhausted or self._enough()):
                better = search.improve(x, deadline)
                if better is not None and better.x is not None:
                    if guide.objective.value(better.x) < guide.objective.value(x):
                        x = better.x
                    if guide.objective.value(x) <= guide.limit:
                        break
        return x
