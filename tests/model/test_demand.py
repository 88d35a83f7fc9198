"""Rows of demand: needs, order books, and what is late."""

from __future__ import annotations

from functools import cache

import pyomo.environ as pyo

from tests.model.rows import expect, keys, model_of, row

TESTED = {"needs_are_met_or_lost", "order_book_balances", "late_orders_are_counted", "late_orders_go_on"}


@cache
def model() -> pyo.ConcreteModel:
    """Four months: a book of 30 that is due, 10 a month that may wait a month, pledges, needs in two bands."""
    return model_of(
        {"periods": "4x1", "accepted_wait": 1},
        members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        needs=[
            {"recipient": "R", "item": "shell", "band": 1, "per_month": 20},
            {"recipient": "R", "item": "shell", "band": 2, "per_month": 5},
        ],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 30}
            | {"accepted_wait": 0},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10},
        ],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 4}],
        stocks=[{"place": "A", "item": "shell", "held_by": "member", "opening": 20, "reserve": 0}],
    )


def test_needs_are_supplied_given_or_lost() -> None:
    """20 + 5 a month, from stock, by gifts, or lost in either band."""
    expected = expect(
        {("use", "R", "shell", 0): 1, ("give", "A", "R", "shell", 0): 1}
        | {("lost", "R", "shell", 1, 0): 1, ("lost", "R", "shell", 2, 0): 1},
        "==",
        25,
    )
    assert row(model(), "needs_are_met_or_lost", "R", "shell", 0) == expected
    assert [model().lost["R", "shell", band, 0].ub for band in (1, 2)] == [20, 5]


def test_order_books_carry_what_is_not_delivered() -> None:
    """Month 0 begins with the book of 30 and adds 10 and what is pledged."""
    book = {("backlog", "A", "shell", 0): 1, ("pledge", "A", "shell", 0): -1, ("deliver", "A", "shell", 0): 1}
    assert row(model(), "order_book_balances", "A", "shell", 0) == expect(book, "==", 40)
    book = {("backlog", "A", "shell", 3): 1, ("backlog", "A", "shell", 2): -1, ("deliver", "A", "shell", 3): 1}
    assert row(model(), "order_book_balances", "A", "shell", 3) == expect(book, "==", 10)


def test_pledges_end_an_accepted_wait_before_the_horizon() -> None:
    """With a wait of one month the last pledge is that of month 2, of at most 4."""
    assert {key[2]: model().pledge[key].ub for key in keys(model(), "pledge")} == {0: 4, 1: 4, 2: 4}


def test_late_is_what_is_in_the_book_and_due() -> None:
    """At the end of month 1 the book less the 10 ordered and all pledged in it, which are not due yet."""
    expected = expect(
        {("late", "A", "shell", 1, 0): 1, ("backlog", "A", "shell", 1): -1, ("pledge", "A", "shell", 1): 1},
        ">=",
        -10,
    )
    assert row(model(), "late_orders_are_counted", "A", "shell", 1, 0) == expected


def test_layers_count_what_is_later_by_half_years() -> None:
    """Nothing can be late by six months at the end of month 3: orders of before July 2023 there are none."""
    assert {key[3] for key in keys(model(), "late")} == {0}


def test_a_layer_counts_what_was_due_six_months_before() -> None:
    """A book of May 2023 that may wait two months was due in August: 6 months late by the end of January.

    Due at 1 - 6 = -5: the 30 of May (month -8, before -5 - 2 = -7). All 30 + 10 placed, so 10 not due.
    """
    old = model_of(
        {"periods": "2x1", "accepted_wait": 0},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-05", "to_month": "2023-05", "per_month": 30}
            | {"accepted_wait": 2},
            {"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10},
        ],
    )
    expected = expect({("late", "A", "shell", 0, 1): 1, ("backlog", "A", "shell", 0): -1}, ">=", -10)
    assert row(old, "late_orders_are_counted", "A", "shell", 0, 1) == expected
    assert {key[3] for key in keys(old, "late")} == {0, 1}


def test_what_is_late_goes_on_after_the_horizon() -> None:
    """By month 16 the 30 and 15 months of 10 are due: 110 more than the 70 placed by month 4, the pledges besides.

    What was delivered in the four months goes on: three times as much in twelve.
    """
    delivered = {("deliver", "A", "shell", t): 3 for t in range(4)}
    expected = expect(
        {("late_after", "A", "shell", 0): 1, ("backlog", "A", "shell", 3): -1} | delivered,
        ">=",
        110,
    )
    assert row(model(), "late_orders_go_on", "A", "shell", 0) == expected
    assert keys(model(), "late_after") == {("A", "shell", 0), ("A", "shell", 1), ("A", "shell", 2)}


def test_pledges_may_not_be_due_after_the_horizon_in_a_later_layer() -> None:
    """Late by six months 3 months after the end, at month 1: what was placed by month 0, and no pledge but for a half.

    A pledge of the first period of two months is half due at month 1 without a wait; nothing is ordered.
    """
    slow = model_of(
        {"periods": "2x2", "accepted_wait": 0, "end_months": 3},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        pledges=[{"member": "A", "item": "shell", "most_per_month": 4}],
    )
    expected = expect(
        {("late_after", "A", "shell", 1): 1, ("backlog", "A", "shell", 1): -1}
        | {("pledge", "A", "shell", 0): 0.5, ("pledge", "A", "shell", 1): 1}
        | {("deliver", "A", "shell", t): 0.75 for t in range(2)},
        ">=",
        0,
    )
    assert row(slow, "late_orders_go_on", "A", "shell", 1) == expected


def test_nothing_goes_on_without_end_months() -> None:
    """With 0 end months there is no variable and no row for what follows."""
    short = model_of(
        {"periods": "2x1", "end_months": 0},
        members=[{"member": "A"}],
        items=[{"item": "shell"}],
        suppliers=[{"supplier": "dealer", "item": "shell", "price": 1}],
        orders=[{"customer": "A", "item": "shell", "from_month": "2024-01", "per_month": 10}],
    )
    assert keys(short, "late_after") == set()
