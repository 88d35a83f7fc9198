"""Limits that a plan takes in full, on hand-made plans: people, lanes, funds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from optimizer.plan.basis import Basis
from optimizer.plan.limits import _listed, taken
from optimizer.scenario.schema import Item, Member, Recipe, Stock
from tests.plan.fixture_plan import scenario_of, tables_of
from tests.verify.edit import change
from tests.verify.worlds import pool

PERIODS = 6


def basis(shifts: int, shipped: float, paid: float, **changes: Any) -> Basis:
    """Return a plan of six months: a line at Norway that filling feeds over a lane, with a budget."""
    scenario = scenario_of(
        {"start": "2023-01", "periods": f"{PERIODS}x1", "review_months": 1},
        members=[
            {"member": "Norway", "labour_cost": 1, "people_available": 150, "people_added": 10},
            {"member": "Germany", "labour_cost": 1},
            {"member": "Ukraine", "kind": "recipient"},
        ],
        items=[{"item": "shell"}, {"item": "body", "kind": "component"}, {"item": "steel", "kind": "material"}],
        recipes=[
            {"item": "shell", "input": "body", "quantity": 1},
            {"item": "body", "input": "steel", "quantity": 1},
        ],
        sites=[{"site": "R", "member": "Norway"}, {"site": "U", "member": "Germany"}],
        shift_ladders=[{"ladder": "two", "step": 1, "pattern": "1-8-5"}, {"ladder": "two", "step": 2, "pattern": "2"}],
        lines=[
            {"line": "fill", "site": "R", "ladder": "two", "people_per_crew": 100},
            {"line": "forge", "site": "U", "ladder": "two", "people_per_crew": 100},
        ],
        rates=[{"line": "fill", "item": "shell", "rate": 10}, {"line": "forge", "item": "body", "rate": 10}],
        lanes=[{"from_place": "Germany", "to_place": "Norway", "most_per_month": 50}],
        funds=[
            {"fund": "Norway budget", "year": 2023, "amount": 1000, "member": "Norway", "covers": "crews"},
            {"fund": "German budget", "year": 2023, "amount": 10, "member": "Germany", "covers": "crews"},
            {"fund": "Freight", "year": 2023, "amount": 10, "covers": "transport"},
        ],
        **changes,
    )
    dates = pd.date_range("2023-01-01", periods=PERIODS, freq="MS")
    tables = tables_of(
        shifts=[{"line": line, "month": date, "shifts": shifts} for line in ("fill", "forge") for date in dates],
        shipments=[
            {"from_place": "Germany", "to_place": "Norway", "item": "steel", "month": date, "shipped": shipped}
            for date in dates
        ],
        payments=[
            {"fund": fund, "member": member, "category": category, "project": "", "year": 2023, "paid": amount}
            for fund, member, category, amount in (
                ("Norway budget", "Norway", "crews", paid),
                ("German budget", "Germany", "crews", 10.0),
                ("Freight", "Norway", "transport", 10.0),
            )
        ],
    )
    return Basis(scenario, tables)


def test_people_are_short_until_a_crew_more_fits() -> None:
    """150 people and 10 more a month: a second crew of 100 fits from the sixth month on; a third there is not."""
    short = "people in Norway"
    assert taken(basis(1, 0, 0), "shell", ["fill"]) == [short] * 5 + [""]
    assert taken(basis(2, 0, 0), "shell", ["fill"]) == [""] * 6
    assert "people" not in " ".join(taken(basis(1, 0, 0), "body", ["forge"]))  # nobody counts people in Germany


@pytest.mark.parametrize(("shipped", "full"), [(49.0, False), (50.0, True)])
def test_a_lane_counts_for_all_that_is_made_of_what_it_carries(shipped: float, full: bool) -> None:
    """Steel goes into bodies and these into shells: a full lane of steel holds both back."""
    words = "lane Germany to Norway for steel"
    assert (words in taken(basis(2, shipped, 0), "shell", ["fill"])[0]) == full


@pytest.mark.parametrize(("closing", "full"), [(9.0, False), (10.0, True)])
def test_a_room_is_full_of_all_items_together(closing: float, full: bool) -> None:
    """Steel of 2 and shells of 1 take the 30 that Germany has, for shells and for what is made of steel."""
    plan = basis(2, 0, 0)
    kept = {name: plan.table(name) for name in ("shifts", "shipments", "payments")}
    takes, has = {"shell": 1, "steel": 2}, {"Germany": 30}
    items = tuple(row.model_copy(update={"room": takes.get(row.item, 0)}) for row in plan.scenario.rows(Item))
    members = tuple(row.model_copy(update={"room": has.get(row.member)}) for row in plan.scenario.rows(Member))
    scenario = replace(plan.scenario, tables={**plan.scenario.tables, "items": items, "members": members})
    dates = pd.date_range("2023-01-01", periods=PERIODS, freq="MS")
    stock = pd.DataFrame(
        [{"place": "Germany", "item": i, "month": d, "closing": closing} for i in ("shell", "steel") for d in dates]
    )
    words = taken(Basis(scenario, {**kept, "stock": stock}), "shell", ["fill"])
    assert ("room in Germany" in words[0]) == full


@pytest.mark.parametrize(
    ("slag", "closing", "months"),
    [
        ({"can_be_stored": False}, [0] * 6, range(6)),
        ({"can_be_stored": False, "may_be_discarded": True}, [0] * 6, ()),
        ({}, [0, 4, 8, 12, 16, 20], range(6)),
        ({}, [0, 20, 8, 12, 16, 20], (1, 5)),
        ({}, [0, 4, 8, 12, 16, 19], ()),
    ],
)
def test_a_by_product_without_a_place_holds_back(slag: dict[str, Any], closing: list[float], months: Any) -> None:
    """What is neither kept nor thrown away, or fills the 20 that fit, holds back what is made of what it comes with.

    Of bodies, which go into shells: where none ever leaves, from the beginning.
    """
    plan = basis(2, 0, 0)
    kept = {name: plan.table(name) for name in ("shifts", "shipments", "payments")}
    added = {
        "items": Item(item="slag", **slag),
        "recipes": Recipe(item="body", input="slag", quantity=-1),
        "stocks": Stock(place="Norway", item="slag", storage_limit=20),
    }
    tables = {name: (*plan.scenario.tables.get(name, ()), row) for name, row in added.items()}
    dates = pd.date_range("2023-01-01", periods=PERIODS, freq="MS")
    stock = pd.DataFrame(
        [
            {"place": "Norway", "item": "slag", "month": date, "closing": units}
            for date, units in zip(dates, closing, strict=True)
        ]
    )
    scenario = replace(plan.scenario, tables={**plan.scenario.tables, **tables})
    words = taken(Basis(scenario, {**kept, "stock": stock}), "shell", ["fill"])
    assert words == ["no place for more slag" if t in months else "" for t in range(PERIODS)]


def test_two_limits_are_named_and_the_others_counted() -> None:
    """One limit more than are named is named as well; of several only the number is told."""
    assert _listed(["a", "b", "c"]) == "a; b; c"
    assert _listed(["a", "b", "c", "d"]) == "a; b; and 2 more"
    assert _listed([]) == ""


def test_money_counts_where_it_could_have_paid_for_more() -> None:
    """The budget of the lines' own member counts, another member's and one for transport do not."""
    assert taken(basis(2, 0, 999.0), "shell", ["fill"]) == ["money of Norway budget"] * 6
    assert taken(basis(2, 0, 900.0), "shell", ["fill"]) == [""] * 6


@pytest.mark.parametrize(("left", "full"), [(0, False), (6, True)])
def test_people_who_were_hired_can_work_until_they_leave(left: int, full: bool) -> None:
    """In April ten of twenty work: a crew of ten could join, but not when six have left; in January all ten work."""
    plan = change(pool(), "people", "left", left, hired=0)
    words = taken(Basis(plan.scenario, plan.tables), "shell", ["L"])
    assert [bool(word) for word in words] == [True, False, True, full]
