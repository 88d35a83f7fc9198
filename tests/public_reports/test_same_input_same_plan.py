"""The same data give another objective from run to run, or when rows are written in another order.

Source: Pyomo/pyomo#3019.
"""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer import Plan, Scenario, solve
from tests.solve.puzzles import busy_lanes


def turned(scenario: Scenario) -> Scenario:
    """Return a scenario with the rows of every table from last to first."""
    return Scenario(scenario.settings, {name: rows[::-1] for name, rows in scenario.tables.items()})


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return the plan of lanes with prices on what is lost and late, proven the best."""
    return solve(busy_lanes(), gap=0, objectives=("weighted",))


def test_two_runs_are_one(plan: Plan) -> None:
    """To the last digit, in every table."""
    again = solve(busy_lanes(), gap=0, objectives=("weighted",))
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_exact=True)


def test_the_order_of_rows_means_nothing(plan: Plan) -> None:
    """What is optimal does not depend on how the tables are sorted."""
    other = solve(turned(busy_lanes()), gap=0, objectives=("weighted",))
    assert plan.status == other.status == "optimal"
    assert plan.verified
    assert other.verified
    assert plan.objectives.value[0] == pytest.approx(other.objectives.value[0], rel=1e-6)
