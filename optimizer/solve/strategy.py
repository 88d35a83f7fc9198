"""How a plan is found: objectives in order of rank, each searched in stages, bounds proven by HiGHS.

For every objective the linear relaxation gives a first bound. The first plan is found in steps:
plants, near the starts the relaxation uses; then crews, with weekends relaxed; then weekends. Later
objectives hold the earlier ones as rows and improve the plan they start from. The rest of the time
goes to the whole problem, started from the best plan: only its dual bound, and the relaxation's,
count as proof. Small problems go to the whole problem at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.settings import RunSettings
from optimizer.solve.highs import Engine, Outcome
from optimizer.solve.matrix import Floats, Matrix, Objective
from optimizer.solve.progress import Clock, Progress, Watcher, relative_gap
from optimizer.solve.solution import HOLD_TOLERANCE, ObjectiveFound, Solution, Stage, believed

SMALL = 2_500
"""Integer columns up to which the whole problem is searched at once."""
PLANTS = ("build", "attained")
CREWS = ("run",)
PROVING = ("relaxation", "whole plan")
"""Stages whose bounds hold for every plan."""
SIFTING = 12
"""One start in so many of each unit is in the relaxation from the beginning."""
SIFTED_ENOUGH = 1e-7
"""Reduced cost, relative to the objective, below which a start is let in."""


@dataclass(frozen=True)
class _Held:
    """An earlier objective held as a row; `rounding` is what whole crews and weekends cost of it."""

    row: int
    objective: Objective
    limit: float
    rounding: float


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
        self._off: Floats | None = None
        self._basis: Any = None
        self._bound = self._relaxed_bound = -np.inf
        self._objective = self.matrix.objectives[0]
        self._held: list[_Held] = []
        self._rounding = 0.0
        self._small = int(self.matrix.integer.sum()) <= SMALL
        self._units = self._in_order_of_time("build")
        self._asap = self._in_order_of_time("attained")

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
        found: list[tuple[Objective, float, tuple[float, float], float | None]] = []
        proven: dict[str, float] = {}
        for rank, objective in enumerate(ranked):
            without_levers = self._without_levers(objective) if objective.name == "shortfall" else None
            value, bound = self._search(objective, proven.get(objective.name, -np.inf))
            fallback = self._relaxed_bound
            found.append((objective, value, (bound, fallback), without_levers))
            limit = value + self._room(objective, value, without_levers)
            if not self._small and rank + 1 < len(ranked) and ranked[rank + 1].name == "speed":
                proven["speed"] = self._promises(ranked[rank + 1], objective, limit)
            self._held.append(_Held(self.engine.hold(objective, limit), objective, limit, self._rounding))
        x = self._polish()
        objectives = tuple(
            ObjectiveFound(o.name, o.value(x), min(value, o.value(x)), believed(o.value(x), *bounds), without)
            for o, value, bounds, without in found
        )
        return Solution(x, self._status(objectives), objectives, tuple(self.stages), self._off)

    def _search(self, objective: Objective, proven: float) -> tuple[float, float]:
        """Search one objective, of which a bound may be proven already; return its value and bound."""
        self._objective, self._bound, self._relaxed_bound = objective, proven, proven
        self._rounding = 0.0
        self.engine.minimise(objective)
        later = [o for o in self.matrix.objectives if o.name in self.settings.objectives]
        rank = [o.name for o in later].index(objective.name)
        share = 1.0 if rank == len(later) - 1 else 0.5 if rank == 0 else 0.25
        deadline = self.clock.seconds + self.clock.left * share
        relaxed = None if np.isfinite(proven) else self._relaxation()
        if self.settings.relaxed:
            return self._value(), self._bound
        if not self._small and relaxed is not None:
            self._first_plan(relaxed, deadline)
        if not self._small and self._held and relative_gap(self._value(), self._bound) > self.settings.gap:
            self._improve(deadline)
        if not np.isfinite(proven):
            self._whole(deadline)
        if self.best is None:
            raise NoPlanError(self._no_plan())
        return self._value(), self._bound

    # -- stages ---------------------------------------------------------------------------------------
    def _relaxation(self) -> Floats | None:
        """Solve the linear relaxation: the first bound, and a proof when nothing is possible."""
        self.engine.integrality(np.zeros_like(self.matrix.integer))
        outcome = self._run("relaxation") if self._small else self._sifted()
        if outcome.status == "optimal":
            self._basis = self.engine.highs.getBasis()
            self._bound = self._relaxed_bound = outcome.bound
            if self.settings.relaxed:
                self.best = outcome.x
            return outcome.x
        if outcome.status == "infeasible":
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        if "unbounded" in outcome.status:
            raise SolverError("the objective can fall for ever; look for an unlimited gain in your own constraints")
        if self.settings.relaxed:
            raise NoPlanError(self._no_plan())
        return None

    def _sifted(self) -> Outcome:
        """Solve the relaxation with few starts of each project first, then with those that price in.

        The starts left out are what makes the relaxation hard, and few of them matter. A start that
        is let in is boxed, so the last basis stays dual feasible (a column of the wrong sign goes to
        its other bound) and the dual simplex method goes on from it. At the end no start left out
        has a negative reduced cost, so the value is that of the whole relaxation; a cost within the
        solver's tolerance of 0 is taken off the bound, once per unit, as a unit starts only once.
        Method: Bixby, Gregory, Lustig, Marsten and Shanno, "Very large-scale linear programming: a
        case study in combining interior point and simplex methods" (1992).
        """
        high, lower, upper = self.matrix.upper.copy(), self.matrix.lower, self.matrix.upper
        left_out = np.zeros(len(high), dtype=bool)
        for columns in self._units:
            left_out[columns[np.arange(len(columns)) % SIFTING != 0]] = True
        left_out &= lower < upper
        if self.best is not None:
            left_out &= self.best < 0.5  # the starts of the plan so far keep the objectives that are held
        while True:
            high[left_out] = lower[left_out]
            self.engine.bounds(lower, high)
            outcome = self._run("relaxation")
            if outcome.status == "infeasible" and left_out.any():
                left_out[:] = False
            elif outcome.status != "optimal":
                break
            else:
                costs = self.engine.reduced_costs()
                wrong = left_out & (costs < -SIFTED_ENOUGH * max(1.0, abs(outcome.value)))
                if not wrong.any():
                    given = sum(min(0.0, costs[c][left_out[c]].min(initial=0.0)) for c in self._units)
                    outcome = replace(outcome, bound=outcome.value + given)
                    break
                left_out &= ~wrong
            high = upper.copy()
        self.engine.bounds(lower, upper)
        return outcome

    def _promises(self, speed: Objective, objective: Objective, held: float) -> float:
        """Return a bound on the months before asap promises are attained, by bisection on each.

        What the relaxation cannot attain without the objective just searched passing the value at
        which it will be held, no plan can attain. Each promise is tried alone, so the months
        proven add up to a bound.
        """
        bound, earliest = speed.constant, self.matrix.lower.copy()
        self.engine.integrality(np.zeros_like(self.matrix.integer))
        for columns in self._asap:
            first, stop = 0, len(columns)
            while first < stop:
                middle = (first + stop) // 2
                low = self.matrix.lower.copy()
                low[columns[middle:]] = 1.0
                self.engine.bounds(low, self.matrix.upper)
                began = self.clock.seconds
                reached = self.engine.reaches(held, self._basis, seconds=self.clock.left / 10)
                self.stages.append(Stage(speed.name, "promises", self.clock.seconds - began, None, None))
                if reached is None:
                    break
                first, stop = (first, middle) if reached else (middle + 1, stop)
            bound += speed.costs[columns[first:]].sum()
            earliest[columns[first:]] = 1.0
        self._keep_promises(speed, objective, held, earliest)
        return float(bound)

    def _keep_promises(self, speed: Objective, objective: Objective, held: float, lower: Floats) -> None:
        """Look for a plan that attains every promise as early as proven possible, within what will be held."""
        self.engine.bounds(lower, self.matrix.upper)
        self.engine.highs.setBasis(self._basis)
        outcome: Outcome | None = self._run("promises", seconds=self.clock.left / 10)
        self.engine.bounds(self.matrix.lower, self.matrix.upper)
        if outcome is None or outcome.x is None or outcome.status != "optimal":
            return
        outcome = self._plan_near(outcome.x, lower, self.clock.seconds + 0.3 * self.clock.left)
        if outcome is None or outcome.x is None or self.best is None:
            return
        if objective.value(outcome.x) <= held and speed.value(outcome.x) < speed.value(self.best):
            self.best = outcome.x

    def _first_plan(self, relaxed: Floats, deadline: float) -> None:
        """Find a plan near the relaxation, and note what whole crews and weekends cost of the objective."""
        outcome = self._plan_near(relaxed, self.matrix.lower, deadline)
        if outcome is not None:
            self._take(outcome)

    def _plan_near(self, relaxed: Floats, lower: Floats, deadline: float) -> Outcome | None:
        """Decide plants, then crews, then weekends, each with the later ones relaxed.

        Plants may start only where the relaxation starts them, or a period before or after: the
        relaxation is tight, and the restricted problem is many times smaller. Objectives that are
        held are held a little tighter while plants are decided, to leave room for whole crews.
        """
        low, high = lower, self._near_starts(relaxed)
        for held in self._held:
            reached = -np.inf if self.best is None else held.objective.value(self.best)
            self.engine.hold_at(held.row, held.objective, max(held.limit - 2 * held.rounding, reached))
        outcome = self._restricted("plants", PLANTS, low, high, share=0.35 if self._held else 0.25, deadline=deadline)
        for held in self._held:
            self.engine.hold_at(held.row, held.objective, held.limit)
        plants = outcome.value
        if outcome.x is None:
            return None
        low, high = self._fix(low, high, outcome.x, PLANTS)
        outcome = self._restricted("crews", CREWS, low, high, share=0.6, deadline=deadline)
        if outcome.x is None:
            return None
        low, high = self._fix(low, high, outcome.x, CREWS)
        near = self.matrix.integer & (low < high)
        low = np.where(near, np.maximum(low, np.floor(outcome.x + 1e-6)), low)
        high = np.where(near, np.minimum(high, np.ceil(outcome.x - 1e-6)), high)
        outcome = self._restricted("weekends", None, low, high, share=0.8, deadline=deadline)
        self._rounding = max(0.0, outcome.value - plants) if outcome.x is not None else 0.0
        return outcome

    def _improve(self, deadline: float) -> None:
        """Improve the best plan: what flows, then crews and weekends, then plants moved a little or dropped."""
        assert self.best is not None
        low, high = self._fix(self.matrix.lower, self.matrix.upper, self.best, ("build", "run", "weekend"))
        self._take(self._restricted("flows", None, low, high, share=0.3, deadline=deadline))
        low, high = self._fix(self.matrix.lower, self.matrix.upper, self.best, ("build",))
        self._take(self._restricted("crews", None, low, high, share=0.4, deadline=deadline))
        low, high = self.matrix.lower, self._near_starts(self.best)
        self._take(self._restricted("plants", None, low, high, share=0.5, deadline=deadline))

    def _restricted(
        self, stage: str, integers: Sequence[str] | None, low: Floats, high: Floats, *, share: float, deadline: float
    ) -> Outcome:
        """Search within tighter bounds, with only some variables integer (None: all that are)."""
        mask = self.matrix.integer.copy()
        if integers is not None:
            mask[:] = False
            mask[self.matrix.of(*integers)] = True
        self.engine.integrality(mask)
        self.engine.bounds(low, high)
        seconds = share * max(deadline - self.clock.seconds, 0.0)
        inside = self.best is not None and bool(np.all((self.best >= low - 1e-6) & (self.best <= high + 1e-6)))
        start = self.best if inside else None
        outcome = self._run(stage, seconds=seconds, gap=self.settings.gap / 4, start=start)
        self.engine.bounds(self.matrix.lower, self.matrix.upper)
        return outcome

    def _near_starts(self, x: Floats) -> Floats:
        """Return upper bounds that let a unit start only where x or the best plan starts it, or one off."""
        high = self.matrix.upper.copy()
        for columns in self._units:
            used = np.flatnonzero(self._used(x)[columns])
            near = {k + shift for k in used for shift in (-1, 0, 1)}
            for k, column in enumerate(columns):
                if k not in near:
                    high[column] = self.matrix.lower[column]
        return high

    def _used(self, x: Floats) -> NDArray[np.bool_]:
        """Tell which columns a solution, or the best plan so far, uses."""
        used = x > 1e-2
        return used if self.best is None else used | (self.best > 0.5)

    def _fix(self, low: Floats, high: Floats, x: Floats, components: Sequence[str]) -> tuple[Floats, Floats]:
        """Return bounds with some variables fixed at their rounded values."""
        mask = np.zeros_like(self.matrix.integer)
        mask[self.matrix.of(*components)] = True
        return _fixed(low, high, x, mask)

    def _whole(self, deadline: float) -> None:
        """Search the whole problem, started from the best plan so far."""
        if self.best is not None and relative_gap(self._value(), self._bound) <= self.settings.gap:
            return
        self.engine.integrality(self.matrix.integer)
        seconds = max(deadline - self.clock.seconds, 0.0)
        outcome = self._run("whole plan", seconds=seconds, gap=self.settings.gap, start=self.best)
        if outcome.status == "infeasible" and self.best is None:
            raise ImpossibleError("no plan can hold every rule of the workbook at once")
        self._bound = max(self._bound, outcome.bound)
        self._take(outcome)

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
        if outcome.status != "optimal":
            return None
        self._off = outcome.x
        return outcome.value

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
        return np.where(matrix.integer, np.round(outcome.x), outcome.x)

    def _in_order_of_time(self, component: str) -> list[NDArray[np.int64]]:
        """Return the columns of a variable by unit (or promise), each in order of its last index."""
        groups: dict[Any, list[tuple[int, int]]] = {}
        for column in self.matrix.of(component):
            *unit, time = self.matrix.columns[column][1]
            groups.setdefault(tuple(unit), []).append((time, int(column)))
        return [np.array([column for _, column in sorted(found)]) for found in groups.values()]

    # -- keeping book -----------------------------------------------------------------------------------
    def _run(self, stage: str, **arguments: Any) -> Outcome:
        began = self.clock.seconds
        self._tell(stage, None, None)
        outcome = self.engine.run(listener=lambda value, bound: self._tell(stage, value, bound), **arguments)
        value = outcome.value if outcome.x is not None else None
        self._tell(stage, value, outcome.bound)
        bound = outcome.bound if np.isfinite(outcome.bound) else None
        self.stages.append(Stage(self._objective.name, stage, self.clock.seconds - began, value, bound))
        return outcome

    def _tell(self, stage: str, value: float | None, bound: float | None) -> None:
        if self.watcher is None:
            return
        proven = max(self._bound, -np.inf if bound is None else bound)
        if stage not in PROVING:
            proven = self._bound  # a bound with something fixed proves nothing about the whole
        known = [v for v in (value if stage == "whole plan" else None, self._value()) if v is not None]
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
