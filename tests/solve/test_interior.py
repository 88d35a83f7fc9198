"""Relaxation without a basis: running totals change nothing, and no prices prove more than the optimum."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from optimizer import build_model
from optimizer.solve import interior, pool
from optimizer.solve.highs import Engine
from optimizer.solve.interior import INTERIOR_POINT, SIMPLEX, Program, running_totals
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.rest import HELD
from tests.benchmarks.instances import generate
from tests.laws.profile import lengths
from tests.solve.plants import plants
from tests.solve.puzzles import worlds


def drawn(seed: int) -> tuple[Program, np.random.Generator]:
    """Draw a linear program that has an answer: rows hold at a point drawn first, most columns end somewhere."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(2, 6)), int(draw.integers(3, 8))
    values = draw.integers(-3, 4, (rows, columns)) * (draw.random((rows, columns)) < 0.7)
    lower = draw.integers(-2, 2, columns) * 1.0
    upper = lower + np.where(draw.random(columns) < 0.8, draw.integers(1, 5, columns) * 1.0, np.inf)
    x = lower + draw.random(columns) * np.minimum(upper - lower, 3.0)
    kinds = draw.integers(3, size=rows)
    row_lower = np.where(kinds == 0, -np.inf, values @ x - (kinds == 1))
    row_upper = np.where(kinds == 1, np.inf, values @ x + (kinds == 0))
    costs = np.where(np.isfinite(upper), draw.integers(-5, 6, columns), draw.integers(0, 6, columns)) * 1.0
    return Program(sp.csr_array(values * 1.0), row_lower, row_upper, lower, upper, costs, float(draw.integers(5))), draw


def optimum(program: Program) -> tuple[float, np.ndarray]:
    """Return value and prices by another solver interface."""
    dense = program.rows.toarray()
    low, high = np.isfinite(program.row_lower), np.isfinite(program.row_upper)
    found = linprog(
        program.costs,
        A_ub=np.vstack([dense[high], -dense[low]]),
        b_ub=np.concatenate([program.row_upper[high], -program.row_lower[low]]),
        bounds=list(zip(program.lower, np.where(np.isfinite(program.upper), program.upper, None), strict=True)),
    )
    assert found.status == 0
    prices = np.zeros(len(low))
    prices[high] += found.ineqlin.marginals[: high.sum()]
    prices[low] -= found.ineqlin.marginals[high.sum() :]
    return float(found.fun) + program.offset, prices


@pytest.mark.parametrize("many", lengths(80, 300))
def test_no_prices_prove_more_than_the_optimum(many: int) -> None:
    """Of many programs the bound of any prices is at most the optimum; the bound of the optimal ones is the optimum."""
    for seed in range(many):
        program, draw = drawn(seed)
        value, prices = optimum(program)
        assert program.bound(prices) == pytest.approx(value, abs=1e-6), seed
        for scale in (0.01, 0.3, 3.0):
            noisy = prices + scale * draw.normal(size=len(prices))
            assert program.bound(noisy) <= value + 1e-9 * max(1.0, abs(value)), seed


def test_slight_errors_of_prices_are_paid_for_where_rows_bound_a_column() -> None:
    """A million of x at 1e-8 below nothing: the row x <= 1e6 says that the error may be worth 0.01, not nothing."""
    rows, none = sp.csr_array(np.array([[1.0], [1.0]])), np.full(2, np.inf)
    program = Program(rows, np.array([-np.inf, 1.0]), np.array([1e6, np.inf]), np.zeros(1), none[:1], np.zeros(1), 0.0)
    assert program.implied_upper() == pytest.approx([1e6])
    assert program.bound(np.array([0.0, 1e-8])) == pytest.approx(1e-8 - 1e-8 * 1e6)


@pytest.mark.parametrize("error", [1e-9, 1e-6, 0.1])
def test_a_price_too_high_for_what_has_no_end_is_lowered(error: float) -> None:
    """Five are due, three can be made, the others are late at 1 each: at any price above 1 still 2 is proven.

    Late is without end, so at a price above its cost more and more of it would pay.
    """
    rows = sp.csr_array(np.array([[1.0, 1.0]]))
    program = Program(
        rows, np.array([5.0]), np.array([np.inf]), np.zeros(2), np.array([3.0, np.inf]), np.array([0.0, 1.0]), 0.0
    )
    assert program.bound(np.array([1.0 + error])) == pytest.approx(2.0)


def test_bounds_follow_from_month_to_month() -> None:
    """What is left of an order book of 84 months, each with 10 more, is at most all that was ordered until then."""
    months = 84
    left, done = np.eye(months) - np.eye(months, k=-1), np.eye(months)
    rows, ordered = sp.csr_array(np.hstack([left, done])), np.full(months, 10.0)
    nothing = np.zeros(2 * months)
    program = Program(rows, ordered, ordered, nothing, np.full(2 * months, np.inf), nothing, 0.0)
    assert program.implied_upper()[:months] == pytest.approx(10.0 * np.arange(1, months + 1))


@pytest.mark.parametrize("many", lengths(35, 100))
def test_implied_bounds_cut_off_nothing(many: int) -> None:
    """No column can be larger than rows imply; where they imply an end, another solver finds one, too."""
    compared = 0
    for seed in range(many):
        program, _ = drawn(seed)
        for column, implied in enumerate(program.implied_upper()):
            costs = -np.eye(len(program.costs))[column]
            if np.isfinite(implied):
                least, _ = optimum(replace(program, costs=costs, offset=0.0))
                assert -least <= implied + 1e-6 * max(1.0, abs(implied)), seed
                compared += 1
    assert compared > 3 * many


def test_running_totals_change_nothing_but_the_shape() -> None:
    """Every point has its rows, bounds and cost in both programs, whatever the columns weigh."""
    for seed in range(50):
        program, draw = drawn(seed)
        order = draw.permutation(len(program.costs))
        chains = [(order[:2], np.array([1.0, 4.0])), (order[2:], np.exp2(draw.integers(-2, 3, len(order) - 2)))]
        changed, back = running_totals(program, chains)
        x = program.lower + draw.random(len(order))
        totals = np.linalg.solve(back.toarray(), x)
        assert changed.rows[: program.rows.shape[0]] @ totals == pytest.approx(program.rows @ x)
        assert changed.costs @ totals == pytest.approx(program.costs @ x)
        assert (changed.rows[program.rows.shape[0] :] @ totals) == pytest.approx(
            x[np.concatenate([c for c, _ in chains])]
        )
        assert (totals >= changed.lower - 1e-9).all()
        for columns, weights in chains:
            assert totals[columns] * weights == pytest.approx(np.cumsum(x[columns] * weights))


def engine_of(matrix: Matrix) -> Engine:
    """Return an engine with the relaxation of the first objective."""
    engine = Engine(matrix, Clock(60.0))
    engine.minimise(matrix.objectives[0])
    engine.integrality(np.zeros_like(matrix.integer))
    return engine


SMALL = worlds()
NAMES = [*SMALL, "generated", *(f"plants {seed}" for seed in range(8))]


@cache
def matrix_of(name: str) -> Matrix:
    """Return the matrix of a small world, of plants or of the generated instance, built when it is asked for."""
    if name.startswith("plants"):
        return plants(int(name.split()[1])).matrix
    if name == "generated":
        return compile_matrix(build_model(generate(4, months=12)), ("weighted",))
    return compile_matrix(build_model(SMALL[name].replace(settings={"objectives": ["weighted"]})), ("weighted",))


@pytest.mark.parametrize("method", [SIMPLEX, INTERIOR_POINT], ids=["simplex", "interior point"])
@pytest.mark.parametrize("name", NAMES)
def test_both_methods_reach_the_relaxation(name: str, method: dict[str, object]) -> None:
    """Value and bound lie at the optimum of the relaxation, the bound not above it, and the answer holds rows."""
    matrix = matrix_of(name)
    engine = engine_of(matrix)
    exact = engine.run()
    found = engine.relax(seconds=60, method=method, chains=matrix.chains("build", "pledge"), threads=1)
    room = 1e-6 * max(1.0, abs(exact.value))
    assert found.status in ("optimal", "failed")
    if found.x is not None:
        assert found.bound <= exact.value + room
        assert found.value == pytest.approx(exact.value, rel=1e-3, abs=1e-3)
        assert found.bound == pytest.approx(exact.value, rel=1e-3, abs=1e-3)
        away = np.maximum(matrix.row_lower - matrix.rows @ found.x, matrix.rows @ found.x - matrix.row_upper)
        assert (away * matrix.row_scale).max() < 1e-3


def test_the_generated_instance_is_relaxed_by_interior_point() -> None:
    """Not every matrix may fail: the one of the kind that it is for does not."""
    matrix = matrix_of("generated")
    found = engine_of(matrix).relax(seconds=60, method=INTERIOR_POINT, chains=matrix.chains("build"), threads=1)
    assert found.status == "optimal" and np.isfinite(found.bound)


def test_a_plan_of_the_interior_point_method_holds_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the simplex method takes too many iterations the other does it, and its answer is a plan, too."""
    monkeypatch.setattr(interior, "MANY_ROWS", 0)
    taken = []
    run = pool.run
    monkeypatch.setattr(pool, "run", lambda highs: taken.append(highs.getOptionValue("solver")[1]) or run(highs))
    engine = engine_of(matrix_of("generated"))
    found = engine.relax(seconds=60)
    assert taken == ["simplex", "hipo"]
    assert found.x is not None and engine.matrix.violation(found.x) <= HELD


def test_time_that_is_up_and_a_stop_leave_nothing() -> None:
    """Without time, or when stopped from outside, the run says failed and the engine works on."""
    matrix = matrix_of("generated")
    engine = engine_of(matrix)
    assert engine.relax(seconds=0.0, method=INTERIOR_POINT).status == "failed"
    assert engine.run().status == "optimal"
    engine.clock.stop()
    assert engine.relax(seconds=60, method=INTERIOR_POINT).status == "failed"


def test_what_is_impossible_is_not_relaxed() -> None:
    """An impossible program is left to the simplex method, which proves it."""
    matrix = matrix_of("generated")
    engine = engine_of(matrix)
    engine.add(matrix.of("build")[:1], np.array([1.0]), -1.0)
    assert engine.relax(seconds=60).status == "failed"
    assert engine.run().status == "infeasible"
