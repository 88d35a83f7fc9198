"""All costs were discounted to a year after the beginning of the horizon instead of the beginning.

Source: TemoaProject/temoa#132.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


def test_the_first_month_counts_in_full_and_a_year_later_less() -> None:
    """100 a month at 21 % a year: the first month counts 100, the thirteenth 100 / 1.21."""
    plan = solve(shop({"periods": "1x1, 4x3", "discount_rate": 0.21}))
    expected = sum(100 * 1.21 ** (-month / 12) for month in range(13))
    assert plan.verified
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(expected)
