"""A rule over all units of a kind counts one that is not active in any period: a KeyError while building.

A target on what A makes, a group and a pledge of people include a plant that is forbidden, or opens too late.

Source: PyPSA/PyPSA#1449, TemoaProject/temoa#75.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant

SHUT: dict[str, dict[str, Any]] = {
    "forbidden": {"status": "forbidden"},
    "too late": {"lead_months": 600},
    "decided after the horizon": {"status": "committed", "start": "2031-06"},
}


@pytest.mark.parametrize("why", SHUT)
def test_rules_count_what_is_there(why: str) -> None:
    """The plan is that of the first line alone: 100 of 150 a month, 50 below the target."""
    scenario = shop_with_plant(
        {"periods": "3x1", "objectives": "shortfall"},
        plant=SHUT[why] | {"group": "plants"},
        groups=[{"group": "plants"}],
        members=[{"member": "A", "people_available": 0, "starts_per_year": 1}, {"member": "R", "kind": "recipient"}],
        funds=[{"fund": "F", "year": 2024, "amount": 0, "covers": "capex; fixed"}],
        targets=[{"target": "t", "kind": "rate", "place": "A", "item": "shell", "value": 150, "strength": "soft"}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert set(plan.output.line[plan.output.made > 0]) == {"L"}
    assert plan.losses.lost.tolist() == pytest.approx([50, 50, 50], rel=1e-5)
