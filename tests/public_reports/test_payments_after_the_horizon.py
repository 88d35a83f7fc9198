"""Instalments that fall due after the end of the view are cut off, so that building late looks cheap.

A plant is paid in four years; two of its instalments lie beyond the horizon.

Source: TemoaProject/temoa#364.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


def test_cost_counts_what_is_still_owed() -> None:
    """600 is paid in each year of the horizon, 2,400 is counted, and budgets are asked for 600 alone."""
    scenario = shop_with_plant(
        plant={"payments": "four years"},
        profiles=[{"profile": "four years", "month": month, "share": 0.25} for month in (0, 12, 24, 36)],
        funds=[{"fund": "F", "year": year, "amount": 600} for year in (2024, 2025)],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.costs[plan.costs.category == "capex"].amount.sum() == pytest.approx(1200)
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(2400)
