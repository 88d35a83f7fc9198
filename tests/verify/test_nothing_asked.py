"""Nothing to measure, to deliver or to pledge: there is a plan all the same, and a promise about nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from optimizer import Scenario, solve
from optimizer.plan.plan import Plan
from optimizer.scenario.schema import Target
from optimizer.scenario.variants import variant

SETTINGS = {"start": "2024-01", "periods": "2x1", "accepted_wait": 0, "gap": 0, "slack": 0, "threads": 1}
NEED = {"recipient": "R", "item": "shell", "per_month": 5}
ORDER = {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 5}
PLEDGE = {"member": "B", "item": "shell", "most_per_month": 5}
OWN = {"place": "A", "item": "shell", "held_by": "member"}


def scenario(settings: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Return a line of 10 a month in A for a need of 5, and tables as given."""
    base: dict[str, Any] = {
        "members": [{"member": "A"}, {"member": "B"}, {"member": "R", "kind": "recipient"}],
        "items": [{"item": "shell", "kind": "final"}, {"item": "fuze", "kind": "final"}],
        "sites": [{"site": "works", "member": "A"}],
        "lines": [{"line": "L", "site": "works", "may_idle": True}],
        "rates": [{"line": "L", "item": i, "rate": 10} for i in ("shell", "fuze")],
        "needs": [NEED],
    }
    return Scenario.from_tables(SETTINGS | (settings or {}), **(base | tables))


def promises(kind: str, value: float, *, places: Sequence[str | None], **more: Any) -> list[dict[str, Any]]:
    """Return a target of every strength for each of some places."""
    strengths = ["hard", "soft"] if kind == "home share" else ["hard", "soft", "asap"]
    return [
        {"target": f"{strength} {place}", "kind": kind, "strength": strength, "value": value, "place": place, **more}
        for strength in strengths
        for place in places
    ]


def checked(given: Scenario) -> Plan:
    """Return the plan of a scenario, which must hold every rule."""
    plan = solve(given)
    assert plan.verified, [check for check in plan.checks if not check.holds]
    return plan


def assert_kept(plan: Plan, *, periods: int | None = 2) -> None:
    """Assert that every promise is kept from the first period on, and that there is one per soft or asap target."""
    promises = plan.tables["promises"]
    assert (promises["attained"].fillna(1) == 1).all()
    assert (promises["short"].fillna(0) == 0).all()
    asked = {target.target for target in plan.scenario.rows(Target) if target.strength != "hard"}
    assert set(promises["target"]) == asked
    assert (promises.groupby(["target", "place", "item"]).size() == periods).all()


EMPTY = {
    "a need of nothing": {"needs": [NEED | {"per_month": 0}]},
    "a need that is over": {"needs": [NEED | {"to_month": "2023-12"}]},
    "a need that begins too late": {"needs": [NEED | {"from_month": "2024-03"}]},
    "a need that has not begun": {"needs": [NEED | {"from_month": "2024-02"}]},
    "a need for another item, which is nothing": {"needs": [NEED, NEED | {"item": "fuze", "per_month": 0}]},
}


@pytest.mark.parametrize("case", EMPTY)
def test_coverage_of_nothing_is_kept(case: str) -> None:
    """A need of nothing, or in other months, is covered in every month promised."""
    assert_kept(checked(scenario(targets=promises("coverage", 1, places=[None, "R", "each"]), **EMPTY[case])))


def test_coverage_of_no_named_item_is_that_of_final_items() -> None:
    """Fuzes that are a component are needed, too: a coverage that names no item is about shells alone."""
    items = [{"item": "shell", "kind": "final"}, {"item": "fuze", "kind": "component"}]
    needs = [NEED, NEED | {"item": "fuze"}]
    plan = checked(scenario(items=items, needs=needs, targets=promises("coverage", 1, places=[None, "each"])))
    assert set(plan.promises["item"]) == {"shell"}


def test_coverage_over_before_it_is_promised_is_kept() -> None:
    """The need is over in the month from which its coverage is promised."""
    targets = promises("coverage", 1, places=[None, "each"], from_month="2024-02")
    assert_kept(checked(scenario(needs=[NEED | {"to_month": "2024-01"}], targets=targets)), periods=1)


def test_a_scenario_may_take_a_need_away() -> None:
    """The same need, set to nothing by a scenario of the workbook."""
    change = {"scenario": "peace", "changed_sheet": "Needs", "changed_key": "*", "changed_column": "per month"}
    given = scenario(targets=promises("coverage", 1, places=[None]), scenarios=[change | {"value": 0}])
    assert_kept(checked(variant(given, "peace")))


BOOKS = {
    "orders of nothing": {"orders": [ORDER | {"per_month": 0}]},
    "orders that begin too late": {"orders": [ORDER | {"from_month": "2024-03"}]},
    "a pledge of nothing": {"pledges": [PLEDGE | {"most_per_month": 0}]},
    "a pledge that is over": {"pledges": [PLEDGE | {"to_month": "2023-12"}]},
    "pledges that may not be": {"pledges": [PLEDGE], "settings": {"levers": "shifts; purchases"}},
    "no levers": {"pledges": [PLEDGE], "settings": {"levers": "none"}},
    "pledges that would wait too long": {"pledges": [PLEDGE], "settings": {"accepted_wait": 2}},
}


@pytest.mark.parametrize("case", BOOKS)
def test_a_book_without_orders_is_empty(case: str) -> None:
    """Who orders nothing and can pledge nothing has an order book of nothing, and waits for nothing."""
    plan = checked(scenario(targets=promises("waiting time", 0, places=[None, "each", "pooled"]), **BOOKS[case]))
    assert (plan.tables["deliveries"][["delivered", "backlog"]] == 0).all(axis=None)
    assert_kept(plan)


def test_a_book_without_orders_needs_no_promise() -> None:
    """The same without any target, beside a member that orders."""
    pledge = PLEDGE | {"most_per_month": 0}
    plan = checked(scenario(needs=[], orders=[ORDER], pledges=[pledge, pledge | {"member": "A"}]))
    assert set(plan.tables["deliveries"]["customer"]) == {"A", "B"}


STOCKS = {
    "nothing is kept": {},
    "an own stockpile of nothing": {"stocks": [OWN]},
    "an item that cannot be stored": {
        "items": [{"item": i, "kind": "final", "can_be_stored": i == "fuze"} for i in ("shell", "fuze")],
        "stocks": [{"place": "A", "item": "shell", "opening": 3}],
    },
    "an item of lanes": {
        "lanes": [{"from_place": "A", "to_place": "R", "item": "shell"}],
        "stocks": [OWN | {"place": "B"}],
    },
}


@pytest.mark.parametrize("case", STOCKS)
def test_a_stock_of_nothing_is_kept(case: str) -> None:
    """A stock of at least 0 is kept of every item that can be stored, at places where anything can be kept."""
    plan = checked(scenario(targets=promises("stock", 0, places=[None, "A", "B"]), **STOCKS[case]))
    table = plan.tables["promises"]
    assert (table["attained"].fillna(1) == 1).all()
    assert (table["short"].fillna(0) == 0).all()
    assert {"soft None", "asap None"} <= set(table["target"])


RATES = {
    "a rate outside the horizon": {
        "rates": [
            {"line": "L", "item": "shell", "rate": 10},
            {"line": "L", "item": "fuze", "rate": 10, "from_month": "2025-01"},
        ]
    },
    "a line that may not be opened": {
        "lines": [{"line": "L", "site": "works"}, {"line": "M", "site": "works", "opened_by": "plant"}],
        "rates": [{"line": "L", "item": "shell", "rate": 10}, {"line": "M", "item": "fuze", "rate": 10}],
        "projects": [{"project": "plant", "kind": "new line", "capex": 1, "lead_months": 0}],
        "settings": {"levers": "none"},
    },
}


@pytest.mark.parametrize("case", RATES)
def test_a_rate_of_what_cannot_be_made_is_missed(case: str) -> None:
    """What rates name and nobody can make within the horizon is promised, and short all along."""
    targets = [row for row in promises("rate", 4, places=[None, "A", "each"]) if row["strength"] != "hard"]
    fuze = checked(scenario(targets=targets, **RATES[case])).tables["promises"].query("item == 'fuze'")
    assert len(fuze) == 6 * 2
    assert (fuze["attained"].fillna(0) == 0).all()
    assert (fuze["short"].fillna(4) == 4).all()


@pytest.mark.parametrize("item", [None, "shell"])
def test_a_share_at_home_of_nothing_is_kept(item: str | None) -> None:
    """Half of nothing delivered, and half of nothing paid, is at home."""
    funds = [{"fund": "budget", "member": "A", "year": 2020, "amount": 0, "covers": "capex"}]
    targets = promises("home share", 0.5, places=["A", "each"], item=item)
    assert_kept(checked(scenario(orders=[ORDER | {"per_month": 0}], funds=funds, targets=targets)), periods=1)


def test_money_spent_at_home_is_that_of_the_years_of_whole_periods() -> None:
    """From November on, inside a quarter, the share binds from the quarter that begins in January on."""
    given = scenario(
        {"start": "2024-10", "periods": "2x3"},
        lines=[{"line": "L", "site": "works", "crew_cost": 1}],
        funds=[{"fund": "budget", "member": "A", "year": y, "amount": 9, "covers": "crews"} for y in (2024, 2025)],
        targets=promises("home share", 1, places=["A"], from_month="2024-11"),
    )
    checked(given)


def test_a_promise_about_no_item_at_all_needs_no_speed() -> None:
    """Of what cannot be stored no stock is promised, so there are no months until it is kept."""
    items = [{"item": i, "kind": "final", "can_be_stored": False} for i in ("shell", "fuze")]
    plan = checked(scenario(items=items, targets=[{"target": "T", "kind": "stock", "value": 5, "strength": "asap"}]))
    assert list(plan.objectives["objective"]) == ["shortfall", "cost"]
