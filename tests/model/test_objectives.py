"""Objectives: shortfall in unit-months, speed in months, cost and `weighted` in money."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo
import pytest

from optimizer.scenario.network import POOL
from tests.model.rows import keys, model_of, objective, terms


@cache
def model(objectives: str = "shortfall; speed; cost") -> pyo.ConcreteModel:
    """A month and a period of two; closing counts for 12 months; money falls by a factor 1.21 a year."""
    return model_of(
        {"periods": "1x1, 1x2", "review_months": 1, "accepted_wait": 0, "end_months": 12}
        | {"weekend_efficiency": 0.87, "discount_rate": 0.21, "objectives": objectives},
        members=[{"member": "A", "weekend_premium": 0.5}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell", "holding_cost": 0.5, "transport_cost": 4}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "ladder": "one", "crew_cost": 217.5},
            {"line": "N", "site": "works", "opened_by": "plant"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10, "unit_cost": 3} for line in "LN"],
        shift_ladders=[{"ladder": "one", "step": 1, "pattern": "1-8-5", "hiring_cost": 1, "release_cost": 2}],
        profiles=[{"profile": "halves", "month": 0, "share": 0.5}, {"profile": "halves", "month": 12, "share": 0.5}],
        projects=[
            {"project": "plant", "kind": "new line", "capex": 800, "lead_months": 0, "payments": "halves"}
            | {"life": 6, "fixed_cost": 10}
        ],
        needs=[{"recipient": "R", "item": "shell", "per_month": 5, "weight": 3, "price": 70}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 4, "weight": 2, "price": 9}],
        suppliers=[{"supplier": "dealer", "item": "shell", "price": 8}],
        targets=[
            {"target": "much", "kind": "rate", "item": "shell", "value": 9, "strength": "soft", "weight": 0.5},
            {"target": "soon", "kind": "rate", "item": "shell", "value": 9, "strength": "asap", "weight": 2},
        ],
    )


def test_shortfall_counts_months_and_the_closing() -> None:
    """Lost: 3 x (3 - begin + 12 + 12^2 / 2 / 3 months); late: 2 x length, + 6 at the end and 6 twelve months later.

    Soft gaps: .5 x length, + 12 in the last period.
    """
    lost = {("lost", "R", "shell", 1, 0): 117.0, ("lost", "R", "shell", 1, 1): 114.0}
    late = {("late", "A", "shell", 0, 0): 2.0, ("late", "A", "shell", 1, 0): 16.0}
    late |= {("late_after", "A", "shell", layer): 12.0 for layer in range(3)}
    short = {("short", "much", "", "shell", 0): 0.5, ("short", "much", "", "shell", 1): 7.0}
    assert objective(model(), "shortfall") == (terms(lost | late | short), 0)


def test_speed_counts_months_not_attained() -> None:
    """2 x (1 - attained) in the first month and 2 x 2 x (1 - attained) in the second period."""
    attained = {("attained", "soon", "", "shell", 0): -2.0, ("attained", "soon", "", "shell", 1): -4.0}
    assert objective(model(), "speed") == (terms(attained), 6)


def discounts() -> tuple[float, float]:
    """Return the factors of the periods: 1, and the mean of months 1 and 2."""
    return 1.0, (1.21 ** (-1 / 12) + 1.21 ** (-2 / 12)) / 2


def test_cost_is_discounted_by_period() -> None:
    """Crews 217.5 a month, hired for one month's cost, released for two; weekend runs 217.5 / 21.75 x 2 x 1.5 = 30.

    Production 3, purchases 8, transport 4 a unit used or delivered, holding .5 x months.
    """
    found, constant = objective(model(), "cost")
    expected = {}
    for t, factor, months in zip((0, 1), discounts(), (1, 2), strict=True):
        expected |= {
            ("run", ("L", 1, t)): 217.5 * months * factor,
            ("join", ("L", 1, t)): 217.5 * factor,
            ("leave", ("L", 1, t)): 435 * factor,
            ("weekend", ("L", 1, t)): 30 * factor,
            ("make", ("L", "shell", t)): 3 * factor,
            ("make", ("N", "shell", t)): 3 * factor,
            ("buy", ("dealer", POOL, "shell", t)): 8 * factor,
            ("use", ("R", "shell", t)): 4 * factor,
            ("deliver", ("A", "shell", t)): 4 * factor,
            ("stock", (POOL, "shell", t)): 0.5 * months * factor,
        }
    assert constant == 0
    assert {key: c for key, c in found.items() if key[0] != "build"} == pytest.approx(expected)


def test_capex_counts_by_the_share_of_life_used() -> None:
    """400 now and 400 / 1.21 a year later, of which (3 - m) / 6 of the life is used; 10 a month once open.

    The later half lies after the horizon and counts all the same.
    """
    found, _ = objective(model(), "cost")
    first, second = discounts()
    now = (400 + 400 / 1.21) * 3 / 6 + 10 * first + 20 * second
    later = (400 + 400 / 1.21) * 1.21 ** (-1 / 12) * 2 / 6 + 20 * second
    builds = {key[1]: c for key, c in found.items() if key[0] == "build"}
    assert builds == pytest.approx({("plant", 1, 0): now, ("plant", 1, 1): later})


def test_capex_of_a_decision_after_the_horizon_uses_no_life() -> None:
    """A plant with a life, decided by somebody else years after the horizon, costs nothing in it, and no less."""
    later = model_of(
        {"periods": "3x1"},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "N", "site": "works", "opened_by": "plant"}],
        rates=[{"line": "N", "item": "shell", "rate": 10}],
        projects=[
            {"project": "plant", "kind": "new line", "capex": 800, "lead_months": 0, "life": 6}
            | {"status": "committed", "start": "2030-01"}
        ],
    )
    assert later.optimizer_index.value.projects.capex_counted == {("build", "plant", 72): 0.0}


def test_weighted_adds_prices_of_what_is_lost_and_late() -> None:
    """Cost + 70 a lost unit + 9 a late unit and month."""
    cost, _ = objective(model(), "cost")
    found, constant = objective(model("weighted"), "weighted")
    prices = {("lost", "R", "shell", 1, t): 70.0 for t in (0, 1)}
    prices |= {("late", "A", "shell", 0, 0): 9.0, ("late", "A", "shell", 1, 0): 18.0}
    assert found == pytest.approx(cost | terms(prices))
    assert constant == 0


def test_only_the_first_objective_is_active() -> None:
    """Pyomo sees one objective, the first; cost is there in any case, for ties."""
    ranked = {o.name: o.active for o in model().component_objects(pyo.Objective)}
    assert ranked == {"shortfall": True, "speed": False, "cost": False}
    ranked = {o.name: o.active for o in model("weighted").component_objects(pyo.Objective)}
    assert ranked == {"weighted": True, "cost": False}


def test_speed_is_left_out_when_nothing_is_asap() -> None:
    """Without a target as soon as possible there is no speed to minimise."""
    plain = model_of({"periods": "1x1"}, members=[{"member": "A"}], items=[{"item": "shell"}])
    assert {o.name for o in plain.component_objects(pyo.Objective)} == {"shortfall", "cost"}
    assert keys(plain, "attained") == set()
