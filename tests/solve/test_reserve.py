"""Weekends rounded up: a plan where rounding leaves none otherwise; none where money cannot be kept back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer.model.structure import STRUCTURE
from optimizer.solve.highs import Engine
from optimizer.solve.matrix import Matrix, compile_matrix
from optimizer.solve.progress import Clock
from optimizer.solve.reserve import rounded_up
from optimizer.solve.rounding import WEEKENDS, Step, round_off

MONTHS = range(12)
NEEDED = [1.25, 1.25, *[2.0] * 10]
"""Weekends that the target asks for, by month."""
BUDGET, DEAR = 225.0, 12.0


def two_lines() -> Matrix:
    """Return two lines with a target for every month: one is cheap, with a weekend at 10 and a budget, one dear."""
    model = pyo.ConcreteModel()
    model.weekend = pyo.Var([(line, 1, t) for line in "AB" for t in MONTHS], domain=pyo.Integers, bounds=(0, 2))
    model.pay = pyo.Var(["A"], domain=pyo.NonNegativeReals, bounds=(0, BUDGET))
    model.make = pyo.Var(["A", "B"], MONTHS, domain=pyo.NonNegativeReals)
    model.capacity = pyo.Constraint(["A", "B"], MONTHS, rule=lambda m, k, t: m.make[k, t] <= m.weekend[k, 1, t])
    model.target = pyo.Constraint(MONTHS, rule=lambda m, t: m.make["A", t] + m.make["B", t] >= NEEDED[t])
    model.costs_are_paid = pyo.Constraint(expr=model.pay["A"] == 10.0 * sum(model.weekend["A", 1, t] for t in MONTHS))
    model.cost = pyo.Objective(
        expr=model.pay["A"] + DEAR * sum(model.weekend["B", 1, t] for t in MONTHS), sense=pyo.minimize
    )
    return replace(compile_matrix(model, ("cost",)), structure=STRUCTURE)


def relaxed(matrix: Matrix) -> tuple[Engine, Step]:
    """Return an engine with the cost and the answer of its relaxation."""
    engine = Engine(matrix, Clock(60.0))
    engine.minimise(matrix.objectives[0])
    engine.integrality(np.zeros_like(matrix.integer))
    return engine, Step(matrix.lower, matrix.upper, engine.relax(seconds=60.0))


def test_a_budget_and_a_target_without_room_leave_a_plan() -> None:
    """The budget is spent and every target is met to the last digit: only with money kept back there is a plan."""
    engine, base = relaxed(two_lines())
    assert round_off([engine], (WEEKENDS,), base, 60.0) is None
    step = rounded_up(engine, base, None, 60.0)
    assert step is not None and step.outcome.x is not None
    x = step.outcome.x
    assert engine.matrix.violation(x) <= 1e-9
    assert x[engine.matrix.integer] == pytest.approx(np.round(x[engine.matrix.integer]))
    assert step.outcome.value > base.outcome.value


def test_rows_are_as_before_afterwards() -> None:
    """What was kept back is there again: the relaxation comes to the same."""
    engine, base = relaxed(two_lines())
    rounded_up(engine, base, None, 60.0)
    engine.bounds(base.lower, base.upper)
    assert engine.relax(seconds=60.0).value == pytest.approx(base.outcome.value)


def test_no_money_to_keep_back_is_no_plan() -> None:
    """Where the dear line cannot take over what the budget no longer pays, nothing is rounded."""
    matrix = two_lines()
    engine, base = relaxed(matrix)
    upper = matrix.upper.copy()
    upper[[matrix.position["weekend", ("B", 1, t)] for t in MONTHS]] = 0.0
    assert rounded_up(engine, Step(base.lower, upper, base.outcome), None, 60.0) is None


def test_weekends_that_a_budget_pays_stay_as_in_the_plan_so_far() -> None:
    """Without money to keep back there is a plan all the same: what the budget paid so far, and the rest rounded up."""
    matrix = two_lines()
    engine, base = relaxed(matrix)
    plan = base.outcome.x
    assert plan is not None
    plan = np.where(matrix.mask("weekend"), np.floor(plan), plan)
    plan[[matrix.position["weekend", ("A", 1, t)] for t in MONTHS]] = [1.0, 1.0, *[2.0] * 10]
    step = rounded_up(engine, base, plan, 60.0)
    assert step is not None and step.outcome.x is not None
    x = step.outcome.x
    assert engine.matrix.violation(x) <= 1e-9
    worked = {line: [x[matrix.position["weekend", (line, 1, t)]] for t in MONTHS] for line in "AB"}
    assert worked == {"A": [1.0, 1.0, *[2.0] * 10], "B": [1.0, 1.0, *[0.0] * 10]}


def test_once_what_budgets_pay_is_decided_the_answer_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is settled already: its weekends are rounded up, and one linear program is solved."""
    matrix = two_lines()
    engine, base = relaxed(matrix)
    columns = [matrix.position["weekend", ("A", 1, t)] for t in MONTHS]
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[columns] = upper[columns] = [1.0, 1.0, *[2.0] * 10]
    engine.bounds(lower, upper)
    base, solve, asked = Step(lower, upper, engine.relax(seconds=60.0)), engine.relax, []
    monkeypatch.setattr(engine, "relax", lambda **options: (asked.append(1), solve(**options))[1])
    step = rounded_up(engine, base, None, 60.0)
    assert step is not None and step.outcome.x is not None and asked == [1]
    assert engine.matrix.violation(step.outcome.x) <= 1e-9
