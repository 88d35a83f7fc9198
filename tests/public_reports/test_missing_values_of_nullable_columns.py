"""Columns of nullable integers and booleans hold NA, neither None nor NaN, where nothing was filled in.

An empty limit is no limit, an empty answer is the default.

Source: pandas-dev/pandas#50795.
"""

from __future__ import annotations

import pandas as pd

from tests.public_reports.shop import shop


def test_na_is_an_empty_cell() -> None:
    """NA as a number is no limit, as yes or no the default, as text nothing."""
    scenario = shop(
        items=pd.DataFrame({"item": ["shell"], "can_be_stored": pd.array([pd.NA], dtype="boolean")}),
        stocks=pd.DataFrame(
            {
                "place": ["A"],
                "item": ["shell"],
                "opening": pd.array([5], dtype="Int64"),
                "storage_limit": pd.array([pd.NA], dtype="Int64"),
                "note": pd.array([pd.NA], dtype="string"),
            }
        ),
    )
    stock = scenario.stocks.iloc[0]
    assert (stock.opening, stock.storage_limit, stock.note) == (5, None, "")
    assert scenario.items.can_be_stored.tolist() == [True]
