"""A limit on cost and a least share cannot hold together; the program returns a plan that breaks the share.

Two years' budgets of 100 cannot pay the plant that nine tenths of the need ask for.

Source: calliope-project/calliope#265.
"""

from __future__ import annotations

import pytest

from optimizer import ImpossibleError, solve
from tests.public_reports.shop import shop_with_plant


def test_what_cannot_hold_together_is_named() -> None:
    """No plan, but the promise and the budgets that clash, and the share that would do."""
    scenario = shop_with_plant(
        {"periods": "12x1"},
        plant={},
        funds=[{"fund": "F", "year": 2024, "amount": 100}],
        targets=[{"target": "most of it", "kind": "coverage", "item": "shell", "value": 0.9, "from_month": "2024-02"}],
    )
    with pytest.raises(ImpossibleError) as caught:
        solve(scenario)
    told = str(caught.value)
    assert "the hard target `most of it`: 90%" in told
    assert "the amount of `F` in 2024: 100" in told
    assert "The smallest change that makes a plan possible" in told
