"""Somebody keeps each table of his plan indexed by its key; records made of such a frame lose the index.

The key stood in the frame, but was told to be empty.

Source: pandas-dev/pandas#56483.
"""

from __future__ import annotations

import pytest

from tests.public_reports.shop import shop


@pytest.mark.parametrize("keys", [["recipient"], ["recipient", "item"]])
def test_a_named_index_is_a_column_like_others(keys: list[str]) -> None:
    """Needs indexed by recipient, or by recipient and item, are the same needs."""
    scenario = shop()
    assert scenario.replace(needs=scenario.needs.set_index(keys)) == scenario


def test_other_indices_mean_nothing() -> None:
    """An index of some other name, or one that is a column as well, changes nothing."""
    scenario = shop()
    assert scenario.replace(needs=scenario.needs.rename_axis("row")) == scenario
    assert scenario.replace(needs=scenario.needs.set_index("recipient", drop=False)) == scenario
