"""A horizon over February of a leap year breaks, or loses the 29th.

February 2020 has five Saturdays only because of its 29th, February 2024 four.

Source: PyPSA/pypsa-usa#347.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("start", "weekends"), [("2020-02", 5), ("2024-02", 4), ("1900-02", 4)])
def test_the_leap_day_is_worked(start: str, weekends: int) -> None:
    """A line that may work all its weekends makes 100 and, on each, two days of 21.75 more."""
    scenario = shop(
        {"start": start, "periods": "1x1", "weekend_share": 1},
        lines=[{"line": "L", "site": "works", "ladder": "one"}],
        shift_ladders=[{"ladder": "one", "step": 1, "pattern": "1-8-5"}],
        needs=[{"recipient": "R", "item": "shell", "per_month": 500}],
    )
    assert scenario.calendar.weekends == (weekends,)
    made = 100 * (1 + weekends * 2 / 21.75)
    assert solve(scenario, objectives=("shortfall",)).losses.lost.sum() == pytest.approx(500 - made, rel=1e-5)
