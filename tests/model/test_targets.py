"""Rows of targets: hard as they are, soft with a gap, as soon as possible with a switch."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyomo.environ as pyo
import pytest

from optimizer.scenario.network import POOL
from tests.model.rows import expect, keys, model_of, objective, row

TESTED = {
    "output_reaches_the_target",
    "inputs_sustain_the_target",
    "coverage_reaches_the_target",
    "stock_reaches_the_target",
    "output_is_made_at_home",
    "money_is_spent_at_home",
    "waiting_time_is_kept",
    "attained_targets_stay_attained",
}


def model(periods: str = "1x1, 1x2", wait: int = 0, pledged: int = 0, **target: Any) -> pyo.ConcreteModel:
    """Lines in A and B, a need of 5 a month, orders of 10 a month after a book of 20, and one target `g`."""
    return model_of(
        {"periods": periods, "accepted_wait": wait},
        members=[{"member": "A"}, {"member": "B"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}],
        sites=[{"site": "a", "member": "A"}, {"site": "b", "member": "B"}],
        lines=[
            {"line": "L", "site": "a"},
            {"line": "M", "site": "b"},
            {"line": "N", "site": "b", "opened_by": "plant"},
        ],
        rates=[{"line": line, "item": "shell", "rate": 10, "unit_cost": 1} for line in "LMN"],
        projects=[
            {"project": "plant", "kind": "new line", "capex": 100, "lead_months": 0, "latest": "2024-01"},
        ],
        needs=[{"recipient": "R", "item": "shell", "per_month": 5}],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 20},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10},
        ],
        pledges=[{"member": "A", "item": "shell", "most_per_month": pledged}],
        stocks=[{"place": "A", "item": "shell", "held_by": "member", "opening": 4, "reserve": 0}],
        funds=[
            {"fund": "ours", "year": 2024, "amount": 900, "member": ["A"], "covers": ["production", "capex"]}
            | {"abroad": True},
            {"fund": "theirs", "year": 2024, "amount": 900, "member": ["B"], "covers": ["capex"]},
        ],
        targets=[{"target": "g", **target}],
    )


@cache
def rate(strength: str) -> pyo.ConcreteModel:
    """Return the model with a target of 7 a month."""
    return model(kind="rate", item="shell", value=7, strength=strength)


MADE = {("make", "L", "shell", 1): 1, ("make", "M", "shell", 1): 1, ("make", "N", "shell", 1): 1}
G = ("g", "", "shell", 1)


def test_a_rate_counts_all_lines() -> None:
    """7 a month are 14 in the period of two months."""
    assert row(rate("hard"), "output_reaches_the_target", *G) == expect(MADE, ">=", 14)


def test_a_soft_target_may_be_missed_by_a_gap() -> None:
    """The gap is in units, on the left."""
    assert row(rate("soft"), "output_reaches_the_target", *G) == expect(MADE | {("short", *G): 1}, ">=", 14)


def test_a_target_as_soon_as_possible_binds_once_attained() -> None:
    """attained x 14 on the right: nothing to hold while it is 0."""
    expected = expect(MADE | {("attained", *G): -14}, ">=", 0)
    assert row(rate("asap"), "output_reaches_the_target", *G) == expected


def test_attained_stays_attained() -> None:
    """What is attained in period 0 is attained in period 1."""
    expected = expect({("attained", *G): 1, ("attained", "g", "", "shell", 0): -1}, ">=", 0)
    assert row(rate("asap"), "attained_targets_stay_attained", *G) == expected
    assert len(keys(rate("asap"), "attained_targets_stay_attained")) == 1


@pytest.mark.parametrize(("periods", "latest", "spoken_for"), [("8x1", 6, 2), ("60x1", 48, 12), ("1x1, 1x2", 1, 2)])
def test_no_target_is_attained_in_the_last_months_alone(periods: str, latest: int, spoken_for: int) -> None:
    """In a quarter of 8 months, 2, or in 12 of 60, the last `attained` speaks for all; in one period for itself."""
    soon = model(periods=periods, kind="rate", item="shell", value=7, strength="asap")
    assert keys(soon, "attained") == {(*G[:3], t) for t in range(latest + 1)}
    for *_, t in keys(soon, "output_reaches_the_target"):
        found = row(soon, "output_reaches_the_target", *G[:3], t)[0]
        assert [key for name, key in found if name == "attained"] == [(*G[:3], min(t, latest))]
    assert objective(soon, "speed")[0]["attained", (*G[:3], latest)] == -spoken_for


def test_each_is_a_promise_for_every_member_that_makes_the_item() -> None:
    """`each` has a row for A and one for B, whose new line counts too."""
    each = model(kind="rate", place="each", value=7)
    at_b = expect({("make", "M", "shell", 1): 1, ("make", "N", "shell", 1): 1}, ">=", 14)
    assert row(each, "output_reaches_the_target", "g", "B", "shell", 1) == at_b
    assert {key[1] for key in keys(each, "output_reaches_the_target")} == {"A", "B"}


def test_windows_take_periods_that_begin_in_them() -> None:
    """From February on the first period is free."""
    later = model(kind="rate", item="shell", value=7, from_month="2024-02")
    assert {key[3] for key in keys(later, "output_reaches_the_target")} == {1}


def test_coverage_is_a_share_of_the_need() -> None:
    """.9 x 10 of the second period, from stock or by gifts."""
    expected = expect({("use", "R", "shell", 1): 1, ("give", "A", "R", "shell", 1): 1}, ">=", 9)
    covered = model(kind="coverage", place="R", value=0.9)
    assert row(covered, "coverage_reaches_the_target", "g", "R", "shell", 1) == expected


def test_stock_counts_what_producers_and_members_hold() -> None:
    """No place: the pool and all own stockpiles; A: its own only, since the item is pooled."""
    expected = expect({("stock", POOL, "shell", 1): 1, ("own", "A", "shell", 1): 1}, ">=", 6)
    assert row(model(kind="stock", item="shell", value=6), "stock_reaches_the_target", *G) == expected
    at_a = model(kind="stock", place="A", item="shell", value=6)
    expected = expect({("own", "A", "shell", 1): 1}, ">=", 6)
    assert row(at_a, "stock_reaches_the_target", "g", "A", "shell", 1) == expected


def test_a_home_share_of_output_is_of_what_is_delivered() -> None:
    """Over both periods A makes at least .6 of what is delivered to it."""
    made = {("make", "L", "shell", t): 1.0 for t in (0, 1)}
    delivered = {("deliver", "A", "shell", t): -0.6 for t in (0, 1)}
    home = model(kind="home share", place="A", item="shell", value=0.6)
    assert row(home, "output_is_made_at_home", "g", "A", "shell", 1) == expect(made | delivered, ">=", 0)


def test_a_home_share_of_spending_is_of_what_the_members_fund_pays() -> None:
    """Of A's fund at home .4 count, abroad -.6: production in A, production and the plant in B."""
    home = model(kind="home share", place="A", value=0.6)
    paid = row(home, "money_is_spent_at_home", "g", "A", "", 1)
    expected = expect(
        {("pay", "ours", "A", "production", 2024): 0.4, ("pay_capex", "ours", "plant", 2024): -0.6}, ">=", 0
    )
    assert paid == expected


def test_waiting_time_holds_at_every_corner_of_the_curves() -> None:
    """A wait of a month over three: D(x + 1) >= O(x) at x = 0, 1, 2 and 3, with 20 + 10 x ordered by x.

    D is what was placed less the order book. x = 0: 20 <= 30 - book after month 0, so the book is at
    most 10; so it is after months 1 and 2 for x = 1 and 2. x = 3: deliveries go on at their mean,
    D(4) = 4/3 D(3) = 4/3 (50 - book) >= 50.
    """
    waiting = model("3x1", kind="waiting time", item="shell", value=1)
    for x in range(3):
        expected = expect({("backlog", "A", "shell", x): 1}, "<=", 10)
        assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", x) == expected
    expected = expect({("backlog", "A", "shell", 2): 4 / 3}, "<=", 50 / 3)
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 3) == expected
    assert len(keys(waiting, "waiting_time_is_kept")) == 4


def test_waiting_time_is_linear_inside_a_period() -> None:
    """In a period of two months D(1) is half of what is delivered: with a wait of a month 20 = O(0) at most."""
    waiting = model("2x2", kind="waiting time", item="shell", value=1)
    expected = expect({("deliver", "A", "shell", 0): 0.5}, ">=", 20)
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 0) == expected


def promised(periods: str, wait: float, rows: list[dict[str, Any]], **target: Any) -> pyo.ConcreteModel:
    """Return a target of a wait for A and B, whose orders are as given."""
    order = {"customer": "A", "item": "shell", "per_month": 30}
    return model_of(
        {"periods": periods},
        members=[{"member": "A"}, {"member": "B"}],
        items=[{"item": "shell"}],
        sites=[{"site": "a", "member": "A"}],
        lines=[{"line": "L", "site": "a"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        orders=[order | row for row in rows],
        targets=[{"target": "g", "kind": "waiting time", "item": "shell", "value": wait, **target}],
    )


def points(model: pyo.ConcreteModel, place: str = "A") -> list[float]:
    """Return the months at which a target is held."""
    return sorted(x for _, who, _, x in keys(model, "waiting_time_is_kept") if who == place)


def test_waiting_time_holds_where_orders_begin_and_end_inside_a_period() -> None:
    """30 ordered in January alone: by the end of it, x = 1, all 30 are on order and D(2) is 2/3 of the quarter's."""
    january = [{"from_month": "2024-01", "to_month": "2024-01"}]
    waiting = promised("2x3", 1, january)
    assert points(waiting) == [0, 1, 2, 3, 5, 6]
    expected = expect({("deliver", "A", "shell", 0): 2 / 3}, ">=", 30)
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 1) == expected


def test_waiting_time_holds_where_its_own_months_begin_and_end() -> None:
    """From February to May of two quarters with even orders: x = 1 and x = 5 are points beside 3 and 3 - 1/2."""
    even = [{"from_month": "2024-01"}, {"from_month": "2023-11", "to_month": "2023-12"}]
    waiting = promised("2x3", 0.5, even, from_month="2024-02", to_month="2024-05")
    assert points(waiting) == [1, 2.5, 3, 5]
    expected = expect({("deliver", "A", "shell", 0): 0.5}, ">=", 90)
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 1) == expected


def test_each_waiting_time_holds_where_its_own_orders_bend() -> None:
    """A orders in February, B from May on: each has points of its own, named or not; all pooled have both."""
    rows = [{"from_month": "2024-02", "to_month": "2024-02"}, {"customer": "B", "from_month": "2024-05"}]
    for place in ("each", None):
        apart = promised("2x3", 0, rows, place=place)
        assert points(apart, "A") == [0, 1, 2, 3, 6]
        assert points(apart, "B") == [0, 3, 4, 6]
        assert not points(apart, "")
    assert points(promised("2x3", 0, rows, place="pooled"), "") == [0, 1, 2, 3, 4, 6]


BOTH = [
    {"from_month": "2023-12", "to_month": "2023-12"},
    {"customer": "B", "from_month": "2023-11", "to_month": "2023-12"},
]
"""A book of 30 for A and one of 60 for B."""


@pytest.mark.parametrize(("place", "dates"), [(None, ("", "")), ("each", ("A", "B")), ("A", ("A",)), ("pooled", ("",))])
def test_a_waiting_time_without_a_customer_has_one_date_for_all(place: str | None, dates: tuple[str, ...]) -> None:
    """x = 0: what A, and B, get in the first month is all they ordered before, once attained; pooled it is the sum."""
    waiting = promised("2x1", 1, BOTH, place=place, strength="asap")
    assert {key[1] for key in keys(waiting, "attained")} == set(dates)
    books = {"A": 30, "B": 60} if place != "pooled" else {"": 90}
    for (customer, book), date in zip(books.items(), dates, strict=False):
        left = {("backlog", who, "shell", 0): 1 for who in (customer or "AB")}
        expected = expect(left | {("attained", "g", date, "shell", 0): book}, "<=", book)
        assert row(waiting, "waiting_time_is_kept", "g", customer, "shell", 0) == expected


def test_a_soft_waiting_time_without_a_customer_has_a_gap_for_each() -> None:
    """Units late of A do not make up for those of B: 60 - book of B + gap of B >= 60."""
    waiting = promised("2x1", 1, BOTH, strength="soft")
    assert {key[1] for key in keys(waiting, "short")} == {"A", "B"}
    expected = expect({("backlog", "B", "shell", 0): 1, ("short", "g", "B", "shell", 0): -1}, "<=", 0)
    assert row(waiting, "waiting_time_is_kept", "g", "B", "shell", 0) == expected


@pytest.mark.parametrize("kind", ["rate", "coverage", "stock"])
def test_pooled_is_what_an_empty_place_means_for_other_targets(kind: str) -> None:
    """A rate, a coverage and a stock without a place are of all places together."""
    named, empty = (model(kind=kind, place=place, item="shell", value=0.5) for place in ("pooled", None))
    (constraint,) = {c.name for c in empty.component_objects(pyo.Constraint) if "reaches" in c.name and len(c)}
    assert keys(named, constraint) == keys(empty, constraint) == {("g", "", "shell", t) for t in (0, 1)}
    assert row(named, constraint, *G) == row(empty, constraint, *G)


def test_waiting_time_may_bind_at_the_end_only() -> None:
    """From the month after the horizon on, x = T is all that is left: D(3) = 50 - book >= O(3) = 50."""
    end = model("3x1", kind="waiting time", item="shell", value=0, from_month="2024-04")
    assert keys(end, "waiting_time_is_kept") == {("g", "A", "shell", 3)}
    expected = expect({("backlog", "A", "shell", 2): 1}, "<=", 0)
    assert row(end, "waiting_time_is_kept", "g", "A", "shell", 3) == expected


def test_waiting_time_as_soon_as_possible_leaves_deliveries_free_until_attained() -> None:
    """x = 1: D(2) = 40 - book after month 1 >= 30 attained, so nothing binds while it is 0."""
    waiting = model("3x1", kind="waiting time", item="shell", value=1, strength="asap")
    expected = expect({("backlog", "A", "shell", 1): 1, ("attained", "g", "", "shell", 1): 30}, "<=", 40)
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 1) == expected


def test_pledges_do_not_bind_a_waiting_time_until_attained() -> None:
    """x = 1: 40 + p0 + p1 - book >= 30 attained + p0 - 4 (1 - attained), so p1 - book - 34 attained >= -44."""
    target = {"kind": "waiting time", "item": "shell", "value": 1, "strength": "asap"}
    waiting = model("3x1", wait=1, pledged=4, **target)
    expected = expect(
        {("pledge", "A", "shell", 1): 1, ("backlog", "A", "shell", 1): -1, ("attained", "g", "", "shell", 1): -34},
        ">=",
        -44,
    )
    assert row(waiting, "waiting_time_is_kept", "g", "A", "shell", 1) == expected


@pytest.mark.parametrize(
    ("periods", "window"),
    [
        ("6x1", {"to_month": "2024-03"}),
        ("2x3", {"from_month": "2024-02"}),
        ("2x3", {"to_month": "2024-04"}),
        ("6x1", {"from_month": "2024-07"}),
    ],
)
def test_waiting_time_as_soon_as_possible_has_a_switch_at_every_point(periods: str, window: dict[str, str]) -> None:
    """Also where the window ends inside a period, or right after the horizon."""
    waiting = model(periods, kind="waiting time", item="shell", value=1, strength="asap", **window)
    assert keys(waiting, "waiting_time_is_kept")
    assert keys(waiting, "attained")


@cache
def sustained() -> pyo.ConcreteModel:
    """Shells of two bodies at a yield of 80 %, bodies of steel, both stored; gauges take bodies, too.

    Month and two months; 24 bodies and 9 steel at the start; steel is bought and there half a month later.
    """
    return model_of(
        {"periods": "1x1, 1x2", "weekend_share": 0.5, "weekend_efficiency": 0.87},
        members=[{"member": "A"}],
        items=[
            {"item": "shell"},
            {"item": "gauge"},
            {"item": "body", "kind": "component"},
            {"item": "steel", "kind": "material"},
            {"item": "heat", "kind": "material", "can_be_stored": False},
        ],
        recipes=[
            {"item": "shell", "input": "body", "quantity": 2},
            {"item": "shell", "input": "heat", "quantity": 1},
            {"item": "gauge", "input": "body", "quantity": 1},
            {"item": "body", "input": "steel", "quantity": 3},
        ],
        sites=[{"site": "a", "member": "A"}],
        lines=[{"line": "S", "site": "a"}, {"line": "G", "site": "a"}, {"line": "B", "site": "a"}],
        rates=[
            {"line": "S", "item": "shell", "rate": 10, "yield_": 0.8},
            {"line": "G", "item": "gauge", "rate": 10},
            {"line": "B", "item": "body", "rate": 50},
        ],
        projects=[
            {"project": "more", "kind": "expansion", "line": "G", "added_share": 0.5, "capex": 1, "lead_months": 0}
        ],
        stocks=[{"place": "A", "item": "body", "opening": 24}, {"place": "A", "item": "steel", "opening": 9}],
        suppliers=[
            {"supplier": "mill", "item": "steel", "price": 1, "lead_months": 0.5},
            {"supplier": "grid", "item": "heat", "price": 1},
        ],
        targets=[{"target": "g", "kind": "rate", "item": "shell", "value": 4, "strength": "asap"}],
    )


def test_an_attained_rate_lives_on_what_flows_in() -> None:
    """Bodies of the first month: made + 24 / 3 + 2.5 (shells - 4) >= 2.5 shells + gauges, less M (1 - attained).

    M is the most that can be used: a line makes 10 in a month and 10 x 0.5 x 4 Saturdays x 2 x 0.87 / 21.75 = 1.6 on
    weekends, the gauge line half as much again: 2.5 x 11.6 + 1.5 x 11.6 = 46.4. Shells cancel.
    """
    expected = expect(
        {("make", "B", "body", 0): 1, ("make", "G", "gauge", 0): -1, ("attained", "g", "", "shell", 0): -10 - 46.4},
        ">=",
        -8 - 46.4,
    )
    assert row(sustained(), "inputs_sustain_the_target", "g", "", "shell", "body", 0) == expected


def test_inputs_of_inputs_flow_in_as_well() -> None:
    """Steel of the two later months: bought, 0.75 of them there in time, + 9 x 2 / 3 + 7.5 (shells - 8) >= 3 x bodies.

    Half of what is bought in the first month comes in the second period. The most used: 3 x 50 x (2 months + 9
    Saturdays x 0.5 x 0.08) = 354.
    """
    expected = expect(
        {("buy", "mill", POOL, "steel", 0): 0.5, ("buy", "mill", POOL, "steel", 1): 0.75}
        | {("make", "B", "body", 1): -3, ("make", "S", "shell", 1): 7.5, ("attained", "g", "", "shell", 1): -60 - 354},
        ">=",
        -6 - 354,
    )
    assert row(sustained(), "inputs_sustain_the_target", "g", "", "shell", "steel", 1) == expected


def test_what_cannot_be_stored_cannot_be_hoarded() -> None:
    """There are rows for bodies and steel alone, and none where the rate is hard."""
    assert {key[3] for key in keys(sustained(), "inputs_sustain_the_target")} == {"body", "steel"}
    assert keys(rate("hard"), "inputs_sustain_the_target") == set()
