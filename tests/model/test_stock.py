"""Rows of stocks and flows: the pool, places with lanes, own stockpiles, limits of lanes."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo
import pytest

from optimizer.scenario.network import POOL
from tests.model.rows import expect, keys, model_of, objective, row

TESTED = {
    "material_balances",
    "stock_stays_within_its_shelf_life",
    "own_stockpiles_balance",
    "lanes_carry_a_limited_amount",
    "stocks_fit_the_room",
}


@cache
def model(*, laned: bool, transit: float = 1) -> pyo.ConcreteModel:
    """A makes shells of 2 powder at a yield of .8; R needs some, A has ordered some, and may give its own.

    Powder is pooled and arrives half a month after it is bought. With lanes, shells take a month to R.
    """
    lanes = [
        {"from_place": "A", "to_place": "R", "item": "shell", "transit_months": transit, "most_per_month": 25},
    ]
    return model_of(
        {"periods": "2x1, 1x2"},
        members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}, {"item": "powder", "kind": "material"}],
        recipes=[{"item": "shell", "input": "powder", "quantity": 2}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10, "yield_": 0.8}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 5}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 3}],
        stocks=[
            {"place": "A", "item": "powder", "opening": 20, "reserve": 2, "storage_limit": 70},
            {"place": "A", "item": "shell", "held_by": "member", "opening": 9},
        ],
        suppliers=[{"supplier": "mill", "item": "powder", "lead_months": 0.5}],
        lanes=lanes if laned else [],
    )


def test_inputs_leave_the_pool_and_purchases_arrive_with_a_delay() -> None:
    """2 / .8 = 2.5 powder a shell; half of what is bought comes in the same month, half in the next."""
    first = {("buy", "mill", POOL, "powder", 0): 0.5, ("make", "L", "shell", 0): -2.5, ("stock", POOL, "powder", 0): -1}
    assert row(model(laned=False), "material_balances", POOL, "powder", 0) == expect(first, "==", -20)
    second = {("buy", "mill", POOL, "powder", 0): 0.5, ("buy", "mill", POOL, "powder", 1): 0.5}
    kept = {("stock", POOL, "powder", 0): 1, ("stock", POOL, "powder", 1): -1, ("make", "L", "shell", 1): -2.5}
    assert row(model(laned=False), "material_balances", POOL, "powder", 1) == expect(second | kept, "==", 0)


def test_longer_periods_receive_what_flows_by_months() -> None:
    """In the two months of period 2: half of month 1's purchases, and 1.5 of 2 months of its own."""
    flows = {("buy", "mill", POOL, "powder", 1): 0.5, ("buy", "mill", POOL, "powder", 2): 0.75}
    kept = {("stock", POOL, "powder", 1): 1, ("stock", POOL, "powder", 2): -1, ("make", "L", "shell", 2): -2.5}
    assert row(model(laned=False), "material_balances", POOL, "powder", 2) == expect(flows | kept, "==", 0)


def test_needs_and_deliveries_leave_the_pool() -> None:
    """Items in no lane row have one balance for everybody."""
    expected = expect(
        {("stock", POOL, "shell", 0): 1, ("stock", POOL, "shell", 1): -1, ("make", "L", "shell", 1): 1}
        | {("use", "R", "shell", 1): -1, ("deliver", "A", "shell", 1): -1},
        "==",
        0,
    )
    assert row(model(laned=False), "material_balances", POOL, "shell", 1) == expected


def test_laned_items_are_where_they_are() -> None:
    """What A ships leaves A at once and reaches R a month later: half of the last period's within it."""
    at_a = {("stock", "A", "shell", 0): 1, ("stock", "A", "shell", 1): -1, ("make", "L", "shell", 1): 1}
    leaves = {("deliver", "A", "shell", 1): -1, ("ship", "A", "R", "shell", 1): -1}
    assert row(model(laned=True), "material_balances", "A", "shell", 1) == expect(at_a | leaves, "==", 0)
    arrives = {("ship", "A", "R", "shell", 1): 1, ("ship", "A", "R", "shell", 2): 0.5}
    at_r = {("stock", "R", "shell", 1): 1, ("stock", "R", "shell", 2): -1, ("use", "R", "shell", 2): -1}
    assert row(model(laned=True), "material_balances", "R", "shell", 2) == expect(arrives | at_r, "==", 0)


def test_gifts_over_a_lane_arrive_by_the_flow_rule() -> None:
    """Given in month 1 they are there in period 2; half of what is given in period 2 is there in time."""
    expected = expect(
        {("use", "R", "shell", 2): 1, ("lost", "R", "shell", 1, 2): 1}
        | {("give", "A", "R", "shell", 1): 1, ("give", "A", "R", "shell", 2): 0.5},
        "==",
        10,
    )
    assert row(model(laned=True), "needs_are_met_or_lost", "R", "shell", 2) == expected


@pytest.mark.parametrize(("transit", "last"), [(1, 0.5), (1.5, 0.25), (2, 0), (7, 0)])
def test_what_arrives_after_the_horizon_leaves_all_the_same(transit: float, last: float) -> None:
    """Of what is shipped or given in the last two months a share arrives within them, or nothing: all of it leaves."""
    far = model(laned=True, transit=transit)
    leaves = {("stock", "A", "shell", 1): 1, ("stock", "A", "shell", 2): -1, ("make", "L", "shell", 2): 1}
    leaves |= {("deliver", "A", "shell", 2): -1, ("ship", "A", "R", "shell", 2): -1}
    assert row(far, "material_balances", "A", "shell", 2) == expect(leaves, "==", 0)
    own = {("own", "A", "shell", 2): 1, ("own", "A", "shell", 1): -1, ("deliver", "A", "shell", 2): -1}
    given = expect(own | {("give", "A", "R", "shell", 2): 1}, "==", 0)
    assert row(far, "own_stockpiles_balance", "A", "shell", 2) == given
    arrived, _, _ = row(far, "material_balances", "R", "shell", 2)
    met, _, _ = row(far, "needs_are_met_or_lost", "R", "shell", 2)
    assert abs(arrived.get(("ship", ("A", "R", "shell", 2)), 0)) == last
    assert met.get(("give", ("A", "R", "shell", 2)), 0) == last


def test_gifts_arrive_where_something_is_needed_or_after_the_horizon() -> None:
    """R needs nothing in April, so nothing is given in February; what is given later arrives after April."""
    brief = model_of(
        {"periods": "4x1"},
        members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}],
        sites=[],
        needs=[{"recipient": "R", "item": "shell", "per_month": 5, "to_month": "2024-03"}],
        stocks=[{"place": "A", "item": "shell", "held_by": "member", "opening": 9}],
        lanes=[{"from_place": "A", "to_place": "R", "transit_months": 2}],
    )
    assert keys(brief, "give") == {("A", "R", "shell", t) for t in (0, 2, 3)}


def test_own_stockpiles_grow_by_deliveries_and_shrink_by_gifts() -> None:
    """They begin with the opening of 9, which is their reserve when none is given."""
    change = {("own", "A", "shell", 0): 1, ("deliver", "A", "shell", 0): -1, ("give", "A", "R", "shell", 0): 1}
    assert row(model(laned=False), "own_stockpiles_balance", "A", "shell", 0) == expect(change, "==", 9)
    change = {("own", "A", "shell", 1): 1, ("deliver", "A", "shell", 1): -1, ("give", "A", "R", "shell", 1): 1}
    later = expect(change | {("own", "A", "shell", 0): -1}, "==", 0)
    assert row(model(laned=False), "own_stockpiles_balance", "A", "shell", 1) == later
    assert model(laned=False).own["A", "shell", 0].bounds == (9, None)


def test_reserves_and_storage_limits_are_bounds() -> None:
    """At least 2 and at most 70 powder lie in the pool."""
    assert model(laned=False).stock[POOL, "powder", 1].bounds == (2, 70)
    assert model(laned=False).stock[POOL, "shell", 1].bounds == (0, None)


def test_lanes_carry_shipments_and_gifts_together() -> None:
    """25 a month are 50 in the period of two months."""
    carried = {("ship", "A", "R", "shell", 2): 1, ("give", "A", "R", "shell", 2): 1}
    assert row(model(laned=True), "lanes_carry_a_limited_amount", 0, 2) == expect(carried, "<=", 50)


def test_purchases_from_a_lane_supplier_use_its_lane() -> None:
    """Dealer's lane to A carries 7 a month; lead and transit together delay by two months."""
    dealt = model_of(
        {"periods": "3x1"},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 3}],
        suppliers=[{"supplier": "dealer", "item": "shell", "lead_months": 1}],
        lanes=[{"from_place": "dealer", "to_place": "A", "transit_months": 1, "most_per_month": 7}],
    )
    carried = expect({("buy", "dealer", "A", "shell", 0): 1}, "<=", 7)
    assert row(dealt, "lanes_carry_a_limited_amount", 0, 0) == carried
    assert keys(dealt, "buy") == {("dealer", "A", "shell", t) for t in range(3)}
    arrival = {("stock", "A", "shell", 1): 1, ("stock", "A", "shell", 2): -1}
    arrival |= {("deliver", "A", "shell", 2): -1, ("buy", "dealer", "A", "shell", 0): 1}
    assert row(dealt, "material_balances", "A", "shell", 2) == expect(arrival, "==", 0)


def test_what_cannot_be_stored_is_used_at_once() -> None:
    """Without a stock variable what is made is delivered in the same period."""
    fresh = model_of(
        {"periods": "2x1"},
        members=[{"member": "A"}],
        items=[{"item": "shell", "can_be_stored": False}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 3}],
    )
    assert row(fresh, "material_balances", POOL, "shell", 1) == expect(
        {("make", "L", "shell", 1): 1, ("deliver", "A", "shell", 1): -1}, "==", 0
    )


def rooms(*lanes: dict[str, object], **b: object) -> pyo.ConcreteModel:
    """A has a room of 40, for shells of 2 and powder of 3."""
    return model_of(
        {"periods": "2x1"},
        members=[{"member": "A", "room": 40}, {"member": "B"} | b, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell", "room": 2}, {"item": "powder", "kind": "material", "room": 3}, {"item": "tag"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        recipes=[{"item": "shell", "input": "powder", "quantity": 1}],
        suppliers=[{"supplier": "mill", "item": "powder"}],
        lanes=list(lanes),
    )


SHELLS, POWDER = (
    {"from_place": "A", "to_place": "B", "item": "shell"},
    {"from_place": "A", "to_place": "B", "item": "powder"},
)


def test_all_items_share_the_room_of_a_place() -> None:
    """2 for each shell and 3 for each unit of powder at A, 40 in all; B states no room."""
    both = rooms(SHELLS, POWDER)
    expected = expect({("stock", "A", "shell", 1): 2, ("stock", "A", "powder", 1): 3}, "<=", 40)
    assert row(both, "stocks_fit_the_room", "A", 1) == expected
    assert keys(both, "stocks_fit_the_room") == {("A", 0), ("A", 1)}


def test_the_pool_takes_the_room_that_is_left_at_all_places() -> None:
    """Pooled powder, with shells at A and B, has 40 and 10; where B states no room the pool has no limit."""
    both = rooms(SHELLS, room=10)
    laned = {("stock", "A", "shell", 1): 2, ("stock", "B", "shell", 1): 2}
    assert row(both, "stocks_fit_the_room", POOL, 1) == expect({("stock", POOL, "powder", 1): 3} | laned, "<=", 50)
    assert row(both, "stocks_fit_the_room", "B", 1) == expect({("stock", "B", "shell", 1): 2}, "<=", 10)
    assert keys(rooms(SHELLS), "stocks_fit_the_room") == {("A", 0), ("A", 1)}
    assert keys(rooms(), "stocks_fit_the_room") == set()


def chemistry(
    *lanes: dict[str, object], periods: str = "2x1", stocks: tuple[dict[str, object], ...] = (), **acid: object
) -> pyo.ConcreteModel:
    """A makes shells of 3 acid at a yield of .5 on L, and for each started gets 2 spent acid; on M 1 and no acid."""
    return model_of(
        {"periods": periods, "transport_cost": 5},
        members=[{"member": "A"}, {"member": "B"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}, {"item": "acid", "kind": "material"}, {"item": "spent", "kind": "component"} | acid],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": name, "site": "works"} for name in ("L", "M")],
        rates=[{"line": name, "item": "shell", "rate": 10, "yield_": 0.5} for name in ("L", "M")],
        recipes=[
            {"item": "shell", "input": "acid", "quantity": 3},
            {"item": "shell", "input": "spent", "quantity": -2},
            {"item": "shell", "input": "spent", "quantity": -1, "line": "M"},
        ],
        suppliers=[{"supplier": "mill", "item": "acid"}, {"supplier": "tip", "item": "spent", "lead_months": 0.5}],
        lanes=list(lanes),
        stocks=[{"place": "A", "item": "spent"} | stock for stock in stocks],
    )


def test_by_products_come_into_the_balance_and_may_be_thrown_away() -> None:
    """2 / .5 = 4 of spent acid for a shell on L, 2 on M, which takes no acid; there is a stock of it, and waste."""
    held = chemistry(may_be_discarded=True)
    flows = {("make", "L", "shell", 1): 4, ("make", "M", "shell", 1): 2, ("discard", POOL, "spent", 1): -1}
    kept = {("stock", POOL, "spent", 0): 1, ("stock", POOL, "spent", 1): -1}
    kept |= {("buy", "tip", POOL, "spent", t): 0.5 for t in (0, 1)}
    assert row(held, "material_balances", POOL, "spent", 1) == expect(flows | kept, "==", 0)
    used = {("make", "L", "shell", 0): -6, ("buy", "mill", POOL, "acid", 0): 1, ("stock", POOL, "acid", 0): -1}
    assert row(held, "material_balances", POOL, "acid", 0) == expect(used, "==", 0)
    assert keys(held, "discard") == {(POOL, "spent", 0), (POOL, "spent", 1)}


def test_by_products_lie_where_they_come_out() -> None:
    """With a lane they are at A, and what may not be thrown away has no variable for it."""
    laned = chemistry({"from_place": "A", "to_place": "R", "item": "spent"}, can_be_stored=False)
    out = {("make", "L", "shell", 0): 4, ("make", "M", "shell", 0): 2, ("ship", "A", "R", "spent", 0): -1}
    out |= {("buy", "tip", "A", "spent", 0): 0.5}
    assert row(laned, "material_balances", "A", "spent", 0) == expect(out, "==", 0)
    assert keys(laned, "discard") == set()


def test_throwing_away_has_its_cost_and_by_products_no_transport() -> None:
    """A unit costs 7 to throw away; taken from the pool is acid only, 6 a shell on L at 5 each."""
    costs, _ = objective(chemistry(may_be_discarded=True, discard_cost=7), "cost")
    assert (costs["discard", (POOL, "spent", 1)], costs["make", ("L", "shell", 1)]) == (7, 30)
    assert ("make", ("M", "shell", 1)) not in costs


def test_what_is_in_stock_came_in_within_its_shelf_life() -> None:
    """With 2 months nothing binds after 1; after 2 all that came in since the start; after 5 two of three months.

    Of what is bought half arrives in the month after; of the last quarter 2.5 of 3 months arrive within it.
    """
    aged = chemistry(periods="2x1, 1x3", shelf_life=2)
    assert keys(aged, "stock_stays_within_its_shelf_life") == {(POOL, "spent", 1), (POOL, "spent", 2)}
    made = {("make", line, "shell", t): each for line, each in (("L", -4), ("M", -2)) for t in (0, 1)}
    bought = {("buy", "tip", POOL, "spent", 0): -1, ("buy", "tip", POOL, "spent", 1): -0.5}
    second = expect({("stock", POOL, "spent", 1): 1} | made | bought, "<=", 0)
    assert row(aged, "stock_stays_within_its_shelf_life", POOL, "spent", 1) == second
    made = {("make", line, "shell", 2): each * 2 / 3 for line, each in (("L", -4), ("M", -2))}
    bought = {("buy", "tip", POOL, "spent", t): -share * 2 / 3 for t, share in ((1, 0.5), (2, 2.5 / 3))}
    last = expect({("stock", POOL, "spent", 2): 1} | made | bought, "<=", 0)
    assert row(aged, "stock_stays_within_its_shelf_life", POOL, "spent", 2) == last


def test_opening_stock_is_kept_until_it_is_too_old() -> None:
    """Of 30 that are 1.5 months old and 9 that are new only the 9 are kept at the end of the first month, of two."""
    model = chemistry(stocks=({"opening": 30, "age": 1.5}, {"place": "B", "opening": 9}), shelf_life=2)
    assert keys(model, "stock_stays_within_its_shelf_life") == {(POOL, "spent", 0), (POOL, "spent", 1)}
    new = {("make", "L", "shell", 0): -4, ("make", "M", "shell", 0): -2, ("buy", "tip", POOL, "spent", 0): -0.5}
    first = expect({("stock", POOL, "spent", 0): 1} | new, "<=", 9)
    assert row(model, "stock_stays_within_its_shelf_life", POOL, "spent", 0) == first
    assert row(model, "stock_stays_within_its_shelf_life", POOL, "spent", 1)[2] == 0


def test_what_arrives_over_a_lane_is_new_there() -> None:
    """At A a month's shells less than what is sent are new; at R what arrives, whenever it was made."""
    lane = {"from_place": "A", "to_place": "R", "item": "spent", "transit_months": 1}
    aged = chemistry(lane, shelf_life=1)
    made = {("make", "L", "shell", 0): -4, ("make", "M", "shell", 0): -2, ("buy", "tip", "A", "spent", 0): -0.5}
    at_a = expect({("stock", "A", "spent", 0): 1} | made, "<=", 0)
    assert row(aged, "stock_stays_within_its_shelf_life", "A", "spent", 0) == at_a
    arrived = {("ship", "A", "R", "spent", 0): -1} | {("buy", "tip", "R", "spent", t): -0.5 for t in (0, 1)}
    at_r = expect({("stock", "R", "spent", 1): 1} | arrived, "<=", 0)
    assert row(aged, "stock_stays_within_its_shelf_life", "R", "spent", 1) == at_r
