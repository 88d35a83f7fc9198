"""What is measured follows the decisions, whatever is minimised in whichever order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from optimizer import Scenario, build_model, solve
from optimizer.solve import search
from optimizer.solve.finish import finish
from optimizer.solve.matrix import Floats, compile_matrix
from optimizer.solve.measured import as_measured
from optimizer.solve.progress import Clock
from optimizer.solve.runs import Runs

ORDERS = [names for count in (1, 2, 3) for names in permutations(("shortfall", "speed", "cost"), count)]


def scenario(objectives: tuple[str, ...], slack: float, gap: float) -> Scenario:
    """Return a line of 10 a month at a cost for orders of 15 and a need of 5, promised in every way."""
    about = {"item": "shell", "weight": 1}
    return Scenario.from_tables(
        {
            "start": "2024-01",
            "periods": "4x1",
            "accepted_wait": 0,
            "weekend_share": 0.5,
            "objectives": list(objectives),
            "slack": slack,
            "gap": gap,
            "threads": 1,
        },
        members=[{"member": "A"}, {"member": "R", "kind": "recipient"}],
        items=[{"item": "shell", "kind": "final", "holding_cost": 0.1}],
        sites=[{"site": "works", "member": "A"}],
        lines=[{"line": "L", "site": "works", "crew_cost": 5, "may_idle": True}],
        rates=[{"line": "L", "item": "shell", "rate": 10, "unit_cost": 2}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 5}],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2023-12", "to_month": "2023-12", "per_month": 30},
            {"customer": "A", "item": "shell", "from_month": "2024-02", "per_month": 4},
        ],
        targets=[
            about | {"target": "wait", "kind": "waiting time", "value": 2, "strength": "asap"},
            about | {"target": "cover", "kind": "coverage", "value": 0.5, "strength": "asap"},
            about | {"target": "stock", "kind": "stock", "value": 3, "strength": "soft"},
        ],
    )


ROOMS = [
    pytest.param(
        order, room, marks=pytest.mark.slow if room and order != ORDERS[-1] else (), id=f"{' '.join(order)} {room}"
    )
    for order in ORDERS
    for room in (0, 0.05)
]
"""Every order of objectives without gap and slack; with both the last one, all at length."""


@pytest.mark.parametrize(("objectives", "room"), ROOMS)
def test_every_order_of_objectives_gives_a_plan_that_adds_up(objectives: tuple[str, ...], room: float) -> None:
    """The objectives stated are those of the decisions: nothing late, short or unattained beyond them."""
    plan = solve(scenario(objectives, slack=room, gap=room))
    assert plan.verified, [check for check in plan.checks if not check.holds]


def test_what_is_measured_is_brought_back_to_the_decisions() -> None:
    """Units late and short beyond the decisions go; what a decision leaves late stays; kept promises are attained."""
    given = scenario(("shortfall", "speed", "cost"), 0, 0)
    model = build_model(given)
    matrix = compile_matrix(model, ("shortfall", "speed", "cost"))
    x = np.zeros(len(matrix.lower))
    for t in range(4):  # nothing is made: all is late and lost, and covered by nothing
        x[matrix.position["backlog", ("A", "shell", t)]] = 30 + 4 * t
        x[matrix.position["lost", ("R", "shell", 1, t)]] = 5
        x[matrix.position["late", ("A", "shell", t, 0)]] = 99
        x[matrix.position["short", ("stock", "", "shell", t)]] = 1
    found = as_measured(matrix, x)
    assert [found[matrix.position["late", ("A", "shell", t, 0)]] for t in range(4)] == [30, 34, 38, 42]
    assert [found[matrix.position["short", ("stock", "", "shell", t)]] for t in range(4)] == [3, 3, 3, 3]
    assert not found[matrix.of("attained")].any()
    for t in (1, 2, 3):
        x[matrix.position["use", ("R", "shell", t)]] = 2.5
    found = as_measured(matrix, x)
    assert [found[matrix.position["attained", ("cover", "", "shell", t)]] for t in range(4)] == [0, 1, 1, 1]


def test_a_search_ends_with_what_its_decisions_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the last run leaves in what is measured, the plan states what its decisions come to."""
    given = scenario(("cost", "shortfall", "speed"), 0, 0)
    right = solve(given).objectives.set_index("objective")["value"]

    def loose(runs: Runs, x: Floats, clock: Clock) -> tuple[Floats, None]:
        polished = finish(runs, x, clock)[0]
        polished[runs.matrix.of("late", "short")] += 9
        polished[runs.matrix.of("attained")] = 0
        return polished, None

    monkeypatch.setattr(search, "finish", loose)
    plan = solve(given)
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert dict(plan.objectives.set_index("objective")["value"]) == pytest.approx(dict(right))
