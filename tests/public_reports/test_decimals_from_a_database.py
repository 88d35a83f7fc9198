"""Rates come from a database, whose numbers arrive as Decimal.

They were told not to be numbers, with the advice to type digits only.

Source: pandas-dev/pandas#20525.
"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from optimizer import InputError
from tests.public_reports.shop import shop


def test_decimals_are_numbers() -> None:
    """A Decimal is a number, in a frame as in a list; one that is none is empty."""
    record = {"line": "L", "item": "shell", "rate": Decimal("100.5"), "unit_cost": Decimal("NaN")}
    for table in (pd.DataFrame([record]), [record]):
        rate = shop(rates=table).rates.iloc[0]
        assert (rate.rate, rate.unit_cost) == (100.5, 0)


def test_infinite_decimals_are_refused() -> None:
    """A Decimal without an end is no finite number."""
    with pytest.raises(InputError, match="inf is not a finite number"):
        shop(rates=[{"line": "L", "item": "shell", "rate": Decimal("Infinity")}])
