"""Months are pandas Periods, or numpy dates: an unsupported type, or a hint to write what was written.

Source: pandas-dev/pandas#26999.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.public_reports.shop import shop

MONTHS = {
    "period": pd.Period("2024-02", "M"),
    "timestamp": pd.Timestamp("2024-02-01"),
    "timestamp with a zone": pd.Timestamp("2024-02-01", tz="Europe/Berlin"),
    "numpy month": np.datetime64("2024-02"),
    "numpy nanoseconds": np.datetime64("2024-02-01T00:00:00", "ns"),
}


@pytest.mark.parametrize("kind", MONTHS)
def test_a_month_is_a_month(kind: str) -> None:
    """February 2024, from a list and from a frame."""
    record = {"recipient": "R", "item": "shell", "from_month": MONTHS[kind], "per_month": 120}
    for table in ([record], pd.DataFrame([record])):
        (month,) = shop(needs=table).needs.from_month
        assert f"{month:%Y-%m-%d}" == "2024-02-01"
