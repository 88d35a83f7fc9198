"""With a lifetime, investments are right only where all periods are equally long.

Source: spine-tools/SpineOpt.jl#1273.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


@pytest.mark.parametrize("periods", ["24x1", "12x1, 4x3", "1x24"])
def test_cost_is_the_same_in_any_periods(periods: str) -> None:
    """A tenth of 2,400 for 24 of 240 months, and 1 a month from the opening in the fourth on."""
    plan = solve(shop_with_plant({"periods": periods}, plant={"life": 240, "fixed_cost": 1, "status": "forced"}))
    assert plan.verified
    (start,) = plan.starts.itertuples()
    assert (f"{start.start:%Y-%m}", f"{start.opens:%Y-%m}") == ("2024-01", "2024-04")
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(240 + 21)
