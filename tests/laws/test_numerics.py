"""Units and currencies of any size: the same plan, whether money is counted in cents or in billions."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyomo.environ as pyo
import pytest

from optimizer import Scenario, SolverError, read_workbook, solve
from optimizer.plan.plan import Plan
from optimizer.solve.matrix import compile_matrix
from tests.laws.generate import Draft
from tests.laws.test_laws import MONEY, MONEY_PER_UNIT, UNITS, _times

EXACT = {"threads": 1, "gap": 0, "slack": 0, "objectives": "shortfall; cost", "time_limit": 120}


def draft_of(scenario: Scenario) -> Draft:
    """Return a scenario as records to change."""
    tables = {name: [row.model_dump() for row in rows] for name, rows in scenario.tables.items() if name != "scenarios"}
    return Draft({**scenario.settings.model_dump(), **EXACT}, tables)


@pytest.fixture(scope="module")
def example() -> Draft:
    """Return a year and a half of the example, to be solved without gap or slack."""
    return draft_of(read_workbook(Path("data/quickstart.xlsx")).replace(settings={"periods": "6x3"}))


@pytest.fixture(scope="module")
def plain(example: Draft) -> Plan:
    """Return its plan."""
    return solve(example.scenario())


def check_same(plan: Plan, other: Plan, factors: dict[str, float]) -> None:
    """Assert that objectives are those of another plan but for the scale, and that all rules hold."""
    assert other.verified, [check for check in other.checks if not check.holds]
    for ours, theirs in zip(plan.objectives.to_dict("records"), other.objectives.to_dict("records"), strict=True):
        factor = factors.get(ours["objective"], 1.0)
        near = 1e-5 if ours["objective"] == "cost" else 1e-6  # cost may use the millionth the shortfall is held to
        assert theirs["value"] == pytest.approx(ours["value"] * factor, rel=near)


@pytest.mark.parametrize("factor", [pytest.param(100.0, marks=pytest.mark.slow), 1e-9], ids=["cents", "billions"])
def test_money_in_cents_or_in_billions_is_the_same(example: Draft, plain: Plan, factor: float) -> None:
    """Costs change by the factor, to a millionth; nothing else changes."""
    scaled = example.copy()
    _times(scaled, MONEY, factor)
    _times(scaled, MONEY_PER_UNIT, factor)
    scaled.settings["transport_cost"] *= factor
    check_same(plain, solve(scaled.scenario()), {"cost": factor})


@pytest.mark.parametrize(
    "factor", [1e-4, pytest.param(1e3, marks=pytest.mark.slow)], ids=["rates of 1", "rates of 10 million"]
)
def test_rates_of_one_or_of_ten_million_are_the_same(example: Draft, plain: Plan, factor: float) -> None:
    """Unit-months change by the factor; money does not."""
    scaled = example.copy()
    _times(scaled, UNITS, factor)
    _times(scaled, MONEY_PER_UNIT, 1 / factor)
    scaled.settings["transport_cost"] /= factor
    check_same(plain, solve(scaled.scenario()), {"shortfall": factor})


def test_an_input_counted_in_billions_is_the_same(example: Draft, plain: Plan) -> None:
    """A component counted in units a billion times as large takes shares of 1e-9 in recipes, and changes nothing."""
    scaled, factor = example.copy(), 1e-9
    item = scaled.rows("recipes")[0]["input"]
    for row in scaled.rows("recipes"):
        row["quantity"] *= factor if row["input"] == item else 1 / factor if row["item"] == item else 1.0
    for table, columns in (*UNITS.items(), *MONEY_PER_UNIT.items()):
        for row in scaled.rows(table):
            for name in columns:
                if row.get("item") == item and row.get(name):
                    row[name] *= factor if name in UNITS.get(table, ()) else 1 / factor
    check_same(plain, solve(scaled.scenario()), {})


def test_shares_of_a_billionth_are_borne(example: Draft, plain: Plan) -> None:
    """A crew that adds one billionth less, and inputs one billionth larger, leave the objectives as they are."""
    changed = example.copy()
    changed.rows("shift_ladders")[0]["added_share"] *= 1 - 1e-9
    for recipe in changed.rows("recipes"):
        recipe["quantity"] *= 1 + 1e-9
    check_same(plain, solve(changed.scenario()), {})


@pytest.mark.slow
def test_numbers_that_lie_too_far_apart_are_warned_of(example: Draft, plain: Plan) -> None:
    """A second product that takes a billionth of what the first takes is solved or refused, and never passed over."""
    assert not plain.warnings
    odd = example.copy()
    odd.rows("recipes")[0]["quantity"] = 1e-14
    try:
        plan = solve(odd.scenario(gap=0.1))
    except SolverError as error:
        assert "extreme numbers" in str(error)
    else:
        assert any("lie far apart" in warning for warning in plan.warnings)


def test_the_spread_of_coefficients_is_that_after_scaling() -> None:
    """Rows and columns that can be scaled to 1 are; a square of 1, 1, 1 and 1e-16 cannot be evened out."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([0, 1], domain=pyo.NonNegativeReals)
    model.large = pyo.Constraint(expr=1e9 * model.x[0] >= 1)
    model.small = pyo.Constraint(expr=1e-9 * model.x[1] >= 1)
    model.cost = pyo.Objective(expr=model.x[0] + model.x[1])
    assert compile_matrix(model, ("cost",)).spread == (pytest.approx(1, rel=1), pytest.approx(1, rel=1))
    model.one = pyo.Constraint(expr=model.x[0] + model.x[1] >= 1)
    model.two = pyo.Constraint(expr=model.x[0] + 1e-16 * model.x[1] >= 1)
    least, largest = compile_matrix(model, ("cost",)).spread
    assert least < 1e-3 < 1e3 < largest


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_units_of_any_size_give_the_same_plan(seed: int) -> None:
    """Money and quantities times any factor from a millionth to a million: the same objectives."""
    scenario = read_workbook(Path("data/quickstart.xlsx"))
    tables = {name: [row.model_dump() for row in rows] for name, rows in scenario.tables.items() if name != "scenarios"}
    given = Draft(scenario.settings.model_dump(), tables)
    draw = Random(seed)
    money = 10 ** draw.uniform(-6, 6)
    units = max(10 ** draw.uniform(-6, 6), money / 1e10)  # a workbook holds no price above 1e15
    scaled = given.copy()
    _times(scaled, MONEY, money)
    _times(scaled, MONEY_PER_UNIT, money / units)
    _times(scaled, UNITS, units)
    scaled.settings["transport_cost"] *= money / units
    for target in scaled.rows("targets"):
        if target["kind"] in ("rate", "stock"):
            target["value"] *= units
    plan, other = solve(given.scenario(time_limit=30)), solve(scaled.scenario(time_limit=30))
    check_same(plan, other, {"shortfall": units, "cost": money})
