"""A switch with a factor of a million or a hundred million: a program that has a solution is called infeasible,
one that has none is called optimal, within a tolerance of the factor.

Source: ERGO-Code/HiGHS#3034, jump-dev/HiGHS.jl#104.
"""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.solve.highs import Engine
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.outcome import Outcome
from optimizer.solve.progress import Clock


def solved(model: pyo.ConcreteModel) -> Outcome:
    """Return what HiGHS says of a model as the search asks it."""
    matrix = compile_matrix(model, ("cost",))
    engine = Engine(matrix, Clock(60), threads=1)
    engine.minimise(matrix.objectives[0])
    return engine.run()


def test_what_is_possible_is_found() -> None:
    """y = 1 and y <= 1,000,000 x: the switch x is on."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(domain=pyo.Binary), pyo.Var()
    model.fixed = pyo.Constraint(expr=model.y == 1)
    model.switched = pyo.Constraint(expr=model.y <= 1e6 * model.x)
    model.cost = pyo.Objective(expr=model.x)
    outcome = solved(model)
    assert (outcome.status, outcome.value, outcome.bound) == ("optimal", 1, 1)


def test_what_is_impossible_is_not_called_optimal() -> None:
    """a - b is 193,200 and, with the switch on, at most 193,000: 200 too much beside a factor of 1e8."""
    model = pyo.ConcreteModel()
    model.a, model.b = pyo.Var(bounds=(0, 1e8)), pyo.Var(bounds=(0, 1e8))
    model.on, model.other = pyo.Var(domain=pyo.Binary, bounds=(1, 1)), pyo.Var(domain=pyo.Binary)
    model.apart = pyo.Constraint(expr=model.a - model.b == 193_200)
    model.switched = pyo.Constraint(expr=model.a - model.b + 99_807_000 * model.on <= 100_000_000)
    model.cost = pyo.Objective(expr=model.other)
    assert solved(model).status == "infeasible"
