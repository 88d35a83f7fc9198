"""A frame has two columns of one name; made into records, one of them is lost.

Source: pandas-dev/pandas#58281.
"""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer import InputError
from tests.public_reports.shop import shop


def test_a_column_that_is_there_twice_is_refused() -> None:
    """Nobody knows which of the two needs is meant."""
    frame = pd.DataFrame([["R", "shell", 120, 500]], columns=["recipient", "item", "per_month", "per_month"])
    with pytest.raises(InputError, match=r"there (twice|2 times)"):
        shop(needs=frame)
    with pytest.raises(InputError, match=r"there (twice|2 times)"):
        shop().replace(needs=frame)
