"""Where no limit was given, the program handed a number like 1e100 to the solver, and numerical trouble began.

Source: PyPSA/pypsa-eur#1406.
"""

from __future__ import annotations

import numpy as np

from optimizer import build_model
from optimizer.solve.matrix import compile_matrix
from tests.public_reports.shop import shop_with_plant


def test_no_number_is_larger_than_the_input() -> None:
    """Bounds and right sides are infinite or no larger than all that is needed, coefficients than money paid."""
    scenario = shop_with_plant(
        plant={},
        suppliers=[{"supplier": "S", "item": "shell", "price": 3}],
        stocks=[{"place": "A", "item": "shell"}],
        funds=[{"fund": "F", "year": year, "amount": 5000, "carries_over": "yes"} for year in (2024, 2025)],
    )
    matrix = compile_matrix(build_model(scenario), ("shortfall", "cost"))
    bounds = np.abs(np.concatenate([matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper]))
    assert np.isinf(matrix.upper).any()
    assert bounds[np.isfinite(bounds)].max() <= 10_000
