"""With a delay on the way, what arrives first was sent before the start, where nothing is known: free energy.

Nothing arrives before the transit of what is sent from the first month on, in any periods.

Source: spine-tools/SpineOpt.jl#414, spine-tools/SpineOpt.jl#415.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("periods", "lost"), [("4x1", [100, 100, 0, 0]), ("1x2, 2x1", [200, 0, 0]), ("1x4", [200])])
def test_what_was_never_sent_does_not_arrive(periods: str, lost: list[float]) -> None:
    """Over a lane of two months 100 a month reach R from the third month on: 200 are lost, no less."""
    scenario = shop(
        {"periods": periods, "objectives": "shortfall"},
        needs=[{"recipient": "R", "item": "shell", "per_month": 100}],
        lanes=[{"from_place": "A", "to_place": "R", "transit_months": 2}],
    )
    plan = solve(scenario)
    assert plan.verified
    assert plan.losses.lost.tolist() == pytest.approx(lost, rel=1e-5, abs=1e-3)
