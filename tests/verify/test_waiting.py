"""Waiting times as told, against orders and deliveries followed unit by unit by other means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import Scenario, solve
from optimizer.errors import ImpossibleError
from optimizer.model.index import build_index
from optimizer.plan.basis import Basis
from optimizer.plan.plan import Plan
from optimizer.plan.tables import DECISIONS
from optimizer.plan.waiting import ALL, curves, waiting_time
from optimizer.verify.book import Book
from optimizer.verify.objectives import speed
from optimizer.verify.targets import waiting_time_is_kept
from tests.laws.generate import Draft, drafts
from tests.laws.profile import examples
from tests.verify import build
from tests.verify.edit import change, failing
from tests.verify.edit import given as given_otherwise
from tests.verify.worlds import WORLDS

COMPARED = {"factory": 7, "investment": 13, "lanes": 5, "pool": 0}
"""How many waits of each world are compared."""
WITHIN = (1e-7, 1e-6, 1e-5)
"""Shares by which a delivery may be short and count: where it is so by a rounding, either month is right."""
FARTHEST = 400.0
"""Months after the start up to which a delivery is followed."""


def followed(plan: Plan, within: float) -> dict[tuple[str, str, int], float]:
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
            tolerance = within * max(1.0, asked)
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
    tried, compared = [followed(plan, within) for within in WITHIN], 0
    calendar = plan.scenario.calendar
    for row in plan.placed_today.to_dict("records"):
        key = (row["customer"], row["item"], calendar.month(row["month"].date()))
        waits = [found[key] for found in tried if found.get(key, FARTHEST) < FARTHEST]
        if waits:
            assert any(row["wait"] == pytest.approx(wait, abs=2e-3) for wait in waits), (key, waits)
            compared += 1
    return compared


@pytest.mark.parametrize("world", WORLDS)
def test_waits_of_the_worlds_are_those_followed(world: str) -> None:
    """Every wait told of hand-made plans is the time until deliveries reach what was ordered."""
    plan = WORLDS[world]()
    assert check_waits(plan) == COMPARED[world]


@given(drafts())
@examples(5, 40)
def test_waits_of_random_plans_are_those_followed(draft: Draft) -> None:
    """The same of plans found for random scenarios with orders."""
    assume(draft.rows("orders"))
    try:
        plan = solve(draft.scenario(threads=1, gap=0.1))
    except ImpossibleError:
        assume(False)
    assert check_waits(plan) > 0


# -- promises kept ---------------------------------------------------------------------------------
NEAR = 0.01
"""Months by which a wait promised is longer or shorter than the longest there is."""
PLACES: tuple[dict[str, Any], ...] = ({"place": "each"}, {"place": "pooled"})
"""How a promise is spelled that does not leave its customer empty."""


@st.composite
def books(draw: Any) -> Plan:
    """Draw order books of A and B, what is pledged and delivered, and a promise about both: no plan of a solver.

    Order rows begin and end anywhere before, inside and after periods of one to three months.
    """

    def of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def month(count: int) -> str:
        return f"{2024 + count // 12}-{count % 12 + 1:02}"

    orders = [{"customer": "B", "item": "shell", "from_month": "2024-01", "per_month": 1}]
    for begin in sorted(draw(st.sets(st.integers(-2, 5), min_size=1, max_size=3))):
        row = {"customer": "A", "item": "shell", "per_month": of(30, 12, 7), "from_month": month(begin)}
        row |= {"customer": of("A", "B")} if begin else {}
        orders.append(row | of({}, {"to_month": month(begin)}, {"to_month": month(begin + draw(st.integers(0, 3)))}))
    first = draw(st.integers(0, 4))
    window = of({}, {"from_month": month(first)}, {"to_month": month(first + 1)})
    scenario = Scenario.from_tables(
        {
            "start": "2024-01",
            "periods": of("2x3", "6x1", "1x1, 1x3, 1x2", "3x2", "1x3, 3x1", "5x3"),
            "accepted_wait": 0,
        },
        members=[{"member": "A"}, {"member": "B"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 10}],
        orders=orders,
        pledges=[{"member": "A", "item": "shell", "most_per_month": 9}],
        targets=[{"target": "w", "kind": "waiting time", "item": "shell", "value": 0} | window | of({}, *PLACES)],
    )
    demand = build_index(scenario).demand
    tables: dict[str, dict[Any, list[float]]] = {"delivered": {}, "backlog": {}, "pledged": {}}
    for book, curve in demand.BOOKS.items():
        backlog = curve.placed(0)
        for t in scenario.calendar.periods:
            pledged = of(0.0, demand.PLEDGES.get((*book, t), 0.0))
            there = backlog + demand.ordered[*book, t] + pledged
            backlog = there * (1 - of(0, 0.5, 0.9, 1, 1))
            for name, value in (("delivered", there - backlog), ("backlog", backlog), ("pledged", pledged)):
                tables[name].setdefault(book, []).append(value)
    return build.plan(
        scenario,
        {
            "deliveries": build.deliveries(scenario, tables["delivered"], tables["backlog"]),
            "pledges": build.flows(scenario, "pledges", tables["pledged"]),
        },
    )


def longest_wait(plan: Plan) -> float:
    """Return the longest wait of the cohorts placed in the window of the plan's one promise, as the report tells it.

    What was placed earlier waits from the beginning of the window on.
    """
    (promise,) = plan.scenario.tables["targets"]
    basis = Basis(plan.scenario, plan.tables)
    begin, stop = basis.calendar.window(promise.from_month, promise.to_month)
    told = {key: book for key, book in curves(basis).items() if (key[0] == ALL) is (promise.place == "pooled")}
    cohorts = waiting_time(basis, told)
    placed = cohorts["placed"].map(lambda day: basis.calendar.month(day))
    inside = cohorts[(placed >= max(begin, 0)) & (placed < stop)]["longest_wait"]
    earlier = [
        book.delivery(book.placed[[max(begin, 0) - book.first]])[0] - max(begin, 0)
        for book in told.values()
        if book.placed[max(begin, 0) - book.first] > 0
    ]
    return max([0.0, *np.nan_to_num([*inside, *earlier], nan=math.inf)])


def held_by_the_model(plan: Plan) -> bool:
    """Tell whether the rows of the model hold."""
    dates = plan.scenario.calendar.period_dates()
    tables, x = plan.tables, {}
    for variable, table, column in (
        ("deliver", "deliveries", "delivered"),
        ("backlog", "deliveries", "backlog"),
        ("pledge", "pledges", "pledged"),
    ):
        for row in tables[table].to_dict("records"):
            x[variable, (row.get("customer", row.get("member")), row["item"], dates.index(row["month"]))] = row[column]
    rows = build_index(plan.scenario).targets.ROWS["waiting time"].values()
    return all(sum(c * x.get((v, key), 0.0) for v, key, c in row.terms) >= row.bound - 1e-6 for row in rows)


@given(books())
@examples(12, 200)
def test_a_promise_is_kept_if_and_only_if_nobody_waits_longer(plan: Plan) -> None:
    """The longest wait told is the least that rows of the model and verifier accept as a promise."""
    longest = longest_wait(plan)
    assume(longest < FARTHEST)
    for wait, kept in ((longest + NEAR, True), (longest - NEAR, False)):
        if wait >= 0:
            asked = given_otherwise(plan, targets=lambda frame, wait=wait: frame.assign(value=wait))
            assert held_by_the_model(asked) is kept
            assert waiting_time_is_kept(Book(asked)).holds is kept


@pytest.fixture(scope="module")
def served_in_turn() -> Plan:
    """Return a plan in which 30 of A are delivered in the first month, and 30 of B in the third."""
    order = {"item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 30}
    scenario = Scenario.from_tables(
        {"start": "2024-01", "periods": "4x1", "accepted_wait": 0, "objectives": "speed; cost"},
        members=[{"member": "A"}, {"member": "B"}],
        items=[{"item": "shell"}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works"}],
        rates=[{"line": "L", "item": "shell", "rate": 30, "unit_cost": 1}],
        orders=[order | {"customer": "A"}, order | {"customer": "B"}],
        targets=[{"target": "w", "kind": "waiting time", "item": "shell", "value": 1, "strength": "asap"}],
    )
    books = ("A", "shell"), ("B", "shell")
    delivered = dict(zip(books, ([30.0, 0, 0, 0], [0.0, 0, 30, 0]), strict=True))
    backlog = dict(zip(books, ([0.0, 0, 0, 0], [30.0, 30, 0, 0]), strict=True))
    dates = scenario.calendar.period_dates()
    row = {"target": "w", "place": "", "item": "shell"}
    promises = [row | {"month": date, "attained": t >= 2} for t, date in enumerate(dates)]
    return build.plan(
        scenario,
        {
            "deliveries": build.deliveries(scenario, delivered, backlog),
            "promises": pd.DataFrame(promises, columns=DECISIONS["promises"].names).astype({"attained": int}),
        },
    )


def test_a_wait_without_a_customer_is_kept_once_it_is_for_the_last(served_in_turn: Plan) -> None:
    """B waits until the end of the third month: from then on, x = 2, it is kept for all, and no month earlier."""
    kept, claimed = served_in_turn, change(served_in_turn, "promises", "attained", 1, t=1)
    assert waiting_time_is_kept(Book(kept)).holds
    verdict = waiting_time_is_kept(Book(claimed))
    assert verdict.worst == (
        "target w for shell of B: 30 ordered by month 1, only 0 delivered within the wait that is the target"
    )
    assert (speed(Book(kept)), speed(Book(claimed))) == (2, 1)


def test_a_date_for_all_has_no_rows_of_customers(served_in_turn: Plan) -> None:
    """Of a plan found, a row of A alone is one that no target asks for, and that of all must be there."""
    plan = solve(served_in_turn.scenario)
    assert plan.verified and set(plan.promises["place"]) == {""}
    alone = change(plan, "promises", "place", "A", t=2)
    assert failing(alone)["tables_are_complete"] == "the table promises lacks asap w, shell in 2024-03"
    asked = given_otherwise(plan, targets=lambda frame: frame.assign(place="each"))
    assert failing(asked)["tables_are_complete"].startswith("the table promises lacks asap w, A, shell")
    pooled = given_otherwise(plan, targets=lambda frame: frame.assign(place="pooled"))
    assert not failing(pooled)
