"""How a plan is found: objectives in order of rank, each searched in stages, bounds proven by HiGHS.

For every objective: the linear relaxation gives a first bound; a mixed-integer run with only the
plants integer gives a tighter one (any relaxation's dual bound is valid for the whole problem) and
the plants to build; with plants fixed, crews are decided with weekends relaxed; then weekends; the
rest of the time goes to the whole problem, started from the plan found. Small problems go to the
whole problem at once. Later objectives hold the earlier ones as rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.settings import RunSettings
from optimizer.solve.highs import Engine, Outcome
from optimizer.solve.matrix import Floats, Matrix, Objective
from optimizer.solve.progress import Clock, Progress, Watcher, relative_gap

SMALL = 2_500
"""Integer columns up to which the whole problem is searched at once."""
PLANTS = ("build", "attained")
CREWS = ("run",)
HOLD_TOLERANCE = 1e-6
"""Relative room a held objective gets beyond its slack, for the solver's tolerances."""


@dataclass(frozen=True)
class Stage:
    """One step of the search, for the report: seconds it took, and what was known after it."""

    objective: str
    stage: str
    seconds: float
    value: float | None
    bound: float | None


@dataclass(frozen=True)
class ObjectiveFound:
    """An objective after the search: value of the final plan, value when found, proven bound."""

    name: str
    value: float
    found: float
    bound: float
    without_levers: float | None = None


@dataclass(frozen=True)
class Solution:
    """What the search found."""

    x: Floats
    status: str
    objectives: tuple[ObjectiveFound, ...]
    stages: tuple[Stage, ...] = ()


@dataclass
class Search:
    """A search in progress.

    Parameters
    ----------
    matrix
        The model; its objectives in order of rank, then any tie-breaks.
    settings
        Objectives, gap, slack, time limit, threads, seed.
    clock
        When to stop.
    today
        Column -> (lower, upper) that switches every lever off; empty: the slack of the shortfall
        is a share of its value instead of what the levers gain.
    relaxed_today
        Rows that the plan without levers need not hold.
    watcher
        Called with the progress.
    """

    matrix: Matrix
    settings: RunSettings
    clock: Clock
    today: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    relaxed_today: NDArray[np.int64] = field(default_factory=lambda: np.array([], dtype=np.int64))
    watcher: Watcher | None = None

    def __post_init__(self) -> None:
        """Hand the model over to HiGHS."""
        self.engine = Engine(self.matrix, self.clock, threads=self.settings.threads, seed=self.settings.seed)
        self.stages: list[Stage] = []
        self.best: Floats | None = None
        self._bound = -np.inf
        self._objective = self.matrix.objectives[0]
        self._ended_early = False

    # -- the story ----------------------------------------------------------------------------------
    def solve(self) -> Solution:
        """Search every objective in order of rank and polish the plan.

        Raises
        ------
        ImpossibleError
            When no plan can hold every constraint.
        NoPlanError
            When time ran out, or the search was stopped, before a plan was found.
        """
        ranked = [o for o in self.matrix.objectives if o.name in self.settings.objectives]
        found: list[tuple[Objective, float, float, float | None]] = []
        for objective in ranked:
            without_levers = self._without_levers(objective) if objective.name == "shortfall" else None
            value, bound = self._search(objective)
            found.append((objective, value, bound, without_levers))
            self.engine.hold(objective, value + self._room(objective, value, without_levers))
        x = self._polish()
        objectives = tuple(
            ObjectiveFound(o.name, o.value(x), min(value, o.value(x)), min(bound, o.value(x)), without)
            for o, value, bound, without in found
        )
        return Solution(x, self._status(objectives), objectives, tuple(self.stages))

    def _search(self, objective: Objective) -> tuple[float, float]:
        """Search one objective and return its value and proven bound."""
        self._objective, self._bound = objective, -np.inf
        self.engine.minimise(objective)
        later = [o for o in self.matrix.objectives if o.name in self.settings.objectives]
        rank = [o.name for o in later].index(objective.name)
        share = 0.6 if rank == 0 and len(later) > 1 else 1.0 if rank == len(later) - 1 else 0.3
        deadline = self.clock.seconds + self.clock.left * share
        self._relaxation()
        if self.settings.relaxed:
            return self._value(), self._bound
        if self.matrix.integer.sum() > SMALL:
            self._staged(deadline)
        self._whole(deadline)
        if self.best is None:
            raise NoPlanError(self._no_plan())
        return self._value(), min(self._bound, self._value())

    # -- stages ---------------------------------------------------------------------------------------
    def _relaxation(self) -> None:
        """Solve the linear relaxation: the first bound, and a proof when nothing is possible."""
        self.engine.integrality(np.zeros_like(self.matrix.integer))
        outcome = self._run("relaxation")
        if outcome.status == "optimal":
            self._bound = max(self._bound, outcome.value)
            if self.settings.relaxed:
                self.best = outcome.x
        elif outcome.status == "infeasible":
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        elif "unbounded" in outcome.status:
            raise SolverError("the objective can fall for ever; look for an unlimited gain in your own constraints")
        elif self.settings.relaxed:
            raise NoPlanError(self._no_plan())

    def _staged(self, deadline: float) -> None:
        """Decide plants, then crews, then weekends, each with the later ones relaxed or fixed."""
        integer, lower, upper = self.matrix.integer, self.matrix.lower, self.matrix.upper
        plants = np.zeros_like(integer)
        plants[self.matrix.of(*PLANTS)] = True
        self.engine.integrality(plants)
        left = deadline - self.clock.seconds
        outcome = self._run("plants", seconds=0.3 * left, gap=self.settings.gap / 4)
        self._bound = max(self._bound, outcome.bound)
        if outcome.x is None:
            return
        low, high = _fixed(lower, upper, outcome.x, plants)
        crews = np.zeros_like(integer)
        crews[self.matrix.of(*CREWS)] = True
        self.engine.integrality(crews)
        self.engine.bounds(low, high)
        outcome = self._run("crews", seconds=0.4 * (deadline - self.clock.seconds), gap=self.settings.gap / 4)
        if outcome.x is not None:
            low, high = _fixed(low, high, outcome.x, crews)
            self._weekends(outcome.x, low, high, integer & ~plants & ~crews, deadline)
        self.engine.bounds(lower, upper)

    def _weekends(self, x: Floats, low: Floats, high: Floats, rest: NDArray[np.bool_], deadline: float) -> None:
        """Make the remaining integers whole, each within one of its relaxed value."""
        near_low = np.where(rest, np.maximum(low, np.floor(x + 1e-6)), low)
        near_high = np.where(rest, np.minimum(high, np.ceil(x - 1e-6)), high)
        self.engine.integrality(self.matrix.integer)
        self.engine.bounds(near_low, near_high)
        outcome = self._run("weekends", seconds=0.4 * (deadline - self.clock.seconds), gap=self.settings.gap / 4)
        self._take(outcome)

    def _whole(self, deadline: float) -> None:
        """Search the whole problem, started from the best plan so far."""
        self.engine.integrality(self.matrix.integer)
        if self.best is not None and relative_gap(self._value(), self._bound) <= self.settings.gap:
            return
        seconds = max(deadline - self.clock.seconds, 0.0)
        outcome = self._run("whole plan", seconds=seconds, gap=self.settings.gap, start=self.best)
        if outcome.status == "infeasible" and self.best is None:
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        self._take(outcome)
        self._bound = max(self._bound, outcome.bound)

    def _without_levers(self, objective: Objective) -> float | None:
        """Return the shortfall with every lever off and hard targets relaxed."""
        if not self.today:
            return None
        matrix, rows = self.matrix, self.relaxed_today
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        for column, (low, high) in self.today.items():
            lower[column], upper[column] = low, high
        self.engine.minimise(objective)
        self.engine.integrality(np.zeros_like(matrix.integer))
        self.engine.bounds(lower, upper)
        self.engine.row_bounds(rows, np.full(len(rows), -np.inf), np.full(len(rows), np.inf))
        self._objective, self._bound = objective, -np.inf
        outcome = self._run("levers off")
        self.engine.row_bounds(rows, matrix.row_lower[rows], matrix.row_upper[rows])
        self.engine.bounds(matrix.lower, matrix.upper)
        return outcome.value if outcome.status == "optimal" else None

    def _polish(self) -> Floats:
        """Fix every integer at its rounded value and re-solve the rest, cheapest first."""
        if self.best is None:
            raise NoPlanError(self._no_plan())
        if self.settings.relaxed:
            return self.best
        matrix, x = self.matrix, self.best
        low, high = _fixed(matrix.lower, matrix.upper, x, matrix.integer)
        last = next(o for o in matrix.objectives if o.name in ("weighted", "cost"))
        self.engine.integrality(np.zeros_like(matrix.integer))
        self.engine.bounds(low, high)
        self.engine.minimise(last)
        self.engine.clock = Clock(60.0)  # a plan that was found is finished even when time is up
        outcome = self.engine.run()
        if outcome.x is None or outcome.status != "optimal":
            raise SolverError(
                "HiGHS could not confirm its plan with whole crews, weekends and plants; try another seed"
            )
        self._bound = -np.inf
        return np.where(matrix.integer, np.round(outcome.x), outcome.x)

    # -- keeping book -----------------------------------------------------------------------------------
    def _run(self, stage: str, **arguments: Any) -> Outcome:
        began = self.clock.seconds
        self._tell(stage, None, None)
        outcome = self.engine.run(listener=lambda value, bound: self._tell(stage, value, bound), **arguments)
        value = outcome.value if outcome.x is not None else None
        bound = outcome.bound if np.isfinite(outcome.bound) else None
        self.stages.append(Stage(self._objective.name, stage, self.clock.seconds - began, value, bound))
        return outcome

    def _tell(self, stage: str, value: float | None, bound: float | None) -> None:
        if self.watcher is None:
            return
        proven = max(self._bound, bound if bound is not None and stage != "levers off" else -np.inf)
        if stage in ("crews", "weekends", "levers off"):
            proven = self._bound  # a bound with something fixed proves nothing about the whole
        known = [v for v in (value if stage in ("weekends", "whole plan") else None, self._value()) if v is not None]
        known = [v for v in known if np.isfinite(v)]
        self.watcher(
            Progress(
                stage=f"{self._objective.name}: {stage}",
                seconds=self.clock.seconds,
                left=self.clock.left,
                value=min(known) if known else None,
                bound=proven if np.isfinite(proven) else None,
            )
        )

    def _take(self, outcome: Outcome) -> None:
        if outcome.x is not None and (self.best is None or outcome.value < self._objective.value(self.best)):
            self.best = outcome.x

    def _value(self) -> float:
        """Return the value of the best plan so far, infinite without one."""
        return np.inf if self.best is None else self._objective.value(self.best)

    def _room(self, objective: Objective, value: float, without_levers: float | None) -> float:
        """Return what later objectives may give back of this one."""
        slack = self.settings.slack
        if objective.name == "shortfall":
            gained = max(0.0, without_levers - value) if without_levers is not None else abs(value)
            room = slack * gained
        elif objective.name == "speed":
            room = 0.0
        else:
            room = slack * abs(value)
        return room + HOLD_TOLERANCE * max(1.0, abs(value))

    def _status(self, objectives: Sequence[ObjectiveFound]) -> str:
        if self.clock.stopped:
            return "interrupted"
        gaps = [relative_gap(o.found, o.bound) for o in objectives]
        if all(gap <= 1e-9 for gap in gaps):
            return "optimal"
        return "gap reached" if all(gap <= self.settings.gap + 1e-9 for gap in gaps) else "time limit"

    def _no_plan(self) -> str:
        if self.clock.stopped:
            return "the search was stopped before a plan was found"
        return (
            f"no plan was found within {self.settings.time_limit:g} seconds; allow more time "
            "(--time-limit), or plan with longer periods"
        )


def _fixed(lower: Floats, upper: Floats, x: Floats, mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return bounds with the masked columns fixed at their rounded values."""
    return np.where(mask, np.round(x), lower), np.where(mask, np.round(x), upper)
