"""A run over more than one year is weighted as if it were one, so limits by year hold for the wrong time.

A quarter from November to January takes two thirds of its money from the old year, one from the new.

Source: PyPSA/pypsa-eur#305.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("old", "new", "made"), [(100, 400, 450), (200, 250, 450)])
def test_each_year_pays_its_months(old: float, new: float, made: float) -> None:
    """Of 100 a month at 1 each, months that are not paid for are not made; a quarter is made evenly."""
    scenario = shop(
        {"start": "2024-11", "periods": "2x3", "objectives": "shortfall"},
        funds=[{"fund": "F", "year": 2024, "amount": old}, {"fund": "F", "year": 2025, "amount": new}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.output.made.sum() == pytest.approx(made, rel=1e-5)
