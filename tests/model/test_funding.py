"""Rows of funding: what must be paid, by whom, and how much there is."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo
import pytest

from tests.model.rows import expect, keys, model_of, objective, row

TESTED = {"costs_are_paid", "capex_is_paid", "co_financing_is_limited", "funds_hold"}


@cache
def model() -> pyo.ConcreteModel:
    """December 2024 and January 2025 in one period, then February and March; a crew costs 100 a month.

    The plant costs 600, half at the decision and half two months later, and 10 a month once open.
    A's budget covers its capex and crews; a common fund a quarter of any project, and carries over.
    """
    covers = {"member": ["A"], "covers": ["capex", "crews"]}
    share = {"covers": ["capex"], "most_share": 0.25, "carries_over": True}
    return model_of(
        {"start": "2024-12", "periods": "1x2, 2x1", "review_months": 1, "weekend_share": 0},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[
            {"line": "L", "site": "works", "crew_cost": 100, "ladder": "one"},
            {"line": "N", "site": "works", "opened_by": "plant"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10, "unit_cost": 2} for line in "LN"],
        shift_ladders=[{"ladder": "one", "step": 1, "pattern": "1-8-5", "hiring_cost": 0.5, "release_cost": 0.2}],
        profiles=[
            {"profile": "halves", "month": 0, "share": 0.5},
            {"profile": "halves", "month": 2, "share": 0.5},
        ],
        projects=[
            {"project": "plant", "kind": "new line", "capex": 600, "lead_months": 0, "payments": "halves"}
            | {"fixed_cost": 10},
        ],
        funds=[
            {"fund": "budget", "year": 2024, "amount": 500} | covers,
            {"fund": "budget", "year": 2025, "amount": 700} | covers,
            {"fund": "common", "year": 2024, "amount": 100} | share,
            {"fund": "common", "year": 2025, "amount": 200} | share,
        ],
    )


def test_hiring_and_release_in_money_stand_beside_months_of_crew_cost() -> None:
    """A crew without pay hires for 30; one of 100 a month releases for half a month and 20."""
    step = {"ladder": "two", "hiring_money": 30, "release_money": 20}
    crews = model_of(
        {"periods": "2x1", "review_months": 1},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "crew_cost": 100, "ladder": "two", "may_idle": True}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        shift_ladders=[
            step | {"step": 1, "pattern": "1-8-5", "cost_factor": 0, "hiring_cost": 9},
            step | {"step": 2, "pattern": "2-8-5", "release_cost": 0.5},
        ],
    )
    costs, _ = objective(crews, "cost")
    assert (costs["join", ("L", 1, 1)], costs["leave", ("L", 1, 1)]) == (30, 20)
    assert (costs["join", ("L", 2, 1)], costs["leave", ("L", 2, 1)]) == (30, 70)
    assert ("run", ("L", 1, 1)) not in costs


def test_costs_change_by_month_and_rows_that_meet_multiply() -> None:
    """Pay rises by half in month 1 and by a tenth from then on: 1.1 x 1.5, then 1.1; money of hiring stays 30.

    Holding costs 2 in month 0 and four times that in half of the period of two months after it: 2 x 2 x 2.5.
    """
    rises = [
        {"cost": "labour", "member": "A", "from_month": "2024-02", "to_month": "2024-02", "factor": 1.5},
        {"cost": "labour", "from_month": "2024-02", "factor": 1.1},
        {"cost": "labour", "member": "B", "factor": 9},
        {"cost": "holding", "item": "shell", "from_month": "2024-03", "factor": 4},
        {"cost": "transport", "item": "shell", "to_month": "2024-01", "factor": 3},
    ]
    costs, _ = objective(
        model_of(
            {"periods": "1x1, 1x2", "review_months": 1, "transport_cost": 5, "weekend_share": 0.5},
            members=[{"member": "A"}, {"member": "B"}],
            items=[{"item": "shell", "holding_cost": 2}],
            sites=[{"site": "works", "member": "A"}],
            lines=[{"line": "L", "site": "works", "crew_cost": 100, "ladder": "one", "may_idle": True}],
            rates=[{"line": "L", "item": "shell", "rate": 10}],
            shift_ladders=[
                {"ladder": "one", "step": 1, "pattern": "1-8-5", "hiring_money": 30, "hiring_cost": 0.5},
            ],
            orders=[{"customer": "B", "item": "shell", "from_month": "2024-01", "per_month": 9}],
            cost_changes=rises,
        ),
        "cost",
    )
    pay = (1.65 + 1.1) / 2
    assert (costs["run", ("L", 1, 0)], costs["run", ("L", 1, 1)]) == (100, pytest.approx(200 * pay))
    assert costs["join", ("L", 1, 1)] == pytest.approx(50 * pay + 30)
    assert costs["weekend", ("L", 1, 1)] == pytest.approx(100 / 21.75 * 2 * pay)
    assert (costs["stock", ("(pool)", "shell", 0)], costs["stock", ("(pool)", "shell", 1)]) == (2, 2 * 2 * 2.5)
    assert (costs["deliver", ("B", "shell", 0)], costs["deliver", ("B", "shell", 1)]) == (15, 5)


def test_costs_of_a_payer_are_paid_by_its_funds() -> None:
    """A crew of two months costs 200: 100 in 2024; it hires for 50 and releases for 20, half of each in 2024."""
    expected = expect(
        {("pay", "budget", "A", "crews", 2024): 1, ("run", "L", 1, 0): -100}
        | {("join", "L", 1, 0): -25, ("leave", "L", 1, 0): -10},
        "==",
        0,
    )
    assert row(model(), "costs_are_paid", "A", "crews", 2024) == expected


def test_what_no_fund_is_meant_for_needs_no_payment() -> None:
    """Production and fixed cost are covered by no fund and are counted only; capex is paid by project."""
    assert keys(model(), "costs_are_paid") == {("A", "crews", 2024), ("A", "crews", 2025)}


def test_capex_is_paid_in_the_year_it_is_due() -> None:
    """In 2025: the second half of a start in December, the first of starts in February and March."""
    expected = expect(
        {("pay_capex", "budget", "plant", 2025): 1, ("pay_capex", "common", "plant", 2025): 1}
        | {("build", "plant", 1, m): -300 for m in (0, 2, 3)},
        "==",
        0,
    )
    assert row(model(), "capex_is_paid", "plant", 2025) == expected


def test_co_financing_is_a_share_of_all_payments() -> None:
    """A quarter of 600, also of the half that falls due after the horizon."""
    expected = expect(
        {("pay_capex", "common", "plant", 2024): 1, ("pay_capex", "common", "plant", 2025): 1}
        | {("build", "plant", 1, m): -150 for m in (0, 2, 3)},
        "<=",
        0,
    )
    assert row(model(), "co_financing_is_limited", "common", "plant") == expected
    assert keys(model(), "co_financing_is_limited") == {("common", "plant")}


def test_funds_hold_year_by_year() -> None:
    """The budget pays crews and capex of 2024 from 500."""
    expected = expect({("pay", "budget", "A", "crews", 2024): 1, ("pay_capex", "budget", "plant", 2024): 1}, "<=", 500)
    assert row(model(), "funds_hold", "budget", 2024) == expected


def test_funds_that_carry_over_hold_up_to_each_year() -> None:
    """The common fund has paid at most 100 + 200 by the end of 2025."""
    expected = expect({("pay_capex", "common", "plant", 2024): 1, ("pay_capex", "common", "plant", 2025): 1}, "<=", 300)
    assert row(model(), "funds_hold", "common", 2025) == expected
