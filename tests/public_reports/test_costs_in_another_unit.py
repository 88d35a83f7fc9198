"""Large bounds and costs end a run with `Solve error`; scaled by a power of ten, the same program is optimal.

The plan and its proof must not depend on the unit of money or of quantities.

Source: ERGO-Code/HiGHS#2653.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop_with_plant


@pytest.mark.parametrize(("money", "pieces"), [(27_000, 1), (1e-3, 1e6), (5_000, 1e-4)])
def test_the_plan_is_the_same_in_any_unit(money: float, pieces: float) -> None:
    """Optimal and proven; losses and cost are those of the plan in other units."""
    scenario = shop_with_plant(
        {"periods": "12x1"},
        plant={"capex": 2400 * money, "fixed_cost": 3 * money},
        rates=[{"line": line, "item": "shell", "rate": 100 * pieces, "unit_cost": money / pieces} for line in "LN"],
        needs=[{"recipient": "R", "item": "shell", "per_month": 150 * pieces}],
        funds=[{"fund": "F", "year": 2024, "amount": 2400 * money + 30 * money + 1650 * money}],
    )
    plan = solve(scenario)
    assert (plan.status, plan.verified) == ("optimal", True)
    assert plan.losses.lost.sum() == pytest.approx(150 * pieces, rel=1e-4)
    assert plan.objectives.set_index("objective").value["cost"] == pytest.approx(4077 * money, rel=1e-4)
