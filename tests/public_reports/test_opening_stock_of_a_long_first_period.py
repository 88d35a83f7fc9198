"""The state of a storage at the start is right only where the first block ends with the model.

Source: spine-tools/SpineOpt.jl#1161.
"""

from __future__ import annotations

import pytest

from optimizer import solve
from tests.public_reports.shop import shop


@pytest.mark.parametrize(("periods", "opening"), [("6x1", 50), ("1x1, 1x5", 50), ("2x3", 0)])
def test_what_lies_there_is_used_once(periods: str, opening: float) -> None:
    """Of 720 needed, 600 are made and the opening stock is given, in any periods; no more, no less."""
    plan = solve(
        shop(
            {"periods": periods, "objectives": "shortfall"},
            stocks=[{"place": "A", "item": "shell", "opening": opening}],
        )
    )
    assert plan.verified
    assert plan.losses.lost.sum() == pytest.approx(720 - 600 - opening, rel=1e-5)
