"""A least stock that holds since 1971 triggers a replenishment in 1971.

It holds from the first month planned.

Source: frePPLe/frepple#281.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize("since", ["1971-01", "2024-01"])
def test_a_stock_since_long_ago_is_one_from_the_start(since: str) -> None:
    """50 in store from January on, with 20 needed a month: 170 are made in all."""
    plan = solve(
        shop(
            needs=[{"recipient": "R", "item": "shell", "per_month": 20}],
            targets=[{"target": "store", "kind": "stock", "item": "shell", "value": 50, "from_month": since}],
        )
    )
    assert plan.verified
    assert plan.output.made.sum() == pytest.approx(170)
    assert plan.stock.closing.min() == pytest.approx(50)
