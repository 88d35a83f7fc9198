"""A calendar that is open all the time makes demands unplanned that are planned without a calendar.

Source: frePPLe/frepple#413.
"""

from __future__ import annotations

import pandas as pd

from optimizer import solve
from tests.public_reports.shop import TABLES_OF_THE_SHOP, shop

ALWAYS = {"from_month": "2024-01", "to_month": "2024-06"}
LONGER = {"from_month": "1990-01", "to_month": "2199-12"}


def test_a_window_over_all_months_is_none() -> None:
    """The plan with a first and last month, of the horizon or far beyond, is the plan without."""
    rates, needs = TABLES_OF_THE_SHOP["rates"][0], TABLES_OF_THE_SHOP["needs"][0]
    plain, plan = solve(shop()), solve(shop(rates=[rates | ALWAYS], needs=[needs | LONGER]))
    assert plan.verified
    pd.testing.assert_frame_equal(plan.losses, plain.losses)
    pd.testing.assert_frame_equal(plan.output, plain.output)
