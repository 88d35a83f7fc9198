"""Deciding before knowing: one plan for now, what follows in each scenario, what it insures against and costs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import Bracket, of_objective
from optimizer.answers.odds import BASE, Odds, odds_of
from optimizer.answers.reply import Reply
from optimizer.answers.risk_tables import Outcome, Told, sheets_of
from optimizer.errors import Finding, ImpossibleError, NoPlanError, SolverError, refuse
from optimizer.model.kin import kin
from optimizer.model.objectives import objective_names
from optimizer.pipeline import planned
from optimizer.plan.assignment import COMMITMENTS, DECIDED, Assignment
from optimizer.plan.plan import Plan
from optimizer.prepared import Prepared, prepare, run_settings
from optimizer.restrictions import kept_at
from optimizer.scenario.scenario import Scenario
from optimizer.solve.arrays import Floats, Matrix, Name, Objective
from optimizer.solve.joined import Joined, Part, join, measure
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.problem import Problem, cores
from optimizer.solve.progress import Clock, relative_gap
from optimizer.solve.solution import ObjectiveFound, Solution
from optimizer.study.archive import ANSWERED, IMPOSSIBLE, Answer
from optimizer.study.planset import PlanSet, Unanswered
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

KNOWN = "{0}, known from the start"
"""Name of the solve of one scenario by itself."""
ALONE_SHARE = 0.4
"""Share of the time for all that the scenarios by themselves may take."""
KEPT_SHARE = 0.2
"""Share of the time left after the scenarios by themselves that the plan for the base may take in the others."""
KEPT = (tuple(DECIDED), COMMITMENTS, ("starts",))
"""What is kept of the plan for the base, the first that is possible."""
LEAST_SECONDS = 1.0
ONE_OF_SEVERAL = (
    "this plan follows from what is decided for several scenarios at once; bound and gap are those of plans for this "
    "scenario alone"
)
"""What is told of every plan."""


@dataclass(frozen=True, repr=False)
class Decision(Reply):
    """A decision under uncertainty: a reply with the figures behind it.

    Attributes
    ----------
    scenarios
        Name -> the verified plan that follows in it; of one that is impossible, why.
    probability
        Of each scenario that is possible.
    best
        Objective -> what is minimised of it over all scenarios, between proven bound and plan found.
    vss
        Value of the stochastic solution in the first objective: what is lost by planning for the base. Infinite where
        the plan for the base is impossible in another scenario.
    evpi
        Expected value of perfect information in the first objective.
    """

    scenarios: PlanSet = field(default_factory=lambda: PlanSet({}))
    probability: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, Bracket] = field(default_factory=dict)
    vss: Bracket | None = None
    evpi: Bracket | None = None


def decide_under_uncertainty(
    scenario: Scenario,
    *,
    risk: float = 0.0,
    tail: float = 0.1,
    reveal: dt.date | str | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    watcher: StudyWatcher | None = None,
    time_limit: float | None = None,
) -> Decision:
    """Find what to decide before it is known which scenario comes, and what follows in each.

    Parameters
    ----------
    scenario
        With what may come in its Scenarios sheet, each with a probability; the base has what is left of 1.
    risk
        Weight of the tail, 0 to 1: every objective is (1 - risk) x its expected value + risk x its mean in the tail.
    tail
        Probability of the tail: the worst 0.1, say.
    reveal
        Month in which it is known which scenario comes; None: that of the settings. Starts, crews, weekends, pledges
        and flows before it are the same in all scenarios.
    folder, jobs, executor, watcher, time_limit
        As for `solve_many`: each scenario is first solved by itself.

    Returns
    -------
    Decision
        Tables: `now`, `later`, `outcomes` (expected, worst and tail of each objective), `scenarios` (the first
        objective by scenario: decided now, with the plan for the base, known from the start), `worth`, `always`
        (decisions that are right in every scenario).

    Raises
    ------
    InputError
        When probabilities, the month of knowing or a scenario cannot be meant; it lists all.
    ImpossibleError
        When no scenario is possible, or nothing can be decided that all of them allow.
    NoPlanError, SolverError
        When no plan is found in time, or the solver fails.
    """
    _refuse(risk, tail)
    odds = odds_of(scenario, reveal)
    asking = Asking(folder=folder, jobs=jobs, executor=executor, watcher=watcher, time_limit=time_limit)
    names = {name: KNOWN.format(name) for name in odds.cases}
    solved = asking.solve(_alone_tasks(odds, names, time_limit, jobs))
    known = {name: solved.get(task) for name, task in names.items()}
    chosen = _possible(odds, known)
    clock = _clock(scenario, asking, time_limit)
    game = _Game(odds, chosen, risk, tail)
    base = known[BASE]
    kept = game.keep(base, Clock(KEPT_SHARE * clock.left)) if isinstance(base, Plan) else None
    found = game.decide(clock, None if kept is None else kept.x)
    plans = {name: game.plan(name, found, known[name]) for name in chosen}
    return _decision(scenario, game, asking, known, found, plans, kept)


def _alone_tasks(odds: Odds, names: Mapping[str, str], time_limit: float | None, jobs: int | None) -> dict[str, Task]:
    """Return the solves of each scenario by itself, which together leave time for what is decided for all of them."""
    cases = odds.cases
    if time_limit is None:
        return {names[name]: Task(case) for name, case in cases.items()}
    most = ALONE_SHARE * time_limit / math.ceil(len(cases) / (jobs or cores()))
    return {names[name]: Task(case, time_limit=min(case.settings.time_limit, most)) for name, case in cases.items()}


def _refuse(risk: float, tail: float) -> None:
    wrong = []
    if not 0 <= risk <= 1:
        wrong.append(Finding("risk", "", f"{risk:g} is no weight; choose 0 (expected value) to 1 (tail alone)"))
    if not 0 < tail <= 1:
        wrong.append(Finding("tail", "", f"{tail:g} is no probability of a tail; choose more than 0, at most 1"))
    refuse(wrong)


def _possible(odds: Odds, known: Mapping[str, Plan | Unanswered | None]) -> dict[str, float]:
    """Return the scenarios that may come and are possible, with probabilities that add up to 1.

    Raises
    ------
    ImpossibleError
        When there is none, with the reasons.
    """
    likely = {name: p for name, p in odds.probability.items() if p > 0}
    gone = {name: known[name] for name in likely if getattr(known[name], "status", "") == IMPOSSIBLE}
    left = {name: p for name, p in likely.items() if name not in gone}
    whole = sum(left.values())
    if not whole:
        reasons = [f"{name}: {getattr(found, 'reason', '')}" for name, found in gone.items()]
        raise ImpossibleError("\n".join(["No scenario is possible.", *reasons]))
    return {name: p / whole for name, p in left.items()}


def _clock(scenario: Scenario, asking: Asking, time_limit: float | None) -> Clock:
    limit = scenario.settings.time_limit if time_limit is None else asking.left
    if limit < LEAST_SECONDS:
        raise NoPlanError(
            "there was no time left after the scenarios by themselves; allow more (time_limit, --time-limit)"
        )
    return Clock(limit)


@dataclass(frozen=True)
class Kept:
    """The plan for the base in all scenarios: what is minimised of the first objective, and its value in each.

    `words` say what was kept, or why nothing of it can be; `x` is a decision for all scenarios.
    """

    best: Bracket
    values: Mapping[str, float]
    words: str
    x: Floats | None = None


class _Game:
    """All scenarios that may come, as one program.

    Parameters
    ----------
    odds
        The scenarios.
    chosen
        Those that may come, with their probabilities.
    risk, tail
        How outcomes are weighed.
    """

    def __init__(self, odds: Odds, chosen: Mapping[str, float], risk: float, tail: float) -> None:
        self.odds, self.chosen, self.risk, self.tail = odds, chosen, risk, tail
        self._prepared: dict[str, Prepared] = {name: prepare(odds.cases[name]) for name in chosen}
        named = [objective_names(prepared.index) for prepared in self._prepared.values()]
        asked = odds.cases[BASE].settings.objectives
        self.objectives = tuple(name for name in asked if any(name in of for of in named)) or ("cost",)
        self.names_in = dict(zip(chosen, named, strict=True))
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
        return join(parts, risk=self.risk, tail=self.tail, once=("build",))

    def decide(self, clock: Clock, start: Floats | None) -> Solution:
        """Search what is best over all scenarios, beginning with a decision where there is one.

        Raises
        ------
        ImpossibleError
            When nothing can be decided that every scenario allows.
        """
        limited = Clock(max(clock.left, LEAST_SECONDS))
        run = replace(self.run, time_limit=limited.limit)
        try:
            return Lexicographic(Problem(self.joined.matrix, run), limited, start=start).solve()
        except ImpossibleError as error:
            words = (
                f"Each of {', '.join(f'`{name}`' for name in self.chosen)} is possible by itself, but nothing can be "
                f"decided before {self.odds.reveal:%Y-%m} that all of them allow; let it be known earlier, or ask less"
            )
            raise ImpossibleError(words) from error

    def keep(self, base: Plan, clock: Clock) -> Kept | None:
        """Return what comes of the plan for the base in all scenarios, or None where there is no time to tell.

        Where not all of it can be kept, its starts, crews, weekends and pledges are; where these cannot be, its
        starts; where not even these can, it is infinitely bad.
        """
        whole = self.joined.matrix
        for tables in KEPT:
            try:
                found = self._kept(whole, base, tables, clock)
            except ImpossibleError:
                continue
            except NoPlanError:
                return None
            best = Bracket(
                found.objectives[0].bound, self.measured(self.first, found.x), abs(found.objectives[0].found)
            )
            words = "all of it" if tables == KEPT[0] else ", ".join(tables)
            return Kept(best, self.values(self.first, found.x), words, found.x)
        return Kept(Bracket(math.inf, math.inf), {}, self._why_not(base, clock))

    def _kept(self, matrix: Matrix, base: Plan, tables: Sequence[str], clock: Clock) -> Solution:
        """Search the best first objective with what the base decides before it is known which scenario comes."""
        variables = [variable for table in tables for variable in DECIDED[table]]
        common = [name for name in self._common if name in matrix.position]
        named = Assignment(base, base.scenario).values(common, variables)
        columns = np.array([matrix.position[name] for name in named], dtype=np.int64)
        fixed = kept_at(matrix, columns, np.array(list(named.values()), dtype=float))
        objectives = tuple(o for o in fixed.objectives if o.name in (self.first, "cost", "weighted"))
        run = replace(self.run, objectives=(self.first,), slack=0.0, time_limit=max(clock.left, LEAST_SECONDS))
        return Lexicographic(Problem(replace(fixed, objectives=objectives), run), Clock(run.time_limit)).solve()

    def _why_not(self, base: Plan, clock: Clock) -> str:
        """Say in which scenarios the starts of the plan for the base are impossible."""
        wrong = []
        for name, prepared in self._prepared.items():
            try:
                self._kept(prepared.with_objectives(self.searched), base, KEPT[-1], clock)
            except ImpossibleError:
                wrong.append(f"`{name}`")
            except NoPlanError:
                pass
        where = f"in {' and '.join(wrong)}" if wrong else "with what else must be the same in all scenarios"
        return f"what the plan for the base starts before {self.odds.reveal:%Y-%m} is impossible {where}"

    @property
    def _common(self) -> list[Name]:
        return [self.joined.matrix.columns[j] for j in self.joined.common.tolist()]

    # -- what a solution comes to ------------------------------------------------------------------------
    def objective(self, name: str, scenario: str) -> Objective:
        """Return an objective of one scenario."""
        return next(o for o in self._prepared[scenario].matrix.objectives if o.name == name)

    def values(self, name: str, x: Floats) -> dict[str, float]:
        """Return the value of an objective in each scenario."""
        return {s: self.objective(name, s).value(self.joined.of(s, x)) for s in self.chosen}

    def measured(self, name: str, x: Floats) -> float:
        """Return what is minimised of an objective."""
        return self.measure(self.values(name, x))

    def measure(self, values: Mapping[str, float], risk: float | None = None) -> float:
        """Return expected value and tail of values, weighed."""
        weight = self.risk if risk is None else risk
        return measure([values[s] for s in self.chosen], list(self.chosen.values()), risk=weight, tail=self.tail)

    def plan(self, scenario: str, found: Solution, known: Plan | Unanswered | None) -> Plan:
        """Return the plan that follows in a scenario, verified.

        Its bounds are those of any plan for the scenario, which nothing better than could be decided.

        Raises
        ------
        SolverError
            When it does not hold a rule.
        """
        prepared, x = self._prepared[scenario], self.joined.of(scenario, found.x)
        rows: list[ObjectiveFound] = []
        for name in self.names_in[scenario]:
            objective = self.objective(name, scenario)
            value = objective.value(x)
            bound = _box(objective, prepared.matrix)
            alone = (
                of_objective(known, name) if isinstance(known, Plan) and name == self.names_in[scenario][0] else None
            )
            bound = bound if alone is None else max(bound, alone.least)
            later = self.names_in[scenario][len(rows) + 1 :]
            cost = self.objective("cost", scenario).value(x) if "cost" in later else None
            rows.append(ObjectiveFound(name, value, value, min(bound, value), cost=cost))
        gap = max(relative_gap(row.value, row.bound) for row in rows)
        status = "optimal" if not gap else "gap reached" if gap <= self.run.gap else "time limit"
        status = found.status if found.status == "interrupted" else status
        plan = planned(prepared, Solution(x, status, tuple(rows), failures=(ONE_OF_SEVERAL,)))
        broken = [check for check in plan.checks if not check.holds]
        if broken:
            words = "; ".join(f"{check.rule}: {check.worst}" for check in broken)
            raise SolverError(f"the plan for `{scenario}` does not hold its rules ({words}); try another seed")
        return plan


def _box(objective: Objective, matrix: Matrix) -> float:
    """Return the least that an objective can be within the bounds of the columns."""
    costs = objective.costs
    used = costs != 0
    ends = np.where(costs > 0, matrix.lower, matrix.upper)
    return float(costs[used] @ ends[used] + objective.constant)


# -- the answer --------------------------------------------------------------------------------------------
def _decision(
    scenario: Scenario,
    game: _Game,
    asking: Asking,
    known: Mapping[str, Plan | Unanswered | None],
    found: Solution,
    plans: Mapping[str, Plan],
    kept: Kept | None,
) -> Decision:
    best = {
        o.name: Bracket(o.bound, min(o.found, game.measured(o.name, found.x)), abs(o.found)) for o in found.objectives
    }
    alone = {name: _alone(known[name], game.first) for name in game.chosen}
    ahead = Bracket(
        game.measure({name: bracket.least for name, bracket in alone.items()}),
        game.measure({name: bracket.most for name, bracket in alone.items()}),
        max(bracket.size for bracket in alone.values()),
    )
    decided = best[game.first]
    evpi = (decided - ahead).within(0.0, math.inf)
    vss = None if kept is None else _value_of_deciding(kept.best, decided)
    outcomes = {name: Outcome(game.values(name, found.x), best[name]) for name in game.objectives}
    told = Told(
        scenario=scenario,
        reveal=game.odds.reveal,
        risk=game.risk,
        tail=game.tail,
        probability=game.chosen,
        outcomes={
            name: replace(
                outcome,
                expected=game.measure(outcome.values, 0.0),
                in_tail=game.measure(outcome.values, 1.0),
            )
            for name, outcome in outcomes.items()
        },
        plans=plans,
        known={name: plan for name, plan in known.items() if isinstance(plan, Plan)},
        alone=alone,
        kept=None if kept is None else kept.values,
        kept_words="" if kept is None else kept.words,
        vss=vss,
        evpi=evpi,
        gone={name: found for name, found in known.items() if isinstance(found, Unanswered)},
        closed=game.joined.closed,
    )
    answers = {name: Answer(ANSWERED, plan=plan) for name, plan in plans.items()}
    unanswered = {name: Answer(f.status, f.reason) for name, f in told.gone.items() if name not in plans}
    return Decision(
        **sheets_of(told),
        plans=asking.plans,
        complete=kept is not None and all(name in told.known or name in _impossible(told) for name in known),
        scenarios=PlanSet(answers | unanswered),
        probability=game.chosen,
        best=best,
        vss=vss,
        evpi=evpi,
    )


def _impossible(told: Told) -> set[str]:
    return {name for name, found in told.gone.items() if found.status == IMPOSSIBLE}


def _alone(known: Plan | Unanswered | None, objective: str) -> Bracket:
    """Return the best of an objective in a scenario that is known from the start; unknown where it was not found."""
    found = of_objective(known, objective) if isinstance(known, Plan) else None
    return Bracket(-math.inf, math.inf) if found is None else found


def _value_of_deciding(kept: Bracket, decided: Bracket) -> Bracket:
    """Return what planning for the base would lose: never less than nothing, for its decision is one of those."""
    if math.isinf(kept.least):
        return Bracket(math.inf, math.inf)
    return (kept - decided).within(0.0, math.inf)
