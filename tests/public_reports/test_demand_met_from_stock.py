"""A check before the search compares each period's supply with its demand and calls a plan impossible
that uses what lies in store.

Source: project-pareto/project-pareto#329.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimizer import solve
from tests.public_reports.shop import shop

ALL = [{"target": "all of it", "kind": "coverage", "item": "shell", "value": 1}]
NEED = {"recipient": "R", "item": "shell"}
STORED: dict[str, dict[str, Any]] = {
    "what lies there": {"stocks": [{"place": "A", "item": "shell", "opening": 120}]},
    "what is made ahead": {
        "needs": [NEED | {"per_month": 50, "to_month": "2024-03"}, NEED | {"per_month": 150, "from_month": "2024-04"}]
    },
}


@pytest.mark.parametrize("where", STORED)
def test_a_promise_beyond_the_rate_is_kept_from_stock(where: str) -> None:
    """100 a month are made and all is asked for at times when more is needed: nothing is missing."""
    plan = solve(shop(targets=ALL, **STORED[where]))
    assert plan.verified
    assert plan.losses.lost.sum() == pytest.approx(0, abs=1e-3)
    assert plan.output.made.sum() == pytest.approx(600, rel=1e-5)
