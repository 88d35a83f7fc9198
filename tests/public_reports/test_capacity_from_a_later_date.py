"""An operation is allowed from a date on; instead of planning it then, the demand is called short.

Source: frePPLe/frepple#115.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


def test_an_order_waits_for_what_begins_later() -> None:
    """80 ordered in January are delivered in April, when the line begins to make them, and late until then."""
    scenario = shop(
        rates=[{"line": "L", "item": "shell", "rate": 100, "from_month": "2024-04"}],
        needs=[],
        orders=[
            {"customer": "A", "item": "shell", "from_month": "2024-01", "to_month": "2024-01", "per_month": 80}
            | {"accepted_wait": 0}
        ],
    )
    plan = solve(scenario)
    assert plan.verified
    delivered = plan.deliveries[plan.deliveries.delivered > 1]
    assert [f"{month:%Y-%m}" for month in delivered.month] == ["2024-04"]
    assert plan.objectives.value[0] == pytest.approx(3 * 80)
