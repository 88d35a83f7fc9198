"""A number that was never filled in goes through as NaN, the program solves, and the results are wrong.

A required one must be refused with its row, whatever else the frame holds.

Source: PyPSA/PyPSA#874.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from optimizer import InputError
from tests.public_reports.shop import shop


def test_a_missing_rate_is_told_with_its_row() -> None:
    """NaN where a number is required is an error; where there is a default it is that."""
    rates = pd.DataFrame(
        {"line": ["L", "L"], "item": ["shell", "fuze"], "rate": [100, np.nan], "yield_": [np.nan, 0.9]}
    )
    with pytest.raises(InputError) as caught:
        shop(items=[{"item": "shell"}, {"item": "fuze"}], rates=rates)
    (finding,) = caught.value.findings
    assert str(finding).startswith("rates!row 2, column rate: 1-8-5 rate per month: is empty")
    assert shop(rates=rates[:1]).rates.yield_.tolist() == [1.0]


def test_an_endless_number_is_refused() -> None:
    """Infinity is no number of shells."""
    with pytest.raises(InputError, match="inf is not a finite number"):
        shop(needs=[{"recipient": "R", "item": "shell", "per_month": np.inf}])
