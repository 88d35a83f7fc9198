"""A delay and a least flow exclude each other: what would arrive after the end cannot be sent, and no plan is possible.

A line that must make 10 a month, with room for 5, sends its last ones on a way that ends after the horizon.

Source: irena-flextool/flextool#265.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize("periods", ["3x1", "1x1, 1x2"])
def test_what_arrives_after_the_end_may_be_sent(periods: str) -> None:
    """There is a plan: 10 a month are made and sent, and those of the last month arrive after the horizon."""
    scenario = shop(
        {"periods": periods},
        rates=[{"line": "L", "item": "shell", "rate": 10, "minimum": 10}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 20}],
        stocks=[{"place": "A", "item": "shell", "storage_limit": 5}],
        lanes=[{"from_place": "A", "to_place": "R", "transit_months": 1}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.output.made.sum() == pytest.approx(30)
    assert plan.losses.lost.sum() == pytest.approx(60 - 20, rel=1e-5)
