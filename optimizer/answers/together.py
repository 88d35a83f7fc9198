"""All scenarios that may come as one program: what is decided for all of them, and the plan that follows in each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimizer.answers.bracket import Bracket, of_objective
from optimizer.answers.chances import Chances, Kept
from optimizer.answers.odds import BASE
from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.found import planned
from optimizer.model.kin import kin
from optimizer.model.objectives import objective_names
from optimizer.plan.assignment import COMMITMENTS, DECIDED, Assignment
from optimizer.plan.plan import Plan
from optimizer.prepared import Prepared, prepare, run_settings
from optimizer.restrictions import kept_at
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from optimizer.solve.joined import Joined, Part, join
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import Problem
from optimizer.solve.progress import Clock, Watcher, ended, relative_gap
from optimizer.solve.solution import ObjectiveFound, Solution
from optimizer.study.planset import Unanswered

KEPT = (tuple(DECIDED), COMMITMENTS, ("starts",))
"""What is kept of the plan for the base, the first that is possible."""
LEAST_SECONDS = 1.0
ONE_OF_SEVERAL = (
    "this plan follows from what is decided for several scenarios at once; bound and gap are those of plans for this "
    "scenario alone"
)
"""What is told of every plan."""


class Together:
    """All scenarios that may come, as one program.

    Parameters
    ----------
    chances
        The scenarios, and how their outcomes are weighed.
    """

    def __init__(self, chances: Chances) -> None:
        self.chances, self.odds, self.chosen = chances, chances.odds, chances.probability
        self._prepared: dict[str, Prepared] = {name: prepare(self.odds.joint[name]) for name in self.chosen}
        named = [objective_names(prepared.index) for prepared in self._prepared.values()]
        asked = self.odds.cases[BASE].settings.objectives
        self.objectives = tuple(name for name in asked if any(name in of for of in named)) or ("cost",)
        self.names_in = dict(zip(self.chosen, named, strict=True))
        settings = run_settings(next(iter(self._prepared.values())).index, relaxed=False)
        self.run = replace(settings, objectives=self.objectives)
        money = () if "weighted" in self.objectives else ("cost",)
        self.searched = tuple(dict.fromkeys([*self.objectives, *money]))
        self.joined = self._join()

    @property
    def first(self) -> str:
        """Return the first objective."""
        return self.objectives[0]

    def _join(self) -> Joined:
        parts = {}
        for name, prepared in self._prepared.items():
            matrix = replace(prepared.with_objectives(self.searched), groups=kin(prepared.index))
            parts[name] = Part(matrix, self.chosen[name], self.odds.first(name, matrix.columns))
        return join(parts, risk=self.chances.risk, tail=self.chances.tail, once=("build",))

    def decide(self, clock: Clock, start: Floats | None, watcher: Watcher | None = None) -> Solution:
        """Search what is best over all scenarios, beginning with a decision where there is one.

        Raises
        ------
        ImpossibleError
            When nothing can be decided that every scenario allows.
        """
        limited = clock.part(max(clock.left, LEAST_SECONDS))
        run = replace(self.run, time_limit=limited.limit)
        try:
            return Lexicographic(Problem(self.joined.matrix, run), limited, watcher, start=start).solve()
        except ImpossibleError as error:
            words = (
                f"Each of {', '.join(f'`{name}`' for name in self.chosen)} is possible by itself, but nothing can be "
                f"decided before {self.odds.reveal:%Y-%m} that all of them allow; let it be known earlier, or ask less"
            )
            raise ImpossibleError(words) from error

    def keep(self, base: Plan, clock: Clock, watcher: Watcher | None = None) -> Kept | None:
        """Return what comes of the plan for the base in all scenarios, or None where there is no time to tell.

        Where not all of it can be kept, its starts, crews, weekends and pledges are; where these cannot be, its
        starts; where not even these can, it is infinitely bad.
        """
        impossible: list[str] = []
        for tables in KEPT:
            try:
                alone, impossible = self._kept_alone(base, tables, clock, watcher)
                if impossible:
                    continue
                if tables == KEPT[0]:  # with all that is common kept, each scenario is by itself
                    return self._all_kept(alone)
                found = self._kept(self.joined.matrix, base, tables, clock, watcher)
            except ImpossibleError:
                continue
            except NoPlanError:
                return None
            first = found.objectives[0]
            best = Bracket(first.bound, self.measured(self.first, found.x), abs(first.found))
            return Kept(best, self.values(self.first, found.x), ", ".join(tables), found.x)
        where = f"in {' and '.join(impossible)}" if impossible else "with what else must be the same in all scenarios"
        words = f"what the plan for the base starts before {self.odds.reveal:%Y-%m} is impossible {where}"
        return Kept(Bracket(math.inf, math.inf), {}, words)

    def _kept_alone(
        self, base: Plan, tables: Sequence[str], clock: Clock, watcher: Watcher | None
    ) -> tuple[dict[str, Solution], list[str]]:
        """Return what comes of a plan for the base in each scenario by itself, and where it is impossible."""
        found, impossible = {}, []
        for name, prepared in self._prepared.items():
            try:
                found[name] = self._kept(prepared.with_objectives(self.searched), base, tables, clock, watcher)
            except ImpossibleError:
                impossible.append(f"`{name}`")
        return found, impossible

    def _all_kept(self, alone: Mapping[str, Solution]) -> Kept:
        """Return what the plan for the base comes to over all scenarios, each by itself."""
        x = np.full(len(self.joined.matrix.lower), np.nan)
        for name, found in alone.items():
            x[self.joined.places[name]] = found.x
        first = {name: found.objectives[0] for name, found in alone.items()}
        values = {name: objective.found for name, objective in first.items()}
        least = self.chances.measure({name: objective.bound for name, objective in first.items()})
        most = self.chances.measure(values)
        return Kept(Bracket(least, most, abs(most)), values, "all of it", x)

    def _kept(
        self, matrix: Matrix, base: Plan, tables: Sequence[str], clock: Clock, watcher: Watcher | None
    ) -> Solution:
        """Search the best first objective with what the base decides before it is known which scenario comes."""
        variables = [variable for table in tables for variable in DECIDED[table]]
        common = [name for name in self._common if name in matrix.position]
        named = Assignment(base, base.scenario).values(common, variables)
        columns = np.array([matrix.position[name] for name in named], dtype=np.int64)
        fixed = kept_at(matrix, columns, np.array(list(named.values()), dtype=float))
        objectives = tuple(o for o in fixed.objectives if o.name in (self.first, "cost", "weighted"))
        run = replace(self.run, objectives=(self.first,), slack=0.0, time_limit=max(clock.left, LEAST_SECONDS))
        limited = clock.part(run.time_limit)
        return Lexicographic(Problem(replace(fixed, objectives=objectives), run), limited, watcher).solve()

    @property
    def _common(self) -> list[Name]:
        return [self.joined.matrix.columns[j] for j in self.joined.common.tolist()]

    def told(self, x: Floats, least: float, status: str) -> Solution:
        """Return a decision as if it were found, with a bound of the first objective that is known elsewhere."""
        found = []
        for name in self.objectives:
            value = self.measured(name, x)
            ends = {s: box(self.objective(name, s), self._prepared[s].matrix) for s in self.chosen}
            bound = max(self.chances.measure(ends), least if name == self.first else -math.inf)
            found.append(ObjectiveFound(name, value, value, min(bound, value)))
        return Solution(x, status, tuple(found))

    # -- what a solution comes to ------------------------------------------------------------------------
    def objective(self, name: str, scenario: str) -> Objective:
        """Return an objective of one scenario."""
        return next(o for o in self._prepared[scenario].matrix.objectives if o.name == name)

    def values(self, name: str, x: Floats) -> dict[str, float]:
        """Return the value of an objective in each scenario."""
        return {s: self.objective(name, s).value(self.joined.of(s, x)) for s in self.chosen}

    def measured(self, name: str, x: Floats) -> float:
        """Return what is minimised of an objective."""
        return self.chances.measure(self.values(name, x))

    def plan(self, scenario: str, found: Solution, known: Plan | Unanswered | None) -> Plan:
        """Return the plan that follows in a scenario, verified.

        Raises
        ------
        SolverError
            When it does not hold a rule.
        """
        names, x = self.names_in[scenario], self.joined.of(scenario, found.x)
        alone = of_objective(known, names[0]) if isinstance(known, Plan) else None
        least = -math.inf if alone is None else alone.least
        return follows(self._prepared[scenario], x, names, least, self.run.gap, found.status)


def follows(prepared: Prepared, x: Floats, names: Sequence[str], least: float, gap: float, searched: str) -> Plan:
    """Return the plan that follows in a scenario from what is decided for several, verified.

    Its bounds are those of any plan for the scenario, which nothing better than could be decided.

    Parameters
    ----------
    prepared, x
        The scenario's model, and the values of its columns.
    names
        Objectives in order of rank.
    least
        What is proven of the first.
    gap, searched
        At which a search ends, and how this one ended.

    Raises
    ------
    SolverError
        When it does not hold a rule.
    """
    objectives = {objective.name: objective for objective in prepared.matrix.objectives}
    rows: list[ObjectiveFound] = []
    for rank, name in enumerate(names):
        value, bound = objectives[name].value(x), box(objectives[name], prepared.matrix)
        bound = max(bound, least) if not rank else bound
        cost = objectives["cost"].value(x) if "cost" in names[rank + 1 :] else None
        rows.append(ObjectiveFound(name, value, value, min(bound, value), cost=cost))
    status = ended((relative_gap(row.value, row.bound) for row in rows), gap)
    status = searched if searched == "interrupted" else status
    plan = planned(prepared, Solution(x, status, tuple(rows), failures=(ONE_OF_SEVERAL,)))
    broken = [check for check in plan.checks if not check.holds]
    if broken:
        words = "; ".join(f"{check.rule}: {check.worst}" for check in broken)
        title = prepared.scenario.settings.title
        raise SolverError(f"the plan for `{title}` does not hold its rules ({words}); try another seed")
    return plan


def box(objective: Objective, matrix: Matrix) -> float:
    """Return the least that an objective can be within the bounds of the columns."""
    costs = objective.costs
    used = costs != 0
    ends = np.where(costs > 0, matrix.lower, matrix.upper)
    return float(costs[used] @ ends[used] + objective.constant)
