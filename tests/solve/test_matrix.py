"""The hand-over: arrays that say what the Pyomo model says, in any scaling."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
import scipy.sparse as sp
from pyomo.contrib.solver.common.factory import SolverFactory

from optimizer.errors import InputError
from optimizer.model.build import build_model
from optimizer.prepared import prepare
from optimizer.scenario.scenario import Scenario
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.scaling import geometric_scaling
from tests.benchmarks.instances import generate
from tests.solve.puzzles import worlds

WORLDS = worlds()


def objectives_of(model: pyo.ConcreteModel) -> tuple[str, ...]:
    """Return the names of all objectives of a model."""
    return tuple(objective.name for objective in model.component_objects(pyo.Objective))


@pytest.mark.parametrize("world", WORLDS)
def test_optimum_is_that_of_pyomos_own_interface(world: str) -> None:
    """Every objective has the same optimum by our arrays and by Pyomo's own interface to HiGHS."""
    model = build_model(WORLDS[world])
    names = objectives_of(model)
    matrix = compile_matrix(model, names)
    for name, objective in zip(names, matrix.objectives, strict=True):
        engine = Engine(matrix, Clock(60))
        engine.minimise(objective)
        ours = engine.run()
        for other in names:
            model.component(other).deactivate()
        model.component(name).activate()
        theirs = SolverFactory("highs").solve(model, rel_gap=0, abs_gap=0)
        assert ours.status == "optimal"
        assert ours.value == pytest.approx(theirs.incumbent_objective, rel=1e-7, abs=1e-6)
        assert ours.bound <= ours.value


@pytest.mark.parametrize("world", WORLDS)
def test_rows_say_what_the_constraints_say(world: str) -> None:
    """At a random point every row of the matrix has the value of its constraint's body."""
    model = build_model(WORLDS[world])
    matrix = compile_matrix(model, ("cost",))
    x = np.random.default_rng(1).uniform(0, 10, len(matrix.columns))
    for (name, key), value in zip(matrix.columns, x, strict=True):
        model.component(name)[key].set_value(value, skip_validation=True)
    for (name, key), activity, low, high in zip(
        matrix.row_names, matrix.rows @ x, matrix.row_lower, matrix.row_upper, strict=True
    ):
        row = model.component(name)[key]
        body, lower, upper = pyo.value(row.body), pyo.value(row.lower), pyo.value(row.upper)
        if lower is not None:
            assert activity - low == pytest.approx(body - lower, rel=1e-9, abs=1e-6)
        if upper is not None:
            assert activity - high == pytest.approx(body - upper, rel=1e-9, abs=1e-6)
        assert np.isneginf(low) == (lower is None)
        assert np.isposinf(high) == (upper is None)
    assert matrix.objectives[0].value(x) == pytest.approx(pyo.value(model.cost))


@pytest.mark.parametrize("world", WORLDS)
def test_bounds_and_integers_are_those_of_the_variables(world: str) -> None:
    """Columns carry the bounds and the domain of their variables; crews, weekends, plants are integer."""
    model = build_model(WORLDS[world])
    matrix = compile_matrix(model, ("cost",))
    for (name, key), low, high, whole in zip(matrix.columns, matrix.lower, matrix.upper, matrix.integer, strict=True):
        variable = model.component(name)[key]
        assert low == (-np.inf if variable.lb is None else variable.lb)
        assert high == (np.inf if variable.ub is None else variable.ub)
        assert whole == (name in ("run", "weekend", "build", "attained"))
    assert matrix.position[matrix.columns[-1]] == len(matrix.columns) - 1


@pytest.mark.parametrize("world", WORLDS)
def test_scaling_goes_in_and_comes_out(world: str) -> None:
    """Scales are powers of two, 1 on integer columns; an answer is feasible in the user's units."""
    matrix = compile_matrix(build_model(WORLDS[world]), ("cost",))
    for scale in (matrix.row_scale, matrix.column_scale):
        assert np.array_equal(np.exp2(np.round(np.log2(scale))), scale)
    assert (matrix.column_scale[matrix.integer] == 1).all()
    engine = Engine(matrix, Clock(60))
    engine.minimise(matrix.objectives[0])
    x = engine.run().x
    assert x is not None
    room = 1e-6 * (1 + abs(matrix.rows) @ np.abs(x))
    assert (matrix.rows @ x >= matrix.row_lower - room).all()
    assert (matrix.rows @ x <= matrix.row_upper + room).all()
    assert (x >= matrix.lower - 1e-6).all()
    assert (x <= matrix.upper + 1e-6).all()
    assert np.abs(x - np.round(x))[matrix.integer].max() <= 1e-6


def test_scaling_brings_coefficients_near_one() -> None:
    """Rows in money and in shares (1e7 and 1e-4 beside 1) come within a factor of 100 of 1."""
    rows = sp.csr_array(np.array([[1e7, 3e6, 0.0], [0.0, 2e-4, 5e-4], [4e7, 0.0, 1.0]]))
    row, column = geometric_scaling(rows, np.array([False, False, False]))
    scaled = np.abs((sp.diags_array(row) @ rows @ sp.diags_array(column)).tocoo().data)
    assert scaled.max() <= 100
    assert scaled.min() >= 0.01


def test_scaling_of_units_does_not_move_the_optimum() -> None:
    """A line whose units are a million times smaller makes a million times more of them, at the same cost."""

    def cost(factor: float) -> float:
        scenario = Scenario.from_tables(
            {"start": "2024-01", "periods": "3x1", "objectives": "cost"},
            members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
            items=[{"item": "shell"}],
            sites=[{"site": "works", "member": "A"}],
            lines=[{"line": "L", "site": "works", "crew_cost": 10}],
            rates=[{"line": "L", "item": "shell", "rate": 3 * factor, "unit_cost": 2 / factor}],
            needs=[{"recipient": "R", "item": "shell", "per_month": 2 * factor}],
            targets=[{"target": "all", "kind": "coverage", "value": 1}],
        )
        matrix = compile_matrix(build_model(scenario), ("cost",))
        engine = Engine(matrix, Clock(60))
        engine.minimise(matrix.objectives[0])
        return engine.run().value

    assert cost(1.0) == pytest.approx(3 * 10 + 3 * 2 * 2)
    assert cost(1e6) == pytest.approx(cost(1.0), rel=1e-9)


def test_compiling_leaves_the_model_as_it_was() -> None:
    """Objectives that were active before compiling are active after it, and no others."""
    model = build_model(WORLDS["factory"])
    names = objectives_of(model)
    before = [model.component(name).active for name in names]
    compile_matrix(model, names)
    assert [model.component(name).active for name in names] == before == [True, False, False]


def test_maximised_objectives_are_refused() -> None:
    """The search minimises every objective in turn, so a maximised one is refused with advice."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 1))
    model.cost = pyo.Objective(expr=model.x, sense=pyo.maximize)
    with pytest.raises(InputError, match="opposite sign"):
        compile_matrix(model, ("cost",))


def test_fixed_variables_stay_fixed() -> None:
    """A variable that a user fixed keeps its value, whether the compiler drops it or not."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1], bounds=(0, 5))
    model.sum = pyo.Constraint(expr=model.x[0] + model.x[1] >= 4)
    model.cost = pyo.Objective(expr=2 * model.x[0] + 3 * model.x[1])
    model.x[0].fix(1)
    matrix = compile_matrix(model, ("cost",))
    engine = Engine(matrix, Clock(60))
    engine.minimise(matrix.objectives[0])
    assert engine.run().value == pytest.approx(2 * 1 + 3 * 3)


def test_expressions_of_every_kind_are_taken() -> None:
    """Negations, brackets, parameters, named expressions, two-sided and constant rows say what Pyomo says."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1, 2], bounds=(0, 5))
    model.p = pyo.Param(initialize=3, mutable=True)
    model.e = pyo.Expression(expr=model.x[0] + 2 * model.x[1])
    x = model.x
    model.rows = pyo.ConstraintList()
    for row in (
        -(x[0] - 2 * (x[1] + 1)) <= 2 * x[2] + x[1],
        model.p * x[0] - model.p <= model.e,
        pyo.inequality(1, x[0] + x[1] + 1, 4),
        (x[0] + x[1]) / 4 == model.e - x[1] / 2,
        x[1] >= model.p,
        0 * x[0] <= 1,
        sum(x[k] for k in range(3)) + sum(2 * x[k] for k in range(3)) >= 3,
    ):
        model.rows.add(row)
    model.cost = pyo.Objective(expr=model.e + model.p)
    matrix = compile_matrix(model, ("cost",))
    point = np.array([0.3, 1.7, 4.1])
    for k in range(3):
        x[k].set_value(point[k])
    assert [key for _, key in matrix.columns] == [0, 1, 2]
    for (_, key), activity, low, high in zip(
        matrix.row_names, matrix.rows @ point, matrix.row_lower, matrix.row_upper, strict=True
    ):
        row = model.rows[key]
        assert activity - low == pytest.approx(np.inf if row.lower is None else pyo.value(row.body - row.lower))
        assert high - activity == pytest.approx(np.inf if row.upper is None else pyo.value(row.upper - row.body))
    assert matrix.objectives[0].value(point) == pytest.approx(pyo.value(model.cost))


def test_what_is_not_linear_is_refused() -> None:
    """A product of variables in a constraint of a user's own is refused by name."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1], bounds=(0, 5))
    model.area = pyo.Constraint(expr=model.x[0] * model.x[1] >= 4)
    model.cost = pyo.Objective(expr=model.x[0])
    with pytest.raises(InputError, match=r"x\[0\]\*x\[1\] is not linear"):
        compile_matrix(model, ("cost",))


@pytest.mark.parametrize("ask", ["of", "mask", "chains", "rows_of"])
def test_a_name_that_the_model_has_not_raises(ask: str) -> None:
    """A variable that was renamed would switch a strategy off unseen; one without any column is no such name."""
    matrix = prepare(generate(4, months=6)).matrix
    part = matrix.part(matrix.of("run"), np.arange(3), np.zeros(len(matrix.lower)), matrix.objectives[0])
    for one in (matrix, part):
        getattr(one, ask)("waiting")
        with pytest.raises(ValueError, match="no variable or constraint crews"):
            getattr(one, ask)("run", "crews")
    assert not len(matrix.of("waiting"))
