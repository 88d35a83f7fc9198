"""Names of several parts are joined by a mark, and the mark stands in a name, too: two rows have one key.

A what-if that doubles the need of one recipient doubled that of another as well.

Source: spine-tools/Spine-Toolbox#3217.
"""

from __future__ import annotations

import pytest

from optimizer import InputError, variant
from tests.public_reports.shop import shop

NEEDS = [
    {"recipient": "R | B", "item": "shell", "per_month": 10},
    {"recipient": "R", "item": "B | shell", "per_month": 20},
]
CHANGE = {"scenario": "more", "changed_sheet": "Needs", "changed_column": "per month", "change": "multiply", "value": 2}


def test_a_key_of_two_rows_is_refused() -> None:
    """Nobody knows which of the two is meant; all of them are meant by a star."""
    tables = {
        "members": [{"member": "A"}, *({"member": name, "kind": "recipient"} for name in ("R", "R | B"))],
        "items": [{"item": "shell"}, {"item": "B | shell"}],
        "rates": [{"line": "L", "item": item, "rate": 10} for item in ("shell", "B | shell")],
        "needs": NEEDS,
    }
    with pytest.raises(InputError, match="is the key of 2 rows of Needs"):
        shop(**tables, scenarios=[CHANGE | {"changed_key": "R | B | shell |  | 1"}])
    both = shop(**tables, scenarios=[CHANGE | {"changed_key": "*"}])
    assert variant(both, "more").needs.per_month.tolist() == [20, 40]


def test_the_mark_in_a_name_is_no_harm_alone() -> None:
    """A name with the mark has its key like any other."""
    members = [{"member": "A"}, {"member": "R | B", "kind": "recipient"}]
    scenario = shop(members=members, needs=NEEDS[:1], scenarios=[CHANGE | {"changed_key": "R | B | shell |  | 1"}])
    assert variant(scenario, "more").needs.per_month.tolist() == [20]
