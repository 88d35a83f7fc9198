"""Deciding before knowing: one plan for now, what follows in each scenario, what it insures against and costs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from optimizer.answers.asking import Asking
from optimizer.answers.bracket import Bracket, of_objective
from optimizer.answers.chances import Chances, Kept, Settled
from optimizer.answers.hedging import Hedging
from optimizer.answers.odds import BASE, Odds, odds_of
from optimizer.answers.reply import Reply
from optimizer.answers.risk_tables import Outcome, Told, sheets_of
from optimizer.answers.together import LEAST_SECONDS, Together
from optimizer.errors import Finding, ImpossibleError, NoPlanError, refuse
from optimizer.plan.plan import Plan
from optimizer.scenario.scenario import Scenario
from optimizer.solve.arrays import Floats
from optimizer.solve.problem import cores
from optimizer.solve.progress import Clock
from optimizer.solve.solution import Solution
from optimizer.study.archive import ANSWERED, IMPOSSIBLE, Answer
from optimizer.study.planset import PlanSet, Unanswered
from optimizer.study.progress import StudyWatcher
from optimizer.study.task import Task

KNOWN = "{0}, known from the start"
"""Name of the solve of one scenario by itself."""
KEPT_OF, TOGETHER = "the plan for {0} in all scenarios", "all scenarios together"
"""Names of the searches of all scenarios."""
ALONE_SHARE = 0.4
"""Share of the time for all that the scenarios by themselves may take."""
KEPT_SHARE = 0.35
"""Share of the time left after the scenarios by themselves that the plan for the base may take in the others."""

LARGEST = 60_000
"""Columns of the program of all scenarios from which each is searched by itself."""


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
    by_scenario: bool | None = None,
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
    by_scenario
        Whether scenarios are searched one by one, here or on a cluster, at prices that make them decide alike, instead
        of all in one program on this machine. None: where that program would have 60,000 columns or more.
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
    chances = Chances(odds, chosen, risk, tail)
    if _large(known, chosen) if by_scenario is None else by_scenario:
        whole = scenario.settings.time_limit if time_limit is None else time_limit
        settled = Hedging(chances, known, asking, clock, whole, jobs).decide()
    else:
        settled = _together(chances, asking, clock, known)
    return _decision(scenario, chances, asking, known, settled)


def _large(known: Mapping[str, Plan | Unanswered | None], chosen: Mapping[str, float]) -> bool:
    """Tell whether the program of all scenarios is too large to be searched as one."""
    sizes = [plan.size["columns"] for plan in known.values() if isinstance(plan, Plan)]
    return len(chosen) * max(sizes, default=LARGEST) >= LARGEST


def _together(chances: Chances, asking: Asking, clock: Clock, known: Mapping[str, Plan | Unanswered | None]) -> Settled:
    """Decide for all scenarios in one program."""
    game = Together(chances)
    kept = None
    if isinstance(base := known[BASE], Plan):
        part = partial(game.keep, base, clock.part(KEPT_SHARE * clock.left))
        kept = asking.search(KEPT_OF.format(BASE), clock, part)
    found = _decided(game, asking, clock, kept, known)
    outer = {game.first: _outer(game, known)}
    best = {}
    for o in found.objectives:
        most = min(o.found, game.measured(o.name, found.x))
        best[o.name] = Bracket(min(most, max(o.bound, outer.get(o.name, -math.inf))), most, abs(o.found))
    return Settled(
        best=best,
        values={name: game.values(name, found.x) for name in game.objectives},
        plans={name: game.plan(name, found, known[name]) for name in game.chosen},
        kept=kept,
        closed=game.joined.closed,
        status=found.status,
    )


def _decided(
    game: Together, asking: Asking, clock: Clock, kept: Kept | None, known: Mapping[str, Plan | Unanswered | None]
) -> Solution:
    """Return the best decision that is found; where nothing is in time, what it began with is one."""
    start = _start(game, asking, clock, kept, known)
    try:
        return asking.search(TOGETHER, clock, partial(game.decide, clock, start))
    except NoPlanError:
        if start is None:
            raise
        return game.told(start, _outer(game, known), "interrupted" if clock.stopped else "time limit")


def _start(
    game: Together, asking: Asking, clock: Clock, kept: Kept | None, known: Mapping[str, Plan | Unanswered | None]
) -> Floats | None:
    """Return a decision that all scenarios allow: that of the base, else of another one, the worst scenario first."""
    if kept is not None and kept.x is not None:
        return kept.x
    others = {name: plan for name in game.chosen if name != BASE and isinstance(plan := known[name], Plan)}
    part = clock.part(KEPT_SHARE * clock.left)
    for name in sorted(others, key=lambda s: _alone(others[s], game.first).most, reverse=True):
        if part.left < LEAST_SECONDS or part.stopped:
            return None
        found = asking.search(KEPT_OF.format(name), clock, partial(game.keep, others[name], part))
        if found is not None and found.x is not None:
            return found.x
    return None


def _outer(game: Together, known: Mapping[str, Plan | Unanswered | None]) -> float:
    """Return the bound of the first objective that the scenarios by themselves prove: who knows decides no worse.

    There is none where a start that opens too late in a scenario may be taken: known from the start, it may not.
    """
    if any(game.odds.joint[name] is not game.odds.cases[name] for name in game.chosen):
        return -math.inf
    return game.chances.measure({name: _alone(known[name], game.first).least for name in game.chosen})


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


# -- the answer --------------------------------------------------------------------------------------------
def _decision(
    scenario: Scenario,
    chances: Chances,
    asking: Asking,
    known: Mapping[str, Plan | Unanswered | None],
    settled: Settled,
) -> Decision:
    first, kept, best = next(iter(settled.values)), settled.kept, settled.best
    alone = {name: _alone(known[name], first) for name in chances.probability}
    ahead = Bracket(
        chances.measure({name: bracket.least for name, bracket in alone.items()}),
        chances.measure({name: bracket.most for name, bracket in alone.items()}),
        max(bracket.size for bracket in alone.values()),
    )
    evpi = (best[first] - ahead).within(0.0, math.inf)
    vss = None if kept is None else _value_of_deciding(kept.best, best[first])
    told = Told(
        scenario=scenario,
        reveal=chances.odds.reveal,
        risk=chances.risk,
        tail=chances.tail,
        probability=chances.probability,
        outcomes={
            name: Outcome(values, best[name], chances.measure(values, 0.0), chances.measure(values, 1.0))
            for name, values in settled.values.items()
        },
        plans=settled.plans,
        known={name: plan for name, plan in known.items() if isinstance(plan, Plan)},
        alone=alone,
        kept=None if kept is None else kept.values,
        kept_words="" if kept is None else kept.words,
        vss=vss,
        evpi=evpi,
        status=settled.status,
        gone={name: found for name, found in known.items() if isinstance(found, Unanswered)},
        closed=settled.closed,
    )
    answers = {name: Answer(ANSWERED, plan=plan) for name, plan in settled.plans.items()}
    unanswered = {name: Answer(f.status, f.reason) for name, f in told.gone.items() if name not in settled.plans}
    return Decision(
        **sheets_of(told),
        plans=asking.plans,
        complete=kept is not None and all(name in told.known or name in _impossible(told) for name in known),
        scenarios=PlanSet(answers | unanswered),
        probability=chances.probability,
        best=best,
        vss=vss,
        evpi=evpi,
    )


def plan_to_tell(decision: Decision) -> Plan:
    """Return the plan that follows in the likeliest scenario: before the month of knowing it is that of all."""
    return decision.scenarios.plans[max(decision.probability, key=lambda name: decision.probability[name])]


def _impossible(told: Told) -> set[str]:
    return {name for name, found in told.gone.items() if found.status == IMPOSSIBLE}


def _alone(known: Plan | Unanswered | None, objective: str) -> Bracket:
    """Return the best of an objective in a scenario that is known from the start; unknown where it was not found."""
    found = of_objective(known, objective) if isinstance(known, Plan) else None
    return Bracket(-math.inf, math.inf) if found is None else found


def _value_of_deciding(kept: Bracket, decided: Bracket) -> Bracket:
    """Return what planning for the base would lose: never less than nothing, for its decision is one of those."""
    if kept.least == math.inf:
        return Bracket(math.inf, math.inf)
    return (kept - decided).within(0.0, math.inf)
