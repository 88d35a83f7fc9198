"""Small programs to hand over: scenarios with known shapes, and a puzzle that takes HiGHS a while."""

from __future__ import annotations

import random

import pyomo.environ as pyo

from optimizer.scenario.scenario import Scenario
from optimizer.solve.matrix import Matrix, compile_matrix
from tests.verify.worlds import factory, investment, lanes


def busy_lanes() -> Scenario:
    """Return the lanes of the verifier's world with prices on what is lost and late, so that they are used."""
    scenario = lanes().scenario
    return scenario.replace(
        needs=[{"recipient": "R", "item": "shell", "per_month": 50, "price": 30}],
        orders=[
            {"customer": "B", "item": "shell", "from_month": "2024-01", "per_month": 20, "price": 3},
            {"customer": "B", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 15},
        ],
        settings={"accepted_wait": 1},
    )


def worlds() -> dict[str, Scenario]:
    """Return scenarios that together use every family of the model."""
    return {"factory": factory().scenario, "investment": investment().scenario, "lanes": busy_lanes()}


def market_split(rows: int = 4, columns: int = 30) -> Matrix:
    """Return a market split problem (Cornuejols and Dawande, 1999): small, and very long to prove.

    Share customers 0 or 1 so that every product splits in half; the objective is the deviation.
    """
    draw = random.Random(7)
    weights = [[draw.randrange(100) for _ in range(columns)] for _ in range(rows)]
    model = pyo.ConcreteModel()
    model.share = pyo.Var(range(columns), domain=pyo.Binary)
    model.above = pyo.Var(range(rows), domain=pyo.NonNegativeReals)
    model.below = pyo.Var(range(rows), domain=pyo.NonNegativeReals)
    model.split = pyo.Constraint(
        range(rows),
        rule=lambda m, i: (
            sum(w * m.share[j] for j, w in enumerate(weights[i])) + m.above[i] - m.below[i] == sum(weights[i]) // 2
        ),
    )
    model.cost = pyo.Objective(expr=sum(model.above[i] + model.below[i] for i in range(rows)))
    return compile_matrix(model, ("cost",))
