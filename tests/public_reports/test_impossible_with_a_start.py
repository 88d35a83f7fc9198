"""An impossible program that is given a solution to start from ends as optimal, with the start as its answer.

Source: ERGO-Code/HiGHS#902.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from optimizer.solve.highs import Engine
from optimizer.solve.matrix import compile_matrix
from optimizer.solve.progress import Clock


def test_a_start_makes_nothing_possible() -> None:
    """Three halls, two of which must open, one of them of the first two, and the third may not: infeasible."""
    model = pyo.ConcreteModel()
    model.open = pyo.Var([0, 1, 2], domain=pyo.Binary)
    model.two = pyo.Constraint(expr=sum(model.open.values()) >= 2)
    model.one_of = pyo.Constraint(expr=model.open[0] + model.open[1] <= 1)
    model.half = pyo.Constraint(expr=model.open[2] <= 0.5)
    model.cost = pyo.Objective(expr=sum(model.open.values()))
    matrix = compile_matrix(model, ("cost",))
    engine = Engine(matrix, Clock(60), threads=1)
    engine.minimise(matrix.objectives[0])
    outcome = engine.run(start=np.array([1.0, 1.0, 0.0]))
    assert (outcome.status, outcome.x, outcome.bound) == ("infeasible", None, -np.inf)
