"""Costs of running a unit count only where it has a cost of building, too.

Source: calliope-project/calliope#389.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


def test_fixed_costs_count_alone() -> None:
    """A plant that is free to build and costs 7 a month from its fourth on costs 147 over two years."""
    plan = solve(shop_with_plant(plant={"capex": 0, "fixed_cost": 7}))
    assert plan.verified
    costs = plan.costs.groupby("category").amount.sum()
    assert costs["fixed"] == pytest.approx(7 * 21)
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(7 * 21)
