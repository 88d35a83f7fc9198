"""Waiting times as told, against orders and deliveries followed unit by unit by other means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given

from optimizer import solve
from optimizer.errors import ImpossibleError
from optimizer.plan.plan import Plan
from optimizer.verify.book import Book
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.verify.worlds import WORLDS

FARTHEST = 400.0
"""Months after the start up to which a delivery is followed."""


def followed(plan: Plan) -> dict[tuple[str, str, int], float]:
    """Return the wait of an order placed at the start of each month, by customer, item and month.

    D is walked in steps of a period and then at the rate of the last year, as the verifier's facts
    have it; nothing of `optimizer.plan.waiting` is used.
    """
    book, found = Book(plan), {}
    facts = book.facts
    ends = np.concatenate([[0.0], np.cumsum(facts.lengths)])
    horizon = float(ends[-1])
    for number, (customer, item) in enumerate(facts.books):
        delivered = np.concatenate([[0.0], np.cumsum(book.delivered[number])])
        pledged = np.concatenate([[0.0], np.cumsum(book.pledged[number])])
        last = min(12.0, horizon)
        rate = (delivered[-1] - np.interp(horizon - last, ends, delivered)) / last
        for month in range(int(horizon) + 1):
            asked = float(facts.ordered_by(number, np.array([month]))[0]) + float(np.interp(month, ends, pledged))
            tolerance = 1e-6 * max(1.0, asked)
            if asked <= delivered[-1] + tolerance:
                reached = np.flatnonzero(delivered >= asked - tolerance)[0]
                if reached == 0:
                    when = 0.0
                else:
                    step = delivered[reached] - delivered[reached - 1]
                    share = min(1.0, (asked - delivered[reached - 1]) / step) if step > 0 else 1.0
                    when = ends[reached - 1] + share * (ends[reached] - ends[reached - 1])
            else:
                when = horizon + (asked - delivered[-1]) / rate if rate > tolerance else math.inf
            found[customer, item, month] = max(0.0, when - month)
    return found


def check_waits(plan: Plan) -> int:
    """Assert that told waits are those followed; return how many were compared."""
    waits, compared = followed(plan), 0
    calendar = plan.scenario.calendar
    for row in plan.placed_today.to_dict("records"):
        key = (row["customer"], row["item"], calendar.month(row["month"].date()))
        if key in waits and waits[key] < FARTHEST:
            assert row["wait"] == pytest.approx(waits[key], abs=2e-3), key
            compared += 1
    return compared


@pytest.mark.parametrize("world", WORLDS)
def test_waits_of_the_worlds_are_those_followed(world: str) -> None:
    """Every wait told of hand-made plans is the time until deliveries reach what was ordered."""
    check_waits(WORLDS[world]())


@given(drafts())
@examples(15)
def test_waits_of_random_plans_are_those_followed(draft: Draft) -> None:
    """The same of plans found for random scenarios with orders."""
    assume(draft.rows("orders"))
    try:
        plan = solve(draft.scenario(threads=1, gap=0.1))
    except ImpossibleError:
        assume(False)
    assert check_waits(plan)
