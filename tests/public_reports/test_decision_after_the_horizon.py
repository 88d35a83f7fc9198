"""What is built counts by the share of its life within the horizon; the share has to be right at its end.

A plant that is decided five years after the horizon counted a negative share: the plan cost less than nothing.

Source: spine-tools/SpineOpt.jl#1155.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


@pytest.mark.parametrize(("start", "counted"), [("2031-06", 0), ("2025-12", 10), ("2024-01", 240)])
def test_the_share_of_a_life_is_between_none_and_all(start: str, counted: float) -> None:
    """Of 2,400 over 240 months, 10 for each month from the decision to the end of 24."""
    plan = solve(shop_with_plant(plant={"life": 240, "status": "committed", "start": start}))
    assert plan.verified
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(counted, abs=1e-9)
