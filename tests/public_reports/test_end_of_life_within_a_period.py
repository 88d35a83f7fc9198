"""What reaches its end within a period counts for the part of it that it lives, and costs by the same part.

Source: TemoaProject/temoa#90.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("window", "made"), [({"to_month": "2024-01"}, 100), ({"from_month": "2024-02"}, 200)])
def test_a_rate_counts_for_its_months_of_a_quarter(window: dict[str, str], made: float) -> None:
    """A line that can make shells in one or two months of a quarter makes and costs a third or two of it."""
    scenario = shop({"periods": "1x3"}, rates=[{"line": "L", "item": "shell", "rate": 100, "unit_cost": 1} | window])
    plan = solve(scenario)
    assert plan.verified
    assert plan.output.made.sum() == pytest.approx(made, rel=1e-5)
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(made, rel=1e-5)
