"""The least time that a unit must stay on is longer than the horizon: an index out of bounds, or no plan.

A crew that must stay two years is worth hiring in the last month of three, and in a horizon of one.

Source: PyPSA/PyPSA#124.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("periods", "needed"), [("1x1", "2024-01"), ("3x1", "2024-03")])
def test_a_stay_beyond_the_horizon_is_a_stay_to_its_end(periods: str, needed: str) -> None:
    """The second crew joins when it is needed and not before, since what it makes cannot be stored."""
    scenario = shop(
        {"periods": periods, "review_months": 1, "objectives": "shortfall"},
        items=[{"item": "shell", "can_be_stored": "no"}],
        lines=[{"line": "L", "site": "works", "ladder": "two", "crew_cost": 10}],
        shift_ladders=[
            {"ladder": "two", "step": 1, "pattern": "1-8-5"},
            {"ladder": "two", "step": 2, "pattern": "2-8-5", "minimum_stay": 24},
        ],
        needs=[{"recipient": "R", "item": "shell", "per_month": 150, "from_month": needed}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.objectives.value[0] == pytest.approx(0, abs=1e-6)
    begun = plan.shifts[plan.shifts.shifts == 2].month.tolist()
    assert [f"{month:%Y-%m}" for month in begun] == [needed]
