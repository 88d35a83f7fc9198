"""The engine: what HiGHS is asked, what it answers, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer.errors import SolverError
from optimizer.model.build import build_model
from optimizer.solve.highs import OTHERWISE, PARALLEL_RULE, PRIMAL, Engine
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock, Progress, relative_gap
from tests.solve.puzzles import market_split, worlds


def knapsack(*, limit: float = 7.0) -> Matrix:
    """Return: at most 10 x + 6 y + 4 z, written as a cost, with 5 x + 4 y + 3 z <= 7 and x, y, z in {0, 1}."""
    model = pyo.ConcreteModel()
    model.take = pyo.Var(["x", "y", "z"], domain=pyo.Binary)
    model.weight = pyo.Constraint(expr=5 * model.take["x"] + 4 * model.take["y"] + 3 * model.take["z"] <= limit)
    model.cost = pyo.Objective(expr=-10 * model.take["x"] - 6 * model.take["y"] - 4 * model.take["z"])
    return compile_matrix(model, ("cost",))


def engine_of(matrix: Matrix, clock: Clock | None = None) -> Engine:
    """Return an engine that minimises the first objective of a matrix."""
    engine = Engine(matrix, clock or Clock(60), threads=1)
    engine.minimise(matrix.objectives[0])
    return engine


def test_integrality_changes_between_runs() -> None:
    """Relaxed the knapsack is worth 10 + 6 x 2/4 = 13, in whole pieces 10, or 6 + 4 = 10 as well."""
    engine = engine_of(knapsack())
    assert engine.run().value == pytest.approx(-10)
    engine.integrality(np.zeros(3, dtype=bool))
    relaxed = engine.run()
    assert (relaxed.status, relaxed.value, relaxed.bound) == ("optimal", pytest.approx(-13), pytest.approx(-13))
    engine.integrality(np.ones(3, dtype=bool))
    assert engine.run().value == pytest.approx(-10)


def test_bounds_rows_and_held_objectives_are_in_the_users_units() -> None:
    """Without x the best is 6 + 4 = 10; with 4 room only 6; held at -3 or less, y alone is cheapest in weight."""
    matrix = knapsack()
    engine = engine_of(matrix)
    x = matrix.position["take", "x"]
    upper = matrix.upper.copy()
    upper[x] = 0
    engine.bounds(matrix.lower, upper)
    assert engine.run().value == pytest.approx(-10)
    engine.row_bounds(np.array([0]), np.array([-np.inf]), np.array([4.0]))
    assert engine.run().value == pytest.approx(-6)
    engine.hold(matrix.objectives[0], -7.0)
    assert engine.run().status == "infeasible"
    engine.row_bounds(np.array([0]), np.array([-np.inf]), np.array([7.0]))
    engine.bounds(matrix.lower, matrix.upper)
    assert engine.run().value == pytest.approx(-10)


def test_engines_with_other_numbers_of_threads_take_turns() -> None:
    """HiGHS refuses a run that asks for another number of threads than the one before it: ours has its pool anew."""
    one, two = (Engine(knapsack(), Clock(60), threads=threads) for threads in (1, 2))
    for engine in (one, two, one, two):
        engine.minimise(engine.matrix.objectives[0])
        assert engine.run().value == pytest.approx(-10)


def test_a_basis_serves_when_rows_were_added_since() -> None:
    """The relaxed knapsack is worth 13 where take x + y + z <= 3 is added, and the basis of before says so at once."""
    matrix = knapsack()
    engine = engine_of(matrix)
    engine.integrality(np.zeros(3, dtype=bool))
    assert engine.run().value == pytest.approx(-13)
    before = engine.basis()
    engine.add(np.arange(3), np.ones(3), 3.0)
    engine.forget()
    assert engine.run(basis=before, presolve="off", simplex_iteration_limit=0).value == pytest.approx(-13)
    engine.add(matrix.of("take")[:1], np.ones(1), 0.0)
    assert engine.run(basis=before).value > -13 + 1e-6


def test_rows_can_be_left_out_for_a_while() -> None:
    """Without the weight everything is taken, 20; with it 10 again, as before, and also when a run broke off."""
    matrix = knapsack()
    engine = engine_of(matrix)
    weight = matrix.rows_of("weight")
    with engine.without(weight):
        assert engine.run().value == pytest.approx(-20)
    assert engine.run().value == pytest.approx(-10)
    with pytest.raises(SolverError), engine.without(weight):
        raise SolverError("broken off")
    assert engine.run().value == pytest.approx(-10)
    assert not len(matrix.rows_of("volume"))


def test_a_stopped_clock_ends_a_run_before_it_begins() -> None:
    """After `Clock.stop()` a run says interrupted, without a solution and without a bound."""
    clock = Clock(60)
    engine = engine_of(knapsack(), clock)
    clock.stop()
    outcome = engine.run()
    assert (outcome.status, outcome.x, outcome.bound) == ("interrupted", None, -np.inf)


def test_no_time_left_ends_a_run_before_it_begins() -> None:
    """With nothing left on the clock, or no seconds allowed, a run says time limit."""
    assert engine_of(knapsack(), Clock(0)).run().status == "time limit"
    assert engine_of(knapsack()).run(seconds=0).status == "time limit"


def test_the_time_limit_ends_a_long_run() -> None:
    """A puzzle that takes hours ends after half a second, with a solution, a bound and the time kept."""
    clock = Clock(60)
    engine = engine_of(market_split(), clock)
    outcome = engine.run(seconds=0.5)
    assert outcome.status != "optimal"
    assert clock.seconds < 10
    assert outcome.x is not None
    assert 0 <= outcome.bound <= outcome.value
    again = engine.run(seconds=0.5, start=outcome.x)  # the limit counts from the run's own beginning
    assert again.value <= outcome.value + 1e-6
    assert clock.seconds > 0.9


def test_stopping_the_clock_interrupts_a_run() -> None:
    """A clock stopped by another thread interrupts the run; with a new clock the next one starts afresh."""
    clock = Clock(60)
    engine = engine_of(market_split(), clock)
    stop = threading.Timer(0.3, clock.stop)
    stop.start()
    outcome = engine.run()
    stop.join()
    assert outcome.status == "interrupted"
    assert clock.seconds < 20
    assert outcome.bound <= outcome.value
    engine.clock = Clock(60)
    assert engine.run(seconds=0.2).x is not None
    assert engine_of(knapsack(), engine.clock).run().status == "optimal"


@pytest.mark.parametrize("world", worlds())
def test_bounds_are_never_above_the_optimum(world: str) -> None:
    """Runs cut short by a gap or a node limit prove no more than is true."""
    matrix = compile_matrix(build_model(worlds()[world]), ("cost",))
    optimum = engine_of(matrix).run().value
    for options in ({"gap": 0.5}, {"mip_max_nodes": 0}, {"mip_max_improving_sols": 1}):
        outcome = engine_of(matrix).run(**options)
        assert outcome.bound <= optimum + 1e-6 * max(1, abs(optimum))
        assert outcome.value >= optimum - 1e-6 * max(1, abs(optimum))


def test_options_of_a_run_last_for_that_run() -> None:
    """An option given to a run is back at its old value afterwards."""
    engine = engine_of(knapsack())
    before = engine.highs.getOptionValue("mip_max_nodes")[1]
    engine.run(mip_max_nodes=5)
    assert engine.highs.getOptionValue("mip_max_nodes")[1] == before


def test_infeasible_and_unbounded_are_said_not_raised() -> None:
    """A knapsack of negative room is infeasible; a cost that falls for ever is unbounded."""
    assert engine_of(knapsack(limit=-1.0)).run().status == "infeasible"
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0], domain=pyo.NonNegativeReals)
    model.row = pyo.Constraint(expr=model.x[0] >= 1)
    model.cost = pyo.Objective(expr=-model.x[0])
    assert "unbounded" in engine_of(compile_matrix(model, ("cost",))).run().status


def test_clock_counts_down_and_stops() -> None:
    """A clock has time until its limit, and is over when it is stopped."""
    clock = Clock(100)
    assert 99 < clock.left <= 100
    assert not clock.over
    clock.stop()
    assert clock.stopped
    assert clock.over
    assert Clock(0).over


def test_relative_gap_is_a_share_of_the_value() -> None:
    """(10 - 9) / 10 = 10 %; equal to 1e-9 is 0, also around 0; a value of 0 with room below is infinite."""
    assert relative_gap(10, 9) == pytest.approx(0.1)
    assert relative_gap(1e-12, 0) == 0
    assert relative_gap(0, -1) == np.inf
    assert relative_gap(5, 6) == 0
    assert Progress("", 0, 0, 10, 9).gap == pytest.approx(0.1)
    assert Progress("", 0, 0, None, 9).gap is None


def test_a_run_tells_its_progress() -> None:
    """A run on a hard problem tells value and bound as they change, and can be stopped by who hears of them."""
    news: list[tuple[float | None, float | None]] = []
    engine = engine_of(market_split())

    def listen(value: float | None, bound: float | None) -> None:
        news.append((value, bound))
        if value is not None:
            engine.clock.stop()

    outcome = engine.run(listener=listen)
    assert outcome.status == "interrupted"
    assert any(value is not None for value, _ in news)


def disowned(times: int) -> Callable[..., Outcome]:
    """Return how HiGHS answers when it disowns so many answers first."""
    real, told = Engine._outcome, []

    def answer(self: Engine, status: object) -> Outcome:
        told.append(status)
        if len(told) <= times:
            raise SolverError("HiGHS ended with `Solve error`")
        return real(self, status)  # type: ignore[arg-type]

    return answer


def test_a_proof_is_asked_for_again_before_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that HiGHS disowns is asked for another way: with its proof, and options are as before."""
    engine = engine_of(knapsack())
    before = [engine.highs.getOptionValue(name)[1] for options in OTHERWISE for name in options]
    for times in range(1, 1 + len(OTHERWISE)):
        monkeypatch.setattr(Engine, "_outcome", disowned(times))
        outcome = engine.run()
        assert (outcome.status, outcome.value, outcome.bound) == ("optimal", pytest.approx(-10), pytest.approx(-10))
        assert before == [engine.highs.getOptionValue(name)[1] for options in OTHERWISE for name in options]
        monkeypatch.undo()


def test_what_is_left_of_a_run_that_failed_starts_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS disowns the optimum: asked again it begins from there, not from the poorer plan that was handed in."""
    engine, begun = engine_of(knapsack()), []
    real = Engine._pass_start
    monkeypatch.setattr(Engine, "_outcome", disowned(1))
    monkeypatch.setattr(Engine, "_pass_start", lambda self, x: (begun.append(self._objective.value(x)), real(self, x)))
    engine.run(start=np.zeros(len(engine.lower)))
    assert begun == [pytest.approx(0), pytest.approx(-10)]


def test_whole_numbers_are_kept_where_highs_gets_the_rest_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disowned by HiGHS whichever way it is asked, whole numbers come with flows of a linear run, and prove nothing."""
    engine = engine_of(knapsack())
    monkeypatch.setattr(Engine, "_outcome", disowned(1 + len(OTHERWISE)))
    outcome = engine.run()
    assert (outcome.status, outcome.value, outcome.bound) == ("time limit", pytest.approx(-10), -np.inf)
    assert outcome.x is not None
    assert outcome.x == pytest.approx(np.round(outcome.x))
    assert engine.run().bound == pytest.approx(-10)  # the next run is as free as before


@pytest.mark.parametrize("fails", [1, 2])
def test_a_linear_run_that_fails_is_solved_again_another_way(monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
    """Without the rule of presolve that breaks it, then by the primal method: the optimum, and options as they were."""
    engine = engine_of(knapsack())
    engine.integrality(np.zeros_like(engine.matrix.integer))
    best = engine.run().value
    engine.forget()
    before = [engine.highs.getOptionValue(name)[1] for name in ("presolve_rule_off", "simplex_strategy")]
    real, asked = Engine._outcome, []

    def failing(self: Engine, status: object) -> Outcome:
        asked.append([self.highs.getOptionValue(name)[1] for name in ("presolve_rule_off", "simplex_strategy")])
        if len(asked) <= fails:
            raise SolverError("HiGHS ended with `Solve error`")
        return real(self, status)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "_outcome", failing)
    assert engine.run().value == pytest.approx(best)
    assert asked == [before, [PARALLEL_RULE, before[1]], [PARALLEL_RULE, PRIMAL]][: fails + 1]
    assert [engine.highs.getOptionValue(name)[1] for name in ("presolve_rule_off", "simplex_strategy")] == before
