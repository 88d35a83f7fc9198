"""A frame of one column gives numpy numbers where a wider one gives Python's own.

Items numbered 155 and 105 in such a frame must be the items `155` and `105` of rates and needs.

Source: pandas-dev/pandas#21256.
"""

from __future__ import annotations

import pandas as pd

from tests.public_reports.shop import shop


def test_numbers_as_names_are_the_same_from_any_frame() -> None:
    """Names that are numbers in a narrow frame, in a wide one and in text are one name."""
    scenario = shop(
        items=pd.DataFrame({"item": [155, 105]}),
        rates=pd.DataFrame({"line": ["L", "L"], "item": [155.0, 105.0], "rate": [100, 50]}),
        needs=[{"recipient": "R", "item": "155", "per_month": 120}],
    )
    assert list(scenario.items["item"]) == list(scenario.rates["item"]) == ["155", "105"]
    assert type(scenario.tables["rates"][0].rate) is float  # type: ignore[attr-defined]
