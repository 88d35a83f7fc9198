"""What a unit costs to build is counted once for each thing that goes in or out of it.

A plant with two lines that make two items is paid once.

Source: calliope-project/calliope#821.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


def test_a_plant_of_two_lines_is_paid_once() -> None:
    """2,400, whether it opens one line or two, for one item or both."""
    scenario = shop_with_plant(
        plant={},
        items=[{"item": "shell"}, {"item": "fuze"}],
        lines=[
            {"line": "L", "site": "works"},
            *({"line": f"N{k}", "site": "works", "opened_by": "plant"} for k in (1, 2)),
        ],
        rates=[{"line": line, "item": item, "rate": 100} for line in ("L", "N1", "N2") for item in ("shell", "fuze")],
        needs=[{"recipient": "R", "item": item, "per_month": 150} for item in ("shell", "fuze")],
    )
    plan = solve(scenario)
    assert plan.verified
    assert set(plan.output[plan.output.made > 0].line) == {"L", "N1", "N2"}
    assert plan.costs[plan.costs.category == "capex"].amount.sum() == pytest.approx(2400)
