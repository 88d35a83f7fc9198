"""Two demands for the same quantity of the same item: one is planned, the other waits for the supply of the first.

Source: frePPLe/frepple#397.
"""

from __future__ import annotations

import pytest

from optimizer import InputError, solve
from tests.public_reports.shop import shop

ORDER = {"item": "shell", "from_month": "2024-02", "to_month": "2024-02", "per_month": 90, "accepted_wait": 0}


def test_equal_orders_are_both_delivered() -> None:
    """A and B order 90 each in February; 200 are made by then, and nobody waits."""
    plan = solve(
        shop(
            members=[{"member": "A"}, {"member": "B"}],
            needs=[],
            orders=[ORDER | {"customer": customer} for customer in "AB"],
        )
    )
    assert plan.verified
    assert plan.objectives.value[0] == pytest.approx(0, abs=1e-3)
    february = plan.deliveries[[f"{month:%Y-%m}" == "2024-02" for month in plan.deliveries.month]]
    assert february.set_index("customer").delivered.to_dict() == pytest.approx({"A": 90, "B": 90})


def test_the_same_order_twice_is_no_second_order() -> None:
    """Two rows of one customer, item and month are refused: nobody knows whether they add up."""
    with pytest.raises(InputError, match=r"`A \| shell \| 2024-02` is there already"):
        shop(needs=[], orders=[ORDER | {"customer": "A"}] * 2)
