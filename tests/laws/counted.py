"""A small case against what counting says of it."""

from __future__ import annotations

from math import inf

import pytest

from optimizer import Scenario, solve
from optimizer.errors import ImpossibleError


def costs(scenario: Scenario, least: float) -> None:
    """Assert that the plan is verified and costs the least that there is; infinite: that there is none."""
    if least == inf:
        with pytest.raises(ImpossibleError):
            solve(scenario)
        return
    plan = solve(scenario)
    assert plan.verified, [check for check in plan.checks if not check.holds]
    assert plan.objectives["value"].iloc[0] == pytest.approx(least, rel=1e-6, abs=1e-5)
