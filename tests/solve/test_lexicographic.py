"""The search: objectives in order of rank, its exceptions, and the constraints of a user's own."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer import Plan, solve
from optimizer.errors import ImpossibleError, NoPlanError, SolverError
from optimizer.model.build import build_model
from optimizer.model.structure import STRUCTURE
from optimizer.settings import RunSettings
from optimizer.solve import problem
from optimizer.solve.arrays import Objective
from optimizer.solve.highs import Engine
from optimizer.solve.lexicographic import Lexicographic
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.outcome import Outcome
from optimizer.solve.problem import LATE, LATE_SHARE, MOST_LATE, Problem, limit
from optimizer.solve.progress import Clock
from optimizer.solve.search import Search
from optimizer.solve.solution import Solution
from optimizer.solve.tidiness import Tidiness
from tests.solve.puzzles import market_split, worlds

EXACT = {"gap": 0.0, "slack": 0.0}
WORLDS = worlds()


@cache
def exact(world: str) -> Plan:
    """Return the plan of a world without gap or slack, found once."""
    return solve(WORLDS[world].replace(settings=EXACT))


def two_goods() -> pyo.ConcreteModel:
    """Return: make 4 of two goods, a at cost 1 with 2 late for each, b at cost 3 with none late."""
    model = pyo.ConcreteModel()
    model.make = pyo.Var(["a", "b"], domain=pyo.NonNegativeIntegers, bounds=(0, 10))
    model.enough = pyo.Constraint(expr=model.make["a"] + model.make["b"] >= 4)
    model.shortfall = pyo.Objective(expr=2 * model.make["a"] + 100)
    model.cost = pyo.Objective(expr=model.make["a"] + 3 * model.make["b"])
    model.cost.deactivate()
    return model


def nothing_to_tidy() -> Tidiness:
    """Return a tidiness that leaves a share of the slack, and asks for nothing."""
    none = np.array([], dtype=np.int64)
    return Tidiness(np.ones(1), (), none, (), none, (none, np.array([])), (), ())


def search(model: pyo.ConcreteModel, clock: Clock | None = None, **settings: object) -> Solution:
    """Search a model with the objectives shortfall and cost."""
    matrix = compile_matrix(model, ("shortfall", "cost"))
    run = RunSettings(**{"objectives": ("shortfall", "cost"), **EXACT, **settings})  # type: ignore[arg-type]
    return Lexicographic(Problem(matrix, run), clock or Clock(30)).solve()


def test_objectives_rank_one_above_the_other() -> None:
    """Nothing late needs four b at 3 each: shortfall 100, cost 12, both proven."""
    solution = search(two_goods())
    assert solution.status == "optimal"
    assert [(o.name, o.value, o.bound) for o in solution.objectives] == [
        ("shortfall", pytest.approx(100), pytest.approx(100)),
        ("cost", pytest.approx(12), pytest.approx(12)),
    ]


def test_slack_lets_later_objectives_give_something_back() -> None:
    """4 % of 100 is room for two a: 2 x 1 + 2 x 3 = 8, and 4 of the shortfall are given back."""
    solution = search(two_goods(), slack=0.04)
    shortfall, cost = solution.objectives
    assert (shortfall.value, shortfall.found) == (pytest.approx(104), pytest.approx(100))
    assert cost.value == pytest.approx(8)


def test_dates_may_use_what_is_left_to_tidying_else() -> None:
    """Each good of kind a is a month sooner for 2 late of 100: within 4 % two months, and as much is held then.

    Without dates the cost has three fifths of the slack alone: one good of kind a.
    """
    for objectives, goods in ((("shortfall", "speed", "cost"), 2), (("shortfall", "cost"), 1)):
        model = two_goods()
        model.speed = pyo.Objective(expr=10 - model.make["a"])
        model.speed.deactivate()
        run = RunSettings(objectives=objectives, gap=0.0, slack=0.04)
        matrix = compile_matrix(model, ("shortfall", "speed", "cost"))
        solution = Lexicographic(Problem(matrix, run, tidiness=nothing_to_tidy()), Clock(30)).solve()
        assert solution.objectives[0].value == pytest.approx(100 + 2 * goods)


def test_a_tidied_plan_beyond_the_limits_of_a_search_has_the_gap_of_that_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one good of kind a the cost is 10, proven; the last step has room for two, which cost 8: nobody proved that.

    The bound is told no higher than the value, and the search of the cost is that of 10.
    """
    monkeypatch.setattr(Search, "finish", lambda *_: (np.array([2.0, 2.0]), None))
    matrix = compile_matrix(two_goods(), ("shortfall", "cost"))
    run = RunSettings(objectives=("shortfall", "cost"), gap=0.0, slack=0.04)
    shortfall, cost = Lexicographic(Problem(matrix, run, tidiness=nothing_to_tidy()), Clock(30)).solve().objectives
    assert (shortfall.value, shortfall.found) == (pytest.approx(104), pytest.approx(100))
    assert (cost.value, cost.found, cost.bound) == (pytest.approx(8), pytest.approx(10), pytest.approx(8))


def test_nothing_is_given_back_where_no_objective_is_left() -> None:
    """Alone, the shortfall stays at its best of 100, whatever the slack, though four a would be cheaper than four b."""
    matrix = compile_matrix(two_goods(), ("shortfall", "cost"))
    run = RunSettings(objectives=("shortfall",), gap=0, slack=0.5)
    (shortfall,) = Lexicographic(Problem(matrix, run), Clock(30)).solve().objectives
    assert shortfall.value == pytest.approx(100, rel=2e-6)


@pytest.mark.parametrize(
    ("name", "value", "without_levers", "room"),
    [
        ("shortfall", 100, 1000, 25),  # of the value, for the levers gain more
        ("shortfall", 100, 140, 10),  # of what the levers gain
        ("shortfall", 100, 90, 0),  # hard targets cost more than the levers gain
        ("shortfall", 0, 1000, 0),
        ("shortfall", 100, None, 25),
        ("cost", 100, None, 25),
        ("cost", -100, None, 25),
        ("speed", 100, None, 0),
    ],
)
def test_slack_is_a_share_of_the_smaller_of_value_and_gain(
    name: str, value: float, without_levers: float | None, room: float
) -> None:
    """A quarter of 100, of a gain of 40, or of nothing; and a millionth for the solver's tolerances."""
    objective = Objective(name, np.zeros(1), 0.0)
    held = limit(objective, without_levers, 0.25, value)
    assert held == pytest.approx(value + room, abs=1e-12)


def test_slack_is_a_share_of_what_the_levers_gain() -> None:
    """Without levers four a and 108; a gain of 8, of which 25 % are room for one a: 1 + 3 x 3 = 10."""
    model = two_goods()
    matrix = compile_matrix(model, ("shortfall", "cost"))
    run = RunSettings(objectives=("shortfall", "cost"), gap=0, slack=0.25)
    today = {matrix.position["make", "b"]: (0.0, 0.0)}
    solution = Lexicographic(Problem(matrix, run, today), Clock(30)).solve()
    assert solution.objectives[0].without_levers == pytest.approx(108)
    assert solution.objectives[0].value == pytest.approx(102)
    assert solution.objectives[1].value == pytest.approx(10)


def test_the_order_of_objectives_is_that_of_the_settings() -> None:
    """With cost first, four a at 1 each cost 4, and 108 are late."""
    matrix = compile_matrix(two_goods(), ("cost", "shortfall"))
    run = RunSettings(objectives=("cost", "shortfall"), gap=0, slack=0)
    solution = Lexicographic(Problem(matrix, run), Clock(30)).solve()
    assert [(o.name, o.value) for o in solution.objectives] == [
        ("cost", pytest.approx(4)),
        ("shortfall", pytest.approx(108)),
    ]


def test_unbounded_objectives_are_explained() -> None:
    """An objective that can fall for ever is a SolverError that points at the user's own constraints."""
    model = two_goods()
    model.free = pyo.Var([0], domain=pyo.NonNegativeReals)
    model.bottom = pyo.Constraint(expr=model.free[0] >= 1)
    model.shortfall.set_value(model.shortfall.expr - model.free[0])
    with pytest.raises(SolverError, match="unlimited gain in your own constraints"):
        search(model)


def test_what_no_plan_can_hold_is_impossible() -> None:
    """Rows that clash are an ImpossibleError, in the relaxation or only in whole numbers."""
    model = two_goods()
    model.never = pyo.Constraint(expr=model.make["a"] + model.make["b"] <= 3)
    with pytest.raises(ImpossibleError):
        search(model)
    model = two_goods()
    model.halves = pyo.Constraint(expr=2 * model.make["a"] + 2 * model.make["b"] == 9)
    with pytest.raises(ImpossibleError):
        search(model)


def test_no_time_is_no_plan() -> None:
    """With no time at all there is no plan, and the message speaks of the clock that was handed in."""
    with pytest.raises(NoPlanError, match="hand in one with more time"):
        search(two_goods(), Clock(0))
    with pytest.raises(NoPlanError, match="hand in one with more time"):
        search(two_goods(), Clock(0), relaxed=True)


def test_a_stopped_search_is_no_plan_before_one_is_found() -> None:
    """A search that is stopped before it begins has no plan and says so."""
    clock = Clock(30)
    clock.stop()
    with pytest.raises(NoPlanError, match="stopped"):
        search(two_goods(), clock)


def test_a_search_that_is_stopped_keeps_its_plan() -> None:
    """A puzzle stopped by another thread keeps its plan, with the status interrupted and an honest bound."""
    matrix, clock = market_split(), Clock(60)
    stop = threading.Timer(0.5, clock.stop)
    stop.start()
    found = Lexicographic(Problem(matrix, RunSettings(objectives=("cost",), gap=0, threads=1)), clock).solve()
    stop.join()
    assert found.status == "interrupted"
    assert clock.seconds < 30
    assert 0 <= found.objectives[0].bound <= found.objectives[0].value
    assert (matrix.rows @ found.x >= matrix.row_lower - 1e-6).all()


def test_time_that_is_up_keeps_the_plan() -> None:
    """A puzzle that takes hours ends at its limit with the status time limit and whole numbers."""
    matrix = market_split()
    clock = Clock(1.0)
    found = Lexicographic(
        Problem(matrix, RunSettings(objectives=("cost",), gap=0, time_limit=1, threads=1)), clock
    ).solve()
    assert found.status == "time limit"
    assert clock.seconds < 15
    assert np.array_equal(found.x[matrix.integer], np.round(found.x[matrix.integer]))


def test_relaxed_solves_the_linear_relaxation_only() -> None:
    """Without whole numbers 4.5 goods are made: b for all of them, at 3 each 13.5 (less the room to hold 100)."""
    model = two_goods()
    model.halves = pyo.Constraint(expr=2 * model.make["a"] + 2 * model.make["b"] == 9)
    solution = search(model, relaxed=True)
    assert solution.objectives[1].value == pytest.approx(13.5, rel=1e-4)


@pytest.mark.parametrize("world", WORLDS)
def test_stages_find_what_the_whole_search_finds(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plants, crews and weekends one after the other, then the whole: the same optimum as at once."""
    scenario = WORLDS[world].replace(settings=EXACT)
    at_once = exact(world)
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, 0)
    staged = solve(scenario)
    assert {"plants", "rounding"} & set(staged.stages["stage"])
    assert staged.verified
    assert staged.status == at_once.status == "optimal"
    assert list(staged.objectives["value"]) == pytest.approx(list(at_once.objectives["value"]), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("world", WORLDS)
def test_bounds_hold_for_every_objective(world: str) -> None:
    """With a wide gap every bound still lies at or below the optimum found without a gap."""
    wide = solve(WORLDS[world], gap=0.5)
    best, rough = exact(world).objectives.iloc[0], wide.objectives.iloc[0]
    assert rough["bound"] <= best["found"] + 1e-6 * max(1, abs(best["found"]))
    assert rough["value"] >= best["found"] - 1e-6 * max(1, abs(best["found"]))
    assert (wide.objectives["bound"] <= wide.objectives["value"] + 1e-9).all()


@pytest.mark.parametrize("world", WORLDS)
def test_relaxed_plans_are_bounds_and_are_not_verified(world: str) -> None:
    """The relaxation is never worse than the plan in whole numbers, and nobody verifies it."""
    relaxed = solve(WORLDS[world].replace(settings=EXACT), relaxed=True)
    assert not relaxed.checks
    first, whole = relaxed.objectives["value"].iloc[0], exact(world).objectives["value"].iloc[0]
    assert first <= whole + 1e-6 * max(1, abs(whole))


def test_own_constraints_are_honoured_and_listed() -> None:
    """A limit of 90 a month on the first month's output is kept, and the plan says nobody verified it."""
    scenario = WORLDS["factory"]
    model = build_model(scenario)
    model.no_rush = pyo.Constraint(expr=model.make["L", "shell", 0] <= 90)
    plan = solve(scenario, model=model)
    assert plan.output["made"].iloc[0] <= 90 + 1e-6
    assert solve(scenario).output["made"].iloc[0] > 90
    assert plan.unverified == ("no_rush",)
    assert plan.verified
    model.no_rush.deactivate()
    assert solve(scenario, model=model).unverified == ()


def test_own_gains_without_limit_are_explained() -> None:
    """An unlimited gain that a user adds to the objective ends in a SolverError, not in a plan."""
    scenario = WORLDS["lanes"]
    model = build_model(scenario)
    model.windfall = pyo.Var([0], domain=pyo.NonNegativeReals)
    model.some = pyo.Constraint(expr=model.windfall[0] >= 1)
    model.weighted.set_value(model.weighted.expr - model.windfall[0])
    with pytest.raises(SolverError, match="unlimited gain"):
        solve(scenario, model=model)


def test_a_failing_run_does_not_lose_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """When HiGHS fails in a later stage, the plan found before is returned; without one the error is."""
    run = Engine.run
    calls = iter(range(100))

    def fails_late(engine: Engine, **arguments: Any) -> Outcome:
        if next(calls) == failing:
            raise SolverError("HiGHS ended with `Solve error`")
        return run(engine, **arguments)

    monkeypatch.setattr(Engine, "run", fails_late)
    failing = 3
    shortfall, _ = search(two_goods(), slack=0.04).objectives
    assert shortfall.found == pytest.approx(100)
    calls, failing = iter(range(100)), 0
    with pytest.raises(SolverError):
        search(two_goods())


def test_a_plan_is_finished_again_where_rows_are_violated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that HiGHS calls optimal though they violate a row do not become the plan."""
    relax = Engine.relax

    def hauled() -> pyo.ConcreteModel:
        model = two_goods()
        model.moved = pyo.Var(domain=pyo.NonNegativeReals)
        model.everything = pyo.Constraint(expr=model.moved - 1.5 * model.make["a"] - 2.5 * model.make["b"] == 0)
        return model

    def wrong(engine: Engine, **arguments: Any) -> Outcome:
        outcome = relax(engine, **arguments)
        return outcome if outcome.x is None else replace(outcome, x=outcome.x + 0.01)

    right = search(hauled())
    monkeypatch.setattr(Engine, "relax", wrong)
    assert search(hauled()).x == pytest.approx(right.x)
    assert right.x.max() == pytest.approx(10.0)


def test_a_plan_that_is_not_polished_in_time_is_delivered_as_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last step ends with the time that it has, and loses no plan."""
    right = search(two_goods())
    monkeypatch.setattr(Problem, "last_step", lambda problem, left: Clock(0.0))
    assert search(two_goods()).x == pytest.approx(right.x)


def test_the_last_step_takes_a_little_beyond_the_time() -> None:
    """A share of the limit and a few seconds, and no more than a minute."""
    problem = Problem(compile_matrix(two_goods(), ("cost",)), RunSettings(time_limit=100))
    assert problem.last_step(2.0).limit == pytest.approx(2 + LATE + 100 * LATE_SHARE)
    assert problem.last_step(np.inf).limit == MOST_LATE


def test_a_promise_without_weight_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both promises can be kept at once, and keeping one costs 5 a month; only `dear` counts for speed.

    Nothing is late, `dear` is kept in both months for 2 x 5, and `free` is best not kept at all: cost 10.
    """
    for size in ("TINY", "SMALL"):
        monkeypatch.setattr(problem, size, -1)
    model = pyo.ConcreteModel()
    model.attained = pyo.Var(["dear", "free"], range(2), domain=pyo.Binary)
    model.late = pyo.Var(domain=pyo.NonNegativeReals)
    model.lasting = pyo.Constraint(
        ["dear", "free"], rule=lambda m, k: m.attained[k, 1] + m.late >= m.attained[k, 0] + m.late
    )
    model.shortfall = pyo.Objective(expr=model.late)
    model.speed = pyo.Objective(expr=2 - sum(model.attained["dear", t] for t in range(2)))
    model.cost = pyo.Objective(expr=model.late + 5 * sum(model.attained[k] for k in model.attained))
    names = "shortfall", "speed", "cost"
    run = RunSettings(objectives=names, **EXACT)  # type: ignore[arg-type]
    solution = Lexicographic(
        Problem(replace(compile_matrix(model, names), structure=STRUCTURE), run), Clock(30)
    ).solve()
    assert [o.value for o in solution.objectives] == pytest.approx([0, 0, 10], abs=1e-6)
    assert solution.objectives[-1].bound == pytest.approx(10)
