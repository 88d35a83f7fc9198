"""A basis put together from blocks: a bound that holds, and the optimum of the relaxation in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer import build_model
from optimizer.pipeline import in_blocks, middles
from optimizer.solve.crash import crash
from optimizer.solve.highs import Engine
from optimizer.solve.loaded import LOWER, UPPER, Bought
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.sketch import Sketch
from optimizer.structure import Constraints
from tests.benchmarks.instances import generate

RANKED = ("shortfall", "cost")
SCENARIO = generate(4, months=18, objectives=RANKED)
BLOCKS = in_blocks(SCENARIO)


def matrix_of(scenario: object) -> Matrix:
    """Return the matrix of a scenario."""
    return compile_matrix(build_model(scenario), RANKED)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    """Return the matrix month by month."""
    return matrix_of(SCENARIO)


@pytest.fixture(scope="module")
def sketch() -> Sketch:
    """Return the same problem with review blocks for periods."""
    assert BLOCKS is not None
    return Sketch(matrix_of(BLOCKS), *middles(BLOCKS.calendar, SCENARIO.calendar))


def relaxation(matrix: Matrix, rank: int) -> Engine:
    """Return an engine with an objective and everything continuous."""
    engine = Engine(matrix, Clock(120.0))
    engine.integrality(np.zeros_like(matrix.integer))
    engine.minimise(matrix.objectives[rank])
    return engine


def test_blocks_bound_the_relaxation_and_lead_to_it(matrix: Matrix, sketch: Sketch) -> None:
    """The sum of the blocks is near the optimum and not above it; from their basis there are few iterations left."""
    slack, objective = matrix.rows_of(Constraints.SELDOM), matrix.objectives[0]
    scratch, begun = relaxation(matrix, 0), relaxation(matrix, 0)
    with scratch.without(slack), begun.without(slack):
        optimum = scratch.run().bound
        told: list[float] = []
        crash(begun, sketch, objective, slack, np.inf, told.append)
        (bound,) = told
        assert optimum - 0.1 * abs(optimum) < bound <= optimum * (1 + 1e-7)
        assert begun.run().bound == pytest.approx(optimum, rel=1e-7)
        few = begun.highs.getInfo().simplex_iteration_count
        assert few < 0.5 * scratch.highs.getInfo().simplex_iteration_count
    assert begun.row_count == len(matrix.row_names) and begun.highs.getNumCol() == len(matrix.lower)


def test_a_problem_that_does_not_fall_apart_is_left_as_it_was(matrix: Matrix, sketch: Sketch) -> None:
    """A row over all that is made leaves one block: no bound, and the relaxation is solved as ever."""
    row = next(r for r, (name, _) in enumerate(matrix.row_names) if name == "capacity_limits_production")
    rows = matrix.rows.tolil()
    rows[row, matrix.of("make")] = 1.0
    upper = matrix.row_upper.copy()
    upper[row] = 1e9
    bound = replace(matrix, rows=rows.tocsr(), row_upper=upper)
    engine = relaxation(bound, 0)
    told: list[float] = []
    crash(engine, sketch, bound.objectives[0], np.array([], dtype=np.int64), np.inf, told.append)
    assert not told
    assert engine.run().status == "optimal"


def test_what_is_bought_leaves_the_basis_where_it_is_nothing() -> None:
    """Of two goods x fills the row at its limit; bought at a price between theirs is nothing, and the price then goes.

    The basis that is left is optimal: the next run makes no step.
    """
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(bounds=(0, 2)), pyo.Var(bounds=(0, 9))
    model.enough = pyo.Constraint(expr=model.x + model.y >= 2)
    model.cost = pyo.Objective(expr=2 * model.x + 3 * model.y)
    small = compile_matrix(model, ("cost",))
    engine = relaxation(small, 0)
    upper = [UPPER if name == "x" else LOWER for name, _ in small.columns]
    engine.go_on(upper, [LOWER], [Bought(0, 2.5 / small.row_scale[0])], seconds=10.0)
    assert engine.run().value == pytest.approx(4.0)
    assert engine.highs.getInfo().simplex_iteration_count == 0
