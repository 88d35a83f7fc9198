"""The situation at the start breaks a rule already, and the search for a plan goes astray.

500 must lie in store from the first month on, and none do; a line must make more than can be used or stored.

Source: frePPLe/frepple#6.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import ImpossibleError, InputError, solve
from tests.public_reports.shop import shop

STOCK = {"place": "A", "item": "shell"}
LITTLE = [{"recipient": "R", "item": "shell", "per_month": 10}]
MINIMUM = [{"line": "L", "item": "shell", "rate": 100, "minimum": 50}]
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "reserve": ({"stocks": [STOCK | {"reserve": 500}]}, "lower the reserve of shell at A from 500 units to 100 units"),
    "minimum": (
        {"needs": LITTLE, "rates": MINIMUM, "stocks": [STOCK | {"storage_limit": 6}]},
        "lower the minimum rate of L from 50 units per month to 11 units per month",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_smallest_change_is_told(what: str) -> None:
    """The rule is named, with a value that would do: 100 can be made by then; 10 are used and 6 stored, 1 a month."""
    tables, told = BROKEN[what]
    with pytest.raises(ImpossibleError, match=told):
        solve(shop(**tables))


def test_more_in_store_than_fits_is_an_error_of_the_input() -> None:
    """100 where 50 fit needs no search."""
    with pytest.raises(InputError, match="the opening 100 is more than the storage limit 50"):
        shop(stocks=[STOCK | {"opening": 100, "storage_limit": 50}])
