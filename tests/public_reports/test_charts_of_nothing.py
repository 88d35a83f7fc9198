"""Plots fail where all that they would show is zero.

Source: rl-institut/oemof-B3#157.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import read_plan, solve
from tests.public_reports.shop import shop

NEED = {"recipient": "R", "item": "shell"}


@pytest.mark.parametrize("need", [{"per_month": 0}, {"per_month": 120, "from_month": "2031-01"}])
def test_a_report_of_nothing_is_a_report(need: dict[str, object], tmp_path: Path) -> None:
    """Nothing is needed, or only after the horizon: the report is written, and is read back."""
    plan = solve(shop({"periods": "2x1"}, needs=[NEED | need]))
    assert plan.verified
    plan.to_excel(tmp_path / "plan.xlsx")
    assert read_plan(tmp_path / "plan.xlsx").scenario == plan.scenario
